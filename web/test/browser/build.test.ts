// SPDX-License-Identifier: EUPL-1.2
// What is published: the built files, under a content security policy at least as strict as the server's, in both
// browsers.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { launch } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sealed } from '../../build/seal';
import { assigned, listed } from '../../build/slim';
import { de } from '../../src/text/de';
import { en } from '../../src/text/en';
import { fr } from '../../src/text/fr';
import { nl } from '../../src/text/nl';
import { POLICY } from '../support/policy';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
};
const folder = mkdtempSync(join(tmpdir(), 'conclave-dist-'));
const root = new URL('../..', import.meta.url).pathname;
let server: Server;
let url: string;

beforeAll(async () => {
  // In a process of its own, as `npm run build` does: this one runs in the mode of a test.
  const env = { ...process.env, NODE_ENV: 'production' };
  execFileSync('node_modules/.bin/vite', ['build', '--outDir', folder, '--emptyOutDir'], {
    cwd: root,
    env,
    stdio: 'pipe',
  });
  server = createServer((request, response) => {
    const path = join(folder, new URL(request.url ?? '/', 'http://x').pathname);
    const file = existsSync(path) && statSync(path).isFile() ? path : join(folder, 'index.html');
    response.writeHead(request.method === 'POST' ? 403 : 200, {
      'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
      'Content-Security-Policy': POLICY,
    });
    response.end(request.method === 'POST' ? '{"error":{"code":"link-used"}}' : readFileSync(file));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}, 120_000);
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

function files(at = ''): string[] {
  return readdirSync(join(folder, at), { withFileTypes: true }).flatMap((e) =>
    e.isDirectory() ? files(`${at}/${e.name}`) : [`${at}/${e.name}`],
  );
}

function plain(): string[] {
  return files().filter((f) => !f.endsWith('.gz'));
}

/** The bytes that a browser is sent. */
function transferred(path: string): number {
  return statSync(join(folder, existsSync(join(folder, `${path}.gz`)) ? `${path}.gz` : path)).size;
}

const NEEDED: Readonly<Record<string, RegExp>> = {
  '.html': /(?<!rel="later"[^>]*)(?:src|href)="([^"]+)"/g,
  '.css': /url\(([^)]+)\)/g,
  '.js': /\b(?:from|import)"\.\/([\w.-]+\.js)"|"(\/assets\/[\w.-]+\.svg)"/g,
};

/** What is loaded with a file: all that it names but what it imports later, and workers. */
function needed(path: string, found: Set<string> = new Set()): Set<string> {
  if (found.has(path)) return found;
  found.add(path);
  const names = NEEDED[extname(path)];
  if (names === undefined) return found;
  for (const [, one, two] of readFileSync(join(folder, path), 'utf8').matchAll(names)) {
    const name = one ?? two ?? '';
    needed(name.startsWith('/') ? name : `/assets/${name}`, found);
  }
  return found;
}

