// SPDX-License-Identifier: EUPL-1.2
// What a person can do with the page, by pointer and by keyboard, and what the views tell of it.

import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openGallery, type Gallery } from './gallery';

const MINUTE = 60_000;
/** A button that says it is disabled can still be pressed; the driver would wait for it. */
const BUSY = { force: true };
vi.setConfig({ testTimeout: MINUTE });
let gallery: Gallery;
let page: Page;

beforeAll(async () => {
  gallery = await openGallery();
}, MINUTE);
afterAll(() => gallery.close());
beforeEach(async () => {
  page = await gallery.browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  page.setDefaultTimeout(20_000);
  await page.goto(gallery.address);
});
afterEach(() => page.close());

function show(sample: string): Promise<void> {
  return page.evaluate((name) => window.sample(name, 'nl'), sample);
}
function told(): Promise<unknown[]> {
  return page.evaluate(() => window.acted);
}
async function toldBy(work: () => Promise<unknown>): Promise<unknown[]> {
  await page.evaluate(() => {
    window.acted = [];
  });
  await work();
  return told();
}
const byId = (id: string) => page.getByTestId(id);
const of = (id: string, person: string) => page.locator(`[data-testid=${id}][data-person="${person}"]`);
function focused(): Promise<string> {
  return page.evaluate(() => {
    const e = document.activeElement;
    return e?.id || e?.getAttribute('data-testid') || e?.tagName.toLowerCase() || '';
  });
}

describe('the lobby', () => {
  it('asks to come in, and only once', async () => {
    await show('lobby');
    expect(await toldBy(() => byId('join').click())).toEqual([{ type: 'join' }]);
    await show('lobby-asking');
    expect(await toldBy(() => byId('join').click(BUSY))).toEqual([]);
  });
  it('tells no name but one\'s own', async () => {
    for (const sample of ['lobby', 'lobby-waiting', 'lobby-unopened']) {
      await show(sample);
      const words = await page.locator('body').innerText();
      expect(words).toContain('Marleen Goossens');
      expect(words).not.toMatch(/Aerts|Verhaeghe|Claeys/);
    }
  });
  it('waits, and can stop waiting', async () => {
    await show('lobby-waiting');
    expect(await byId('lobby-waiting').count()).toBe(1);
    expect(await byId('join').count()).toBe(0);
    expect(await toldBy(() => byId('lobby-waiting').getByRole('button').click())).toEqual([{ type: 'stop-waiting' }]);
  });
  it('switches and chooses devices', async () => {
    await show('lobby');
    expect(await byId('mic').getAttribute('aria-pressed')).toBe('true');
    const events = await toldBy(async () => {
      await byId('mic').click();
      await byId('camera').click();
      await page.getByLabel('Microfoon kiezen').selectOption('b');
      await page.getByRole('button', { name: 'Speel testgeluid' }).click();
      await page.getByRole('button', { name: 'Français' }).click();
    });
    expect(events).toEqual([
      { type: 'toggle', source: 'microphone' }, { type: 'toggle', source: 'camera' },
      { type: 'choose-device', kind: 'microphone', id: 'b' }, { type: 'test-sound' },
      { type: 'language', language: 'fr' },
    ]);
    expect(await page.locator('.meter .on').count()).toBe(12);
  });
  it('calls a device without a name by its number', async () => {
    await show('lobby');
    expect(await page.getByLabel('Camera kiezen').locator('option').allInnerTexts()).toEqual(
      ['Standaard van dit toestel', 'Ingebouwde camera', 'Camera 2']);
  });
});

