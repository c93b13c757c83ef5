// SPDX-License-Identifier: EUPL-1.2
// The first meeting of a clerk, a chair and a member, step by step and by the keyboard alone, from the link to the
// report; the long form takes a picture of every step, which becomes the guide. All the while: no request to another
// host, nothing that the content policy forbids, no error. In Chromium.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { startChromium } from './lib/browsers.mjs';
import { KeyboardPerson } from './lib/keyboard.mjs';
import { Server } from './lib/server.mjs';
import { until } from './lib/wait.mjs';

const out = new URL('../out/walkthrough/', import.meta.url).pathname;
const long = process.env.CONCLAVE_TEST_FORM === 'full';
let server, meeting;
/** One for the clerk, whose browser keeps one seat of the meeting and so may read the report; one for the others. */
const browsers = [];
let clerk, chair, member;
const hosts = new Map();
const steps = { clerk: 0, chair: 0, member: 0 };

before(async () => {
  if (long) await mkdir(out, { recursive: true });
  server = await Server.start();
  for (const _ of ['clerk', 'others']) browsers.push(await startBrowser());
  meeting = await server.demo();
});

after(async () => {
  for (const browser of browsers) await browser.close();
  await server?.stop();
});

/** Every request is written down by host, and every word of the content policy kept in its page. */
async function startBrowser() {
  const browser = await startChromium({ viewport: { width: 1280, height: 800 }, fps: 5 });
  await browser.context.addInitScript(() => {
    window.__violations = [];
    addEventListener('securitypolicyviolation', (e) =>
      window.__violations.push(`${e.violatedDirective} ${e.blockedURI}`));
  });
  browser.context.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (/^(https?|wss?):$/.test(protocol)) hosts.set(host, (hosts.get(host) ?? 0) + 1);
  });
  return browser;
}

const arrives = (who) => KeyboardPerson.at(browsers[who.office === 'clerk' ? 0 : 1], who);

/** A picture of where somebody is, called after the role and the step. */
async function step(role, what) {
  const n = String(++steps[role]).padStart(2, '0');
  const people = { clerk, chair, member };
  if (long) await people[role].shot(`${out}${role}-${n}-${what}.png`);
}

const stateOf = (person, item) => person.evaluate((n) =>
  document.querySelector(`[data-testid="item"][data-item="${n}"]`)?.dataset.state, item);
const item = (n) => `[data-testid="item"][data-item="${n}"]`;
const everybody = () => [clerk, chair, member];

/** What the page kept of violations; a page that is left takes its list along, so this is asked before. */
async function clean(person) {
  assert.deepEqual(await person.evaluate(() => window.__violations), [], person.name);
  assert.deepEqual(person.errors, [], person.name);
}

test('the clerk looks at the lobby and opens the meeting', async () => {
  clerk = await arrives(meeting.clerk);
  await clerk.sees('join');
  await step('clerk', 'lobby');
  await clerk.enter();
  await step('clerk', 'open');
});

test('the chair comes in', async () => {
  chair = await arrives(meeting.chair);
  await chair.sees('join');
  await step('chair', 'lobby');
  await chair.enter();
  await step('chair', 'inside');
});

test('the member tests camera, microphone and loudspeaker, and asks to come in', async () => {
  member = await arrives(meeting.members[0]);
  await member.sees('join');
  await step('member', 'lobby');
  await member.turn('camera', true);
  await member.turn('mic', true);
  await until('the meter to move', () => member.evaluate(() => document.querySelector('.meter .on') !== null));
  await member.reach('[aria-labelledby="dev-speaker"] button');
  await member.keyboard.press('Enter');
  await step('member', 'tested');
  await member.waits();
  await step('member', 'waiting');
});

test('the clerk reads who waits and admits the member, who comes in with the microphone off', async () => {
  await clerk.openPanel('people');
  await until('the name of who waits', () => clerk.has('admit'));
  await step('clerk', 'somebody-waits');
  await clerk.press('admit', `[data-person="${member.name}"]`);
  await member.sees('leave');
  assert.equal(await member.attribute('mic', 'aria-pressed'), 'false');
  await until('everybody to be there', async () => (await member.people()).length === 3);
  await step('member', 'inside');
});

