// SPDX-License-Identifier: EUPL-1.2
// A client of others (aiortc) that knows no keys, as a process. In the browser tests.
// Invariant: it has ended when the test has.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { until } from './wait.mjs';

const script = new URL('../aiortc_client.py', import.meta.url).pathname;

export class Stranger {
  /** Goes through `who`'s link and stays for so many seconds once it is connected. */
  constructor(origin, who, seconds) {
    this.said = [];
    this.trouble = '';
    this.process = spawn('/usr/bin/python3', [script, origin, who.link.split('#')[1], String(seconds)]);
    this.process.stderr.on('data', (part) => (this.trouble += part));
    createInterface({ input: this.process.stdout }).on('line', (line) => this.said.push(JSON.parse(line)));
  }

  /** Until it says this. */
  event(name, ms = 15_000) {
    return until(`aiortc to say ${name}`, () => {
      const bad = this.said.find((s) => s.event === 'failed');
      if (bad || this.process.exitCode > 0)
        throw new Error(`${JSON.stringify(bad)} ${this.trouble.slice(-1500)}`);
      return this.said.find((s) => s.event === name);
    }, ms);
  }

  stop() {
    if (this.process.exitCode === null) this.process.kill('SIGKILL');
  }
}
