// SPDX-License-Identifier: EUPL-1.2
// Runs the vectors of RFC 9605, in Node as in the browsers: the product where it has to agree, the full implementation
// where it has to refuse.

import {
  decrypt,
  encrypt,
  frameKey,
  header,
  importBase,
  join,
  nonce,
  readHeader,
  SUITE,
} from '../../src/crypto/frames/sframe';
import { ctrHmac, fullHeader, hex, nonceOf, schedule, sealWith, unhex } from './suites';

export interface Vectors {
  readonly counters: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly aes_ctr_hmac: {
    readonly key: string;
    readonly nonce: string;
    readonly aad: string;
    readonly pt: string;
    readonly ct: Readonly<Record<string, string>>;
  };
  readonly sframe: {
    readonly kid: number;
    readonly ctr: number;
    readonly base_key: string;
    readonly metadata: string;
    readonly aad: string;
    readonly pt: string;
    readonly suites: readonly {
      readonly cipher_suite: number;
      readonly sframe_key_label: string;
      readonly sframe_salt_label: string;
      readonly sframe_secret: string;
      readonly sframe_key: string;
      readonly sframe_salt: string;
      readonly nonce: string;
      readonly ct: string;
    }[];
  };
}

export interface Outcome {
  /** Vectors with which the product agrees; each is also one of `full`. */
  product: number;
  full: number;
  /** What the product refuses, as it should: numbers that are too great for it, suites that are not its own. */
  refused: number;
  readonly wrong: string[];
}

function runHeaders(v: Vectors, out: Outcome): void {
  for (const [kid, line] of Object.entries(v.headers)) {
    line.split(' ').forEach((encoded, i) => {
      const counter = v.counters[i] ?? '';
      const name = `header ${kid} ${counter}`;
      if (hex(fullHeader(BigInt(kid), BigInt(counter))) === encoded) out.full++;
      else out.wrong.push(`full ${name}`);
      const read = readHeader(unhex(encoded));
      if ([kid, counter].every((n) => BigInt(n) <= BigInt(Number.MAX_SAFE_INTEGER))) {
        const same = read?.kid === Number(kid) && read.counter === Number(counter) && read.size * 2 === encoded.length;
        if (same && hex(header(Number(kid), Number(counter))) === encoded) out.product++;
        else out.wrong.push(name);
      } else if (read === null) out.refused++;
      else out.wrong.push(`not refused: ${name}`);
    });
  }
}

async function runCtrHmac({ aes_ctr_hmac: v }: Vectors, out: Outcome): Promise<void> {
  for (const [suite, ct] of Object.entries(v.ct)) {
    const [key, iv, aad, pt] = [unhex(v.key), unhex(v.nonce), unhex(v.aad), unhex(v.pt)];
    if (hex(await ctrHmac(Number(suite), key, iv, aad, pt)) === ct) out.full++;
    else out.wrong.push(`AES-CTR with HMAC, suite ${suite}`);
  }
}

async function runSuite(v: Vectors['sframe'], s: Vectors['sframe']['suites'][number], out: Outcome): Promise<void> {
  const [kid, counter] = [BigInt(v.kid), BigInt(v.ctr)];
  const [metadata, plain] = [unhex(v.metadata), unhex(v.pt)];
  const made = await schedule(s.cipher_suite, kid, unhex(v.base_key));
  const all = [
    [made.keyLabel, s.sframe_key_label],
    [made.saltLabel, s.sframe_salt_label],
    [made.secret, s.sframe_secret],
    [made.key, s.sframe_key],
    [made.salt, s.sframe_salt],
    [nonceOf(made.salt, counter), s.nonce],
    [await sealWith(s.cipher_suite, unhex(v.base_key), kid, counter, metadata, plain), s.ct],
  ] as const;
  if (all.every(([bytes, text]) => hex(bytes) === text)) out.full++;
  else out.wrong.push(`full suite ${s.cipher_suite}`);

  const key = await frameKey(await importBase(unhex(v.base_key)), v.kid);
  const head = header(v.kid, v.ctr);
  const sealed = unhex(s.ct).subarray(head.length);
  const opened = await decrypt(key, v.ctr, unhex(v.aad), sealed);
  if (s.cipher_suite !== SUITE) {
    if (opened === null) out.refused++;
    else out.wrong.push(`not refused: suite ${s.cipher_suite}`);
    return;
  }
  const again = join(head, await encrypt(key, v.ctr, join(head, metadata), plain));
  const same = hex(key.salt) === s.sframe_salt && hex(nonce(key.salt, v.ctr)) === s.nonce && hex(again) === s.ct;
  if (same && opened !== null && hex(opened) === v.pt) out.product++;
  else out.wrong.push(`suite ${s.cipher_suite}`);
}

export async function runVectors(v: Vectors): Promise<Outcome> {
  const out: Outcome = { product: 0, full: 0, refused: 0, wrong: [] };
  runHeaders(v, out);
  await runCtrHmac(v, out);
  for (const suite of v.sframe.suites) await runSuite(v.sframe, suite, out);
  return out;
}
