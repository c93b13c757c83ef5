// SPDX-License-Identifier: EUPL-1.2
// Private conversations: exactly their readers can read them, whatever the server does with what it carries.

import { describe, expect, it, vi } from 'vitest';
import { fromBase64 } from '../../src/crypto/keys/bytes';
import { pad, unpad } from '../../src/crypto/keys/padded';
import { Reader, Writer } from '../../src/crypto/keys/rtt';
import type { Removing } from '../../src/crypto/keys/messages';
import type { KeysToServer } from '../../src/wire/delivery';
import { type Client, council, Simulation } from '../support/simulation';

// Virtual time is quick, a machine that others use is not.
vi.setConfig({ testTimeout: 120_000 });

async function meeting(size: number): Promise<{ sim: Simulation; all: Client[] }> {
  const sim = new Simulation(5);
  const all = await council(sim, size);
  await sim.run(6_000);
  return { sim, all };
}

async function talk(sim: Simulation, by: Client, others: readonly Client[]): Promise<number> {
  sim.input(by, { type: 'conversation-open', people: others.map((c) => c.id), kind: 'private' });
  await sim.run(300);
  const group = Math.max(...by.talks.keys());
  for (const c of others) sim.input(c, { type: 'conversation-join', group });
  return group;
}

describe('a conversation', () => {
  it('of two: what was said before the other had keys waits for them', async () => {
    const { sim, all } = await meeting(4);
    const [anna, ben, carl] = all as [Client, Client, Client];
    sim.input(anna, { type: 'conversation-open', people: [2], kind: 'private' });
    await sim.run(300);
    sim.input(anna, { type: 'say', group: 1, id: 7, text: 'Tot straks?' });
    await sim.run(500);
    expect(ben.heard).toEqual([]);
    expect(ben.talks.get(1)).toMatchObject({ state: 'asked', people: [1, 2] });
    sim.input(ben, { type: 'conversation-join', group: 1 });
    await sim.run(3_000);
    sim.input(ben, { type: 'say', group: 1, id: 1, text: 'Ja.' });
    await sim.run(500);
    expect(ben.heard).toMatchObject([{ group: 1, from: 1, text: 'Tot straks?' }]);
    expect(anna.heard).toMatchObject([{ group: 1, from: 2, text: 'Ja.' }]);
    expect(anna.said).toMatchObject([{ id: 7, to: [2] }]);
    expect(carl.talks.size).toBe(0);
    // Not a word of it in anything that the server carried: see the next test for what it sees.
    for (const c of all) expect(c.alarms).toEqual([]);
  });
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('whoever of two asks for keys first (%i)', async (seed) => {
    const sim = new Simulation(seed);
    const [anna, ben] = (await council(sim, 2)) as [Client, Client];
    await sim.run(6_000);
    sim.input(anna, { type: 'conversation-open', people: [2], kind: 'private' });
    while (!ben.talks.has(1)) await sim.run(1);
    sim.input(ben, { type: 'conversation-join', group: 1 });
    await sim.run(3_000);
    for (const c of [anna, ben]) expect(c.talks.get(1)).toMatchObject({ state: 'open', reading: [1, 2] });
  });
  it('the server sees neither words nor their length', async () => {
    const { sim, all } = await meeting(3);
    const carried: Uint8Array[] = [];
    const listen = sim.fromClient;
    sim.fromClient = (from: number, m: KeysToServer | Removing) => {
      if (m.type === 'key-message' && m.group === 1) carried.push(fromBase64(m.body) as Uint8Array);
      listen(from, m);
    };
    const group = await talk(sim, all[0] as Client, [all[1] as Client]);
    await sim.run(3_000);
    for (const [id, text] of ['a', 'KANARIE'.repeat(20), 'ja'].entries())
      sim.input(all[0] as Client, { type: 'say', group, id, text });
    sim.input(all[0] as Client, { type: 'write', group, text: 'b' });
    await sim.run(1_000);
    expect(carried).toHaveLength(4);
    expect(new Set(carried.map((c) => c.length)).size).toBe(1);
    const text = carried.map((c) => Buffer.from(c).toString('latin1')).join();
    expect(text).not.toContain('KANARIE');
    expect(Buffer.from(pad({ type: 'text', text: 'KANARIE' })).toString('latin1')).toContain('KANARIE');
  });
  it('of three, one refuses: it goes on without', async () => {
    const { sim, all } = await meeting(4);
    const [anna, ben, carl] = all as [Client, Client, Client];
    sim.input(anna, { type: 'conversation-open', people: [2, 3], kind: 'caucus' });
    await sim.run(300);
    sim.input(ben, { type: 'conversation-join', group: 1 });
    sim.input(carl, { type: 'conversation-refuse', group: 1 });
    await sim.run(2_000);
    sim.input(anna, { type: 'say', group: 1, id: 1, text: 'Wij twee.' });
    await sim.run(500);
    expect(ben.heard).toHaveLength(1);
    expect(carl.heard).toEqual([]);
    expect(carl.talks.get(1)?.state).toBe('over');
    expect(anna.talks.get(1)).toMatchObject({ kind: 'caucus', people: [1, 2], reading: [1, 2], state: 'open' });
  });
  it('who leaves reads nothing of what comes after', async () => {
    const { sim, all } = await meeting(3);
    const [anna, ben, carl] = all as [Client, Client, Client];
    const group = await talk(sim, anna, [ben, carl]);
    await sim.run(3_000);
    sim.input(carl, { type: 'conversation-leave', group });
    await sim.run(2_000);
    sim.input(anna, { type: 'say', group, id: 1, text: 'Onder ons' });
    await sim.run(500);
    expect(ben.heard).toMatchObject([{ text: 'Onder ons' }]);
    expect(carl.heard).toEqual([]);
    expect(anna.said).toMatchObject([{ to: [2] }]);
    sim.out(ben);
    await sim.run(1_000);
    expect(anna.talks.get(group)?.state).toBe('over');
  });
  it('a ghost that the server offers is not let in', async () => {
    const { sim, all } = await meeting(3);
    const [anna, ben, carl] = all as [Client, Client, Client];
    const group = await talk(sim, anna, [ben]);
    await sim.run(3_000);
    let letters = '';
    const listen = sim.fromClient;
    sim.fromClient = (from: number, m: KeysToServer | Removing) => {
      if (m.type === 'key-join' && from === 3) letters = m.package;
      else listen(from, m);
    };
    await sim.reload(carl);
    await sim.run(200);
    for (const c of [anna, ben]) {
      const people = [{ person: 3, package: letters }];
      sim.input(c, { type: 'served', message: { type: 'key-wanted', group, people } });
    }
    await sim.run(4_000);
    expect(letters).not.toBe('');
    expect(anna.talks.get(group)?.reading).toEqual([1, 2]);
  });
  it('a lost line is caught up with; a restart of the server ends it', async () => {
    const { sim, all } = await meeting(3);
    const [anna, ben] = all as [Client, Client];
    const group = await talk(sim, anna, [ben]);
    await sim.run(3_000);
    sim.lose(ben);
    await sim.run(3_000);
    sim.enter(ben);
    await sim.run(1_000);
    sim.input(anna, { type: 'say', group, id: 1, text: 'Terug?' });
    await sim.run(500);
    expect(ben.heard).toHaveLength(1);
    sim.restart(500);
    await sim.run(5_000);
    expect(anna.talks.get(group)?.state).toBe('over');
  });
});

