// SPDX-License-Identifier: EUPL-1.2
// An item is opened without a member: nothing of it reaches that member, who is back by themselves when it closes; the
// report says so, in the browser that checked it; and what is written in the log cannot be changed unnoticed. The
// clerk, the chair and the recused member in Chromium, another member in Firefox.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Gathering } from './lib/gathering.mjs';
import { root } from './lib/server.mjs';
import { holds, until } from './lib/wait.mjs';

const run = promisify(execFile);
let gathering, server, meeting, folder;
let clerk, chair, marleen, jan;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conclave-items-'));
  gathering = await Gathering.begin();
  ({ server, meeting, clerk, chair, marleen, jan } = gathering);
});

after(async () => {
  await gathering?.end();
  if (folder) await rm(folder, { recursive: true, force: true });
});

const item = (n) => `[data-testid="item"][data-item="${n}"]`;
const stateOf = (person, n) => person.evaluate((s) => document.querySelector(s)?.dataset.state, item(n));
const title = (n) => clerk.evaluate((s) => document.querySelector(`${s} .ag__t`).innerText, item(n));
const connections = (person) => person.evaluate(() =>
  window.__connections.filter((c) => c.connectionState !== 'closed').length);
let second;

test('everybody reads the same agenda, closed by default', async () => {
  for (const person of [clerk, chair, marleen, jan]) {
    await person.openPanel('agenda');
    await until(`${person.name} to read three items`, async () => (await stateOf(person, 3)) === 'ahead');
    assert.equal(await person.attribute('session-state', 'data-state'), 'closed');
  }
  second = await title(2);
});

test('a member who takes no part is out when the item opens, and everybody else is told', async () => {
  await marleen.press('recuse', item(2));
  await marleen.press('confirm');
  await jan.turn('mic', true);
  await until('Marleen to hear Jan', async () => (await marleen.stats()).audioEnergy > 0);
  await clerk.press('item-open', item(2));
  await marleen.sees('aside');
  for (const person of [clerk, chair, jan]) {
    await until(`${person.name} to be in the item`, async () => (await stateOf(person, 2)) === 'open');
    assert.ok(!(await person.people()).includes(marleen.name), `${person.name} still has her in the list`);
    await person.openPanel('proceedings');
    await until(`${person.name} to read that she takes no part`, async () =>
      (await person.entries()).some((e) => e.startsWith('recused:') && e.includes(marleen.name)));
  }
});

test('nothing of the item is at her: no connection, no names, no events', async () => {
  assert.equal(await connections(marleen), 0);
  await jan.press('hand');
  await clerk.openPanel('speakers');
  await until('the clerk to read that Jan asks for the floor', async () => (await clerk.text()).includes(jan.name));
  await holds('her page holds nobody, and no connection', async () => {
    const seen = await marleen.evaluate(() => document.documentElement.innerHTML);
    return [clerk, chair, jan].every((p) => !seen.includes(p.name)) && (await connections(marleen)) === 0;
  }, 3000);
  assert.ok((await marleen.text()).includes(second), 'she reads which item it is');
});

test('reloading brings her nowhere else', async () => {
  await marleen.page.reload();
  await marleen.sees('aside');
  assert.equal(await connections(marleen), 0);
});

test('when the item closes she is back by herself, and hears the others', async () => {
  await clerk.openPanel('agenda');
  await clerk.press('item-close', item(2));
  await marleen.sees('leave');
  await until('Marleen to be among the tiles again', async () => (await marleen.people()).includes(jan.name));
  await until('Marleen to hear Jan again', async () => (await marleen.stats()).audioEnergy > 0);
  assert.equal(await marleen.attribute('mic', 'aria-pressed'), 'false');
  await until('Jan to have her in the list', async () => (await jan.people()).includes(marleen.name));
});

test('the report lists it, and the browser checked the proceedings', async () => {
  const page = await gathering.firefox.newPage(); // where one seat of this meeting is kept
  await page.goto(`${server.origin}/m/${meeting.meeting}/report?lang=nl`);
  const sealed = () => page.evaluate(() =>
    document.querySelector('[data-testid="seal"]')?.dataset.state ?? document.body.innerText);
  await until('the browser to have checked', async () => ['whole', 'broken'].includes(await sealed()))
    .catch(async () => assert.fail(await sealed()));
  assert.equal(await sealed(), 'whole', await page.evaluate(() => document.body.innerText));
  const lines = await page.evaluate(() =>
    [...document.querySelectorAll('[data-testid="report-item"]')].map((e) => e.innerText));
  assert.equal(lines.length, 3);
  assert.ok(lines[1].includes(second) && lines[1].includes(marleen.name), lines[1]);
  await page.close();
});

test('the exported proceedings verify, and a changed byte is named', async () => {
  const ctl = (...args) => run(join(root, 'build/release/server/conclavectl'), args, {
    env: { ...process.env, CONCLAVE_STATE: server.state }, maxBuffer: 64 << 20,
  });
  const { stdout } = await ctl('log', 'export', meeting.meeting);
  const whole = join(folder, 'whole.json');
  await writeFile(whole, stdout);
  await ctl('log', 'verify', whole);
  const at = stdout.indexOf('"kind":"recused"');
  assert.ok(at > 0, 'the recusal stands in the export');
  const seq = /"seq":(\d+)[^}]*$/.exec(stdout.slice(0, at))[1];
  const changed = join(folder, 'changed.json');
  await writeFile(changed, (await readFile(whole, 'utf8')).replace('"kind":"recused"', '"kind":"recuseD"'));
  await assert.rejects(ctl('log', 'verify', changed), (error) => {
    assert.equal(error.code, 1);
    assert.match(error.stderr + error.stdout, new RegExp(`\\b${seq}\\b`));
    return true;
  });
});

test('nobody saw an error', () => {
  for (const person of [clerk, chair, marleen, jan]) assert.deepEqual(person.errors, [], person.name);
});
