// SPDX-License-Identifier: EUPL-1.2
// The clerk's signature in a link: what it is worth, and that whoever came by it goes into no meeting whose server
// hands out another clerk's roster. The same attack on people without it shows what it adds.

import { describe, expect, it, vi } from 'vitest';
import { toBase64 } from '../../src/crypto/keys/bytes';
import { type Identity, identity, memory } from '../../src/crypto/keys/identity';
import { against, INVITATION, invitation, type Invited, inviter } from '../../src/crypto/keys/invitation';
import { type Listed, signed } from '../../src/crypto/keys/roster';
import { BODY } from '../support/delivery';
import { type Client, council, Simulation } from '../support/simulation';

// Virtual time is quick, a machine that others use is not.
vi.setConfig({ testTimeout: 120_000 });

const NOW = Date.UTC(2026, 10, 22, 20);
const office = (): Promise<Identity> => identity(memory());
const JAN: Invited = { meeting: 'lindebekea', body: BODY, name: 'Jan Peeters' };
const rosterOf = (clerk: Identity, body = BODY): Promise<string> => signed(body, [], clerk, NOW);

describe('a signed invitation', () => {
  it('stands in a link as letters that need no escape, and names the key that signed it', async () => {
    const clerk = await office();
    const letters = await invitation(JAN, clerk);
    expect(letters).toMatch(INVITATION);
    expect(new URL(`https://raad.example/j#secret.${letters}`).hash).toBe(`#secret.${letters}`);
    expect(await inviter(letters, JAN)).toBe(toBase64(clerk.device));
  });
  it('is of one meeting, one body and one name', async () => {
    const letters = await invitation(JAN, await office());
    for (const other of [{ meeting: 'lindebekeb' }, { body: 'Vast bureau' }, { name: 'Piet Peeters' }])
      expect(await inviter(letters, { ...JAN, ...other }), JSON.stringify(other)).toBeNull();
  });
  it('is nobody’s once a letter of it is another, is missing, or is too many', async () => {
    const letters = await invitation(JAN, await office());
    for (let at = 0; at < letters.length; at += 1) {
      const other = letters[at] === 'A' ? 'B' : 'A';
      expect(await inviter(letters.slice(0, at) + other + letters.slice(at + 1), JAN), `letter ${at}`).toBeNull();
    }
    for (const junk of ['', 'A', letters.slice(1), `${letters}A`, '='.repeat(128), 'A'.repeat(128), '\n'.repeat(128)])
      expect(await inviter(junk, JAN)).toBeNull();
  });
  it('is signed as an invitation: a roster or an admission of the same key is none', async () => {
    const clerk = await office();
    const key = toBase64(clerk.device);
    const text = JSON.stringify({ meeting: JAN.meeting, body: JAN.body, name: JAN.name });
    for (const kind of ['conclave-roster-1', 'conclave-admit-1']) {
      const mark = await clerk.sign(new TextEncoder().encode(`${kind}\n${key}\n${text}\n`));
      const both = Buffer.concat([clerk.device, mark]).toString('base64url');
      expect(await inviter(both, JAN)).toBeNull();
    }
  });
  it('wants the roster of the very key that signed it', async () => {
    const clerk = await office();
    const letters = await invitation(JAN, clerk);
    const roster = await rosterOf(clerk);
    expect(await against(letters, JAN, roster)).toEqual({ key: toBase64(clerk.device) });
    const other = { refusal: 'other-clerk' };
    expect(await against(letters, JAN, await rosterOf(await office()))).toEqual(other);
    expect(await against(letters, JAN, await rosterOf(clerk, 'Vast bureau'))).toEqual(other);
    expect(await against(letters, JAN, roster.replace('"version":1', '"version":2'))).toEqual(other);
    expect(await against(letters, JAN, null)).toEqual(other);
    const elsewhere = { ...JAN, meeting: 'lindebekeb' };
    expect(await against(letters, elsewhere, roster)).toEqual({ refusal: 'other-meeting' });
  });
});

/** These, as a clerk would sign them. */
function listed(clients: readonly Client[]): Listed[] {
  return clients.filter(({ person: p }) => p.office !== 'guest').map(({ person: p }) => ({
    account: `${p.person}@raad.example`,
    name: p.name,
    office: p.office as 'member',
    devices: p.device === null ? [] : [p.device],
  }));
}

/** Three who are inside with their clerk's roster, and a fourth at the door with the clerk's signature in the link. */
async function atTheDoor(as: 'member' | 'guest', links = true): Promise<{
  sim: Simulation; inside: Client[]; late: Client; clerk: Identity;
}> {
  const sim = new Simulation(11);
  const clerk = await office();
  const inside = await council(sim, 3);
  const late = await sim.add(4, 'Person 4', as);
  sim.server.roster = await signed(BODY, listed([...inside, late]), clerk, sim.now);
  const { meeting } = sim.server;
  if (links) sim.server.invitations.set(4, await invitation({ meeting, body: BODY, name: 'Person 4' }, clerk));
  await sim.run(6_000);
  return { sim, inside, late, clerk };
}

const leaves = (c: Client): number[] => c.roster.leaves.map((l) => l.person).sort((a, b) => a - b);
const UNLISTED: readonly Listed[] = [];

