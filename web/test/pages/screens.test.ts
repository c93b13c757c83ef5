// SPDX-License-Identifier: EUPL-1.2
// Every page for accounts and administration in every size, light and dark: accessible, nothing cut off, nothing that
// the content policy forbids; and what a person does in them is told.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PAGES } from '../../dev/pages-samples';
import { MINUTE, opener, standsEverywhere } from '../view/everywhere';
import { openGallery, type Gallery } from '../view/gallery';

const NAMES = Object.keys(PAGES);
/** Also 1280 by 800 at 200 %, and the narrowest that WCAG asks for. */
const MORE_SIZES = [[1024, 768], [640, 400], [320, 640]] as const;

let gallery: Gallery;
beforeAll(async () => {
  gallery = await openGallery('dev/pages.html');
}, MINUTE);
afterAll(() => gallery.close());

const open = opener(() => gallery);

function show(page: Page, sample: string, language = 'nl'): Promise<void> {
  return page.evaluate(([s, l]) => window.page(s as string, l as 'nl'), [sample, language]);
}

function told(page: Page): Promise<unknown> {
  return page.evaluate(() => window.told.at(-1));
}

standsEverywhere(open, show, NAMES, MORE_SIZES);

describe('what a person does is told', () => {
  it('signing in with a password, and only when everything is filled in', async () => {
    const { page } = await open(1024, 768);
    await show(page, 'sign-in-password');
    await page.fill('#email', 'hilde@lindebeke.example');
    await page.fill('#password', ' veertien wilgen ');
    await page.fill('#code', '12 34');
    await page.keyboard.press('Enter');
    expect(await told(page)).toEqual({ type: 'wrong', field: 'code', why: 'code' });
    await page.fill('#code', '123 456');
    await page.keyboard.press('Enter');
    expect(await told(page)).toEqual({
      type: 'sign-in-password', email: 'hilde@lindebeke.example', password: ' veertien wilgen ', code: '123456',
    });
    await page.close();
  });
  it('by the keyboard alone: the heading first, then the one main action', async () => {
    const { page } = await open(1024, 768);
    await show(page, 'sign-in');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('heading');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await told(page)).toEqual({ type: 'sign-in-passkey' });
    await page.close();
  });
  it('nothing while the page waits', async () => {
    const { page } = await open(1024, 768);
    await show(page, 'sign-in-busy');
    await page.dispatchEvent('[data-testid="sign-in-passkey"]', 'click');
    expect(await told(page)).toBeUndefined();
    expect(await page.textContent('[data-testid="sign-in-passkey"]')).toBe('Volg wat uw toestel vraagt');
    await page.close();
  });
  it('convening, with a guest at one of two items', async () => {
    const { page } = await open(1024, 768);
    await show(page, 'convene');
    await page.fill('#title', 'Gemeenteraad van 9 april');
    await page.fill('#starts', '2026-04-09T19:30');
    await page.selectOption('#substitute', 'marleen.goossens@lindebeke.example');
    await page.fill('#item-0', 'Notulen');
    await page.selectOption('#state-0', 'open');
    await page.fill('#item-1', 'Dading sporthal');
    await page.fill('#guest-name-0', 'mr. Joke Vermeersch');
    await page.fill('#guest-email-0', 'Joke@balie.example');
    await page.check('[name="at-0-1"]');
    await page.click('[data-testid="convene"]');
    expect(await told(page)).toMatchObject({
      type: 'convene',
      draft: {
        body: 'bodyaaaa', title: 'Gemeenteraad van 9 april', starts: '2026-04-09T19:30',
        substitute: 'marleen.goossens@lindebeke.example',
        items: [
          { title: 'Notulen', convened: 'open', guests: [] },
          { title: 'Dading sporthal', convened: 'closed', guests: [{ email: 'joke@balie.example' }] },
        ],
        guests: [{ name: 'mr. Joke Vermeersch', email: 'joke@balie.example' }],
      },
    });
    await page.close();
  });
  it('another body is another choice of substitutes, and none of them stays chosen', async () => {
    const { page } = await open(1024, 768);
    await show(page, 'convene');
    await page.selectOption('#substitute', { index: 1 });
    await show(page, 'convene-other-body');
    expect(await page.inputValue('#substitute')).toBe('');
    await page.selectOption('#body', 'bodybbbb');
    expect(await told(page)).toEqual({ type: 'choose-body', body: 'bodybbbb' });
    await page.close();
  });
  it('ending one of the places where one is signed in, or all others; never this one by itself', async () => {
    const { page } = await open(1024, 768);
    await show(page, 'keys');
    expect(await page.locator('[data-testid="session"]').count()).toBe(3);
    expect(await page.locator('[data-testid="end-session"]').count()).toBe(2);
    expect(await page.textContent('[data-testid="session"] h3')).toBe('Firefox op Linux');
    await page.click('[data-testid="end-session"]');
    expect(await told(page)).toEqual({ type: 'end-session', id: 2 });
    await page.click('[data-testid="end-other-sessions"]');
    expect(await told(page)).toEqual({ type: 'end-other-sessions' });
    await page.close();
  });
  it('an invitation is drawn as a code that holds its link, and nothing leaves the page for it', async () => {
    const { page } = await open(1024, 768);
    const asked: string[] = [];
    page.on('request', (r) => asked.push(r.url()));
    await show(page, 'invitations');
    await page.click('[data-testid="show-qr"]');
    expect(await told(page)).toEqual({ type: 'qr', email: 'marleen.goossens@lindebeke.example' });
    await show(page, 'invitations-qr');
    expect(await page.getAttribute('[data-testid="qr"] .qr__ink', 'd')).toMatch(/^M0 0h1v1h-1z/);
    expect(asked).toEqual([]);
    await page.close();
  });
  it('a level that may not do something has no button for it', async () => {
    const { page } = await open(1024, 768);
    const buttons = (): Promise<number> => page.locator('[data-testid="close-user"], [data-testid="add-user"], '
      + '[data-testid="reset-user"], [data-testid="import"], [data-testid="save-retention"]').count();
    await show(page, 'admin-users');
    expect(await buttons()).toBeGreaterThan(3);
    await show(page, 'admin-users-read');
    expect(await buttons()).toBe(0);
    await show(page, 'admin-retention-read');
    expect(await buttons()).toBe(0);
    await page.close();
  });
  it('says which meeting comes next when none may be entered, and nothing of it when one may', async () => {
    const { page } = await open(1024, 768);
    await show(page, 'meetings-later');
    expect(await page.textContent('[data-testid="none-now"] p')).toMatch(
      /^Uw volgende vergadering is Commissie Ruimte, .+ maart 2026, \d\d\.\d\d uur\.$/);
    expect(await page.locator('[data-testid="enter"]').count()).toBe(0);
    await show(page, 'meetings');
    expect(await page.locator('[data-testid="none-now"]').count()).toBe(0);
    expect(await page.locator('[data-testid="enter"]').count()).toBe(1);
    await page.close();
  });
  it('Esc takes a question back', async () => {
    const { page } = await open(1024, 768);
    await show(page, 'admin-reset');
    await page.waitForFunction(() => document.querySelector('dialog')?.open === true);
    await page.keyboard.press('Escape');
    expect(await told(page)).toEqual({ type: 'confirming', what: null });
    await page.close();
  });
});
