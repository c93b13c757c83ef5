// SPDX-License-Identifier: EUPL-1.2
// Debian's Chromium and Firefox for the tests, headless, with devices that the browsers make up.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { launch } from 'puppeteer-core';
import { createServer } from 'vite';
import { mls } from '../../build/mls';

export interface Page {
  /** Evaluates an expression in the page and waits for what it gives. */
  ask<T>(expression: string): Promise<T>;
  close(): Promise<void>;
}

/** Our sources, served as the browser wants them; loopback only. */
export async function serve(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const cache = mkdtempSync(join(tmpdir(), 'conclave-web-'));
  const server = await createServer({
    configFile: false,
    plugins: [mls()],
    optimizeDeps: { exclude: ['ts-mls'] },
    root: new URL('../..', import.meta.url).pathname,
    logLevel: 'error',
    cacheDir: cache,
    server: { host: '127.0.0.1', port: 0, hmr: false },
  });
  await server.listen();
  const address = server.httpServer?.address();
  if (address === null || address === undefined || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      await server.close();
      rmSync(cache, { recursive: true, force: true });
    },
  };
}

async function inChromium(url: string): Promise<Page> {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
  });
  const page = await browser.newPage();
  page.on('console', (m) => m.type() === 'error' && process.stderr.write(`chromium: ${m.text()}\n`));
  await page.goto(url);
  await page.waitForFunction('"loop" in window');
  return { ask: (expression) => page.evaluate(expression), close: () => browser.close() };
}

async function inFirefox(url: string): Promise<Page> {
  const browser = await launch({
    browser: 'firefox',
    executablePath: '/usr/bin/firefox-esr',
    headless: true,
    extraPrefsFirefox: {
      'media.navigator.streams.fake': true,
      'media.navigator.permission.disabled': true,
      'media.peerconnection.ice.loopback': true,
      'permissions.default.camera': 1,
      'permissions.default.microphone': 1,
      'media.autoplay.default': 0,
    },
  });
  const page = await browser.newPage();
  await page.goto(url);
  await page.waitForFunction('"loop" in window');
  return {
    ask: async <T>(expression: string) => (await page.evaluate(expression)) as T,
    close: () => browser.close(),
  };
}

export const BROWSERS = { Chromium: inChromium, Firefox: inFirefox } as const;
