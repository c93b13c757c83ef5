// SPDX-License-Identifier: EUPL-1.2
// What the group lacks, and whose turn it is to mend it: the lowest leaf whose person is connected, after two seconds
// without a commit the next. Pure: the tree, the list and the clock go in, wishes and a time come out.

import type { PersonId } from '../../wire/messages';
import type { Book } from './people';
import type { Leaf } from './tree';

/** Additions are gathered for so long, unless nothing was committed for as long: who comes alone waits for nobody. */
export const BATCH_MS = 300;
/** Then the next in line tries. */
export const TURN_MS = 2_000;
/** A leaf goes after so much silence of its person. */
export const SILENCE_MS = 30_000;
export const RENEW_MS = 15 * 60_000;
/** In one commit: a Welcome must stay below what the server takes. */
export const ADDED_AT_ONCE = 20;

export interface Wish<P> {
  /** Names it from one look to the next. */
  readonly key: string;
  readonly add: { readonly person: PersonId; readonly package: P } | null;
  readonly remove: Leaf | null;
  /** Not gathered with others: nothing is sent before it is done. */
  readonly urgent: boolean;
}

export interface Offered<P> {
  readonly person: PersonId;
  /** Names the package. */
  readonly key: string;
  readonly package: P;
}

export function wishes<P>(
  leaves: readonly Leaf[],
  own: number,
  offered: readonly Offered<P>[],
  book: Book,
  now: number,
): readonly Wish<P>[] {
  const self = leaves.find((l) => l.leaf === own);
  const asking = offered.filter((o) => o.person !== self?.person && book.belongs(o.person)).slice(0, ADDED_AT_ONCE);
  const back = new Set(asking.map((o) => o.person));
  const leaving = leaves.filter((l) => {
    if (l.leaf === own || back.has(l.person)) return false;
    const since = book.awaySince(l.person);
    return !book.belongs(l.person) || (since !== null && now - since >= SILENCE_MS);
  });
  return [
    ...leaving.map((l) => ({ key: `-${l.leaf}`, add: null, remove: l, urgent: true })),
    ...asking.map((o) => {
      const former = leaves.find((l) => l.person === o.person) ?? null;
      return { key: `+${o.key}`, add: { person: o.person, package: o.package }, remove: former, urgent: false };
    }),
  ];
}

/** When a leaf's silence will have lasted long enough; null when nobody is away. */
export function nextSilence(leaves: readonly Leaf[], own: number, book: Book, now: number): number | null {
  const ends = leaves
    .filter((l) => l.leaf !== own)
    .map((l) => book.awaySince(l.person))
    .filter((since): since is number => since !== null && now - since < SILENCE_MS)
    .map((since) => since + SILENCE_MS);
  return ends.length === 0 ? null : Math.min(...ends);
}

/** How many have their turn before us; null: we have none. `turn` moves the order on, so that renewing goes round. */
export function rank(leaves: readonly Leaf[], own: number, book: Book, turn = 0): number | null {
  const able = leaves.filter((l) => book.connected(l.person));
  const at = able.findIndex((l) => l.leaf === own);
  return at < 0 ? null : (at - (turn % able.length) + able.length) % able.length;
}

/** When wishes are ours to carry out. `since` tells when each was first there, `epochAt` when this epoch began. */
export function due<P>(
  wanted: readonly Wish<P>[],
  since: (key: string) => number,
  epochAt: number,
  place: number,
): number | null {
  const times = wanted.map((w) => Math.max(since(w.key), epochAt + (w.urgent ? 0 : BATCH_MS)) + place * TURN_MS);
  return times.length === 0 ? null : Math.min(...times);
}
