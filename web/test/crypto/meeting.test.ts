// SPDX-License-Identifier: EUPL-1.2
// The keys of a meeting from the first to the last, with an honest server: who comes, leaves, reloads, loses the line,
// is aside; and the server's own restart.

import { describe, expect, it } from 'vitest';
import { type Client, council, Simulation } from '../support/simulation';

/** All who are inside share one epoch, one code, one list, and may speak. */
function agree(sim: Simulation): void {
  const inside = sim.inside().map((c) => c.id);
  const views = sim.views();
  expect(views).toMatchObject({ silent: [], members: [inside.sort((a, b) => a - b).join()] });
  expect(views.keys).toHaveLength(1);
  expect(views.codes).toHaveLength(1);
  expect(views.codes[0]).not.toBeNull();
  for (const c of sim.inside()) expect(c.alarmed()).toEqual([]);
}

async function meeting(size: number, seed = 1): Promise<{ sim: Simulation; all: Client[] }> {
  const sim = new Simulation(seed);
  const all = await council(sim, size);
  await sim.run(6_000);
  return { sim, all };
}

describe('a meeting', () => {
  it('comes together', async () => {
    const { sim } = await meeting(6);
    agree(sim);
  });
  it('whoever leaves is cut off before the next frame', async () => {
    const { sim, all } = await meeting(4);
    const gone = all[2] as Client;
    const before = gone.epochs.length;
    sim.out(gone);
    await sim.run(5_000);
    agree(sim);
    expect(gone.epochs).toHaveLength(before);
    for (const c of sim.inside()) expect(c.epoch?.keepFormer).toBe(2_000);
  });
});
