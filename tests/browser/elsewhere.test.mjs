// SPDX-License-Identifier: EUPL-1.2
// The page comes from another machine than the meeting: an exported client at client.town.localhost, the meeting at
// meeting.town.localhost. In Chromium and Firefox; nothing in the page's world but those two.

import { execFile, spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { get, root, Server } from './lib/server.mjs';
import { startChromium, startFirefox } from './lib/browsers.mjs';
import { Person } from './lib/person.mjs';
import { until } from './lib/wait.mjs';

const run = promisify(execFile);
const program = (name) => join(root, 'build/release/server', name);
const PAGE = /^\/(j|enrol|integrity|meetings\/new|m\/[\w-]{1,64}(\/report)?)?$/;
const TYPES = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml',
};

let quickstart, state, port, meetings, meeting, client, chromium, firefox;

/** conclavectl of the meeting server, whose configuration names the client's origin. */
const ctl = async (...args) => JSON.parse((await run(program('conclavectl'),
  ['--config', join(state, 'conclaved.conf'), ...args, '--json'])).stdout);

/** Nothing but files and the headers of `_headers`, as any web server would do it. */
async function serve(folder) {
  const lines = (await readFile(join(folder, '_headers'), 'utf8')).trim().split('\n').slice(1);
  const headers = Object.fromEntries(lines.map((line) => line.trim().split(/: (.*)/).slice(0, 2)));
  const [cert, key] = await Promise.all(['cert', 'key'].map((n) => readFile(join(quickstart.state, `tls/${n}.pem`))));
  const server = createServer({ cert, key }, async (question, answer) => {
    const { pathname } = new URL(question.url, 'https://x');
    const file = join(folder, 'client', PAGE.test(pathname) ? 'index.html' : pathname);
    const found = await stat(file).then((s) => s.isFile(), () => false);
    const type = TYPES[extname(file)] ?? 'application/octet-stream';
    answer.writeHead(found ? 200 : 404, { 'Content-Type': type, ...headers });
    if (found) createReadStream(file).pipe(answer);
    else answer.end();
  });
  await new Promise((ok) => server.listen(0, '127.0.0.1', ok));
  return server;
}

/** Whether the page gets an answer of the meeting server, whatever it is. */
const isAnswered = (person) => person.evaluate((address) => fetch(`${address}/api/resume`, {
  method: 'POST', body: '{}', credentials: 'include', headers: { 'Content-Type': 'application/json' },
}).then(() => true, () => false), `https://meeting.town.localhost:${port}`);

/** The export comes first, since the two name each other. */
before(async () => {
  quickstart = await Server.start(); // builds, and has a certificate
  port = quickstart.port + 2 > 64_000 ? quickstart.port - 20 : quickstart.port + 20;
  state = join(quickstart.state, 'second');
  await mkdir(state, { mode: 0o700 });
  const certificate = join(quickstart.state, 'tls');
  const configuration = (clients) => `state = ${state}\nport = ${port}\nhost = meeting.town.localhost, localhost\n` +
    `certificate = ${certificate}/cert.pem\nkey = ${certificate}/key.pem\nweb_root = ${root}/web/dist\n` +
    `metrics_listen = off\nadmin_listen = off\nlinks = everyone\n${clients}`;
  await writeFile(join(state, 'conclaved.conf'), configuration(''));
  await ctl('web', 'export', join(state, 'town'), '--server', `https://meeting.town.localhost:${port}`);
  client = await serve(join(state, 'town'));
  const at = client.address().port;
  const clients = [`https://client.town.localhost:${at}`, `https://elsewhere.localhost:${at}`];
  await writeFile(join(state, 'conclaved.conf'), configuration(`client_origins = ${clients.join(', ')}\n`));
  meetings = spawn(program('conclaved'), ['--config', join(state, 'conclaved.conf')], { stdio: 'ignore' });
  await until('the meeting server', () => get(`https://localhost:${port}/healthz`).then((a) => a.status === 200));
  const { people } = await ctl('demo');
  meeting = { clerk: people.find((p) => p.office === 'clerk'), members: people.filter((p) => p.office === 'member') };
  chromium = await startChromium();
  firefox = await startFirefox();
});

after(async () => {
  await firefox?.close();
  await chromium?.close();
  if (meetings && meetings.exitCode === null) {
    const ended = new Promise((ok) => meetings.once('exit', ok));
    meetings.kill('SIGTERM');
    await ended;
  }
  client?.close();
  client?.closeAllConnections?.();
  await quickstart?.stop();
});

test('a server that serves the client itself is what was published, and signed', async () => {
  const { stdout } = await run(program('conclavectl'), ['web', 'verify', quickstart.origin, '--json',
    '--ca', join(quickstart.state, 'tls/cert.pem'), '--key', join(quickstart.state, 'release.key.pub')]);
  const found = JSON.parse(stdout);
  assert.ok(found.ok && found.signed && found.files > 5, stdout);
});

test('links lead to the client, and it meets in Chromium and Firefox', async () => {
  const { port: at } = client.address();
  assert.match(meeting.clerk.link, new RegExp(`^https://client\\.town\\.localhost:${at}/j#`));
  const clerk = await Person.at(chromium, meeting.clerk);
  await clerk.enter();
  const member = await Person.at(firefox, meeting.members[0]);
  await member.waits();
  await clerk.admit(member.name);
  await member.sees('leave');
  await clerk.turn('camera', true);
  await member.seesMoving(clerk.name, 30_000);
  assert.equal(await clerk.evaluate(() => location.hostname), 'client.town.localhost');
  assert.deepEqual([await isAnswered(clerk), await isAnswered(member)], [true, true]);
  // Its cookie belongs to the meeting server, and comes back after a reload.
  await member.page.reload();
  await until('to be back', async () => (await member.has('leave')) || (await member.has('join')), 30_000);
  await Promise.all([clerk.close(), member.close()]);
}, { timeout: 180_000 });

for (const [name, browser] of [['Chromium', () => chromium], ['Firefox', () => firefox]])
  test(`another site has no seat in ${name}, named or not, since no cookie of the meeting reaches it`, async () => {
    for (const host of ['elsewhere.localhost', 'stranger.town.localhost']) {
      const link = meeting.members[1].link.replace('client.town.localhost', host);
      const person = await Person.at(browser(), { ...meeting.members[1], link });
      const drawn = () => person.evaluate(() => document.querySelector('#app').childElementCount > 0);
      await until('the page to be drawn', drawn);
      await until('a page without a seat', async () => /./.test(await person.text()) && !(await person.has('join')));
      assert.equal(await isAnswered(person), false);
      await person.close();
    }
  });
