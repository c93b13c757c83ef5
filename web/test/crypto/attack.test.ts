// SPDX-License-Identifier: EUPL-1.2
// A dishonest server, and a dishonest member with it: every attempt fails, and is told to those whom it concerns.
// (Ghost, swapped key, external commit, fork, junk, withheld removal, replay, removed member, late joiner, code.)

import { createGroup } from 'ts-mls/clientState.js';
import { createCommit, createGroupInfoWithExternalPub, joinGroupExternal } from 'ts-mls/createCommit.js';
import { encodeMlsMessage } from 'ts-mls/message.js';
import { describe, expect, it, vi } from 'vitest';
import { fromBase64, toBase64 } from '../../src/crypto/keys/bytes';
import { identity, memory } from '../../src/crypto/keys/identity';
import type { PageMessage, Removing } from '../../src/crypto/keys/messages';
import { type ClientState, mls, readPackage, suite } from '../../src/crypto/keys/mls';
import { readRemoval, SIGNED_MS, written } from '../../src/crypto/keys/removal';
import { statement } from '../../src/crypto/keys/voucher';
import type { KeysFromServer, KeysToServer } from '../../src/wire/delivery';
import { type Client, council, Simulation } from '../support/simulation';

// Virtual time is quick, a machine that others use is not.
vi.setConfig({ testTimeout: 120_000 });

async function meeting(size: number, seed = 1): Promise<{ sim: Simulation; all: Client[] }> {
  const sim = new Simulation(seed);
  const all = await council(sim, size);
  await sim.run(6_000);
  return { sim, all };
}

type Served<T extends KeysFromServer['type']> = Extract<KeysFromServer, { type: T }>;
const serve = (message: KeysFromServer): PageMessage => ({ type: 'served', message });
const is = <T extends KeysFromServer['type']>(input: PageMessage, type: T): Served<T> | null =>
  input.type === 'served' && input.message.type === type ? (input.message as Served<T>) : null;

/** The MLS state of a client, as that client itself could take it out of its own worker. */
const stateOf = (c: Client): ClientState =>
  (c.member as unknown as { meeting: { group: { state: ClientState } } }).meeting.group.state;
const leaves = (c: Client): number[] => c.roster.leaves.map((l) => l.person);

/** A key package of the server's own making. */
async function made(person: number, name: string): Promise<{ letters: string; device: string }> {
  const own = await identity(memory());
  const { bytes } = await (await mls(own)).package(person, name);
  return { letters: toBase64(bytes), device: toBase64(own.device) };
}

/** The server offers a key package to the group. */
function offer(sim: Simulation, person: number, letters: string): void {
  for (const c of sim.inside())
    sim.input(c, serve({ type: 'key-wanted', group: 0, people: [{ person, package: letters }] }));
}

describe('E01, a ghost', () => {
  it('that is in no list is not added', async () => {
    const { sim, all } = await meeting(3);
    offer(sim, 9, (await made(9, 'Nobody')).letters);
    await sim.run(5_000);
    for (const c of all) expect(leaves(c)).toHaveLength(3);
  });
  it('that is a second device of a member, listed as that member, is refused and told', async () => {
    const { sim, all } = await meeting(3);
    const ghost = await made(3, 'Person 3');
    sim.server.people.set(3, { ...(all[2] as Client).person, device: ghost.device });
    for (const c of all) sim.input(c, { type: 'people', people: sim.server.list() });
    offer(sim, 3, ghost.letters);
    await sim.run(8_000);
    for (const c of all.slice(0, 2)) {
      expect(c.alarmed()).toContain('swapped-key');
      expect(c.roster.leaves.map((l) => l.device)).not.toContain(ghost.device);
    }
  });
  it('that a dishonest member adds is refused by all others, and nobody speaks in its epoch', async () => {
    const { sim, all } = await meeting(4);
    const evil = all[3] as Client;
    const own = await identity(memory());
    const { open } = await (await mls(own)).package(9, 'Nobody');
    const commit = await (await mls(evil.identity)).commit(stateOf(evil), [open], []);
    await accept(sim, evil, commit);
    await sim.run(1_000);
    for (const c of all.slice(0, 3)) {
      expect(c.alarmed()).toContain('ghost');
      for (const e of c.epochs) expect(e.leaves).not.toContain(4);
    }
  });
  it('that the server says is inside is shown to everybody', async () => {
    const { sim, all } = await meeting(3);
    sim.enter(await sim.add(9, 'Nobody'));
    await sim.run(5_000);
    for (const c of all) expect(c.roster.leaves.map((l) => l.name)).toContain('Nobody');
  });
});