describe('who came by a signed link', () => {
  it('is in as everybody else is, and the clerk’s key is no new one', async () => {
    const { sim, inside, late } = await atTheDoor('member');
    sim.enter(late);
    await sim.run(8_000);
    expect(leaves(late)).toEqual([1, 2, 3, 4]);
    expect([late.uninvited, late.alarms]).toEqual([[], []]);
    expect(late.trust).toMatchObject({ by: 'clerk', first: false });
    expect(inside[0]?.trust).toMatchObject({ by: 'clerk', first: true });
  });

  for (const as of ['member', 'guest'] as const) {
    it(`does not go in where another key signed the roster, as a ${as}; without the signature it is taken`, async () => {
      const swap = async (links: boolean): Promise<Client> => {
        const { sim, inside, late } = await atTheDoor(as, links);
        // The server's own clerk, whose list says what the server likes.
        sim.server.roster = await signed(BODY, listed([...inside, late]), await office(), sim.now);
        sim.enter(late);
        await sim.run(8_000);
        return late;
      };
      const refused = await swap(true);
      expect(refused.uninvited).toEqual(['other-clerk']);
      expect([refused.epochs, refused.trust, refused.speaking.on]).toEqual([[], null, false]);
      const taken = await swap(false);
      expect(taken.uninvited).toEqual([]);
      expect(taken.trust).toMatchObject({ by: 'clerk', first: true });
    });
  }

  it('does not go in where there is no roster any more; without the signature that is first sight', async () => {
    for (const links of [true, false]) {
      const { sim, late } = await atTheDoor('member', links);
      sim.server.roster = null;
      sim.enter(late);
      await sim.run(8_000);
      if (links) expect([late.uninvited, late.epochs]).toEqual([['other-clerk'], []]);
      else expect([late.uninvited, late.trust]).toEqual([[], { by: 'first-sight' }]);
    }
  });

  it('does not go into another meeting, nor under another name', async () => {
    const { sim, late, clerk } = await atTheDoor('member');
    const wrong = { meeting: 'other', body: BODY, name: 'Person 4' };
    sim.server.invitations.set(4, await invitation(wrong, clerk));
    sim.enter(late);
    await sim.run(4_000);
    const named = await invitation({ meeting: sim.server.meeting, body: BODY, name: 'Person 5' }, clerk);
    sim.server.invitations.set(4, named);
    await sim.reload(late);
    await sim.run(4_000);
    expect([late.uninvited, late.epochs]).toEqual([['other-meeting', 'other-meeting'], []]);
  });

  it('is warned when the key changes while it is inside, keeps the list that was good, and does not come back', async () => {
    const { sim, inside, late } = await atTheDoor('member');
    sim.enter(late);
    await sim.run(8_000);
    sim.server.sign(await signed(BODY, UNLISTED, await office(), sim.now));
    await sim.run(2_000);
    expect(late.alarmed()).toContain('other-clerk');
    expect(leaves(late)).toEqual([1, 2, 3, 4]);
    expect(late.speaking.on).toBe(true);
    await sim.reload(late);
    await sim.run(8_000);
    expect(late.uninvited).toEqual(['other-clerk']);
    expect(late.speaking.on).toBe(false);
    for (const c of inside) expect(leaves(c)).not.toContain(4);
  });

  it('remembers whose key it was for the next meeting of that body, also where it was refused by no link', async () => {
    const { sim, late } = await atTheDoor('member');
    sim.enter(late);
    await sim.run(6_000);
    sim.server.invitations.delete(4);
    sim.server.roster = await signed(BODY, UNLISTED, await office(), sim.now);
    await sim.reload(late);
    await sim.run(4_000);
    expect(late.uninvited).toEqual([]);
    expect(late.trust).toMatchObject({ by: 'nobody', why: 'other-clerk' });
  });
});

describe('a new link that the clerk gives in the meeting', () => {
  const link = `https://conclave.example/j#${'A'.repeat(22)}`;
  const person = { id: 4, name: 'Person 4', office: 'member' } as const;
  const asked = async (sim: Simulation, client: Client, by: Identity | null): Promise<string> => {
    client.office = by;
    sim.input(client, { type: 'sign-link', person, link });
    await sim.run(10);
    return client.links.at(-1) ?? '';
  };

  it('is signed with the key that signed the list, and opens the meeting to that person', async () => {
    const { sim, inside, late, clerk } = await atTheDoor('member', false);
    const [plain, letters = ''] = (await asked(sim, inside[1] as Client, clerk)).split('.').slice(-2);
    expect(`https://conclave.${plain}`).toBe(link);
    sim.server.invitations.set(4, letters);
    sim.enter(late);
    await sim.run(8_000);
    expect(late.uninvited).toEqual([]);
    expect(late.trust).toMatchObject({ by: 'clerk', first: false });
  });

  it('is as the server made it where this is no clerk’s device, another clerk’s, or nothing was signed', async () => {
    const { sim, inside, clerk } = await atTheDoor('member', false);
    const at = inside[1] as Client;
    expect(await asked(sim, at, null)).toBe(link);
    expect(await asked(sim, at, await office())).toBe(link);
    sim.server.roster = null;
    await sim.reload(at);
    await sim.run(2_000);
    expect(await asked(sim, at, clerk)).toBe(link);
  });
});
