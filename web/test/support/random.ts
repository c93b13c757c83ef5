// SPDX-License-Identifier: EUPL-1.2
// A small generator of numbers that begins with a seed, so that a test that failed can be run again.

export interface Random {
  /** A whole number from 0, below `limit`. */
  below(limit: number): number;
  /** Whether something happens that happens so many times in a hundred. */
  chance(percent: number): boolean;
  pick<T>(of: readonly T[]): T;
}

/** Mulberry32: 32 bits of state, good enough to choose what a test does next. */
export function random(seed: number): Random {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  }
  const below = (limit: number): number => next() % limit;
  return {
    below,
    chance: (percent) => below(100) < percent,
    pick: (of) => {
      const one = of[below(of.length)];
      if (one === undefined) throw new Error('nothing to pick from');
      return one;
    },
  };
}
