// SPDX-License-Identifier: EUPL-1.2
// The frames in both browsers, from the built files under the server's policy: vectors, codecs in all directions,
// rotation under load, and what somebody without a key sees of it all.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sealed } from '../../build/seal';
import type { FramesEvent } from '../../src/crypto/frames/frames';
import type { LineFigures } from '../frames/page/main';
import type { Caught, Product, Sight, Step } from '../frames/page/wire';
import type { Outcome } from '../frames/vectors';
import { BROWSERS, type Page } from './browsers';
import { type Built, built } from './framed';

const FULL = process.env['CONCLAVE_TEST_FORM'] === 'full';
/** Of each codec in each direction, and the epochs of a rotation, one every 600 ms. */
const FRAMES = FULL ? 300 : 15;
const EPOCHS = FULL ? 60 : 6;
const LONG = FULL ? 180_000 : 60_000;
const vectors = readFileSync(new URL('../data/sframe-vectors.json', import.meta.url), 'utf8');
let client: Built;
const pages = {} as Record<keyof typeof BROWSERS, Page>;
const NAMES = Object.keys(BROWSERS) as (keyof typeof BROWSERS)[];

beforeAll(async () => {
  client = await built('test/frames/page');
  await Promise.all(NAMES.map(async (name) => (pages[name] = await BROWSERS[name](client.url))));
}, 120_000);

afterAll(async () => {
  await Promise.all(Object.values(pages).map((p) => p.close()));
  client.close();
});

const q = (value: unknown): string => JSON.stringify(value);

it('the worker is a file of its own, with a hash in its name, in the manifest', () => {
  const { files } = JSON.parse(readFileSync(join(client.folder, 'manifest.json'), 'utf8')) as { files: Sealed[] };
  const workers = files.filter((f) => /^\/assets\/worker-[\w-]{8}\.js$/.test(f.path));
  expect(workers).toHaveLength(1);
  expect(readdirSync(join(client.folder, 'assets'))).toContain(workers[0]?.path.slice('/assets/'.length));
  expect(workers[0]?.bytes).toBeLessThan(15_000);
});

describe.each(NAMES)('%s', (name) => {
  it('agrees with the vectors of RFC 9605', async () => {
    const outcome = await pages[name].ask<Outcome>(`loop.vectors(${vectors})`);
    expect(outcome).toEqual({ product: 197, full: 297, refused: 97, wrong: [] });
  }, 60_000);

  it('lets nothing out in the clear, whatever happens to the lines', async () => {
    const { steps, barked } = await pages[name].ask<{ steps: Step[]; barked: string[] }>('loop.life()');
    for (const step of steps) {
      const { sound, picture, decoded } = step.after;
      expect([step.name, step.good, sound.plain, picture.plain, decoded]).toEqual([step.name, true, 0, 0, 0]);
    }
    expect(steps).toHaveLength(8);
    expect(barked).toEqual([]);
  }, 120_000);

  it('sends nothing when the worker is not there', async () => {
    const { sight, dead } = await pages[name].ask<{ sight: Sight; dead: boolean }>('loop.missing()');
    expect(sight).toEqual({ sound: { sealed: 0, plain: 0 }, picture: { sealed: 0, plain: 0 }, decoded: 0 });
    expect(dead).toBe(true);
  }, 60_000);

  it('seals also what gets its transform late', async () => {
    const sight = await pages[name].ask<Sight>('loop.late({})');
    expect(sight).toMatchObject({ sound: { plain: 0 }, picture: { plain: 0 }, decoded: 0 });
    expect(sight.picture.sealed).toBeGreaterThan(0);
  }, 60_000);

  if (name === 'Chromium')
    it('without the flag it does not, and the spy sees it', async () => {
      const sight = await pages[name].ask<Sight>('loop.late({flag: false})');
      expect(sight.picture.plain).toBeGreaterThan(5);
      expect(sight.picture.sealed).toBe(0);
    }, 60_000);

  it('lines without a transform are in the clear, until the watchdog stops them', async () => {
    const { before, unsealed, after, again } = await pages[name].ask<Caught>('loop.caught()');
    expect(before.sound.plain).toBeGreaterThan(5);
    expect(before.decoded).toBeGreaterThan(5);
    expect({ unsealed, after, again }).toEqual({ unsealed: ['camera', 'microphone'], after: 0, again: false });
  }, 60_000);

  it('the connection of the product seals all it sends, and its watchdog is content', async () => {
    const { lines, statuses, sight, sealed } = await pages[name].ask<Product>('loop.product()');
    expect(lines).toBe(39);
    expect(sealed).toBeGreaterThanOrEqual(60);
    expect(statuses).toEqual(['connected']);
    expect(sight).toMatchObject({ sound: { plain: 0 }, picture: { plain: 0 }, decoded: 0 });
    expect(Math.min(sight.sound.sealed, sight.picture.sealed)).toBeGreaterThan(10);
  }, 60_000);
});

