// SPDX-License-Identifier: EUPL-1.2
// A Conclave of its own for each test file: the real quickstart, on a free port, with its state in a temporary folder.
// Invariant: whatever was started is stopped, by pid, also when the test fails.

import { spawn, execFile } from 'node:child_process';
import { mkdtemp, rm, readFile, readdir, readlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { until } from './wait.mjs';

const run = promisify(execFile);
export const root = fileURLToPath(new URL('../../..', import.meta.url));

/** A port P that is free together with P+1000 (metrics). */
async function freePort() {
  const probe = createServer();
  await new Promise((ok, no) => probe.once('error', no).listen(0, '127.0.0.1', ok));
  const port = probe.address().port;
  await new Promise((ok) => probe.close(ok));
  return port > 64_000 ? freePort() : port;
}

/** GET over TLS without checking the local certificate. */
export function get(url) {
  return new Promise((ok, no) => {
    const call = request(url, { rejectUnauthorized: false, timeout: 2000 }, (answer) => {
      let body = '';
      answer.on('data', (part) => (body += part));
      answer.on('end', () => ok({ status: answer.statusCode, body, headers: answer.headers }));
    });
    call.on('error', no).on('timeout', () => call.destroy(new Error('timeout'))).end();
  });
}

export class Server {
  static async start({ host, env = {}, within = 600_000, state, port } = {}) {
    const server = new Server();
    server.ownState = !state;
    server.state = state ?? (await mkdtemp(join(tmpdir(), 'conclave-test-')));
    server.port = port ?? (await freePort());
    server.host = host ?? 'localhost';
    server.origin = `https://${server.host}:${server.port}`;
    server.log = '';
    server.process = spawn(join(root, 'deploy/quickstart'), [], {
      cwd: root,
      env: {
        ...process.env, ...env, CONCLAVE_STATE: server.state, CONCLAVE_PORT: String(server.port),
        ...(host ? { CONCLAVE_HOST: host } : {}),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [server.process.stdout, server.process.stderr])
      stream.on('data', (part) => (server.log += part));
    const before = performance.now();
    const ended = new Promise((_, no) => {
      server.process.once('exit', (code) => no(new Error(`quickstart ended: ${code}`)));
    });
    ended.catch(() => undefined); // later on it may
    try {
      const healthy = async () => (await get(`${server.origin}/healthz`)).status === 200;
      await Promise.race([ended, until('the server to be healthy', healthy, within, 100)]);
    } catch (error) {
      await server.stop();
      throw new Error(`${error.message}\n${server.log.slice(-3000)}`);
    }
    server.startedIn = performance.now() - before;
    return server;
  }

  /** Does it hold meetings at this moment? */
  answers() {
    return get(`${this.origin}/healthz`).then((answer) => answer.status === 200, () => false);
  }

  /** conclavectl with --json; throws with its one plain line when it refuses. */
  async ctl(...args) {
    const { stdout } = await run(join(root, 'build/release/server/conclavectl'), [...args, '--json'], {
      env: { ...process.env, CONCLAVE_STATE: this.state },
    });
    return JSON.parse(stdout);
  }

  /** A fresh demonstration meeting: { meeting, people: { clerk, chair, members: [] } }. */
  async demo() {
    const { meeting, people } = await this.ctl('demo');
    return {
      meeting,
      clerk: people.find((p) => p.office === 'clerk'),
      chair: people.find((p) => p.office === 'chair'),
      members: people.filter((p) => p.office === 'member'),
    };
  }

  /** The pids of our own processes of that name: those whose command line names our state folder or descend from it. */
  async pids(name) {
    const found = [];
    for (const pid of (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry))) {
      try {
        const exe = await readlink(`/proc/${pid}/exe`);
        if (exe.endsWith(`/${name}`) && (await this.owns(pid))) found.push(Number(pid));
      } catch {
        // gone, or not ours to look at
      }
    }
    return found;
  }

  async owns(pid) {
    const env = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return env.includes(`CONCLAVE_STATE=${this.state}\0`) || line.includes(this.state);
  }

  async kill(name) {
    const pids = await this.pids(name);
    if (pids.length === 0) throw new Error(`no ${name} of ours runs`);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    return pids;
  }

  /** PSS of all our processes, in bytes. */
  async pss() {
    let sum = 0;
    for (const name of ['conclaved', 'conclave-media', 'conclave-helper'])
      for (const pid of await this.pids(name)) {
        const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
        sum += Number(/^Pss:\s+(\d+) kB/m.exec(rollup)[1]) * 1024;
      }
    return sum;
  }

  async stop() {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const ended = new Promise((ok) => this.process.once('exit', ok));
      this.process.kill('SIGINT');
      const patience = until('quickstart to end', () => this.process.exitCode !== null, 10_000);
      await Promise.race([ended, patience.catch(() => this.process.kill('SIGKILL'))]);
    }
    if (this.ownState) await rm(this.state, { recursive: true, force: true });
  }
}
