// SPDX-License-Identifier: EUPL-1.2
// Time as the frames worker sees it, so that its tests need none. Milliseconds of a monotonic clock.

export interface Clock {
  now(): number;
  /** Calls once; the returned function prevents it. */
  after(ms: number, due: () => void): () => void;
}

export const clock: Clock = {
  now: () => performance.now(),
  after: (ms, due) => {
    const timer = setTimeout(due, ms);
    return () => clearTimeout(timer);
  },
};
