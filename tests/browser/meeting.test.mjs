// SPDX-License-Identifier: EUPL-1.2
// The first closed meeting: a clerk and a member in Chromium, a member in Firefox, admitted one by one, see and hear
// each other for twenty seconds. Through quickstart, the page and the contract's names only.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { Server } from './lib/server.mjs';
import { startChromium, startFirefox } from './lib/browsers.mjs';
import { Person } from './lib/person.mjs';
import { holds, until } from './lib/wait.mjs';

const out = new URL('../out/shots/', import.meta.url).pathname;
let server, chromium, firefox, meeting;
let clerk, marleen, fatima;

before(async () => {
  await mkdir(out, { recursive: true });
  server = await Server.start();
  chromium = await startChromium({ viewport: { width: 1440, height: 900 } });
  firefox = await startFirefox();
  meeting = await server.demo();
});

after(async () => {
  await firefox?.close();
  await chromium?.close();
  await server?.stop();
});

test('the clerk enters, the others wait in the lobby and are told nothing', async () => {
  clerk = await Person.at(chromium, meeting.clerk);
  await clerk.enter();
  marleen = await Person.at(chromium, meeting.members[0]);
  await marleen.sees('join');
  await marleen.shot(`${out}lobby.png`);
  await marleen.waits();
  fatima = await Person.at(firefox, meeting.members[1]);
  await fatima.waits();
  for (const waiting of [marleen, fatima]) {
    const seen = await waiting.text();
    for (const other of [meeting.clerk.name, meeting.chair.name, meeting.members[2].name])
      assert.ok(!seen.includes(other), `${waiting.name} reads the name of ${other} before admission`);
    // The page may lay the lines of its connection while it waits; that is all there is of it.
    assert.deepEqual(await waiting.beforeTime(), [], waiting.name);
  }
});

test('the clerk admits them, and everybody sees the same people', async () => {
  await clerk.admit(marleen.name);
  await marleen.sees('leave');
  await clerk.admit(fatima.name);
  await fatima.sees('leave');
  const expected = [clerk.name, marleen.name, fatima.name].sort();
  for (const person of [clerk, marleen, fatima])
    await until(`${person.name} to list all three`, async () =>
      JSON.stringify(await person.people()) === JSON.stringify(expected));
});

test('nothing is sent until a person switches it on', async () => {
  for (const person of [clerk, marleen, fatima])
    await until(`${person.name} to be connected`, async () => (await person.connection()) === 'connected', 30_000);
  assert.notDeepEqual(await fatima.beforeTime(), [], 'the same look does see a connection that stands');
  const streams = await fatima.evaluate(() =>
    window.__connections.flatMap((c) => c.getSenders()).filter((s) => s.track).length);
  assert.equal(streams, 0);
});

test('settings are fetched when they are asked for, count at once, and stay in this browser', async () => {
  for (const person of [marleen, fatima]) {
    await person.press('settings');
    await person.sees('set-noise');
    await person.press('set-page-display');
    await person.press('set-theme-dark');
    await until(`${person.name}'s page to be dark`, () => person.evaluate(() =>
      document.documentElement.dataset.theme === 'dark'));
    const kept = await person.evaluate(() => JSON.parse(localStorage.getItem('conclave-preferences')));
    assert.equal(kept.theme, 'dark');
    await person.evaluate(() => document.querySelector('dialog').close());
    assert.deepEqual(person.errors, []);
  }
});

test('each sees the others moving and hears them', async () => {
  const all = [clerk, marleen, fatima];
  for (const person of all) {
    await person.turn('camera', true);
    await person.turn('mic', true);
  }
  for (const person of all) for (const other of all) if (other !== person) await person.seesMoving(other.name, 30_000);
  for (const person of all)
    await until(`${person.name} to hear the two others`, async () =>
      Object.values((await person.stats()).energies).filter((energy) => energy > 0).length >= 2, 20_000);
  await clerk.shot(`${out}room.png`);
});

