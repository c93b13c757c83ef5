// SPDX-License-Identifier: EUPL-1.2
// Every screen in every size, light and dark: accessible, nothing cut off, nothing that the content policy forbids.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SAMPLES } from '../../dev/samples';
import { LANGUAGES } from '../../src/state';
import { openGallery, type Gallery } from './gallery';
import { axeViolations, cutWords, inlineCode, loadAxe, sidewaysScroll, smallTargets } from './inspect';

const NAMES = Object.keys(SAMPLES);
const SIZES = [[1440, 900], [390, 844]] as const;
const MORE_SIZES = [[1024, 768], [844, 390], [320, 640]] as const;
const MINUTE = 60_000;

let gallery: Gallery;
beforeAll(async () => {
  gallery = await openGallery();
}, MINUTE);
afterAll(() => gallery.close());

/** A page, and what it complained about: the policy speaks through the console. */
interface Opened {
  readonly page: Page;
  readonly complaints: string[];
}

async function open(width: number, height: number, colorScheme: 'light' | 'dark'): Promise<Opened> {
  const page = await gallery.browser.newPage({ viewport: { width, height }, colorScheme, reducedMotion: 'reduce' });
  const complaints: string[] = [];
  page.on('console', (m) => {
    if (['error', 'warning'].includes(m.type()) && !m.text().includes('404')) complaints.push(m.text());
  });
  page.on('pageerror', (e) => complaints.push(e.message));
  await page.goto(gallery.address);
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  return { page, complaints };
}

function show(page: Page, sample: string, language = 'nl'): Promise<void> {
  return page.evaluate(([s, l]) => window.sample(s as string, l as 'nl'), [sample, language]);
}

describe('accessible (axe), with targets to hit', () => {
  for (const scheme of ['light', 'dark'] as const) {
    for (const [width, height] of SIZES) {
      it(`${scheme}, ${width}x${height}`, async () => {
        const { page, complaints } = await open(width, height, scheme);
        await loadAxe(page);
        const wrong: string[] = [];
        for (const name of NAMES) {
          await show(page, name);
          const found: string[] = [];
          for (const look of [axeViolations, smallTargets, sidewaysScroll, inlineCode]) found.push(...await look(page));
          wrong.push(...found.map((f) => `${name}: ${f}`));
        }
        expect(wrong).toEqual([]);
        expect(complaints).toEqual([]);
        await page.close();
      }, 3 * MINUTE);
    }
  }
});

describe('room for every language', () => {
  for (const [width, height] of [...SIZES, ...MORE_SIZES]) {
    it(`${width}x${height}`, async () => {
      const { page, complaints } = await open(width, height, 'light');
      const wrong: string[] = [];
      for (const language of LANGUAGES) {
        for (const name of NAMES) {
          await show(page, name, language);
          const found = [...await sidewaysScroll(page), ...await cutWords(page)];
          wrong.push(...found.map((f) => `${language} ${name}: ${f}`));
        }
      }
      expect(wrong).toEqual([]);
      expect(complaints).toEqual([]);
      await page.close();
    }, MINUTE);
  }
});

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