describe('the room', () => {
  it('shows everyone as a tile and in the list, with what the contract names', async () => {
    await show('room');
    expect(await byId('tile').count()).toBe(13);
    expect(await byId('person').count()).toBe(13);
    expect(await of('tile', 'Ilse De Waele').getAttribute('data-speaking')).toBe('');
    expect(await of('tile', 'Ilse De Waele').getAttribute('data-muted')).toBe(null);
    expect(await of('tile', 'Tom Lauwers').getAttribute('data-muted')).toBe('');
    expect(await of('tile', 'Tom Lauwers').locator('video').count()).toBe(1);
    expect(await of('person', 'Hilde Aerts').getAttribute('data-office')).toBe('clerk');
    expect(await byId('session-state').getAttribute('data-state')).toBe('closed');
    expect(await byId('e2ee').getAttribute('data-state')).toBe('on');
    expect(await byId('connection').getAttribute('data-state')).toBe('connected');
    expect(await byId('room-code').innerText()).toContain('48271 93046 11825 60937');
    for (const id of [
      'person-mute', 'suspend', 'invite', 'give-floor', 'tab-vote',
    ]) {
      expect(await byId(id).count(), `${id}: a member has no such right, or it does not exist yet`).toBe(0);
    }
  });
  it('warns beside both of two names that look alike, also of who waits (C26)', async () => {
    await show('room-alike');
    const warnings = (await byId('alike').allTextContents()).map((words) => words.trim());
    expect(warnings).toEqual(['Let op: lijkt op Lise Meert', 'Let op: lijkt op Lіse Meert']);
    await show('room');
    expect(await byId('alike').count()).toBe(0);
  });
  it('gives each video its stream, plays it muted, and takes it back', async () => {
    await show('room');
    const video = of('tile', 'Greet Verhaeghe').locator('video');
    await page.waitForFunction((v) => (v as HTMLVideoElement).videoWidth > 0, await video.elementHandle());
    expect(await video.evaluate((v: HTMLVideoElement) => v.muted)).toBe(true);
    const held = await video.elementHandle();
    await show('grid-more-absent');
    expect(await held?.evaluate((v) => v.isConnected), 'a newcomer leaves the others\' pictures alone').toBe(true);
    await show('over-left');
    expect(await held?.evaluate((v) => (v as HTMLVideoElement).srcObject)).toBe(null);
  });
  it('gives names, states and offices to a screen reader', async () => {
    await show('room-others');
    const row = of('person', 'Ilse De Waele');
    expect(await row.innerText()).toContain('Verbindt opnieuw');
    const unheard = of('tile', 'Hilde Aerts').getByRole('img', { name: 'microfoon aan, niet doorgegeven' });
    expect(await unheard.count()).toBe(1);
    expect(await of('tile', 'Tom Lauwers').getByRole('img', { name: 'microfoon uit' }).count()).toBe(1);
    expect(await of('tile', 'Ilse De Waele').getAttribute('data-speaking'), 'who is away does not speak').toBe(null);
    await show('room');
    expect(await of('tile', 'Ilse De Waele').getByRole('img', { name: 'spreekt' }).count()).toBe(1);
  });
  it('shows a shared screen to the others, and a stop to who shares', async () => {
    await show('room-share');
    expect(await byId('screen').getAttribute('aria-label')).toBe('Scherm van Greet Verhaeghe');
    await show('room-sharing');
    expect(await byId('screen').count()).toBe(0);
    expect(await byId('share').getAttribute('aria-pressed')).toBe('true');
    const stop = page.locator('.share').getByRole('button');
    expect(await toldBy(() => stop.click())).toEqual([{ type: 'toggle', source: 'screen' }]);
  });
  it('says what happened in a live region', async () => {
    await show('room-clerk');
    expect(await byId('notice').getByRole('status').innerText()).toBe('mr. Joke Vermeersch wacht op toelating');
    expect(await byId('notice').getByRole('alert').innerText()).toBe('');
    await show('room-error');
    expect(await byId('notice').getByRole('alert').innerText()).toContain('niet gebeurd');
    const close = page.getByRole('button', { name: 'Sluit', exact: true });
    expect(await toldBy(() => close.click())).toEqual([{ type: 'notice-read' }]);
  });
  it('stands who speaks and who is kept in view beside a shared screen, and the others in a strip', async () => {
    await show('room-share');
    const names = (selector: string): Promise<(string | undefined)[]> => page.locator(`${selector} > .tile`)
      .evaluateAll((all) => all.map((e) => (e as HTMLElement).dataset['person']));
    expect(await names('.tiles--share')).toEqual(['Hilde Aerts', 'Ilse De Waele']);
    expect(await names('.strip')).toEqual(['Greet Verhaeghe', 'Bart Claeys', 'Marleen Goossens', 'Tom Lauwers']);
    const [screen, strip] = await Promise.all([byId('screen').boundingBox(), page.locator('.strip').boundingBox()]);
    expect(strip?.y).toBeGreaterThanOrEqual((screen?.y ?? 0) + (screen?.height ?? 0));
    expect(screen?.height, 'the screen keeps the stage').toBeGreaterThan(4 * (strip?.height ?? 0));
    await show('room-2');
    expect(await page.locator('.strip').count()).toBe(0);
  });
  it('reads out two urgent things that come at once, each by itself', async () => {
    await show('room-error');
    const alert = byId('notice').getByRole('alert');
    expect(await alert.getAttribute('aria-atomic')).toBe('false');
    const first = await alert.locator('p').elementHandle();
    await page.evaluate(() => window.alerted({ what: 'line-lost' }));
    expect(await alert.locator('p').allInnerTexts()).toHaveLength(2);
    expect(await first?.evaluate((p) => p.isConnected), 'what stands is not read again').toBe(true);
  });
  it('reads no letter of a message that is being written, and no log over one\'s own writing', async () => {
    await show('room-thread');
    const log = page.getByRole('log');
    expect(await byId('typing').getAttribute('aria-live')).toBe('off');
    await byId('message-text').fill('Ik kom');
    expect(await log.getAttribute('aria-live')).toBe('off');
    await byId('message-text').press('Enter');
    expect(await log.getAttribute('aria-live')).toBe('polite');
    await byId('message-text').fill('Ik kom');
    await page.keyboard.press('Tab');
    expect(await log.getAttribute('aria-live')).toBe('polite');
  });
  it('keeps the last of what was said in sight, upright and on its side', async () => {
    const before = page.viewportSize();
    for (const size of [{ width: 390, height: 844 }, { width: 844, height: 390 }]) {
      await page.setViewportSize(size);
      await show('room');
      await show('room-thread');
      const [last, compose] = await Promise.all([page.locator('.msg').last().boundingBox(),
        page.locator('.compose').boundingBox()]);
      expect((last?.y ?? 0) + (last?.height ?? Infinity), String(size.width)).toBeLessThanOrEqual(compose?.y ?? 0);
    }
    if (before !== null) await page.setViewportSize(before);
  });
  it('leaves at once for a member, and asks clerk and chair', async () => {
    await show('room');
    expect(await toldBy(() => byId('leave').click())).toEqual([{ type: 'leave' }]);
    await show('room-clerk');
    expect(await toldBy(() => byId('leave').click())).toEqual([{ type: 'open-dialog', dialog: 'leave' }]);
    await show('dialog-leave');
    expect(await toldBy(() => byId('confirm').click())).toEqual([{ type: 'leave' }]);
    expect(await toldBy(() => byId('end').click())).toEqual([{ type: 'open-dialog', dialog: 'end' }]);
  });
  it('comes back from where one can', async () => {
    for (const sample of ['over-left', 'over-turned-away', 'over-removed', 'over-replaced']) {
      await show(sample);
      expect(await toldBy(() => byId('come-back').click()), sample).toEqual([{ type: 'come-back' }]);
    }
    for (const sample of ['over-ended', 'over-seat-ended']) {
      await show(sample);
      expect(await byId('come-back').count(), sample).toBe(0);
    }
  });
  it('leads to the report of a meeting that is over, whoever may have it', async () => {
    await show('over-ended');
    expect(await byId('report').getAttribute('href')).toBe('/m/k7f2/report');
    for (const sample of ['over-ended-guest', 'over-left', 'over-removed']) {
      await show(sample);
      expect(await byId('report').count(), sample).toBe(0);
    }
  });
});

