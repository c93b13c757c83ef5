// SPDX-License-Identifier: EUPL-1.2
// How long to wait before the next try to reach the server. Pure.

const FIRST_MS = 250;
const GROWTH = 1.6;
const AT_MOST_MS = 2_000;

/**
 * Grows with the attempts and is scattered by half of itself both ways, so that a whole council does not come back in
 * the same instant. `attempt` counts from 1; `random` is in [0, 1).
 */
export function backoff(attempt: number, random: number): number {
  const whole = Math.min(FIRST_MS * GROWTH ** (attempt - 1), AT_MOST_MS);
  return Math.round(whole * (0.5 + random));
}
