// SPDX-License-Identifier: EUPL-1.2
// The keys of this device for one of its users: Ed25519, made once, not to be got out of the browser, kept in a
// database of their own. The device's key signs every MLS leaf of theirs and the admissions that they give; a clerk's office key
// signs rosters. Two people who share a browser have two keys: a group takes no key twice.

import { digits, sha256, view } from './bytes';
import { ofAccount } from './messages';
import type { Clerks, Pin } from './roster';

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

/** `used`: when a seat's key was last wanted, in ms since 1970. */
const SHELVES = ['device', 'office', 'clerk', 'used'] as const;
type Shelf = Exclude<(typeof SHELVES)[number], 'used'>;

/** A link's seat ends with its meeting; its key is good for nothing else. */
export const UNUSED_MS = 30 * 24 * 3_600_000;

async function opened(factory: IDBFactory): Promise<IDBDatabase> {
  const request = factory.open(DATABASE, 3);
  request.onupgradeneeded = () => {
    const db = request.result;
    for (const shelf of SHELVES) if (!db.objectStoreNames.contains(shelf)) db.createObjectStore(shelf);
  };
  return asked(request);
}

/** Which clerk's key a body has, as this browser first saw it. What cannot be kept is seen for the first time again. */
export function clerks(factory: IDBFactory): Clerks {
  async function using<T>(mode: IDBTransactionMode, what: (shelf: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const db = await opened(factory);
    try {
      return await asked(what(db.transaction('clerk', mode).objectStore('clerk')));
    } finally {
      db.close();
    }
  }
  return {
    get: async (body) => {
      const read = using('readonly', (shelf) => shelf.get(body) as IDBRequest<Pin | undefined>);
      return (await read.catch(() => undefined)) ?? null;
    },
    set: (body, pin) => using('readwrite', (shelf) => shelf.put(pin, body)).then(() => undefined, () => undefined),
  };
}

/** The keys of seats that nobody asked for in so long, by what is known of their use. */
export function unused(holders: readonly string[], used: ReadonlyMap<string, number>, now: number): readonly string[] {
  return holders.filter((h) => !ofAccount(h) && now - (used.get(h) ?? now) > UNUSED_MS);
}

/** Notes that this holder's key is wanted, and throws away those that nobody wanted for a month. */
async function tidy(db: IDBDatabase, holder: string, now: number): Promise<void> {
  const work = db.transaction(['device', 'used'], 'readwrite');
  const [device, use] = [work.objectStore('device'), work.objectStore('used')];
  const [holders, noted, times] = await Promise.all([
    asked(device.getAllKeys() as IDBRequest<string[]>),
    asked(use.getAllKeys() as IDBRequest<string[]>),
    asked(use.getAll() as IDBRequest<number[]>),
  ]);
  const used = new Map(noted.map((h, at) => [h, times[at] ?? now]));
  // Of a key that was made before uses were noted the month begins now.
  for (const h of holders) if (!ofAccount(h) && (h === holder || !used.has(h))) use.put(now, h);
  for (const h of unused(holders, used, now)) {
    if (h === holder) continue;
    device.delete(h);
    use.delete(h);
  }
}

/** In IndexedDB: the handles, never the bytes. `holder` tells the users of one browser apart. */
export function database(
  factory: IDBFactory,
  holder: string,
  shelf: Exclude<Shelf, 'clerk'> = 'device',
  now: () => number = Date.now,
): Store {
  async function kept(db: IDBDatabase, make: () => Promise<CryptoKeyPair>): Promise<CryptoKeyPair> {
    const read = (): Promise<CryptoKeyPair | undefined> =>
      asked(db.transaction(shelf).objectStore(shelf).get(holder) as IDBRequest<CryptoKeyPair | undefined>);
    const before = await read();
    if (before !== undefined) return before;
    const fresh = await make();
    // add() refuses a second one, and then what was there counts.
    await asked(db.transaction(shelf, 'readwrite').objectStore(shelf).add(fresh, holder)).catch(() => null);
    const after = await read();
    if (after === undefined) throw new Error('nothing was kept');
    return after;
  }
  return {
    async first(make) {
      const db = await opened(factory);
      try {
        const pair = await kept(db, make);
        if (shelf === 'device') await tidy(db, holder, now()).catch(() => undefined); // another time
        return pair;
      } finally {
        db.close();
      }
    },
  };
}

/** A clerk's office key, where this browser has one: it is made at sign-in, never here. */
export async function office(factory: IDBFactory, holder: string): Promise<Identity | null> {
  if (!ofAccount(holder)) return null;
  const none = (): Promise<never> => Promise.reject(new Error('no office key'));
  const pair = await database(factory, holder, 'office').first(none).catch(() => null);
  return pair === null ? null : over(pair, true);
}

const FINGERPRINT = new TextEncoder().encode('conclave-device-1');

/** Six groups of five digits, to be compared by eye. */
export async function fingerprint(device: Uint8Array): Promise<string> {
  return digits(await sha256(FINGERPRINT, device), 6, 5);
}
