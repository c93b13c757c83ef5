// SPDX-License-Identifier: EUPL-1.2
// RFC 9605 with all its cipher suites and all its numbers, from its text alone: for the vectors, and as the stranger
// whose frames the product refuses.

type Bytes = Uint8Array<ArrayBuffer>;

interface Suite {
  readonly hash: 'SHA-256' | 'SHA-512';
  readonly keyBytes: number;
  /** Of CTR with HMAC; 0 for GCM, whose tag has 16 bytes. */
  readonly tagBytes: number;
}

export const SUITES: Readonly<Record<number, Suite>> = {
  1: { hash: 'SHA-256', keyBytes: 48, tagBytes: 10 },
  2: { hash: 'SHA-256', keyBytes: 48, tagBytes: 8 },
  3: { hash: 'SHA-256', keyBytes: 48, tagBytes: 4 },
  4: { hash: 'SHA-256', keyBytes: 16, tagBytes: 0 },
  5: { hash: 'SHA-512', keyBytes: 32, tagBytes: 0 },
};

export function hex(bytes: ArrayBuffer | Bytes): string {
  return [...new Uint8Array(bytes)].map((b) => b.toString(16).padStart(2, '0')).join('');
}

export function unhex(text: string): Bytes {
  return new Uint8Array((text.match(/../g) ?? []).map((pair) => parseInt(pair, 16)));
}

function concat(...parts: readonly Bytes[]): Bytes {
  return new Uint8Array(parts.flatMap((p) => [...p]));
}

function bigEndian(n: bigint, size: number): Bytes {
  return unhex(n.toString(16).padStart(size * 2, '0'));
}

/** RFC 9605, 4.3 */
export function fullHeader(kid: bigint, counter: bigint): Bytes {
  const field = (n: bigint): readonly [bigint, Bytes] => {
    if (n < 8n) return [n, new Uint8Array()];
    const size = Math.ceil(n.toString(16).length / 2);
    return [8n + BigInt(size - 1), bigEndian(n, size)];
  };
  const [k, kidBytes] = field(kid);
  const [c, counterBytes] = field(counter);
  return concat(bigEndian(k * 16n + c, 1), kidBytes, counterBytes);
}

export interface Schedule {
  readonly keyLabel: Bytes;
  readonly saltLabel: Bytes;
  readonly secret: Bytes;
  readonly key: Bytes;
  readonly salt: Bytes;
}

async function hmac(hash: string, key: Bytes, data: Bytes): Promise<Bytes> {
  // An empty salt is a key of zeros (RFC 5869, 2.2); WebCrypto takes no empty key.
  const raw = key.length === 0 ? new Uint8Array(hash === 'SHA-256' ? 32 : 64) : key;
  const imported = await crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash }, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, data));
}

/** RFC 5869, 2.3, for what fits into one or more rounds. */
async function expand(hash: string, secret: Bytes, info: Bytes, size: number): Promise<Bytes> {
  let [out, last] = [new Uint8Array(), new Uint8Array()];
  for (let i = 1; out.length < size; i++) {
    last = await hmac(hash, secret, concat(last, info, Uint8Array.of(i)));
    out = concat(out, last);
  }
  return out.slice(0, size);
}

/** RFC 9605, 4.4.2 */
export async function schedule(suite: number, kid: bigint, baseKey: Bytes): Promise<Schedule> {
  const { hash, keyBytes } = SUITES[suite] as Suite;
  const end = concat(bigEndian(kid, 8), bigEndian(BigInt(suite), 2));
  const keyLabel = concat(new TextEncoder().encode('SFrame 1.0 Secret key '), end);
  const saltLabel = concat(new TextEncoder().encode('SFrame 1.0 Secret salt '), end);
  const secret = await hmac(hash, new Uint8Array(), baseKey);
  const key = await expand(hash, secret, keyLabel, keyBytes);
  return { keyLabel, saltLabel, secret, key, salt: await expand(hash, secret, saltLabel, 12) };
}

export function nonceOf(salt: Bytes, counter: bigint): Bytes {
  const xor = bigEndian(counter, 12);
  return salt.map((b, i) => b ^ (xor[i] ?? 0));
}

/** RFC 9605, 4.5.1 */
export async function ctrHmac(suite: number, key: Bytes, iv: Bytes, aad: Bytes, plain: Bytes): Promise<Bytes> {
  const { tagBytes } = SUITES[suite] as Suite;
  const cipher = await crypto.subtle.importKey('raw', key.slice(0, 16), 'AES-CTR', false, ['encrypt']);
  const counter = concat(iv, new Uint8Array(4));
  const ct = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-CTR', counter, length: 32 }, cipher, plain));
  const sizes = [aad.length, ct.length, tagBytes].map((n) => bigEndian(BigInt(n), 8));
  const tag = await hmac('SHA-256', key.slice(16), concat(...sizes, iv, aad, ct));
  return concat(ct, tag.slice(0, tagBytes));
}

async function gcm(key: Bytes, iv: Bytes, additionalData: Bytes, plain: Bytes): Promise<Bytes> {
  const cipher = await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt']);
  return new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, cipher, plain));
}

/** Header and sealed bytes. */
export async function sealWith(
  suite: number,
  baseKey: Bytes,
  kid: bigint,
  counter: bigint,
  metadata: Bytes,
  plain: Bytes,
): Promise<Bytes> {
  const { key, salt } = await schedule(suite, kid, baseKey);
  const head = fullHeader(kid, counter);
  const iv = nonceOf(salt, counter);
  const aad = concat(head, metadata);
  const tagged = (SUITES[suite] as Suite).tagBytes > 0;
  return concat(head, await (tagged ? ctrHmac(suite, key, iv, aad, plain) : gcm(key, iv, aad, plain)));
}
