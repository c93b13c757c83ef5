// SPDX-License-Identifier: EUPL-1.2
// What the encryption costs a browser that receives nine tiles: processor time of all its processes for a decoded
// picture, against the same without. Only in the long form of the tests: it takes minutes, and a quiet machine.
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BROWSERS, type Page } from './browsers';
import { type Built, built } from './framed';

const FULL = process.env['CONCLAVE_TEST_FORM'] === 'full';
const TILES = 9;
const RUNS = 5;
const NAMES = Object.keys(BROWSERS) as (keyof typeof BROWSERS)[];
/** What is not Chromium's is Firefox's, whose processes have many names. */
const PROGRAMS = { Chromium: /^chrom/, Firefox: /^(?!chrom|node|esbuild|npm|sh$)/ };

/** Ticks of the processor that our processes of this browser have used. */
function ticks(of: keyof typeof BROWSERS): number {
  const parents = new Map<number, { readonly parent: number; readonly name: string; readonly ticks: number }>();
  for (const pid of readdirSync('/proc').filter((n) => /^\d+$/.test(n))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const [, name = '', rest = ''] = /\((.*)\) (.*)/s.exec(stat) ?? [];
      const fields = rest.split(' ').map(Number);
      parents.set(Number(pid), { parent: fields[1] ?? 0, name, ticks: (fields[11] ?? 0) + (fields[12] ?? 0) });
    } catch {
      continue; // it ended meanwhile
    }
  }
  let sum = 0;
  for (const { name, parent, ticks: own } of parents.values()) {
    let up = parent;
    while (up > 1 && up !== process.pid) up = parents.get(up)?.parent ?? 0;
    if (up === process.pid && PROGRAMS[of].test(name)) sum += own;
  }
  return sum;
}

describe.runIf(FULL)('nine tiles', () => {
  const pages = {} as Record<keyof typeof BROWSERS, Page>;
  let client: Built;
  beforeAll(async () => {
    client = await built('test/frames/page');
    await Promise.all(NAMES.map(async (name) => (pages[name] = await BROWSERS[name](client.url))));
  }, 120_000);
  afterAll(async () => {
    await Promise.all(Object.values(pages).map((p) => p.close()));
    client.close();
  });

  async function cost(from: keyof typeof BROWSERS, to: keyof typeof BROWSERS, sealed: boolean): Promise<number> {
    const offer = await pages[from].ask<string>(`loop.crowd(${TILES}, ${sealed})`);
    const answer = await pages[to].ask<string>(`loop.audience(${JSON.stringify(offer)}, ${sealed})`);
    await pages[from].ask(`loop.take(${JSON.stringify(answer)})`);
    await pages[to].ask('loop.decoded(30)');
    const before = ticks(to);
    const frames = await pages[to].ask<number>('loop.decoded(75)');
    const used = (ticks(to) - before) / frames;
    await Promise.all([pages[from].ask('loop.part()'), pages[to].ask('loop.part()')]);
    return used;
  }

  it.each([
    ['Firefox', 'Chromium'],
    ['Chromium', 'Firefox'],
  ] as const)(
    'from %s, in %s, cost at most 1.4 times as much encrypted',
    async (from, to) => {
      const ratios: number[] = [];
      for (let i = 0; i < RUNS; i++) {
        const [clear, sealed] = [await cost(from, to, false), await cost(from, to, true)];
        ratios.push(sealed / clear);
        process.stdout.write(`${to}: ${clear.toFixed(3)} clear, ${sealed.toFixed(3)} sealed, ticks a picture\n`);
      }
      const median = ratios.sort((a, b) => a - b)[Math.floor(RUNS / 2)] ?? Infinity;
      process.stdout.write(`${to}: ${ratios.map((r) => r.toFixed(2)).join(' ')}, median ${median.toFixed(2)}\n`);
      expect(median).toBeLessThanOrEqual(1.4);
    },
    600_000,
  );
});
