// SPDX-License-Identifier: EUPL-1.2
// One server for all the tests that need nothing special of theirs.

import { test } from './check.mjs';
import { Server } from './server.mjs';

let starting;

export function shared() {
  starting ??= Server.start();
  return starting;
}

/** The last test of a file that used it: the server has to end in order, without a sanitizer's complaint. */
export function testEnd(name) {
  test(`${name}: the server ends in order, and no sanitizer has complained`, async () => {
    const server = await shared();
    starting = undefined;
    await server.stop();
  });
}