describe('real-time text', () => {
  it('is seen as it is written, at most every 300 ms', async () => {
    const { sim, all } = await meeting(3);
    const [anna, ben] = all as [Client, Client];
    const group = await talk(sim, anna, [ben]);
    await sim.run(3_000);
    const line = 'Ik kom eraan';
    const start = ben.written.length;
    for (let n = 1; n <= line.length; n += 1) {
      sim.input(anna, { type: 'write', group, text: line.slice(0, n) });
      await sim.run(100);
    }
    sim.input(anna, { type: 'write', group, text: 'Ik blijf' });
    await sim.run(600);
    const seen = ben.written.slice(start);
    expect(seen.at(-1)).toMatchObject({ from: 1, text: 'Ik blijf' });
    expect(seen.length).toBeGreaterThan(3);
    expect(seen.length).toBeLessThanOrEqual(6);
    sim.input(anna, { type: 'say', group, id: 1, text: 'Ik blijf' });
    await sim.run(500);
    expect(ben.heard).toMatchObject([{ text: 'Ik blijf' }]);
  });
  it('mends itself after a piece was missed', () => {
    const writer = new Writer();
    const reader = new Reader();
    let seen: string | null = '';
    for (let n = 1; n <= 20; n += 1) {
      writer.write('x'.repeat(n));
      const piece = writer.next(n * 1_000);
      if (piece !== null && n !== 4) seen = reader.take(piece, 100);
      if (n === 5) expect(seen).toBeNull();
    }
    expect(seen).toBe('x'.repeat(20));
  });
  it('erases, and takes no more than fits', () => {
    const writer = new Writer();
    const reader = new Reader();
    for (const line of ['abc', 'abxy', '', 'z'.repeat(50)]) {
      writer.write(line);
      const piece = writer.next(0);
      expect(piece === null ? '' : reader.take(piece, 20)).toBe(line.slice(0, 20));
    }
  });
});

describe('what is said', () => {
  it('fills up to multiples of 256', () => {
    for (const length of [0, 1, 200, 230, 300, 2_000]) {
      const bytes = pad({ type: 'text', text: 'é'.repeat(length) });
      expect(bytes.length % 256).toBe(0);
      expect(unpad(bytes, 2_000)).toEqual({ type: 'text', text: 'é'.repeat(length) });
    }
  });
  it.each(['', 'null', '[]', '{}', '{"type":"text"}', '{"type":"text","text":5}', '{"type":"rtt","seq":-1}', '"text"'])(
    'nothing is made of %j',
    (text) => expect(unpad(new TextEncoder().encode(text), 2_000)).toBeNull(),
  );
  it('nothing is made of what is too long', () => {
    expect(unpad(pad({ type: 'text', text: 'x'.repeat(2_001) }), 2_000)).toBeNull();
    expect(unpad(Uint8Array.of(0xff, 0xfe), 2_000)).toBeNull();
  });
});
