// SPDX-License-Identifier: EUPL-1.2
// The button of the provider, in Chromium: pressed, signed in there, back in the pages; and what the page says when it
// does not work. The server is 127.0.0.1 to the browser and the provider localhost: another site, so that no cookie of
// ours comes along with the way back.

import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { startChromium } from '../browser/lib/browsers.mjs';
import { Person } from '../browser/lib/person.mjs';
import { check, equal, test } from '../wire/lib/check.mjs';
import { until } from '../wire/lib/server.mjs';
import { SignedOn } from './signed-on.mjs';

const client = fileURLToPath(new URL('../../web/dist', import.meta.url));
const EMAIL = 'jan@lindebeke.example';
const LIMIT = 60_000;
let server, chromium, jan;

class WithPages extends SignedOn {
  async prepare() {
    this.home = `https://127.0.0.1:${this.port}`;
    await super.prepare();
    const text = await readFile(this.config, 'utf8');
    await writeFile(this.config, text.replace('host = localhost', 'host = 127.0.0.1, localhost')
      .replace(/^web_root = .*$/m, `web_root = ${client}`));
  }
}

/** At the door, as somebody without a session. */
async function visit(search = '') {
  await jan.page.goto(`${server.home}/${search}`);
  await jan.sees('sign-in-provider');
}

const says = (words) => until(`the page to say ${words}`, async () => words.test(await jan.text()), 15_000);

/** The provider's own page: a name and a password, then consent where it asks for that. */
async function signInThere(name) {
  await jan.page.fill('input[name=login]', name);
  await jan.page.fill('input[name=password]', 'any');
  await jan.page.click('button[type=submit]');
  await until('the provider to ask for consent, or to be done', async () =>
    jan.page.url().startsWith(server.home) || (await jan.page.$('input[name=prompt][value=consent]')) !== null);
  if (!jan.page.url().startsWith(server.home)) await jan.page.click('button[type=submit]');
  await jan.page.waitForURL((url) => url.href.startsWith(server.home));
}

const address = () => jan.evaluate(() => `${location.pathname}${location.search}`);

test('oidc page: the button leads to the provider, and from there into my meetings', async () => {
  server = await WithPages.start();
  await until('the provider to be found', () => server.lines('provider-found') === 1);
  await server.ctl('user', 'add', 'Jan Peeters', '--email', EMAIL);
  chromium = await startChromium();
  jan = new Person(chromium, { name: 'Jan Peeters' });
  jan.page = await chromium.newPage();
  // The provider's page wants letters from elsewhere.
  await jan.page.route((url) => !['127.0.0.1', 'localhost'].includes(url.hostname), (route) => route.abort());
  await visit();
  await jan.press('sign-in-provider');
  await jan.page.waitForURL((url) => url.href.startsWith(server.provider.issuer));
  await signInThere(EMAIL);
  await says(/U heeft geen vergaderingen/);
  equal(await address(), '/', 'the code left the address bar');
  await jan.press('sign-out');
  await jan.sees('sign-in-passkey');
}, LIMIT);

test('oidc page: stopped at the provider: the page says what to do, and the button is still there', async () => {
  await jan.page.context().clearCookies();
  await visit();
  await jan.press('sign-in-provider');
  await jan.page.waitForURL((url) => url.href.startsWith(server.provider.issuer));
  await jan.page.click('a[href$="/abort"]');
  await jan.page.waitForURL((url) => url.href.startsWith(server.home));
  await says(/Uw organisatie heeft u niet aangemeld.*Probeer het opnieuw, of kies een andere manier/);
  equal(await address(), '/');
  check(await jan.has('sign-in-provider'), 'it can be tried again');
}, LIMIT);

test('oidc page D16: an answer that this browser did not ask for signs nobody in, and says what to do', async () => {
  const asked = server.provider.asked.length;
  await visit('?code=c0de&state=of-somebody-else');
  await says(/Aanmelden via uw organisatie is niet gelukt. Probeer het opnieuw/);
  equal(await address(), '/');
  equal(server.provider.asked.length, asked, 'the provider was not asked');
}, LIMIT);

test('oidc page: somebody without an account here is told whom to ask', async () => {
  await jan.press('sign-in-provider');
  await jan.page.waitForURL((url) => url.href.startsWith(server.provider.issuer));
  await signInThere('eve@lindebeke.example');
  await says(/vraag dan de secretaris of uw e-mailadres hier bekend is/);
  check(await jan.has('sign-in-provider'), 'it can be tried again');
}, LIMIT);

test('oidc page: the server and the browser end in order', async () => {
  await chromium.close();
  await server.stop();
}, LIMIT);