test('for 20 seconds nothing is lost, and both browsers have AEAD_AES_128_GCM', async () => {
  const all = [clerk, marleen, fatima];
  const first = await Promise.all(all.map((person) => person.stats()));
  await holds('everybody stays connected', async () =>
    (await Promise.all(all.map((person) => person.connection()))).every((state) => state === 'connected'),
  20_000, 2000);
  const last = await Promise.all(all.map((person) => person.stats()));
  const sent = last.map((now, i) => now.sentSound - first[i].sentSound);
  all.forEach((person, i) => {
    const theirs = sent.reduce((sum, n, at) => sum + (at === i ? 0 : n), 0);
    const got = last[i].audioPackets - first[i].audioPackets;
    assert.ok(got > 1500 && got > 0.9 * theirs - 50, `${person.name} got ${got} of ${theirs} packets of sound`);
    assert.ok(last[i].audioEnergy > first[i].audioEnergy, `${person.name} hears nothing`);
    assert.ok(last[i].videoFrames - first[i].videoFrames > 100, `${person.name} saw too few pictures`);
    assert.equal(last[i].audioLost - first[i].audioLost, 0, `${person.name} lost sound`);
    assert.equal(last[i].videoLost - first[i].videoLost, 0, `${person.name} lost video packets`);
    const { profiles } = last[i];
    assert.ok(profiles.every((profile) => /AEAD_AES_128_GCM$/.test(profile)), `${person.name}: ${profiles}`);
    assert.deepEqual(person.errors, []);
  });
  assert.ok(last[0].profiles.length > 0 , 'Chromium names the profile');
});

/** Of who stands in the small window: the name on the plate, and whether it is the very stream of the room's tile. */
const inSmallWindow = (person) => person.evaluate(() => {
  const page = window.documentPictureInPicture.window?.document;
  const tile = page?.querySelector('[data-testid="small-window"] [data-testid="tile"]');
  if (!tile) return null;
  const { person: name } = tile.dataset;
  const video = tile.querySelector('video');
  const room = document.querySelector(`#stage [data-testid="tile"][data-person="${name}"] video`);
  return {
    name, plate: tile.querySelector('.plate .nm').textContent, same: video.srcObject === room.srcObject,
    styled: page.defaultView.getComputedStyle(tile.querySelector('.plate')).display,
    frames: video.getVideoPlaybackQuality().totalVideoFrames, language: page.documentElement.lang,
  };
});

test('who turns to another window keeps who speaks in sight, by name, until a suspension', async () => {
  for (const person of [clerk, marleen, fatima])
    await until(`${person.name} to be connected`, async () => (await person.connection()) === 'connected', 30_000);
  await fatima.press('more');
  await fatima.sees('more-layout');
  assert.equal(await fatima.has('more-small'), await fatima.evaluate(() => 'documentPictureInPicture' in window));
  await marleen.press('more');
  await marleen.press('more-small');
  await until('the small window', () => inSmallWindow(marleen));
  await fatima.evaluate(() => document.querySelector('dialog').close());
  await fatima.press('hand');
  await until('to be in the queue', async () => (await fatima.attribute('hand', 'data-state')) === 'queue', 30_000);
  await clerk.openPanel('speakers');
  await clerk.press('give-floor', `[data-person="${fatima.name}"]`);
  const seen = await until('Fatima to stand in it', async () => {
    const now = await inSmallWindow(marleen);
    return now?.name === fatima.name && now;
  }, 30_000);
  assert.deepEqual({ ...seen, frames: 0 },
    { name: fatima.name, plate: fatima.name, same: true, styled: 'flex', frames: 0, language: 'nl-BE' });

  // The page is out of sight: after 5 s only what stands in the small window is asked for.
  await marleen.evaluate(() => {
    Object.defineProperty(document, 'hidden', { configurable: true, value: true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  let before = (await marleen.stats()).frames;
  const moving = async () => {
    const now = (await marleen.stats()).frames;
    const lines = Object.keys(now).filter((mid) => now[mid] > (before[mid] ?? 0)).length;
    before = now;
    return lines;
  };
  await until('one picture alone to be sent', async () => (await moving()) === 1, 30_000, 1_000);
  const { frames } = await inSmallWindow(marleen);
  await until('it to move', async () => (await inSmallWindow(marleen)).frames > frames);

  await clerk.press('more');
  await clerk.press('more-suspend');
  await clerk.fill('reason', 'Een pauze.');
  await clerk.press('confirm');
  await until('the small window to be gone', () => marleen.evaluate(() =>
    window.documentPictureInPicture.window === null), 30_000);
  assert.deepEqual(marleen.errors, []);
});
