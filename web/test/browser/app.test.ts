// SPDX-License-Identifier: EUPL-1.2
// The whole page in Chromium, its lines answered by the script of this test: what it sends, keeps and shows.
import { type Browser, type BrowserContext, chromium, type Page, type WebSocketRoute } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClientMessage, ServerMessage } from '../../src/wire/messages';
import { MEETING, SEAT, SERVER, stateMessage } from '../support/samples';
import { serve } from './browsers';

const TOKEN = 'A'.repeat(43);
const server = await serve();
let browser: Browser;
let context: BrowserContext;
let page: Page;
let asked: { readonly path: string; readonly body: unknown }[];
let errors: string[];
let lines: Line[];
let newLine: (line: Line) => void;

/** One WebSocket of the page, seen from the server. */
class Line {
  readonly #got: ClientMessage[] = [];
  readonly #wanted: (() => void)[] = [];
  constructor(readonly ws: WebSocketRoute) {
    ws.onMessage((m) => {
      const said = JSON.parse(String(m)) as ClientMessage;
      this.#key(said);
      this.#got.push(said);
      this.#wanted.splice(0).forEach((look) => look());
    });
  }
  /** Nobody else is there: the page is asked to make the group, and is alone in it. */
  #key(said: ClientMessage): void {
    if (said.type === 'key-join') this.say({ type: 'key-create', group: said.group });
    if (said.type === 'key-create')
      this.say({ type: 'key-group', group: said.group, epoch: 0, tag: said.tag, members: [1] });
  }
  say(...messages: readonly ServerMessage[]): void {
    for (const m of messages) this.ws.send(JSON.stringify(m));
  }
  /** The next message of this type; others that came before it are dropped. */
  async hear<T extends ClientMessage['type']>(type: T): Promise<Extract<ClientMessage, { type: T }>> {
    for (;;) {
      const m = this.#got.shift();
      if (m?.type === type) return m as Extract<ClientMessage, { type: T }>;
      if (m === undefined) await new Promise<void>((look) => this.#wanted.push(look));
    }
  }
}

function nextLine(): Promise<Line> {
  return new Promise((done) => {
    newLine = done;
  });
}

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
  });
}, 120_000);
afterAll(async () => {
  await browser.close();
  await server.close();
});

beforeEach(async () => {
  context = await browser.newContext({ locale: 'en-GB' });
  page = await context.newPage();
  [asked, errors, lines, newLine] = [[], [], [], () => undefined];
  page.on('pageerror', (e) => errors.push(String(e)));
  await page.route('**/api/*', (route) => {
    asked.push({ path: new URL(route.request().url()).pathname, body: route.request().postDataJSON() });
    return route.fulfill({ json: SEAT });
  });
  await page.routeWebSocket('**/ws', (ws) => {
    lines.push(new Line(ws));
    newLine(lines.at(-1) as Line);
  });
});
afterEach(async () => {
  await context.close();
  expect(errors).toEqual([]);
});

async function open(path: string): Promise<Line> {
  const line = nextLine();
  await page.goto(server.url + path);
  return line;
}

async function enter(): Promise<Line> {
  const line = await open(`/j#${TOKEN}`);
  await line.hear('hello');
  line.say(SERVER['welcome']);
  await page.getByTestId('join').click();
  await line.hear('join');
  line.say(stateMessage());
  await page.getByTestId('mic').waitFor();
  return line;
}

describe('the page', () => {
  it('takes the secret of the link out of the address, and keeps the seat alone', async () => {
    const line = await open(`/j#${TOKEN}`);
    expect(await line.hear('hello')).toEqual({ type: 'hello', version: 1, seat: SEAT.seat });
    expect(asked).toEqual([{ path: '/api/link', body: { token: TOKEN } }]);
    line.say(SERVER['welcome']);
    await page.getByTestId('join').waitFor();
    expect(new URL(page.url())).toMatchObject({ pathname: `/m/${MEETING.id}`, hash: '' });
    const kept = await page.evaluate(() =>
      JSON.stringify({ ...sessionStorage, ...localStorage, cookie: document.cookie }),
    );
    expect(kept).toContain(SEAT.seat);
    expect(kept).not.toContain(TOKEN);
    expect(await page.evaluate(() => document.documentElement.outerHTML)).not.toContain(TOKEN);
  }, 120_000);

  it('enters: an offer that the server takes, nothing switched on', async () => {
    const line = await enter();
    const offer = await line.hear('offer');
    expect(offer).toMatchObject({ restart: false, media: null });
    expect(Object.keys(offer.roles)).toHaveLength(39);
    expect(JSON.stringify(offer).length).toBeLessThan(64 * 1024);
    expect(await page.getByTestId('mic').getAttribute('aria-pressed')).toBe('false');
    expect(await page.getByTestId('camera').getAttribute('aria-pressed')).toBe('false');
  }, 120_000);

  it('sends what the person switches on, and says so', async () => {
    const line = await enter();
    expect(await line.hear('sources')).toMatchObject({ microphone: false, camera: false });
    await page.getByTestId('mic').click();
    expect(await line.hear('sources')).toMatchObject({ microphone: true, camera: false });
    await page.getByTestId('camera').click();
    expect(await line.hear('sources')).toMatchObject({ microphone: true, camera: true });
    await page.waitForFunction(() =>
      [...document.querySelectorAll('video')].some((v) => v.videoWidth > 0 && v.currentTime > 0),
    );
    await page.getByTestId('mic').click();
    expect(await line.hear('sources')).toMatchObject({ microphone: false, camera: true });
  }, 120_000);

  it('admits with one press', async () => {
    const line = await enter();
    await page.getByTestId('admit').click();
    expect(await line.hear('admit')).toEqual({ type: 'admit', person: 3 });
  }, 120_000);

  it('offers again when the server had no room for it', async () => {
    const line = await enter();
    await line.hear('offer');
    line.say({ type: 'error', code: 'media-unavailable', re: 'offer', field: null });
    expect(await line.hear('offer')).toMatchObject({ restart: false });
    line.say(SERVER['media-lost']);
    expect(await line.hear('offer')).toMatchObject({ restart: false });
  }, 120_000);

  it('comes back by itself when the line breaks, with a renewed seat', async () => {
    const line = await enter();
    asked.length = 0;
    const second = nextLine();
    await line.ws.close({ code: 1001 });
    const again = await second;
    await again.hear('hello');
    expect(asked[0]).toEqual({ path: '/api/resume', body: { seat: SEAT.seat } });
    again.say({ ...SERVER['welcome'], phase: 'inside' }, stateMessage());
    await page.locator('[data-testid=connection][data-state]').first().waitFor();
    expect(await again.hear('offer')).toMatchObject({ restart: false });
  }, 120_000);

  it('a reload leads back to the seat', async () => {
    await enter();
    asked.length = 0;
    const second = nextLine();
    await page.reload();
    await (await second).hear('hello');
    expect(asked).toEqual([{ path: '/api/resume', body: { seat: SEAT.seat } }]);
  }, 120_000);

  it('is put out by another tab, and comes back when asked to', async () => {
    const line = await enter();
    line.say({ type: 'over', why: 'replaced', by: null, reason: null });
    await page.getByTestId('mic').waitFor({ state: 'detached' });
    expect(lines).toHaveLength(1);
    const second = nextLine();
    await page.getByTestId('come-back').click();
    expect(await (await second).hear('hello')).toMatchObject({ seat: SEAT.seat });
  }, 120_000);
});
