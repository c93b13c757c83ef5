// SPDX-License-Identifier: EUPL-1.2
// Names that look alike are found, and others are left alone (ATTACKS C26).

import { describe, expect, it } from 'vitest';
import { alike, skeleton } from '../src/alike';

const people = (...names: string[]) => names.map((name, i) => ({ id: i + 1, name }));
const same = (a: string, b: string): boolean => skeleton(a) === skeleton(b);

describe('names that look alike', () => {
  it.each([
    ['Jan Peeters', 'Jan Peeters'],
    ['Jan Peeters', 'JAN PEETERS'],
    ['Jan Peeters', 'Jan  Peeters '],
    ['Jan Peeters', 'Jan\u00a0Peeters'],
    ['Jan Peeters', 'Jаn Рееtеrѕ'], // Cyrillic а, Р, е, ѕ
    ['TOM MAES', 'ΤΟΜ ΜΑΕS'], // Greek capitals
    ['ANNA COX', 'АΝΝА СОХ'], // of both
    ['Ilse', 'llse'],
    ['Ilse', '1lse'],
    ['O’Neill', '0’Neill'],
    ['Jan Peeters', 'Jan\u200b Pee\u00adters'],
    ['Jan Peeters', 'Jan\u2060 \u202ePeeters\ufeff'],
    ['Jan Peeters', 'Ｊａｎ Ｐｅｅｔｅｒｓ'], // full width
    ['José', 'Jose\u0301'],
  ])('%s and %s', (a, b) => {
    expect(same(a, b)).toBe(true);
  });
  it.each([
    ['Jan Peeters', 'Jan Peters'],
    ['Jan Peeters', 'Jo Peeters'],
    ['José', 'Jose'],
    ['Şuhai', 'Suhai'],
    ['Наталья', 'Natalya'],
    ['Γιώργος', 'Giorgos'],
    ['An', 'Ann'],
  ])('%s and %s are not', (a, b) => {
    expect(same(a, b)).toBe(false);
  });
  it('each is told of the others, and nobody else of anybody', () => {
    const found = alike(people('Jan Peeters', 'Fatima El Idrissi', 'Jаn Peeters', 'JAN PEETERS'));
    expect([...found]).toEqual([
      [1, ['Jаn Peeters', 'JAN PEETERS']], [3, ['Jan Peeters', 'JAN PEETERS']], [4, ['Jan Peeters', 'Jаn Peeters']],
    ]);
    expect(alike(people('Luc', 'Bart', 'Ilse')).size).toBe(0);
    expect(alike([]).size).toBe(0);
  });
  it('every letter of the map is drawn as the one it stands for, one for one', () => {
    for (const [greek, latin] of [['ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ', 'ABEZHIKMNOPTYX'], ['АВЕКМНОРСТХ', 'ABEKMHOPCTX']] as const)
      for (const [i, letter] of [...greek].entries()) expect(same(letter, [...latin][i] ?? '')).toBe(true);
  });
});
