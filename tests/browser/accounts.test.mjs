// SPDX-License-Identifier: EUPL-1.2
// Accounts as people meet them: enrolling, signing in by passkey (in Chromium, with its virtual authenticator) and by
// password with codes from an app (Firefox), my meetings, convening, administering. Through quickstart and the pages.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { Server } from './lib/server.mjs';
import { startChromium, startFirefox } from './lib/browsers.mjs';
import { addresses, foreign } from './lib/foreign.mjs';
import { Person } from './lib/person.mjs';
import { until } from './lib/wait.mjs';

let server, chromium, firefox, admin, clerk, guest;
/** In the meeting; and the link that Hilde's key signed for Marleen. */
let hilde, hers;

before(async () => {
  server = await Server.start();
  chromium = await startChromium();
  firefox = await startFirefox();
  admin = await server.ctl('admin', 'add', 'jens@lindebeke.example', '--level', 'configure');
});

after(async () => {
  await firefox?.close();
  await chromium?.close();
  await server?.stop();
});

/** Somebody at a page, whose device has an authenticator of its own if it is a Chromium. */
async function at(browser, name, address) {
  const person = new Person(browser, { name });
  person.page = await browser.newPage();
  person.errors = [];
  person.page.on('pageerror', (error) => person.errors.push(String(error)));
  if (browser.kind === 'chromium') {
    const line = await browser.context.newCDPSession(person.page);
    await line.send('WebAuthn.enable');
    await line.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true,
        isUserVerified: true, automaticPresenceSimulation: true,
      },
    });
  }
  await person.page.goto(address.replace(/(#|$)/, '?lang=nl$1'));
  return person;
}

/** Fills a field by its id as somebody who types would. */
async function type(person, id, words) {
  await until(`${person.name} to see #${id}`, () => person.evaluate((i) => Boolean(document.getElementById(i)), id));
  await person.evaluate(([i, text]) => {
    const field = document.getElementById(i);
    field.focus();
    field.value = text;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.dispatchEvent(new Event('change', { bubbles: true }));
  }, [id, words]);
}

async function keepCodes(person) {
  await person.sees('codes');
  const codes = await person.evaluate(() => document.querySelector('[data-testid="codes"]').innerText.split('\n'));
  assert.equal(codes.filter((code) => code.trim() !== '').length, 10);
  await person.press('codes-done');
  await until('a word about the codes', async () => /Bewaar eerst de codes/.test(await person.text()));
  await person.press('codes-kept');
  await person.press('codes-done');
  await person.press('enrol-go');
  return codes.map((code) => code.trim()).filter((code) => code !== '');
}

async function enrolByPasskey(person) {
  await person.press('make-passkey');
  return keepCodes(person);
}

/** RFC 6238, as an app on a phone computes it. */
function totp(secret, now = Date.now()) {
  let bits = '';
  for (const letter of secret.replace(/ /g, ''))
    bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(now / 30_000)));
  const mac = createHmac('sha1', key).update(step).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

const links = (person, testid) => person.evaluate((id) =>
  [...document.querySelectorAll(`[data-testid="${id}"]`)].map((e) => e.value), testid);

test('an administrator enrols, adds a body, imports a list: a wrong line is named, then all of it is taken', async () => {
  const jens = await at(chromium, 'Jens', admin.link);
  assert.equal(await jens.evaluate(() => location.hash), '', 'the token left the address bar');
  await enrolByPasskey(jens);
  await jens.press('section-bodies');
  await type(jens, 'body', 'Gemeenteraad');
  await jens.press('add-body');
  await until('the body to be listed', async () => /Gemeenteraad\s+0 personen/.test(await jens.text()));
  await jens.press('section-users');
  await jens.sees('import');
  await jens.evaluate(() => document.querySelector('details:has([data-testid="import"]) summary').click());
  const give = async (csv) => {
    await jens.page.setInputFiles('#csv', { name: 'raad.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
    await jens.press('import');
  };
  const good = 'name,email,body,office,party\nHilde Aerts,hilde@lindebeke.example,Gemeenteraad,clerk,\n'
    + 'Marleen Goossens,marleen@lindebeke.example,Gemeenteraad,member,Lijst Kouter\n';
  await give(`${good}Niemand,geen adres,Gemeenteraad,member,\n`);
  await jens.sees('import-refused');
  assert.match(await jens.text(), /Regel 4/);
  await give(good);
  await until('two links', async () => (await links(jens, 'enrol-link')).length === 2);
  [clerk, guest] = (await links(jens, 'enrol-link'));
  await jens.press('section-security');
  await until('the import in the security log', async () => /lijst ingevoerd/.test(await jens.text()));
  assert.deepEqual(jens.errors, []);
  await jens.close();
});

test('a clerk enrols by passkey, signs out and in again, convenes, and enters the meeting', async () => {
  hilde = await at(chromium, 'Hilde Aerts', clerk);
  await until('her name', async () => /Welkom, Hilde Aerts/.test(await hilde.text()));
  await enrolByPasskey(hilde);
  await until('my meetings', async () => /U heeft geen vergaderingen/.test(await hilde.text()));
  await hilde.press('sign-out');
  await hilde.press('sign-in-passkey');
  await hilde.press('nav-convene');
  await hilde.press('nav-keys');
  await until('my keys', async () => /Waar u aangemeld bent/.test(await hilde.text()));
  await hilde.press('nav-convene');
  await type(hilde, 'title', 'Gemeenteraad van vandaag');
  await hilde.sees('convene');
  const soon = new Date(Date.now() + 20 * 60_000);
  const local = new Date(soon - soon.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  await type(hilde, 'starts', local);
  await type(hilde, 'item-0', 'Notulen');
  await hilde.press('add-guests');
  await type(hilde, 'guest-name-0', 'mr. Joke Vermeersch');
  await type(hilde, 'guest-email-0', 'joke@balie.example');
  await hilde.press('convene');
  await hilde.sees('invitation');
  assert.equal((await links(hilde, 'invitation-link')).length, 3);
  await hilde.press('show-qr', '[data-person="mr. Joke Vermeersch"]');
  await hilde.sees('qr');
  const [download] = await Promise.all([
    hilde.page.waitForEvent('download'), hilde.press('calendar', '[data-person="mr. Joke Vermeersch"]'),
  ]);
  assert.match(download.suggestedFilename(), /\.ics$/);
  // The list of members comes with the invitations: her device stands in it, and nothing is signed before she says so.
  const standing = () => hilde.attribute('roster-standing', 'data-state');
  assert.equal(await until('the list of members', standing), 'none');
  const devices = () => hilde.evaluate(() =>
    [...document.querySelectorAll('[data-person="Hilde Aerts"] [data-testid="device"]')].map((e) => e.innerText));
  assert.match((await devices()).join(), /^\d{5}( \d{5}){5} nieuw$/);
  await hilde.press('sign-roster');
  await until('the list to be signed', async () => (await standing()) === 'same');
  // Now her signature stands in every link, behind the secret: no server gets a fragment.
  await until('the links to be signed', async () =>
    (await hilde.attribute('invitations-signed', 'data-state')) === 'on');
  for (const link of await links(hilde, 'invitation-link')) assert.match(link, /\/j#[\w-]+\.[\w-]{128}$/);
  hers = await hilde.evaluate(() => document.querySelector(
    '[data-testid="invitation"][data-person="Marleen Goossens"] [data-testid="invitation-link"]').value);
  const [print] = /\d{5}( \d{5}){5}/.exec(await hilde.evaluate(() =>
    document.querySelector('[data-testid="roster"] .qr').previousElementSibling.innerText));
  await hilde.page.goto(`${server.origin}/?lang=nl`);
  await hilde.press('enter');
  await hilde.enter();
  // In the meeting every device is held against it, under the digits that stand on the paper.
  await until('the keys', async () => (await hilde.attribute('e2ee', 'data-state')) === 'on');
  await hilde.press('e2ee');
  await until('what stands behind the devices', async () => (await hilde.attribute('trust', 'data-by')) === 'clerk');
  assert.ok((await hilde.evaluate(() => document.querySelector('[data-testid="trust"]').innerText)).includes(print));
  assert.deepEqual(hilde.errors, []);
});

test('a member enrols in Firefox with password and code, signs in with the next code, and waits in the lobby', async () => {
  const marleen = await at(firefox, 'Marleen Goossens', guest);
  await until('her name', async () => /Welkom, Marleen Goossens/.test(await marleen.text()));
  await marleen.press('enrol-password');
  await marleen.sees('secret');
  const secret = await marleen.evaluate(() => document.querySelector('[data-testid="secret"]').innerText);
  const password = 'veertien wilgen langs de vaart';
  await type(marleen, 'new-password', password);
  await type(marleen, 'repeat', password);
  await type(marleen, 'code', totp(secret, Date.now() - 30_000));
  await marleen.press('enrol-submit');
  await keepCodes(marleen);
  await marleen.press('sign-out');
  await marleen.press('way-password');
  await type(marleen, 'email', 'marleen@lindebeke.example');
  await type(marleen, 'password', password);
  await type(marleen, 'code', totp(secret));
  await marleen.press('sign-in');
  await marleen.press('enter');
  await marleen.waits();
  assert.deepEqual(marleen.errors, []);
  await marleen.close();
});

test('by the link that the clerk signed she goes in, and holds the meeting to the clerk’s key', async () => {
  const marleen = await at(firefox, 'Marleen Goossens', hers);
  await marleen.waits();
  assert.equal(await marleen.evaluate(() => location.hash), '');
  await hilde.admit(marleen.name);
  await marleen.sees('leave');
  await until('the keys', async () => (await marleen.attribute('e2ee', 'data-state')) === 'on');
  await marleen.press('e2ee');
  await until('what stands behind the devices', async () => (await marleen.attribute('trust', 'data-by')) === 'clerk');
  assert.doesNotMatch(await marleen.text(), /voor het eerst/, 'the key came with the link');
  await marleen.press('cancel');
  await marleen.press('leave');
  if (await marleen.has('confirm')) await marleen.press('confirm');
  await hilde.openPanel('people');
  await hilde.press('new-link', '[data-testid="absent"][data-person="Marleen Goossens"]');
  await hilde.fill('reason', 'Haar link werkt niet meer.');
  await hilde.press('confirm');
  const fresh = await until('the new link', () =>
    hilde.evaluate(() => document.querySelector('[data-testid="link"]')?.value));
  assert.match(fresh, /\/j#[\w-]+\.[\w-]{128}$/, 'the clerk’s key signs a new link, too');
  await hilde.press('cancel');
  assert.deepEqual([marleen.errors, hilde.errors], [[], []]);
  await marleen.close();
});

// Her cookies are in this browser: whatever the page of somebody else asks, she stays signed in, with all that is hers.
test('D12 a page of another origin changes nothing, by form or by fetch()', async () => {
  const page = await at(chromium, 'Hilde Aerts', `${server.origin}/`);
  const mine = () => page.evaluate(() => Promise.all(['/api/me', '/api/me/sessions', '/api/meetings'].map((path) =>
    fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' })
      .then(async (answer) => [answer.status, JSON.stringify(await answer.json()).replace(/"used":"[^"]*"/g, '')]))));
  const before = await mine();
  assert.deepEqual(before.map(([status]) => status), [200, 200, 200]);
  const paths = addresses();
  assert.ok(paths.length > 30);
  const { statuses, read } = await foreign(chromium, server.origin, paths);
  assert.deepEqual([...statuses].filter(([, status]) => status !== 403), []);
  assert.deepEqual([statuses.size, read], [paths.length, 0]);
  assert.deepEqual(await mine(), before);
  assert.deepEqual(page.errors, []);
  await page.close();
}, { timeout: 120_000 });

test('the list of files agrees with what the browser got', async () => {
  const anybody = await at(chromium, 'Anybody', `${server.origin}/integrity`);
  await until('the verdict', async () => (await anybody.attribute('integrity', 'data-state')) === 'good', 30_000);
  assert.deepEqual(anybody.errors, []);
});
