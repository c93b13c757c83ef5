// SPDX-License-Identifier: EUPL-1.2
// The four languages say the same, with the same holes, and nothing that nobody asks for.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { LANGUAGES } from '../../src/state';
import { de } from '../../src/text/de';
import { en } from '../../src/text/en';
import { fr } from '../../src/text/fr';
import { nl } from '../../src/text/nl';
import * as secrecy from '../../src/text/secrecy/all';
import { de as settingsDe } from '../../src/text/settings/de';
import { en as settingsEn } from '../../src/text/settings/en';
import { fr as settingsFr } from '../../src/text/settings/fr';
import { nl as settingsNl } from '../../src/text/settings/nl';
import { Text, textIn, type Message } from '../../src/text/text';

/** A table of its own, with keys that stand apart from the others'. */
const APART = 'settings:';

function prefixed(
  tables: Readonly<Record<string, Readonly<Record<string, Message>>>>,
): Readonly<Record<string, Readonly<Record<string, Message>>>> {
  return Object.fromEntries(Object.entries(tables).map(([language, table]) => [
    language, Object.fromEntries(Object.entries(table).map(([key, message]) => [`${APART}${key}`, message])),
  ]));
}

const SRC = fileURLToPath(new URL('../../src', import.meta.url));
const SETTINGS = prefixed({ nl: settingsNl, fr: settingsFr, de: settingsDe, en: settingsEn });
const DUTCH: Readonly<Record<string, Message>> = { ...nl, ...secrecy.nl, ...SETTINGS['nl'] };
const ALL: Readonly<Record<string, Readonly<Record<string, Message>>>> = {
  nl: DUTCH,
  fr: { ...fr, ...secrecy.fr, ...SETTINGS['fr'] },
  de: { ...de, ...secrecy.de, ...SETTINGS['de'] },
  en: { ...en, ...secrecy.en, ...SETTINGS['en'] },
};

function patterns(message: Message): readonly string[] {
  return typeof message === 'string' ? [message] : [message.one, message.other];
}

function holes(message: Message): string {
  const found = patterns(message).map((p) => [...p.matchAll(/\{([a-z]+)\}/g)].map((m) => m[1]).sort().join(' '));
  return [...new Set(found)].join(' | ');
}

