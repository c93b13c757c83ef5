// SPDX-License-Identifier: EUPL-1.2
// RFC 9605 with the one cipher suite that is in use, AES_128_GCM_SHA256_128: header, key schedule, nonce, seal, open.
// Invariant: a tag has 16 bytes and a header the one form that we would have written; everything else is refused.

export type Bytes = Uint8Array<ArrayBuffer>;

export const SUITE = 0x0004;
export const TAG_BYTES = 16;
export const BASE_KEY_BYTES = 16;
const NONCE_BYTES = 12;

export interface Header {
  readonly kid: number;
  readonly counter: number;
  /** How many bytes it took. */
  readonly size: number;
}

export interface FrameKey {
  readonly cipher: CryptoKey;
  readonly salt: Bytes;
}

/** How many bytes a number takes; 0 for one that fits into the first byte. */
function bytesOf(n: number): number {
  if (n < 8) return 0;
  let size = 1;
  for (let rest = Math.floor(n / 256); rest > 0; rest = Math.floor(rest / 256)) size++;
  return size;
}

function putNumber(out: Bytes, end: number, size: number, n: number): void {
  for (let i = 1, rest = n; i <= size; i++, rest = Math.floor(rest / 256)) out[end - i] = rest % 256;
}

/** RFC 9605, 4.3: X, K (3 bits), Y, C (3 bits), then key id and counter where they do not fit there. */
export function header(kid: number, counter: number): Bytes {
  const [k, c] = [bytesOf(kid), bytesOf(counter)];
  const out = new Uint8Array(1 + k + c);
  out[0] = ((k === 0 ? kid : 8 | (k - 1)) << 4) | (c === 0 ? counter : 8 | (c - 1));
  putNumber(out, 1 + k, k, kid);
  putNumber(out, 1 + k + c, c, counter);
  return out;
}

/** One of the two numbers: `half` is its part of the first byte. Null if it is cut off, too great or too long. */
function number(bytes: Bytes, at: number, half: number): { readonly n: number; readonly end: number } | null {
  if (half < 8) return { n: half, end: at };
  const size = (half & 7) + 1;
  if (at + size > bytes.length) return null;
  let n = 0;
  for (let i = at; i < at + size; i++) n = n * 256 + (bytes[i] ?? 0);
  return Number.isSafeInteger(n) && bytesOf(n) === size ? { n, end: at + size } : null;
}

export function readHeader(bytes: Bytes): Header | null {
  const first = bytes[0];
  if (first === undefined) return null;
  const kid = number(bytes, 1, first >> 4);
  if (kid === null) return null;
  const counter = number(bytes, kid.end, first & 15);
  return counter === null ? null : { kid: kid.n, counter: counter.n, size: counter.end };
}

/** RFC 9605, 4.4.2: `SFrame 1.0 Secret key ` (or `salt `), the key id in 8 bytes, the suite in 2. */
function label(what: 'key' | 'salt', kid: number): Bytes {
  const text = new TextEncoder().encode(`SFrame 1.0 Secret ${what} `);
  const out = new Uint8Array(text.length + 10);
  out.set(text);
  putNumber(out, text.length + 8, 8, kid);
  putNumber(out, text.length + 10, 2, SUITE);
  return out;
}

export function derivation(info: Bytes): HkdfParams {
  return { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info };
}

/** Overwrites what it was given: WebCrypto has taken its copy when the call returns. */
export function importBase(baseKey: Bytes): Promise<CryptoKey> {
  const imported = crypto.subtle.importKey('raw', baseKey, 'HKDF', false, ['deriveKey', 'deriveBits']);
  baseKey.fill(0);
  return imported;
}

/** The key itself never comes into our memory. */
export async function frameKey(base: CryptoKey, kid: number): Promise<FrameKey> {
  const kind = { name: 'AES-GCM', length: 128 };
  const [cipher, salt] = await Promise.all([
    crypto.subtle.deriveKey(derivation(label('key', kid)), base, kind, false, ['encrypt', 'decrypt']),
    crypto.subtle.deriveBits(derivation(label('salt', kid)), base, NONCE_BYTES * 8),
  ]);
  return { cipher, salt: new Uint8Array(salt) };
}

/** RFC 9605, 4.4.3: the salt, xor the counter. */
export function nonce(salt: Bytes, counter: number): Bytes {
  const out = new Uint8Array(salt);
  for (let i = out.length - 1, rest = counter; rest > 0 && i >= 0; i--, rest = Math.floor(rest / 256))
    out[i] = (out[i] ?? 0) ^ (rest % 256);
  return out;
}

function parameters(key: FrameKey, counter: number, authenticated: Bytes): AesGcmParams {
  const iv = nonce(key.salt, counter);
  return { name: 'AES-GCM', iv, additionalData: authenticated, tagLength: TAG_BYTES * 8 };
}

/** Ciphertext and tag. `authenticated`: the header and what stays in the clear before it. */
export function encrypt(key: FrameKey, counter: number, authenticated: Bytes, plain: Bytes): Promise<ArrayBuffer> {
  return crypto.subtle.encrypt(parameters(key, counter, authenticated), key.cipher, plain);
}

/** Null if it was not sealed with this key, counter and these bytes before it. */
export function decrypt(
  key: FrameKey,
  counter: number,
  authenticated: Bytes,
  sealed: Bytes,
): Promise<ArrayBuffer | null> {
  return crypto.subtle.decrypt(parameters(key, counter, authenticated), key.cipher, sealed).catch(() => null);
}

export function join(...parts: readonly (Bytes | ArrayBuffer)[]): Bytes {
  const out = new Uint8Array(parts.reduce((sum, p) => sum + p.byteLength, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p instanceof ArrayBuffer ? new Uint8Array(p) : p, at);
    at += p.byteLength;
  }
  return out;
}
