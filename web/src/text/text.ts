// SPDX-License-Identifier: EUPL-1.2
// The one door to words: a sentence by its key, in the person's language. Keys and holes are checked by the compiler
// against the Dutch texts; plurals, days and hours come from Intl. A sentence is data and never markup: rich() puts
// templates into the holes of a sentence, so that the order of words stays the translator's.

import type { Language } from '../state';
import { de } from './de';
import { en } from './en';
import { fr } from './fr';
import { nl } from './nl';
import * as secrecy from './secrecy/all';

type Dutch = typeof nl & typeof secrecy.nl;
export type Key = keyof Dutch;
/** A plural: the category that Intl.PluralRules gives for {n}; without it `other`. */
export type Message = string | { readonly one: string; readonly other: string };
/** Those of this folder itself. */
export type Messages = Readonly<Record<keyof typeof nl, Message>>;

type Table = Readonly<Record<string, Message>>;
type HolesOf<S> = S extends `${string}{${infer Hole}}${infer Rest}` ? Hole | HolesOf<Rest> : never;
export type Holes<M> = M extends string ? HolesOf<M> : 'n';
/** What fills the holes of the message; nothing at all for a message without any. */
type Fill<M, V> = [Holes<M>] extends [never] ? [] : [fill: Readonly<Record<Holes<M>, V>>];

const LANGUAGES: Readonly<Record<Language, Readonly<Record<Key, Message>>>> = {
  nl: { ...nl, ...secrecy.nl },
  fr: { ...fr, ...secrecy.fr },
  de: { ...de, ...secrecy.de },
  en: { ...en, ...secrecy.en },
};

/** Flemish and Belgian usage where the language has one. */
const LOCALES: Readonly<Record<Language, string>> = { nl: 'nl-BE', fr: 'fr-BE', de: 'de-BE', en: 'en-GB' };

const HOLE = /\{([a-z]+)\}/;

/** The sentences of one language whose keys and holes are those of the Dutch table T. */
export class Sentences<T extends Table> {
  readonly language: Language;
  readonly locale: string;
  readonly #messages: Readonly<Record<keyof T, Message>>;
  readonly #plural: Intl.PluralRules;
  readonly #number: Intl.NumberFormat;

  constructor(language: Language, messages: Readonly<Record<keyof T, Message>>) {
    this.language = language;
    this.locale = LOCALES[language];
    this.#messages = messages;
    this.#plural = new Intl.PluralRules(this.locale);
    this.#number = new Intl.NumberFormat(this.locale);
  }

  say<K extends keyof T>(key: K, ...[fill]: Fill<T[K], string | number>): string {
    return this.#pieces(key, fill ?? {}).join('');
  }

  /** The pieces of a sentence with templates in its holes, for lit to draw one after the other. */
  rich<K extends keyof T>(key: K, ...[fill]: Fill<T[K], unknown>): readonly unknown[] {
    return this.#pieces(key, fill ?? {});
  }

  #pieces(key: keyof T, fill: Readonly<Record<string, unknown>>): unknown[] {
    const message = this.#messages[key];
    const pattern = typeof message === 'string' ? message : this.#counted(message, fill['n']);
    // split() with a group gives text, hole, text, hole, …, text
    return pattern.split(HOLE).map((piece, at) => (at % 2 === 0 ? piece : this.#value(fill[piece])));
  }

  #counted(message: Exclude<Message, string>, n: unknown): string {
    return this.#plural.select(Number(n)) === 'one' ? message.one : message.other;
  }

  #value(value: unknown): unknown {
    return typeof value === 'number' ? this.#number.format(value) : value;
  }
}

/** The sentences of the meeting and of every frame, with days and hours. */
export class Text extends Sentences<Dutch> {
  readonly #day: Intl.DateTimeFormat;
  readonly #clock: Intl.DateTimeFormat;
  readonly #list: Intl.ListFormat;

  constructor(language: Language, timeZone?: string) {
    super(language, LANGUAGES[language]);
    this.#list = new Intl.ListFormat(this.locale, { type: 'conjunction' });
    this.#day = new Intl.DateTimeFormat(this.locale, {
      weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', ...(timeZone === undefined ? {} : { timeZone }),
    });
    this.#clock = new Intl.DateTimeFormat(this.locale, {
      hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...(timeZone === undefined ? {} : { timeZone }),
    });
  }

  /** "donderdag 12 maart 2026" */
  day(iso: string): string {
    return this.#day.format(new Date(iso));
  }

  /** "19.30 uur" */
  time(iso: string): string {
    return this.say('time', this.#hourAndMinute(iso));
  }

  /** "19.30", for a column of times. */
  shortTime(iso: string): string {
    return this.say('time.short', this.#hourAndMinute(iso));
  }

  /** "donderdag 12 maart 2026, 19.30 uur" */
  moment(iso: string): string {
    return this.say('moment', { day: this.day(iso), time: this.time(iso) });
  }

  /** "Luc Desmedt, Fatima Bouazza en Bart Claeys" */
  list(names: readonly string[]): string {
    return this.#list.format(names);
  }

  #hourAndMinute(iso: string): { hour: string; minute: string } {
    const parts = this.#clock.formatToParts(new Date(iso));
    const of = (type: string): string => parts.find((p) => p.type === type)?.value ?? '';
    return { hour: of('hour'), minute: of('minute') };
  }
}

const made = new Map<Language, Text>();

/** The texts of a language, made once. */
export function textIn(language: Language): Text {
  const known = made.get(language);
  if (known !== undefined) return known;
  const text = new Text(language);
  made.set(language, text);
  return text;
}
