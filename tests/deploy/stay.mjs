// SPDX-License-Identifier: EUPL-1.2
// stay.mjs PORT DEMO: a clerk and a member in a meeting of an installed server. Prints "2 inside"; reads a line, which
// says that the server was replaced; then both come back with the seats that they had, and see each other and the same
// proceedings as before. Invariant: what is printed has happened.

import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { check, equal } from '../wire/lib/check.mjs';
import { post } from '../wire/lib/http.mjs';
import { arrive, enter } from '../wire/lib/socket.mjs';

const [port, demo] = process.argv.slice(2);
const server = { port: Number(port), origin: `https://localhost:${port}` };
const { people } = JSON.parse(await readFile(demo, 'utf8'));
const token = (office) => ({ token: people.find((p) => p.office === office).link.split('#')[1] });
const names = (state) => state.people.map((p) => p.name).sort();

const clerk = await enter(server, token('clerk'));
const member = await enter(server, token('member'));
await clerk.next('waiting');
clerk.send({ type: 'admit', person: member.welcome.you });
member.state = await member.next('state');
console.log(`${member.state.people.length} inside`);

// A page answers the server's pings meanwhile.
const answering = setInterval(() => [clerk, member].forEach((one) => one.take()), 100);
await new Promise((ok) => createInterface({ input: process.stdin }).once('line', ok));
clearInterval(answering);
const began = performance.now();
const back = [];
for (const one of [clerk, member]) {
  await one.closed();
  const resumed = await post(server, '/api/resume', { seat: one.seat.seat }, { cookies: one.seat.cookie });
  equal(resumed.status, 200, 'the seat');
  const s = await arrive(server, one.seat, { cookies: resumed.cookie.split(';')[0] });
  equal([s.welcome.you, s.welcome.phase], [one.welcome.you, 'inside']);
  s.state = await s.next('state');
  equal(s.state.meeting, member.state.meeting, 'the meeting');
  check(names(s.state).length === 2, `people: ${names(s.state)}`);
  back.push(s);
}
equal(names(back[0].state), names(back[1].state));
console.log(`${back.length} back in ${Math.round(performance.now() - began)} ms`);
process.exit(0);
