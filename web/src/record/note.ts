// SPDX-License-Identifier: EUPL-1.2
// A checkpoint of the proceedings: c2sp.org/tlog-checkpoint in a c2sp.org/signed-note with the server's Ed25519 key.
// Pure, over WebCrypto. Invariant: what was read is signed with the key that it was read with.

import { fromBase64 } from './base64';
import { type Bytes, same, sha256 } from './tree';

const ALGORITHM = Uint8Array.of(1); // signed-note: Ed25519
const KEY_HASH = 4;
const utf8 = new TextEncoder();

export interface Note {
  /** Of the server, from its key: conclave/SERVER. */
  readonly server: string;
  readonly meeting: string;
  readonly size: number;
  readonly root: Bytes;
  /** What is signed, and the signatures with the hash of their key before them. */
  readonly text: Bytes;
  readonly signatures: readonly Bytes[];
}

const BODY = /^conclave\/([0-9a-f]{16})\/meeting\/([\w-]{1,64})\n([1-9]\d{0,9})\n([A-Za-z0-9+/]{43}=)\n$/;

export function readNote(note: string): Note | null {
  const end = note.indexOf('\n\n');
  if (end < 0) return null;
  const text = note.slice(0, end + 1);
  const [, server, meeting, size, root] = BODY.exec(text) ?? [];
  const digest = root === undefined ? null : fromBase64(root);
  if (server === undefined || meeting === undefined || digest === null) return null;
  const mark = `\u2014 conclave/${server} `;
  const signatures = note.slice(end + 2).split('\n').filter((line) => line.startsWith(mark))
    .map((line) => fromBase64(line.slice(mark.length))).filter((s) => s !== null);
  return { server, meeting, size: Number(size), root: digest, text: utf8.encode(text), signatures };
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');
}

/** null: this browser knows no Ed25519, so nobody can say. */
export async function isSigned(note: Note, key: Bytes): Promise<boolean | null> {
  if (hex(await sha256(key)).slice(0, 16) !== note.server) return false;
  const hash = (await sha256(utf8.encode(`conclave/${note.server}\n`), ALGORITHM, key)).slice(0, KEY_HASH);
  const ours = note.signatures.find((s) => same(s.slice(0, KEY_HASH), hash))?.slice(KEY_HASH);
  if (ours === undefined) return false;
  const known = await crypto.subtle.importKey('raw', key, 'Ed25519', false, ['verify']).catch(() => null);
  return known === null ? null : crypto.subtle.verify('Ed25519', known, ours, note.text);
}
