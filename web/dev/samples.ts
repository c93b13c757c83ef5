// SPDX-License-Identifier: EUPL-1.2
// A state for every screen and for what can be seen in it, made of one fictional council. For the gallery and its
// tests.

import { NO_SECRECY, type Secrecy } from '../src/secrecy';
import { sealed, talk } from './secrecy';
import type { Notice, OwnSource, State } from '../src/state';
import { initial } from '../src/update';
import {
  ENTRY_KINDS, type Entry, type EntryKind, type Meeting, type Named, type Office, type OverReason, type Person,
  type Sources, type Waiting,
} from '../src/wire/messages';
import { itemSamples } from './item-samples';
import { viewSamples } from './view-samples';

const MEETING: Meeting = {
  id: 'k7f2', title: 'Gemeenteraad van 12 maart', body: 'Gemeenteraad Lindebeke', starts: '2026-03-12T18:30:00.000Z',
  language: 'nl', phase: 'open',
};
const NONE: Sources = { microphone: false, camera: false, screen: false, screen_sound: false };
const OFF: OwnSource = { wanted: false, live: false, trouble: null };
const ON: OwnSource = { wanted: true, live: true, trouble: null };
const NOW = 100_000;

interface Member {
  readonly name: string;
  readonly office: Office;
  readonly party: string | null;
  /** Microphone and camera on? */
  readonly on: '' | 'm' | 'c' | 'mc';
}

const COUNCIL: readonly Member[] = [
  { name: 'Hilde Aerts', office: 'clerk', party: null, on: 'c' },
  { name: 'Greet Verhaeghe', office: 'chair', party: 'Samen Lindebeke', on: 'mc' },
  { name: 'Bart Claeys', office: 'member', party: 'Samen Lindebeke', on: 'c' },
  { name: 'Marleen Goossens', office: 'member', party: 'Lijst Kouter', on: 'c' },
  { name: 'Ilse De Waele', office: 'member', party: 'Samen Lindebeke', on: 'mc' },
  { name: 'Tom Lauwers', office: 'member', party: 'Samen Lindebeke', on: '' },
  { name: 'Youssef El Amrani', office: 'member', party: 'Samen Lindebeke', on: 'c' },
  { name: 'Pieter-Jan Maes', office: 'member', party: 'Lijst Kouter', on: 'c' },
  { name: 'Luc Desmedt', office: 'member', party: 'Lijst Kouter', on: 'c' },
  { name: 'Roger Callens', office: 'member', party: 'Onafhankelijk', on: 'c' },
  { name: 'Fatima Bouazza', office: 'member', party: 'Horizon', on: 'c' },
  { name: 'Wouter Stevens', office: 'member', party: 'Horizon', on: '' },
  { name: 'mr. Joke Vermeersch', office: 'guest', party: null, on: 'c' },
];
const CLERK = 1;
const CHAIR = 2;
const MEMBER = 4;

function person(member: Member, at: number): Person {
  const sources = { ...NONE, microphone: member.on.includes('m'), camera: member.on.includes('c') };
  return {
    id: at + 1, name: member.name, office: member.office, party: member.party, connection: 'connected', sources,
    heard: sources.microphone, hush: null, hand: 0, floor: false,
    device: null,
    caucus: false,
  };
}

/** The first n of the council; beyond its 13 come numbered members of the other committees. */
export function council(n: number): readonly Person[] {
  const more = Array.from({ length: Math.max(0, n - COUNCIL.length) }, (_, at): Member => ({
    name: `Lid Nummer ${at + 14}`, office: 'member', party: 'Commissie', on: at % 3 === 0 ? '' : 'c',
  }));
  return [...COUNCIL, ...more].slice(0, n).map(person);
}

function named(id: number): Named {
  const member = COUNCIL[id - 1] ?? { name: '', office: 'guest' as const };
  return { id, name: member.name, office: member.office };
}

function entry(seq: number, at: string, kind: EntryKind, more: Partial<Entry> = {}): Entry {
  return { seq, at: `2026-03-12T${at}.000Z`, kind, by: null, who: null, reason: null, note: null, item: null, ...more };
}