/** The server takes a commit as if it had come from this client. */
async function accept(
  sim: Simulation,
  from: Client,
  made: { readonly commit: Uint8Array; readonly welcome: Uint8Array | null; tag(): Promise<Uint8Array> },
): Promise<void> {
  sim.fromClient(from.id, {
    type: 'key-commit',
    group: 0,
    epoch: from.roster.epoch as number,
    commit: toBase64(made.commit),
    welcome: null,
    added: [],
    removed: [],
    tag: toBase64(await made.tag()),
  });
}

/** A commit that our own code has no door for. */
async function odd(from: Client, extraProposals: Parameters<typeof createCommit>[1]): Promise<Uint8Array> {
  const cipherSuite = await suite(from.identity);
  const { commit } = await createCommit({ state: stateOf(from), cipherSuite }, extraProposals);
  return encodeMlsMessage(commit);
}

const junk = (commit: Uint8Array) => ({ commit, welcome: null, tag: () => Promise.resolve(new Uint8Array(16)) });

describe('E02, what we never do', () => {
  it('an external commit is refused', async () => {
    const { sim, all } = await meeting(3);
    const own = await identity(memory());
    const cs = await suite(own);
    const inside = all[2] as Client;
    const info = await createGroupInfoWithExternalPub(stateOf(inside), [], await suite(inside.identity));
    const fresh = await (await mls(own)).package(9, 'Nobody');
    const { publicMessage } = await joinGroupExternal(
      info,
      fresh.open,
      fresh.secret,
      false,
      cs,
      stateOf(inside).ratchetTree,
      stateOf(inside).clientConfig,
    );
    const commit = encodeMlsMessage({ version: 'mls10', wireformat: 'mls_public_message', publicMessage });
    await accept(sim, inside, junk(commit));
    await sim.run(200);
    for (const c of all) expect(c.alarmed()).toContain('forged');
    for (const c of all) expect(c.epochs.every((e) => e.leaves.length <= 3)).toBe(true);
  });
  it.each([
    [
      'a change of the context',
      { proposalType: 'group_context_extensions', groupContextExtensions: { extensions: [] } },
    ],
    ['a custom proposal', { proposalType: 0xf0a0, proposalData: new Uint8Array(4) }],
  ] as const)('%s is refused', async (_, proposal) => {
    const { sim, all } = await meeting(3);
    const evil = all[2] as Client;
    const extraProposals = [proposal] as never;
    await accept(sim, evil, junk(await odd(evil, { wireAsPublicMessage: true, extraProposals })));
    await sim.run(200);
    for (const c of all.slice(0, 2)) expect(c.alarmed()).toContain('forged');
  });
  it('a member removes another who is present: refused, told, and all find together again', async () => {
    const { sim, all } = await meeting(4);
    await sim.run(10_000);
    const evil = all[3] as Client;
    const victim = stateOf(all[1] as Client).privatePath.leafIndex;
    await accept(sim, evil, await (await mls(evil.identity)).commit(stateOf(evil), [], [victim]));
    await sim.run(300);
    for (const c of [all[0], all[2]] as Client[]) expect(c.alarmed()).toContain('expelled');
    await sim.run(90_000);
    expect(sim.views()).toMatchObject({ silent: [], members: ['1,2,3,4'] });
    expect(sim.views().keys).toHaveLength(1);
  });
});

