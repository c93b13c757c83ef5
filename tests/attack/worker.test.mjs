// SPDX-License-Identifier: EUPL-1.2
// ATTACKS D17: conclave-media has been taken over by a stranger (tests/attack/hostile_media.c), who asks for password
// hashes, gives orders, sends half and huge frames, another version, and a flood about sessions of others. conclaved
// refuses, stays within its memory, and the people in its meetings notice nothing.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { check, equal, test } from '../wire/lib/check.mjs';
import { request } from '../wire/lib/http.mjs';
import { build, Server, until } from '../wire/lib/server.mjs';
import { enter } from '../wire/lib/socket.mjs';

const MIB = 1024 * 1024;

test('D17 a hostile media worker learns nothing, and nobody notices', async () => {
  const media = join(build, 'tests/attack/hostile_media');
  check(existsSync(media), `${media} is missing`);
  const server = await Server.start({ media });
  const { clerk: c, members } = await server.demo();
  const clerk = await enter(server, c);
  const jan = await enter(server, members[0]);
  clerk.send({ type: 'admit', person: jan.welcome.you });
  const before = (await jan.next('state')).people;

  await until('the flood', () => server.log.includes('hostile floods'), 20_000);
  const resident = (await server.usage()).resident;
  let [asked, slowest] = [0, 0];
  while (!server.log.includes('hostile has flooded')) {
    const began = performance.now();
    await request(server, 'GET', '/healthz'); // 503 at the moment when no worker is there
    const raised = asked % 2 === 0;
    jan.send({ type: 'hand', raised });
    await clerk.next((m) => m.type === 'floor' && m.speakers.length === (raised ? 1 : 0));
    slowest = Math.max(slowest, performance.now() - began);
    asked++;
  }
  check(asked > 2, `the flood was over after ${asked} looks`);
  console.log(`     ${asked} looks during the flood, the slowest took ${slowest.toFixed(0)} ms`);
  check(slowest < 2000, `${slowest} ms`);
  const grown = (await server.usage()).resident - resident;
  check(grown < 16 * MIB, `it grew by ${(grown / MIB).toFixed(1)} MiB`);

  await until('the worker to be taken back when it behaves', () => server.log.includes('hostile is ready'), 20_000);
  await until('it to be ready', () => server.log.split('worker-ready').length > 2, 5000);
  for (const word of ['worker-unintelligible', 'worker-version', 'worker-down'])
    check(server.lines(word) > 0, `nothing in the log of ${word}`);
  // Refused: the hashes, the orders, half a frame, one that is too large.
  equal(server.lines('worker-unintelligible'), 4);
  check(server.log.length < 64 * 1024, `it logged ${server.log.length} bytes`);
  // The people of the meeting are those who were let in, and no others.
  const marleen = await enter(server, members[1]);
  clerk.send({ type: 'admit', person: marleen.welcome.you });
  equal(
    (await marleen.next('state')).people.map((p) => p.name),
    [...before.map((p) => p.name), marleen.welcome.name ?? members[1].name],
  );
  for (const s of [clerk, jan, marleen]) s.end();
  await server.stop();
}, 90_000);