const ENTRIES: readonly Entry[] = [
  entry(1, '09:02:00', 'meeting-created'),
  entry(2, '09:02:10', 'invited', { who: named(MEMBER) }),
  entry(3, '09:02:11', 'link-made', { who: named(MEMBER) }),
  entry(4, '18:05:00', 'seat-taken', { who: named(CLERK) }),
  entry(5, '18:11:00', 'meeting-opened', { by: named(CLERK) }),
  entry(6, '18:11:00', 'entered', { who: named(CLERK) }),
  entry(7, '18:14:00', 'entered', { who: named(CHAIR) }),
  entry(8, '18:16:00', 'admitted', { by: named(CLERK), who: named(MEMBER) }),
  entry(9, '18:17:00', 'turned-away', {
    by: named(CHAIR), who: named(13), reason: { code: 'wrong-meeting', text: 'hoort bij de commissie van morgen' },
  }),
  entry(10, '18:21:00', 'lost', { who: named(5) }),
  entry(11, '18:22:00', 'returned', { who: named(5) }),
  entry(12, '18:40:00', 'server-restarted'),
  entry(13, '18:52:00', 'left', { who: named(6) }),
  entry(14, '19:58:00', 'end-asked', { by: named(CLERK), reason: { code: 'agreed' } }),
  entry(15, '19:59:00', 'request-refused', { by: named(CHAIR), note: 'end' }),
];

const DEVICES: State['devices'] = {
  microphones: [{ id: 'a', label: 'Ingebouwde microfoon' }, { id: 'b', label: 'Headset met een lange naam (USB)' }],
  cameras: [{ id: 'c', label: 'Ingebouwde camera' }, { id: 'd', label: '' }],
  speakers: [{ id: 'e', label: 'Ingebouwde luidspreker' }, { id: 'f', label: 'Headset' }],
  microphone: 'a', camera: null, speaker: null,
};

function base(more: Partial<State>): State {
  return {
    ...initial('nl'), now: NOW, canShare: true, canChooseSpeaker: true, canFloat: true, devices: DEVICES,
    meeting: MEETING, meetingId: 'k7f2', seat: 'abcdefgh', ...more,
  };
}

function selfAs(id: number): Pick<State, 'self'> {
  return { self: named(id) };
}

function lobby(id: number, more: Partial<State> = {}): State {
  return base({
    ...selfAs(id), phase: { name: 'lobby', step: 'check', opened: true },
    line: { ...initial('nl').line, status: 'open' }, secrecy: { ...NO_SECRECY, device: 'QUJD' }, ...more,
  });
}

function namesOf(people: readonly Person[]): Readonly<Record<number, string>> {
  return Object.fromEntries(people.map((p) => [p.id, p.name]));
}

function secret(id: number, more: Partial<Secrecy>, state: Partial<State> = {}): State {
  return room(id, 13, { secrecy: sealed(namesOf(council(13)), more), ...state });
}

/** In the room as somebody, with so many inside. */
function room(id: number, n: number, more: Partial<State> = {}): State {
  const people = council(n);
  const seen = people.filter((p) => p.sources.camera);
  return base({
    ...selfAs(id),
    phase: { name: 'inside' },
    line: { ...initial('nl').line, status: 'open' },
    media: { ...initial('nl').media, status: 'connected', id: 'm1' },
    people,
    pictured: seen.map((p) => p.id),
    slots: seen.filter((p) => p.id !== id).map((p, at) => ({ mid: String(13 + at), person: p.id, source: 'camera' })),
    own: { microphone: OFF, camera: ON, screen: OFF, screen_sound: OFF },
    speaking: [5],
    secrecy: sealed(namesOf(people)),
    entries: ENTRIES,
    ...more,
  });
}

function over(why: OverReason, more: Partial<Extract<State['phase'], { name: 'over' }>> = {}): State {
  return base({ ...selfAs(MEMBER), phase: { name: 'over', why, by: null, reason: null, ...more } });
}

const JOKE: Waiting = { id: 13, name: 'mr. Joke Vermeersch', office: 'guest', device: null, known: 'link' };
const KATRIEN: Waiting = { id: 14, name: 'Katrien Bogaert', office: 'member', device: null, known: 'link' };

