// SPDX-License-Identifier: EUPL-1.2
// The roster that a clerk's office key signed: its letters, what a device remembers, and what it stops in a meeting
// whose server is dishonest. The same attack without a roster shows what the roster adds.

import { describe, expect, it, vi } from 'vitest';
import { toBase64 } from '../../src/crypto/keys/bytes';
import { fingerprint, type Identity, identity, memory } from '../../src/crypto/keys/identity';
import { mls } from '../../src/crypto/keys/mls';
import { inMemory, type Listed, opened, ROSTER_LETTERS, signed, weigh } from '../../src/crypto/keys/roster';
import { statement } from '../../src/crypto/keys/voucher';
import { BODY } from '../support/delivery';
import { Client, council, Simulation } from '../support/simulation';

// Virtual time is quick, a machine that others use is not.
vi.setConfig({ testTimeout: 120_000 });

const NOW = Date.UTC(2026, 10, 22, 20);
const office = (): Promise<Identity> => identity(memory());
const device = async (): Promise<string> => toBase64((await identity(memory())).device);

async function person(name: string, more: Partial<Listed> = {}): Promise<Listed> {
  return { account: `${name.toLowerCase()}@raad.example`, name, office: 'member', devices: [await device()], ...more };
}

describe('a roster', () => {
  it('comes back as it was signed, with the key that signed it', async () => {
    const clerk = await office();
    const people = [await person('Jan', { office: 'chair' }), await person('Griet', { devices: [] })];
    const found = await opened(await signed(BODY, people, clerk, NOW));
    expect(found?.key).toBe(toBase64(clerk.device));
    expect(found?.roster).toEqual({
      version: 1, body: BODY, made: '2026-11-22T20:00:00.000Z', until: '2027-11-23T20:00:00.000Z', people,
    });
  });
  it('of a hundred people with two devices each fits what the server takes', async () => {
    const [a, b] = [await device(), await device()];
    const devices = [a, b];
    const people = await Promise.all(Array.from({ length: 100 }, (_, n) => person(`Person ${n}`, { devices })));
    expect((await signed(BODY, people, await office(), NOW)).length).toBeLessThan(ROSTER_LETTERS);
  });
  it('is nobody’s once a letter of it is another', async () => {
    const letters = await signed(BODY, [await person('Jan')], await office(), NOW);
    for (let at = 0; at < letters.length; at += 1) {
      const other = letters[at] === 'A' ? 'B' : 'A';
      expect(await opened(letters.slice(0, at) + other + letters.slice(at + 1)), `letter ${at}`).toBeNull();
    }
  });
  const junk = ['', '\n\n\n', '{}', 'null\nA\nA\n', '[]\n\n\n', '{"version":1}\nAAAA\nAAAA\n'];
  it.each(junk)('is not %j', async (letters) => {
    expect(await opened(letters)).toBeNull();
  });
  it('that is written in another way is refused, though the same key signed it', async () => {
    const clerk = await office();
    const [text = '', key = ''] = (await signed(BODY, [await person('Jan')], clerk, NOW)).split('\n');
    const again = async (other: string): Promise<string> => {
      const mark = await clerk.sign(new TextEncoder().encode(`conclave-roster-1\n${key}\n${other}\n`));
      return `${other}\n${key}\n${toBase64(mark)}\n`;
    };
    expect(await opened(await again(text))).not.toBeNull();
    for (const other of [` ${text}`, text.replace('"version":1', '"version":2'), text.replace('{"v', '{"x":1,"v')])
      expect(await opened(await again(other))).toBeNull();
  });
});