describe('admission', () => {
  it('is for clerk and chair: admit by name, once', async () => {
    await show('room-clerk');
    expect(await toldBy(() => of('admit', 'mr. Joke Vermeersch').click())).toEqual([{ type: 'admit', person: 13 }]);
    expect(await toldBy(() => of('admit', 'Katrien Bogaert').click(BUSY)), 'pressed before').toEqual([]);
    const refuse = of('turn-away', 'Katrien Bogaert');
    expect(await toldBy(() => refuse.click())).toEqual([{ type: 'open-turn-away', person: 14 }]);
    await show('room');
    expect(await byId('admit').count()).toBe(0);
  });
  it('says what comes when nobody waits, to those who admit alone', async () => {
    const none = 'De wachtruimte is leeg. Wie aanklopt, verschijnt hier met naam en rol.';
    await show('room-alone');
    expect(await page.locator('.panel__b').innerText()).toContain(none);
    for (const other of ['room', 'room-clerk']) {
      await show(other);
      expect(await page.locator('.panel__b').innerText()).not.toContain(none);
    }
  });
  it('turns away with a chosen reason', async () => {
    await show('dialog-turn-away');
    const events = await toldBy(async () => {
      await page.getByLabel('verkeerde vergadering').check();
      await byId('confirm').click();
    });
    expect(events).toEqual([{ type: 'turn-away', person: 13, reason: { code: 'wrong-meeting' } }]);
  });
  it('turns away with a written reason alone', async () => {
    await show('dialog-turn-away');
    const events = await toldBy(async () => {
      await byId('reason').fill('  staat op de lijst van morgen ');
      await page.keyboard.press('Enter');
    });
    expect(events).toEqual([
      { type: 'turn-away', person: 13, reason: { code: 'written', text: 'staat op de lijst van morgen' } },
    ]);
  });
  it('never turns away without a reason', async () => {
    await show('dialog-turn-away');
    expect(await toldBy(() => byId('confirm').click())).toEqual([]);
    expect(await page.getByText('Kies een reden.').isVisible()).toBe(true);
    await page.getByLabel('andere reden').check();
    expect(await toldBy(() => byId('confirm').click())).toEqual([]);
    expect(await page.getByText('Schrijf op waarom').isVisible()).toBe(true);
    expect(await focused()).toBe('reason-text');
  });
});

