// SPDX-License-Identifier: EUPL-1.2
// main.mjs [--no-browser] [WORD…]: signing in by a real provider (CONCLAVE_BUILD, default build/asan). Without
// a browser it runs where none is installed.

import { runAll } from '../wire/lib/check.mjs';

const words = process.argv.slice(2);
const bare = words[0] === '--no-browser';

await import('./oidc.test.mjs');
if (!bare) await import('./page.test.mjs');
process.exit((await runAll(bare ? words.slice(1) : words)) ? 0 : 1);