/** What the views ask for: whole keys, and the beginnings of keys that are put together. */
function asked(sources: readonly string[]): { whole: ReadonlySet<string>; beginnings: readonly string[] } {
  const whole = new Set<string>();
  const beginnings = new Set<string>();
  for (const source of sources) {
    for (const m of source.matchAll(/'([a-z0-9]+(?:[.-][a-z0-9-]+)*)'/g)) whole.add(m[1] ?? '');
    for (const m of source.matchAll(/`([a-z][a-z0-9.-]*\.)\$\{/g)) beginnings.add(m[1] ?? '');
    for (const m of source.matchAll(/`\$\{key\}(\.[a-z]+)`/g)) beginnings.add(`*${m[1] ?? ''}`);
  }
  return { whole, beginnings: [...beginnings] };
}

function sourcesOfViews(): readonly string[] {
  const files = ['view', 'view/settings'].flatMap((folder) => readdirSync(join(SRC, folder))
    .filter((name) => name.endsWith('.ts')).map((name) => join(SRC, folder, name)));
  return [...files, join(SRC, 'text', 'text.ts')].map((file) => readFileSync(file, 'utf8'));
}

function unused(keys: readonly string[], sources: readonly string[]): readonly string[] {
  const { whole, beginnings } = asked(sources);
  const begun = (key: string): boolean => beginnings.some((b) => (b.startsWith('*')
    ? key.endsWith(b.slice(1)) && whole.has(key.slice(0, -b.length + 1)) : key.startsWith(b)));
  return keys.map((key) => key.replace(APART, '')).filter((key) => !whole.has(key) && !begun(key));
}

describe('every language', () => {
  for (const [language, messages] of Object.entries(ALL)) {
    it(`${language} has every key and no other`, () => {
      expect(Object.keys(messages).sort()).toEqual(Object.keys(DUTCH).sort());
    });
    it(`${language} has the same holes`, () => {
      for (const [key, message] of Object.entries(messages)) {
        expect(holes(message), key).toBe(holes(DUTCH[key] ?? ''));
      }
    });
    it(`${language} is written with care`, () => {
      for (const [key, message] of Object.entries(messages)) {
        for (const p of patterns(message)) {
          expect(p, key).not.toBe('');
          expect(p, `${key}: no exclamation marks`).not.toContain('!');
          expect(p, `${key}: no markup`).not.toMatch(/[<>&]/);
          expect(p, `${key}: one space at a time`).not.toMatch(/ {2}|^ | $/);
          expect(p, `${key}: an apostrophe is curved`).not.toContain("'");
        }
      }
    });
  }
  it('says something of its own', () => {
    const same = Object.keys(nl).filter((key) => key.length > 0
      && JSON.stringify(ALL['fr']?.[key as keyof typeof nl]) === JSON.stringify(nl[key as keyof typeof nl])
      && patterns(nl[key as keyof typeof nl]).some((p) => p.replace(/\{[a-z]+\}/g, '').trim().length > 4));
    expect(same).toEqual(['product', 'title.page']);
  });
});

describe('keys', () => {
  it('are all used', () => {
    expect(unused(Object.keys(DUTCH), sourcesOfViews())).toEqual([]);
  });
  it('that nobody uses are found', () => {
    expect(unused([...Object.keys(DUTCH), 'nobody.asks'], sourcesOfViews())).toEqual(['nobody.asks']);
  });
});

describe('a sentence', () => {
  it('counts', () => {
    expect(textIn('nl').say('stage.count', { n: 1 })).toBe('1 persoon binnen. Niemand kijkt onzichtbaar mee.');
    expect(textIn('nl').say('stage.count', { n: 13 })).toBe('13 personen binnen. Niemand kijkt onzichtbaar mee.');
    expect(textIn('fr').say('present', { n: 0 })).toBe('0 présence');
    expect(textIn('en').say('present.small', { n: 0 })).toBe('people inside');
  });
  it('takes templates into its holes, in its own order', () => {
    const name = { drawn: 'Greet' };
    const admitted = textIn('nl').rich('log.admitted', { by: 'Hilde', who: name });
    expect(admitted).toEqual(['', 'Hilde', ' liet ', name, ' toe.']);
    expect(textIn('fr').rich('log.entered', { who: name })).toEqual(['Entrée de ', name, '.']);
  });
  it('never makes markup of a name', () => {
    expect(textIn('en').say('news.left', { name: '<b>{who}</b>' })).toBe('<b>{who}</b> left the meeting');
  });
});

describe('time', () => {
  const at = '2026-03-12T18:30:00.000Z';
  const told = Object.fromEntries(LANGUAGES.map((l) => [l, new Text(l, 'Europe/Brussels').moment(at)]));
  const english = told['en']?.replace('Thursday,', 'Thursday'); // versions of ICU differ in this comma
  it('is told as each language tells it', () => {
    expect({ ...told, en: english }).toEqual({
      nl: 'donderdag 12 maart 2026, 19.30 uur',
      fr: 'jeudi 12 mars 2026, 19 h 30',
      de: 'Donnerstag, 12. März 2026, 19.30 Uhr',
      en: 'Thursday 12 March 2026, 19:30',
    });
  });
  it('is told short in a column, midnight is 00', () => {
    expect(new Text('nl', 'Europe/Brussels').shortTime('2026-03-11T23:05:00.000Z')).toBe('00.05');
    expect(new Text('fr', 'Europe/Brussels').shortTime('2026-07-01T22:05:00.000Z')).toBe('00:05');
  });
});