describe('ending for all', () => {
  it('is asked with a reason', async () => {
    await show('dialog-end');
    const events = await toldBy(async () => {
      await page.getByLabel('zo afgesproken in de vergadering').check();
      await byId('reason').fill('alles is behandeld');
      await byId('confirm').click();
    });
    expect(events).toEqual([{ type: 'end', reason: { code: 'agreed', text: 'alles is behandeld' } }]);
  });
  it('is confirmed or refused by the other office, with a countdown', async () => {
    await show('room-request');
    expect(await byId('request').getByRole('timer').innerText()).toBe('Nog 1:40');
    expect(await toldBy(() => byId('confirm').click())).toEqual([{ type: 'confirm', request: 9 }]);
    expect(await toldBy(() => byId('cancel').click())).toEqual([{ type: 'refuse', request: 9 }]);
  });
  it('is seen by everyone, decided by no member', async () => {
    await show('room-request-member');
    expect(await byId('request').innerText()).toContain('alle punten zijn behandeld');
    expect(await byId('request').getByRole('button').count()).toBe(0);
  });
  it('is withdrawn, not confirmed, by who asked', async () => {
    await show('room-request-own');
    expect(await byId('confirm').count()).toBe(0);
    expect(await toldBy(() => byId('cancel').click())).toEqual([{ type: 'refuse', request: 9 }]);
  });
});

describe('the panel', () => {
  it('tells the proceedings as sentences, newest first', async () => {
    await show('room-proceedings');
    const entries = byId('proceedings-entry');
    expect(await entries.count()).toBe(15);
    expect(await entries.first().getAttribute('data-kind')).toBe('request-refused');
    expect((await entries.nth(6).innerText()).replace(/\s+/g, ' ')).toContain(
      'Greet Verhaeghe (voorzitter) liet mr. Joke Vermeersch niet binnen. '
      + 'Reden: verkeerde vergadering, hoort bij de commissie van morgen');
    expect(await entries.last().innerText()).toContain('Het beheer maakte de vergadering aan.');
    expect(await page.getByRole('log').count()).toBe(1);
  });
  it('has tabs that arrow keys move through', async () => {
    await show('room');
    await byId('tab-people').focus();
    const events = await toldBy(async () => {
      await page.keyboard.press('ArrowDown');
    });
    expect(events).toEqual([{ type: 'panel', panel: 'speakers' }]);
    expect(await focused()).toBe('tab-speakers');
    expect(await byId('tab-speakers').getAttribute('tabindex'), 'one stop for Tab').toBe('-1');
  });
  it('is a sheet on a phone, closed by its cross and by Esc', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await show('room');
    expect(await page.locator('.panel').isVisible()).toBe(false);
    await show('room-sheet');
    expect(await page.locator('.panel').isVisible()).toBe(true);
    const cross = page.getByRole('button', { name: 'Sluit dit paneel' });
    expect(await toldBy(() => cross.click())).toEqual([{ type: 'sheet-closed' }]);
    expect(await toldBy(() => page.keyboard.press('Escape'))).toEqual([{ type: 'sheet-closed' }]);
  });
});

