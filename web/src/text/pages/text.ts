// SPDX-License-Identifier: EUPL-1.2
// The sentences of the pages for accounts and administration. A table of their own, loaded with those pages only.

import type { Language } from '../../state';
import { type Holes, type Message, Sentences } from '../text';
import { de } from './de';
import { en } from './en';
import { fr } from './fr';
import { nl } from './nl';

export type PageKey = keyof typeof nl;
/** The keys of messages without holes. */
export type PlainKey = { [K in PageKey]: [Holes<(typeof nl)[K]>] extends [never] ? K : never }[PageKey];
export type PageMessages = Readonly<Record<PageKey, Message>>;
export type PageText = Sentences<typeof nl>;

const TABLES: Readonly<Record<Language, PageMessages>> = { nl, fr, de, en };
const made = new Map<Language, PageText>();

export function pageTextIn(language: Language): PageText {
  const known = made.get(language);
  if (known !== undefined) return known;
  const text = new Sentences<typeof nl>(language, TABLES[language]);
  made.set(language, text);
  return text;
}
