// SPDX-License-Identifier: EUPL-1.2
// Searches what a process holds in its memory. In the tests from outside and those of browsers.
// Invariant: a search that could read nothing is an error, never an answer.

import { open, readFile } from 'node:fs/promises';

const PIECE = 4 * 1024 * 1024;
const MOST = 256 * 1024 * 1024; // of one mapping: what a sanitizer reserves for its shadow is larger

/** A text as it may stand in memory: as bytes, as UTF-16, and in base64 at each of the three places in a group. */
export function forms(text) {
  const shifted = [0, 1, 2].map((n) => Buffer.from('xx'.slice(0, n) + text).toString('base64'));
  // Without the letters that also hold a neighbour's bits.
  return [Buffer.from(text), Buffer.from(text, 'utf16le'), ...shifted.map((b) => Buffer.from(b.slice(4, -4)))];
}

/** How often one of these stands in what this process can read of itself. */
export async function occurrences(pid, texts) {
  const needles = texts.flatMap(forms);
  const overlap = Math.max(...needles.map((n) => n.length));
  const maps = (await readFile(`/proc/${pid}/maps`, 'latin1')).split('\n').map((line) => line.split(' '));
  const memory = await open(`/proc/${pid}/mem`);
  const piece = Buffer.alloc(PIECE + overlap);
  let searched = 0;
  let found = 0;
  for (const [range, rights] of maps) {
    const [from, to] = range.split('-').map((n) => parseInt(n, 16));
    if (!rights?.startsWith('rw') || to - from > MOST) continue;
    for (let at = from; at < to; at += PIECE) {
      const { bytesRead } = await memory.read(piece, 0, Math.min(piece.length, to - at), at).catch(() => ({}));
      searched += bytesRead ?? 0;
      const bytes = piece.subarray(0, bytesRead ?? 0);
      for (const needle of needles)
        for (let i = bytes.indexOf(needle); i >= 0; i = bytes.indexOf(needle, i + 1)) found++;
    }
  }
  await memory.close();
  if (searched < 1024 * 1024) throw new Error(`only ${searched} bytes of ${pid} could be read`);
  return found;
}
