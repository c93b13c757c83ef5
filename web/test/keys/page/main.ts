// SPDX-License-Identifier: EUPL-1.2
// The page of the keys test: the keys worker as the client starts it; what it says is handed on to the test, and the
// test stands where the frames worker would.

import { roomCode } from '../../../src/crypto/keys/code';
import { database, identity, UNUSED_MS } from '../../../src/crypto/keys/identity';
import { type Keys, keys } from '../../../src/crypto/keys/keys';
import { holderOf } from '../../../src/crypto/keys/messages';
import type { KeysToPage } from '../../../src/crypto/keys/messages';
import type { KeysMessage } from '../../../src/crypto/frames/messages';

const HOLDER = 'keys-test';
const said: KeysToPage[] = [];
const epochs: string[] = [];
let heard = (): void => undefined;
let running: Keys | null = null;
const violations: string[] = [];
document.addEventListener('securitypolicyviolation', (e) => violations.push(`${e.violatedDirective} ${e.blockedURI}`));

const hex = (bytes: Uint8Array): string => [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');

function begin(): void {
  running?.close();
  const { port1, port2 } = new MessageChannel();
  port2.onmessage = ({ data }: MessageEvent<KeysMessage>) => {
    if (data.type === 'epoch') epochs.push(`${data.epoch} ${hex(data.baseKey)}`);
  };
  running = keys(port1, HOLDER, (message) => {
    said.push(message);
    heard();
  });
}

/** What was said since the last time; waits for something. */
async function next(): Promise<KeysToPage[]> {
  if (said.length === 0) await new Promise<void>((done) => (heard = done));
  return said.splice(0);
}

/** The handle that is kept, and what comes of trying to get the key out. */
async function kept(): Promise<{ extractable: boolean; got: string }> {
  const request = indexedDB.open('conclave-keys');
  const db = await new Promise<IDBDatabase>((done) => (request.onsuccess = () => done(request.result)));
  const get = db.transaction('device').objectStore('device').get(HOLDER) as IDBRequest<CryptoKeyPair>;
  const pair = await new Promise<CryptoKeyPair>((done) => (get.onsuccess = () => done(get.result)));
  db.close();
  const { privateKey } = pair;
  const got = await crypto.subtle.exportKey('pkcs8', privateKey).then(
    () => 'the key',
    (e: unknown) => (e instanceof Error || e instanceof DOMException ? e.name : 'nothing'),
  );
  return { extractable: privateKey.extractable, got };
}

/** Whose keys are left when, a month and more later, somebody comes in by another link. */
async function afterAMonth(): Promise<string[]> {
  const holders: [string, number][] = [['old 1', 0], [holderOf('a@example.org'), 0], ['new 1', UNUSED_MS + 1]];
  for (const [holder, at] of holders) await identity(database(indexedDB, holder, 'device', () => at));
  const request = indexedDB.open('conclave-keys');
  const db = await new Promise<IDBDatabase>((done) => (request.onsuccess = () => done(request.result)));
  const get = db.transaction('device').objectStore('device').getAllKeys() as IDBRequest<string[]>;
  const left = await new Promise<string[]>((done) => (get.onsuccess = () => done(get.result)));
  db.close();
  return left;
}

const loop = {
  afterAMonth,
  begin,
  next,
  kept,
  tell: (m: Parameters<Keys['tell']>[0]): void => running?.tell(m),
  epochs: (): string[] => epochs,
  violations: (): string[] => violations,
  code: (bytes: number[]): Promise<string> => roomCode(Uint8Array.from(bytes)),
};
export type Loop = typeof loop;
Object.assign(window, { loop });