describe('a device', () => {
  it('trusts first sight while there never was a roster, and says so', async () => {
    expect((await weigh(null, BODY, null, NOW)).trust).toEqual({ by: 'first-sight' });
  });
  it('remembers the clerk’s key from the first sight on, and shows its digits', async () => {
    const clerk = await office();
    const letters = await signed(BODY, [await person('Jan')], clerk, NOW);
    const first = await weigh(letters, BODY, null, NOW);
    const print = await fingerprint(clerk.device);
    expect(print).toMatch(/^\d{5}( \d{5}){5}$/);
    expect(first.trust).toMatchObject({ by: 'clerk', first: true, print });
    const second = await weigh(letters, BODY, first.pin, NOW);
    expect(second.trust).toMatchObject({ by: 'clerk', first: false, print });
  });
  it('takes no roster that is missing, another body’s, too old, older than one it saw, or another key’s', async () => {
    const clerk = await office();
    const other = await office();
    const people = [await person('Jan')];
    const { pin } = await weigh(await signed(BODY, people, clerk, NOW), BODY, null, NOW);
    const why = async (letters: string | null, now = NOW): Promise<unknown> => {
      const { roster, trust } = await weigh(letters, BODY, pin, now);
      expect(roster).toBeNull();
      return trust.by === 'nobody' ? trust.why : trust.by;
    };
    expect(await why(null)).toBe('missing');
    expect(await why('x')).toBe('forged');
    expect(await why(await signed('Vast bureau', people, clerk, NOW))).toBe('forged');
    expect(await why(await signed(BODY, people, clerk, NOW - 1))).toBe('old');
    expect(await why(await signed(BODY, people, clerk, NOW), NOW + 367 * 24 * 3_600_000)).toBe('expired');
    expect(await why(await signed(BODY, people, other, NOW + 1))).toBe('other-clerk');
  });
  it('keeps one memory a body', async () => {
    const known = inMemory();
    await known.set('A', { key: 'K', made: 'M' });
    expect([await known.get('A'), await known.get('B')]).toEqual([{ key: 'K', made: 'M' }, null]);
  });
});

/** Of the member who comes last. */
const own5 = await identity(memory());
const late = toBase64(own5.device);

const leaves = (c: Client): number[] => c.roster.leaves.map((l) => l.person).sort((a, b) => a - b);

/** What the clerk signs: these, as they are. */
function listed(clients: readonly Client[]): Listed[] {
  return clients.map(({ person: p }) => ({
    account: `${p.person}@raad.example`,
    name: p.name,
    office: p.office === 'guest' ? 'member' : p.office,
    devices: p.device === null ? [] : [p.device],
  }));
}

/** A council of so many of a body, all inside; `roster` says what the server hands out. */
async function sitting(
  size: number,
  roster: (all: readonly Client[], clerk: Identity, now: number) => Promise<string | null>,
): Promise<{ sim: Simulation; all: Client[]; clerk: Identity }> {
  const sim = new Simulation(7);
  const clerk = await office();
  const all = await council(sim, size);
  sim.server.roster = await roster(all, clerk, sim.now);
  await sim.run(6_000);
  return { sim, all, clerk };
}

const everybody = (all: readonly Client[], clerk: Identity, now: number): Promise<string> =>
  signed(BODY, listed(all), clerk, now);
const nothing = (): Promise<null> => Promise.resolve(null);

/** The server's own device under a member's name, before that member came. */
async function swapped(sim: Simulation, name: string, as: 'member' | 'clerk' = 'member'): Promise<Client> {
  const thief = await sim.add(3, name, as);
  sim.enter(thief);
  await sim.run(10_000);
  return thief;
}

