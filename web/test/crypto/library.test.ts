// SPDX-License-Identifier: EUPL-1.2
// What must hold of the MLS library before anything is built on it, against every version ever used: a removed member
// cannot derive the next epoch, no valid Welcome is refused, and what is wrong is thrown out. The same tests are shown
// to fail on builds with the known faults.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as imported from 'ts-mls';
import type { ClientState, MLSMessage } from 'ts-mls';
import { validateRatchetTree } from 'ts-mls/clientState.js';
import { encode } from 'ts-mls/codec/tlsEncoder.js';
import { decryptWithLabel } from 'ts-mls/crypto/hpke.js';
import { groupContextEncoder } from 'ts-mls/groupContext.js';
import { initializeEpoch } from 'ts-mls/keySchedule.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { packageFolder, patched, repair } from '../../build/mls';
import { type Library, library, stubborn, unsafe } from '../support/mls';
import { hex, type Member, Party } from '../support/party';
import { type Random, random } from '../support/random';

// Virtual time is quick, a machine that others use is not.
vi.setConfig({ testTimeout: 120_000 });

const builds: { readonly mls: Library; remove(): void }[] = [];
let published: Library;
let faulty: Library;
let attacker: Library;
beforeAll(async () => {
  builds.push(await library(), await library(repair, unsafe), await library(repair, unsafe, stubborn));
  [published, faulty, attacker] = builds.map((b) => b.mls) as [Library, Library, Library];
});
afterAll(() => builds.forEach((b) => b.remove()));

async function party(mls: Library, size: number): Promise<Party> {
  const p = await Party.open(mls);
  while (p.members.length < size) await p.grow(p.members[0] as Member);
  return p;
}

/** How many of the secrets that a commit carries somebody's keys open. */
async function opened(p: Party, commit: MLSMessage, keys: ClientState, next: ClientState): Promise<number> {
  if (commit.wireformat !== 'mls_public_message' || commit.publicMessage.content.contentType !== 'commit') return 0;
  const { confirmedTranscriptHash } = keys.groupContext;
  const context = encode(groupContextEncoder)({ ...next.groupContext, confirmedTranscriptHash });
  let count = 0;
  for (const node of commit.publicMessage.content.commit.path?.nodes ?? [])
    for (const sealed of node.encryptedPathSecret)
      for (const key of Object.values(keys.privatePath.privateKeys)) {
        const own = await p.suite.hpke.importPrivateKey(key);
        await decryptWithLabel(own, 'UpdatePathNode', context, sealed.kemOutput, sealed.ciphertext, p.suite.hpke).then(
          () => (count += 1),
          () => undefined,
        );
      }
  return count;
}

/** Ways in which a removed member may reach the next epoch, and one in which a member who stays does. */
async function breakIn(mls: Library): Promise<Record<'library' | 'secrets' | 'keys' | 'control', boolean>> {
  const p = await party(mls, 3);
  const [anna, ben, removed] = p.members as [Member, Member, Member];
  const before = removed.state;
  const initSecret = Uint8Array.from(before.keySchedule.initSecret);
  const { commit } = await p.commit(anna, [p.cut(removed)]);
  if (commit.wireformat !== 'mls_public_message') throw new Error('not a commit');
  const wanted = hex(anna.state.keySchedule.epochAuthenticator);

  const spy = await attacker
    .processMessage(commit, before, attacker.emptyPskIndex, attacker.acceptAll, p.suite)
    .then((r) => r.newState)
    .catch(() => before);

  // The next epoch's context is public: the commit and the tree tell it. What a commit without a path adds is zeros.
  const zeros = new Uint8Array(p.suite.kdf.size);
  const guess = await initializeEpoch(initSecret, zeros, anna.state.groupContext, zeros, p.suite.kdf);
  return {
    library: hex(spy.keySchedule.epochAuthenticator) === wanted,
    secrets: hex(guess.keySchedule.epochAuthenticator) === wanted,
    keys: (await opened(p, commit, before, anna.state)) > 0,
    control: (await opened(p, commit, ben.state, anna.state)) > 0,
  };
}

describe('a removed member', () => {
  it('cannot derive the next epoch: not by going on, not from the secrets or with the keys that it kept', async () => {
    expect(await breakIn(imported)).toEqual({ library: false, secrets: false, keys: false, control: true });
  });
  it('can, where the fault of 1.6.2 is put back: the test would notice', async () => {
    expect(await breakIn(faulty)).toMatchObject({ library: true, secrets: true });
  });
});

interface Tally {
  operations: number;
  refused: number;
  apart: number;
}

