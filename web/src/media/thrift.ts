// SPDX-License-Identifier: EUPL-1.2
// How well this machine keeps up, once a second: what was thrown away undrawn, and how late the page gets its frames.
// One frame is asked for at a time, so that measuring costs a page nothing that stands still.

import type { Second } from '../update/power';

/** Below this a second says nothing of the frames: nobody's camera is on. */
const FRAMES = 10;

export interface Frames {
  readonly decoded: number;
  readonly dropped: number;
}

/** Part of the frames between two readings that were dropped; null: too few to tell. Pure. */
export function droppedBetween(before: Frames, after: Frames): number | null {
  const dropped = Math.max(0, after.dropped - before.dropped);
  const all = dropped + Math.max(0, after.decoded - before.decoded);
  return all < FRAMES ? null : dropped / all;
}

/** What of the page's window this needs. */
export interface Clockwork {
  readonly hidden: () => boolean;
  readonly now: () => number;
  readonly frame: (drawn: () => void) => void;
}

const PAGE: Clockwork = {
  hidden: () => document.hidden,
  now: () => performance.now(),
  frame: (drawn) => void requestAnimationFrame(drawn),
};

export interface Thrift {
  /** Asks for a frame, and waits for it by itself. */
  ask(): void;
  /** The second is over. */
  over(frames: Frames): Second;
}

export function thrift(page: Clockwork = PAGE): Thrift {
  let askedAt: number | null = null;
  let waits: number[] = [];
  let before: Frames | null = null;

  /** The mean of this second; a frame that has not come yet has taken as long as it has. */
  function late(): number | null {
    if (page.hidden()) askedAt = null; // the browser gives such a page no frames
    const all = askedAt === null ? waits : [...waits, page.now() - askedAt];
    waits = [];
    return all.length === 0 || page.hidden() ? null : all.reduce((sum, ms) => sum + ms, 0) / all.length;
  }

  return {
    ask: () => {
      if (askedAt !== null || page.hidden()) return;
      const mine = page.now();
      askedAt = mine;
      page.frame(() => {
        if (askedAt !== mine) return;
        waits.push(page.now() - mine);
        askedAt = null;
      });
    },
    over: (frames) => {
      const dropped = before === null ? null : droppedBetween(before, frames);
      before = frames;
      return { dropped, frame: late() };
    },
  };
}