describe('a meeting with a roster', () => {
  it('is as it was: all come in, all speak, nothing is alarmed', async () => {
    const { sim, all } = await sitting(5, everybody);
    const views = sim.views();
    expect(views.members).toEqual(['1,2,3,4,5']);
    expect([views.keys.length, views.silent]).toEqual([1, []]);
    for (const c of all) {
      expect(c.alarms).toEqual([]);
      expect(c.trust).toMatchObject({ by: 'clerk', first: true });
    }
  });

  it('refuses a swapped device in every client; without a roster it counts as that member’s at first sight', async () => {
    const with_ = await sitting(2, async (all, clerk, now) =>
      signed(BODY, [...listed(all), await person('Person 3')], clerk, now));
    await swapped(with_.sim, 'Person 3');
    for (const c of with_.all) {
      expect(leaves(c)).toEqual([1, 2]);
      expect(c.alarmed()).toContain('not-in-roster');
      expect(c.roster.cannotFollow).toEqual([3]);
    }
    const without = await sitting(2, nothing);
    const thief = await swapped(without.sim, 'Person 3');
    for (const c of [...without.all, thief]) {
      expect(leaves(c)).toEqual([1, 2, 3]);
      expect(c.trust).toEqual({ by: 'first-sight' });
    }
  });

  it('refuses a clerk that nobody signed; without a roster the server’s word makes one', async () => {
    const { sim, all } = await sitting(2, everybody);
    await swapped(sim, 'Another clerk', 'clerk');
    for (const c of all) {
      expect(leaves(c)).toEqual([1, 2]);
      expect(c.alarmed()).toContain('not-in-roster');
    }
    const without = await sitting(2, nothing);
    await swapped(without.sim, 'Another clerk', 'clerk');
    for (const c of without.all) expect(leaves(c)).toEqual([1, 2, 3]);
  });

  it('refuses what a dishonest member commits for the server', async () => {
    const { sim, all } = await sitting(3, everybody);
    const evil = all[2] as Client;
    const ghost = await identity(memory());
    const guest = { person: 9, name: 'Person 9', office: 'guest' as const, device: toBase64(ghost.device) };
    sim.server.people.set(9, guest);
    sim.server.status.set(9, 'connected');
    for (const c of all) sim.input(c, { type: 'people', people: sim.server.list() });
    await sim.run(100);
    const { open } = await (await mls(ghost)).package(9, 'Person 9');
    const state = (evil.member as unknown as { meeting: { group: { state: never } } }).meeting.group.state;
    const made = await (await mls(evil.identity)).commit(state, [open], []);
    sim.fromClient(3, {
      type: 'key-commit', group: 0, epoch: evil.roster.epoch as number, commit: toBase64(made.commit), welcome: null,
      added: [9], removed: [], tag: toBase64(await made.tag()),
    });
    await sim.run(1_000);
    for (const c of all.slice(0, 2)) {
      expect(c.alarmed()).toContain('not-in-roster');
      for (const e of c.epochs) expect(e.leaves.length).toBeLessThanOrEqual(3);
    }
  });

  it('takes a guest whom chair or clerk admitted, in every client and also in who comes later', async () => {
    const { sim, all } = await sitting(3, async (here, clerk, now) =>
      signed(BODY, [...listed(here), { ...(await person('Person 5')), devices: [late] }], clerk, now));
    const guest = await sim.add(4, 'Guest', 'guest');
    const [, clerk] = all as [Client, Client];
    const device4 = guest.person.device as string;
    const mark = await clerk.identity.sign(statement(sim.server.meeting, 4, device4));
    sim.server.vouch({ person: 4, device: device4, by: 2, voucher: toBase64(mark) });
    sim.enter(guest);
    await sim.run(8_000);
    for (const c of [...all, guest]) expect(leaves(c)).toEqual([1, 2, 3, 4]);
    sim.out(clerk);
    await sim.run(3_000);
    const fifth = new Client({ person: 5, name: 'Person 5', office: 'member', device: late }, own5);
    sim.clients.set(5, fifth);
    await sim.start(fifth);
    sim.enter(fifth);
    await sim.run(8_000);
    expect(leaves(fifth)).toEqual([1, 3, 4, 5]);
    expect([fifth.alarms, fifth.speaking.on]).toEqual([[], true]);
  });

  it('lets the chair’s new device in, with nobody’s help, once the clerk signed it', async () => {
    const { sim, all, clerk } = await sitting(3, everybody);
    const chair = all[0] as Client;
    sim.out(chair);
    await sim.run(3_000);
    const phone = new Client({ ...chair.person, device: late }, own5);
    sim.clients.set(1, phone);
    await sim.start(phone);
    sim.enter(phone);
    await sim.run(8_000);
    for (const c of all.slice(1)) {
      expect(leaves(c)).toEqual([2, 3]);
      expect(c.alarmed()).toContain('not-in-roster');
    }
    sim.server.sign(await everybody([phone, ...all.slice(1)], clerk, sim.now));
    await sim.run(15_000);
    for (const c of [phone, ...all.slice(1)]) expect(leaves(c)).toEqual([1, 2, 3]);
    expect(phone.speaking.on).toBe(true);
  });

  it('takes a guest whom the substitute admitted whom the clerk named, also in who comes when the chair is back', async () => {
    const { sim, all } = await sitting(3, async (here, clerk, now) => {
      const named = listed(here).map((p, at) => (at === 2 ? { ...p, office: 'substitute' as const } : p));
      return signed(BODY, [...named, { ...(await person('Person 5')), devices: [late] }], clerk, now);
    });
    const [chair, , substitute] = all as [Client, Client, Client];
    sim.out(chair);
    sim.server.people.set(3, { ...substitute.person, office: 'chair' });
    const guest = await sim.add(4, 'Guest', 'guest');
    const device4 = guest.person.device as string;
    const mark = await substitute.identity.sign(statement(sim.server.meeting, 4, device4));
    sim.server.vouch({ person: 4, device: device4, by: 3, voucher: toBase64(mark) });
    sim.enter(guest);
    await sim.run(8_000);
    for (const c of [...all.slice(1), guest]) expect(leaves(c)).toEqual([2, 3, 4]);
    sim.server.people.set(3, substitute.person);
    const fifth = new Client({ person: 5, name: 'Person 5', office: 'member', device: late }, own5);
    sim.clients.set(5, fifth);
    await sim.start(fifth);
    sim.enter(fifth);
    await sim.run(8_000);
    expect(leaves(fifth)).toEqual([2, 3, 4, 5]);
    for (const c of [...all.slice(1), fifth]) expect(c.alarms).toEqual([]);
  });

  it('takes no guest whom a member let in, whatever office the server gives that member', async () => {
    const { sim, all } = await sitting(3, everybody);
    const guest = await sim.add(4, 'Guest', 'guest');
    const member = all[2] as Client;
    const mark = await member.identity.sign(statement(sim.server.meeting, 4, guest.person.device as string));
    sim.server.people.set(3, { ...member.person, office: 'chair' });
    for (const c of all) sim.input(c, { type: 'people', people: sim.server.list() });
    sim.server.vouch({ person: 4, device: guest.person.device as string, by: 3, voucher: toBase64(mark) });
    sim.enter(guest);
    await sim.run(10_000);
    for (const c of all) {
      expect(leaves(c)).toEqual([1, 2, 3]);
      expect(c.alarmed()).toContain('forged');
    }
  });
});

