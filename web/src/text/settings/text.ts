// SPDX-License-Identifier: EUPL-1.2
// The sentences of the settings and the help, loaded with them: the keys are those of the Dutch.

import type { Language } from '../../state';
import { type Message, Sentences } from '../text';
import { de } from './de';
import { en } from './en';
import { fr } from './fr';
import { nl } from './nl';

export type SettingsMessages = Readonly<Record<keyof typeof nl, Message>>;
export type SettingsKey = keyof typeof nl;
export type SettingsText = Sentences<typeof nl>;

const TABLES: Readonly<Record<Language, SettingsMessages>> = { nl, fr, de, en };
const made = new Map<Language, SettingsText>();

export function settingsTextIn(language: Language): SettingsText {
  const known = made.get(language);
  if (known !== undefined) return known;
  const text = new Sentences<typeof nl>(language, TABLES[language]);
  made.set(language, text);
  return text;
}
