// SPDX-License-Identifier: EUPL-1.2
// On an address that is not loopback, in a network namespace of our own (tests/browser/run puts us there): a Firefox
// with the preferences that it comes with, over UDP, over TCP alone and over IPv6; and a client that nobody here wrote,
// aiortc.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { Server } from './lib/server.mjs';
import { startChromium, startFirefox } from './lib/browsers.mjs';
import { Person } from './lib/person.mjs';
import { plates } from './lib/secret.mjs';
import { Stranger } from './lib/stranger.mjs';
import { until } from './lib/wait.mjs';

const address = process.env.CONCLAVE_TEST_ADDRESS;
let server, chromium, firefox, meeting, clerk, marleen;

const ip = (...words) => execFileSync('ip', words, { stdio: 'pipe' }).toString();
const gateways = { '-4': '10.77.0.2', '-6': 'fd77::2' };

/** Datagrams for the server leave by the cable that leads nowhere, as a firewall would swallow them. */
function prepareToSwallow(family) {
  ip(family, 'neigh', 'replace', gateways[family], 'lladdr', '02:00:00:00:00:77', 'dev', 'here', 'nud', 'permanent');
  ip(family, 'route', 'add', 'default', 'via', gateways[family], 'dev', 'here', 'table', '77');
  ip(family, 'rule', 'add', 'pref', '1', 'table', 'local'); // which is asked before all others otherwise
  ip(family, 'rule', 'del', 'pref', '0');
}

function swallow(family, on) {
  const rule = ['pref', '0', 'ipproto', 'udp', 'dport', String(server.port), 'table', '77'];
  ip(family, 'rule', on ? 'add' : 'del', ...rule);
}

/** Picture and sound, both ways. */
async function areTogether() {
  await marleen.seesMoving(clerk.name, 20_000);
  await clerk.seesMoving(marleen.name, 20_000);
  for (const person of [marleen, clerk])
    await until(`${person.name} to hear`, async () => (await person.stats()).audioEnergy > 0);
}

/** Each loads the page again: new connections, in the seats that they have. */
async function comeAnew() {
  for (const person of [marleen, clerk]) {
    await person.page.reload();
    await person.sees('leave', 20_000);
    await person.turn('camera', true);
    await person.turn('mic', true);
  }
}

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
  marleen = await Person.at(firefox, meeting.members[0]);
  await marleen.waits();
  await clerk.admit(marleen.name);
  await marleen.sees('leave');
  await marleen.turn('camera', true);
  await marleen.turn('mic', true);
  await areTogether();
  for (const person of [marleen, clerk]) assert.match(await person.way(), /^udp/);
});

test('without any UDP both go on by TCP, on the port of the page', async () => {
  for (const family of ['-4', '-6']) {
    prepareToSwallow(family);
    swallow(family, true);
  }
  await comeAnew();
  await areTogether();
  for (const person of [marleen, clerk]) assert.match(await person.way(), /^tcp/);
});

test('where only IPv6 has UDP, both go on by IPv6', async () => {
  swallow('-6', false);
  await comeAnew();
  await areTogether();
  for (const person of [marleen, clerk]) assert.equal(await person.way(), 'udp IPv6');
  swallow('-4', false);
});

test('aiortc joins through PROTOCOL.md, sends and receives, and without keys neither opens nor shows anything', async () => {
  const jan = meeting.members[1];
  const client = new Stranger(server.origin, jan, 8);
  try {
    await client.event('waiting');
    await clerk.admit(jan.name);
    assert.equal((await client.event('connected')).state, 'connected');
    await until('its picture to be called undecryptable', async () =>
      (await plates(clerk)).some((tile) => tile.person === jan.name && tile.sealed), 20_000);
    assert.equal(await clerk.pixels(jan.name), null, 'a picture in the clear was shown');
    const done = await client.event('done', 20_000);
    assert.ok(done.sealed.audio > 100, `aiortc received ${JSON.stringify(done)}`);
    assert.ok(done.sealed.video > 20, `aiortc received ${JSON.stringify(done)}`);
    assert.deepEqual(done.plain, { audio: 0, video: 0 });
    assert.equal(done.frames.video, 0, 'a picture could be decoded without a key');
  } finally {
    client.stop();
  }
  await until('the profile of aiortc to be logged', () => server.log.includes('AES128_CM_SHA1_80'));
});