describe('E03, a swapped key package', () => {
  it('for a person with another device than the chair vouched for is refused and told', async () => {
    const { sim, all } = await meeting(3);
    const chair = all[0] as Client;
    const joiner = await sim.add(4, 'Person 4');
    const device = joiner.person.device as string;
    sim.input(chair, { type: 'vouch', meeting: sim.server.meeting, person: 4, device });
    await sim.run(100);
    const voucher = chair.vouched.at(-1)?.voucher as string;
    sim.server.vouch({ person: 4, device, by: 1, voucher });
    await sim.run(100);
    // The server shows and offers a key of its own instead.
    const ghost = await made(4, 'Person 4');
    sim.server.enter({ ...joiner.person, device: ghost.device });
    await sim.run(100);
    offer(sim, 4, ghost.letters);
    await sim.run(5_000);
    for (const c of all) {
      expect(leaves(c)).toHaveLength(3);
      expect(c.roster.leaves.map((l) => l.device)).not.toContain(ghost.device);
    }
    // Whose turn it is tells it first.
    expect(all.some((c) => c.alarmed().includes('swapped-key'))).toBe(true);
    // The same harness lets the right key in.
    sim.server.enter(joiner.person);
    await sim.run(5_000);
    for (const c of all) expect(c.roster.leaves.find((l) => l.person === 4)).toMatchObject({ device, vouchedBy: 1 });
  });
  it('a voucher that nobody signed is told', async () => {
    const { sim, all } = await meeting(3);
    const signature = await (all[2] as Client).identity.sign(statement(sim.server.meeting, 4, 'x'));
    sim.server.vouch({ person: 4, device: 'x', by: 1, voucher: toBase64(signature) });
    sim.enter(await sim.add(4, 'Person 4'));
    await sim.run(3_000);
    expect(all[0]?.alarmed()).toContain('forged');
  });
  it('a package that says another person, or another name', async () => {
    const { sim, all } = await meeting(3);
    sim.enter(await sim.add(4, 'Person 4'));
    sim.hostile = (_, input) => (is(input, 'key-wanted') ? [] : [input]);
    await sim.run(500);
    offer(sim, 4, (await made(5, 'Person 4')).letters);
    await sim.run(3_000);
    expect(all[0]?.alarmed()).toContain('forged');
    offer(sim, 4, (await made(4, 'The Chair')).letters);
    await sim.run(3_000);
    expect(all[0]?.alarmed()).toContain('false-name');
    for (const c of all) expect(leaves(c)).toHaveLength(3);
  });
});

describe('E04, a fork', () => {
  it('shows two codes, and one side falls silent and is told', async () => {
    const { sim, all } = await meeting(4);
    const halves = [all.slice(0, 2), all.slice(2)] as [Client[], Client[]];
    // Each half gets a commit of its own for the same epoch, and nothing from the other half.
    const same = (a: number, b: number): boolean => halves.some((h) => [a, b].every((p) => h.some((c) => c.id === p)));
    sim.hostile = (to, input) => {
      if (input.type !== 'served' || !('by' in input.message)) return [input];
      return same(to, input.message.by) ? [input] : [];
    };
    for (const half of halves) {
      const [first, second] = half as [Client, Client];
      const commit = await (await mls(first.identity)).commit(stateOf(first), [], []);
      const from = first.roster.epoch as number;
      const tag = toBase64(await commit.tag());
      const message = { type: 'key-commit', group: 0, epoch: from, by: first.id, tag, commit: toBase64(commit.commit) };
      sim.input(second, serve(message as KeysFromServer));
      // Its own commit, as its own client would take it.
      (first.member as unknown as { meeting: { group: { state: ClientState } } }).meeting.group.state = commit.settle(
        stateOf(first),
      );
    }
    await sim.run(3_000);
    const [one, two] = [all[1], all[3]] as [Client, Client];
    expect(one.roster.code).not.toBeNull();
    expect(one.roster.code).not.toBe(two.roster.code);
    expect(one.epoch?.baseKey).not.toBe(two.epoch?.baseKey);
    await sim.run(40_000);
    // The chair is in the other half: no sign of life from there.
    expect(two.alarmed()).toContain('withheld');
  });
  it('where the halves still hear each other, it is told at once', async () => {
    const { sim, all } = await meeting(3);
    const [chair, , third] = all as [Client, Client, Client];
    // The third gets a commit that nobody else gets; then a sign of life of the chair, of the same epoch.
    const commit = await (await mls(chair.identity)).commit(stateOf(chair), [], []);
    const other = await (await mls(chair.identity)).commit(stateOf(chair), [], []);
    const epoch = chair.roster.epoch as number;
    const tag = toBase64(await commit.tag());
    sim.input(third, serve({ type: 'key-commit', group: 0, epoch, by: 1, tag, commit: toBase64(commit.commit) }));
    await sim.run(10);
    const forked = other.settle(stateOf(chair));
    const { sealed } = await (await mls(chair.identity)).seal(forked, new TextEncoder().encode('{"type":"alive"}'));
    const body = toBase64(sealed);
    sim.input(third, serve({ type: 'key-message', group: 0, epoch: epoch + 1, by: 1, body }));
    await sim.run(100);
    expect(third.alarmed()).toContain('forked');
  });
});

