// SPDX-License-Identifier: EUPL-1.2
// The small parts of the keys, each by itself: code, credential, identity, voucher, base64, commits to resume with,
// whose turn it is.

import { scryptSync } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { concat, digits, fromBase64, toBase64 } from '../../src/crypto/keys/bytes';
import { roomCode } from '../../src/crypto/keys/code';
import { due, rank, wishes } from '../../src/crypto/keys/committer';
import { credential, readCredential } from '../../src/crypto/keys/credential';
import { fingerprint, identity, memory, unused, UNUSED_MS } from '../../src/crypto/keys/identity';
import type { Seen } from '../../src/crypto/keys/messages';
import { People } from '../../src/crypto/keys/people';
import { BYTES, Commits, COMMITS } from '../../src/crypto/keys/resume';
import { statement, verify } from '../../src/crypto/keys/voucher';
import { AUTHENTICATOR, CODE } from '../support/code';

// Virtual time is quick, a machine that others use is not.
vi.setConfig({ testTimeout: 120_000 });


describe('the room code', () => {
  it('is what it always was', async () => {
    expect(await roomCode(AUTHENTICATOR)).toBe(CODE);
  });
  it('is scrypt, by another implementation as well', async () => {
    const options = { N: 2 ** 15, r: 8, p: 1, maxmem: 2 ** 26 };
    const other = scryptSync(AUTHENTICATOR, 'conclave-room-code-1', 32, options);
    expect(await roomCode(AUTHENTICATOR)).toBe(digits(other, 4, 8));
  });
  it('is four groups of five digits, also where they begin with zeros', () => {
    expect(digits(new Uint8Array(32), 4, 8)).toBe('00000 00000 00000 00000');
    expect(digits(new Uint8Array(32).fill(255), 4, 8)).toBe('51615 51615 51615 51615');
  });
});

describe('a credential', () => {
  const read = (text: string): unknown =>
    readCredential({ credentialType: 'basic', identity: new TextEncoder().encode(text) });
  it('comes back as it was written', () => {
    expect(readCredential(credential(12, 'Zoë "De" Smet'))).toEqual({ person: 12, name: 'Zoë "De" Smet' });
  });
  it.each([
    '{"name":"A","person":1}',
    '{"person":1, "name":"A"}',
    '{"person":1,"name":"A","x":1}',
    '{"person":1,"person":2,"name":"A"}',
    '{"person":01,"name":"A"}',
    '{"person":1.0,"name":"A"}',
    '{"person":0,"name":"A"}',
    '{"person":1,"name":""}',
    '{"person":"1","name":"A"}',
    '{"person":1,"name":"\\u0041"}',
    '\ufeff{"person":1,"name":"A"}',
    '[]',
    'null',
    '',
  ])('is not %j', (text) => expect(read(text)).toBeNull());
  it('is not too long, not of another kind, not broken', () => {
    expect(read(JSON.stringify({ person: 1, name: '😀'.repeat(120) }))).not.toBeNull();
    expect(read(JSON.stringify({ person: 1, name: 'x'.repeat(241) }))).toBeNull();
    expect(readCredential({ credentialType: 'x509', certificates: [] })).toBeNull();
    expect(readCredential({ credentialType: 'basic', identity: Uint8Array.of(0xff) })).toBeNull();
  });
});

describe('the identity', () => {
  it('is the same whenever it is asked for, signs, and cannot be got out', async () => {
    const store = memory();
    const [one, two] = [await identity(store), await identity(store)];
    expect(one.device).toEqual(two.device);
    expect(one).toMatchObject({ kept: true, device: { length: 32 } });
    const pair = await store.first(() => Promise.reject(new Error('twice')));
    await expect(crypto.subtle.exportKey('pkcs8', pair.privateKey)).rejects.toThrow();
    expect(await verify(one.device, statement('m', 1, 'd'), await two.sign(statement('m', 1, 'd')))).toBe(true);
  });
  it('lives as long as the page where nothing can be kept', async () => {
    const broken = { first: () => Promise.reject(new Error('no database here')) };
    expect(await identity(broken)).toMatchObject({ kept: false, device: { length: 32 } });
  });
  it('of a seat is thrown away a month after it was last wanted; that of an account never', () => {
    const used = new Map([['m1 3', 0], ['m2 3', 1_000], ['account a@b.c', 0]]);
    const holders = ['m1 3', 'm2 3', 'never noted', 'account a@b.c'];
    expect(unused(holders, used, UNUSED_MS)).toEqual([]);
    expect(unused(holders, used, UNUSED_MS + 1)).toEqual(['m1 3']);
    expect(unused(holders, used, UNUSED_MS + 1_001)).toEqual(['m1 3', 'm2 3']);
  });
  it('has a fingerprint of six groups of five digits', async () => {
    expect(await fingerprint(new Uint8Array(32))).toMatch(/^(?:\d{5} ){5}\d{5}$/);
    expect(await fingerprint(new Uint8Array(32))).not.toBe(await fingerprint(new Uint8Array(32).fill(1)));
  });
});

