// SPDX-License-Identifier: EUPL-1.2
// The key of this device for one of its users: Ed25519, made once, not to be got out of the browser, kept in a database
// of its own. It signs every MLS leaf of theirs and the admissions that they give. Two people who share a browser have
// two keys: a group takes no key twice.

import { digits, sha256, view } from './bytes';

export interface Identity {
  /** The public key, 32 bytes. */
  readonly device: Uint8Array;
  /** false: it lives as long as this worker. */
  readonly kept: boolean;
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** Where a pair of keys is kept. Gives what was kept first: two tabs that start at once end with one key. */
export interface Store {
  first(pair: () => Promise<CryptoKeyPair>): Promise<CryptoKeyPair>;
}

const makePair = async (): Promise<CryptoKeyPair> =>
  (await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair;

async function over(pair: CryptoKeyPair, kept: boolean): Promise<Identity> {
  const device = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  return {
    device,
    kept,
    sign: async (message) => new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, view(message))),
  };
}

/** The device's identity; one that is not kept where the browser keeps nothing (a private window, a full disk). */
export async function identity(store: Store): Promise<Identity> {
  const pair = await store.first(makePair).catch(() => null);
  return pair === null ? over(await makePair(), false) : over(pair, true);
}

export function memory(): Store {
  let kept: Promise<CryptoKeyPair> | null = null;
  return { first: (make) => (kept ??= make()) };
}

const DATABASE = 'conclave-keys';

function asked<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error ?? new Error('the database'));
  });
}

async function opened(factory: IDBFactory): Promise<IDBDatabase> {
  const request = factory.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore('device');
  return asked(request);
}

/** In IndexedDB: the handles, never the bytes. `holder` tells the users of one browser apart. */
export function database(factory: IDBFactory, holder: string): Store {
  return {
    async first(make) {
      const db = await opened(factory);
      try {
        const read = (): Promise<CryptoKeyPair | undefined> =>
          asked(db.transaction('device').objectStore('device').get(holder) as IDBRequest<CryptoKeyPair | undefined>);
        const before = await read();
        if (before !== undefined) return before;
        const fresh = await make();
        // add() refuses a second one, and then what was there counts.
        await asked(db.transaction('device', 'readwrite').objectStore('device').add(fresh, holder)).catch(() => null);
        const after = await read();
        if (after === undefined) throw new Error('nothing was kept');
        return after;
      } finally {
        db.close();
      }
    },
  };
}

const FINGERPRINT = new TextEncoder().encode('conclave-device-1');

/** Six groups of five digits, to be compared by eye. */
export async function fingerprint(device: Uint8Array): Promise<string> {
  return digits(await sha256(FINGERPRINT, device), 6, 5);
}
