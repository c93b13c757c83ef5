// SPDX-License-Identifier: EUPL-1.2
// While fifty people sign in with their passwords, each of which costs a helper a whole Argon2id, a meeting goes on as
// without them. Rounds of quiet and busy, each its own difference, of which the median counts: what else the machine
// does spoils one round, what the helpers cost would show in all. All figures are printed.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digits, enrol, password } from './lib/accounts.mjs';
import { check, equal, test } from './lib/check.mjs';
import { post } from './lib/http.mjs';
import { build, hasRelease, releaseBuild, Server } from './lib/server.mjs';
import { enter } from './lib/socket.mjs';

const ROUNDS = process.env.CONCLAVE_TEST_FORM === 'full' ? 11 : 3;
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

const sorted = (all) => [...all].sort((a, b) => a - b);
const p99 = (all) => sorted(all)[Math.floor(all.length * 0.99)];
const median = (all) => sorted(all)[Math.floor(all.length / 2)];

/** Fifty people who have a password each. */
async function enrolled(server) {
  const file = join(server.state, 'people.csv');
  const line = (_, i) => `Raadslid ${i},raadslid${i}@raad.example,Gemeenteraad,member,\n`;
  await server.ctl('body', 'add', 'Gemeenteraad');
  await writeFile(file, Array.from({ length: LOGINS }, line).join(''));
  const { users } = await server.ctl('user', 'import', file);
  const people = [];
  for (const [i, user] of users.entries()) {
    const from = `127.0.2.${(i % 25) + 1}`;
    people.push({ email: user.email, from, ...(await enrol(server, user.link, { from })) });
  }
  return people;
}

/** Everybody of the demonstration meeting, admitted. */
async function meeting(server) {
  const { clerk, members } = await server.demo();
  const inside = [await enter(server, clerk)];
  for (const member of members) {
    const m = await enter(server, member);
    inside[0].send({ type: 'admit', person: m.welcome.you });
    m.state = await m.next('state');
    inside.push(m);
  }
  return inside;
}

/** How much later the meeting's events come while fifty sign in, on a server that nobody has signed in to yet. */
async function round() {
  const server = await Server.start({ from: hasRelease() ? releaseBuild : build });
  const people = await enrolled(server);
  const inside = await meeting(server);
  const took = [];
  const signIn = async (p) => {
    const began = performance.now();
    const body = { email: p.email, password, code: digits(p.secret) };
    equal((await post(server, '/api/sign-in/password', body, { from: p.from })).status, 200, p.email);
    took.push(performance.now() - began);
  };
  const without = p99(await talk(inside));
  const logins = paced((n) => signIn(people[n]));
  const during = p99(await talk(inside));
  await logins;
  check(took.length === LOGINS, 'not everybody signed in');
  for (const s of inside) s.end();
  await server.stop();
  const [quiet, busy, login] = [without, during, p99(took)].map((n) => n.toFixed(1));
  console.log(`     p99 of the events ${quiet} ms, with logins ${busy} ms; of a login ${login} ms`);
  return during - without;
}

test('50 logins in 2 s: a running meeting goes on as without them', async () => {
  const later = [];
  for (let n = 0; n < ROUNDS; n++) later.push(await round());
  check(median(later) <= MOST, `${median(later).toFixed(1)} ms later than without`);
}, 120_000);
