// SPDX-License-Identifier: EUPL-1.2
// A real conclaved on a free port, with its state in a temporary folder. Invariant: whatever was started here is ended
// here, by its pid, and its log is read for sanitizers' reports.

import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { request } from './http.mjs';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../..', import.meta.url));
export const build = process.env.CONCLAVE_BUILD ?? join(root, 'build/asan');
export const plainBuild = process.env.CONCLAVE_PLAIN ?? join(root, 'build/plain');
export const releaseBuild = process.env.CONCLAVE_RELEASE ?? join(root, 'build/release');

const reports = /ERROR: AddressSanitizer|ERROR: LeakSanitizer|runtime error:|Assertion .* failed/;
const living = new Set();
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

/** In front of every server when CONCLAVE_WATCH names a folder: what its processes ask of the network goes there. The
 *  tracer stands aside (-D), so that the process started is the server itself. */
let watched = 0;
function watch() {
  const folder = process.env.CONCLAVE_WATCH;
  if (!folder) return [];
  const into = ['-o', join(folder, `${process.pid}-${watched++}`)];
  return ['strace', '-D', '-ff', '-qq', '-v', '-s', '0', '-e', 'trace=network,execve', '-e', 'signal=none', ...into];
}

/** A port whose neighbour, for metrics, is free too. */
export async function freePort() {
  const probe = createServer();
  await new Promise((ok, no) => probe.once('error', no).listen(0, '127.0.0.1', ok));
  const { port } = probe.address();
  await new Promise((ok) => probe.close(ok));
  return port > 60_000 ? freePort() : port;
}

/** Until `probe` yields something true; asks again every 20 ms, for `ms` at most. */
export async function until(what, probe, ms = 10_000) {
  const end = performance.now() + ms;
  for (;;) {
    const got = await probe();
    if (got) return got;
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${typeof what === 'string' ? what : what()}`);
    await new Promise((ok) => setTimeout(ok, 20));
  }
}

export class Server {
  /** `before` is what stands in front of the command line: ['valgrind', …] or ['prlimit', …]. A server that is not
   *  to be `healthy` is awaited no longer than until it answers. */
  static async start({
    before = [], from = build, program = 'server/conclaved', within = 20_000, healthy = true, media,
  } = {}) {
    const s = new this();
    s.program = join(from, program);
    if (!existsSync(s.program)) throw new Error(`${s.program} is missing: build it, or say CONCLAVE_BUILD`);
    s.from = from;
    s.media = media ?? join(from, 'sfu/conclave-media');
    s.before = before;
    s.healthy = healthy;
    s.state = await mkdtemp(join(tmpdir(), 'conclave-wire-'));
    s.port = await freePort();
    s.metricsPort = s.port + 1000;
    s.adminPort = s.port + 1001;
    s.origin = `https://localhost:${s.port}`;
    s.log = '';
    await s.prepare();
    await s.launch(within);
    return s;
  }

  async prepare() {
    const web = join(this.state, 'web');
    await mkdir(join(web, 'assets'), { recursive: true });
    await writeFile(join(web, 'index.html'), '<!doctype html><title>Conclave</title>\n');
    await writeFile(join(web, 'assets/large-0a1b2c3d.js'), `//${'x'.repeat(600_000)}\n`);
    const made = '-x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost';
    const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    const into = ['-keyout', join(this.state, 'key.pem'), '-out', join(this.state, 'cert.pem')];
    await run('openssl', ['req', ...made.split(' '), ...names, ...into]);
    this.config = join(this.state, 'conclaved.conf');
    await writeFile(
      this.config,
      [
        `state = ${join(this.state, 'data')}`,
        `port = ${this.port}`,
        'host = localhost',
        `certificate = ${join(this.state, 'cert.pem')}`,
        `key = ${join(this.state, 'key.pem')}`,
        `web_root = ${web}`,
        `metrics_listen = 127.0.0.1:${this.metricsPort}`,
        `admin_listen = 127.0.0.1:${this.adminPort}`,
        `media_program = ${this.media}`,
        `helper_program = ${join(this.from, 'helper/conclave-helper')}`,
        'links = everyone',
        '',
      ].join('\n'),
    );
  }

  async launch(within = 20_000) {
    const command = [...watch(), ...this.before, this.program, '--config', this.config];
    const began = performance.now();
    // What was freed is kept for a while by the sanitizer: 256 MiB would hide a leak.
    const env = {
      ...process.env,
      HOSTILE_ROUNDS: join(this.state, 'rounds'),
      ASAN_OPTIONS: `quarantine_size_mb=1:${process.env.ASAN_OPTIONS ?? ''}`,
    };
    this.process = spawn(command[0], command.slice(1), { stdio: ['ignore', 'ignore', 'pipe'], env });
    const child = this.process;
    living.add(child);
    child.stderr.on('data', (part) => (this.log += part));
    this.ended = new Promise((ok) =>
      child.once('exit', (code, signal) => {
        living.delete(child);
        ok({ code, signal });
      }),
    );
    await until(
      () => `${command[0]} to be healthy; it said:\n${this.log}`,
      async () => {
        if (child.exitCode !== null) throw new Error(`conclaved ended:\n${this.log}`);
        const answer = await request(this, 'GET', '/healthz').catch(() => null);
        return answer && (answer.status === 200 || !this.healthy);
      },
      within,
    );
    this.startedIn = performance.now() - began;
  }

  async kill() {
    this.process.kill('SIGKILL');
    await this.ended;
  }

  /** Ends it in order, and says what a sanitizer, or the exit status, had to complain about. */
  async stop() {
    this.process.kill('SIGTERM');
    const { code, signal } = await this.ended;
    const complaint = reports.exec(this.log);
    await rm(this.state, { recursive: true, force: true });
    if (complaint)
      throw new Error(`conclaved complained:\n${this.log.slice(complaint.index, complaint.index + 3000)}`);
    if (code !== 0) throw new Error(`conclaved ended with ${code ?? signal}:\n${this.log.slice(-2000)}`);
  }

  async ctl(...args) {
    const { stdout } = await run(join(this.from, 'server/conclavectl'), ['--config', this.config, ...args, '--json']);
    return JSON.parse(stdout);
  }

  /** A demonstration meeting: { meeting, clerk, chair, members } with the token of each. */
  async demo() {
    const { meeting, people } = await this.ctl('demo');
    const withToken = people.map((p) => ({ ...p, token: p.link.split('#')[1] }));
    const of = (office) => withToken.filter((p) => p.office === office);
    return { meeting, clerk: of('clerk')[0], chair: of('chair')[0], members: of('member') };
  }

  /** Of the kernel's books: resident bytes, processor time in ms. */
  async usage() {
    const status = await readFile(`/proc/${this.process.pid}/statm`, 'utf8');
    const stat = (await readFile(`/proc/${this.process.pid}/stat`, 'utf8')).split(') ')[1].split(' ');
    return { resident: Number(status.split(' ')[1]) * 4096, cpu: (Number(stat[11]) + Number(stat[12])) * 10 };
  }

  lines(word) {
    return this.log.split('\n').filter((line) => line.includes(word)).length;
  }
}

export const hasRelease = () => existsSync(join(releaseBuild, 'server/conclaved'));
