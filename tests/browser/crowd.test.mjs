// SPDX-License-Identifier: EUPL-1.2
// A council of members without pages, with the client's own keys, on the real server: how many epochs, bytes and how
// much of a processor it costs that all come in within two seconds (TARGETS.md, reliability 1; ATTACKS E18); and that
// conclaved may die amid joins, after which all have one epoch authenticator within five seconds.
// In the long form, a council of 25 with all cameras on: how soon a press is painted, and how a slower machine does.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { agree, Simulated } from './lib/crowd.mjs';
import { startChromium } from './lib/browsers.mjs';
import { keys as ownKeys } from './lib/keys.mjs';
import { Person } from './lib/person.mjs';
import { Pictures } from './lib/pictures.mjs';
import { Server } from './lib/server.mjs';
import { until } from './lib/wait.mjs';

const FULL = process.env.CONCLAVE_TEST_FORM === 'full';
const SIZES = FULL ? [20, 55] : [20];
const DEATHS = FULL ? 50 : 5;
const AT_ONCE = 20; // one address may have 50 connections without a seat
const WITHIN_MS = 2_000;
const CODE_MS = 2_000; // an authenticator is told when its epoch is that old
let server, keys;
const living = [];

before(async () => {
  server = await Server.start();
  keys = await ownKeys();
});

after(async () => {
  for (const member of living) member.stop();
  await keys?.close();
  await server?.stop();
});

/** A meeting of so many, the chair first: who they are, with their links. */
async function convene(size) {
  const who = Array.from({ length: size }, (_, i) => ({ name: `Lid ${i}`, email: `lid${i}@lindebeke.example` }));
  const named = who.flatMap(({ name, email }, i) => [i === 0 ? '--chair' : '--member', `${name} <${email}>`]);
  const starts = new Date().toISOString();
  const args = ['--title', 'Proef', '--starts', starts, '--links', 'everyone', ...named];
  const { meeting } = await server.ctl('meeting', 'create', ...args);
  for (const person of who) person.link = (await server.ctl('invite', meeting, person.email)).link;
  return { meeting, who };
}

async function arrives(person, meeting) {
  const member = await Simulated.make(keys, server, person.link);
  member.meeting = meeting;
  living.push(member);
  return member;
}

/** Processor time of conclaved, in ms. */
async function serverCpu() {
  const [pid] = await server.pids('conclaved');
  const stat = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1].split(' ');
  return (Number(stat[11]) + Number(stat[12])) * 10;
}

const sum = (all, of) => all.reduce((total, one) => total + of(one), 0);

for (const size of SIZES)
  test(`${size} come in within two seconds`, async () => {
    const { meeting, who } = await convene(size);
    const chair = await arrives(who[0], meeting);
    await until('the chair to have keys', () => chair.roster?.epoch === 0);
    const members = [];
    for (let at = 1; at < size; at += AT_ONCE)
      members.push(...(await Promise.all(who.slice(at, at + AT_ONCE).map((person) => arrives(person, meeting)))));
    await until('all to wait', () => chair.waiting.length === size - 1, 30_000);
    const all = [chair, ...members];
    const began = performance.now();
    const [cpu, theirs] = [process.cpuUsage(), await serverCpu()];
    members.forEach(({ name }, at) => setTimeout(() => chair.admit([name]), (at * WITHIN_MS) / size));
    await until('all to be inside', () => members.every((m) => m.inside), 20_000);
    const inside = Math.round(performance.now() - began);
    const epoch = await agree(all, 30_000);
    const took = Math.round(performance.now() - began);
    const used = process.cpuUsage(cpu);
    const each = (used.user + used.system) / 1000 / size / (size - 1);
    const heard = sum(all, (m) => m.heardBytes);
    console.log(`# ${size} members: ${epoch} epochs (target: at most 10); inside after ${inside} ms, one authenticator ` +
      `after ${took} ms; ${each.toFixed(1)} ms of processor a member and join, WebSocket and TLS included (target: ` +
      `at most 100); keys: ${Math.round(sum(all, (m) => m.saidBytes) / 1000)} kB to the server, ` +
      `${Math.round(heard / 1000)} kB from it, ${Math.round(heard / 1000 / size)} kB a member; ` +
      `conclaved ${(await serverCpu()) - theirs} ms`);
    assert.ok(epoch <= 10, `${epoch} epochs`);
    assert.ok(each <= 100, `${each} ms`);
    assert.deepEqual(all.flatMap((m) => m.alarms), []);
    for (const member of all) member.stop();
  });

