// SPDX-License-Identifier: EUPL-1.2
// Members without a page (lib/crowd.mjs) who are seen: their pictures come from one page that makes the media of all of
// them with the client's own code (web/test/crowd), sealed with each one's own keys. In the browser tests.

import { Simulated } from './crowd.mjs';
import { until } from './wait.mjs';

const web = new URL('../../../web/', import.meta.url);

export class Pictures {
  /** `chromium`: from startChromium(); its fake camera is everybody's. */
  static async begin(chromium) {
    const pictures = new Pictures();
    const { createServer } = await import(new URL('node_modules/vite/dist/node/index.js', web));
    pictures.vite = await createServer({
      root: web.pathname, configFile: new URL('vite.config.ts', web).pathname, logLevel: 'error',
      optimizeDeps: { noDiscovery: true }, server: { host: '127.0.0.1', port: 0, hmr: false, watch: null },
    });
    await pictures.vite.listen();
    pictures.page = await chromium.newPage();
    await pictures.page.goto(`http://127.0.0.1:${pictures.vite.httpServer.address().port}/test/crowd/page/index.html`);
    await pictures.page.waitForFunction('"crowd" in window');
    return pictures;
  }

  #ask(name, ...given) {
    return this.page.evaluate(([what, all]) => window.crowd[what](...all), [name, given]);
  }

  /** A member who takes part, and whom others see as soon as they are inside with keys. */
  async seat(keys, server, { name, link }) {
    let turn = Promise.resolve();
    const inTurn = (what, given) => {
      turn = turn.then(() => (this.over ? undefined : this.#ask(what, name, given))).catch((e) => {
        if (!this.over) throw e;
      });
    };
    const member = await Simulated.make(keys, server, link, {
      // Who gives a key away overwrites it: what goes on is a copy.
      frames: (m) => inTurn('keyed', m.type === 'epoch' ? { ...m, baseKey: [...m.baseKey] } : m),
      heard: (m) => {
        if (m.type === 'answer') member.answer = m.sdp;
        else if (m.type === 'watched') inTurn('watched', m.camera);
      },
    });
    return member;
  }

  /** Switches the camera of somebody inside on. */
  async show(member) {
    const { sdp, roles, lines } = await this.#ask('offer', member.name);
    member.send({ type: 'offer', sdp, roles, restart: false, media: null });
    await until(`an answer for ${member.name}`, () => member.answer);
    await this.#ask('answer', member.name, member.answer);
    member.send({ type: 'layout', lines });
    member.send({ type: 'sources', microphone: false, camera: true, screen: false, screen_sound: false });
  }

  async end() {
    this.over = true;
    await this.page?.close();
    await this.vite?.close();
  }
}
