// SPDX-License-Identifier: EUPL-1.2
// On an address that is not loopback, in a network namespace of our own (tests/browser/run puts us there): a Firefox
// with the preferences that it comes with, and a client that nobody here wrote, aiortc.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Server } from './lib/server.mjs';
import { startChromium, startFirefox } from './lib/browsers.mjs';
import { Person } from './lib/person.mjs';
import { until } from './lib/wait.mjs';

const address = process.env.CONCLAVE_TEST_ADDRESS;
let server, chromium, firefox, meeting, clerk;

before(async () => {
  assert.ok(address, 'run through tests/browser/run, which makes the namespace');
  server = await Server.start({ host: address });
  chromium = await startChromium();
  firefox = await startFirefox({ plain: true });
  meeting = await server.demo();
  clerk = await Person.at(chromium, meeting.clerk);
  await clerk.enter();
  await clerk.turn('camera', true);
  await clerk.turn('mic', true);
});

after(async () => {
  await firefox?.close();
  await chromium?.close();
  await server?.stop();
});

test('Firefox as it comes sees and is seen', async () => {
  const marleen = await Person.at(firefox, meeting.members[0]);
  await marleen.waits();
  await clerk.admit(marleen.name);
  await marleen.sees('leave');
  await marleen.turn('camera', true);
  await marleen.turn('mic', true);
  await marleen.seesMoving(clerk.name, 20_000);
  await clerk.seesMoving(marleen.name, 20_000);
  for (const person of [marleen, clerk])
    await until(`${person.name} to hear`, async () => (await person.stats()).audioEnergy > 0);
});

test('aiortc joins through PROTOCOL.md, sends and receives', async () => {
  const jan = meeting.members[1];
  const script = new URL('aiortc_client.py', import.meta.url).pathname;
  const client = spawn('/usr/bin/python3', [script, server.origin, jan.link.split('#')[1], '8']);
  const said = [];
  let trouble = '';
  client.stderr.on('data', (part) => (trouble += part));
  createInterface({ input: client.stdout }).on('line', (line) => said.push(JSON.parse(line)));
  const event = (name, ms) => until(`aiortc to say ${name}`, () => {
    const bad = said.find((s) => s.event === 'failed');
    if (bad || client.exitCode > 0) throw new Error(`${JSON.stringify(bad)} ${trouble.slice(-1500)}`);
    return said.find((s) => s.event === name);
  }, ms);
  await event('waiting', 15_000);
  await clerk.admit(jan.name);
  assert.equal((await event('connected', 15_000)).state, 'connected');
  const before = await clerk.stats();
  await clerk.seesMoving(jan.name, 10_000).catch(async () => {
    // aiortc's own test picture is one green frame over and over: it decodes, but does not move
    const after = await clerk.stats();
    assert.ok(after.videoFrames > before.videoFrames, 'no picture of aiortc decoded');
  });
  const done = await event('done', 20_000);
  assert.ok(done.frames.audio > 100, `aiortc received ${done.frames.audio} audio frames`);
  assert.ok(done.frames.video > 20, `aiortc received ${done.frames.video} pictures`);
  assert.ok(done.loud > 0, 'aiortc heard only silence');
  await until('the profile of aiortc to be logged', () => server.log.includes('AES128_CM_SHA1_80'));
});
