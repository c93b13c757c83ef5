// SPDX-License-Identifier: EUPL-1.2
// The accessibility tree of the room, as it was looked at and checked in (tree/*.txt): who cannot see the page is given
// these roles, names and states, in this order. After a change on purpose: `npx vitest run test/view/tree -u`, and read
// the difference before committing.

import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGallery, type Gallery } from './gallery';
import { treeOf } from './tree';

const MINUTE = 60_000;
const SAMPLES = ['room', 'room-clerk', 'room-share', 'room-muted'] as const;
let gallery: Gallery;
let page: Page;

beforeAll(async () => {
  gallery = await openGallery();
  page = await gallery.browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  await page.goto(gallery.address);
}, MINUTE);
afterAll(() => gallery.close());

function show(sample: string): Promise<void> {
  return page.evaluate((name) => window.sample(name, 'nl'), sample);
}
function checkedIn(sample: string): string {
  return readFileSync(new URL(`tree/${sample}.txt`, import.meta.url), 'utf8');
}

describe('the accessibility tree', () => {
  it.each(SAMPLES)('of %s is the one that was checked in', async (sample) => {
    await show(sample);
    await expect(await treeOf(page)).toMatchFileSnapshot(`tree/${sample}.txt`);
  }, MINUTE);

  it('names everybody with what they do', () => {
    const tree = checkedIn('room');
    for (const told of ['"Greet Verhaeghe"', 'image "spreekt"', 'image "microfoon uit"', '(pressed)', '(selected)'])
      expect(tree).toContain(told);
  });

  it.each([
    ['a name', '[data-testid=tab-people]', (e: Element) => e.replaceChildren()],
    ['a state', '[data-testid=mic]', (e: Element) => e.removeAttribute('aria-pressed')],
    ['a label', '.ctl', (e: Element) => e.removeAttribute('aria-label')],
    ['a role', '.st--off', (e: Element) => e.removeAttribute('role')],
  ] as const)('is another one without %s', async (_, selector, spoil) => {
    await page.goto(gallery.address);
    await show('room');
    expect(await treeOf(page)).toBe(checkedIn('room'));
    await page.locator(selector).first().evaluate(spoil);
    expect(await treeOf(page)).not.toBe(checkedIn('room'));
  }, MINUTE);
});