const DIRECTIONS = NAMES.flatMap((from) => NAMES.map((to) => [from, to] as const));

/** A call; gives the name of its two ends. */
async function call(from: Page, to: Page, codecs: readonly string[], worker: 'ours' | 'impatient'): Promise<void> {
  const offer = await from.ask<string>(`loop.offer("a", ${q(codecs)}, {own: 0})`);
  const answer = await to.ask<string>(`loop.answer("b", ${q(offer)}, {own: 1, worker: "${worker}"})`);
  await from.ask(`loop.accept("a", ${q(answer)})`);
  await Promise.all([from.ask('loop.epoch("a", 1)'), to.ask('loop.epoch("b", 1)')]);
}

async function hangUp(from: Page, to: Page): Promise<void> {
  await Promise.all([from.ask('loop.close("a")'), to.ask('loop.close("b")')]);
}

/** Epochs, of which the receiver hears 150 ms late: how many frames of sound were lost. */
async function rotation(from: Page, to: Page): Promise<{ sealed: number; opened: number; sound: LineFigures }> {
  const marks = async (): Promise<readonly [number, number]> => {
    await from.ask('loop.stop("a", true)');
    const sealed = await from.ask<number>('loop.sealedStill("a")');
    return [sealed, await to.ask<number>('loop.openedStill("b")')];
  };
  const before = await marks();
  await from.ask('loop.stop("a", false)');
  await Promise.all([from.ask(`loop.rotate("a", 2, ${EPOCHS}, 300)`), to.ask(`loop.rotate("b", 2, ${EPOCHS}, 450)`)]);
  const after = await marks();
  const [sound] = await to.ask<LineFigures[]>('loop.received("b")');
  return { sealed: after[0] - before[0], opened: after[1] - before[1], sound: sound as LineFigures };
}

describe.each(DIRECTIONS)('%s to %s', (from, to) => {
  it('Opus, VP8, VP9 and AV1 are played, and key frames are known as such', async () => {
    await call(pages[from], pages[to], ['VP8', 'VP9', 'AV1'], 'ours');
    const lines = await pages[to].ask<LineFigures[]>(`loop.playing("b", ${FRAMES})`);
    const shown = lines.map((l) => `${l.opened}/${l.decoded}/${l.keyFrames}`).join(' ');
    process.stdout.write(`${from} to ${to}: opened/decoded/key frames of Opus, VP8, VP9, AV1: ${shown}\n`);
    expect(lines).toHaveLength(4);
    expect(lines[0]?.energy).toBeGreaterThan(0);
    for (const line of lines.slice(1)) {
      expect(line.decoded).toBeGreaterThanOrEqual(FRAMES);
      expect(line.keyFrames).toBeGreaterThanOrEqual(1);
      expect(line.keyFrames).toBeLessThanOrEqual(8);
    }
    for (const line of lines) expect(line.failed['forged'] ?? 0).toBe(0);
    const told = await pages[to].ask<FramesEvent[]>('loop.opened("b")');
    expect(new Set(told.map((e) => (e.type === 'opened' ? `${e.leaf} ${e.epoch}` : '')))).toEqual(new Set(['0 1']));
    await hangUp(pages[from], pages[to]);
  }, LONG);

  it('six epochs in four seconds lose no frame of sound', async () => {
    await call(pages[from], pages[to], ['VP8'], 'ours');
    await pages[to].ask(`loop.playing("b", ${FRAMES})`);
    const { sealed, opened, sound } = await rotation(pages[from], pages[to]);
    process.stdout.write(`${from} to ${to}: ${opened} of ${sealed} frames of sound, ${sound.held} times held\n`);
    expect(sealed).toBeGreaterThan(100);
    expect(opened).toBe(sealed);
    expect(sound.held).toBeGreaterThan(0);
    await hangUp(pages[from], pages[to]);
  }, LONG);
});

describe('a worker that waits for no key', () => {
  it('loses some, so this test would notice', async () => {
    const { Chromium } = pages;
    await call(Chromium, Chromium, ['VP8'], 'impatient');
    await Chromium.ask(`loop.playing("b", ${FRAMES})`);
    const { sealed, opened, sound } = await rotation(Chromium, Chromium);
    expect(opened).toBeLessThan(sealed - 10);
    expect(sound.failed['no-key']).toBeGreaterThan(10);
    await hangUp(Chromium, Chromium);
  }, LONG);
});

it('nothing of this breaks the policy', async () => {
  for (const name of NAMES) expect(await pages[name].ask('loop.violations()')).toEqual([]);
});
