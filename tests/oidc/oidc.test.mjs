// SPDX-License-Identifier: EUPL-1.2
// Signing in by a provider, end to end, without a browser.

import { check, equal, test } from '../wire/lib/check.mjs';
import { post } from '../wire/lib/http.mjs';
import { until } from '../wire/lib/server.mjs';
import { signInAt } from './person.mjs';
import { SignedOn } from './signed-on.mjs';

const EMAIL = 'jan@lindebeke.example';
let provider, server;

async function begin() {
  const answer = await post(server, '/api/sign-in/oidc/begin', {});
  equal(answer.status, 200, JSON.stringify(answer.json));
  return { url: answer.json.url, cookie: String(answer.cookie).split(';')[0] };
}

const end = ({ cookie }, back) => post(server, '/api/sign-in/oidc', {
  code: back.get('code'), state: back.get('state'), iss: back.get('iss'),
}, { cookies: cookie });

async function signOn(name) {
  const begun = await begin();
  return end(begun, await signInAt(begun.url, name, server.origin));
}

test('oidc: the provider is found, and offered', async () => {
  server = await SignedOn.start();
  ({ provider } = server);
  await until('the provider to be found', () => server.lines('provider-found') === 1);
  const me = await post(server, '/api/me', {});
  equal(me.status, 401);
  equal(me.json.error.provider, true);
});

test('oidc: who has an account signs in', async () => {
  await server.ctl('user', 'add', 'Jan Peeters', '--email', EMAIL);
  const answer = await signOn(EMAIL);
  equal(answer.status, 200, `${JSON.stringify(answer.json)} ${server.log.slice(-500)}`);
  equal(answer.json.name, 'Jan Peeters');
  const cookies = String(answer.cookie).split(';')[0];
  check(cookies.startsWith('__Host-session='), 'a session');
  const me = await post(server, '/api/me', {}, { cookies });
  equal(me.json.email, EMAIL);
});

test('oidc: nobody else does', async () => {
  const stranger = await signOn('eve@lindebeke.example');
  equal(stranger.status, 403);
  equal(stranger.json.error.code, 'sign-on-refused');
  provider.verified = false;
  const unverified = await signOn(EMAIL);
  provider.verified = true;
  equal(unverified.status, 403);
  check(server.log.includes('id-token-refused why=email'), server.log);
});

test('oidc D16: an answer counts once, in the browser that asked', async () => {
  const begun = await begin();
  const back = await signInAt(begun.url, EMAIL, server.origin);
  const other = await begin();
  const before = provider.asked.length;
  equal((await end(other, back)).status, 403);
  equal(provider.asked.length, before);
  equal((await end(begun, back)).status, 200);
  const after = provider.asked.length;
  equal((await end(begun, back)).status, 403);
  equal(provider.asked.length, after);
});

test('oidc D16: a code of another sign-in is refused by the provider itself: the verifier does not fit', async () => {
  const begun = await begin();
  const mine = await signInAt(begun.url, EMAIL, server.origin);
  const hers = await begin();
  const stolen = await signInAt(hers.url, EMAIL, server.origin);
  mine.set('code', stolen.get('code'));
  equal((await end(begun, mine)).status, 403);
  check(server.log.includes('code-refused status=400'), server.log);
});

test('oidc: a redirect is not followed, and what is too long is not read', async () => {
  const instead = async (answer) => {
    const begun = await begin();
    const back = await signInAt(begun.url, EMAIL, server.origin);
    provider.instead = (request, response) => request.url === '/token' && (answer(response), true);
    const { status } = await end(begun, back);
    provider.instead = null;
    return status;
  };
  const before = provider.asked.filter((one) => one.includes('/elsewhere')).length;
  equal(await instead((r) => r.writeHead(302, { location: `${provider.issuer}/elsewhere` }).end()), 403);
  equal(provider.asked.filter((one) => one.includes('/elsewhere')).length, before);
  equal(await instead((r) => r.writeHead(200).end('x'.repeat(1_000_000))), 503);
  equal(await instead((r) => r.writeHead(500).end()), 503);
  equal((await signOn(EMAIL)).status, 200);
});

test('oidc: keys were asked for once, and the server ends in order', async () => {
  equal(provider.asked.filter((one) => one === 'GET /jwks').length, 1);
  equal(provider.asked.filter((one) => one.includes('openid-configuration')).length, 1);
  equal(provider.asked.filter((one) => one.includes('/me')).length, 0);
  await server.stop();
});
