// SPDX-License-Identifier: EUPL-1.2
// Base64 with padding (RFC 4648, 4), and nothing that only looks like it. Pure.

import type { Bytes } from './tree';

/** null when it is none, or not the one way to write these bytes. */
export function fromBase64(letters: string): Bytes | null {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(letters)) return null;
  const bytes = Uint8Array.from(atob(letters), (c) => c.charCodeAt(0));
  return btoa(String.fromCharCode(...bytes)) === letters ? bytes : null;
}
