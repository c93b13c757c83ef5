// SPDX-License-Identifier: EUPL-1.2
// Bytes: compared, joined, hashed, and as base64 with padding (RFC 4648, 4), which is how they travel in JSON.

/** As WebCrypto wants them: over a buffer that is not shared. */
export function view(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : Uint8Array.from(bytes);
}

/** Of public values: it stops at the first difference. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((value, at) => value === b[at]);
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export async function sha256(...parts: readonly Uint8Array[]): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', concat(...parts)));
}

export function toBase64(bytes: Uint8Array): string {
  let letters = '';
  for (const value of bytes) letters += String.fromCharCode(value);
  return btoa(letters);
}

/** null: not base64 as we write it. */
export function fromBase64(text: string): Uint8Array | null {
  try {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    return toBase64(bytes) === text ? bytes : null;
  } catch {
    return null;
  }
}

/** Groups of five digits, each from so many bytes, big-endian. */
export function digits(bytes: Uint8Array, groups: number, from: number): string {
  return Array.from({ length: groups }, (_, group) => {
    let value = 0n;
    for (const part of bytes.subarray(group * from, (group + 1) * from)) value = (value << 8n) | BigInt(part);
    return (value % 100_000n).toString().padStart(5, '0');
  }).join(' ');
}
