// SPDX-License-Identifier: EUPL-1.2
// The gallery as the tests use it: built like the product, served from loopback under the product's strict content
// policy, opened in Chromium.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser } from 'playwright-core';
import { build } from 'vite';

const WEB = fileURLToPath(new URL('../../', import.meta.url));
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.woff2': 'font/woff2',
};

/** No inline script or style, nothing from elsewhere, one named policy for trusted types: as conclaved sends it. */
export const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
  + "media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
  + "require-trusted-types-for 'script'; trusted-types lit-html";

export interface Gallery {
  readonly address: string;
  readonly browser: Browser;
  close(): Promise<void>;
}

function serve(folder: string): Promise<Server> {
  const server = createServer((request, response) => {
    const path = join(folder, normalize(new URL(request.url ?? '/', 'http://localhost').pathname));
    if (!path.startsWith(folder) || !existsSync(path)) { // such as the icon that every browser asks for
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream', 'Content-Security-Policy': POLICY,
    });
    response.end(readFileSync(path));
  });
  return new Promise((ready) => server.listen(0, '127.0.0.1', () => ready(server)));
}

export async function openGallery(page = 'dev/gallery.html'): Promise<Gallery> {
  const folder = mkdtempSync(join(tmpdir(), 'conclave-gallery-'));
  const mode = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = 'production'; // the runner's own value would build lit's developer version
  await build({
    configFile: false, root: WEB, logLevel: 'warn', publicDir: false,
    build: {
      outDir: folder, emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false },
      reportCompressedSize: false, target: 'es2022', rollupOptions: { input: join(WEB, page) },
    },
  });
  process.env['NODE_ENV'] = mode;
  const server = await serve(folder);
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: ['--no-sandbox'],
  });
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${page}`,
    browser,
    close: async () => {
      await browser.close();
      await new Promise((closed) => server.close(closed));
      rmSync(folder, { recursive: true });
    },
  };
}
