// SPDX-License-Identifier: EUPL-1.2
// What the sound that came back says about microphone and network. Pure.

import type { SoundVerdict } from '../state';
import { loudness, type Sound } from './measure';

/** The browser's counters of one connection, at one moment. */
export interface Reading extends Sound {
  /** Packets of sound that left, and those that came back and could be opened: one frame is one packet. */
  readonly sent: number;
  readonly received: number;
  /** There and back, in milliseconds; null where the browser does not say. */
  readonly roundTrip: number | null;
  /** Seconds that all frames so far waited to be played, and how many they were. */
  readonly waited: number;
  readonly played: number;
}

/** Of the microphone itself, before anything is done to it. */
export interface Peaks {
  /** How often it was looked at, and how often it was at the end of its range. */
  readonly looks: number;
  readonly full: number;
}

export interface Heard {
  /** Root mean square of what came back, 0 to 1. */
  readonly loud: number;
  /** Part of the looks at which the microphone was at the end of its range; null: nobody could look. */
  readonly clipped: number | null;
  /** Part of the packets that did not come back. */
  readonly loss: number;
  /** From mouth to ear, in milliseconds; null: not known. */
  readonly delay: number | null;
  readonly received: number;
}

/** At the end of its range: what is louder is cut off. */
export const FULL = 0.985;
/** About -54 dB on average: a room in which nobody speaks, after noise suppression. */
const SILENT = 0.002;
/** About -40 dB on average, with the pauses of speech in it. */
const QUIET = 0.01;
const CLIPPED = 0.05;
/** Opus mends less than this; what is more is heard. */
const LOSSY = 0.05;
/** ITU-T G.114: above 400 ms from mouth to ear people talk at the same time. This is there and back again. */
const SLOW_MS = 500;
/** Packets may be on their way at one reading and not at the other. */
const UNDER_WAY = 3;

export function heardBetween(before: Reading, after: Reading, peaks: Peaks): Heard {
  const sent = after.sent - before.sent;
  const received = Math.max(0, after.received - before.received);
  const missing = sent - received - UNDER_WAY;
  const played = after.played - before.played;
  const waited = played > 0 ? ((after.waited - before.waited) / played) * 1_000 : 0;
  return {
    loud: loudness(before, after),
    clipped: peaks.looks === 0 ? null : peaks.full / peaks.looks,
    loss: sent > 0 ? Math.max(0, missing) / sent : 0,
    delay: after.roundTrip === null ? null : after.roundTrip + waited,
    received,
  };
}

/** The first thing to be mended. */
export function judge(h: Heard): SoundVerdict {
  if (h.received === 0) return 'lost';
  if (h.loud < SILENT) return 'silent';
  if (h.clipped !== null && h.clipped >= CLIPPED) return 'clipped';
  if (h.loss >= LOSSY) return 'lossy';
  if (h.delay !== null && h.delay >= SLOW_MS) return 'slow';
  return h.loud < QUIET ? 'quiet' : 'good';
}