describe('the build', () => {
  it('lists every file with its hashes', () => {
    const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as {
      version: number;
      files: Sealed[];
    };
    expect(manifest.files.map((f) => f.path)).toEqual(
      files()
        .filter((f) => f !== '/manifest.json' && !f.endsWith('.gz'))
        .sort(),
    );
    for (const f of manifest.files) {
      const content = readFileSync(join(folder, f.path));
      expect(f.sha256).toBe(createHash('sha256').update(content).digest('hex'));
      expect(f.integrity).toBe(`sha384-${createHash('sha384').update(content).digest('base64')}`);
      expect(f.bytes).toBe(content.length);
    }
  });
  it('holds no maps, nothing inline, and asks nothing of anybody else', () => {
    for (const path of files()) {
      expect(path).not.toMatch(/\.map$/);
      if (!/\.(?:js|css|html)$/.test(path)) continue;
      const content = readFileSync(join(folder, path), 'utf8');
      expect(content).not.toMatch(/sourceMappingURL|\beval\(|new Function\(/);
      const addresses = [...content.matchAll(/\bhttps?:\/\/[\w.-]+/g)].map((m) => m[0]);
      // Names of XML namespaces and RTP header extensions, which nobody fetches.
      expect(
        addresses.filter(
          (a) => !/^http:\/\/(?:www\.w3\.org|www\.ietf\.org)$|^https:\/\/aomediacodec\.github\.io$/.test(a),
        ),
      ).toEqual([]);
    }
    const html = readFileSync(join(folder, 'index.html'), 'utf8');
    expect(html.match(/<script[^>]*>/g)?.every((tag) => /src="\/assets\/[\w.-]+" integrity="sha384-/.test(tag))).toBe(
      true,
    );
    expect(html).toMatch(/rel="stylesheet"[^>]* integrity="sha384-/);
  });
  it('starts no worker but files of its own, each in the list with its hash, which load nothing more', () => {
    const { files: sealed } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { files: Sealed[] };
    const scripts = plain().filter((path) => path.endsWith('.js'));
    const code = new Map(scripts.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
    const named = new Set([...code.values()].flatMap((text) =>
      [...text.matchAll(/["'`]([^"'`]*\bworker-[\w-]{8}\.js)["'`]/g)].map((m) => m[1] ?? '')));
    const workers = scripts.filter((path) => path.startsWith('/assets/worker-'));
    expect([...named].sort()).toEqual(workers);
    expect(workers).toHaveLength(3); // frames, keys, and the room code, which the keys worker starts
    for (const path of workers) {
      const hash = createHash('sha256').update(code.get(path) ?? '').digest('hex');
      expect(sealed.find((f) => f.path === path)?.sha256, path).toBe(hash);
      // No browser checks the hash of what a worker imports.
      expect(code.get(path)?.match(/\bimport\s*[({*"'`]|\bimportScripts\b/g) ?? [], path).toEqual([]);
    }
    let opened = 0;
    for (const [path, text] of code) {
      const doors = [...text.matchAll(/new\s+Worker\(([^()]*)/g)].map((m) => m[1]);
      expect(doors.every((how) => /\.createScriptURL$/.test(how ?? '')), `${path}: ${doors.join()}`).toBe(true);
      expect(text).not.toMatch(/\bSharedWorker\b|serviceWorker|\baddModule\b/);
      opened += doors.length;
    }
    expect(opened).toBeGreaterThan(0);
  });
  it.each(['fr', 'de', 'en'] as const)('holds every text of %s, under its own name', async (language) => {
    const file = join(root, 'src/text', `${language}.ts`);
    const source = (await listed(file, language)).replace(/^import .*$/m, `const nl = ${JSON.stringify(nl)};`);
    const built = (await import(`data:text/javascript,${encodeURIComponent(source)}`)) as Record<string, object>;
    expect(built[language]).toEqual({ fr, de, en }[language]);
  });
  it('assigns the plain fields that a library defines, and leaves every other alone', () => {
    const define = (enumerable: string, value: string): string => 'Object.defineProperty(this, "a", {\n'
      + [`  enumerable: ${enumerable}`, '  configurable: true', '  writable: true', `  value: ${value}`].join(',\n')
      + '\n});';
    expect(assigned(define('true', 'void 0'))).toBe('this.a = void 0;');
    for (const other of [define('false', '1'), define('true', '{ get: 1 }')]) expect(assigned(other)).toBe(other);
  });
  it('records and transcribes nothing (N4): no name of what a browser has for it', () => {
    const MEANS = /MediaRecorder|SpeechRecognition|captureStream|TrackProcessor/;
    for (const path of plain()) expect(readFileSync(join(folder, path), 'latin1'), path).not.toMatch(MEANS);
    expect('new MediaRecorder(stream)').toMatch(MEANS); // no build shortens the name of something global
  });
  it('lies packed beside itself, where that is smaller', () => {
    for (const path of plain()) {
      const content = readFileSync(join(folder, path));
      const small = existsSync(join(folder, `${path}.gz`)) ? readFileSync(join(folder, `${path}.gz`)) : null;
      if (small === null) expect(gzipSync(content, { level: 9 }).length).toBeGreaterThanOrEqual(content.length);
      else expect(gunzipSync(small).equals(content)).toBe(true);
      expect(transferred(path)).toBeLessThanOrEqual(content.length);
    }
  });
  it('is small: 300 kB before the room, 900 kB in all', () => {
    const first = [...needed('/index.html')];
    expect(first).toEqual(expect.arrayContaining([expect.stringMatching(/\.js$/), expect.stringMatching(/\.css$/)]));
    expect(first.filter((path) => path.endsWith('.woff2'))).not.toEqual([]);
    const sum = (paths: readonly string[]): number => paths.reduce((all, path) => all + transferred(path), 0);
    expect(sum(first)).toBeLessThan(300_000);
    expect(sum(plain())).toBeLessThan(900_000);
  });
  it('loads reports and accounts only where they are asked for', () => {
    const first = [...needed('/index.html')].filter((path) => path.endsWith('.js'));
    const later = plain().filter((path) => path.endsWith('.js') && !first.includes(path));
    expect(later.length).toBeGreaterThanOrEqual(2);
  });
});

const VIOLATIONS = `(() => {
  window.violations = [];
  const note = (e) => window.violations.push(e.violatedDirective + ' ' + e.blockedURI);
  document.addEventListener('securitypolicyviolation', note);
})()`;

describe('under the policy', () => {
  it('Chromium shows the page', async () => {
    const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
    const page = await browser.newPage();
    await page.addInitScript(VIOLATIONS);
    await page.goto(`${url}/j#${'A'.repeat(43)}`);
    await page.waitForFunction('document.querySelector("#app h1") !== null');
    expect(await page.evaluate('window.violations')).toEqual([]);
    expect(page.url()).toBe(`${url}/j`);
    await browser.close();
  }, 120_000);
  it('Firefox shows the page', async () => {
    const browser = await launch({ browser: 'firefox', executablePath: '/usr/bin/firefox-esr', headless: true });
    const page = await browser.newPage();
    await page.evaluateOnNewDocument(VIOLATIONS);
    await page.goto(`${url}/j#${'A'.repeat(43)}`);
    await page.waitForFunction('document.querySelector("#app h1") !== null');
    expect(await page.evaluate('window.violations')).toEqual([]);
    expect(page.url()).toBe(`${url}/j`);
    await browser.close();
  }, 120_000);
});
