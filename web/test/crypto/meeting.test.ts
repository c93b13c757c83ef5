// SPDX-License-Identifier: EUPL-1.2
// The keys of a meeting from the first to the last, with an honest server: who comes, leaves, reloads, loses the line,
// is aside; and the server's own restart.

import { describe, expect, it, vi } from 'vitest';
import { type Client, council, Simulation } from '../support/simulation';

// Virtual time is quick, a machine that others use is not.
vi.setConfig({ testTimeout: 120_000 });

const LONG = process.env['CONCLAVE_TEST_FORM'] === 'full';
const RESTARTS = Array.from({ length: LONG ? 50 : 5 }, (_, at) => at + 1);

/** All who are inside share one epoch, one code, one list, and may speak. */
function agree(sim: Simulation): void {
  const inside = sim.inside().map((c) => c.id);
  const views = sim.views();
  expect(views).toMatchObject({ silent: [], members: [inside.sort((a, b) => a - b).join()] });
  expect(views.keys).toHaveLength(1);
  expect(views.codes).toHaveLength(1);
  expect(views.codes[0]).not.toBeNull();
  for (const c of sim.inside()) expect(c.alarmed()).toEqual([]);
}

async function meeting(size: number, seed = 1): Promise<{ sim: Simulation; all: Client[] }> {
  const sim = new Simulation(seed);
  const all = await council(sim, size);
  await sim.run(6_000);
  return { sim, all };
}

describe('a meeting', () => {
  it('comes together, with one epoch for many who come at once', async () => {
    const { sim, all } = await meeting(6);
    agree(sim);
    expect(sim.server.commits).toBeLessThanOrEqual(4);
    for (const c of all) expect(c.roster).toMatchObject({ cannotFollow: [], silence: null });
  });
  it('whoever comes alone has the keys without any timer: three messages there and back', async () => {
    const { sim } = await meeting(3);
    const late = await sim.add(9, 'Person 9');
    sim.input(late, { type: 'prepare', self: 9, name: 'Person 9' });
    sim.enter(late);
    // state, key-join, key-wanted, key-commit, key-welcome: each 45 ms at most on this network.
    await sim.run(5 * 45);
    expect(late.epoch?.leaves).toHaveLength(4);
    expect(late.speaking.on).toBe(true);
  });
  it.each([40, 60, 80, 100, 120])('who loses the line and asks again after %i ms, and is answered twice, is in without an alarm', async (ms) => {
    const { sim } = await meeting(3);
    const late = await sim.add(9, 'Person 9');
    sim.enter(late);
    await sim.run(ms);
    sim.enter(late);
    await sim.run(6_000);
    agree(sim);
    expect(late.epoch?.leaves).toHaveLength(4);
  });
  it('one alone makes a group of one', async () => {
    const { sim } = await meeting(1);
    agree(sim);
  });
  it('whoever leaves is cut off before the next frame of anybody who knows of it', async () => {
    const { sim, all } = await meeting(4);
    const gone = all[2] as Client;
    const before = gone.epochs.length;
    sim.out(gone);
    await sim.run(60);
    // The list says so, the commit is on its way: nobody speaks who has seen the list.
    for (const c of sim.inside()) expect(c.speaking.on && c.epoch?.leaves.length === 4).toBe(false);
    await sim.run(5_000);
    agree(sim);
    expect(gone.epochs).toHaveLength(before);
    expect(gone.speaking.on).toBe(false);
    for (const c of sim.inside()) expect(c.epoch).toMatchObject({ keepFormer: 2_000, gone: [expect.any(Number)] });
    expect((all[0] as Client).roster.change).toMatchObject({ why: 'left', people: [{ person: 3, name: 'Person 3' }] });
  });
  it('who was aside is back without help', async () => {
    const { sim, all } = await meeting(4);
    const aside = all[3] as Client;
    sim.out(aside);
    await sim.run(4_000);
    agree(sim);
    sim.enter(aside);
    await sim.run(4_000);
    agree(sim);
    expect((all[0] as Client).roster.change).toMatchObject({ why: 'came' });
  });
  it('a reload is one epoch: the old leaf out and the new one in', async () => {
    const { sim, all } = await meeting(5);
    const commits = sim.server.commits;
    await sim.reload(all[2] as Client);
    await sim.run(4_000);
    agree(sim);
    expect(sim.server.commits).toBe(commits + 1);
    expect((all[0] as Client).roster.change).toMatchObject({ why: 'returned' });
  });
  it('the chair who reloads', async () => {
    const { sim, all } = await meeting(4);
    await sim.reload(all[0] as Client);
    await sim.run(5_000);
    agree(sim);
  });
  it('the only one who reloads makes the group anew', async () => {
    const { sim, all } = await meeting(1);
    await sim.reload(all[0] as Client);
    await sim.run(4_000);
    agree(sim);
  });
  it('all reload at once', async () => {
    const { sim, all } = await meeting(4);
    for (const c of all) await sim.reload(c);
    await sim.run(16_000);
    agree(sim);
  });
  it('a line that was lost for a while changes nothing', async () => {
    const { sim, all } = await meeting(4);
    const commits = sim.server.commits;
    sim.lose(all[1] as Client);
    await sim.run(20_000);
    sim.enter(all[1] as Client);
    await sim.run(4_000);
    agree(sim);
    expect(sim.server.commits).toBe(commits);
  });
  it('an epoch made while a line was lost is caught up with', async () => {
    const { sim, all } = await meeting(4);
    sim.lose(all[1] as Client);
    await sim.run(1_000);
    sim.out(all[3] as Client);
    await sim.run(5_000);
    sim.enter(all[1] as Client);
    await sim.run(4_000);
    agree(sim);
  });
  it('after thirty seconds of silence the leaf is out, and its owner in again on coming back', async () => {
    const { sim, all } = await meeting(4);
    sim.lose(all[1] as Client);
    await sim.run(29_000);
    expect((all[0] as Client).roster.leaves).toHaveLength(4);
    await sim.run(5_000);
    expect((all[0] as Client).roster.leaves).toHaveLength(3);
    sim.enter(all[1] as Client);
    await sim.run(6_000);
    agree(sim);
  });
  it('the next one commits when the one whose turn it is does not', async () => {
    const { sim, all } = await meeting(4);
    // The lowest leaf, as far as the server knows, is there; but nothing comes from it.
    (all[0] as Client).member = null;
    sim.out(all[3] as Client);
    await sim.run(1_500);
    expect((all[1] as Client).roster.leaves).toHaveLength(4);
    await sim.run(1_500);
    expect((all[1] as Client).roster.leaves).toHaveLength(3);
  });
  it('renews its keys every quarter of an hour, and when a vote opens', async () => {
    const { sim, all } = await meeting(3);
    const epoch = all[0]?.epoch?.epoch as number;
    await sim.run(15 * 60_000 + 10_000);
    agree(sim);
    expect(all[0]?.epoch?.epoch).toBe(epoch + 1);
    for (const c of all) sim.input(c, { type: 'refresh' });
    await sim.run(6_000);
    agree(sim);
    expect(all[0]?.epoch?.epoch).toBe(epoch + 2);
    expect(all[0]?.roster.change).toMatchObject({ why: 'renewed' });
  });
  it('shows who is inside and has no leaf', async () => {
    const { sim, all } = await meeting(2);
    const mute = await sim.add(9, 'Old browser', 'guest');
    mute.member = null;
    sim.enter(mute);
    await sim.run(6_000);
    expect(all[0]?.roster.cannotFollow).toEqual([9]);
    expect(all[0]?.speaking.on).toBe(true);
  });
  it('the code comes when the epoch is two seconds old', async () => {
    const { sim, all } = await meeting(2);
    sim.enter(await sim.add(3, 'Person 3'));
    await sim.run(1_500);
    expect(all[0]?.roster).toMatchObject({ code: null, leaves: { length: 3 } });
    await sim.run(1_500);
    agree(sim);
  });
});