/** One change of the group, of any kind that a meeting makes. Gives how many Welcomes were refused. */
async function change(p: Party, r: Random): Promise<number> {
  const by = r.pick(p.members);
  const others = p.members.filter((m) => m !== by);
  const joining = others.length < 2 || (others.length < 9 && r.chance(55));
  const leaving = others.length > 2 && r.chance(joining ? 30 : 70) ? [r.pick(others)] : [];
  const fresh = joining ? [await p.package()] : [];
  if (joining && r.chance(25)) fresh.push(await p.package());
  const { commit, welcome } = await p.commit(by, [...leaving.map(p.cut), ...fresh.map(p.add)], r.chance(50));
  for (const gone of leaving) p.members.splice(p.members.indexOf(gone), 1);
  for (const m of p.members) if (m !== by) await p.receive(m, commit);
  let refused = 0;
  for (const own of fresh) {
    if (welcome === undefined) throw new Error('no welcome');
    await p.join(welcome, own).catch(() => (refused += 1));
  }
  return refused;
}

async function wander(mls: Library, seed: number, operations: number): Promise<Tally> {
  const r = random(seed);
  const p = await Party.open(mls);
  const tally: Tally = { operations, refused: 0, apart: 0 };
  for (let n = 0; n < operations; n += 1) {
    tally.refused += await change(p, r);
    if (p.authenticators().length !== 1) tally.apart += 1;
  }
  return tally;
}

const OPERATIONS = process.env['CONCLAVE_TEST_FORM'] === 'full' ? 70 : 25;
const SEEDS = [7, 11, 23];

describe('random changes of a group', () => {
  it.each(SEEDS)(
    'seed %i: all agree on every epoch and no Welcome is refused',
    async (seed) => {
      expect(await wander(imported, seed, OPERATIONS)).toEqual({ operations: OPERATIONS, refused: 0, apart: 0 });
    },
    300_000,
  );
  it('the library as published refuses valid Welcomes: the test would notice', async () => {
    let refused = 0;
    for (const seed of SEEDS) refused += (await wander(published, seed, 25)).refused;
    expect(refused).toBeGreaterThan(0);
  }, 300_000);
});

describe('what does not fit', () => {
  it('two commits for one epoch: the loser keeps its state, takes the winner, tries again', async () => {
    const p = await party(imported, 3);
    const [anna, ben, carl] = p.members as [Member, Member, Member];
    const before = ben.state;
    const won = await p.commit(anna, []);
    const lost = await p.commit(ben, [p.cut(carl)]);
    await p.receive(carl, won.commit);
    await expect(p.receive(carl, lost.commit)).rejects.toThrow();
    ben.state = before;
    await p.receive(ben, won.commit);
    const again = await p.commit(ben, []);
    for (const m of [anna, carl]) await p.receive(m, again.commit);
    expect(p.authenticators()).toHaveLength(1);
  });
  it('a gap: the next commit is refused, the state unharmed, and the missing one mends it', async () => {
    const p = await party(imported, 3);
    const [anna, ben, carl] = p.members as [Member, Member, Member];
    const first = await p.commit(anna, []);
    await p.receive(carl, first.commit);
    const second = await p.commit(carl, []);
    await p.receive(anna, second.commit);
    await expect(p.receive(ben, second.commit)).rejects.toThrow();
    for (const missed of [first, second]) await p.receive(ben, missed.commit);
    expect(p.authenticators()).toHaveLength(1);
  });
  it('the same commit again', async () => {
    const p = await party(imported, 2);
    const [anna, ben] = p.members as [Member, Member];
    const { commit } = await p.commit(anna, []);
    await p.receive(ben, commit);
    await expect(p.receive(ben, commit)).rejects.toThrow();
    expect(p.authenticators()).toHaveLength(1);
  });
  it('a bit turned, anywhere in a commit', async () => {
    const p = await party(imported, 2);
    const [anna, ben] = p.members as [Member, Member];
    const { commit } = await p.commit(anna, []);
    const bytes = imported.encodeMlsMessage(commit);
    for (let at = 0; at < bytes.length; at += 7) {
      const turned = Uint8Array.from(bytes);
      turned[at] = (turned[at] as number) ^ (1 << at % 8);
      await expect(
        Promise.resolve().then(() => p.receive(ben, imported.decodeMlsMessage(turned, 0)?.[0] as never)),
      ).rejects.toThrow();
    }
    await p.receive(ben, commit);
    expect(p.authenticators()).toHaveLength(1);
  });
  it('a Welcome for another key package', async () => {
    const p = await party(imported, 2);
    const own = await p.package();
    const { welcome } = await p.commit(p.members[0] as Member, [p.add(own)]);
    if (welcome === undefined) throw new Error('no welcome');
    await expect(p.join(welcome, await p.package())).rejects.toThrow();
  });
});

describe('the repair', () => {
  const file = readFileSync(join(packageFolder(repair), repair.file), 'utf8');
  it('is in what our code imports', () => {
    expect(validateRatchetTree.toString()).toContain('unmergedLeaves.includes(');
  });
  it('stops the build when it does not fit', () => {
    expect(patched(repair, repair.version, file)).not.toBe(file);
    expect(() => patched(repair, '1.6.5', file)).toThrow(/1\.6\.5/);
    expect(() => patched(repair, repair.version, `${file} `)).toThrow(/not the file/);
    const other = { ...repair, replace: [{ from: 'no such text', to: '' }] };
    expect(() => patched(other, repair.version, file)).toThrow(/does not fit/);
  });
});
