// SPDX-License-Identifier: EUPL-1.2
// Waiting for what must happen, never for time to pass. In the browser tests.

const tick = (ms) => new Promise((done) => setTimeout(done, ms));

/** Asks `probe` until it answers something truthy, which is returned. Throws with the last answer after `ms`. */
export async function until(what, probe, ms = 15_000, every = 50) {
  const end = performance.now() + ms;
  let last;
  for (;;) {
    try {
      last = await probe();
      if (last) return last;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end) throw new Error(`waited ${ms} ms in vain for: ${what}; last: ${show(last)}`);
    await tick(every);
  }
}

/** Watches `probe` for `ms`; throws as soon as it answers falsy: something that must hold, held. */
export async function holds(what, probe, ms, every = 500) {
  const end = performance.now() + ms;
  while (performance.now() < end) {
    const answer = await probe();
    if (!answer) throw new Error(`did not hold: ${what}; answered ${show(answer)}`);
    await tick(every);
  }
}

function show(value) {
  if (value instanceof Error) return value.message;
  return JSON.stringify(value) ?? String(value);
}
