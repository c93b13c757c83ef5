// SPDX-License-Identifier: EUPL-1.2
// Every screen in every size, light and dark: accessible, nothing cut off, nothing that the content policy forbids.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SAMPLES } from '../../dev/samples';
import { LANGUAGES } from '../../src/state';
import { MINUTE, opener, standsEverywhere } from './everywhere';
import { openGallery, type Gallery } from './gallery';
import { axeViolations, cutWords, earlySkips, inlineCode, loadAxe, sidewaysScroll, smallTargets } from './inspect';

const NAMES = Object.keys(SAMPLES);
const MORE_SIZES = [[1024, 768], [844, 390], [320, 640]] as const;

let gallery: Gallery;
beforeAll(async () => {
  gallery = await openGallery();
}, MINUTE);
afterAll(() => gallery.close());

const open = opener(() => gallery);

function show(page: Page, sample: string, language = 'nl'): Promise<void> {
  return page.evaluate(([s, l]) => window.sample(s as string, l as 'nl'), [sample, language]);
}

standsEverywhere(open, show, NAMES, MORE_SIZES);

describe('the language of the page', () => {
  it('follows the state, with the title', async () => {
    const { page } = await open(1440, 900, 'light');
    const told: Record<string, string> = {};
    for (const language of LANGUAGES) {
      await show(page, 'lobby', language);
      told[await page.evaluate(() => document.documentElement.lang)] = await page.title();
    }
    expect(told).toEqual({
      'nl-BE': 'Wachtruimte · Conclave', 'fr-BE': 'Salle d’attente · Conclave', 'de-BE': 'Warteraum · Conclave',
      'en-GB': 'Lobby · Conclave',
    });
    await page.close();
  });
});

describe('these tests find what they look for', () => {
  it('when it is there', async () => {
    const { page, complaints } = await open(390, 844, 'light');
    await loadAxe(page);
    await page.evaluate(() => {
      const bad = document.createElement('div');
      bad.className = 'btn';
      for (const name of ['img', 'button']) bad.append(document.createElement(name));
      document.body.append(bad);
      bad.setAttribute('style', 'width: 5000px');
    });
    expect(complaints.join()).toContain('Content Security Policy');
    expect(await inlineCode(page)).toHaveLength(1);
    expect((await axeViolations(page)).join()).toContain('image-alt');
    expect((await smallTargets(page)).join()).toContain('<button>');
    await page.evaluate(() => {
      const skip = document.createElement('a');
      skip.className = 'skip';
      document.querySelector('.rail__tab')?.append(skip);
    });
    expect(await earlySkips(page)).toHaveLength(1);
    await page.evaluate(() => {
      const wide = document.createElement('canvas');
      wide.width = 5000;
      document.body.append(wide);
      document.querySelector('.ctl__b')?.append('with a great many words that do not fit into it'.repeat(9));
    });
    expect(await sidewaysScroll(page)).toHaveLength(1);
    expect((await cutWords(page)).join()).toContain('a great many words');
    await page.close();
  });
});
