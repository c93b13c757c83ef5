// SPDX-License-Identifier: EUPL-1.2
// One person at one page, driven through the contract's names (data-testid) and nothing else. In the browser tests.

import { until } from './wait.mjs';

const id = (name) => `[data-testid="${name}"]`;

export class Person {
  /** `who` is one of demo()'s people: {name, office, link}. */
  constructor(browser, who) {
    this.browser = browser;
    this.who = who;
    this.name = who.name;
  }

  static async at(browser, who, { language = 'nl' } = {}) {
    const person = new this(browser, who);
    person.page = await browser.newPage();
    person.errors = [];
    person.page.on('pageerror', (error) => person.errors.push(String(error)));
    await person.page.goto(who.link.replace('/j#', `/j?lang=${language}#`));
    return person;
  }

  evaluate(fn, argument) {
    return this.page.evaluate(fn, argument);
  }

  has(testid) {
    return this.evaluate((selector) => Boolean(document.querySelector(selector)), id(testid));
  }

  sees(testid, ms) {
    return until(`${this.name} to see ${testid}`, () => this.has(testid), ms);
  }

  attribute(testid, name) {
    return this.evaluate(([selector, key]) => document.querySelector(selector)?.getAttribute(key), [id(testid), name]);
  }

  text() {
    return this.evaluate(() => document.body.innerText);
  }

  /** Presses what a person would press; waits until it is there and not disabled. */
  async press(testid, within = '') {
    const selector = `${within}${within ? ' ' : ''}${id(testid)}`;
    await until(`${this.name} to be able to press ${selector}`, () =>
      this.evaluate((s) => {
        const element = document.querySelector(s);
        return element && !element.disabled && element.getAttribute('aria-disabled') !== 'true';
      }, selector));
    await this.evaluate((s) => document.querySelector(s).click(), selector);
  }

  /** Types into a field as a person would. */
  async fill(testid, text) {
    await this.sees(testid);
    await this.evaluate(([selector, words]) => {
      const field = document.querySelector(selector);
      field.focus();
      field.value = words;
      field.dispatchEvent(new Event('input', { bubbles: true }));
    }, [id(testid), text]);
  }

  /** Uses a right over somebody: their menu in the people list, the act, a reason, confirm. */
  async uses(right, name, reason) {
    await this.openPanel('people');
    await this.press('person-menu', `[data-testid="person"][data-person="${name}"]`);
    await this.press(right);
    await this.fill('reason', reason);
    await this.press('confirm');
  }

  async join() {
    await this.press('join');
  }

  async enter() {
    await this.join();
    await this.sees('leave');
  }

  async waits() {
    await this.join();
    await this.sees('lobby-waiting');
  }

  async admit(name) {
    if (!(await this.has('admit'))) await this.openPanel('people');
    await this.press('admit', `[data-person="${name}"]`);
  }

  async openPanel(name) {
    const selected = async () => (await this.attribute(`tab-${name}`, 'aria-selected')) === 'true';
    if (await selected()) return;
    await this.press(`tab-${name}`);
    await until(`${this.name}'s panel to show ${name}`, selected);
  }

  async turn(device, on) {
    if ((await this.attribute(device, 'aria-pressed')) !== String(on)) await this.press(device);
    await until(`${this.name}'s ${device} to be ${on ? 'on' : 'off'}`,
      async () => (await this.attribute(device, 'aria-pressed')) === String(on));
  }

  /** Names in the people list. */
  async people() {
    await this.openPanel('people');
    return this.evaluate((s) => [...document.querySelectorAll(s)].map((e) => e.dataset.person).sort(), id('person'));
  }

  entries() {
    return this.evaluate((s) => [...document.querySelectorAll(s)].map((e) => `${e.dataset.kind}: ${e.innerText}`),
      id('proceedings-entry'));
  }

  connection() {
    return this.attribute('connection', 'data-state');
  }

  /** What this part of the page shows: its size, and a few pixels: a moving picture gives changing text. Or null. */
  picture(selector) {
    return this.evaluate((part) => {
      const video = document.querySelector(part)?.querySelector('video');
      if (!video || video.videoWidth === 0 || video.readyState < 2) return null;
      const canvas = (window.__canvas ??= document.createElement('canvas'));
      canvas.width = 32;
      canvas.height = 24;
      const context = canvas.getContext('2d', { willReadFrequently: true });
      context.drawImage(video, 0, 0, 32, 24);
      const pixels = context.getImageData(0, 0, 32, 24).data.filter((_, i) => i % 4 !== 3);
      return { width: video.videoWidth, height: video.videoHeight, pixels: Array.from(pixels).join(',') };
    }, selector);
  }

