// SPDX-License-Identifier: EUPL-1.2
// Keys and private conversations through a real conclaved: what is relayed, what a restart leaves, and that nothing of
// it is on the disk or in the log, while the same search finds a title.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { check, equal, test } from './lib/check.mjs';
import { post } from './lib/http.mjs';
import { Server } from './lib/server.mjs';
import { arrive, enter } from './lib/socket.mjs';

const base64 = (text) => Buffer.from(text).toString('base64');
const tag = (letter) => `${letter}${'A'.repeat(21)}==`;
const device = base64('the public key of one device, 32');
const voucher = base64('v'.repeat(64));

/** The clerk and one member inside, both in group 0 at epoch 1. */
async function twoWithKeys(server, mark) {
  const { clerk: c, members } = await server.demo();
  const clerk = await enter(server, c);
  const member = await enter(server, members[0]);
  member.send({ type: 'stop-waiting' });
  member.send({ type: 'join', device });
  await clerk.next((m) => m.type === 'waiting' && m.people[0]?.device === device);
  clerk.send({ type: 'key-join', group: 0, package: base64(`${mark} package`) });
  await clerk.next('key-create');
  clerk.send({ type: 'key-create', group: 0, tag: tag('A') });
  clerk.send({ type: 'admit', person: member.welcome.you, voucher });
  await clerk.next('voucher');
  await member.next('state');
  member.send({ type: 'key-join', group: 0, package: base64(`${mark} package`) });
  await clerk.next((m) => m.type === 'key-wanted' && m.people.length === 1);
  clerk.send({
    type: 'key-commit',
    group: 0,
    epoch: 0,
    commit: base64(`${mark} commit`),
    welcome: base64(`${mark} welcome`),
    added: [member.welcome.you],
    removed: [],
    tag: tag('B'),
  });
  const welcome = await member.next('key-welcome');
  equal([welcome.epoch, welcome.tag, welcome.welcome], [1, tag('B'), base64(`${mark} welcome`)]);
  return [clerk, member];
}

async function talk(clerk, member, mark) {
  clerk.send({ type: 'conversation-open', people: [member.welcome.you], kind: 'private' });
  const { group } = await member.next('conversation');
  for (const s of [clerk, member]) s.send({ type: 'key-join', group, package: base64(`${mark} package`) });
  await clerk.next('key-create');
  clerk.send({ type: 'key-create', group, tag: tag('A') });
  await clerk.next((m) => m.type === 'key-wanted' && m.group === group);
  const added = [member.welcome.you];
  clerk.send({
    type: 'key-commit',
    group,
    epoch: 0,
    commit: base64(`${mark} commit`),
    welcome: base64(`${mark} welcome`),
    added,
    removed: [],
    tag: tag('B'),
  });
  await member.next('key-welcome');
  member.send({ type: 'key-message', group, epoch: 1, body: base64(`${mark} body`) });
  equal((await clerk.next('key-message')).body, base64(`${mark} body`));
}

/** Where these bytes stand: in files of the state folder, or in the log. */
async function traces(server, ...needles) {
  const found = new Set();
  const search = (name, bytes) => needles.some((needle) => bytes.includes(needle)) && found.add(name);
  for (const entry of await readdir(join(server.state, 'data'), { recursive: true, withFileTypes: true }))
    if (entry.isFile()) {
      const path = join(entry.parentPath ?? entry.path, entry.name);
      search(path.slice(server.state.length + 1), await readFile(path));
    }
  search('log', Buffer.from(server.log));
  return [...found];
}

test('keys and private words leave nothing on the disk and nothing in the log', async () => {
  const server = await Server.start();
  const mark = 'canary-of-a-whisper';
  const [clerk, member] = await twoWithKeys(server, mark);
  await talk(clerk, member, mark);
  member.send({ type: 'object', note: 'canary-said-aloud' }); // after them, in the same file
  await clerk.next((m) => m.type === 'entry' && m.entry.kind === 'objection');
  const seeded = await server.ctl(
    'meeting',
    'create',
    '--title',
    'canary-in-a-title',
    '--starts',
    '2030-01-01T18:00Z',
    '--chair',
    'chair@lindebeke.example',
  );
  check(seeded, 'no second meeting');
  check((await traces(server, 'canary-in-a-title')).length > 0, 'the search finds nothing at all');
  check((await traces(server, 'canary-said-aloud')).length > 0, 'the search does not find what was said aloud');
  const forms = [mark, base64(`${mark} body`), base64(`${mark} commit`), base64(`${mark} welcome`)];
  const secrets = [...forms, base64(`${mark} package`), device, voucher, Buffer.from(device, 'base64'), tag('B')];
  equal(await traces(server, ...secrets), [], 'while it runs');
  await server.process.kill('SIGTERM');
  await server.ended;
  equal(await traces(server, ...secrets), [], 'after its end');
  await server.launch();
  for (const s of [clerk, member]) s.end();
  await server.stop();
}, 60_000);

test('kill -9 of conclaved: the group goes on where its members are', async () => {
  const server = await Server.start();
  const [clerk, member] = await twoWithKeys(server, 'resume');
  const commit = base64('the second commit');
  clerk.send({ type: 'key-commit', group: 0, epoch: 1, commit, welcome: null, added: [], removed: [], tag: tag('C') });
  equal((await clerk.next((m) => m.type === 'key-commit' && m.epoch === 1)).by, clerk.welcome.you);
  await server.kill();
  await server.launch();
  const back = [];
  for (const person of [clerk, member]) {
    const resumed = await post(server, '/api/resume', { seat: person.seat.seat }, { cookies: person.seat.cookie });
    equal(resumed.status, 200, 'the seat');
    const s = await arrive(server, person.seat, { cookies: resumed.cookie.split(';')[0] });
    equal([(await s.next('state')).keys, s.welcome.phase], [null, 'inside']);
    back.push(s);
  }
  back[1].send({ type: 'key-resume', group: 0, epoch: 1, tag: tag('B'), commits: [] });
  back[0].send({ type: 'key-resume', group: 0, epoch: 2, tag: tag('C'), commits: [commit] });
  const replayed = await back[1].next('key-commit');
  equal([replayed.epoch, replayed.by, replayed.commit, replayed.tag], [1, 0, commit, tag('C')]);
  for (const s of back) {
    const { epoch, tag: now, members } = await s.next('key-group');
    equal([epoch, now, members], [2, tag('C'), [clerk.welcome.you, member.welcome.you]]);
  }
  for (const s of [clerk, member, ...back]) s.end();
  await server.stop();
}, 60_000);
