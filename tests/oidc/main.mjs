// SPDX-License-Identifier: EUPL-1.2
// main.mjs [WORD…]: signing in by a real provider (CONCLAVE_BUILD, default build/asan).

import { runAll } from '../wire/lib/check.mjs';

await import('./oidc.test.mjs');
await import('./page.test.mjs');
process.exit((await runAll(process.argv.slice(2))) ? 0 : 1);
