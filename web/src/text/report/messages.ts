// SPDX-License-Identifier: EUPL-1.2
// The texts of the report, loaded with its page: the keys are those of the Dutch.

import type { Language } from '../../state';
import { type Message, Sentences } from '../text';
import { de } from './de';
import { en } from './en';
import { fr } from './fr';
import { nl } from './nl';

export type ReportMessages = Readonly<Record<keyof typeof nl, Message>>;

export function reportTextIn(language: Language): Sentences<typeof nl> {
  return new Sentences<typeof nl>(language, { nl, fr, de, en }[language]);
}

export type ReportText = Sentences<typeof nl>;
