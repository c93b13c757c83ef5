// SPDX-License-Identifier: EUPL-1.2
// Our suite 1 (crypto/keys/mls.ts) against the working group's vectors for what RFC 9420 builds on it.
// The package ts-mls 1.6.4 as it is published carries no vectors and no helpers for them: the other sets (key schedule,
// tree validation, message protection, welcome, passive client) are not run here.

import { readFileSync } from 'node:fs';
import { refhash } from 'ts-mls/crypto/hash.js';
import { decryptWithLabel, encryptWithLabel } from 'ts-mls/crypto/hpke.js';
import { deriveSecret, deriveTreeSecret, expandWithLabel } from 'ts-mls/crypto/kdf.js';
import { verifyWithLabel } from 'ts-mls/crypto/signature.js';
import { expect, it } from 'vitest';
import { identity, memory } from '../../src/crypto/keys/identity';
import { suite } from '../../src/crypto/keys/mls';
import { hex } from '../support/party';

type Vector = Readonly<Record<string, string>> & { readonly generation: number; readonly length: number };
const vectors = JSON.parse(
  readFileSync(new URL('../data/mls-crypto-basics.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, Vector>>;
const v = (name: string): Vector => vectors[name] as Vector;
const bytes = (text: string | undefined): Uint8Array => Uint8Array.from(Buffer.from(text ?? '', 'hex'));
const cs = await suite(await identity(memory()));

it('ExpandWithLabel, DeriveSecret, DeriveTreeSecret', async () => {
  const e = v('expand_with_label');
  const expanded = await expandWithLabel(bytes(e['secret']), e['label'] ?? '', bytes(e['context']), e.length, cs.kdf);
  expect(hex(expanded)).toBe(e['out']);
  const d = v('derive_secret');
  expect(hex(await deriveSecret(bytes(d['secret']), d['label'] ?? '', cs.kdf))).toBe(d['out']);
  const t = v('derive_tree_secret');
  const derived = await deriveTreeSecret(bytes(t['secret']), t['label'] ?? '', t.generation, t.length, cs.kdf);
  expect(hex(derived)).toBe(t['out']);
});

it('RefHash', async () => {
  const r = v('ref_hash');
  expect(hex(await refhash(r['label'] ?? '', bytes(r['value']), cs.hash))).toBe(r['out']);
});

it('VerifyWithLabel, and not with a byte changed', async () => {
  const s = v('sign_with_label');
  const check = (content: Uint8Array): Promise<boolean> =>
    verifyWithLabel(bytes(s['pub']), s['label'] ?? '', content, bytes(s['signature']), cs.signature);
  expect(await check(bytes(s['content']))).toBe(true);
  expect(await check(bytes(s['content']).fill(0, 0, 1))).toBe(false);
});

it('DecryptWithLabel, and EncryptWithLabel back and forth', async () => {
  const e = v('encrypt_with_label');
  const [label, context, plain] = [e['label'] ?? '', bytes(e['context']), bytes(e['plaintext'])];
  const key = await cs.hpke.importPrivateKey(bytes(e['priv']));
  const opened = await decryptWithLabel(key, label, context, bytes(e['kem_output']), bytes(e['ciphertext']), cs.hpke);
  expect(hex(opened)).toBe(hex(plain));
  const pub = await cs.hpke.importPublicKey(bytes(e['pub']));
  const { enc, ct } = await encryptWithLabel(pub, label, context, plain, cs.hpke);
  expect(hex(await decryptWithLabel(key, label, context, enc, ct, cs.hpke))).toBe(hex(plain));
});
