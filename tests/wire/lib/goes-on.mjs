// SPDX-License-Identifier: EUPL-1.2
// A small meeting, and whether it goes on. In the tests from outside.

import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { equal } from './check.mjs';
import { plainBuild } from './server.mjs';
import { enter } from './socket.mjs';

/** A clerk and a member, inside. */
export async function smallMeeting(server) {
  const { clerk: c, members } = await server.demo();
  const clerk = await enter(server, c);
  const member = await enter(server, members[0]);
  clerk.send({ type: 'admit', person: member.welcome.you });
  await member.next('state');
  return { clerk, member };
}

/** What one does, the other hears: over the connections that they had. */
export async function goesOn({ clerk, member }) {
  for (const raised of [true, false]) {
    member.send({ type: 'hand', raised });
    await clerk.next((m) => m.type === 'entry' && m.entry.kind === (raised ? 'hand-raised' : 'hand-lowered'));
  }
  equal(clerk.raw.over || member.raw.over, false, 'a connection ended');
}

/** What stands in front of the command line of a server whose wall clock `moveClock` moves. */
export const movedBy = (file) =>
  ['env', `LD_PRELOAD=${join(plainBuild, 'tests/attack/libmoved_clock.so')}`, `MOVED_CLOCK=${file}`];

export async function moveClock(clock, seconds) {
  const file = await open(clock, 'r+');
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(Math.round(seconds)));
  await file.write(bytes, 0, 8, 0);
  await file.close();
}
