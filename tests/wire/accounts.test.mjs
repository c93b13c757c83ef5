// SPDX-License-Identifier: EUPL-1.2
// Accounts from outside, with real helpers: enrolling and signing in by password, by name or not at all, from foreign
// pages, over both listeners (ATTACKS D04, D05, D11, D12, D13).

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digits, enrol, password } from './lib/accounts.mjs';
import { check, equal, test } from './lib/check.mjs';
import { post, request } from './lib/http.mjs';
import { testEnd, shared } from './lib/shared.mjs';

/** Every file of the server's state, as it stands there. */
async function stateFiles(server) {
  const folder = join(server.state, 'data');
  const found = await readdir(folder, { withFileTypes: true });
  return Promise.all(found.filter((f) => f.isFile()).map(async ({ name }) => ({
    name, bytes: await readFile(join(folder, name)),
  })));
}

const pair = (cookie) => cookie.split(';')[0];

/** The same server's administration listener. */
const administration = (server) => ({ port: server.adminPort, origin: `https://localhost:${server.adminPort}` });

test('D11 D13 a password and its digits sign in, and signing out ends it', async () => {
  const server = await shared();
  const { link } = await server.ctl('user', 'add', 'Jan Peeters', '--email', 'jan@x.example');
  const { secret, cookie } = await enrol(server, link);
  check(/^__Host-session=[\w-]{43}; Secure; HttpOnly; SameSite=Strict; Path=\/$/.test(cookie), cookie);
  equal((await post(server, '/api/me', {}, { cookies: pair(cookie) })).json.password, true);
  const signedIn = await post(server, '/api/sign-in/password', {
    email: 'Jan@x.example',
    password,
    code: digits(secret),
  });
  equal([signedIn.status, signedIn.json], [200, { name: 'Jan Peeters', reset: false }]);
  const again = pair(signedIn.cookie);
  equal((await post(server, '/api/sign-out', {}, { cookies: again })).status, 200);
  equal((await post(server, '/api/me', {}, { cookies: again })).json, { error: { code: 'signed-out' } });
  // Only its hash is kept: neither the log nor any file of the state has it. That the search finds what stands there:
  const files = await stateFiles(server);
  check(files.some(({ bytes }) => bytes.includes('jan@x.example')), 'the search finds nothing at all');
  for (const secret of [again.split('=')[1], pair(cookie).split('=')[1], password]) {
    check(!server.log.includes(secret), 'a secret in the log');
    for (const { name, bytes } of files) check(!bytes.includes(secret), `a secret in ${name}`);
  }
});

test('where one is signed in is told in words of ours, and ended from elsewhere', async () => {
  const server = await shared();
  const { link } = await server.ctl('user', 'add', 'An Maes', '--email', 'an@x.example');
  const first = pair((await enrol(server, link)).cookie);
  const { json } = await post(server, '/api/me/sessions', {}, { cookies: first });
  equal([json.sessions.length, json.sessions[0].browser, json.sessions[0].current], [1, 'other', true]);
  const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0 <script>alert(1)</script>';
  const { link: again } = await server.ctl('user', 'reset', 'an@x.example');
  const { secret, cookie } = await enrol(server, again, { headers: { 'User-Agent': agent } });
  const second = pair(cookie);
  const third = pair((await post(server, '/api/sign-in/password', {
    email: 'an@x.example', password, code: digits(secret),
  }, { headers: { 'User-Agent': 'x'.repeat(2000) } })).cookie);
  const list = (await post(server, '/api/me/sessions', {}, { cookies: second })).json.sessions;
  equal(list.map(({ browser, system, current }) => [browser, system, current]),
    [['firefox', 'linux', true], ['other', 'other', false]]);
  equal((await post(server, '/api/me/sessions/end', { id: list[1].id }, { cookies: second })).status, 200);
  equal((await post(server, '/api/me', {}, { cookies: third })).status, 401);
  equal((await post(server, '/api/me', {}, { cookies: second })).status, 200);
  check(!(await stateFiles(server)).some(({ bytes }) => bytes.includes('<script>')), 'what the browser said is kept');

  // What costs is rationed, and the answer says until when.
  let refused;
  for (let n = 0; n < 40 && refused === undefined; n++) {
    const answer = await post(server, '/api/invitations', { meeting: 'aaaaaaaaaa' }, { cookies: second });
    if (answer.status !== 403) refused = answer;
  }
  equal([refused?.status, refused?.json], [429, { error: { code: 'slow-down' } }]);
  check(/^[1-5]$/.test(refused.headers['retry-after']), refused.headers['retry-after']);
  equal((await post(server, '/api/me', {}, { cookies: second })).status, 200);
});

test('D04 D05 a wrong password, an unknown address and a long password', async () => {
  const server = await shared();
  const wrong = { password: 'een ander wachtwoord', code: '123456' };
  const known = await post(server, '/api/sign-in/password', { email: 'jan@x.example', ...wrong });
  const unknown = await post(server, '/api/sign-in/password', { email: 'niemand@x.example', ...wrong });
  equal([known.status, known.body], [403, '{"error":{"code":"sign-in-refused"}}']);
  equal([unknown.status, unknown.body], [known.status, known.body]);
  const long = { email: 'jan@x.example', password: 'x'.repeat(10_000), code: '123456' };
  equal((await post(server, '/api/sign-in/password', long)).status, 413);
});

test('D12 no foreign page changes anything', async () => {
  const server = await shared();
  for (const path of ['/api/sign-in', '/api/sign-out', '/api/convene', '/api/enter', '/api/me/device']) {
    equal((await post(server, path, {}, { headers: { Origin: 'https://evil.example' } })).status, 403, path);
    equal((await post(server, path, {}, { headers: { 'Sec-Fetch-Site': 'cross-site' } })).status, 403, path);
    equal((await post(server, path, {}, { headers: { 'Content-Type': 'text/plain' } })).status, 400, path);
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
    equal((await post(server, path, 'a=b', { headers: form })).status, 400, path);
    equal((await post(server, path, {}, { headers: { Origin: administration(server).origin } })).status, 403, path);
  }
});

test('the administration answers on its own listener, and there nothing else does', async () => {
  const server = await shared();
  const admin = administration(server);
  const { link } = await server.ctl('admin', 'add', 'it@x.example', '--level', 'configure');
  check(link.startsWith(`${admin.origin}/enrol#`), link);
  equal((await post(server, '/api/enrol', { token: link.split('#')[1] })).json.error.code, 'enrol-unknown');
  const { cookie } = await enrol(admin, link);
  check(cookie.startsWith('__Host-admin='), cookie);
  const cookies = pair(cookie);
  const overview = await post(admin, '/api/admin/overview', {}, { cookies });
  equal([overview.status, overview.json.healthy], [200, true]);
  check(overview.json.certificate > new Date().toISOString(), overview.json.certificate);
  check(overview.json.free > 0, overview.json.free);
  equal((await post(server, '/api/admin/overview', {}, { cookies })).status, 404);
  equal((await post(admin, '/api/meetings', {}, { cookies })).status, 404);
  equal((await request(admin, 'GET', '/admin')).status, 200);
  equal((await request(server, 'GET', '/admin')).status, 404);
  for (const path of ['/', '/m/aaaaaaaaaa', '/ws', '/healthz', '/j'])
    equal((await request(admin, 'GET', path)).status, 404, path);
});

testEnd('accounts');
