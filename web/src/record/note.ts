// SPDX-License-Identifier: EUPL-1.2
// A checkpoint of the proceedings: c2sp.org/tlog-checkpoint in a c2sp.org/signed-note with the server's Ed25519 key.
// The server is named after its first key for ever; the key that signs changes (epoch.ts). Pure, over WebCrypto.

import { fromBase64 } from './base64';
import { type Bytes, same, sha256 } from './tree';

const ALGORITHM = Uint8Array.of(1); // signed-note: Ed25519
const KEY_HASH = 4;
const utf8 = new TextEncoder();

export interface Signed {
  /** Of the server, from its first key: conclave/SERVER. */
  readonly server: string;
  /** What is signed, and the signatures with the hash of their key before them. */
  readonly text: Bytes;
  readonly signatures: readonly Bytes[];
}

export interface Note extends Signed {
  readonly meeting: string;
  readonly size: number;
  readonly root: Bytes;
}

const BODY = /^conclave\/([0-9a-f]{16})\/meeting\/([\w-]{1,64})\n([1-9]\d{0,9})\n([A-Za-z0-9+/]{43}=)\n$/;

/** The text of a note up to the empty line; null when there is none. */
export function textOf(note: string): string | null {
  const end = note.indexOf('\n\n');
  return end < 0 ? null : note.slice(0, end + 1);
}

export function signedBy(server: string, note: string, text: string): Signed {
  const mark = `\u2014 conclave/${server} `;
  const signatures = note.slice(text.length + 1).split('\n').filter((line) => line.startsWith(mark))
    .map((line) => fromBase64(line.slice(mark.length))).filter((s) => s !== null);
  return { server, text: utf8.encode(text), signatures };
}

export function readNote(note: string): Note | null {
  const text = textOf(note);
  const [, server, meeting, size, root] = BODY.exec(text ?? '') ?? [];
  const digest = root === undefined ? null : fromBase64(root);
  if (text === null || server === undefined || meeting === undefined || digest === null) return null;
  return { ...signedBy(server, note, text), meeting, size: Number(size), root: digest };
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');
}

/** Is the server named after this key, its first? */
export async function isNamedAfter(server: string, key: Bytes): Promise<boolean> {
  return key.length === 32 && hex(await sha256(key)).slice(0, 16) === server;
}

/** null: this browser knows no Ed25519, so nobody can say. */
export async function isSigned(note: Signed, key: Bytes): Promise<boolean | null> {
  const hash = (await sha256(utf8.encode(`conclave/${note.server}\n`), ALGORITHM, key)).slice(0, KEY_HASH);
  const ours = note.signatures.find((s) => same(s.slice(0, KEY_HASH), hash))?.slice(KEY_HASH);
  if (ours === undefined) return false;
  const known = await crypto.subtle.importKey('raw', key, 'Ed25519', false, ['verify']).catch(() => null);
  return known === null ? null : crypto.subtle.verify('Ed25519', known, ours, note.text);
}
