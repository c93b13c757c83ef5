// SPDX-License-Identifier: EUPL-1.2
// Counts with which key and nonce every worker of every page encrypts: the relay puts a few lines before each worker's
// script, as whoever has the server could, and these tell it of each call. A key is known by what it makes of nothing
// under a nonce that nobody else uses; its bytes stay where they are.
// Invariant: what is told is what was encrypted with, also when the fault is seeded.

const PATH = '/test-nonces';

/* c8 ignore start: it runs in a worker of the browser. */
function watch(path) {
  const real = crypto.subtle.encrypt.bind(crypto.subtle);
  const marks = new WeakMap();
  const first = new WeakMap();
  const mine = new Uint8Array(12).fill(255);
  const hex = (bytes) => [...new Uint8Array(bytes)].map((b) => b.toString(16).padStart(2, '0')).join('');
  let told = [];
  let timer = null;
  let stuck = false;
  const post = async () => {
    timer = null;
    const body = told.join('\n');
    told = [];
    const answer = await fetch(path, { method: 'POST', body, keepalive: true }).catch(() => null);
    stuck = (await answer?.text()) === 'stuck';
  };
  crypto.subtle.encrypt = (how, key, data) => {
    if (how.name !== 'AES-GCM') return real(how, key, data);
    const iv = new Uint8Array(how.iv.slice());
    if (!first.has(key)) first.set(key, iv);
    const used = stuck ? first.get(key) : iv;
    const done = real({ ...how, iv: used }, key, data);
    if (!marks.has(key)) marks.set(key, real({ name: 'AES-GCM', iv: mine }, key, new Uint8Array()).then(hex));
    marks.get(key).then((mark) => {
      told.push(`${mark} ${hex(used)}`);
      timer ??= setTimeout(post, 100);
    });
    return done;
  };
}
/* c8 ignore stop */

export class Nonces {
  /** Of each key, by its mark, how often each nonce was used. */
  keys = new Map();
  calls = 0;
  /** The fault: every worker uses the first nonce of a key for ever. */
  stuck = false;

  /** For Relay.file: the script of a worker, with the watch before it. */
  script = (path, body) =>
    (/^\/assets\/worker-[\w-]+\.js$/.test(path) ? `(${watch})(${JSON.stringify(PATH)});\n${body}` : body);

  /** For Relay.ask: null if it is not for us. */
  answer = (path, body) => {
    if (path !== PATH) return null;
    for (const line of body.split('\n').filter((text) => text !== '')) {
      const [mark, nonce] = line.split(' ');
      const used = this.keys.get(mark) ?? new Map();
      used.set(nonce, (used.get(nonce) ?? 0) + 1);
      this.keys.set(mark, used);
      this.calls++;
    }
    return this.stuck ? 'stuck' : 'fine';
  };

  /** Pairs of key and nonce that were used more than once. */
  repeated() {
    return [...this.keys].flatMap(([mark, used]) =>
      [...used].filter(([, times]) => times > 1).map(([nonce, times]) => `${mark} ${nonce}: ${times} times`));
  }

  /** Keys under which at least so many calls went: those of sound and pictures. */
  busy(calls) {
    return [...this.keys.values()].filter((used) => used.size >= calls).length;
  }
}
