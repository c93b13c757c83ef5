// SPDX-License-Identifier: EUPL-1.2
// Many join at once (TARGETS; E18 of the attacks): how many epochs, how many bytes, how much of a processor. Numbers
// are printed; those that depend on no machine are limits.

import { expect, it } from 'vitest';
import { type Client, council, Simulation } from '../support/simulation';

const LONG = process.env['CONCLAVE_TEST_FORM'] === 'full';

interface Numbers {
  readonly epochs: number;
  readonly kilobytes: number;
  readonly largest: number;
  /** Milliseconds of processor a member and join. */
  readonly cpu: number;
  readonly silent: number;
}

async function joining(size: number, within: number): Promise<Numbers> {
  const sim = new Simulation(size);
  let largest = 0;
  const listen = sim.fromClient;
  sim.fromClient = (from, m) => {
    if (m.type === 'key-commit') largest = Math.max(largest, m.welcome?.length ?? 0, m.commit.length);
    listen(from, m);
  };
  const all: Client[] = await council(sim, size, within);
  await sim.run(within + 4_000);
  const views = sim.views();
  expect(views.keys).toHaveLength(1);
  expect(views.silent).toEqual([]);
  expect(all.every((c) => c.alarms.length === 0)).toBe(true);
  expect(all[0]?.roster.leaves).toHaveLength(size);
  // How long the first one, who was there from the beginning, could not speak.
  const first = (all[0] as Client).spoke.filter((s) => s.at > (all[0]?.epochs[0]?.at ?? 0));
  const silent = first.reduce((sum, s, at) => sum + (s.on ? 0 : (first[at + 1]?.at ?? sim.now) - s.at), 0);
  const cpu = all.reduce((sum, c) => sum + c.cpu, 0);
  return {
    epochs: sim.server.commits,
    kilobytes: Math.round(sim.server.bytes / 1_000),
    largest,
    cpu: Math.round((cpu / size / size) * 10) / 10,
    silent,
  };
}

it.each(LONG ? [20, 55, 100] : [20, 55])(
  '%i members within two seconds',
  async (size) => {
    const n = await joining(size, 2_000);
    process.stdout.write(
      `${size} joins in 2 s: ${n.epochs} epochs, ${n.kilobytes} kB of commits and Welcomes ` +
        `(the largest ${n.largest} letters), ${n.cpu} ms of processor a member and join\n`,
    );
    expect(n.epochs).toBeLessThanOrEqual(10);
    expect(n.silent).toBeLessThanOrEqual(300);
    expect(n.largest).toBeLessThanOrEqual(40_000);
    expect(n.cpu).toBeLessThanOrEqual(100);
  },
  600_000,
);
