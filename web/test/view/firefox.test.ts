// SPDX-License-Identifier: EUPL-1.2
// Every screen and every page in Firefox at 1440 by 900: it is drawn without an error, nothing is cut off, nothing is
// too small to hit. What people do in it there is shown by tests/browser, whose meetings have a member in Firefox.

import type { Page } from 'playwright-core';
import { launch, type Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PAGES } from '../../dev/pages-samples';
import { SAMPLES } from '../../dev/samples';
import { MINUTE } from './everywhere';
import { openGallery, type Gallery } from './gallery';
import { cutWords, earlySkips, inlineCode, sidewaysScroll, smallTargets } from './inspect';

let firefox: Browser;
beforeAll(async () => {
  firefox = await launch({
    browser: 'firefox', executablePath: '/usr/bin/firefox-esr', headless: true,
    extraPrefsFirefox: { 'ui.prefersReducedMotion': 1 },
  });
}, MINUTE);
afterAll(() => firefox.close());

interface Drawn {
  /** Of inspect.ts only evaluate() is used, which both drivers have. */
  readonly page: Page;
  readonly errors: string[];
  close(): Promise<void>;
}

async function open(gallery: Gallery): Promise<Drawn> {
  const page = await firefox.newPage();
  const errors: string[] = [];
  page.on('pageerror', (e) => errors.push(String(e)));
  await page.setViewport({ width: 1440, height: 900 });
  await page.goto(gallery.address);
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  return { page: page as unknown as Page, errors, close: () => page.close() };
}

const LOOKS = [smallTargets, sidewaysScroll, earlySkips, inlineCode, cutWords];

const screen = (page: Page, name: string): Promise<void> => page.evaluate((s) => window.sample(s, 'nl'), name);
const ofPages = (page: Page, name: string): Promise<void> => page.evaluate((s) => window.page(s, 'nl'), name);

describe.each([
  ['dev/gallery.html', Object.keys(SAMPLES), screen], ['dev/pages.html', Object.keys(PAGES), ofPages],
] as const)('%s in Firefox', (file, names, show) => {
  let gallery: Gallery;
  beforeAll(async () => {
    gallery = await openGallery(file);
  }, MINUTE);
  afterAll(() => gallery.close());

  it('every one stands', async () => {
    const { page, errors, close } = await open(gallery);
    const wrong: string[] = [];
    for (const name of names) {
      await show(page, name);
      for (const look of LOOKS) wrong.push(...(await look(page)).map((f) => `${name}: ${f}`));
    }
    expect(wrong).toEqual([]);
    expect(errors).toEqual([]);
    await close();
  }, 3 * MINUTE);

  it('and one that does not would be seen', async () => {
    const { page, errors, close } = await open(gallery);
    await show(page, names[0] ?? '');
    await page.evaluate(() => {
      const bad = document.createElement('button');
      const wide = document.createElement('canvas');
      bad.className = 'btn';
      bad.style.width = '44px';
      wide.width = 5000;
      bad.append('a great many words', wide);
      document.body.append(bad, document.createElement('button'));
      setTimeout(() => {
        throw new Error('seeded');
      });
    });
    expect(await inlineCode(page)).toHaveLength(1);
    expect((await smallTargets(page)).join()).toContain('<button>');
    expect(await sidewaysScroll(page)).toHaveLength(1);
    expect((await cutWords(page)).join()).toContain('a great many words');
    await expect.poll(() => errors.join()).toContain('seeded');
    await close();
  });
});