describe('E05, junk to force a recovery', () => {
  it('is told, at most three tries a minute, and never a frame without a key', async () => {
    const { sim, all } = await meeting(3);
    const victim = all[2] as Client;
    let asked = 0;
    const listen = sim.fromClient;
    sim.fromClient = (from: number, m: KeysToServer | Removing) => {
      if (from === victim.id && m.type === 'key-join') asked += 1;
      listen(from, m);
    };
    const letters = toBase64(new Uint8Array(600).fill(7));
    const start = sim.now;
    while (sim.now - start < 60_000) {
      const epoch = victim.roster.epoch ?? 0;
      sim.input(victim, serve({ type: 'key-commit', group: 0, epoch, by: 1, commit: letters, tag: letters }));
      await sim.run(500);
      const { epoch: present, silence } = victim.roster;
      if (victim.speaking.on) expect({ present, silence }).toEqual({ present: victim.epoch?.epoch, silence: null });
    }
    expect(victim.alarmed()).toContain('forged');
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThanOrEqual(2 * 3);
    await sim.run(90_000);
    expect(sim.views()).toMatchObject({ silent: [], keys: [expect.any(String)] });
  });
});

describe('E10, no key is used twice from the beginning', () => {
  it('every epoch of every page has a key of its own, over reloads and a restart', async () => {
    const { sim, all } = await meeting(4);
    for (let n = 0; n < 3; n += 1) {
      await sim.reload(sim.r.pick(all));
      await sim.run(3_000);
    }
    sim.restart(500);
    await sim.run(6_000);
    for (const c of all) {
      // An epoch is told once a page; the same leaf under the same key in two pages would begin to count twice.
      const keys = c.epochs.map((e) => `${e.baseKey} ${e.own}`);
      expect(new Set(keys).size).toBe(keys.length);
    }
  });
});

/** It fell silent for want of a sign of life, was told so, and spoke again in another epoch only. */
function silencedBy(c: Client, at: number): void {
  const stopped = c.spoke.find((s) => !s.on && s.why === 'withheld');
  expect(stopped?.at).toBeLessThanOrEqual(at);
  expect(c.alarmed()).toContain('withheld');
  const again = c.spoke.slice(c.spoke.indexOf(stopped as never)).find((s) => s.on);
  expect(again === undefined || c.epochs.some((e) => e.at === again.at)).toBe(true);
}

describe('E11, a removed member', () => {
  it('gets no key of what comes after, with everything that it had', async () => {
    const { sim, all } = await meeting(4);
    const removed = all[2] as Client;
    const before = stateOf(removed);
    const secret = { ...before };
    const commits: string[] = [];
    sim.hostile = (to, input) => {
      const commit = is(input, 'key-commit');
      if (to === 1 && commit !== null) commits.push(commit.commit);
      return [input];
    };
    sim.out(removed);
    await sim.run(4_000);
    const epoch = all[0]?.epoch;
    expect(epoch?.leaves).toHaveLength(3);
    expect(epoch?.gone).toEqual([before.privatePath.leafIndex]);
    // Its library says that it is out, and its secrets of before give another key.
    const library = await mls(removed.identity);
    const bytes = fromBase64(commits[0] as string) as Uint8Array;
    const after = await library.take(secret, bytes, () => true);
    expect(after?.groupActiveState.kind).toBe('removedFromGroup');
    const key = Buffer.from(await library.baseKey(after as ClientState)).toString('hex');
    expect(key).not.toBe(epoch?.baseKey);
    expect(removed.epochs.map((e) => e.baseKey)).not.toContain(epoch?.baseKey);
  });
  it('a removal that is kept from somebody silences that one within half a minute', async () => {
    const { sim, all } = await meeting(4);
    const [, , deceived, removed] = all as [Client, Client, Client, Client];
    sim.hostile = (to, input) => {
      if (to !== deceived.id) return [input];
      // The list stays as it was, and the commit does not come; what it says of later epochs does not come either.
      if (input.type === 'people' || is(input, 'key-commit') !== null) return [];
      const message = is(input, 'key-message');
      return message !== null && message.epoch > (deceived.roster.epoch ?? 0) ? [] : [input];
    };
    const epochs = deceived.epochs.length;
    const start = sim.now;
    sim.out(removed);
    await sim.run(15_000);
    expect(deceived).toMatchObject({ epochs: { length: epochs }, speaking: { on: true } });
    await sim.run(25_000);
    silencedBy(deceived, start + 30_000);
    // It asked anew, and is in the group as it is now.
    expect(deceived.epoch?.baseKey).toBe(all[0]?.epoch?.baseKey);
  });
  it('nor does its own sign of life help the server to it', async () => {
    const { sim, all } = await meeting(4);
    const [, , deceived, removed] = all as [Client, Client, Client, Client];
    sim.hostile = (to, input) => {
      if (to !== deceived.id) return [input];
      if (input.type === 'people' || is(input, 'key-commit') !== null) return [];
      const message = is(input, 'key-message');
      return message !== null && message.epoch > (deceived.roster.epoch ?? 0) ? [] : [input];
    };
    const library = await mls(removed.identity);
    let state = stateOf(removed);
    const epoch = removed.roster.epoch as number;
    const start = sim.now;
    sim.out(removed);
    for (let n = 0; n < 9; n += 1) {
      const alive = await library.seal(state, new TextEncoder().encode('{"type":"alive"}'));
      state = alive.state;
      const body = toBase64(alive.sealed);
      sim.input(deceived, serve({ type: 'key-message', group: 0, epoch, by: 1, body }));
      await sim.run(5_000);
    }
    silencedBy(deceived, start + 30_000);
  });
  it('a removal that is due and does not come keeps all silent', async () => {
    const { sim, all } = await meeting(3);
    sim.fromClient = () => undefined;
    sim.out(all[2] as Client);
    await sim.run(8_000);
    for (const c of all.slice(0, 2)) {
      expect(c.speaking).toMatchObject({ on: false, why: 'unlisted' });
      expect(c.alarmed()).toContain('withheld');
    }
  });
});

