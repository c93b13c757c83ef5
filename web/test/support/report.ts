// SPDX-License-Identifier: EUPL-1.2
// Signed proceedings and a report of them, made as the server makes them.

import { webcrypto } from 'node:crypto';
import type { Kept } from '../../src/record/keeper';
import { leaf, sha256, Tree } from '../../src/record/tree';
import type { Entry } from '../../src/wire/messages';
import { BY_GREET, ENTRY, MEETING } from './samples';

export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const utf8 = new TextEncoder();

export interface Line {
  seq: number;
  at: string;
  kind: string;
  by: number;
  body: string;
  leaf: string;
}
export interface Log {
  format: string;
  server: string;
  key: string;
  meeting: { id: string; title: string };
  people: unknown[];
  epochs?: { note: string }[];
  checkpoints: { note: string }[];
  entries: Line[];
}

/** The bytes of server/proof/leaf.c, written here a second time. */
export function record(meeting: string, e: Line): Buffer {
  const sized = (s: string): Buffer => {
    const bytes = Buffer.from(s, 'utf8');
    const size = Buffer.alloc(4);
    size.writeUInt32BE(bytes.length);
    return Buffer.concat([size, bytes]);
  };
  const numbers = Buffer.alloc(16);
  numbers.writeUInt32BE(e.seq, 0);
  numbers.writeUInt32BE(e.by, 4);
  numbers.writeBigUInt64BE(BigInt(Date.parse(e.at)), 8);
  return Buffer.concat([Buffer.from('conclave event 1'), sized(meeting), sized(e.kind), sized(e.body), numbers]);
}

export interface Signed {
  readonly log: Log;
  /** What a browser kept of it. */
  readonly kept: Kept;
  readonly shown: readonly Entry[];
}

const newKey = async (): Promise<webcrypto.CryptoKeyPair> =>
  (await webcrypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
export const rawKey = async (pair: webcrypto.CryptoKeyPair): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await webcrypto.subtle.exportKey('raw', pair.publicKey));

/** As server/proof/note.c signs. */
export async function signedNote(pair: webcrypto.CryptoKeyPair, id: string, text: string): Promise<string> {
  const key = await rawKey(pair);
  const hash = (await sha256(utf8.encode(`conclave/${id}\n`), Uint8Array.of(1), key)).slice(0, 4);
  const signature = new Uint8Array(await webcrypto.subtle.sign('Ed25519', pair.privateKey, utf8.encode(text)));
  return `${text}\n\u2014 conclave/${id} ${base64(Buffer.concat([hash, signature]))}\n`;
}

async function checkpoint(pair: webcrypto.CryptoKeyPair, id: string, tree: Tree): Promise<string> {
  return signedNote(pair, id, `conclave/${id}/meeting/lindebekea\n${tree.size}\n${base64(await tree.root())}\n`);
}

/** As server/proof/epoch.c writes it, of a meeting of this size and root. */
export async function turn(
  before: webcrypto.CryptoKeyPair, next: webcrypto.CryptoKeyPair, id: string, number: number, sealed: string,
): Promise<string> {
  const meeting = base64(await sha256(utf8.encode('conclave meeting 1\nlindebekea')));
  const heads = sealed === '' ? '' : `${meeting} ${sealed}\n`;
  return signedNote(before, id, `conclave/${id}/epoch\n${number}\n${base64(await rawKey(next))}\n${heads}`);
}

/** Twelve entries, signed twice; with `turns`, the second time with a key that follows the first. */
export async function signed(turns = false): Promise<Signed> {
  const pair = await newKey();
  const next = await newKey();
  const key = await rawKey(pair);
  const server = Buffer.from(await sha256(key)).toString('hex').slice(0, 16);
  const tree = new Tree();
  const shown: Entry[] = [];
  const entries: Line[] = [];
  const checkpoints: { note: string }[] = [];
  const epochs: { note: string }[] = [];
  const heads: { size: number; root: string; note: string }[] = [];
  for (let seq = 1; seq <= 12; seq++) {
    const e: Line = {
      seq, at: `2026-03-12T18:${30 + seq}:00.123Z`, kind: seq === 1 ? 'meeting-created' : 'admitted', by: seq % 3,
      body: `{"who":${seq},"é":1}`, leaf: '',
    };
    const hash = await leaf(record('lindebekea', e));
    entries.push({ ...e, leaf: base64(hash) });
    await tree.add(hash);
    const root = base64(await tree.root());
    const signer = turns && seq > 5 ? next : pair;
    if (seq % 5 === 0) checkpoints.push({ note: await checkpoint(signer, server, tree) });
    if (turns && seq === 5) epochs.push({ note: await turn(pair, next, server, 1, `5 ${root}`) });
    if (seq === 7 || seq === 10) heads.push({ size: seq, root, note: await checkpoint(signer, server, tree) });
    shown.push({
      ...ENTRY, seq, at: e.at, kind: seq === 1 ? 'meeting-created' : 'admitted',
      by: e.by === 0 ? null : { ...BY_GREET, id: e.by },
    });
  }
  const log: Log = {
    format: 'conclave proceedings 1', server, key: base64(key), meeting: { id: 'lindebekea', title: 'x' }, people: [],
    ...(turns ? { epochs } : {}), checkpoints, entries,
  };
  const last = base64(await rawKey(turns ? next : pair));
  const kept: Kept = {
    meeting: 'lindebekea', server, key: base64(key), epoch: turns ? 1 : 0, signer: last, heads,
  };
  return { log, kept, shown };
}

const AT = '2026-03-12T18:40:00.000Z';
export const REPORT = {
  meeting: MEETING, opened: AT, ended: null,
  people: [{ id: 1, name: 'Hilde Aerts', office: 'clerk', party: '', present: [{ from: AT, to: null }] }],
  items: [{
    id: 1, title: 'Notulen', convened: 'closed', opened: [{ from: AT, to: AT }], doors: [],
    people: [{ id: 1, seconds: 60 }], recused: [{ id: 2, by: null, contested: false }], alone: [1],
  }],
  rights: [ENTRY], faults: [{ id: 1, by: BY_GREET, note: 'geen geluid', at: AT, cleared: null }, {
    id: 2, by: BY_GREET, note: 'echo', at: AT, cleared: { at: AT, by: BY_GREET, reason: { code: 'technical' } },
  }],
  suspensions: [{ from: AT, to: null, by: BY_GREET, reason: { code: 'agreed' } }], entries: [ENTRY],
  head: { size: 4, root: 'r', note: 'n' }, verified: true, closed: true,
};
