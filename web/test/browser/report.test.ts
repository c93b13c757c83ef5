// SPDX-License-Identifier: EUPL-1.2
// The page of the report in Chromium: drawn, checked by the browser itself, accessible, saved in two parts.
import { readFileSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { REPORT, signed, type Signed } from '../support/report';
import { axeViolations, loadAxe, sidewaysScroll, smallTargets } from '../view/inspect';
import { serve } from './browsers';

const server = await serve();
let made: Signed;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let asked: { readonly path: string; readonly body: { readonly part?: string } }[];
let log: string;
let refusal: string | null;

const meeting = { ...REPORT.meeting, id: 'lindebekea' };

beforeAll(async () => {
  made = await signed();
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
}, 120_000);
afterAll(async () => {
  await browser.close();
  await server.close();
});
beforeEach(async () => {
  [asked, log, refusal] = [[], JSON.stringify(made.log), null];
  context = await browser.newContext({ locale: 'nl-BE', reducedMotion: 'reduce' });
  page = await context.newPage();
  await page.route('**/api/*', (route) => {
    const { pathname } = new URL(route.request().url());
    const body = route.request().postDataJSON() as { readonly part?: string };
    asked.push({ path: pathname, body });
    if (refusal !== null) return route.fulfill({ status: 403, json: { error: { code: refusal } } });
    if (pathname === '/api/log') return route.fulfill({ body: log, contentType: 'text/plain' });
    const items = body.part === 'open' ? [] : REPORT.items;
    return route.fulfill({ json: { ...REPORT, meeting, entries: made.shown, items, closed: body.part !== 'open' } });
  });
});
afterEach(() => context.close());

async function open(): Promise<void> {
  await page.goto(`${server.url}/m/lindebekea/report`);
}

async function sealed(state: string): Promise<string> {
  await page.locator(`[data-testid=seal][data-state=${state}]`).waitFor();
  return page.getByTestId('seal').innerText();
}

describe('the report', () => {
  it('shows who was there, what was dealt with, and that this browser checked it', async () => {
    await open();
    expect(await sealed('whole')).toContain('12 vermeldingen');
    expect(await page.locator('[data-testid=report-person]').getAttribute('data-person')).toBe('Hilde Aerts');
    expect(await page.getByTestId('report-item').innerText()).toContain('Notulen');
    expect(await page.title()).toBe('Verslag · Conclave');
    await page.getByRole('button', { name: 'English' }).click();
    expect(await page.getByTestId('seal').innerText()).toContain('12 entries');
  }, 60_000);
  it('says which entry no longer fits, and does so at every check', async () => {
    await open();
    await sealed('whole');
    log = log.replace('"seq":7,"at":"2026-03-12T18:37:00.123Z"', '"seq":7,"at":"2026-03-12T18:37:00.124Z"');
    await page.getByTestId('check-again').click();
    expect(await sealed('broken')).toContain('Vermelding 7 past niet meer');
  }, 60_000);
  it('knows what this browser saw in the meeting', async () => {
    const heads = made.kept.heads.map((h) => ({ ...h, root: `${'A'.repeat(43)}=` }));
    await context.addInitScript((kept) => localStorage.setItem('conclave-heads', kept),
      JSON.stringify([{ ...made.kept, heads }]));
    await open();
    expect(await sealed('broken')).toContain('wat deze browser tijdens de vergadering zag');
  }, 60_000);
  it('is saved in two files, closed items apart, and as it was signed', async () => {
    await open();
    await sealed('whole');
    const saved = async (file: string): Promise<{ name: string; content: string }> => {
      const press = page.locator(`[data-file="${file}"]`).click();
      const [download] = await Promise.all([page.waitForEvent('download'), press]);
      return { name: download.suggestedFilename(), content: readFileSync(await download.path(), 'utf8') };
    };
    const pub = await saved('html.open');
    expect(pub.name).toBe('conclave-lindebekea-report-open.html');
    expect(pub.content).toContain('Hilde Aerts');
    expect(pub.content).not.toContain('Notulen');
    expect(pub.content).not.toMatch(/<script|<svg|<!--/);
    expect((await saved('html.closed')).content).toContain('Notulen');
    expect(JSON.parse((await saved('json.closed')).content)).toMatchObject({ closed: true, items: [{ id: 1 }] });
    expect(await saved('log')).toEqual({ name: 'conclave-lindebekea.json', content: log });
    expect(asked.map((a) => a.body.part).filter((p) => p !== undefined)).toEqual(['open', 'closed', 'closed']);
  }, 60_000);
  it('refuses in words', async () => {
    for (const code of ['seat-unknown', 'not-allowed', 'something-else']) {
      refusal = code;
      await open();
      await page.locator(`[data-status=${code === 'something-else' ? 'unreachable' : code}] h1`).waitFor();
    }
  }, 60_000);
  it('is accessible, wide and narrow', async () => {
    for (const [width, height] of [[1440, 900], [390, 844], [320, 640]] as const) {
      await page.setViewportSize({ width, height });
      await open();
      await sealed('whole');
      await page.locator('summary').click();
      await loadAxe(page);
      expect([...await axeViolations(page), ...await sidewaysScroll(page), ...await smallTargets(page)]).toEqual([]);
    }
  }, 60_000);
});