test(`conclaved dies ${DEATHS} times amid joins: one authenticator for all within 5 s`, async () => {
  const { meeting, who } = await convene(7 + DEATHS);
  const chair = await arrives(who[0], meeting);
  await until('the chair to have keys', () => chair.roster?.epoch === 0);
  const all = [chair];
  const comes = async (person) => {
    const member = await arrives(person, meeting);
    await until(`${member.name} to wait`, () => chair.waiting.some((w) => w.name === member.name));
    return member;
  };
  all.push(...(await Promise.all(who.slice(1, 7).map(comes))));
  chair.admit(who.map((p) => p.name));
  await agree(all);
  const took = [];
  for (let i = 0; i < DEATHS; i++) {
    const member = await comes(who[7 + i]);
    chair.admit([member.name]);
    all.push(member);
    const commits = chair.epochs;
    // Before the join is in an epoch, while it is, or after.
    await until('the moment', () => i % 3 === 0 || member.inside && (i % 3 === 1 || chair.epochs > commits), 5_000, 5);
    const lines = all.map((m) => m.line);
    await server.kill('conclaved');
    const isBack = (m, at) => m.line !== lines[at] && m.line.readyState === 1;
    await until('all lines to be new', () => all.every(isBack), 15_000);
    const back = performance.now();
    if (!member.inside) {
      await until('who knocked to be inside or to wait', () => {
        if (!chair.waiting.some((w) => w.name === member.name)) return member.inside;
        chair.admit([member.name]);
        return true;
      });
    }
    await agree(all, 30_000);
    took.push(Math.round(performance.now() - back));
  }
  console.log(`# one authenticator, told ${CODE_MS} ms after its epoch began, ${took.join(', ')} ms after the return`);
  assert.ok(took.every((ms) => ms < 5_000 + CODE_MS), took.join());
  assert.deepEqual(all.flatMap((m) => m.alarms).filter((kind) => kind !== 'new-device'), []);
});

const COUNCIL = 25;
const PAINT_MS = 200;
const ROUNDS = 3;

/** Starts the browser's own measure of how long a press took until it was painted (Event Timing). */
function timed(person) {
  return person.evaluate(() => {
    window.__painted = new Map();
    new PerformanceObserver((list) => {
      for (const { interactionId: id, duration } of list.getEntries())
        if (id > 0) window.__painted.set(id, Math.max(duration, window.__painted.get(id) ?? 0));
    }).observe({ type: 'event', durationThreshold: 16 });
  });
}

/**
 * So many rounds of real presses: four panels, the menu opened and closed. Sorted, in ms; a press that was painted
 * within 16 ms is not told by the browser, and counts as 16.
 */
async function presses(person, rounds) {
  await person.evaluate(() => window.__painted.clear());
  const keys = ['1', '3', '4', '2'];
  for (let round = 0; round < rounds; round++) {
    for (const key of keys) {
      await person.page.keyboard.press(key);
      await painted(person);
    }
    await person.page.click('[data-testid="more"]');
    await person.sees('more-layout');
    await person.page.keyboard.press('Escape');
    await until('the menu to be closed', () => person.evaluate(() => document.querySelector('dialog') === null));
    await painted(person);
  }
  const told = await person.evaluate(() => [...window.__painted.values()]);
  const quick = Array.from({ length: Math.max(0, rounds * (keys.length + 2) - told.length) }, () => 16);
  return [...quick, ...told].sort((a, b) => a - b);
}

/** Two frames later what was measured of the one before has been told. */
const painted = (person) => person.evaluate(() =>
  new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))));

const part = (sorted, p) => sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))];
const median = (sorted) => part(sorted, 0.5);

/** How late a page gets its frames, in ms on average over two seconds, as web/src/media/thrift.ts measures it. */
const lateness = (person) => person.evaluate(async () => {
  const waits = [];
  const end = performance.now() + 2_000;
  while (performance.now() < end) {
    const asked = performance.now();
    await new Promise(requestAnimationFrame);
    waits.push(performance.now() - asked);
    await new Promise((done) => setTimeout(done, 100));
  }
  return Math.round(waits.reduce((sum, ms) => sum + ms, 0) / waits.length);
});

/** Of the pictures that others send, how many were decoded and how many thrown away so far. */
const frames = (person) => person.evaluate(async () => {
  const sum = { lines: 0, decoded: 0, dropped: 0 };
  const connection = window.__connections.findLast((c) => c.connectionState === 'connected');
  for (const s of (await connection?.getStats())?.values() ?? [])
    if (s.type === 'inbound-rtp' && s.kind === 'video' && s.framesDecoded > 0) {
      sum.lines++;
      sum.decoded += s.framesDecoded;
      sum.dropped += s.framesDropped;
    }
  return sum;
});