describe('E12, a late joiner', () => {
  it('gets no key of what went before', async () => {
    const { sim, all } = await meeting(3);
    const before = new Set(all.flatMap((c) => c.epochs.map((e) => e.baseKey)));
    const late = await sim.add(4, 'Person 4');
    sim.enter(late);
    await sim.run(4_000);
    expect(late.epochs.length).toBeGreaterThan(0);
    for (const e of late.epochs) expect(before).not.toContain(e.baseKey);
  });
  it('an old Welcome again changes nothing', async () => {
    const { sim, all } = await meeting(3);
    const welcomes: PageMessage[] = [];
    sim.hostile = (to, input) => {
      if (to === 4 && is(input, 'key-welcome') !== null) welcomes.push(input);
      return [input];
    };
    const late = await sim.add(4, 'Person 4');
    sim.enter(late);
    await sim.run(4_000);
    sim.out(all[2] as Client);
    await sim.run(4_000);
    const epochs = late.epochs.length;
    for (const w of welcomes) sim.input(late, w);
    await sim.run(1_000);
    expect(welcomes).toHaveLength(1);
    expect(late.epochs).toHaveLength(epochs);
    expect(sim.views().keys).toHaveLength(1);
  });
});

describe('E17, the code', () => {
  it('is equal for all, and changes with every change of the group and with nothing else', async () => {
    const { sim, all } = await meeting(3);
    const seen: (string | null)[] = [all[0]?.roster.code ?? null];
    const note = async (): Promise<void> => {
      await sim.run(5_000);
      expect(sim.views().codes).toHaveLength(1);
      seen.push(all[0]?.roster.code ?? null);
    };
    sim.lose(all[1] as Client);
    await sim.run(2_000);
    sim.enter(all[1] as Client);
    await note();
    expect(seen[1]).toBe(seen[0]);
    sim.enter(await sim.add(4, 'Person 4'));
    await note();
    sim.out(all[2] as Client);
    await note();
    await sim.reload(all[1] as Client);
    await note();
    expect(new Set(seen.slice(1)).size).toBe(4);
  });
});

