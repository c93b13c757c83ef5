// SPDX-License-Identifier: EUPL-1.2
// What every drawing of a gallery has to stand: each size, light and dark, each language; accessible, nothing cut off,
// nothing that the content policy forbids.

import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { LANGUAGES } from '../../src/state';
import type { Gallery } from './gallery';
import { axeViolations, cutWords, earlySkips, inlineCode, loadAxe, sidewaysScroll, smallTargets } from './inspect';

type Size = readonly [width: number, height: number];
const SIZES: readonly Size[] = [[1440, 900], [390, 844]];
export const MINUTE = 60_000;

/** A page, and what it complained about: the policy speaks through the console. */
export interface Opened {
  readonly page: Page;
  readonly complaints: string[];
}

export type Open = (width: number, height: number, scheme?: 'light' | 'dark') => Promise<Opened>;
export type Show = (page: Page, sample: string, language?: string) => Promise<void>;

export function opener(gallery: () => Gallery): Open {
  return async (width, height, colorScheme = 'light') => {
    const { browser, address } = gallery();
    const page = await browser.newPage({ viewport: { width, height }, colorScheme, reducedMotion: 'reduce' });
    const complaints: string[] = [];
    page.on('console', (m) => {
      if (['error', 'warning'].includes(m.type()) && !m.text().includes('404')) complaints.push(m.text());
    });
    page.on('pageerror', (e) => complaints.push(e.message));
    await page.goto(address);
    await page.evaluate(() => document.fonts.ready.then(() => undefined));
    return { page, complaints };
  };
}

function accessible(open: Open, show: Show, names: readonly string[]): void {
  for (const scheme of ['light', 'dark'] as const) {
    for (const [width, height] of SIZES) {
      it(`${scheme}, ${width}x${height}`, async () => {
        const { page, complaints } = await open(width, height, scheme);
        await loadAxe(page);
        const wrong: string[] = [];
        for (const name of names) {
          await show(page, name);
          for (const look of [axeViolations, smallTargets, sidewaysScroll, earlySkips, inlineCode])
            wrong.push(...(await look(page)).map((f) => `${name}: ${f}`));
        }
        expect(wrong).toEqual([]);
        expect(complaints).toEqual([]);
        await page.close();
      }, 3 * MINUTE);
    }
  }
}

function roomy(open: Open, show: Show, names: readonly string[], more: readonly Size[]): void {
  for (const [width, height] of [...SIZES, ...more]) {
    it(`${width}x${height}`, async () => {
      const { page, complaints } = await open(width, height);
      const wrong: string[] = [];
      for (const language of LANGUAGES) {
        for (const name of names) {
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
}

export function standsEverywhere(open: Open, show: Show, names: readonly string[], more: readonly Size[]): void {
  describe('accessible (axe), with targets to hit', () => accessible(open, show, names));
  describe('room for every language', () => roomy(open, show, names, more));
}
