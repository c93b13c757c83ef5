// SPDX-License-Identifier: EUPL-1.2
// Retry-After (RFC 9110, 10.2.3), as our server writes it: seconds, never a date. Pure.

/** Longer than any throttle waits: more is taken for nothing that is ours. */
const MOST_S = 3_600;

export function readWait(header: string | null): number | null {
  if (header === null || !/^[1-9]\d{0,3}$/.test(header)) return null;
  const seconds = Number(header);
  return seconds <= MOST_S ? seconds : null;
}