describe('the server dies amid joins', () => {
  it.each(RESTARTS)('and within five seconds of the last return all agree (%i)', async (seed) => {
    const { sim } = await meeting(4, seed);
    for (let person = 5; person <= 8; person += 1) {
      const client = await sim.add(person, `Person ${person}`);
      sim.after(sim.r.below(600), () => sim.enter(client));
    }
    await sim.run(sim.r.below(900));
    sim.restart(1_500);
    await sim.run(1_700 + 5_000);
    agree(sim);
  });
});

describe('the server dies while nobody comes or goes', () => {
  it.each(RESTARTS)('nobody is removed for not being back yet, and the epoch stays (%i)', async (seed) => {
    const { sim, all } = await meeting(6, seed);
    const before = all.map((c) => c.epochs.length);
    sim.restart(1_500);
    await sim.run(6_000);
    expect(all.map((c) => c.epochs.length)).toEqual(before);
    expect(all.flatMap((c) => c.alarmed())).toEqual([]);
    agree(sim);
  });
});

/** What happens in a meeting, in any order; `sim.r` says what. */
async function happen(sim: Simulation, all: readonly Client[]): Promise<void> {
  const client = sim.r.pick(all);
  const status = sim.server.status.get(client.id) ?? 'out';
  const inside = sim.inside().length;
  if (status === 'out') sim.enter(client);
  else if (status === 'reconnecting') sim.enter(client);
  else if (sim.r.chance(25)) await sim.reload(client);
  else if (sim.r.chance(40) && inside > 2) sim.out(client);
  else if (inside > 2) sim.lose(client);
  if (sim.r.chance(5)) sim.restart(1_000);
  await sim.run(sim.r.below(1_500));
}

const SEEDS = Array.from({ length: LONG ? 20 : 3 }, (_, at) => at + 1);

describe('anything in any order', () => {
  it.each(SEEDS)('with an honest server (seed %i)', async (seed) => {
    const { sim, all } = await meeting(6, seed);
    for (let n = 0; n < 40; n += 1) await happen(sim, all);
    for (const c of all) if (sim.server.status.get(c.id) !== 'connected') sim.enter(c);
    await sim.run(40_000);
    agree(sim);
  }, 120_000);
  it.each(SEEDS)('with messages lost, doubled and late (seed %i)', async (seed) => {
    const { sim, all } = await meeting(5, seed);
    sim.hostile = (_, input) => {
      if (input.type !== 'served') return [input];
      if (sim.r.chance(8)) return [];
      return sim.r.chance(8) ? [input, input] : [input];
    };
    for (let n = 0; n < 25; n += 1) await happen(sim, all);
    sim.hostile = (_, input) => [input];
    for (const c of all) if (sim.server.status.get(c.id) !== 'connected') sim.enter(c);
    await sim.run(90_000);
    const { keys, silent } = sim.views();
    expect({ keys: keys.length, silent }).toEqual({ keys: 1, silent: [] });
  }, 120_000);
});