describe('a voucher', () => {
  it('counts for this meeting, person and device, and no other', async () => {
    const own = await identity(memory());
    const signature = await own.sign(statement('m1', 3, 'AAAA'));
    expect(await verify(own.device, statement('m1', 3, 'AAAA'), signature)).toBe(true);
    for (const [m, p, d] of [['m2', 3, 'AAAA'], ['m1', 4, 'AAAA'], ['m1', 3, 'AAAB']] as const)
      expect(await verify(own.device, statement(m, p, d), signature)).toBe(false);
    expect(await verify(new Uint8Array(3), statement('m1', 3, 'AAAA'), signature)).toBe(false);
    expect(new TextDecoder().decode(statement('m1', 3, 'AAAA'))).toBe('conclave-admit-1\nm1\n3\nAAAA\n');
  });
});

describe('base64', () => {
  it('is read as it is written and in no other way', () => {
    expect(toBase64(Uint8Array.of(0xfb, 0xff))).toBe('+/8=');
    expect(fromBase64('+/8=')).toEqual(Uint8Array.of(0xfb, 0xff));
    for (const text of ['+/8', '+/9=', '-_8=', ' +/8=', '?']) expect(fromBase64(text)).toBeNull();
    expect(concat(Uint8Array.of(1), Uint8Array.of(2, 3))).toEqual(Uint8Array.of(1, 2, 3));
  });
});

describe('the commits that are kept', () => {
  const of = (size: number): Uint8Array => new Uint8Array(size);
  it('are the newest that fit, without a gap, of the last ten minutes', () => {
    const log = new Commits();
    for (let epoch = 0; epoch < 40; epoch += 1) log.add(epoch, of(100), 0);
    expect(log.newest(40, 0)).toHaveLength(COMMITS);
    expect(log.newest(41, 0)).toEqual([]);
    expect(log.newest(40, 11 * 60_000)).toEqual([]);
    log.add(50, of(1), 0);
    expect(log.newest(51, 0)).toHaveLength(1);
    log.add(51, of(BYTES - 10), 0);
    log.add(52, of(10), 0);
    expect(log.newest(53, 0).map((c) => c.length)).toEqual([BYTES - 10, 10]);
    log.add(53, of(BYTES + 1), 0);
    expect(log.newest(54, 0)).toEqual([]);
  });
});

const seen = (person: number, connected = true): Seen => ({
  person,
  name: `P${person}`,
  office: 'member',
  device: `d${person}`,
  connected,
});
const leaf = (n: number): { leaf: number; person: number; name: string; device: string } => ({
  leaf: n,
  person: n + 1,
  name: `P${n + 1}`,
  device: `d${n + 1}`,
});

describe('whose turn it is', () => {
  const people = new People();
  people.see([seen(1, false), seen(2), seen(3), seen(4)], 0, false);
  const leaves = [leaf(0), leaf(1), leaf(2), leaf(4)];
  it('the lowest leaf that is connected, then the next', () => {
    expect(leaves.map((l) => rank(leaves, l.leaf, people))).toEqual([null, 0, 1, null]);
    expect(rank(leaves, 1, people, 1)).toBe(1);
    expect(rank(leaves, 2, people, 1)).toBe(0);
  });
  it('a leaf goes at once when its person is gone, and after 30 s of silence', () => {
    const keys = (now: number): string[] => wishes(leaves, 1, [], people, now).map((w) => w.key);
    expect(keys(29_999)).toEqual(['-4']);
    expect(keys(30_000)).toEqual(['-0', '-4']);
  });
  it('additions are gathered for 300 ms after a commit, removals are not; who comes alone waits for nobody', () => {
    const offered = [{ person: 4, key: 'k', package: null }];
    const list = wishes(leaves, 1, offered, people, 0);
    expect(list.map((w) => [w.key, w.urgent])).toEqual([
      ['-4', true],
      ['+k', false],
    ]);
    expect(due(list, () => 100, 0, 0)).toBe(100);
    expect(due(list.slice(1), () => 100, 0, 0)).toBe(300);
    expect(due(list.slice(1), () => 500, 0, 0)).toBe(500);
    expect(due(list.slice(1), () => 100, 1_000, 1)).toBe(3_300);
    expect(due([], () => 0, 0, 0)).toBeNull();
  });
  it('nobody is added who is not inside', () => {
    expect(wishes(leaves, 1, [{ person: 9, key: 'k', package: null }], people, 0).map((w) => w.key)).toEqual(['-4']);
  });
});

describe('whom a device is taken for', () => {
  const at = (device: string, office: Seen['office'] = 'member'): Seen => ({ ...seen(1), device, office });
  it('the one that is listed, or was a moment ago', () => {
    const people = new People();
    people.see([at('old')], 0, false);
    people.see([at('new')], 1_000, false);
    expect(people.trust(1, 'new', 2_000)).toBe('fine');
    expect(people.trust(1, 'old', 2_000)).toBe('fine');
    expect(people.trust(1, 'old', 62_000)).toBe('swapped-key');
    expect(people.trust(1, 'other', 2_000)).toBe('swapped-key');
  });
  it('once seen, another one needs a voucher; of chair and clerk it is told', () => {
    const people = new People();
    people.see([at('old')], 0, false);
    people.pin(1, 'old');
    people.see([at('new')], 1_000, false);
    expect(people.trust(1, 'new', 2_000)).toBe('swapped-key');
    people.see([at('new', 'clerk')], 3_000, false);
    expect(people.trust(1, 'new', 4_000)).toBe('new-device');
  });
});
