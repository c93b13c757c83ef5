// SPDX-License-Identifier: EUPL-1.2
// Rights over others as a person sees and uses them: the floor, the menu of a person, reasons, bulletins, suspension.

import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openGallery, type Gallery } from './gallery';

const MINUTE = 60_000;
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
async function toldBy(work: () => Promise<unknown>): Promise<unknown[]> {
  await page.evaluate(() => {
    window.acted = [];
  });
  await work();
  return page.evaluate(() => window.acted);
}
const byId = (id: string) => page.getByTestId(id);
const of = (id: string, person: string) => page.locator(`[data-testid=${id}][data-person="${person}"]`);

describe('the floor', () => {
  it('is asked for, waited for and given up with one button', async () => {
    await show('room');
    expect(await byId('hand').getAttribute('aria-pressed')).toBe('false');
    expect(await toldBy(() => byId('hand').click())).toEqual([{ type: 'hand' }]);
    await show('room-floor');
    expect(await byId('hand').getAttribute('data-state')).toBe('queue');
    expect(await byId('hand').innerText()).toContain('plaats 2 in de rij');
    await show('room-floor-own');
    expect(await byId('hand').getAttribute('data-state')).toBe('floor');
    expect(await toldBy(() => byId('hand').click())).toEqual([{ type: 'floor-end' }]);
  });
  it('is brass, with its time, on one tile alone; hands show their place', async () => {
    await show('room-floor');
    expect(await page.locator('.tile--floor').count()).toBe(1);
    expect(await of('tile', 'Ilse De Waele').innerText()).toContain('4:21');
    expect(await of('tile', 'Luc Desmedt').getByRole('img', { name: 'vraagt het woord, plaats 1' }).count()).toBe(1);
    await show('room-floor-own');
    expect(await byId('floor').innerText()).toContain('1:02:05');
  });
  it('is given, ordered and withdrawn by the chair', async () => {
    await show('room-floor-chair');
    const events = await toldBy(async () => {
      await of('give-floor', 'Luc Desmedt').click();
      await of('speaker', 'Marleen Goossens').getByTestId('speaker-up').click();
      await of('speaker', 'Marleen Goossens').getByTestId('speaker-down').click();
      await byId('floor-end').click();
      await byId('withdraw-floor').click();
    });
    expect(events).toEqual([
      { type: 'give-floor', person: 9 }, { type: 'move-speaker', person: 4, by: -1 },
      { type: 'move-speaker', person: 4, by: 1 }, { type: 'floor-end' },
      { type: 'open-right', right: 'withdraw-floor', person: 5 },
    ]);
    expect(await of('speaker', 'Luc Desmedt').getByTestId('speaker-up').count()).toBe(0);
    expect(await of('speaker', 'Roger Callens').getByTestId('speaker-down').count()).toBe(0);
  });
  it('is nobody else\'s to give', async () => {
    await show('room-floor');
    for (const id of ['give-floor', 'speaker-up', 'speaker-down', 'floor-end', 'withdraw-floor']) {
      expect(await byId(id).count(), id).toBe(0);
    }
  });
});

describe('a right over a person', () => {
  it('stands behind the person\'s own menu', async () => {
    await show('room-clerk');
    expect(await toldBy(() => of('person-menu', 'Bart Claeys').click())).toEqual([{ type: 'open-person', person: 3 }]);
    expect(await of('person-menu', 'Hilde Aerts').count(), 'none over oneself').toBe(0);
    await show('dialog-person');
    const events = await toldBy(async () => {
      await byId('person-mute').click();
      await byId('give-floor').click();
      await byId('person-remove').click();
    });
    expect(events).toEqual([
      { type: 'open-right', right: 'mute', person: 5 }, { type: 'give-floor', person: 5 },
      { type: 'open-right', right: 'remove', person: 5 },
    ]);
    expect(await byId('person-remove').innerText()).toContain('de secretaris moet bevestigen');
    await show('dialog-person-guest');
    expect(await byId('person-remove').innerText()).not.toContain('bevestigen');
    expect(await byId('person-mute').count(), 'nothing to mute').toBe(0);
  });
  it('says what happens and asks why', async () => {
    await show('dialog-mute');
    expect(await page.locator('dialog').innerText()).toContain('U kan nooit iemands microfoon aanzetten.');
    expect(await toldBy(() => byId('confirm').click())).toEqual([]);
    expect(await page.getByText('Kies een reden.').isVisible()).toBe(true);
    const events = await toldBy(async () => {
      await page.getByLabel('echo of lawaai op de lijn').check();
      await byId('reason').fill('er klinkt een radio');
      await byId('confirm').click();
    });
    expect(events).toEqual([{
      type: 'use-right', right: 'mute', person: 5,
      reason: { code: 'written', text: 'echo of lawaai op de lijn, er klinkt een radio' },
    }]);
  });
  it('gives a link to be copied, nowhere else', async () => {
    await show('dialog-link');
    expect(await byId('link').inputValue()).toContain('/j#AAAA');
    expect(page.url()).not.toContain('/j#');
    expect(await toldBy(() => byId('cancel').click())).toEqual([{ type: 'close-dialog' }]);
  });
  it('reaches who is not inside with a new link', async () => {
    await show('dialog-new-link');
    expect(await page.locator('dialog').innerText()).toContain('De oude plaats van Ilse De Waele vervalt meteen.');
  });
});

