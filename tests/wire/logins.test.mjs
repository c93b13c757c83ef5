// SPDX-License-Identifier: EUPL-1.2
// While fifty people sign in with their passwords, each of which costs a helper a whole Argon2id, a meeting goes on as
// without them. Interleaved: quiet, busy, quiet, busy; both figures are printed.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digits, enrol, password } from './lib/accounts.mjs';
import { check, equal, test } from './lib/check.mjs';
import { post } from './lib/http.mjs';
import { build, hasRelease, releaseBuild, Server } from './lib/server.mjs';
import { enter } from './lib/socket.mjs';

const ROUNDS = 2;
const LOGINS = 50;
const SPAN = 2000; // ms
const MOST = 20; // ms that the p99 may differ

/** Every 40 ms from now on, for two seconds. */
async function paced(body) {
  const all = [];
  await new Promise((ok) => {
    const timer = setInterval(() => {
      all.push(body(all.length));
      if (all.length < LOGINS) return;
      clearInterval(timer);
      ok();
    }, SPAN / LOGINS);
  });
  return Promise.all(all);
}

/** Who was to say at `began` what they send from now on, and who is told: the milliseconds between. */
async function delay(one, other, began) {
  one.on = !one.on;
  one.send({ type: 'sources', microphone: one.on, camera: false, screen: false, screen_sound: false });
  await other.next(
    (m) => m.type === 'person' && m.person.id === one.welcome.you && m.person.sources.microphone === one.on,
  );
  return performance.now() - began;
}

/** The delays of a meeting in which everybody says something every 40 ms; one at a time on each line. */
async function talk(inside) {
  const lines = inside.map((s, i) => {
    let last = Promise.resolve();
    return paced(() => {
      const began = performance.now();
      return (last = last.then(() => delay(s, inside[(i + 1) % inside.length], began)));
    });
  });
  return (await Promise.all(lines)).flat();
}

const p99 = (all) => all.sort((a, b) => a - b)[Math.floor(all.length * 0.99)];

test('50 logins in 2 s: a running meeting goes on as without them', async () => {
  const server = await Server.start({ from: hasRelease() ? releaseBuild : build });
  const file = join(server.state, 'people.csv');
  const emails = Array.from({ length: ROUNDS * LOGINS }, (_, i) => `raadslid${i}@raad.example`);
  await server.ctl('body', 'add', 'Gemeenteraad');
  await writeFile(file, emails.map((e, i) => `Raadslid ${i},${e},Gemeenteraad,member,\n`).join(''));
  const { users } = await server.ctl('user', 'import', file);
  const from = (i) => `127.0.2.${(i % 25) + 1}`;
  const people = [];
  for (const [i, user] of users.entries())
    people.push({ email: user.email, from: from(i), ...(await enrol(server, user.link, { from: from(i) })) });
  const { clerk: c, members } = await server.demo();
  const inside = [await enter(server, c)];
  for (const member of members) {
    const m = await enter(server, member);
    inside[0].send({ type: 'admit', person: m.welcome.you });
    m.state = await m.next('state');
    inside.push(m);
  }
  const quiet = [];
  const busy = [];
  const took = [];
  const signIn = async (p) => {
    const began = performance.now();
    const body = { email: p.email, password, code: digits(p.secret) };
    equal((await post(server, '/api/sign-in/password', body, { from: p.from })).status, 200, p.email);
    took.push(performance.now() - began);
  };
  for (let round = 0; round < ROUNDS; round++) {
    quiet.push(...(await talk(inside)));
    const logins = paced((n) => signIn(people[round * LOGINS + n]));
    busy.push(...(await talk(inside)));
    await logins;
  }
  const [without, during] = [p99(quiet), p99(busy)];
  console.log(
    `     p99 of ${quiet.length} events without logins ${without.toFixed(1)} ms, of ${busy.length} with them ` +
      `${during.toFixed(1)} ms; a login took ${p99(took).toFixed(0)} ms (p99)`,
  );
  check(took.length === ROUNDS * LOGINS, 'not everybody signed in');
  check(during - without <= MOST, `${during.toFixed(1)} ms instead of ${without.toFixed(1)} ms`);
  for (const s of inside) s.end();
  await server.stop();
}, 120_000);
