// SPDX-License-Identifier: EUPL-1.2
// Links: a wrong, used or dead one gets a clear page and nothing else. In Chromium. And what one may do behind a good
// one before anybody lets one in: hear oneself through the server, in Chromium and Firefox.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { Server } from './lib/server.mjs';
import { startChromium, startFirefox } from './lib/browsers.mjs';
import { Person } from './lib/person.mjs';
import { until } from './lib/wait.mjs';

let server, chromium, other, meeting;

before(async () => {
  server = await Server.start();
  chromium = await startChromium();
  other = await startChromium();
  meeting = await server.demo();
});

after(async () => {
  await other?.close();
  await chromium?.close();
  await server?.stop();
});

/** A page that explains, names nobody, opens no media and no WebSocket. */
async function refused(person, words) {
  await until(`a page that says ${words}`, async () => words.test(await person.text()));
  const text = await person.text();
  for (const who of [meeting.clerk, meeting.chair, ...meeting.members])
    assert.ok(!text.includes(who.name), `names ${who.name}`);
  assert.equal(await person.has('join'), false);
  assert.equal(await person.evaluate(() => window.__connections.length), 0);
  assert.equal(await person.evaluate(() => location.hash), '', 'the token left the address bar');
}

test('a wrong link', async () => {
  const link = meeting.members[0].link.replace(/.{6}$/, 'AAAAAA');
  const person = await Person.at(chromium, { ...meeting.members[0], link });
  await refused(person, /link/i);
  await person.close();
});

test('a used link, in another browser', async () => {
  const first = await Person.at(chromium, meeting.members[0]);
  await first.sees('join');
  const second = await Person.at(other, meeting.members[0]);
  await refused(second, /gebruikt/i);
  await second.close();
});

test('the same link again in the browser that holds the seat leads back to it', async () => {
  const again = await Person.at(chromium, meeting.members[0]);
  await again.sees('join');
  await again.close();
});

test('the link of a meeting that has ended', async () => {
  const ended = await server.demo();
  await server.ctl('meeting', 'end', ended.meeting, '--reason', 'test');
  const person = await Person.at(chromium, ended.members[0]);
  await refused(person, /afgelopen|beëindigd|gesloten|voorbij/i);
  await person.close();
});

test('a newer link ends the older one', async () => {
  const who = meeting.members[2];
  const { link } = await server.ctl('invite', meeting.meeting, who.email);
  const old = await Person.at(chromium, who);
  await refused(old, /link/i);
  const fresh = await Person.at(chromium, { ...who, link });
  await fresh.sees('join');
});

/** The sounds of both browsers' made-up microphones are clean and near: what came back is good, or was found quiet. */
async function hearsThemselves(browser, who) {
  const person = await Person.at(browser, who);
  await person.sees('join');
  assert.equal(await person.attribute('check-sound-start', 'aria-disabled'), 'true', 'not without a microphone');
  await person.turn('mic', true);
  await until('a microphone that is on', async () =>
    (await person.attribute('check-sound-start', 'aria-disabled')) === 'false');
  await person.press('check-sound-start');
  await until('a verdict', async () => /good|bad/.test(await person.attribute('check-sound', 'data-state')));
  assert.match(await person.attribute('check-sound', 'data-verdict'), /^(good|quiet|clipped)$/);
  assert.deepEqual(await person.evaluate(() => window.__connections.map((c) => c.connectionState)), ['closed']);
  await person.close();
}

test('who is not let in hears themselves, in Chromium', () => hearsThemselves(chromium, meeting.members[1]));

test('who is not let in hears themselves, in Firefox', async () => {
  const firefox = await startFirefox();
  try {
    const { link } = await server.ctl('invite', meeting.meeting, meeting.members[1].email);
    await hearsThemselves(firefox, { ...meeting.members[1], link });
  } finally {
    await firefox.close();
  }
});