describe('what a state is made of', () => {
  it('a group of the server, made with its own key, is nobody’s', async () => {
    const { sim, all } = await meeting(3);
    const victim = all[2] as Client;
    const own = await identity(memory());
    const library = await mls(own);
    const pages: string[] = [];
    sim.hostile = (to, input) => (to === victim.id && input.type === 'served' ? [] : [input]);
    const listen = sim.fromClient;
    sim.fromClient = (from: number, m: KeysToServer | Removing) => {
      if (from === victim.id && m.type === 'key-join') pages.push(m.package);
      listen(from, m);
    };
    await sim.reload(victim);
    await sim.run(1_000);
    // The server plays the chair, with a key of its own, in a group of its own.
    const cs = await suite(own);
    const first = await library.package(1, 'Person 1');
    const { clientConfig } = stateOf(all[0] as Client);
    const state = await createGroup(new Uint8Array(16), first.open, first.secret, [], cs, clientConfig);
    const open = readPackage(fromBase64(pages[0] as string) as Uint8Array);
    if (open === null) throw new Error('no package');
    const commit = await library.commit(state, [open], []);
    const welcome = toBase64(commit.welcome as Uint8Array);
    const tag = toBase64(await commit.tag());
    sim.input(victim, serve({ type: 'key-welcome', group: 0, epoch: 1, by: 1, welcome, tag }));
    await sim.run(6_000);
    // It is told, and nothing is sent into it.
    expect(victim.speaking).toMatchObject({ on: false });
    expect(victim.alarmed()).toContain('swapped-key');
  });
});

