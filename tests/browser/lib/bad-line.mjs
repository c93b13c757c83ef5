// SPDX-License-Identifier: EUPL-1.2
// tests/load/impair between a page and the server: the page is led there by the candidate in the answer. And what the
// page then says of its sound and picture. In the browser tests. Invariant: signalling goes the straight way.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from './server.mjs';

const program = join(process.env.CONCLAVE_BUILD ?? join(root, 'build/asan'), 'tests/load/impair');

/** Runs in the page: the server's only address is the line's. */
const lead = (port) => {
  const prototype = RTCPeerConnection.prototype;
  const original = prototype.setRemoteDescription;
  prototype.setRemoteDescription = function (description) {
    let told = false;
    const sdp = description.sdp.split('\r\n').flatMap((line) => {
      if (!line.startsWith('a=candidate:')) return [line];
      const ours = told ? [] : [`a=candidate:1 1 udp 2130706431 127.0.0.1 ${port} typ host`];
      told = true;
      return ours;
    }).join('\r\n');
    return original.call(this, { type: description.type, sdp });
  };
};

export class BadLine {
  #waiting = [];

  static async start(server, seed = 7) {
    const line = new BadLine();
    const options = ['--seed', String(seed), '--listen', '127.0.0.1:0', '--to', `127.0.0.1:${server.port}`];
    line.process = spawn(program, options, { stdio: ['pipe', 'pipe', 'inherit'] });
    line.process.on('error', (error) => line.#waiting.shift()?.(`not started: ${error.message}`));
    createInterface({ input: line.process.stdout }).on('line', (text) => line.#waiting.shift()?.(text));
    const ready = await line.#answer();
    if (!/^ready \d+$/.test(ready)) throw new Error(`${program}: ${ready}`);
    line.port = Number(ready.split(' ')[1]);
    return line;
  }

  #answer() {
    return new Promise((ok) => this.#waiting.push(ok));
  }

  /** Each order of tests/load/README.md, in turn. */
  async order(...orders) {
    for (const order of orders) {
      const answer = this.#answer();
      this.process.stdin.write(`${order}\n`);
      const said = await answer;
      if (said !== 'ok') throw new Error(`${order}: ${said}`);
    }
  }

  async counts() {
    const answer = this.#answer();
    this.process.stdin.write('counts\n');
    return JSON.parse(await answer);
  }

  /** Any browser of lib/browsers.mjs, whose pages then come through here. */
  through(browser) {
    return {
      ...browser,
      newPage: async () => {
        const page = await browser.newPage();
        await (page.addInitScript?.(lead, this.port) ?? page.evaluateOnNewDocument(lead, this.port));
        return page;
      },
    };
  }

  async stop() {
    if (this.process.exitCode !== null) return;
    const ended = new Promise((ok) => this.process.once('exit', ok));
    this.process.stdin.end();
    await ended;
  }
}

/** Of all sound and pictures that the person's page receives, since it began. */
export const hearing = (person) => person.evaluate(async () => {
  const sum = {
    at: performance.now(), sounds: 0, repaired: 0,
    frames: 0, pictures: 0, missing: 0, again: 0, bytes: 0, lines: {},
  };
  const connection = window.__connections.filter((c) => c.connectionState !== 'closed').at(-1);
  for (const s of connection ? (await connection.getStats()).values() : [])
    if (s.type === 'inbound-rtp' && s.packetsReceived > 0 && s.kind === 'audio') {
      sum.sounds += s.packetsReceived;
      sum.repaired += s.fecPacketsReceived ?? 0;
      sum.lines[s.id] = {
        samples: s.totalSamplesReceived ?? 0, concealed: s.concealedSamples ?? 0, sounds: s.packetsReceived,
      };
    } else if (s.type === 'inbound-rtp' && s.packetsReceived > 0) {
      sum.frames += s.framesDecoded ?? 0;
      sum.bytes += s.bytesReceived;
      sum.pictures += s.packetsReceived;
      sum.missing += s.packetsLost;
      sum.again += s.retransmittedPacketsReceived ?? Number.NaN;
    }
  return sum;
});

/** The part of the sound between two looks that was made up, since nothing had come in time; of the lines on which
 * something came, for one that was switched off is made up for as long as it is open. Nothing on any line: all. */
export function unrecovered(a, b) {
  const sum = { samples: 0, concealed: 0 };
  for (const [id, last] of Object.entries(b.lines)) {
    const first = a.lines[id] ?? { samples: 0, concealed: 0, sounds: 0 };
    if (last.sounds === first.sounds) continue;
    sum.samples += last.samples - first.samples;
    sum.concealed += last.concealed - first.concealed;
  }
  return sum.samples > 0 ? sum.concealed / sum.samples : 1;
}
/** The part of the pictures between two looks that never came, neither at once nor when it was asked for again. A
 * browser that does not tell what it asked for again (Firefox) gives NaN. */
export const neverCame = (a, b) => {
  const missing = Math.max(0, b.missing - a.missing);
  return Math.max(0, missing - (b.again - a.again)) / Math.max(1, b.pictures - a.pictures + missing);
};
/** Pictures a second. */
export const moving = (a, b) => (b.frames - a.frames) * 1000 / (b.at - a.at);
/** Bits a second of pictures. */
export const rate = (a, b) => (b.bytes - a.bytes) * 8000 / (b.at - a.at);

/** From now on the page notes its longest stretch of made-up sound, in ms, looking each 50 ms; longestGap() asks. */
export const watchGaps = (person) => person.evaluate(() => {
  const all = (window.__gaps = { longest: 0, now: 0, last: null });
  clearInterval(window.__gapTimer);
  window.__gapTimer = setInterval(async () => {
    const stats = await window.__connections.at(-1).getStats();
    let concealed = 0;
    for (const s of stats.values())
      if (s.type === 'inbound-rtp' && s.kind === 'audio') concealed += s.concealedSamples ?? 0;
    const more = all.last === null ? 0 : concealed - all.last;
    all.last = concealed;
    all.now = more > 0 ? all.now + more / 48 : 0;
    all.longest = Math.max(all.longest, all.now);
  }, 50);
});
export const longestGap = (person) => person.evaluate(() => {
  clearInterval(window.__gapTimer);
  return Math.round(window.__gaps.longest);
});
