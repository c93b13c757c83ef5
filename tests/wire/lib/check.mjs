// SPDX-License-Identifier: EUPL-1.2
// The tests of one run: each has a name, a time limit, and a verdict. Invariant: what throws, or does not end, failed.

const tests = [];

/** Registers a test; `limit` in milliseconds. */
export function test(name, body, limit = 30_000) {
  tests.push({ name, body, limit });
}

export function check(condition, what) {
  if (!condition) throw new Error(what);
}

export function equal(got, wanted, what = 'value') {
  const a = JSON.stringify(got);
  const b = JSON.stringify(wanted);
  if (a !== b) throw new Error(`${what}: ${a?.slice(0, 400)} instead of ${b?.slice(0, 400)}`);
}

function limited(promise, limit) {
  let timer;
  const late = new Promise((_, no) => {
    timer = setTimeout(() => no(new Error(`not done within ${limit} ms`)), limit);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Runs them in order; true when all passed. The last line is "N passed, N failed". */
export async function runAll(only = []) {
  let passed = 0;
  let failed = 0;
  for (const t of tests) {
    if (only.length && !only.some((word) => t.name.includes(word))) continue;
    const before = performance.now();
    try {
      await limited(Promise.resolve().then(t.body), t.limit);
      passed++;
      console.log(`ok   ${t.name} (${Math.round(performance.now() - before)} ms)`);
    } catch (error) {
      failed++;
      console.log(`FAIL ${t.name}: ${error.stack ?? error}`);
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0;
}