describe('a removal that nobody signed', () => {
  const REASON = { code: 'agreed' } as const;
  type Reason = Parameters<typeof written>[0]['reason'];

  /** Long enough together to have heard all that was asked. The chair is 1, the clerk 2. */
  async function together(guest = false): Promise<{ sim: Simulation; all: Client[] }> {
    const { sim, all } = await meeting(5);
    if (guest) {
      const late = await sim.add(9, 'Person 9', 'guest');
      sim.enter(late);
      all.push(late);
    }
    await sim.run(SIGNED_MS + 5_000);
    return { sim, all };
  }
  const ask = (sim: Simulation, by: Client, person: number, reason: Reason = REASON): void =>
    sim.input(by, { type: 'remove', person, reason, then: { type: 'remove', person, reason } });
  const confirm = (sim: Simulation, by: Client, person: number, reason: Reason = REASON): void =>
    sim.input(by, { type: 'remove', person, reason, then: { type: 'confirm', request: 1 } });

  /** Whoever was removed is out of the keys in any case; what is said of it is the question. */
  function told(sim: Simulation, gone: Client): { why: string[]; by: number[][]; alarms: number } {
    const all = sim.inside();
    for (const c of all) expect(leaves(c)).not.toContain(gone.id);
    return {
      why: [...new Set(all.map((c) => c.roster.change?.why ?? ''))],
      by: [...new Set(all.map((c) => JSON.stringify((c.roster.change?.by ?? []).map((p) => p.person).sort())))].map(
        (words) => JSON.parse(words) as number[],
      ),
      alarms: all.filter((c) => c.alarmed().includes('unsigned-removal')).length,
    };
  }

  it('is shown to all as what it is, and never as one by chair and clerk', async () => {
    const { sim, all } = await together();
    const gone = all[4] as Client;
    sim.remove(gone);
    await sim.run(4_000);
    expect(told(sim, gone)).toEqual({ why: ['lost'], by: [[]], alarms: 4 });
  });
  it('is no longer one when chair and clerk signed: all see both names, before the server is asked', async () => {
    const { sim, all } = await together();
    const [chair, clerk] = all as [Client, Client];
    const gone = all[4] as Client;
    ask(sim, clerk, gone.id);
    await sim.run(1_000);
    confirm(sim, chair, gone.id);
    await sim.run(1_000);
    expect(sim.asked.map(({ from, message }) => [from, message.type])).toEqual([
      [2, 'remove'],
      [1, 'confirm'],
    ]);
    sim.remove(gone);
    await sim.run(4_000);
    expect(told(sim, gone)).toEqual({ why: ['removed'], by: [[1, 2]], alarms: 0 });
  });
  it('counts while the epoch changes between signature and removal', async () => {
    const { sim, all } = await together();
    ask(sim, all[1] as Client, 5);
    confirm(sim, all[0] as Client, 5);
    sim.enter(await sim.add(7, 'Person 7'));
    await sim.run(2_000);
    sim.remove(all[4] as Client);
    await sim.run(4_000);
    for (const c of all.slice(0, 4)) expect(c.roster.change?.why).toBe('removed');
    expect(told(sim, all[4] as Client).alarms).toBe(0);
  });
  it('counts although the person loads the page anew before the second signature', async () => {
    const { sim, all } = await together();
    const gone = all[4] as Client;
    ask(sim, all[1] as Client, 5);
    await sim.run(1_000);
    await sim.reload(gone);
    await sim.run(2_000);
    confirm(sim, all[0] as Client, 5);
    await sim.run(1_000);
    sim.remove(gone);
    await sim.run(4_000);
    expect(told(sim, gone)).toMatchObject({ why: ['removed'], alarms: 0 });
  });
  const lacking: readonly (readonly [string, (sim: Simulation, all: readonly Client[]) => void])[] = [
    ['of one alone', (sim, all) => ask(sim, all[1] as Client, 5)],
    ['of the same person twice', (sim, all) => [1, 2].forEach(() => ask(sim, all[1] as Client, 5))],
    ['for somebody else', (sim, all) => [0, 1].forEach((at) => ask(sim, all[at] as Client, 4))],
    ['of two members', (sim, all) => [2, 3].forEach((at) => ask(sim, all[at] as Client, 5))],
    [
      'for two reasons',
      (sim, all) => {
        ask(sim, all[1] as Client, 5);
        confirm(sim, all[0] as Client, 5, { code: 'written', text: 'another' });
      },
    ],
  ];
  it.each(lacking)('is one although there is a signature %s', async (_, sign) => {
    const { sim, all } = await together();
    sign(sim, all);
    await sim.run(2_000);
    sim.remove(all[4] as Client);
    await sim.run(4_000);
    expect(told(sim, all[4] as Client)).toEqual({ why: ['lost'], by: [[]], alarms: 4 });
  });
  it('is one when the signatures are too old, or the person is back since', async () => {
    const { sim, all } = await together();
    const gone = all[4] as Client;
    const both = (): void => [0, 1].forEach((at) => ask(sim, all[at] as Client, gone.id));
    both();
    await sim.run(SIGNED_MS + 1_000);
    sim.remove(gone);
    await sim.run(4_000);
    expect(told(sim, gone)).toMatchObject({ why: ['lost'], alarms: 4 });
  });
  it('that was signed once does not remove the same person a second time', async () => {
    const { sim, all } = await together();
    const gone = all[4] as Client;
    for (const at of [0, 1]) ask(sim, all[at] as Client, gone.id);
    await sim.run(1_000);
    sim.remove(gone);
    await sim.run(4_000);
    expect(told(sim, gone)).toMatchObject({ why: ['removed'], alarms: 0 });
    sim.enter(gone);
    await sim.run(4_000);
    sim.remove(gone);
    await sim.run(4_000);
    expect(told(sim, gone)).toMatchObject({ why: ['lost'], alarms: 4 });
  });
  it('of a guest needs the signature of one, chair or clerk', async () => {
    for (const at of [0, 1]) {
      const { sim, all } = await together(true);
      ask(sim, all[at] as Client, 9);
      await sim.run(1_000);
      sim.remove(all[5] as Client);
      await sim.run(4_000);
      expect(told(sim, all[5] as Client)).toEqual({ why: ['removed'], by: [[at + 1]], alarms: 0 });
    }
  });
  it('of chair or clerk is never signed by anybody', async () => {
    const { sim, all } = await together();
    for (const at of [0, 1]) ask(sim, all[at] as Client, 2);
    await sim.run(1_000);
    sim.remove(all[1] as Client);
    await sim.run(4_000);
    expect(told(sim, all[1] as Client)).toMatchObject({ why: ['lost'], alarms: 4 });
  });
  it('is no alarm to who came in after it was asked: they cannot know', async () => {
    const { sim, all } = await together();
    for (const at of [0, 1]) ask(sim, all[at] as Client, 5);
    await sim.run(1_000);
    const late = await sim.add(7, 'Person 7');
    sim.enter(late);
    await sim.run(3_000);
    sim.remove(all[4] as Client);
    await sim.run(4_000);
    expect(late.alarmed()).toEqual([]);
    expect(late.roster.change).toMatchObject({ why: 'lost' });
    expect((all[0] as Client).roster.change).toMatchObject({ why: 'removed' });
  });
  it('is read in one way only', () => {
    const good = written({ person: 5, device: 'AAAA', reason: REASON });
    expect(readRemoval(good)).toEqual({ person: 5, device: 'AAAA', reason: { code: 'agreed', text: '' } });
    const text = new TextDecoder().decode(good);
    for (const other of [` ${text}`, text.replace('"person":5', '"person":5.0'), '{}', '[]', 'null', '', text.slice(1)])
      expect(readRemoval(new TextEncoder().encode(other))).toBeNull();
    expect(readRemoval(Uint8Array.of(0xff))).toBeNull();
  });
});
