// SPDX-License-Identifier: EUPL-1.2
// The host's few rights, used in the open: a mute that everyone sees and only the muted person undoes, a removal that
// takes two. The clerk, the chair and a member in Chromium, a member in Firefox.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { Gathering } from './lib/gathering.mjs';
import { holds, until } from './lib/wait.mjs';

const out = new URL('../out/shots/', import.meta.url).pathname;
let gathering, server, meeting;
let clerk, chair, marleen, jan;

before(async () => {
  await mkdir(out, { recursive: true });
  gathering = await Gathering.begin();
  ({ server, meeting, clerk, chair, marleen, jan } = gathering);
});

after(async () => {
  await gathering?.end();
});

const heard = async (person) => (await person.stats()).audioPackets;

/** Everybody's proceedings hold an entry of this kind with these words. */
async function inTheProceedings(people, kind, ...words) {
  for (const person of people) {
    await person.openPanel('proceedings');
    await until(`${person.name} to read of ${kind}`, async () =>
      (await person.entries()).some((e) => e.startsWith(`${kind}:`) && words.every((w) => e.includes(w))), 5000);
  }
}

test('a clerk mutes a member: the member and all others see who and why, and nothing more is forwarded', async () => {
  await marleen.turn('mic', true);
  await until('Jan to hear Marleen', async () => (await jan.stats()).audioEnergy > 0);
  await clerk.uses('person-mute', marleen.name, 'Er klinkt een echo.');
  await until('her microphone to be off', async () =>
    (await marleen.attribute('mic', 'aria-pressed')) === 'false', 2000);
  await until('her to read who and why', async () => {
    const seen = await marleen.text();
    return seen.includes(clerk.name) && seen.includes('Er klinkt een echo.');
  }, 2000);
  await marleen.shot(`${out}muted.png`);
  await inTheProceedings([clerk, chair, marleen, jan], 'muted', clerk.name, marleen.name, 'Er klinkt een echo.');
  const silent = await heard(jan);
  await holds('nothing of her arrives', async () => (await heard(jan)) - silent < 5, 2000);
});

test('only she can switch her microphone on again, and she can at once', async () => {
  const before = await heard(jan);
  await marleen.turn('mic', true);
  await until('Jan to hear her again', async () => (await heard(jan)) > before + 20);
});

test('a removal needs the chair: until then she stays, then she sees who and why', async () => {
  await clerk.uses('person-remove', marleen.name, 'Iemand luistert mee.');
  await chair.sees('request');
  await chair.shot(`${out}request.png`);
  assert.ok(await marleen.has('leave'), 'asking alone removes nobody');
  await chair.press('confirm', '[data-testid="request"]');
  await until('her to read who and why', async () => {
    const seen = await marleen.text();
    return seen.includes(clerk.name) && seen.includes('Iemand luistert mee.') && !(await marleen.has('mic'));
  }, 5000);
  await marleen.shot(`${out}removed.png`);
  await inTheProceedings([clerk, chair, jan], 'removed', clerk.name, marleen.name, 'Iemand luistert mee.');
  for (const person of [clerk, chair, jan]) assert.ok(!(await person.people()).includes(marleen.name));
});

test('she comes back only through the lobby, without names or media', async () => {
  await marleen.page.goto(`${server.origin}/m/${meeting.meeting}`);
  await marleen.waits();
  const seen = await marleen.text();
  for (const other of [clerk, chair, jan]) assert.ok(!seen.includes(other.name), `names ${other.name}`);
  assert.deepEqual(await marleen.beforeTime(), []);
  for (const person of [clerk, chair, marleen, jan]) assert.deepEqual(person.errors, []);
});
