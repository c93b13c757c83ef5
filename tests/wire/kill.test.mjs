// SPDX-License-Identifier: EUPL-1.2
// conclaved is killed at random moments of a busy meeting: whatever anybody was told stands in the proceedings
// afterwards, as it was told, and they verify. 20 times, in the long form 200. CONCLAVE_SEED repeats a run.

import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { check, equal, test } from './lib/check.mjs';
import { post } from './lib/http.mjs';
import { build, Server } from './lib/server.mjs';
import { arrive, enter } from './lib/socket.mjs';

const run = promisify(execFile);
const KILLS = process.env.CONCLAVE_TEST_FORM === 'full' ? 200 : 20;
const ACTS = 12; // of each person between two kills: well under the pace that is allowed
const AGREED = { code: 'agreed' };

/** mulberry32: the same seed, the same numbers. */
function dice(seed) {
  let a = seed >>> 0;
  return (below) => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** A meeting with an agenda of two items, as conclavectl makes it. */
async function convene(server) {
  const people = { clerk: 'griet', chair: 'hilde', member: 'jan' };
  const { meeting } = await server.ctl(
    ...['meeting', 'create', '--title', 'Gemeenteraad', '--starts', new Date(Date.now() + 6e5).toISOString()],
    ...Object.entries(people).flatMap(([office, name]) => [`--${office}`, `${name} <${name}@raad.example>`]),
    ...['--member', 'els <els@raad.example>', '--guest', 'piet <piet@raad.example>'],
    ...['--item', 'Verslag;open', '--item', 'Aanstelling;closed;guest=piet@raad.example'],
  );
  const links = [];
  for (const name of [...Object.values(people), 'els'])
    links.push({ token: (await server.ctl('invite', meeting, `${name}@raad.example`)).link.split('#')[1] });
  return { meeting, links };
}

/** What somebody may do at any moment; an error is an answer, too. */
function act(roll, s, i, n) {
  const other = 1 + roll(4);
  const leads = [
    { type: 'item-open', item: 1 + roll(2) },
    { type: 'mute', person: other, reason: AGREED },
    { type: 'floor', person: other },
    { type: 'floor-end' },
    { type: 'note-recusal', item: 2, person: 5, reason: AGREED, contested: false },
  ];
  const anybody = [
    { type: 'object', note: `punt ${i}.${n}` },
    { type: 'fault', note: `storing ${i}.${n}` },
    { type: 'hand', raised: (s.up = !s.up) },
    { type: 'sources', microphone: roll(2) === 1, camera: true, screen: false, screen_sound: false },
  ];
  const choice = i < 2 ? [...leads, ...anybody] : anybody;
  return choice[roll(choice.length)];
}

/** Takes what `s` was told into the books; false when it speaks against what they hold already. */
function keep(books, s) {
  s.take();
  for (const m of s.messages.splice(0)) {
    if (m.type === 'head') books.head = m.head;
    if (m.type !== 'entry') continue;
    const told = JSON.stringify(m.entry);
    equal(books.told.get(m.entry.seq) ?? told, told, 'what two people were told of one entry');
    books.told.set(m.entry.seq, told);
  }
}

/** Everybody acts at once, and when so many entries were told, in the midst of it, the server is killed. */
async function actAndKill(server, roll, books, inside, round) {
  const known = books.told.size;
  const wanted = known + 1 + roll(20);
  const killed = new Promise((ok) => {
    for (const s of inside) {
      const wake = s.raw.wake;
      s.raw.socket.on('data', () => {
        keep(books, s);
        if (books.told.size >= wanted) ok(server.kill());
        wake();
      });
    }
  });
  for (let n = 0; n < ACTS; n++) inside.forEach((s, i) => s.send(act(roll, s, i, `${round}.${n}`)));
  for (const s of inside) s.send({ type: 'object', note: `ronde ${round}` });
  for (const s of inside) for (let n = 0; n < 6; n++) s.send({ type: 'object', note: `meer ${round}.${n}` });
  await killed;
  // What had left the server still arrives.
  for (const s of inside) {
    await s.raw.until(() => s.raw.over);
    check(s.raw.over, 'a line outlived the server');
    keep(books, s);
  }
  return books.told.size - known;
}

/** What was told and does not stand there, as it was told. */
const missing = (told, entries) => {
  const from = entries[0].seq;
  const stands = new Map(entries.map((e) => [e.seq, JSON.stringify(e)]));
  return [...told].filter(([seq, text]) => seq >= from && stands.get(seq) !== text).map(([, text]) => text);
};

async function comeBack(server, s) {
  const resumed = await post(server, '/api/resume', { seat: s.seat.seat }, { cookies: s.seat.cookie });
  equal(resumed.status, 200, 'the seat');
  s.seat.cookie = resumed.cookie.split(';')[0];
  const back = await arrive(server, s.seat);
  equal(back.welcome.phase, 'inside');
  back.state = await back.next('state');
  back.seat = s.seat;
  back.up = s.up;
  return back;
}

const verify = (...args) =>
  run(join(build, 'server/conclavectl'), ['log', 'verify', ...args, '--json']).then(
    ({ stdout }) => JSON.parse(stdout),
    ({ stdout }) => JSON.parse(stdout),
  );

/** What stands in the export; throws when it does not verify, or not with the head that somebody kept. */
async function proceedings(server, meeting, head) {
  const file = join(server.state, 'export.json');
  const note = join(server.state, 'head.note');
  await rm(file, { force: true });
  await server.ctl('log', 'export', meeting, '--output', file);
  if (head) await writeFile(note, head.note);
  const found = await verify(file, ...(head ? ['--checkpoint', note] : []));
  check(found.ok, found.error);
  return { file, found };
}

test('kill -9 at any moment of a busy meeting: whatever was told stands, and verifies', async () => {
  const seed = Number(process.env.CONCLAVE_SEED ?? 20260312);
  const roll = dice(seed);
  const server = await Server.start();
  const { meeting, links } = await convene(server);
  let inside = [];
  for (const link of links) {
    const s = await enter(server, link);
    if (!s.state) {
      inside[0].send({ type: 'admit', person: s.welcome.you });
      s.state = await s.next('state');
    }
    inside.push(s);
  }
  const books = { told: new Map(), head: null };
  let least = Infinity;
  let last;
  for (let round = 0; round < KILLS; round++) {
    const told = await actAndKill(server, roll, books, inside, round);
    least = Math.min(least, told);
    await server.launch();
    inside = await Promise.all(inside.map((s) => comeBack(server, s)));
    for (const s of inside) {
      equal(missing(books.told, s.state.entries), [], `seed ${seed}, kill ${round}: told, and gone`);
      if (s.state.head) books.head = s.state.head;
    }
    last = await proceedings(server, meeting, books.head);
    check(last.found.entries >= Math.max(...books.told.keys()), 'the export is shorter than what was told');
  }
  // This test would have seen it: an entry that does not stand as it was told, a byte that does not.
  const [seq, text] = [...books.told].at(-1);
  equal(missing(new Map([[seq, text.replace('"kind":"', '"kind":"x')]]), inside[0].state.entries).length, 1);
  const bytes = await readFile(last.file, 'utf8');
  await writeFile(last.file, bytes.replace('"title":"Aanstelling"', '"title":"Aanstellinh"'));
  const flipped = await verify(last.file);
  equal([flipped.ok, flipped.entry > 0], [false, true], 'a flipped byte in the title of an item');
  const restarts = inside[0].state.entries.filter((e) => e.kind === 'server-restarted').length;
  check(restarts > 0, 'no restart in the proceedings');
  console.log(`     ${KILLS} kills, ${books.told.size} entries told, at least ${least} between two kills`);
  for (const s of inside) s.end();
  await server.stop();
}, 30_000 + KILLS * 15_000);
