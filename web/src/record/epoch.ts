// SPDX-License-Identifier: EUPL-1.2
// How the server hands its key on (server/proof/epoch.h): each new one is signed with the one before, over the last
// checkpoint of every meeting that grew under it, and then that one is erased. Pure, over WebCrypto.

import { fromBase64 } from './base64';
import { isSigned, type Signed, signedBy, textOf } from './note';
import { type Bytes, sha256 } from './tree';

const utf8 = new TextEncoder();

/** Which key counts, from which epoch on. */
export interface Epoch {
  readonly number: number;
  readonly key: Bytes;
}

/** Of one meeting, at the end of the epoch before. */
export interface Sealed {
  readonly size: number;
  readonly root: string;
}

interface Turn extends Signed, Epoch {
  /** By the hash of the meeting's id, in base64. */
  readonly heads: ReadonlyMap<string, Sealed>;
}

/** A key that was handed on, and what it was handed with of one meeting. */
export interface Handed extends Epoch {
  readonly before: Sealed | null;
}

const HEAD = /^([A-Za-z0-9+/]{43}=) ([1-9]\d{0,9}) ([A-Za-z0-9+/]{43}=)$/;

function readHeads(lines: readonly string[]): Map<string, Sealed> | null {
  const heads = new Map<string, Sealed>();
  for (const line of lines) {
    const [, hash, size, root] = HEAD.exec(line) ?? [];
    if (hash === undefined || root === undefined || heads.has(hash)) return null;
    heads.set(hash, { size: Number(size), root });
  }
  return heads;
}

function readTurn(note: string): Turn | null {
  const text = textOf(note);
  const [origin, number, letters, ...rest] = text?.slice(0, -1).split('\n') ?? [];
  const [, server] = /^conclave\/([0-9a-f]{16})\/epoch$/.exec(origin ?? '') ?? [];
  const key = fromBase64(letters ?? '');
  const heads = readHeads(rest);
  if (text === null || server === undefined || key === null || key.length !== 32 || heads === null) return null;
  if (!/^[1-9]\d{0,9}$/.test(number ?? '')) return null;
  return { ...signedBy(server, note, text), number: Number(number), key, heads };
}

/** What is wrong with keys that do not follow: one is missing, one was handed on twice, or not by the one before. */
export type Break = 'gap' | 'twice' | 'other';

/** Of notes that handedOn() says null to. */
export async function breakIn(notes: readonly string[], server: string, from: Epoch): Promise<Break> {
  const keys = [from];
  for (const note of notes) {
    const turn = readTurn(note);
    const last = keys[keys.length - 1] as Epoch;
    if (turn === null || turn.server !== server) return 'other';
    const before = keys.find(({ number }) => number === turn.number - 1);
    const follows = before !== undefined && (await isSigned(turn, before.key)) !== false;
    if (turn.number > last.number + 1) return 'gap';
    if (turn.number <= last.number) return follows ? 'twice' : 'other';
    if (!follows) return 'other';
    keys.push({ number: turn.number, key: turn.key });
  }
  return 'other';
}

/** The keys that follow `from`, one after the other; null when one of the notes is not the next, signed by the last. */
export async function handedOn(
  notes: readonly string[], server: string, from: Epoch, meeting: string,
): Promise<readonly Handed[] | null> {
  const hash = btoa(String.fromCharCode(...(await sha256(utf8.encode(`conclave meeting 1\n${meeting}`)))));
  const all: Handed[] = [];
  let last = from;
  for (const note of notes) {
    const turn = readTurn(note);
    if (turn === null || turn.server !== server || turn.number !== last.number + 1) return null;
    if ((await isSigned(turn, last.key)) === false) return null;
    last = { number: turn.number, key: turn.key };
    all.push({ ...last, before: turn.heads.get(hash) ?? null });
  }
  return all;
}