/** A council with all cameras on but the last one's, who comes with a page of their own and watches. */
async function council(pictures, chromium) {
  const { meeting, who } = await convene(COUNCIL);
  const arrives = async (person) => {
    const member = await pictures.seat(keys, server, person);
    member.meeting = meeting;
    living.push(member);
    return member;
  };
  const chair = await arrives(who[0]);
  await until('the chair to have keys', () => chair.roster?.epoch === 0);
  const all = [chair];
  for (const person of who.slice(1, -1)) all.push(await arrives(person));
  await until('all to wait', () => chair.waiting.length === all.length - 1, 30_000);
  chair.admit(who.map((person) => person.name));
  await agree(all, 60_000);
  const watcher = await Person.at(chromium, who.at(-1));
  await watcher.waits();
  chair.admit([watcher.name]);
  await watcher.sees('leave');
  for (const member of all) await pictures.show(member);
  await watcher.turn('camera', true);
  await watcher.turn('mic', true);
  await until('every face to be seen', async () => (await frames(watcher)).lines === COUNCIL - 1, 60_000, 500);
  const uncovered = () => watcher.evaluate(() =>
    [...document.querySelectorAll('[data-testid="tile"]')].filter((t) => !t.querySelector('.tile__cover')).length);
  await until('every tile to show it', async () => (await uncovered()) === COUNCIL, 30_000, 500);
  return watcher;
}

/** What the page measures of itself while its processor is that many times as slow, and how soon a press is painted. */
async function throttled(watcher, rate) {
  const session = await watcher.page.context().newCDPSession(watcher.page);
  await session.send('Emulation.setCPUThrottlingRate', { rate });
  await lateness(watcher);
  const before = await frames(watcher);
  const late = await lateness(watcher);
  const after = await frames(watcher);
  const press = median(await presses(watcher, 2));
  await session.detach();
  const dropped = after.dropped - before.dropped;
  return { late, press, dropped: dropped / Math.max(1, dropped + after.decoded - before.decoded) };
}

/** Low power does not come by itself for ten minutes: the person has just said what they want. */
async function insists(watcher) {
  await watcher.press('more');
  await watcher.press('more-layout');
  await watcher.press('layout-grid');
  await watcher.page.keyboard.press('Escape');
}

async function faces() {
  const senders = await startChromium({ fps: 10 });
  const chromium = await startChromium({ viewport: { width: 1440, height: 900 }, fps: 10 });
  const pictures = await Pictures.begin(senders);
  try {
    const watcher = await council(pictures, chromium);
    await insists(watcher);
    await timed(watcher);
    const rounds = [];
    while (rounds.length < ROUNDS) {
      const took = await presses(watcher, 6);
      rounds.push(took);
      console.log(`# ${COUNCIL} faces: a press is painted after ${median(took)} ms (median), ${part(took, 0.95)} ms ` +
        `(95 of 100), ${took.at(-1)} ms (worst of ${took.length}); target: ${PAINT_MS}`);
    }
    for (const rate of [1, 4, 8, 16, 32]) {
      const { late, dropped, press } = await throttled(watcher, rate);
      console.log(`# ${rate} times as slow: the page's frames ${late} ms late, ${Math.round(100 * dropped)} % of the ` +
        `pictures thrown away, a press painted after ${press} ms (median)`);
    }
    await watcher.evaluate(() => {
      for (const kind of ['keydown', 'pointerdown'])
        addEventListener(kind, () => {
          const end = performance.now() + 300;
          while (performance.now() < end);
        }, true);
    });
    const busy = await presses(watcher, 2);
    assert.ok(median(busy) > PAINT_MS, `a page that is busy for 300 ms is found: ${busy}`);
    // What else the machine does may spoil one round of three, and not the middle one.
    const nearly = rounds.map((took) => part(took, 0.95)).sort((a, b) => a - b);
    assert.ok(median(nearly) < PAINT_MS, rounds.join(' | '));
    assert.deepEqual(watcher.errors, []);
  } finally {
    for (const member of living) member.stop();
    await pictures.end();
    await chromium.close();
    await senders.close();
  }
}

if (FULL) test(`${COUNCIL} faces: a press is painted within ${PAINT_MS} ms`, faces);
