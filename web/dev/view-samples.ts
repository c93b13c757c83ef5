// SPDX-License-Identifier: EUPL-1.2
// Samples of what the person chooses for this browser, of large meetings, and of devices that go wrong.

import { DEFAULTS, type Preferences, type Shortcut } from '../src/preferences';
import type { OwnSource, SettingsPage, State } from '../src/state';
import { FULL_POWER } from '../src/update/power';
import type { Entry, Named, Person } from '../src/wire/messages';
import { sealed, talk } from './secrecy';

interface Made {
  room(id: number, n: number, more?: Partial<State>): State;
  lobby(id: number, more?: Partial<State>): State;
  base(more: Partial<State>): State;
  changed(s: State, id: number, more: Partial<Person>): State;
  readonly now: number;
}

const MEMBER = 4;
const OFF: OwnSource = { wanted: false, live: false, trouble: null };
const ON: OwnSource = { wanted: true, live: true, trouble: null };
const GONE: OwnSource = { ...OFF, trouble: 'ended' };

function prefers(more: Partial<Preferences>): Pick<State, 'preferences'> {
  return { preferences: { ...DEFAULTS, ...more } };
}

function invited(seq: number, id: number, name: string): Entry {
  const who: Named = { id, name, office: 'member' };
  return { seq, at: '2026-03-12T09:02:10.000Z', kind: 'invited', by: null, who, reason: null, note: null, item: null };
}

/** Members who were invited and are not here. */
const ABSENT: readonly Entry[] = [
  invited(1, 70, 'Katrien Bogaert'), invited(2, 71, 'Nathalie Dumont'), invited(3, 72, 'Karel De Bruyne'),
];

function settings(page: SettingsPage, rebinding: Shortcut | null = null): Pick<State, 'dialog'> {
  return { dialog: { name: 'settings', page, rebinding, taken: rebinding === null ? null : 'camera' } };
}

function large({ room, changed, now }: Made): Readonly<Record<string, State>> {
  const floor = { person: 20, since: now - 185_000 };
  const of55 = changed(
    room(MEMBER, 55, {
      entries: ABSENT, floor, speakers: [9, 18, MEMBER], pins: [13], spoke: [20, 9, 18, 31, 32, 33],
    }),
    15, { connection: 'reconnecting' },
  );
  const of25 = room(MEMBER, 25, {
    entries: ABSENT, floor: { ...floor, person: 12 }, speakers: [9, MEMBER], pins: [13],
  });
  return {
    'grid-13': room(MEMBER, 13, { entries: ABSENT.slice(0, 2), pins: [13], floor: { ...floor, person: 5 } }),
    'grid-more-absent': room(MEMBER, 14, { entries: ABSENT }),
    'grid-25': of25,
    'grid-55': of55,
    'grid-pins': room(MEMBER, 6, { pins: [13, 5, 1], floor: { ...floor, person: 3 } }),
    'grid-low-slow': room(MEMBER, 13, { power: { ...FULL_POWER, low: true }, floor: { ...floor, person: 5 } }),
    'grid-low': room(MEMBER, 13, {
      ...prefers({ layout: 'low' }), pins: [13], floor: { ...floor, person: 5 }, frozen: [3],
    }),
    'grid-speaker': room(MEMBER, 13, { ...prefers({ layout: 'speaker' }), pins: [13], floor: { ...floor, person: 5 } }),
    'small': room(MEMBER, 13, { small: true, floor: { ...floor, person: 5 } }),
    'small-pins': room(MEMBER, 13, { small: true, pins: [13, 3], spoke: [3, 5] }),
    'small-lost': room(MEMBER, 13, { small: true, line: { status: 'waiting', attempt: 2, lostAt: now - 4_000 } }),
    'dialog-unseen': { ...of55, dialog: { name: 'unseen' } },
    'dialog-layout': room(MEMBER, 13, { dialog: { name: 'layout' } }),
  };
}

function chosen({ room }: Made): Readonly<Record<string, State>> {
  const own = { microphone: ON, camera: ON, screen: OFF, screen_sound: OFF };
  const look = { theme: 'dark', contrast: true, still: true, size: 'large' } as const;
  return {
    'dialog-settings': room(MEMBER, 7, { ...settings('devices'), ...prefers({ pushToTalk: true }), own, level: 6 }),
    'dialog-settings-captions': room(MEMBER, 7, settings('captions')),
    'dialog-settings-keys': room(MEMBER, 7, settings('keys')),
    'dialog-settings-rebinding': room(MEMBER, 7, settings('keys', 'hand')),
    'dialog-settings-no-keys': room(MEMBER, 7, { ...settings('keys'), ...prefers({ shortcuts: false }) }),
    'dialog-settings-display': room(MEMBER, 7, settings('display')),
    'dialog-settings-news': room(MEMBER, 7, settings('news')),
    'dialog-more-plain': room(MEMBER, 7, { canFloat: false, dialog: { name: 'more' } }),
    'dialog-help': room(MEMBER, 7, { dialog: { name: 'help' } }),
    'room-contrast': room(MEMBER, 13, prefers(look)),
    'room-largest': room(MEMBER, 6, prefers({ size: 'largest', shortcuts: false, pushToTalk: true })),
  };
}

function devices({ room, lobby, base }: Made): Readonly<Record<string, State>> {
  const own = { microphone: ON, camera: ON, screen: OFF, screen_sound: OFF };
  const none = { microphones: [], cameras: [], speakers: [], microphone: 'a', camera: null, speaker: null };
  const names = { 9: 'Luc Desmedt', [MEMBER]: 'Marleen Goossens' };
  return {
    'room-gone': room(MEMBER, 7, { own: { ...own, microphone: GONE } }),
    'room-gone-none': room(MEMBER, 7, { own: { ...own, microphone: GONE, camera: GONE }, devices: none }),
    'room-silent': room(MEMBER, 7, { own, silent: true }),
    'lobby-silent': lobby(MEMBER, { own, silent: true }),
    'room-weak': room(MEMBER, 7, { quality: { loss: 0.04, roundTrip: 120 } }),
    'room-poor': room(MEMBER, 7, { quality: { loss: 0.14, roundTrip: 900 } }),
    'room-captions': room(MEMBER, 13, {
      ...prefers({ captions: true }), secrecy: sealed(names, {
        conversations: [talk(1, MEMBER, 9, { writing: { 9: 'En zijn de interesten daar al bij inbegr' } })],
      }),
    }),
    'problem-full': base({ phase: { name: 'problem', problem: 'full' }, meeting: null }),
  };
}

export function viewSamples(made: Made): Readonly<Record<string, State>> {
  return { ...large(made), ...chosen(made), ...devices(made) };
}
