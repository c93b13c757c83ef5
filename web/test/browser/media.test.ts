// SPDX-License-Identifier: EUPL-1.2
// Our media code in both browsers, against a second connection in the same page that echoes.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Event } from '../../src/event';
import { OFFER_BYTES } from '../../src/wire/messages';
import { BROWSERS, type Page, serve } from './browsers';
import type { OfferFacts } from './loop';

const server = await serve();
afterAll(() => server.close());

describe.each(Object.entries(BROWSERS))('%s', (name, start) => {
  let page: Page;
  beforeAll(async () => {
    page = await start(`${server.url}/test/browser/loop.html`);
  }, 120_000);
  afterAll(() => page.close());

  it.each([
    [false, 39],
    [true, 23],
  ])(
    'offers what the server takes (phone: %s)',
    async (phone, lines) => {
      const facts = await page.ask<OfferFacts>(`loop.offerFacts(${phone})`);
      process.stdout.write(`${name}: offer of ${facts.lines} lines, ${facts.bytes} bytes as JSON\n`);
      expect(facts.lines).toBe(lines);
      expect(facts.bytes).toBeLessThan(OFFER_BYTES);
      expect(facts.codecs).toEqual(['VP8', 'VP9', 'opus', 'rtx']);
      expect(facts.simulcast).toBe('send q;h;f');
      expect(Object.values(facts.roles).slice(0, 5)).toEqual([
        'microphone',
        'camera',
        'screen',
        'screen-sound',
        'audio',
      ]);
      expect(Object.keys(facts.roles)).toHaveLength(lines);
      expect(facts.extensions.join(' ')).not.toMatch(/audio-level/);
    },
    120_000,
  );

  it('joins without a device, then switches devices on without a new offer', async () => {
    await page.ask('loop.join()');
    expect(await page.ask<Event>('loop.switchOn("camera")')).toMatchObject({ type: 'captured' });
    expect(await page.ask<boolean>('loop.pictureBack()')).toBe(true);
    expect(await page.ask<Event>('loop.switchOn("microphone")')).toMatchObject({ type: 'captured' });
    if (name === 'Firefox') await page.ask('loop.meterSays(6)'); // it counts nothing of its own microphone
    expect(await page.ask<boolean>('loop.speaking([1, 7])')).toBe(true); // ourselves, and ourselves echoed
    expect(await page.ask<Event>('loop.quality()')).toMatchObject({ quality: { loss: 0 } });
  }, 120_000);

  it('makes layers in time of the screen, where the browser can', async () => {
    expect(await page.ask<string>('loop.screenMode()')).toBe(name === 'Firefox' ? 'unsaid' : 'L1T3');
  }, 120_000);

  it('survives an ICE restart on the same lines', async () => {
    const { before, after, facts, moves } = await page.ask<{
      before: string;
      after: string;
      facts: OfferFacts;
      moves: boolean;
    }>('loop.restart()');
    expect(after).not.toBe(before);
    expect(facts.lines).toBe(39);
    expect(facts.bytes).toBeLessThan(OFFER_BYTES);
    expect(moves).toBe(true);
  }, 120_000);

  it('off is off: the device stops, and the picture stands', async () => {
    await page.ask('loop.switchOff("camera")');
    expect(await page.ask<string>('loop.lamp()')).toBe('off');
    expect(await page.ask<boolean>('loop.frozen()')).toBe(true);
  }, 120_000);
});