test('the chair reads the code aloud, and the others compare it', async () => {
  await until('everybody to have the same code', async () => {
    const codes = await Promise.all(everybody().map((person) =>
      person.evaluate(() => document.querySelector('[data-testid="room-code"] [aria-hidden]')?.textContent ?? '')));
    return /^\d/.test(codes[0]) && new Set(codes).size === 1;
  });
  await chair.press('e2ee');
  await chair.sees('code-read');
  await step('chair', 'reads-the-code');
  await chair.press('code-read');
  for (const person of [member, clerk]) {
    await person.press('e2ee');
    await person.sees('code-same');
    if (person === member) await step('member', 'compares-the-code');
    await person.press('code-same');
  }
  const closed = (person) => person.evaluate(() => document.querySelector('dialog') === null);
  for (const person of everybody()) await until(`${person.name}'s dialog to be closed`, () => closed(person));
});

test('the member asks for the floor, the chair gives it, the member speaks and ends', async () => {
  await member.keyboard.press('w');
  await until('to be in the queue', async () => (await member.attribute('hand', 'data-state')) === 'queue');
  await step('member', 'asked-for-the-floor');
  await chair.openPanel('speakers');
  await chair.sees('speaker');
  await step('chair', 'speaker-list');
  await chair.press('give-floor', `[data-person="${member.name}"]`);
  await until('to have the floor', async () => (await member.attribute('hand', 'data-state')) === 'floor');
  await member.turn('mic', true);
  await until('the chair to hear the member', async () => (await chair.stats()).audioEnergy > 0);
  await step('member', 'has-the-floor');
  await member.press('hand');
  await until('the floor to be free', async () => (await member.attribute('hand', 'data-state')) === 'none');
});

test('the clerk opens a closed item, and the member declares that nobody listens along', async () => {
  await clerk.openPanel('agenda');
  await step('clerk', 'agenda');
  await clerk.press('item-open', item(2));
  for (const person of everybody()) {
    await person.openPanel('agenda');
    await until(`${person.name} to be in the item`, async () => (await stateOf(person, 2)) === 'open');
  }
  await member.press('declare-alone', item(2));
  await step('member', 'in-a-closed-item');
  await clerk.press('item-close', item(2));
  await until('the item to be over', async () => (await stateOf(member, 2)) === 'done');
  await step('clerk', 'item-over');
});

test('the clerk mutes the member with a reason, who switches the microphone on again', async () => {
  await clerk.uses('person-mute', member.name, 'Er klinkt een radio.');
  await until('to be muted', async () => (await member.attribute('mic', 'aria-pressed')) === 'false');
  await until('the reason', async () => (await member.text()).includes('Er klinkt een radio.'));
  await step('member', 'muted');
  await member.turn('mic', true);
});

test('chair and clerk end the meeting together, and everybody reads why', async () => {
  for (const person of everybody()) await clean(person);
  await chair.press('leave');
  await chair.press('end');
  await chair.fill('reason', 'Alle punten zijn behandeld.');
  await step('chair', 'ends');
  await chair.press('confirm');
  await clerk.sees('request');
  await step('clerk', 'confirms-the-end');
  await clerk.press('confirm', '[data-testid="request"]');
  for (const person of everybody()) {
    await until(`${person.name} to read that it is over`, () => person.evaluate(() =>
      document.querySelector('[data-status="ended"]') !== null));
    await clean(person);
  }
  await step('member', 'over');
});

test('the clerk reads the report, which this browser checked', async () => {
  await clerk.page.goto(`${server.origin}/m/${meeting.meeting}/report?lang=nl`);
  await until('the seal', async () => (await clerk.attribute('seal', 'data-state')) === 'whole', 30_000);
  await step('clerk', 'report');
  await clean(clerk);
});

test('not one request went to another host, and one that tries is both seen and stopped', async () => {
  assert.deepEqual([...hosts.keys()], [new URL(server.origin).host]);
  assert.ok([...hosts.values()][0] > 20, 'the log was empty');
  await clerk.evaluate(() => {
    new Image().src = 'https://127.0.0.2:1/elsewhere.png';
  });
  const violations = await until('the policy to speak', () => clerk.evaluate(() => window.__violations));
  assert.match(violations.join(), /^img-src https:\/\/127\.0\.0\.2/);
  await until('the log to hold it', () => hosts.has('127.0.0.2:1'));
});