describe('the agenda', () => {
  /** The numbers of the items that stand whole in the panel. */
  const inSight = (): Promise<string[]> => page.evaluate(() => {
    const frame = document.querySelector('.panel__b')?.getBoundingClientRect();
    return [...document.querySelectorAll<HTMLElement>('[data-testid=item]')].filter((item) => {
      const box = item.getBoundingClientRect();
      return frame !== undefined && box.height > 0 && box.top >= frame.top && box.bottom <= frame.bottom;
    }).map((item) => item.dataset['item'] ?? '');
  });
  const scroll = (to: number): Promise<void> => page.evaluate((top) => {
    document.querySelector('.panel__b')?.scrollTo({ top });
  }, to);

  for (const [width, height] of [[390, 844], [1440, 900]] as const) {
    it(`opens at the present item, ${width}x${height}, and then leaves the reader alone`, async () => {
      await page.setViewportSize({ width, height });
      await show('room');
      await show('agenda-long');
      expect(await inSight()).toContain('19');
      expect(await inSight(), 'it is longer than the panel').not.toContain('1');
      await scroll(0);
      await show('agenda-long');
      expect(await inSight()).toContain('1');
    });
  }
  it('stands still where everything is in sight', async () => {
    await show('agenda-closed');
    expect(await inSight()).toEqual(['1', '2', '3', '4']);
    expect(await page.locator('.panel__b').evaluate((e) => e.scrollTop)).toBe(0);
  });
  it('offers everybody to take no part, in the agenda and for the open item under Meer', async () => {
    await show('agenda-closed');
    expect(await byId('recuse').count()).toBe(2);
    expect(await byId('declare-alone').count()).toBe(0);
    await show('agenda-guest');
    expect(await byId('item').count()).toBe(4);
    expect(await byId('recuse').count(), 'each decides it alone (RIGHTS.md), a guest too').toBe(1);
    const declares = byId('item').getByTestId('declare-alone');
    expect(await declares.count(), 'that nobody listens along, a guest declares too').toBe(1);
    for (const who of ['item', 'guest']) {
      await show(`dialog-more-${who}`);
      expect(await toldBy(() => byId('more-recuse').click())).toEqual([
        { type: 'open-item-dialog', dialog: 'recuse', item: 3 },
      ]);
    }
    await show('dialog-note-recusal-guest');
    const offered = (await byId('recused').locator('option').allInnerTexts()).join();
    expect(offered).toContain('Luc Desmedt');
    expect(offered).toContain('Joke Vermeersch');
  });
});

describe('a dialog', () => {
  it('starts on its heading, keeps the focus and closes with Esc', async () => {
    await show('dialog-end');
    expect(await page.locator('dialog').evaluate((d) => d.matches(':modal'))).toBe(true);
    expect(await focused()).toBe('dialog-title');
    for (let at = 0; at < 12; at++) {
      await page.keyboard.press('Tab');
      const where = await page.evaluate(() => document.activeElement === document.body
        || document.activeElement?.closest('dialog') !== null);
      expect(where).toBe(true);
    }
    expect(await toldBy(() => page.keyboard.press('Escape'))).toEqual([{ type: 'close-dialog' }]);
    expect(await toldBy(() => byId('cancel').click())).toEqual([{ type: 'close-dialog' }]);
  });
  it('returns the focus to who opened it', async () => {
    await show('room-request-own');
    await page.getByRole('button', { name: 'Instellingen' }).focus();
    await show('dialog-settings');
    expect(await focused()).toBe('dialog-title');
    await show('room-request-own');
    expect(await page.evaluate(() => document.activeElement?.textContent?.trim())).toBe('Instellingen');
  });
  it('closes when the picture behind it is pressed', async () => {
    await show('dialog-help');
    expect(await toldBy(() => page.mouse.click(20, 400))).toEqual([{ type: 'close-dialog' }]);
    expect(await toldBy(() => page.locator('.keys').click())).toEqual([]);
  });
});