describe('inviting', () => {
  it('asks for a name, an address and a reason', async () => {
    await show('dialog-invite');
    expect(await toldBy(() => byId('confirm').click())).toEqual([]);
    expect(await page.getByText('Vul een naam en een e-mailadres in.').isVisible()).toBe(true);
    await byId('invite-name').fill(' An Smet ');
    await byId('invite-email').fill('an');
    expect(await toldBy(() => byId('confirm').click())).toEqual([]);
    await byId('invite-email').fill('an@lindebeke.example');
    expect(await toldBy(() => byId('confirm').click())).toEqual([]);
    const events = await toldBy(async () => {
      await page.getByLabel('zo afgesproken in de vergadering').check();
      await byId('confirm').click();
    });
    expect(events).toEqual([{
      type: 'invite', name: 'An Smet', email: 'an@lindebeke.example', office: 'guest', reason: { code: 'agreed' },
    }]);
  });
});

describe('what concerns this person', () => {
  it('muted: who, why, and the way back', async () => {
    await show('room-muted');
    expect(await byId('bulletin').innerText()).toContain('Hilde Aerts dempte u');
    expect(await byId('bulletin').innerText()).toContain('er klinkt een radio');
    expect(await page.getByRole('alert').allInnerTexts()).toContain(
      'Hilde Aerts dempte u. Reden: echo of lawaai op de lijn, er klinkt een radio');
    expect(await byId('mic').innerText()).toContain('Gedempt');
    expect(await toldBy(() => byId('switch-on').click())).toEqual([{ type: 'toggle', source: 'microphone' }]);
    expect(await toldBy(() => byId('stay-off').click())).toEqual([{ type: 'silenced-read' }]);
  });
  it('is seen by the others', async () => {
    await show('room-muted-others');
    const told = page.locator('.stage__note');
    for (const [width, height] of [[1440, 900], [1024, 768], [390, 844], [844, 390]] as const) {
      await page.setViewportSize({ width, height });
      expect(await told.innerText(), `${width}x${height}`).toContain(
        'Hilde Aerts (secretaris) dempte Marleen Goossens. Reden: echo of lawaai op de lijn, er klinkt een radio');
      expect(await told.isVisible(), `${width}x${height}`).toBe(true);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
    expect(await of('tile', 'Marleen Goossens').getByTestId('hush').innerText()).toContain('Gedempt');
    expect(await of('person', 'Marleen Goossens').innerText()).toContain('Gedempt');
  });
  it('asked: the answer is theirs', async () => {
    await show('room-asked');
    expect(await byId('bulletin').innerText()).toContain('U beslist zelf.');
    expect(await toldBy(() => byId('switch-on').click())).toEqual([{ type: 'toggle', source: 'camera' }]);
    expect(await toldBy(() => byId('stay-off').click())).toEqual([{ type: 'asked-read' }]);
  });
  it('the floor withdrawn: by whom, why, until when', async () => {
    await show('room-withdrawn');
    const words = await byId('bulletin').innerText();
    expect(words).toContain('Greet Verhaeghe nam u het woord terug');
    expect(words).toContain('Reden: de spreektijd is om.');
    expect(words).toContain('tot u het woord terugkrijgt');
    expect(await byId('hand').isEnabled(), 'N11').toBe(true);
    expect(await byId('fault').isEnabled(), 'N11').toBe(true);
  });
});

describe('several requests', () => {
  it('are each answered by themselves', async () => {
    await show('room-requests');
    expect(await byId('request').count()).toBe(2);
    const second = byId('request').filter({ hasText: 'An Smet' });
    expect(await second.getByRole('timer').innerText()).toBe('Nog 0:20');
    expect(await toldBy(() => second.getByTestId('confirm').click())).toEqual([{ type: 'confirm', request: 11 }]);
    const first = byId('request').filter({ hasText: 'Pieter-Jan Maes' });
    expect(await toldBy(() => first.getByTestId('cancel').click())).toEqual([{ type: 'refuse', request: 10 }]);
  });
});

describe('a suspension', () => {
  it('shows no picture and no switch, who and why, and who may resume', async () => {
    await show('room-suspended');
    expect(await page.locator('video').count()).toBe(0);
    for (const id of ['mic', 'camera', 'share', 'resume']) expect(await byId(id).count(), id).toBe(0);
    const words = await byId('suspended').innerText();
    expect(words).toContain('Reden: fractieoverleg');
    expect(words).toContain('3:40');
    expect(words).toContain('plaats 2');
    expect(await byId('top-suspended').innerText()).toContain('Geschorst');
    expect(await toldBy(() => byId('to-messages').click())).toEqual([{ type: 'panel', panel: 'messages' }]);
    await show('room-suspended-chair');
    expect(await toldBy(() => byId('resume').click())).toEqual([{ type: 'resume' }]);
  });
  it('is begun with a reason', async () => {
    await show('dialog-suspend');
    await page.getByLabel('pauze').check();
    expect(await toldBy(() => byId('confirm').click())).toEqual([
      { type: 'suspend', reason: { code: 'written', text: 'pauze' } },
    ]);
  });
});

describe('faults', () => {
  it('are reported by anybody in one step', async () => {
    await show('room');
    expect(await toldBy(() => byId('fault').click())).toEqual([{ type: 'open-dialog', dialog: 'fault' }]);
    await show('dialog-fault');
    expect(await toldBy(() => byId('confirm').click())).toEqual([]);
    await page.getByLabel('ik hoorde of zag een deel niet').check();
    expect(await toldBy(() => byId('confirm').click())).toEqual([
      { type: 'fault', note: 'ik hoorde of zag een deel niet' },
    ]);
  });
  it('are seen by everyone, cleared by an office', async () => {
    await show('room-fault');
    expect(await byId('bulletin').innerText()).toContain('ik hoorde of zag een deel niet');
    expect(await byId('clear-fault').count()).toBe(0);
    await show('room-fault-clerk');
    expect(await byId('fault-too').count()).toBe(0);
    expect(await toldBy(() => byId('clear-fault').click())).toEqual([{ type: 'open-clear-fault', fault: 3 }]);
  });
  it('stand in the bar for as long as they interrupt', async () => {
    await show('room');
    expect(await byId('top-interrupted').count()).toBe(0);
    await show('room-fault');
    expect(await byId('top-interrupted').innerText()).toContain('Onderbroken');
  });
  it('are said by whoever has them too, each once', async () => {
    await show('room-fault');
    expect(await toldBy(() => byId('fault-too').click())).toEqual([{ type: 'open-dialog', dialog: 'fault' }]);
    await show('room-fault-own');
    expect(await byId('bulletin').count()).toBe(1);
    expect(await byId('fault-too').count()).toBe(0);
  });
  it('a point of order is written', async () => {
    await show('dialog-object');
    expect(await toldBy(() => byId('confirm').click())).toEqual([]);
    await byId('reason').fill('artikel 4');
    expect(await toldBy(() => byId('confirm').click())).toEqual([{ type: 'object', note: 'artikel 4' }]);
  });
});

describe('the proceedings', () => {
  it('tell every kind in words, without a hole left open', async () => {
    await show('room-proceedings-all');
    const entries = await byId('proceedings-entry').allInnerTexts();
    expect(entries.length).toBeGreaterThan(40);
    for (const words of entries) expect(words).not.toMatch(/[{}]|undefined|\[object/);
    expect(entries.join(' ')).toContain('het reglement, artikel 4');
    expect(entries.join(' ')).toContain('bevestigde de verwijdering van Marleen Goossens');
  });
});
