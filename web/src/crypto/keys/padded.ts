// SPDX-License-Identifier: EUPL-1.2
// What is said in a conversation, as bytes whose number tells little: JSON, filled up with blanks to a multiple of 256,
// so that a word, a letter and a correction look the same to the server.

const BLOCK = 256;

export type Said =
  | { readonly type: 'text'; readonly text: string }
  /** Real-time text: `erase` units of the line go, `put` is appended. `all`: the line begins anew with it. */
  | {
      readonly type: 'rtt';
      readonly seq: number;
      readonly all: boolean;
      readonly erase: number;
      readonly put: string;
    };

export function pad(said: Said): Uint8Array {
  const bytes = new TextEncoder().encode(JSON.stringify(said));
  const padded = new Uint8Array(Math.ceil(bytes.length / BLOCK) * BLOCK).fill(0x20);
  padded.set(bytes);
  return padded;
}

const whole = (u: unknown): u is number => typeof u === 'number' && Number.isSafeInteger(u) && u >= 0;

/** null: not something that we would have said. */
export function unpad(bytes: Uint8Array, characters: number): Said | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const u = JSON.parse(text) as Readonly<Record<string, unknown>> | null;
    if (typeof u !== 'object' || u === null) return null;
    const { type, seq, all, erase, put } = u;
    if (type === 'text' && typeof u['text'] === 'string' && u['text'].length <= characters)
      return { type, text: u['text'] };
    if (type !== 'rtt' || !whole(seq) || !whole(erase) || typeof all !== 'boolean') return null;
    return typeof put === 'string' && put.length <= characters ? { type, seq, all, erase, put } : null;
  } catch {
    return null;
  }
}
