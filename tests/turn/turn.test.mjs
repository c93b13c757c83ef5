// SPDX-License-Identifier: EUPL-1.2
// deploy/turn/turnserver.conf as it stands there, with its five values and its ports changed: it relays to the server
// and to nobody else, for whoever has a login of ours; and a meeting goes through it and nothing else.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { get, root, Server } from '../browser/lib/server.mjs';
import { startChromium } from '../browser/lib/browsers.mjs';
import { Person } from '../browser/lib/person.mjs';
import { until } from '../browser/lib/wait.mjs';

const run = promisify(execFile);
const [conclave, relay, stranger] = ['10.77.0.1', '10.77.0.2', '10.77.0.3'];
const secret = 'a secret of this test alone';
const realm = 'turn.test';
let folder, server, conclaved, coturn, chromium;

/** What is changed by README.md's step 2, and the ports, since those of the example may be taken. */
async function configure() {
  const values = {
    'listening-ip': relay, 'relay-ip': relay, realm, 'allowed-peer-ip': conclave,
    cert: join(folder, 'state/tls/cert.pem'), pkey: join(folder, 'state/tls/key.pem'),
    userdb: join(folder, 'turndb'),
  };
  let text = await readFile(join(root, 'deploy/turn/turnserver.conf'), 'utf8');
  for (const [key, value] of Object.entries(values)) {
    assert.equal(text.split('\n').filter((line) => line.startsWith(`${key}=`)).length, 1, key);
    text = text.replace(new RegExp(`^${key}=.*$`, 'm'), `${key}=${value}`);
  }
  await writeFile(join(folder, 'turnserver.conf'), text);
  execFileSync('turnadmin', ['-b', values.userdb, '-s', secret, '-r', realm], { stdio: 'pipe' });
}

const listens = (host, port) =>
  new Promise((ok) => {
    const socket = connect(port, host, () => ok(true)).on('error', () => ok(false));
    socket.on('connect', () => socket.destroy());
  });

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conclave-turn-'));
  server = await Server.start({ host: conclave, state: join(folder, 'state') });
  await server.stop();
  await writeFile(join(folder, 'secret'), `${secret}\n`, { mode: 0o600 });
  const configuration = join(server.state, 'conclaved.conf');
  await appendFile(configuration,
    `turn_urls = turn:${relay}:3478?transport=tcp\nturn_secret_file = ${join(folder, 'secret')}\n`);
  conclaved = spawn(join(root, 'build/release/server/conclaved'), ['--config', configuration], { stdio: 'ignore' });
  const healthy = async () => (await get(`${server.origin}/healthz`).catch(() => ({}))).status === 200;
  await until('conclaved', healthy, 20_000);
  await configure();
  coturn = spawn('turnserver', ['-c', join(folder, 'turnserver.conf'), '--pidfile', join(folder, 'pid')],
    { stdio: 'ignore' });
  await until('coturn', () => listens(relay, 3478), 20_000);
  chromium = await startChromium();
});

after(async () => {
  await chromium?.close();
  coturn?.kill('SIGKILL');
  const ended = conclaved && new Promise((ok) => conclaved.once('exit', ok));
  conclaved?.kill('SIGTERM');
  await ended;
  await rm(folder, { recursive: true, force: true });
});

const login = (until_, with_ = secret) => {
  const username = `${until_}:1-1`;
  return [username, createHmac('sha1', with_).update(username).digest('base64')];
};
const inAnHour = () => Math.floor(Date.now() / 1000) + 3600;

async function ask([username, password], ...peers) {
  const { stdout } = await run('/usr/bin/python3',
    [join(root, 'tests/turn/peers.py'), relay, '3478', username, password, ...peers]);
  return Object.fromEntries(stdout.trim().split('\n').map((line) => line.split(' ')));
}

test('A18: it relays to the server and to no other address', async () => {
  const forbidden = [
    `${stranger}:53`, `${relay}:3478`, '0.0.0.0:53', '127.0.0.1:53', '169.254.169.254:80', '192.168.1.1:53',
    '172.16.0.1:53', '100.64.0.1:53', '8.8.8.8:53', '224.0.0.1:53', '255.255.255.255:53',
  ];
  const answers = await ask(login(inAnHour()), `${conclave}:${server.port}`, ...forbidden);
  assert.equal(answers[`${conclave}:${server.port}`], 'ok');
  for (const peer of forbidden) assert.equal(answers[peer], '403', peer);
});

test('only for a login of ours that has not ended', async () => {
  const peer = `${conclave}:${server.port}`;
  assert.deepEqual(await ask(login(inAnHour(), 'another secret'), peer), { allocate: '401' });
  assert.deepEqual(await ask(login(inAnHour() - 7200), peer), { allocate: '401' });
  assert.deepEqual(await ask(['nobody', 'nothing'], peer), { allocate: '401' });
});

/** Before anything of the page: every connection goes by a relay, or nowhere. */
function relayOnly() {
  const Before = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Before {
    constructor(configuration) {
      super({ ...configuration, iceTransportPolicy: 'relay' });
    }
  };
}

test('a meeting goes through it: picture and sound both ways, with the logins that the server gave', async () => {
  await chromium.context.addInitScript(relayOnly);
  const meeting = await server.demo();
  const clerk = await Person.at(chromium, meeting.clerk);
  await clerk.enter();
  const jan = await Person.at(chromium, meeting.members[0]);
  await jan.waits();
  await clerk.admit(jan.name);
  await jan.sees('leave');
  for (const person of [clerk, jan]) {
    await person.turn('camera', true);
    await person.turn('mic', true);
  }
  await clerk.seesMoving(jan.name, 20_000);
  await jan.seesMoving(clerk.name, 20_000);
  for (const person of [clerk, jan]) {
    await until(`${person.name} to hear`, async () => (await person.stats()).audioEnergy > 0);
    const ways = await person.evaluate(async () => {
      const all = [];
      for (const c of window.__connections.filter((one) => one.connectionState === 'connected')) {
        const stats = [...(await c.getStats()).values()];
        const pairs = stats.filter((s) => s.type === 'candidate-pair' && s.nominated);
        all.push(...pairs.map((p) => stats.find((s) => s.id === p.localCandidateId)?.candidateType));
      }
      return all;
    });
    assert.ok(ways.length > 0 && ways.every((way) => way === 'relay'), `${ways}`);
  }
});