function notice(news: Notice['news'], urgent = false): Pick<State, 'notice'> {
  return { notice: { id: 1, news, urgent } };
}

function request(by: number, answered = false): Pick<State, 'requests'> {
  return {
    requests: [{
      id: 9, action: 'end', by: named(by), who: null, name: null,
      reason: { code: 'agreed', text: 'alle punten zijn behandeld' }, endsAt: NOW + 99_500, answered,
    }],
  };
}

const REMOVAL: State['requests'][number] = {
  id: 10, action: 'remove', by: named(CLERK), who: named(8), name: null,
  reason: { code: 'written', text: 'Een onbekende is te horen in de kamer.' }, endsAt: NOW + 61_000, answered: false,
};
const INVITATION: State['requests'][number] = {
  id: 11, action: 'invite', by: named(CLERK), who: null, name: 'An Smet', reason: { code: 'agreed' },
  endsAt: NOW + 20_000, answered: false,
};
const ECHO = { code: 'written', text: 'echo of lawaai op de lijn, er klinkt een radio' } as const;
const FAULT = { id: 3, by: named(10), note: 'ik hoorde of zag een deel niet', at: '2026-03-12T19:50:00.000Z' };
const FAULT_2 = { id: 4, by: named(11), note: 'ik was even weg, buiten mijn wil', at: '2026-03-12T19:51:00.000Z' };
const FLOOR: Pick<State, 'floor' | 'speakers'> = {
  floor: { person: 5, since: NOW - 261_000 }, speakers: [9, MEMBER, 10],
};
const SUSPENDED: NonNullable<State['suspended']> = {
  by: named(CHAIR), reason: { code: 'written', text: 'fractieoverleg' }, since: '2026-03-12T19:45:00.000Z',
  startedAt: NOW - 220_000,
};

/** One entry of every kind, as the proceedings tell them. */
const EVERY_ENTRY: readonly Entry[] = ENTRY_KINDS.map((kind, at) => entry(at + 1, '19:40:00', kind, {
  by: named(CLERK), who: named(MEMBER),
  note: kind.startsWith('request-') ? 'remove' : kind === 'asked-on' ? 'camera'
    : kind === 'fault-reported' || kind === 'objection' ? 'het reglement, artikel 4'
      : kind === 'ended' ? 'alone' : kind === 'presence-corrected' ? 'present' : null,
  item: /^(item|doors|recus|declared|guest)/.test(kind) ? 3 : null,
}));

function changed(s: State, id: number, more: Partial<Person>): State {
  return { ...s, people: s.people.map((p) => (p.id === id ? { ...p, ...more } : p)) };
}

const PROBLEMS = [
  'no-link', 'link-unknown', 'link-used', 'link-early', 'link-ended', 'seat-unknown', 'slow-down', 'unreachable',
  'version', 'other-clerk', 'other-meeting',
] as const;

const sharing = { ...NONE, microphone: true, camera: true, screen: true };

