// SPDX-License-Identifier: EUPL-1.2
// How large lines are drawn, in the words of the protocol.
import { expect, it } from 'vitest';
import { drawnLines } from '../src/media/layout';
import { connected, run } from './support/samples';
import { schemas } from './support/schemas';

const stream = (): MediaStream => ({}) as MediaStream;
const JAN = stream();
const EVA = stream();
const LINES = [
  { mid: '13', stream: JAN },
  { mid: '14', stream: EVA },
  { mid: '15', stream: null },
];

it('says device pixels, rounded up, of the largest drawing of each', () => {
  const sizes = (s: MediaStream) => (s === JAN ? [{ width: 100.2, height: 50 }, { width: 320, height: 180 }] : []);
  expect(drawnLines(LINES, sizes, 1.5, false)).toEqual([
    { mid: '13', width: 480, height: 270 },
    { mid: '14', width: 0, height: 0 },
    { mid: '15', width: 480, height: 270 },
  ]);
});

it('asks for nothing while the page is away', () => {
  const drawn = drawnLines(LINES, () => [{ width: 0, height: 0 }], 2, true);
  expect(drawn.every((d) => d.width === 0 && d.height === 0)).toBe(true);
});

it('asks for middling cameras where power is low, and for a screen that can be read', () => {
  const screen = stream();
  const lines = [...LINES, { mid: '38', stream: screen, screen: true as const }];
  const sizes = (s: MediaStream) => (s === EVA ? [{ width: 0, height: 0 }] : [{ width: 1280, height: 720 }]);
  expect(drawnLines(lines, sizes, 1, false, true)).toEqual([
    { mid: '13', width: 480, height: 270 },
    { mid: '14', width: 0, height: 0 },
    { mid: '15', width: 480, height: 270 },
    { mid: '38', width: 1280, height: 720 },
  ]);
  const small = drawnLines(LINES, () => [{ width: 200, height: 300 }], 1, false, true);
  expect(small[0], 'an upright one keeps its width').toEqual({ mid: '13', width: 200, height: 300 });
});

it('is what the server takes, however large a screen is', () => {
  const lines = drawnLines(LINES, () => [{ width: 99_999, height: 40_000 }], 3, false);
  const message = { type: 'layout', lines };
  const valid = schemas('client').get('layout');
  expect(valid?.(message), JSON.stringify(valid?.errors)).toBe(true);
});

it('is sent from inside alone', () => {
  const lines = [{ mid: '13', width: 480, height: 270 }];
  expect(run(connected(), { type: 'drawn', lines }).effects).toEqual([
    { do: 'send', message: { type: 'layout', lines } },
  ]);
  const outside = { ...connected(), phase: { name: 'over' } } as unknown as ReturnType<typeof connected>;
  expect(run(outside, { type: 'drawn', lines }).effects).toEqual([]);
});
