// SPDX-License-Identifier: EUPL-1.2
// When this machine does not keep up, fewer pictures: decided from one judgement a second, said in a sentence, undone
// by one press or by itself. Pure, and counted in those seconds. Invariant: what the person chose is never chosen anew
// for them, and the preference that is stored stays as it is.

import { isSelf, layoutOf } from '../select';
import type { Power, State } from '../state';
import { announce, andThen, stay, type Step } from './step';

/** What one second said of this machine, as far as it could be measured. */
export interface Second {
  /** Part of the frames that came and were thrown away undrawn, 0 to 1. */
  readonly dropped: number | null;
  /** How long after it was asked for the page got its next frame, in ms; null while nobody sees the page. */
  readonly frame: number | null;
}

/**
 * Late from there on; in time again from there down; between them nothing (hysteresis). Measured with 25 faces in
 * Chromium 156 (tests/browser/crowd, long form, twice) on two cores that had much other work, the page's thread slowed
 * down by the browser: whole speed 23 ms and 1 to 3 % thrown away; a quarter 26 to 39 ms, 1 to 5 %; an eighth 16 to
 * 55 ms, 0 to 5 %; a sixteenth 70 to 222 ms, 2 to 36 %; half of that 24 to 95 ms, 0 to 1 %. So what counts as late was
 * reached at a sixteenth alone, and not always, although from a quarter on a press took more than 200 ms until it was
 * painted: between presses such a page has its frames in time. Not measured: a slow laptop itself.
 */
const LATE = { dropped: 0.25, frame: 150 };
const SMOOTH = { dropped: 0.05, frame: 50 };
/** So many more late seconds than smooth ones. */
export const TOO_LATE = 8;
/** Smooth seconds, one after the other, until everything is tried again; twice as many after each relapse. */
export const CALM = 60;
const CALM_AT_MOST = 16 * CALM;
/** Seconds for which the person's own word stands. */
export const SPARED = 600;
/** Fewer pictures than this left out would win nothing. */
export const WORTH = 4;

export const FULL_POWER: Power = { low: false, late: 0, calm: 0, until: CALM, spared: 0 };

function judged({ dropped, frame }: Second): 'late' | 'smooth' | null {
  if (dropped === null && frame === null) return null;
  if ((dropped ?? 0) >= LATE.dropped || (frame ?? 0) >= LATE.frame) return 'late';
  return (dropped ?? 0) <= SMOOTH.dropped && (frame ?? 0) <= SMOOTH.frame ? 'smooth' : null;
}

/** The next second. `worth`: leaving out pictures would win something. */
export function after(p: Power, second: Second, worth: boolean): Power {
  const is = judged(second);
  if (p.low) {
    const calm = is === 'smooth' ? p.calm + 1 : is === 'late' ? 0 : p.calm;
    if (calm < p.until) return { ...p, calm };
    return { ...FULL_POWER, until: Math.min(2 * p.until, CALM_AT_MOST) };
  }
  const spared = Math.max(0, p.spared - 1);
  const change = is === 'late' ? 1 : is === 'smooth' ? -1 : 0;
  const late = worth && spared === 0 ? Math.max(0, p.late + change) : 0;
  return late < TOO_LATE ? { ...p, late, spared } : { ...p, low: true, late: 0, calm: 0, spared };
}

/** How many pictures low power would leave out: it keeps who speaks, who leads, and whoever is kept in view. */
function savings(s: State): number {
  return s.pictured.filter((id) => !isSelf(s, id)).length - 2 - s.pins.length;
}

export function secondOver(s: State, second: Second): Step {
  if (s.phase.name !== 'inside' || s.preferences.layout === 'low') return stay(s);
  const power = after(s.power, second, savings(s) >= WORTH);
  const next: State = { ...s, power };
  return power.low === s.power.low ? stay(next) : announce(next, { what: 'power', low: power.low });
}

/** The person chose how pictures are laid out, or wants to see all of them again. */
export function ownChoice(s: State): State {
  return { ...s, power: { ...FULL_POWER, spared: SPARED } };
}

/** Tells the media when what is drawn became less, or more again. */
export function economised(before: State, step: Step): Step {
  return andThen(step, (s) => {
    const low = layoutOf(s) === 'low';
    return low === (layoutOf(before) === 'low') ? stay(s) : [s, [{ do: 'economise', on: low }]];
  });
}
