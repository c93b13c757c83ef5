// SPDX-License-Identifier: EUPL-1.2
// The four languages of the pages say the same, with the same holes, and nothing that nobody asks for.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { REFUSALS } from '../../src/pages/api';
import { de } from '../../src/text/pages/de';
import { en } from '../../src/text/pages/en';
import { fr } from '../../src/text/pages/fr';
import { nl } from '../../src/text/pages/nl';
import type { Message } from '../../src/text/text';

const PAGES = fileURLToPath(new URL('../../src/pages', import.meta.url));
const ALL: Readonly<Record<string, Readonly<Record<string, Message>>>> = { nl, fr, de, en };
const keys = Object.keys(nl) as readonly (keyof typeof nl)[];

function patterns(message: Message | undefined): readonly string[] {
  return message === undefined ? [] : typeof message === 'string' ? [message] : [message.one, message.other];
}

function holes(message: Message | undefined): string {
  const found = patterns(message).map((p) => [...p.matchAll(/\{([a-z]+)\}/g)].map((m) => m[1]).sort().join(' '));
  return [...new Set(found)].join(' | ');
}

/** Whole keys, and the beginnings of keys that are put together. */
function unused(all: readonly string[], source: string): readonly string[] {
  const whole = new Set([...source.matchAll(/'([a-z0-9]+(?:[.-][a-z0-9-]+)*)'/g)].map((m) => m[1]));
  const beginnings = [...source.matchAll(/`([a-z][a-z.-]*\.)\$\{/g)].map((m) => m[1] ?? '');
  return all.filter((key) => !whole.has(key) && !beginnings.some((b) => key.startsWith(b)));
}

function sources(): string {
  return [PAGES, join(PAGES, 'view')].flatMap((folder) => readdirSync(folder).filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))).join('\n');
}

describe('every language of the pages', () => {
  for (const [language, messages] of Object.entries(ALL)) {
    it(`${language} has every key, no other, and the same holes`, () => {
      expect(Object.keys(messages).sort()).toEqual([...keys].sort());
      for (const key of keys) expect(holes(messages[key]), key).toBe(holes(nl[key]));
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
    const same = (language: string): readonly string[] => keys.filter((key) => patterns(nl[key]).some((p) =>
      p.replace(/\{[a-z]+\}/g, '').trim().length > 12)
      && JSON.stringify(ALL[language]?.[key]) === JSON.stringify(nl[key]));
    expect([...same('fr'), ...same('de'), ...same('en')]).toEqual([]);
  });
  it('tells what to do next after every refusal: a second sentence', () => {
    for (const messages of Object.values(ALL))
      for (const code of REFUSALS) expect(patterns(messages[`error.${code}`]).join(), code).toMatch(/[.?] .*\.$/);
  });
  it('holds nothing that nobody asks for', () => {
    expect(unused(keys, sources())).toEqual([]);
    expect(unused(['gate.never'], sources())).toEqual(['gate.never']);
  });
});
