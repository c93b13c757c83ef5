// SPDX-License-Identifier: EUPL-1.2
// Processes that die, start again, or stand beside each other.

import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { check, equal, test } from './lib/check.mjs';
import { request } from './lib/http.mjs';
import { build, Server, until } from './lib/server.mjs';
import { enter, returned } from './lib/socket.mjs';

const run = promisify(execFile);

function metrics(server) {
  return new Promise((ok, no) =>
    get({ host: '127.0.0.1', port: server.metricsPort, path: '/metrics' }, (answer) => {
      let body = '';
      answer
        .on('data', (part) => (body += part))
        .on('end', () =>
          ok(
            Object.fromEntries(
              body
                .split('\n')
                .filter((line) => line && line[0] !== '#')
                .map((line) => line.split(' ')),
            ),
          ),
        );
    }).on('error', no),
  );
}

/** Its media workers: of the processes that it started, those of that name. */
const children = async (server) => {
  const list = await readFile(`/proc/${server.process.pid}/task/${server.process.pid}/children`, 'utf8');
  const pids = list.trim().split(' ').filter(Boolean);
  const names = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')));
  return pids.filter((_, i) => names[i].trim() === 'conclave-media').map(Number);
};

const lives = (pid) =>
  readFile(`/proc/${pid}/stat`, 'utf8').then(
    (text) => !text.includes(') Z '),
    () => false,
  );

test('kill -9 of conclaved: the same people and events, and the media worker lives on', async () => {
  const server = await Server.start();
  const { clerk: c, members } = await server.demo();
  const clerk = await enter(server, c);
  const inside = [clerk];
  for (const member of members) {
    const m = await enter(server, member);
    clerk.send({ type: 'admit', person: m.welcome.you });
    m.state = await m.next('state');
    inside.push(m);
  }
  const before = inside[3].state;
  const [worker] = await children(server);
  check(worker, 'no media worker');
  await server.kill();
  check(await lives(worker), 'the media worker died with conclaved');
  await server.launch();
  check(server.startedIn < 5000, `back after ${server.startedIn} ms`);
  await until('the worker to be adopted', async () => (await metrics(server)).conclave_media_workers === '1');
  const counted = await metrics(server);
  equal([counted.conclave_media_workers_adopted_total, counted.conclave_media_workers_started_total], ['1', '0']);
  equal(await children(server), [], 'a second worker was started');
  check(await lives(worker), 'the adopted worker is gone');

  const back = [];
  for (const person of inside) back.push(await returned(server, person));
  const after = back[3].state;
  equal(
    after.people.map((p) => [p.id, p.name, p.office]),
    before.people.map((p) => [p.id, p.name, p.office]),
    'people',
  );
  equal(after.entries.slice(0, before.entries.length), before.entries, 'events');
  check(
    after.entries.slice(before.entries.length).some((e) => e.kind === 'server-restarted'),
    'the restart is not in the proceedings',
  );
  for (const s of [...inside, ...back]) s.end();
  await server.stop();
  await until('the adopted worker to end with the server', async () => !(await lives(worker)));
}, 60_000);

test('kill -9 of the media worker: another one is there at once', async () => {
  const server = await Server.start();
  await until('the first worker', async () => (await metrics(server)).conclave_media_workers === '1');
  const [first] = await children(server);
  const began = performance.now();
  process.kill(first, 'SIGKILL');
  const second = await until('the second worker', async () => (await children(server)).find((pid) => pid !== first));
  await until('it to be ready', async () => (await metrics(server)).conclave_media_workers === '1');
  check(performance.now() - began < 5000, `took ${performance.now() - began} ms`);
  check(await lives(second), 'the second worker');
  equal((await request(server, 'GET', '/healthz')).status, 200);
  await server.stop();
  check(!(await lives(second)), 'a worker outlived an orderly end');
}, 40_000);

test('two media workers: one dies, one is drained, and neither is anything to the other', async () => {
  const server = await Server.start();
  server.process.kill('SIGTERM');
  await server.ended;
  await writeFile(server.config, `${await readFile(server.config, 'utf8')}workers = 2\n`);
  await server.launch();
  const both = async () => (await metrics(server)).conclave_media_workers === '2';
  await until('both workers', both);
  const named = async (number) => {
    for (const pid of await children(server))
      if ((await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).includes(`media-${number}`)) return pid;
    return null;
  };
  const [zero, one] = [await named(0), await named(1)];
  const { workers } = await server.ctl('worker', 'list');
  equal(
    workers.map((w) => [w.number, w.state, w.port]),
    [
      [0, 'ready', server.port],
      [1, 'ready', server.port + 1],
    ],
  );
  process.kill(zero, 'SIGKILL');
  await until('another worker 0', async () => ![null, zero].includes(await named(0)) && (await both()));
  equal(await named(1), one);
  const fresh = await named(0);
  await server.ctl('worker', 'drain', '1');
  const drained = async () => (await metrics(server)).conclave_media_workers_drained_total === '1';
  await until('worker 1 to end', async () => (await drained()) && (await both()));
  check(!(await lives(one)), 'the drained worker');
  check(![null, one].includes(await named(1)), 'a fresh worker 1');
  equal(await named(0), fresh);
  equal((await metrics(server)).conclave_media_workers_died_total, '1');
  await server.stop();
}, 60_000);

test('two servers side by side, and never two on one state folder', async () => {
  const [one, two] = [await Server.start(), await Server.start()];
  equal([(await request(one, 'GET', '/healthz')).status, (await request(two, 'GET', '/healthz')).status], [200, 200]);
  const { code, stderr } = await run(join(build, 'server/conclaved'), ['--config', one.config]).catch(
    (error) => error,
  );
  equal(code, 1);
  check(stderr.includes('another conclaved runs on this folder'), stderr);
  equal((await request(one, 'GET', '/healthz')).status, 200);
  await one.stop();
  equal((await request(two, 'GET', '/healthz')).status, 200);
  await two.stop();
}, 60_000);

test('a configuration that is wrong is one plain line and exit 2; a port that is taken is exit 1', async () => {
  const server = await Server.start();
  const text = await readFile(server.config, 'utf8');
  const wrong = join(server.state, 'wrong.conf');
  const start = () =>
    run(join(build, 'server/conclaved'), ['--config', wrong]).then(
      () => ({ code: 0 }),
      (error) => error,
    );
  await writeFile(wrong, `${text}colour = red\n`);
  let ended = await start();
  equal([ended.code, ended.stderr.trim().split('\n').length], [2, 1]);
  check(ended.stderr.includes('colour is not a key'), ended.stderr);
  await writeFile(
    wrong,
    text
      .replace(/^state = .*$/m, `state = ${join(server.state, 'other')}`)
      .replace(/^metrics_listen.*$/m, 'metrics_listen = off'),
  );
  ended = await start();
  equal(ended.code, 1);
  check(ended.stderr.includes('the port of the configuration cannot be used'), ended.stderr);
  const usage = await run(join(build, 'server/conclaved'), ['--colour']).catch((error) => error);
  equal(usage.code, 2);
  equal((await run(join(build, 'server/conclaved'), ['--help'])).stderr, '');
  await server.stop();
}, 40_000);

test('SIGINT ends conclaved in order, and at once', async () => {
  const server = await Server.start();
  const began = performance.now();
  server.process.kill('SIGINT');
  equal(await server.ended, { code: 0, signal: null });
  check(performance.now() - began < 4000, `took ${performance.now() - began} ms`);
  await server.launch(); // its data was kept, its port is free again
  await server.stop();
}, 40_000);