describe('the keyboard', () => {
  it('has its letters outside text fields only', async () => {
    await show('room');
    const events = await toldBy(async () => {
      for (const key of ['m', 'V', 'w', '3', '4', '5', '?', 'q', 'Control+m']) await page.keyboard.press(key);
    });
    expect(events).toEqual([
      { type: 'toggle', source: 'microphone' }, { type: 'toggle', source: 'camera' },
      { type: 'hand' }, { type: 'panel', panel: 'speakers' }, { type: 'panel', panel: 'messages' },
      { type: 'panel', panel: 'proceedings' },
      { type: 'open-dialog', dialog: 'help' },
    ]);
    await show('room-floor-own');
    expect(await toldBy(() => page.keyboard.press('w')), 'ends the own speech').toEqual([{ type: 'floor-end' }]);
    await show('dialog-end');
    await byId('reason').focus();
    expect(await toldBy(() => page.keyboard.type('mvw1?'))).toEqual([]);
    expect(await byId('reason').inputValue()).toBe('mvw1?');
  });
  it('goes round the regions with F6', async () => {
    await show('room');
    const seen: string[] = [];
    for (let at = 0; at < 5; at++) {
      await page.keyboard.press('F6');
      seen.push(await page.evaluate(() => document.activeElement?.className ?? ''));
    }
    expect(seen).toEqual(['top', 'stage', 'ctl', 'side', 'top']);
    await page.keyboard.press('Shift+F6');
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('side');
  });
  it('reaches every button with Tab, in the order of the page', async () => {
    await show('room-clerk');
    const reachable = 'a[href], button, [tabindex="0"]';
    const expected = await page.evaluate((some) => [...document.querySelectorAll<HTMLElement>(some)]
      .filter((e) => e.tabIndex >= 0 && e.checkVisibility({ visibilityProperty: true })).length, reachable);
    const seen = new Set<number>();
    for (let at = 0; at < expected; at++) {
      await page.keyboard.press('Tab');
      seen.add(await page.evaluate(() => [...document.querySelectorAll('*')]
        .indexOf(document.activeElement ?? document.body)));
    }
    expect(seen.size).toBe(expected);
    expect([...seen]).toEqual([...seen].sort((a, b) => a - b));
  });
  it('skips to the meeting without touching the address', async () => {
    await show('room');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await focused()).toBe('stage');
    expect(new URL(page.url()).hash).toBe('');
  });
  it('puts the focus on the heading of a new page', async () => {
    await show('over-ended');
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
  });
  it('has the letters that the person chose, or none', async () => {
    await show('dialog-settings-rebinding');
    await byId('rebind-hand').focus();
    expect(await toldBy(() => page.keyboard.press('h'))).toEqual([{ type: 'bind', key: 'h' }]);
    expect(await toldBy(() => page.keyboard.press('Escape')), 'gives up, and the dialog stays').toEqual(
      [{ type: 'rebind', shortcut: null }]);
    expect(await page.locator('.set__b').innerText()).toContain('al voor: Camera aan of uit');
    await show('room-largest'); // single letters are off in it
    expect(await toldBy(() => page.keyboard.press('m'))).toEqual([]);
    await page.keyboard.press('F6');
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('top');
  });
  it('speaks while the space bar is held, unless it presses a button', async () => {
    await show('room-largest');
    const on = [{ type: 'toggle', source: 'microphone' }];
    expect(await toldBy(() => page.keyboard.down(' '))).toEqual(on);
    expect(await toldBy(() => page.keyboard.down(' ')), 'the key repeats itself').toEqual([]);
    await show('room-5'); // by now the microphone is on
    expect(await toldBy(() => page.keyboard.up(' '))).toEqual(on);
    await show('room-largest');
    await byId('hand').focus();
    expect(await toldBy(() => page.keyboard.press(' '))).toEqual([{ type: 'hand' }]);
  });
});

