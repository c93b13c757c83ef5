// SPDX-License-Identifier: EUPL-1.2
// main.mjs wire|attack [WORD…]: the tests from outside against a real conclaved (CONCLAVE_BUILD, default build/asan).

import { runAll } from './lib/check.mjs';

const suites = {
  wire: [
    './http.test.mjs',
    './scan.test.mjs',
    './upgrade.test.mjs',
    './frames.test.mjs',
    './meeting.test.mjs',
    './rights.test.mjs',
    './fields.test.mjs',
    './restart.test.mjs',
    './kill.test.mjs',
    './delivery.test.mjs',
    './accounts.test.mjs',
    './logins.test.mjs',
  ],
  attack: [
    '../attack/use-after-free.test.mjs',
    '../attack/flood.test.mjs',
    '../attack/private.test.mjs',
    '../attack/worker.test.mjs',
    '../attack/certificate.test.mjs',
    '../attack/trouble.test.mjs',
  ],
};
const [suite, ...only] = process.argv.slice(2);
if (!suites[suite]) {
  console.error('usage: main.mjs wire|attack [WORD…]');
  process.exit(2);
}
for (const file of suites[suite]) await import(file);
process.exit((await runAll(only)) ? 0 : 1);