describe('a server that plays with the roster', () => {
  it('forges it: refused and told, and not used', async () => {
    const { all } = await sitting(3, async (here, clerk, now) =>
      (await everybody(here, clerk, now)).replace('Person 3', 'Person 9'));
    for (const c of all) {
      expect(c.trust).toEqual({ by: 'nobody', why: 'forged' });
      expect(c.alarmed()).toContain('roster');
    }
  });
  it('signs another with a key of its own: told, never silent, and the one in use stays', async () => {
    const { sim, all } = await sitting(3, everybody);
    sim.server.roster = await signed(BODY, [await person('Nobody')], await office(), sim.now);
    const one = all[0] as Client;
    sim.lose(one);
    sim.enter(one);
    await sim.run(4_000);
    expect(one.alarmed()).toContain('other-clerk');
    expect(one.trust).toMatchObject({ by: 'nobody', why: 'other-clerk' });
    expect(leaves(one)).toEqual([1, 2, 3]);
    await swapped(sim, 'Person 9');
    expect(one.roster.leaves.map((l) => l.name)).not.toContain('Person 9');
  });
  it('takes it back: told in the next meeting too', async () => {
    const { sim, all } = await sitting(2, everybody);
    sim.server.roster = null;
    const one = all[0] as Client;
    await sim.reload(one);
    await sim.run(4_000);
    expect(one.trust).toEqual({ by: 'nobody', why: 'missing' });
    expect(one.alarmed()).toContain('roster');
  });
});

it('another clerk’s key is taken once the person has compared it, and then remembered', async () => {
  const { sim, all } = await sitting(2, everybody);
  const next = await office();
  sim.server.roster = await everybody(all, next, sim.now);
  const one = all[0] as Client;
  await sim.reload(one);
  await sim.run(4_000);
  expect(one.trust).toMatchObject({ by: 'nobody', why: 'other-clerk', print: await fingerprint(next.device) });
  sim.input(one, { type: 'accept-clerk' });
  await sim.run(1_000);
  expect(one.trust).toMatchObject({ by: 'clerk', first: false });
  await sim.reload(one);
  await sim.run(4_000);
  expect(one.trust).toMatchObject({ by: 'clerk', first: false });
});
