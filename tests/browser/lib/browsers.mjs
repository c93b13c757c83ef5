// SPDX-License-Identifier: EUPL-1.2
// Chromium and Firefox as people use them, with fake cameras and microphones. In the browser tests.
// Invariant: a browser's profile is empty at its start and gone at its end.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium as playwright } from 'playwright-core';
import puppeteer from 'puppeteer-core';

const desktop = { width: 1280, height: 800 };

const chromiumArguments = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--use-fake-ui-for-media-stream',
];

// Without the loopback and permission preferences Firefox sends no packet to 127.0.0.1 (fake devices do not count as
// capturing); `plain` leaves all that concerns media at its default, for the run against a real address.
const firefoxMedia = {
  'media.peerconnection.ice.loopback': true,
  'permissions.default.camera': 1,
  'permissions.default.microphone': 1,
};
const firefoxAlways = {
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.autoplay.default': 0,
  'app.update.auto': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'browser.startup.homepage_override.mstone': 'ignore',
};

/** Runs in the page before anything of ours: keeps every RTCPeerConnection where a test can read its statistics. */
export function remember() {
  const Original = window.RTCPeerConnection;
  window.__connections = [];
  window.__offers = 0;
  window.RTCPeerConnection = class extends Original {
    constructor(...rest) {
      super(...rest);
      window.__connections.push(this);
    }
    async createOffer(...rest) {
      window.__offers++;
      return super.createOffer(...rest);
    }
  };
}

/** `fps`: of the fake camera; few are enough for whoever does not count pictures. `voice`: a WAV file that every
 * microphone hears, again and again; else it beeps. */
export async function startChromium({
  viewport = desktop, colorScheme = 'light', locale = 'nl-BE', fps = 20, voice = null,
} = {}) {
  const profile = await mkdtemp(join(tmpdir(), 'conclave-chromium-'));
  const context = await playwright.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium', ignoreHTTPSErrors: true,
    args: [...chromiumArguments, `--use-fake-device-for-media-stream=fps=${fps}`,
      ...(voice === null ? [] : [`--use-file-for-fake-audio-capture=${voice}`])],
    viewport, colorScheme, locale,
    permissions: ['camera', 'microphone'],
  });
  await context.addInitScript(remember);
  return {
    kind: 'chromium',
    context,
    newPage: () => context.newPage(),
    close: async () => {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

/** `microphone`: a Microphone of speech.mjs; else it beeps. */
export async function startFirefox({ plain = false, viewport = desktop, microphone = null } = {}) {
  const profile = await mkdtemp(join(tmpdir(), 'conclave-firefox-'));
  const browser = await puppeteer.launch({
    browser: 'firefox', executablePath: '/usr/bin/firefox-esr', headless: true, acceptInsecureCerts: true,
    userDataDir: profile, env: microphone?.env ?? process.env,
    extraPrefsFirefox: { ...firefoxAlways, ...(plain ? {} : firefoxMedia),
      ...(microphone ? { 'media.audio_loopback_dev': microphone.name } : {}) },
  });
  return {
    kind: 'firefox',
    newPage: async () => {
      const page = await browser.newPage();
      await page.setViewport(viewport);
      await page.evaluateOnNewDocument(remember);
      return page;
    },
    close: async () => {
      await browser.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