export const SAMPLES: Readonly<Record<string, State>> = {
  'opening': base({ phase: { name: 'opening', step: 'seat' }, meeting: null }),
  ...Object.fromEntries(PROBLEMS.map((problem) => [
    `problem-${problem}`, base({ phase: { name: 'problem', problem }, meeting: null }),
  ])),
  'problem-browser': base({
    phase: { name: 'problem', problem: 'browser' }, lacks: ['webrtc', 'storage'], meeting: null,
  }),
  'lobby': lobby(MEMBER, { own: { microphone: ON, camera: ON, screen: OFF, screen_sound: OFF }, level: 6 }),
  'lobby-off': lobby(MEMBER, { secrecy: NO_SECRECY }),
  'lobby-away': lobby(MEMBER, {
    line: { ...initial('nl').line, status: 'waiting', attempt: 2, lostAt: NOW - 6000 },
    secrecy: { ...NO_SECRECY, status: 'broken' },
  }),
  'lobby-asking': lobby(MEMBER, { phase: { name: 'lobby', step: 'asking', opened: true } }),
  'lobby-waiting': lobby(MEMBER, { phase: { name: 'lobby', step: 'waiting', opened: true } }),
  'lobby-unopened': lobby(MEMBER, { phase: { name: 'lobby', step: 'waiting', opened: false } }),
  'lobby-chair': lobby(CHAIR, { meeting: { ...MEETING, phase: 'planned' }, testing: true }),
  'lobby-clerk': lobby(CLERK),
  'lobby-trouble': lobby(MEMBER, {
    own: {
      microphone: { ...OFF, trouble: 'in-use' }, camera: { ...OFF, trouble: 'not-allowed' },
      screen: OFF, screen_sound: OFF,
    },
    ...notice({ what: 'trouble', source: 'camera', trouble: 'not-allowed' }, true),
  }),
  'lobby-early': lobby(CHAIR, {
    meeting: { ...MEETING, phase: 'planned' }, ...notice({ what: 'error', code: 'too-early' }, true),
  }),
  'room': room(MEMBER, 13),
  'room-clerk': room(CLERK, 11, {
    waiting: [JOKE, KATRIEN], admitting: [14], ...notice({ what: 'knocked', person: JOKE }),
  }),
  'room-three': room(MEMBER, 3),
  'room-alone': room(CLERK, 1, { speaking: [] }),
  'room-2': room(CLERK, 2, { speaking: [2] }),
  'room-5': room(MEMBER, 5, { own: { microphone: ON, camera: ON, screen: OFF, screen_sound: OFF } }),
  'room-keys-starting': secret(MEMBER, { ...NO_SECRECY, status: 'starting' }),
  'room-keys-stopped': secret(MEMBER, { status: 'stopped' }),
  'room-keys-broken': secret(MEMBER, { status: 'broken', failing: ['14', '15'] }),
  'room-alarm': secret(MEMBER, { compared: 'different', alarm: { kind: 'ghost', group: 0, person: 10, at: 0 } }),
  'room-code-different': secret(MEMBER, { compared: 'different' }, notice({ what: 'code-differs' }, true)),
  'room-code-changed': secret(MEMBER, { compared: 'not-yet' }),
  'room-code-new': secret(MEMBER, { compared: 'not-yet' }, { dialog: { name: 'code' } }),
  'room-code-chair': secret(CHAIR, {}, { dialog: { name: 'code' } }),
  'room-code-young': secret(MEMBER, NO_SECRECY, { dialog: { name: 'code' } }),
  'room-messages': secret(MEMBER, {
    conversations: [talk(1, MEMBER, 9, { unread: 2 }), talk(2, MEMBER, 10, { kind: 'caucus', state: 'asked' })],
  }, { panel: 'messages', sheet: true }),
  'room-thread': secret(MEMBER, {
    conversations: [talk(1, MEMBER, 9, { writing: { 9: 'Goed. Als dat duid' } })],
    talking: { group: 1, realTime: true },
  }, { panel: 'messages', sheet: true }),
  'room-thread-asked': secret(MEMBER, {
    conversations: [talk(2, MEMBER, 10, { kind: 'caucus', state: 'asked', said: [] })],
    talking: { group: 2, realTime: false },
  }, { panel: 'messages', sheet: true }),
  'room-thread-over': secret(MEMBER, {
    conversations: [talk(1, MEMBER, 9, { state: 'over' })], talking: { group: 1, realTime: false },
  }, { panel: 'messages', sheet: true }),
  'room-cannot-follow': changed(secret(MEMBER, {
    roster: { ...sealed({}).roster, cannotFollow: [5] },
  }), 6, { caucus: true }),
  'room-proceedings': room(MEMBER, 13, { panel: 'proceedings', sheet: true }),
  'room-alike': changed(room(CLERK, 11, { waiting: [{ ...JOKE, name: 'Lіse Meert' }] }), 5, { name: 'Lise Meert' }),
  'room-sheet': room(CLERK, 11, { waiting: [JOKE, KATRIEN], sheet: true }),
  'room-lost': {
    ...changed(room(MEMBER, 6), 5, { connection: 'reconnecting' }),
    line: { ...initial('nl').line, status: 'waiting', attempt: 2, lostAt: NOW - 6000 },
    media: { ...initial('nl').media, status: 'broken', id: 'm1', lostAt: NOW - 5000 },
  },
  'room-failed': {
    ...room(MEMBER, 6), line: { ...initial('nl').line, status: 'waiting', attempt: 12, lostAt: NOW - 60_000 },
  },
  'room-others': {
    ...changed(
      changed(room(MEMBER, 6), 5, { connection: 'reconnecting' }), 1, { sources: { ...NONE, microphone: true } },
    ),
    frozen: [3],
  },
  'room-share': {
    ...changed(room(MEMBER, 6, { ...FLOOR, pins: [1] }), CHAIR, { sources: sharing }),
    slots: [...room(MEMBER, 6).slots, { mid: '38', person: CHAIR, source: 'screen' }],
  },
  'room-sharing': room(MEMBER, 6, { own: { microphone: OFF, camera: ON, screen: ON, screen_sound: OFF } }),
  'room-request': room(CHAIR, 7, request(CLERK)),
  'room-request-member': room(MEMBER, 7, request(CLERK)),
  'room-request-own': room(CLERK, 7, request(CLERK)),
  'room-sound': room(MEMBER, 7, { soundBlocked: true }),
  'room-unheard': {
    ...changed(room(MEMBER, 7), MEMBER, { sources: { ...NONE, microphone: true, camera: true }, heard: false }),
    own: { microphone: ON, camera: ON, screen: OFF, screen_sound: OFF },
  },
  'room-floor': room(MEMBER, 13, { ...FLOOR, panel: 'speakers' }),
  'room-floor-chair': room(CHAIR, 13, { ...FLOOR, panel: 'speakers', sheet: true }),
  'room-floor-own': room(5, 13, { floor: { person: 5, since: NOW - 3_725_000 }, speakers: [9], panel: 'speakers' }),
  'room-floor-free': room(CLERK, 13, { panel: 'speakers', ...notice({ what: 'floor-free' }) }),
  'room-muted': {
    ...changed(room(MEMBER, 13, FLOOR), MEMBER, { hush: 'muted' }), panel: 'proceedings',
    silenced: { source: 'microphone', by: named(CLERK), reason: ECHO },
    entries: [...ENTRIES, entry(16, '20:41:00', 'muted', { by: named(CLERK), who: named(MEMBER), reason: ECHO })],
    ...notice({ what: 'silenced', silenced: { source: 'microphone', by: named(CLERK), reason: ECHO } }, true),
  },
  'room-muted-others': changed(room(CHAIR, 13, {
    ...FLOOR, ...notice({
      what: 'entry', entry: entry(16, '20:41:00', 'muted', { by: named(CLERK), who: named(MEMBER), reason: ECHO }),
    }),
  }), MEMBER, { hush: 'muted' }),
  'room-share-stopped': room(MEMBER, 7, {
    silenced: { source: 'screen', by: named(CHAIR), reason: { code: 'technical' } },
  }),
  'room-withdrawn': {
    ...changed(room(MEMBER, 7), MEMBER, {
      hush: 'floor-withdrawn', sources: { ...NONE, microphone: true, camera: true },
    }),
    own: { microphone: ON, camera: ON, screen: OFF, screen_sound: OFF },
    entries: [...ENTRIES, entry(16, '20:43:00', 'floor-withdrawn', {
      by: named(CHAIR), who: named(MEMBER), reason: { code: 'written', text: 'de spreektijd is om' },
    })],
  },
  'room-asked': room(MEMBER, 7, {
    own: { microphone: OFF, camera: OFF, screen: OFF, screen_sound: OFF },
    asked: { source: 'camera', by: named(CLERK), reason: { code: 'unrecognised' } },
    ...notice({ what: 'asked', asked: { source: 'camera', by: named(CLERK), reason: { code: 'unrecognised' } } }, true),
  }),
  'room-removal': room(CHAIR, 13, { requests: [REMOVAL] }),
  'room-requests': room(CHAIR, 13, { requests: [REMOVAL, INVITATION] }),
  'room-suspended': room(MEMBER, 13, {
    suspended: SUSPENDED, speakers: [9, MEMBER], own: { microphone: OFF, camera: OFF, screen: OFF, screen_sound: OFF },
  }),
  'room-suspended-chair': room(CHAIR, 13, {
    suspended: SUSPENDED, own: { microphone: OFF, camera: OFF, screen: OFF, screen_sound: OFF },
  }),
  'room-fault': room(MEMBER, 7, { faults: [FAULT] }),
  'room-fault-own': room(FAULT.by.id, 13, { faults: [FAULT] }),
  'room-fault-clerk': room(CLERK, 7, { faults: [FAULT, FAULT_2] }),
  'room-proceedings-all': room(CLERK, 13, { entries: EVERY_ENTRY, panel: 'proceedings', sheet: true }),
  'room-objection': room(CHAIR, 7, notice({
    what: 'entry', entry: entry(17, '20:50:00', 'objection', { by: named(10), note: 'het reglement, artikel 4' }),
  })),
  'dialog-more': room(CLERK, 7, { dialog: { name: 'more' } }),
  'dialog-person': changed(
    room(CHAIR, 7, { dialog: { name: 'person', person: named(5) } }), 5, { sources: { ...sharing, camera: false } },
  ),
  'dialog-person-guest': room(CLERK, 13, { dialog: { name: 'person', person: named(13) } }),
  'dialog-mute': room(CLERK, 7, { dialog: { name: 'right', right: 'mute', person: named(5) } }),
  'dialog-withdraw': room(CHAIR, 7, { dialog: { name: 'right', right: 'withdraw-floor', person: named(5) } }),
  'dialog-ask': room(CLERK, 7, { dialog: { name: 'right', right: 'ask-camera', person: named(6) } }),
  'dialog-remove-member': room(CLERK, 7, { dialog: { name: 'right', right: 'remove', person: named(5) } }),
  'dialog-remove-guest': room(CLERK, 13, { dialog: { name: 'right', right: 'remove', person: named(13) } }),
  'dialog-new-link': room(CLERK, 4, { dialog: { name: 'right', right: 'new-link', person: named(5) } }),
  'dialog-link': room(CLERK, 4, {
    dialog: { name: 'link', person: named(5), link: `https://conclave.lindebeke.example/j#${'A'.repeat(43)}` },
  }),
  'dialog-invite': room(CHAIR, 7, { dialog: { name: 'invite' } }),
  'dialog-suspend': room(CHAIR, 7, { dialog: { name: 'suspend' } }),
  'dialog-fault': room(MEMBER, 7, { dialog: { name: 'fault' } }),
  'dialog-clear-fault': room(CHAIR, 7, { faults: [FAULT], dialog: { name: 'clear-fault', fault: FAULT } }),
  'dialog-object': room(MEMBER, 7, { dialog: { name: 'object' } }),
  'room-error': room(CLERK, 7, notice({ what: 'error', code: 'not-recorded' }, true)),
  'dialog-leave': room(CLERK, 7, { dialog: { name: 'leave' } }),
  'dialog-end': room(CLERK, 7, { dialog: { name: 'end' } }),
  'dialog-turn-away': room(CLERK, 7, { waiting: [JOKE], dialog: { name: 'turn-away', person: JOKE } }),
  ...viewSamples({ room, lobby, base, changed, now: NOW }),
  ...itemSamples({ room, lobby, base, named, now: NOW }),
  'over-left': over('left'),
  'over-turned-away': over('turned-away', {
    by: { name: 'Hilde Aerts', office: 'clerk' }, reason: { code: 'written', text: 'U staat op de lijst van morgen.' },
  }),
  'over-removed': over('removed', { by: { name: 'Greet Verhaeghe', office: 'chair' }, reason: { code: 'technical' } }),
  'over-ended': over('ended', { by: { name: 'Greet Verhaeghe', office: 'chair' }, reason: { code: 'agreed' } }),
  'over-ended-administration': over('ended', { reason: { code: 'technical', text: 'onderhoud' } }),
  'over-ended-guest': { ...over('ended', { by: { name: 'Greet Verhaeghe', office: 'chair' } }), ...selfAs(13) },
  'over-replaced': over('replaced'),
  'over-seat-ended': over('seat-ended'),
  'over-signed-out': over('signed-out'),
};
