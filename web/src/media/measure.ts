// SPDX-License-Identifier: EUPL-1.2
// What two readings of the browser's counters say: how loud, how whole, moving or not. Pure.

/** About -40 dB of full scale: quiet speech is above, a silent room after noise suppression below. */
const SPEECH = 0.01;
/** Between two words nobody stops speaking. */
const PAUSE_MS = 600;
/** A picture that should move and has not for this long is called frozen. */
export const FROZEN_MS = 2_000;

/** A microphone that gives nothing for this long is not only between two words. */
const SILENT_SECONDS = 6;

/** `since`: when a microphone that is on began to give nothing at all; null: it gives something. */
export function stillSilent(since: number | null, now: number): boolean {
  return since !== null && now - since >= SILENT_SECONDS;
}

/** Of one audio line or of the own microphone. */
export interface Sound {
  /** Sum of squared samples over seconds, and the seconds (`totalAudioEnergy`, `totalSamplesDuration`). */
  readonly energy: number;
  readonly seconds: number;
}

/** Root mean square of what was played between two readings, 0 to 1; 0 when nothing was. */
export function loudness(before: Sound | undefined, after: Sound): number {
  const seconds = after.seconds - (before?.seconds ?? 0);
  const energy = after.energy - (before?.energy ?? 0);
  return before !== undefined && seconds > 0 && energy > 0 ? Math.sqrt(energy / seconds) : 0;
}

/** When somebody was last loud enough; speaks as long as that is not too long ago. */
export function lastSpoke(before: number | null, loud: number, now: number): number | null {
  return loud >= SPEECH ? now : before;
}

export function speaks(last: number | null, now: number): boolean {
  return last !== null && now - last <= PAUSE_MS;
}

/** Of one camera picture, since the line carries this person. */
export interface Motion {
  /** `framesDecoded` at the first reading. */
  readonly first: number;
  readonly frames: number;
  /** When a new frame was last seen. */
  readonly movedAt: number;
}

export function follow(before: Motion | undefined, frames: number, now: number): Motion {
  if (before === undefined) return { first: frames, frames, movedAt: now };
  return frames > before.frames ? { ...before, frames, movedAt: now } : before;
}

export function hasPicture(m: Motion): boolean {
  return m.frames > m.first;
}

export function isFrozen(m: Motion, now: number): boolean {
  return hasPicture(m) && now - m.movedAt >= FROZEN_MS;
}

/** So long a line that should bring something has brought nothing that could be opened. */
export const QUIET_MS = 3_000;

/** Of one line, for as long as it should bring this source of this person. */
export interface Flow {
  /** Frames that were opened with somebody's key. What was not is as if it had never come. */
  readonly opened: number;
  /** When a new one was last seen, or when it was first expected. */
  readonly cameAt: number;
}

export function flow(before: Flow | undefined, opened: number, now: number): Flow {
  return before !== undefined && opened === before.opened ? before : { opened, cameAt: now };
}

export function isQuiet(f: Flow, now: number): boolean {
  return now - f.cameAt >= QUIET_MS;
}

export interface Packets {
  readonly received: number;
  readonly lost: number;
}

/** Part of the packets between two readings that did not arrive, 0 to 1. */
export function lossBetween(before: Packets, after: Packets): number {
  const lost = Math.max(0, after.lost - before.lost);
  const received = Math.max(0, after.received - before.received);
  return lost + received === 0 ? 0 : lost / (lost + received);
}

/** A level for the eye, 0 to 10, from a root mean square: 60 dB of range. */
export function levelOf(rms: number): number {
  if (rms <= 0) return 0;
  const decibels = 20 * Math.log10(rms);
  return Math.max(0, Math.min(10, Math.round((decibels + 60) / 5)));
}

/** The least root mean square that such a level stands for; 0 for none. */
export function rmsOf(level: number): number {
  return level === 0 ? 0 : 10 ** ((level * 5 - 60) / 20);
}
