// SPDX-License-Identifier: EUPL-1.2
// Which counters of one key were already opened. Invariant: none is accepted twice, nor one that is older than the
// window.

const SIZE = 1024;

export interface Replay {
  /** Before the frame is authenticated: is it worth the work? */
  fresh(counter: number): boolean;
  /** After it was: takes note; false if it came twice meanwhile. */
  accept(counter: number): boolean;
}

export function replay(): Replay {
  const bits = new Uint32Array(SIZE / 32);
  let top = -1;

  const word = (counter: number): number => (counter % SIZE) >>> 5;
  const bit = (counter: number): number => 1 << counter % 32;

  function fresh(counter: number): boolean {
    if (counter > top) return true;
    return top - counter < SIZE && ((bits[word(counter)] ?? 0) & bit(counter)) === 0;
  }

  return {
    fresh,
    accept: (counter) => {
      if (!fresh(counter)) return false;
      if (counter - top >= SIZE) bits.fill(0);
      else for (let c = top + 1; c < counter; c++) bits[word(c)] = (bits[word(c)] ?? 0) & ~bit(c);
      top = Math.max(top, counter);
      bits[word(counter)] = (bits[word(counter)] ?? 0) | bit(counter);
      return true;
    },
  };
}
