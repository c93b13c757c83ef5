// SPDX-License-Identifier: EUPL-1.2
// What is pure in the views: short names, drawings, the grid, the countdown.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DRAWINGS } from '../../src/view/icon';
import { initials, shortName } from '../../src/view/name';
import { countdown } from '../../src/view/request';

describe('names where there is little room', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['Marleen Goossens', 'MG', 'M. Goossens'],
    ['Ilse De Waele', 'IW', 'I. De Waele'],
    ['Pieter-Jan Maes', 'PM', 'P.-J. Maes'],
    ['mr. Joke Vermeersch', 'JV', 'J. Vermeersch'],
    ['Youssef El Amrani', 'YA', 'Y. El Amrani'],
    ['Élise Ölçer', 'ÉÖ', 'É. Ölçer'],
    ['Madonna', 'M', 'Madonna'],
    ['de heer', 'DH', 'd. heer'],
    ['  Tom   Lauwers ', 'TL', 'T. Lauwers'],
    ['李 明', '李明', '李. 明'],
    ['', '', ''],
  ];
  for (const [name, letters, short] of cases) {
    it(`'${name}'`, () => {
      expect(initials(name)).toBe(letters);
      expect(shortName(name)).toBe(short);
    });
  }
});

describe('icons', () => {
  const drawn = readFileSync(new URL('../../src/style/icons.svg', import.meta.url), 'utf8');
  for (const [name, template] of Object.entries(DRAWINGS)) {
    it(`${name} is the drawing of icons.svg`, () => {
      expect(drawn).toContain(`<symbol id="i-${name}" viewBox="0 0 24 24">${template.strings.join('')}</symbol>`);
    });
  }
});

describe('the countdown', () => {
  it('counts whole seconds and stops at nothing', () => {
    expect([120_000, 99_500, 60_000, 9_001, 1, 0, -5_000].map(countdown)).toEqual(
      ['2:00', '1:40', '1:00', '0:10', '0:01', '0:00', '0:00']);
  });
});
