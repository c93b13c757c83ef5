// SPDX-License-Identifier: EUPL-1.2
// The buttons are those of auth/RIGHTS.md, row by row; and nobody is offered a right over themselves or over nothing.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Action, may, personActions, verdict } from '../src/rights';
import type { Office } from '../src/wire/messages';
import { connected, GREET, HILDE, inLobby, JAN, OFF, receivedAt, run } from './support/samples';

const DOCUMENT = readFileSync(new URL('../../auth/RIGHTS.md', import.meta.url), 'utf8');
const OFFICES: readonly Office[] = ['clerk', 'chair', 'member', 'guest'];

/** The row that each action is, by the words with which it begins in the document. */
const ROWS: Readonly<Record<Action, string>> = {
  'admit': 'admit an invited person',
  'new-link': 'give an invited person a new link',
  'invite': 'invite a person who is not on the list',
  'turn-away': 'turn a person away',
  'mute': 'mute a microphone',
  'ask-on': 'ask somebody to switch',
  'stop-share': 'stop a screen share',
  'floor': 'give the floor',
  'withdraw-floor': 'withdraw the floor',
  'remove-guest': 'remove a guest',
  'remove-member': 'remove a member',
  'report-fault': 'report a fault',
  'clear-fault': '',
  'suspend': 'suspend and resume',
  'open-item': 'open and close an agenda item',
  'doors-open': 'open an item to an audience',
  'doors-close': 'close an item',
  'note-recusal': 'note a recusal',
  'note-presence': 'note presence',
  'end': 'end the meeting',
};

function cells(beginning: string): readonly string[] {
  const row = DOCUMENT.split('\n').find((line) => line.startsWith(`| ${beginning}`));
  if (row === undefined) throw new Error(`no row begins with ${beginning}`);
  return row.split('|').slice(2, 6).map((cell) => cell.trim());
}

const VERDICTS: Readonly<Record<string, string>> = { '1': 'alone', '2': 'second', '-': 'no' };

describe('the buttons', () => {
  for (const [action, beginning] of Object.entries(ROWS)) {
    if (beginning === '') continue;
    it(`${action} as the document says`, () => {
      const drawn = OFFICES.map((office) => verdict(office, action as Action));
      expect(drawn).toEqual(cells(beginning).map((cell) => VERDICTS[cell]));
    });
  }
  it('a fault is cleared by chair or clerk, as the note of its row says', () => {
    expect(DOCUMENT).toMatch(/report a fault.*until chair or clerk clears it/);
    expect(OFFICES.map((office) => verdict(office, 'clear-fault'))).toEqual(['alone', 'alone', 'no', 'no']);
  });
  it('nobody outside has any', () => {
    expect(may(inLobby(), 'mute')).toBe(false);
  });
});

describe('the menu of a person', () => {
  const clerk = connected();
  const chair = run(clerk, receivedAt(9, { type: 'person', person: { ...HILDE, office: 'chair' } })).s;
  const member = run(clerk, receivedAt(9, { type: 'person', person: { ...HILDE, office: 'member' } })).s;
  const loud = { ...JAN, sources: { ...OFF, microphone: true, camera: true, screen: true } };
  it('offers what would change something', () => {
    const quiet = ['give-floor', 'ask-microphone', 'ask-camera', 'note-presence', 'remove'];
    expect(personActions(clerk, JAN)).toEqual(quiet);
    expect(personActions(clerk, loud)).toEqual(['give-floor', 'mute', 'stop-share', 'note-presence', 'remove']);
  });
  it('offers the floor to be withdrawn to the chair, and given back by both', () => {
    expect(personActions(chair, JAN)).toContain('withdraw-floor');
    const hushed = { ...JAN, hush: 'floor-withdrawn' } as const;
    expect(personActions(chair, hushed)).not.toContain('withdraw-floor');
    for (const s of [chair, clerk]) expect(personActions(s, hushed)).toContain('restore-floor');
  });
  it('never removes chair or clerk, and renews no link of who is connected', () => {
    expect(personActions(clerk, GREET)).not.toContain('remove');
    expect(personActions(clerk, { ...GREET, connection: 'reconnecting' })).toContain('new-link');
    expect(personActions(clerk, GREET)).not.toContain('new-link');
  });
  it('is empty for oneself, and for whoever has no office', () => {
    expect(personActions(clerk, HILDE)).toEqual([]);
    for (const p of [JAN, loud, GREET]) expect(personActions(member, p)).toEqual([]);
  });
});
