// SPDX-License-Identifier: EUPL-1.2
// A page of the tests, built as the client is, and served under the server's policy; loopback only.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { POLICY } from '../support/policy';

const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript' };

export interface Built {
  readonly url: string;
  readonly folder: string;
  close(): void;
}

/** `page`: a folder of web/ with an index.html. */
export async function built(page: string): Promise<Built> {
  const folder = mkdtempSync(join(tmpdir(), 'conclave-page-'));
  const root = new URL('../..', import.meta.url).pathname;
  // In a process of its own: this one runs in the mode of a test.
  const env = { ...process.env, NODE_ENV: 'production' };
  const build = ['build', page, '--config', 'vite.config.ts', '--outDir', folder, '--emptyOutDir'];
  execFileSync('node_modules/.bin/vite', build, { cwd: root, env, stdio: 'pipe' });
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://x');
    const file = join(folder, pathname === '/' ? 'index.html' : pathname);
    const found = existsSync(file) && statSync(file).isFile();
    response.writeHead(found ? 200 : 404, {
      'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
      'Content-Security-Policy': POLICY,
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
      'X-Content-Type-Options': 'nosniff',
    });
    response.end(found ? readFileSync(file) : '');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    folder,
    close: () => {
      server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
