// SPDX-License-Identifier: EUPL-1.2
// The published client is the same wherever it is built, and a browser runs none of its scripts that was changed.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { chromium } from 'playwright-core';
import { launch } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { POLICY } from '../support/policy';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
};
const ENFORCED = { 'Integrity-Policy': 'blocked-destinations=(script)' };
const root = new URL('../..', import.meta.url).pathname;
const work = mkdtempSync(join(tmpdir(), 'conclave-published-'));
const one = join(work, 'one');
const two = join(work, 'two');

function build(from: string, to: string, surroundings: Readonly<Record<string, string>>): void {
  execFileSync('node_modules/.bin/vite', ['build', '--outDir', to, '--emptyOutDir'], {
    cwd: from,
    env: { ...process.env, NODE_ENV: 'production', ...surroundings },
    stdio: 'pipe',
  });
}

function files(folder: string, at = ''): string[] {
  return readdirSync(join(folder, at), { withFileTypes: true })
    .flatMap((e) => (e.isDirectory() ? files(folder, `${at}/${e.name}`) : [`${at}/${e.name}`]))
    .sort();
}

/** As somebody else has it: another path, its files written in another order. */
function copied(): string {
  const there = join(work, 'some other place', 'web');
  mkdirSync(there, { recursive: true });
  for (const name of ['vite.config.ts', 'tsconfig.json', 'package.json', 'index.html', 'src', 'public', 'build'])
    cpSync(join(root, name), join(there, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(there, 'node_modules'));
  return there;
}

type Fault = (path: string, content: Buffer) => Buffer;

let server: Server | undefined;
let url: string;
/** What the server does with a file before it sends it: the fault of the running test. */
let altered: Fault = (_, content) => content;
let headers: Readonly<Record<string, string>> = ENFORCED;

beforeAll(async () => {
  build(root, one, { TZ: 'Europe/Brussels', LC_ALL: 'C.UTF-8' });
  build(copied(), two, { TZ: 'Pacific/Kiritimati', LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8' });
  const known = new Set(files(one));
  const started = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://x');
    const path = known.has(pathname) ? pathname : '/index.html';
    response.writeHead(200, {
      'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream',
      'Content-Security-Policy': POLICY,
      'Cache-Control': 'no-store',
      ...headers,
    });
    response.end(altered(path, readFileSync(join(one, path))));
  });
  server = started;
  await new Promise<void>((done) => started.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
}, 240_000);
afterAll(() => {
  server?.close();
  rmSync(work, { recursive: true, force: true });
});

describe('built in another folder, time zone and language', () => {
  it('has the same files, packed ones too, to the byte', () => {
    expect(files(two)).toEqual(files(one));
    expect(files(one).length).toBeGreaterThan(10);
    for (const path of files(one))
      expect(readFileSync(join(two, path)).equals(readFileSync(join(one, path))), path).toBe(true);
  });
  it('names neither the folder nor a time in what is packed', () => {
    for (const path of files(one)) {
      const content = readFileSync(join(one, path));
      expect(content.includes(work) || content.includes(root), path).toBe(false);
      // RFC 1952, 2.3: the bytes of the time of the file, and no name of it.
      if (path.endsWith('.gz')) expect(content.subarray(3, 8).toString('hex')).toBe('0000000000');
    }
  });
});

/** Its last byte but one is another; what it does may well be the same. */
function flipped(content: Buffer): Buffer {
  const other = Buffer.from(content);
  other[other.length - 2] = (other[other.length - 2] ?? 0) ^ 1;
  return other;
}

/** The script that index.html runs, and the one of a part. */
function script(part: string | null): string {
  const html = readFileSync(join(one, 'index.html'), 'utf8');
  const found = part === null ? /<script[^>]* src="([^"]+)"/.exec(html)
    : new RegExp(`data-part="${part}" href="([^"]+)"`).exec(html);
  if (found?.[1] === undefined) throw new Error('index.html lists no such script');
  return found[1];
}

interface Visit {
  /** Whether the page of that address was drawn within 20 s, or else said that something failed. */
  drawn(path: string): Promise<boolean>;
  close(): Promise<void>;
}

const NOTE = `window.failed = 0;
  addEventListener('error', () => window.failed++, true);
  addEventListener('unhandledrejection', () => window.failed++);`;
const DRAWN = 'document.querySelector("#app")?.childElementCount > 0';
const OVER = `${DRAWN} || window.failed > 0`;

/** Asked from outside again and again: what a page asks itself would be evaluated in it, which its header forbids. */
async function drawnAtLast(evaluate: (expression: string) => Promise<unknown>): Promise<boolean> {
  const last = Date.now() + 20_000;
  while ((await evaluate(OVER)) !== true) {
    if (Date.now() > last) throw new Error('neither drawn nor failed within 20 s');
    await new Promise((done) => setTimeout(done, 50));
  }
  return (await evaluate(DRAWN)) === true;
}

async function inChromium(): Promise<Visit> {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  const page = await browser.newPage();
  await page.addInitScript(NOTE);
  return {
    drawn: async (path) => {
      await page.goto(url + path);
      return drawnAtLast((expression) => page.evaluate(expression));
    },
    close: () => browser.close(),
  };
}

async function inFirefox(): Promise<Visit> {
  const browser = await launch({ browser: 'firefox', executablePath: '/usr/bin/firefox-esr', headless: true });
  const page = await browser.newPage();
  await page.evaluateOnNewDocument(NOTE);
  return {
    drawn: async (path) => {
      await page.goto(url + path);
      return drawnAtLast((expression) => page.evaluate(expression));
    },
    close: () => browser.close(),
  };
}

const lists = (content: Buffer): Buffer => Buffer.from(content.toString().replace(/ *<link rel="later".*\n/g, ''));

describe.each([['Chromium', inChromium], ['Firefox', inFirefox]] as const)('%s', (_, start) => {
  let visit: Visit;
  beforeAll(async () => {
    visit = await start();
  }, 60_000);
  afterAll(() => visit.close());
  async function drawn(path: string, how: Fault = (__, content) => content, said: typeof headers = ENFORCED) {
    altered = how;
    headers = said;
    return visit.drawn(path);
  }
  const change = (which: string) => (path: string, content: Buffer) => (path === which ? flipped(content) : content);

  it('runs what was published: the first script, and the parts that are imported later', async () => {
    for (const path of ['/j', '/integrity', '/m/abcdefghij/report']) expect(await drawn(path), path).toBe(true);
  }, 90_000);
  it('runs no first script of which one byte was changed', async () => {
    expect(await drawn('/j', change(script(null)))).toBe(false);
  }, 60_000);
  it('imports no part of which one byte was changed, and says so', async () => {
    expect(await drawn('/integrity', change(script('pages/main')))).toBe(false);
    expect(await drawn('/m/abcdefghij/report', change(script('report/main')))).toBe(false);
    expect(await drawn('/j', change(script('pages/main')))).toBe(true); // nobody asked for it
  }, 90_000);
  it('imports no part that the page does not list, because the header says so', async () => {
    const unlisted = (path: string, content: Buffer): Buffer => (path === '/index.html' ? lists(content) : content);
    expect(await drawn('/integrity', unlisted)).toBe(false);
    expect(await drawn('/integrity', unlisted, {})).toBe(true); // and without the header it would
  }, 90_000);
});
