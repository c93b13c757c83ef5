// SPDX-License-Identifier: EUPL-1.2
// What of the state stands outside the drawn tree: the language and the title of the page, and how the person wants it
// to look.

import type { State } from '../state';
import { textIn, type Text } from '../text/text';

function pageOf(s: State, t: Text): string {
  switch (s.phase.name) {
    case 'opening':
      return t.say('title.opening');
    case 'problem':
      return t.say(`problem.${s.phase.problem}.title`);
    case 'lobby':
      return t.say('title.lobby');
    case 'aside':
      return t.say('title.aside');
    case 'inside':
      return s.meeting?.title ?? t.say('product.tagline');
    case 'over':
      return t.say(`over.${s.phase.why}.title`);
  }
}

function mark(root: HTMLElement, name: string, value: string | null): void {
  if ((root.dataset[name] ?? null) === value) return;
  if (value === null) delete root.dataset[name];
  else root.dataset[name] = value;
}

export function dress(page: Document, s: State): void {
  const t = textIn(s.language);
  const title = t.say('title.page', { page: pageOf(s, t) });
  if (page.documentElement.lang !== t.locale) page.documentElement.lang = t.locale;
  if (page.title !== title) page.title = title;
  const { theme, contrast, still, size } = s.preferences;
  mark(page.documentElement, 'theme', theme === 'system' ? null : theme);
  mark(page.documentElement, 'contrast', contrast ? 'more' : null);
  mark(page.documentElement, 'motion', still ? 'less' : null);
  mark(page.documentElement, 'size', size === 'normal' ? null : size);
}
