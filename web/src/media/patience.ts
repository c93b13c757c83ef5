// SPDX-License-Identifier: EUPL-1.2
// How long sound waits before it is played, so that what was lost can come once more: a browser asks again only for
// what would still be in time. Decided from one judgement a second. Pure.
// Invariant: nobody hears later for good: a wait that does not help is taken back, one that is not needed too.

export interface Patience {
  /** For the lines of sound; null: as the browser thinks best. */
  readonly ms: number | null;
  /** Seconds with gaps, more or less in a row; while waiting, those in which it did not help. */
  readonly bad: number;
  /** Seconds without a gap, in a row. */
  readonly calm: number;
  /** The worst second before waiting began. */
  readonly before: number;
  /** So many seconds no new attempt. */
  readonly rest: number;
}

export const IMPATIENT: Patience = { ms: null, bad: 0, calm: 0, before: 0, rest: 0 };

/** More than this part of a second made up by the browser can be heard. */
const GAPS = 0.01;
/** Seconds with gaps until waiting is tried … */
export const BAD = 2;
/** … of which each whole second takes so much off. */
const FORGIVEN = 0.2;
/** Seconds without any gap until it is given up again … */
export const CALM = 60;
/** … or with gaps as before, since it does not help; then it is not tried for so long. */
export const USELESS = 10;
export const REST = 300;
/**
 * Beyond there and back: two packets until one counts as lost, and the margin in which the browser may still ask
 * (measured in Chromium 156 by tests/browser/bad-line: at 50 ms there and back it asks for nothing in time by itself).
 */
const BEYOND_MS = 150;
/** Whoever speaks over such a line would rather miss a word than wait any longer for the answer. */
const MOST_MS = 400;

/** Samples that were played, and those that were made up for want of others, silence left out. */
export interface Played {
  readonly samples: number;
  readonly madeUp: number;
}

/** The worst part made up of any line between two looks, 0 to 1. */
export function worst(before: ReadonlyMap<string, Played>, after: ReadonlyMap<string, Played>): number {
  const parts = [...after].map(([line, b]) => {
    const a = before.get(line);
    const samples = a === undefined ? 0 : b.samples - a.samples;
    return a === undefined || samples <= 0 ? 0 : (b.madeUp - a.madeUp) / samples;
  });
  return Math.max(0, ...parts);
}

/** A second later; `madeUp` from worst(), `roundTrip` in ms. */
export function wait(p: Patience, madeUp: number, roundTrip: number | null): Patience {
  if (p.ms === null) {
    if (p.rest > 0) return { ...IMPATIENT, rest: p.rest - 1 };
    const bad = madeUp > GAPS ? p.bad + 1 : Math.max(0, p.bad - FORGIVEN);
    const before = bad === 0 ? 0 : Math.max(p.before, madeUp);
    if (bad < BAD) return { ...IMPATIENT, bad, before };
    return { ...IMPATIENT, before, ms: Math.min(MOST_MS, (roundTrip ?? 0) + BEYOND_MS) };
  }
  const helps = madeUp <= Math.max(GAPS, p.before / 2);
  const bad = helps ? Math.max(0, p.bad - 1) : p.bad + 1;
  if (bad >= USELESS) return { ...IMPATIENT, rest: REST };
  const calm = madeUp > 0 ? 0 : p.calm + 1;
  return calm >= CALM ? IMPATIENT : { ...p, bad, calm };
}

/** Looks once a second at the lines of one connection, and says when they are to wait otherwise. */
export function waiter(set: (ms: number | null) => void): (
  played: ReadonlyMap<string, Played>, roundTrip: number | null,
) => void {
  let patience = IMPATIENT;
  let before: ReadonlyMap<string, Played> = new Map();
  return (played, roundTrip) => {
    const { ms } = patience;
    patience = wait(patience, worst(before, played), roundTrip);
    before = played;
    if (patience.ms !== ms) set(patience.ms);
  };
}