describe('what the person chooses', () => {
  it('counts at once, and is told by its switch', async () => {
    await show('dialog-settings');
    const events = await toldBy(async () => {
      await byId('set-noise').click();
      await byId('set-low').click();
      await byId('set-page-news').click();
    });
    expect(events).toEqual([
      { type: 'prefer', preferences: { noise: false } }, { type: 'prefer', preferences: { layout: 'low' } },
      { type: 'settings', page: 'news' },
    ]);
    await show('room-contrast');
    expect(await page.evaluate(() => ({ ...document.documentElement.dataset }))).toEqual(
      { theme: 'dark', contrast: 'more', motion: 'less', size: 'large' });
    await show('room');
    expect(await page.evaluate(() => ({ ...document.documentElement.dataset }))).toEqual({});
  });
  it('show on a phone which of their pages is open', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const sample of ['dialog-settings-news', 'dialog-settings', 'dialog-settings-display']) {
      await show(sample);
      const box = await page.locator('.set__nav [aria-current]').boundingBox();
      expect(box?.x, sample).toBeGreaterThanOrEqual(0);
      expect((box?.x ?? 0) + (box?.width ?? 0), sample).toBeLessThanOrEqual(390);
    }
  });
  it('leaves out pictures in low power, and says so', async () => {
    await show('grid-low');
    expect(await of('tile', 'Bart Claeys').innerText()).toContain('Niet getoond');
    expect(await of('tile', 'Bart Claeys').innerText(), 'what is not sent is not broken').not.toContain('staat stil');
    expect(await of('tile', 'Bart Claeys').locator('video').isVisible()).toBe(false);
    expect(await of('tile', 'Ilse De Waele').locator('video').isVisible()).toBe(true);
    const all = byId('low-power').getByRole('button');
    expect(await toldBy(() => all.click())).toEqual([{ type: 'prefer', preferences: { layout: 'grid' } }]);
  });
  it('says so when the machine does not keep up, with the way back', async () => {
    await show('grid-low-slow');
    expect(await byId('low-power').innerText()).toContain('Uw toestel kan niet alle beelden volgen');
    expect(await of('tile', 'Bart Claeys').innerText()).toContain('Niet getoond');
    const all = byId('low-power').getByRole('button');
    expect(await toldBy(() => all.click())).toEqual([{ type: 'prefer', preferences: { layout: 'grid' } }]);
  });
  it('keeps somebody in view by their seat, and tells why others are not', async () => {
    await show('grid-55');
    expect(await toldBy(() => of('seat', 'Tom Lauwers').click())).toEqual([{ type: 'pin', person: 6 }]);
    expect(await byId('tile').count()).toBe(8);
    await show('dialog-unseen');
    const groups = await byId('unseen-group').evaluateAll((all) => all.map((g) => [
      g.getAttribute('data-group'), g.querySelectorAll('.chips li').length]));
    expect(groups.map(([name]) => name)).toEqual(['elsewhere', 'camera-off', 'lost', 'absent']);
    const words = await page.locator('dialog').innerText();
    const rest = groups.reduce((sum, [, n]) => sum + Number(n), 0);
    expect(words).toContain(`${58 - rest} in beeld en ${rest} hieronder: samen 58`);
    expect(await toldBy(() => byId('many').click())).toEqual([{ type: 'prefer', preferences: { many: true } }]);
  });
  it('is offered another microphone when one goes', async () => {
    await show('room-gone');
    const again = page.getByRole('button', { name: 'Neem Ingebouwde microfoon' });
    expect(await toldBy(() => again.click())).toEqual([
      { type: 'choose-device', kind: 'microphone', id: 'a' }, { type: 'toggle', source: 'microphone' },
    ]);
  });
});

describe('the small window', () => {
  const people = (): Promise<(string | null)[]> =>
    byId('tile').evaluateAll((tiles) => tiles.map((tile) => tile.getAttribute('data-person')));

  it('is offered where the browser has one, and closed in the same place', async () => {
    await show('dialog-more');
    expect(await toldBy(() => byId('more-small').click())).toEqual([{ type: 'small' }]);
    expect(await byId('more-small').innerText()).toContain('houdt wie spreekt boven uw andere vensters');
    await show('dialog-more-plain');
    expect(await byId('more-layout').count()).toBe(1);
    expect(await byId('more-small').count()).toBe(0);
  });
  it('shows who speaks with the plate of the room, and nobody else', async () => {
    await show('small');
    expect(await people()).toEqual(['Ilse De Waele']);
    expect(await of('tile', 'Ilse De Waele').locator('.plate').innerText()).toContain('Ilse De Waele');
    const video = of('tile', 'Ilse De Waele').locator('video');
    await page.waitForFunction((v) => (v as HTMLVideoElement).videoWidth > 0, await video.elementHandle());
  });
  it('shows whoever is kept in view under who speaks, large', async () => {
    await show('small-pins');
    expect(await people()).toEqual(['Bart Claeys', 'mr. Joke Vermeersch']);
    const [lead, pinned] = await byId('tile').evaluateAll((all) => all.map((e) => e.getBoundingClientRect()));
    expect(lead?.height).toBeGreaterThan(1.3 * (pinned?.height ?? Infinity));
    expect(pinned?.width, 'one alone has the whole row').toBe(lead?.width);
    expect(lead?.bottom).toBeLessThanOrEqual(pinned?.top ?? 0);
  });
});
