// SPDX-License-Identifier: EUPL-1.2
// The machine under a meeting fails in part, or the server is started anew (G08, G09, G10, G14, G19): the meeting goes
// on, and doctor says what to do.

import { execFile, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { check, equal, test } from '../wire/lib/check.mjs';
import { goesOn, movedBy, moveClock, smallMeeting } from '../wire/lib/goes-on.mjs';
import { request } from '../wire/lib/http.mjs';
import { plainBuild, Server, until } from '../wire/lib/server.mjs';
import { returned } from '../wire/lib/socket.mjs';

const run = promisify(execFile);
const DAY = 86_400;

const health = async (server) => (await request(server, 'GET', '/healthz')).status;

/** What doctor finds in one check: { state, says, mend }. */
async function doctor(server, name) {
  const found = await server.ctl('doctor', '--only', name).catch((error) => JSON.parse(error.stdout));
  return found.checks[0];
}

/** An act cannot be recorded: whoever asked is told, and nothing else happens to anybody. */
async function isRefused({ clerk, member }) {
  member.send({ type: 'hand', raised: true });
  await member.next((m) => m.type === 'error' && m.code === 'not-recorded');
  equal(clerk.raw.over || member.raw.over, false, 'a connection ended');
}

/** Nothing is left of the trouble, and of the meeting nothing is lost. */
async function heals(server, people) {
  await until('it to heal', async () => (await health(server)) === 200, 5000);
  await goesOn(people);
  people.clerk.end();
  people.member.end();
  await server.stop();
}

test('G08: a planned restart, as an update makes it: within 3 s everybody is back, and every entry is there', async () => {
  const server = await Server.start({ from: plainBuild });
  const people = await smallMeeting(server);
  await goesOn(people);
  const began = performance.now();
  server.process.kill('SIGTERM');
  equal(await server.ended, { code: 0, signal: null });
  await server.launch();
  const back = { clerk: await returned(server, people.clerk), member: await returned(server, people.member) };
  const took = performance.now() - began;
  check(took < 3000, `took ${Math.round(took)} ms`);
  const kinds = back.clerk.state.entries.map((e) => e.kind);
  check(kinds.includes('hand-lowered') && kinds.includes('server-restarted'), kinds.join(' '));
  await goesOn(back);
  for (const s of Object.values({ ...people, clerk2: back.clerk, member2: back.member })) s.end();
  await server.stop();
}, 60_000);

test('G08: a restart that leaves the media: the same process carries them, everybody is back in the seat', async () => {
  const server = await Server.start({ from: plainBuild });
  const people = await smallMeeting(server);
  await goesOn(people);
  server.process.kill('SIGUSR1');
  equal(await server.ended, { code: 0, signal: null });
  await server.launch();
  await until('the media process to be taken over', () => server.lines('worker-adopted') === 1);
  equal(server.lines('worker-started'), 1, server.log);
  const back = { clerk: await returned(server, people.clerk), member: await returned(server, people.member) };
  check(back.clerk.state.entries.some((e) => e.kind === 'server-restarted'), 'an entry');
  await goesOn(back);
  for (const s of Object.values({ ...people, clerk2: back.clerk, member2: back.member })) s.end();
  await server.stop();
  equal(server.lines('worker-down'), 0, server.log);
}, 60_000);

test('G09: the disk is full: acts are refused, nobody is put out, doctor says it; it heals by itself', async () => {
  // A file-size limit of a running process is a full disk that can be emptied again.
  const server = await Server.start({ from: plainBuild, before: ['env', '--ignore-signal=XFSZ'] });
  const limit = (bytes) => run('prlimit', ['--pid', String(server.process.pid), `--fsize=${bytes}`]);
  const people = await smallMeeting(server);
  await goesOn(people);
  await limit('1:unlimited');
  await isRefused(people);
  equal(await health(server), 503);
  const found = await doctor(server, 'reachable');
  equal(found.state, 'broken');
  check(/disk/.test(`${found.says} ${found.mend}`), JSON.stringify(found));
  await limit('unlimited:unlimited');
  await heals(server, people);
}, 60_000);

test('G10: another process holds the database: answers come at once, and afterwards everything works', async () => {
  const server = await Server.start({ from: plainBuild });
  const people = await smallMeeting(server);
  await goesOn(people);
  const hold = 'import sqlite3, sys; d = sqlite3.connect(sys.argv[1], isolation_level=None); ' +
    'd.execute("BEGIN IMMEDIATE"); print("held", flush=True); sys.stdin.read()';
  const holder = spawn('python3', ['-c', hold, join(server.state, 'data/conclave.db')]);
  let held = '';
  holder.stdout.on('data', (part) => (held += part));
  await until('the lock', () => held.includes('held'));
  await isRefused(people);
  const began = performance.now();
  equal(await health(server), 503);
  check(performance.now() - began < 2000, `an answer took ${performance.now() - began} ms`);
  holder.stdin.end();
  await heals(server, people);
}, 60_000);

test('G14: the wall clock jumps a day and an hour, both ways: nobody is lost, nothing ends', async () => {
  const server = await Server.start({ from: plainBuild });
  await server.kill();
  const clock = join(server.state, 'clock');
  await writeFile(clock, Buffer.alloc(8));
  server.before = movedBy(clock);
  await server.launch();
  const people = await smallMeeting(server);
  for (const jump of [DAY, -DAY, 3600, -3600, 0]) {
    await moveClock(clock, jump);
    await goesOn(people);
    equal(await health(server), 200, `after ${jump} s`);
  }
  await moveClock(clock, DAY);
  people.member.send({ type: 'hand', raised: true });
  const { entry } = await people.clerk.next((m) => m.type === 'entry');
  check(Math.abs(new Date(entry.at) - Date.now() - DAY * 1000) < 60_000, `the clock did not move: ${entry.at}`);
  people.clerk.end();
  people.member.end();
  await server.stop();
}, 60_000);

test('G19: the helper is killed: the meeting hears nothing of it, and another one is there', async () => {
  const server = await Server.start({ from: plainBuild });
  const people = await smallMeeting(server);
  const helpers = async () => {
    const { pid } = server.process;
    const list = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ').filter(Boolean);
    const names = await Promise.all(list.map((one) => readFile(`/proc/${one}/comm`, 'utf8').catch(() => '')));
    return list.filter((_, i) => names[i].trim() === 'conclave-helper').map(Number);
  };
  const before = await until('a helper', async () => (await helpers()).length > 0 && helpers());
  for (const pid of before) process.kill(pid, 'SIGKILL');
  await goesOn(people);
  await until('another helper', async () => (await helpers()).some((pid) => !before.includes(pid)), 5000);
  equal((await doctor(server, 'helper')).state, 'ok');
  check(/helper-down/.test(server.log), server.log);
  people.clerk.end();
  people.member.end();
  await server.stop();
}, 60_000);
