// SPDX-License-Identifier: EUPL-1.2
// The heads of the proceedings that this browser has seen, of the last meetings: what the servers can be held to, also
// on another day. Invariant: what is read was checked field by field; anything else counts as nothing.

import type { Kept, Shelf } from '../record/keeper';
import { between, id, listOf, matching, object, orNull, text } from '../wire/check';

const HEADS = 'conclave-heads';
const MEETINGS_KEPT = 32;
const MANY = 64;
const epoch = between(0, 2 ** 31);

const kept = listOf(
  object<Kept>({
    meeting: matching(/^[\w-]{1,64}$/),
    server: text,
    key: orNull(text),
    // Browsers of before knew one key, and kept no notes.
    epoch: (u) => epoch(u ?? 0),
    signer: (u) => orNull(text)(u ?? null),
    heads: listOf(object<Kept['heads'][number]>({ size: id, root: text, note: (u) => text(u ?? '') }), MANY),
  }),
  MANY,
);

function all(storage: Storage): readonly Kept[] {
  try {
    return kept(JSON.parse(storage.getItem(HEADS) ?? '[]'));
  } catch {
    return [];
  }
}

/** The newest meeting last. */
export function shelf(storage: () => Storage): Shelf {
  return {
    read: (meeting) => {
      try {
        return all(storage()).find((k) => k.meeting === meeting) ?? null;
      } catch {
        return null;
      }
    },
    write: (one) => {
      try {
        const others = all(storage()).filter((k) => k.meeting !== one.meeting);
        storage().setItem(HEADS, JSON.stringify([...others, one].slice(-MEETINGS_KEPT)));
      } catch {
        // A browser that stores nothing checks what it sees while it sees it.
      }
    },
  };
}