  /** The pixels of somebody's picture, or null while there is none. */
  async pixels(name) {
    return (await this.picture(`${id('tile')}[data-person=${JSON.stringify(name)}]`))?.pixels ?? null;
  }

  async seesMoving(name, ms = 15_000) {
    let first = null;
    await until(`${this.name} to see ${name} moving`, async () => {
      const now = await this.pixels(name);
      if (now === null) return false;
      first ??= now;
      return now !== first;
    }, ms);
  }

  /** Sums over the living connections' getStats(). */
  stats() {
    return this.evaluate(async () => {
      const sum = { audioEnergy: 0, audioPackets: 0, audioLost: 0,
        videoFrames: 0, videoPackets: 0, videoBytes: 0, videoLost: 0, sentPackets: 0, sentSound: 0,
        profiles: [], energies: {}, frames: {} };
      for (const connection of window.__connections.filter((c) => c.connectionState !== 'closed'))
        for (const s of (await connection.getStats()).values()) {
          if (s.type === 'inbound-rtp' && s.kind === 'audio') {
            sum.audioEnergy += s.totalAudioEnergy ?? 0;
            sum.energies[s.mid ?? s.id] = s.totalAudioEnergy ?? 0;
            sum.audioPackets += s.packetsReceived;
            sum.audioLost += s.packetsLost;
          } else if (s.type === 'inbound-rtp' && s.kind === 'video') {
            sum.videoFrames += s.framesDecoded ?? 0;
            sum.frames[s.mid ?? s.id] = s.framesDecoded ?? 0;
            sum.videoPackets += s.packetsReceived;
            sum.videoBytes += s.bytesReceived ?? 0; // without padding
            sum.videoLost += s.packetsLost;
          } else if (s.type === 'outbound-rtp') {
            sum.sentPackets += s.packetsSent;
            if (s.kind === 'audio') sum.sentSound += s.packetsSent;
          }
          else if (s.type === 'transport' && s.srtpCipher) sum.profiles.push(s.srtpCipher);
        }
      return sum;
    });
  }

  /** By which way media goes: 'udp IPv4', 'tcp IPv6', …; null while there is none. */
  way() {
    return this.evaluate(async () => {
      const connection = window.__connections.findLast((c) => c.connectionState === 'connected');
      const stats = connection ? [...(await connection.getStats()).values()] : [];
      const transport = stats.find((s) => s.type === 'transport' && s.selectedCandidatePairId);
      const pair = stats.find((s) =>
        transport ? s.id === transport.selectedCandidatePairId : s.type === 'candidate-pair' && s.selected);
      const remote = stats.find((s) => s.id === pair?.remoteCandidateId);
      return remote ? `${remote.protocol} ${(remote.address ?? remote.ip).includes(':') ? 'IPv6' : 'IPv4'}` : null;
    });
  }

  /**
   * Of the connections that were laid before their time (the page lays one while it waits), all that is more than
   * lines: descriptions that were taken or came, gathering, tracks, candidates and packets. Nothing of it, while the
   * person waits.
   */
  beforeTime() {
    return this.evaluate(async () => {
      const found = [];
      for (const c of window.__connections.filter((one) => one.connectionState !== 'closed')) {
        const { signalingState, iceGatheringState, connectionState } = c;
        if (`${signalingState} ${iceGatheringState} ${connectionState}` !== 'stable new new')
          found.push(`${signalingState} ${iceGatheringState} ${connectionState}`);
        if (c.localDescription !== null) found.push('an offer was taken');
        if (c.remoteDescription !== null) found.push('the server gave ICE credentials');
        for (const sender of c.getSenders()) if (sender.track !== null) found.push(`a ${sender.track.kind} track`);
        for (const s of (await c.getStats()).values())
          if (['candidate-pair', 'local-candidate'].includes(s.type) || s.packetsSent || s.packetsReceived)
            found.push(s.type);
      }
      return found;
    });
  }

  /** Of the window, in CSS pixels. */
  resize(width, height) {
    return this.page.setViewportSize?.({ width, height }) ?? this.page.setViewport({ width, height });
  }

  offers() {
    return this.evaluate(() => window.__offers);
  }

  async shot(path) {
    await this.page.screenshot({ path });
  }

  async close() {
    await this.page.close();
  }
}
