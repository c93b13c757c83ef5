// SPDX-License-Identifier: EUPL-1.2
// quickstart as a town's IT department meets it: a second start is quick and keeps its data, Ctrl-C leaves nothing
// behind, a dead conclaved comes back by itself, two instances live side by side. No browser is needed.

import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { get, Server } from './lib/server.mjs';
import { until } from './lib/wait.mjs';

const state = await mkdtemp(join(tmpdir(), 'conclave-quickstart-'));
const links = (server) => [...server.log.matchAll(/https:\S+\/j#[\w-]{43}/g)].map(([link]) => link);
const printed = (server) => until('the links to be printed', () => server.log.includes('running on') && links(server));
const running = [];
const start = async (options) => {
  const server = await Server.start(options);
  running.push(server);
  return server;
};
let first;

after(async () => {
  for (const server of running) await server.stop();
  await rm(state, { recursive: true, force: true });
});

test('it prints one link each for a clerk, a chair and three members', async () => {
  first = await start({ state });
  const shown = await printed(first);
  assert.equal(shown.length, 5);
  assert.equal(new Set(shown).size, 5);
  assert.equal(first.log.match(/^(clerk|chair|member)\b/gm).length, 5);
});

test('Ctrl-C stops it, and nothing of it is left', async () => {
  await first.stop();
  assert.equal(first.process.exitCode, 0);
  await assert.rejects(get(`${first.origin}/healthz`));
  for (const name of ['conclaved', 'conclave-media']) assert.deepEqual(await first.pids(name), []);
});

test('the second start takes less than 5 s and shows the same meeting', async () => {
  const began = performance.now();
  const again = await start({ state, port: first.port });
  const shown = await printed(again);
  const took = performance.now() - began;
  assert.ok(took < 5000, `${Math.round(took)} ms`);
  assert.deepEqual(shown, links(first));
});

test('two instances with different ports run side by side, and a killed conclaved comes back', async () => {
  const other = await start();
  await printed(other);
  const [before] = await other.pids('conclaved');
  await other.kill('conclaved');
  await until('another conclaved to be healthy', async () => {
    const [now] = await other.pids('conclaved');
    return now && now !== before && (await get(`${other.origin}/healthz`)).status === 200;
  }, 5000);
  assert.equal((await get(`${first.origin}/healthz`)).status, 200);
});

test('a conclaved that dies before the links are printed comes back, and they are', async () => {
  const other = await start();
  await other.kill('conclaved');
  await printed(other);
  assert.equal(links(other).length, 5);
});
