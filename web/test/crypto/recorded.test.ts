// SPDX-License-Identifier: EUPL-1.2
// Recorded traffic: who was removed opens nothing of the ten seconds after with everything that was theirs, and who
// comes in opens nothing of what went before (ATTACKS E11, E12). The frames are those of the product.

import { expect, it, vi } from 'vitest';
import type { Clock } from '../../src/crypto/frames/clock';
import { type Keyring, keyring } from '../../src/crypto/frames/keyring';
import { opener } from '../../src/crypto/frames/opener';
import { type Frame, sealer } from '../../src/crypto/frames/sealer';
import { fromBase64, toBase64 } from '../../src/crypto/keys/bytes';
import { type ClientState, mls } from '../../src/crypto/keys/mls';
import { type Client, council, type Epoch, Simulation } from '../support/simulation';

vi.setConfig({ testTimeout: 120_000 });

const STILL: Clock = { now: () => 0, after: () => () => undefined };
const FOREVER = 1e9;
const bytes = (hex: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(hex, 'hex'));

/** A ring that keeps whatever it is given, for every leaf there could be. */
function hoard(epochs: readonly Epoch[], own = 255): Keyring {
  const ring = keyring(STILL);
  const leaves = Array.from({ length: 32 }, (_, leaf) => leaf).concat(own);
  const always = { type: 'epoch', group: 'meeting', own, leaves, keepFormer: FOREVER, gone: [] } as const;
  for (const { epoch, baseKey } of epochs) ring.tell({ ...always, epoch, baseKey: bytes(baseKey) });
  return ring;
}

const WORDS = Uint8Array.from(Buffer.from('wat hier gezegd wordt, blijft hier'));
const frame = (data: Uint8Array): Frame => ({
  data: Uint8Array.from(data).buffer,
  getMetadata: () => ({ mimeType: 'audio/opus' }),
});

/** A second of sound of each of these, as it goes over the line in their present epoch; counters go on. */
class Tape {
  readonly frames: Uint8Array[] = [];
  private readonly lines = new Map<string, ReturnType<typeof sealer>>();

  async record(from: readonly Client[]): Promise<void> {
    for (const client of from) {
      const { epoch } = client;
      if (epoch === undefined) continue;
      const name = `${client.id} ${epoch.epoch}`;
      const line = this.lines.get(name) ?? sealer('microphone', hoard([epoch], epoch.own));
      this.lines.set(name, line);
      for (let n = 0; n < 5; n += 1) {
        const sound = frame(WORDS);
        expect(await line.seal(sound)).toBe('sealed');
        this.frames.push(new Uint8Array(sound.data));
      }
    }
  }

  /** How many of them somebody with these keys can open. */
  async opened(keys: readonly Epoch[]): Promise<number> {
    let heard = 0;
    const ring = hoard(keys);
    const outside = { ring, clock: STILL, holdMs: 0, tell: () => undefined, askKeyFrame: () => undefined };
    const out = (f: Frame): void => {
      expect(new Uint8Array(f.data)).toEqual(WORDS);
      heard += 1;
    };
    const line = opener('audio', { ...outside, out });
    for (const data of this.frames) {
      line.take(frame(data));
      await line.idle();
    }
    return heard;
  }
}

async function meeting(size: number): Promise<{ sim: Simulation; all: Client[] }> {
  const sim = new Simulation(11);
  const all = await council(sim, size);
  await sim.run(6_000);
  return { sim, all };
}

const stateOf = (client: Client): ClientState =>
  (client.member as unknown as { meeting: { group: { state: ClientState } } }).meeting.group.state;

it('a removed member opens nothing of the next ten seconds', async () => {
  const { sim, all } = await meeting(5);
  const removed = all[3] as Client;
  const had: Epoch[] = [...removed.epochs];
  const state = stateOf(removed);
  const commits: { epoch: number; commit: string }[] = [];
  sim.hostile = (to, input) => {
    if (to === 1 && input.type === 'served' && input.message.type === 'key-commit') commits.push(input.message);
    return [input];
  };
  sim.out(removed);
  await sim.run(500);
  const rest = sim.inside();
  const tape = new Tape();
  for (let second = 0; second < 10; second += 1) {
    await tape.record(rest);
    if (second === 4) sim.enter(await sim.add(9, 'Person 9')); // an epoch more, in its old leaf
    await sim.run(1_000);
  }
  expect(rest).toHaveLength(4);
  expect(tape.frames).toHaveLength(10 * 4 * 5);

  // It goes on with its state: what its library makes of the commits, refused or not.
  const library = await mls(removed.identity);
  let own: ClientState | null = state;
  for (const { epoch, commit } of commits) {
    own = own === null ? null : await library.take(own, fromBase64(commit) as Uint8Array, () => true).catch(() => null);
    if (own === null) break;
    const baseKey = Buffer.from(await library.baseKey(own)).toString('hex');
    const last = had.at(-1) as Epoch;
    had.push({ ...last, epoch: epoch + 1, baseKey });
  }
  expect(had.length).toBeGreaterThan(removed.epochs.length);
  expect(await tape.opened(had)).toBe(0);
  // One who stayed opens all of it: so this test would notice.
  expect(await tape.opened((rest[0] as Client).epochs)).toBe(tape.frames.length);
});

it('a newcomer opens nothing of what went before', async () => {
  const { sim, all } = await meeting(4);
  const tape = new Tape();
  await tape.record(sim.inside());
  const newcomer = await sim.add(9, 'Person 9');
  sim.enter(newcomer);
  await sim.run(4_000);
  expect(toBase64(stateOf(newcomer).keySchedule.epochAuthenticator)).toBe(
    toBase64(stateOf(all[0] as Client).keySchedule.epochAuthenticator),
  );
  const before = (all[0] as Client).epochs;
  // Its keys, also under the numbers of the epochs before.
  const tried = before.map((e) => ({ ...e, baseKey: newcomer.epoch?.baseKey as string }));
  expect(await tape.opened(newcomer.epochs)).toBe(0);
  expect(await tape.opened(tried)).toBe(0);
  expect(await tape.opened(before)).toBe(tape.frames.length);
});
