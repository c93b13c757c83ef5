// SPDX-License-Identifier: EUPL-1.2
// What is wrong with a page as it stands: axe's violations, sideways scrolling, targets that are too small, styles or
// handlers in attributes, words cut off. Each returns a list that is empty when all is well.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** README 7 of the design: 44 px, links inside sentences excepted. */
export const SMALLEST_TARGET = 44;

interface Node {
  readonly html: string;
  readonly any: readonly { readonly message: string }[];
}
interface AxeResult {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly Node[] }[];
}

/** Past the content policy, as a debugger may: the page's own scripts may not. */
export async function loadAxe(page: Page): Promise<void> {
  await page.evaluate(readFileSync(AXE, 'utf8'));
}

export function axeViolations(page: Page): Promise<readonly string[]> {
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run: (root: Document, options: object) => Promise<AxeResult> } };
    const { violations } = await axe.run(document, {
      resultTypes: ['violations'],
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
    return violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 140)} ${n.any[0]?.message ?? ''}`));
  });
}

export function sidewaysScroll(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    return wide > 0 ? [`the page is ${wide} px too wide`] : [];
  });
}

export function smallTargets(page: Page): Promise<readonly string[]> {
  const targets = 'button, a[href], select, input, [role=tab]';
  return page.evaluate(([least, some]) => [...document.querySelectorAll<HTMLElement>(some)]
    .filter((e) => e.checkVisibility({ visibilityProperty: true }) && e.closest('.skips, [inert]') === null)
    .map((e) => ({ e, box: (e.closest('label') ?? e).getBoundingClientRect() }))
    .filter(({ box }) => box.width < least - 0.5 || box.height < least - 0.5)
    .map(({ e, box }) => `${e.outerHTML.slice(0, 100)} is ${Math.round(box.width)} by ${Math.round(box.height)}`),
  [SMALLEST_TARGET, targets] as const);
}

/** The links that skip come into sight with the focus, not before. */
export function earlySkips(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => [...document.querySelectorAll('.skip:not(:focus)')]
    .filter((e) => e.getBoundingClientRect().bottom > 0)
    .map((e) => `${e.textContent ?? ''} is in sight`));
}

export function inlineCode(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => [...document.querySelectorAll('*')]
    .filter((e) => e.hasAttribute('style') || [...e.attributes].some((a) => a.name.startsWith('on')))
    .map((e) => e.outerHTML.slice(0, 100)));
}

/** The words of a button are read whole in every language. */
export function cutWords(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => [...document.querySelectorAll<HTMLElement>('.ctl__b, .btn, .rail__tab, .tag--closed')]
    .filter((e) => e.checkVisibility({ visibilityProperty: true }))
    .filter((e) => e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)
    .map((e) => `${(e.textContent ?? '').trim().replace(/\s+/g, ' ')} needs ${e.scrollWidth} of ${e.clientWidth}`));
}
