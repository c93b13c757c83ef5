// SPDX-License-Identifier: EUPL-1.2
// A small council for the tests: every message and every event at least once, and a state in every phase.

import type { Effect } from '../../src/effect';
import type { Event } from '../../src/event';
import { DEFAULTS } from '../../src/preferences';
import type { State } from '../../src/state';
import { initial, update } from '../../src/update';
import { DEVICE_KNOWN, KEYED, KEYS_EVENTS, KEYS_SENT, KEYS_SERVED } from './secrecy';
import type { Item, Session } from '../../src/wire/items';
import type { ClientMessage, Entry, Meeting, Person, Request, ServerMessage } from '../../src/wire/messages';

export const MEETING: Meeting = {
  id: 'lindebekea',
  title: 'Dading sporthal',
  body: 'Gemeenteraad Lindebeke',
  starts: '2026-03-12T18:30:00.000Z',
  language: 'nl',
  phase: 'open',
};
export const OFF = { microphone: false, camera: false, screen: false, screen_sound: false } as const;
export const HILDE: Person = {
  id: 1,
  name: 'Hilde Aerts',
  office: 'clerk',
  party: null,
  connection: 'connected',
  sources: OFF,
  heard: false,
  hush: null,
  hand: 0,
  floor: false,
  device: null,
  caucus: false,
};
export const GREET: Person = { ...HILDE, id: 2, name: 'Greet Verhaeghe', office: 'chair', party: 'Samen Lindebeke' };
export const JAN: Person = { ...HILDE, id: 3, name: 'Jan Peeters', office: 'member', party: 'Lijst Kouter' };
export const BY_GREET = { id: 2, name: 'Greet Verhaeghe', office: 'chair' } as const;
export const BY_HILDE = { id: 1, name: 'Hilde Aerts', office: 'clerk' } as const;
export const REQUEST: Request = {
  id: 9,
  action: 'end',
  by: BY_GREET,
  who: null,
  name: null,
  item: null,
  reason: { code: 'agreed' },
  seconds: 120,
};
export const NOBODY = { person: null, since: null } as const;
export const SUSPENDED = { by: BY_GREET, reason: { code: 'agreed' }, since: '2026-03-12T18:30:40.000Z' } as const;
export const FAULT = { id: 3, by: BY_GREET, note: 'geen geluid', at: '2026-03-12T18:30:50.000Z' } as const;
export const ENTRY: Entry = {
  seq: 4,
  at: '2026-03-12T18:31:00.000Z',
  kind: 'admitted',
  by: BY_HILDE,
  who: { id: 3, name: 'Jan Peeters', office: 'member' },
  reason: null,
  note: null,
  item: null,
};
const DIGEST = `${'A'.repeat(43)}=`;
export const HEAD = { size: 4, root: DIGEST, note: 'note', key: DIGEST, epoch: 0, signer: DIGEST } as const;
export const ITEMS: readonly Item[] = [
  { id: 1, title: 'Notulen', convened: 'open', phase: 'ahead', guests: [], recused: [], alone: [] },
  {
    id: 2,
    title: 'Aanstelling algemeen directeur',
    convened: 'closed',
    phase: 'open',
    guests: [5],
    recused: [{ id: 3, by: null, contested: false }],
    alone: [2],
  },
];
export const SESSION: Session = { item: 2, doors: 'opening', seconds: 10 };

export function stateMessage(
  more: Partial<Extract<ServerMessage, { type: 'state' }>> = {},
): Extract<ServerMessage, { type: 'state' }> {
  return {
    type: 'state',
    you: 1,
    meeting: MEETING,
    people: [HILDE, GREET],
    waiting: [{ id: 3, name: 'Jan Peeters', office: 'member', device: null, known: 'link' }],
    slots: [],
    media: null,
    sources: OFF,
    entries: [ENTRY],
    requests: [],
    floor: NOBODY,
    speakers: [],
    suspended: null,
    faults: [],
    keys: null,
    vouchers: [],
    roster: null,
    relays: [{
      url: 'turn:turn.example:3478?transport=udp', username: '1900000000:x', credential: 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=',
    }],
    conversations: [],
    items: [],
    session: { item: null, doors: 'closed', seconds: null },
    head: null,
    ...more,
  };
}

export const SERVER: { readonly [T in ServerMessage['type']]: Extract<ServerMessage, { type: T }> } = {
  'welcome': {
    type: 'welcome',
    version: 1,
    you: 1,
    name: 'Hilde Aerts',
    office: 'clerk',
    phase: 'outside',
    account: null,
    meeting: MEETING,
  },
  'lobby': { type: 'lobby', opened: true },
  'state': stateMessage({
    media: 'm1',
    slots: [{ mid: '4', person: 2, source: 'microphone' }],
    requests: [REQUEST],
    floor: { person: 2, since: '2026-03-12T18:30:30.000Z' },
    speakers: [1],
    faults: [FAULT],
    items: ITEMS,
    session: SESSION,
    head: HEAD,
  }),
  'person': { type: 'person', person: JAN },
  'gone': { type: 'gone', id: 2, why: 'left' },
  'waiting': {
    type: 'waiting',
    people: [{ id: 5, name: 'Fatima El Idrissi', office: 'guest', device: null, known: 'link' }],
  },
  'answer': { type: 'answer', media: 'm1', sdp: 'v=0' },
  'slots': {
    type: 'slots',
    slots: [
      { mid: '13', person: 2, source: 'camera' },
      { mid: '38', person: 2, source: 'screen' },
    ],
  },
  'media-lost': { type: 'media-lost' },
  'watched': { type: 'watched', camera: [1, 3], screen: [] },
  'entry': {
    type: 'entry',
    entry: { ...ENTRY, seq: 5, kind: 'turned-away', reason: { code: 'written', text: 'geen lid' }, note: 'alone' },
  },
  'request': { type: 'request', request: REQUEST },
  'floor': { type: 'floor', floor: { person: 1, since: '2026-03-12T18:31:30.000Z' }, speakers: [2] },
  'suspended': { type: 'suspended', suspended: SUSPENDED },
  'faults': { type: 'faults', faults: [FAULT] },
  'muted': { type: 'muted', source: 'microphone', by: BY_GREET, reason: { code: 'technical' } },
  'asked': { type: 'asked', source: 'camera', by: BY_GREET, reason: { code: 'unrecognised' } },
  'link': {
    type: 'link',
    person: { id: 5, name: 'Fatima El Idrissi', office: 'guest' },
    link: `https://lindebeke.example/j#${'A'.repeat(43)}`,
  },
  'request-over': { type: 'request-over', id: 9, outcome: 'refused' },
  'over': {
    type: 'over',
    why: 'turned-away',
    by: { name: 'Hilde Aerts', office: 'clerk' },
    reason: { code: 'wrong-meeting' },
  },
  ...KEYS_SERVED,
  'items': { type: 'items', items: ITEMS, session: SESSION },
  'aside': {
    type: 'aside',
    why: 'recused',
    item: { id: 2, title: 'Aanstelling algemeen directeur' },
    by: BY_GREET,
    reason: { code: 'agreed' },
    since: '2026-03-12T19:03:00.000Z',
  },
  'head': { type: 'head', head: HEAD },
  'proof': { type: 'proof', from: 3, size: 4, hashes: DIGEST, epochs: [{ note: 'note' }] },
  'error': { type: 'error', code: 'not-waiting', re: 'admit', field: 'person' },
  'sound-check-answer': { type: 'sound-check-answer', sdp: 'v=0' },
};

export const CLIENT: { readonly [T in ClientMessage['type']]: readonly Extract<ClientMessage, { type: T }>[] } = {
  'hello': [{ type: 'hello', version: 1, seat: 'abcdefgh' }],
  'join': [{ type: 'join' }],
  'stop-waiting': [{ type: 'stop-waiting' }],
  'sound-check': [{ type: 'sound-check', sdp: 'v=0' }],
  'offer': [
    {
      type: 'offer',
      sdp: 'v=0',
      roles: { 0: 'microphone', 1: 'camera', 4: 'audio', 12: 'screen-sound', 13: 'video' },
      restart: false,
      media: null,
    },
    { type: 'offer', sdp: 'v=0', roles: { 0: 'microphone' }, restart: true, media: 'm1' },
  ],
  'layout': [{ type: 'layout', lines: [{ mid: '13', width: 960, height: 540 }, { mid: '14', width: 0, height: 0 }] }],
  'sources': [{ type: 'sources', ...OFF, camera: true }, { type: 'sources', ...OFF, seen: 4 }],
  'admit': [{ type: 'admit', person: 3 }, { type: 'admit', person: 3, reason: { code: 'agreed' } }],
  'turn-away': [{ type: 'turn-away', person: 3, reason: { code: 'written', text: 'geen lid' } }],
  'leave': [{ type: 'leave' }],
  'end': [{ type: 'end', reason: { code: 'agreed' } }],
  'confirm': [{ type: 'confirm', request: 9 }],
  'refuse': [{ type: 'refuse', request: 9 }],
  'hand': [{ type: 'hand', raised: true }],
  'mute': [{ type: 'mute', person: 2, reason: { code: 'technical' } }],
  'ask-on': [{ type: 'ask-on', person: 2, source: 'camera', reason: { code: 'unrecognised' } }],
  'stop-share': [{ type: 'stop-share', person: 2, reason: { code: 'technical' } }],
  'floor': [{ type: 'floor', person: 2 }],
  'floor-end': [{ type: 'floor-end' }],
  'order': [{ type: 'order', people: [2, 1] }],
  'withdraw-floor': [{ type: 'withdraw-floor', person: 2, reason: { code: 'written', text: 'de spreektijd is om' } }],
  'restore-floor': [{ type: 'restore-floor', person: 2 }],
  'remove': [{ type: 'remove', person: 2, reason: { code: 'unrecognised' } }],
  'suspend': [{ type: 'suspend', reason: { code: 'agreed' } }],
  'resume': [{ type: 'resume' }],
  'new-link': [{ type: 'new-link', person: 3, reason: { code: 'technical' } }],
  'invite': [
    { type: 'invite', name: 'An Smet', email: 'an@lindebeke.example', office: 'guest', reason: { code: 'agreed' } },
  ],
  'fault': [{ type: 'fault', note: 'geen geluid' }],
  'clear-fault': [{ type: 'clear-fault', fault: 3, reason: { code: 'technical' } }],
  'object': [{ type: 'object', note: 'het reglement' }],
  'code-read': [{ type: 'code-read' }],
  ...KEYS_SENT,
  'item-open': [{ type: 'item-open', item: 2 }],
  'item-close': [{ type: 'item-close', item: 2 }],
  'doors-open': [{ type: 'doors-open', item: 2, reason: { code: 'agreed' } }],
  'doors-close': [{ type: 'doors-close', item: 2 }],
  'declare-alone': [{ type: 'declare-alone', item: 2 }],
  'recuse': [{ type: 'recuse', item: 2 }],
  'note-recusal': [
    { type: 'note-recusal', item: 2, person: 3, reason: { code: 'written', text: 'eigenaar' }, contested: false },
  ],
  'note-presence': [{ type: 'note-presence', person: 3, present: true, reason: { code: 'technical' } }],
  'proof': [{ type: 'proof', from: 3, epoch: 0 }],
};

export const LOADED: Extract<Event, { type: 'loaded' }> = {
  type: 'loaded',
  now: 0,
  token: 'T',
  invitation: null,
  meeting: null,
  seat: null,
  language: 'nl',
  lacks: [],
  canShare: true,
  canChooseSpeaker: true,
  canFloat: true,
};
export const SEAT = { seat: 'abcdefgh', meeting: 'lindebekea', name: 'Hilde Aerts', office: 'clerk' } as const;

/** Runs events; gives the last state and everything that was asked for on the way. */
export function run(s: State, ...events: readonly Event[]): { s: State; effects: Effect[] } {
  const effects: Effect[] = [];
  for (const e of events) {
    const [after, more] = update(s, e);
    s = after;
    effects.push(...more);
  }
  return { s, effects };
}

export function receivedAt(now: number, message: ServerMessage): Event {
  return { type: 'received', now, message };
}

const toLine: readonly Event[] = [LOADED, { type: 'seat', now: 1, seat: SEAT }, { type: 'line-open', now: 2 }];

/** Before the keys worker has said which device this is. */
export function newInLobby(): State {
  return run(initial('nl'), ...toLine, receivedAt(3, SERVER['welcome'])).s;
}

export function inLobby(): State {
  return run(newInLobby(), DEVICE_KNOWN).s;
}

export function waitingInLobby(): State {
  return run(inLobby(), { type: 'join' }, receivedAt(4, SERVER['lobby'])).s;
}

export function inside(): State {
  return run(inLobby(), { type: 'join' }, receivedAt(5, stateMessage()), KEYED).s;
}

/** Inside, with a media connection that stands. */
export function connected(): State {
  return run(
    inside(),
    { type: 'offered', now: 6, sdp: 'v=0', roles: { 0: 'microphone' }, restart: false },
    receivedAt(7, SERVER['answer']),
    { type: 'media', now: 8, status: 'connected' },
  ).s;
}

export const PHASES: Readonly<Record<string, () => State>> = {
  'before loading': () => initial('nl'),
  'opening, seat': () => run(initial('nl'), LOADED).s,
  'opening, line': () => run(initial('nl'), ...toLine).s,
  'problem': () => run(initial('nl'), LOADED, { type: 'no-seat', now: 1, error: 'link-used' }).s,
  'lobby': inLobby,
  'lobby, asking': () => run(inLobby(), { type: 'join' }).s,
  'lobby, waiting': waitingInLobby,
  'lobby, no line': () => run(waitingInLobby(), { type: 'line-closed', now: 9 }).s,
  'inside, offering': inside,
  'inside, connected': connected,
  'inside, as chair': () =>
    run(
      connected(),
      receivedAt(8, { type: 'person', person: { ...HILDE, office: 'chair' } }),
      receivedAt(8, { type: 'floor', floor: { person: 2, since: MEETING.starts }, speakers: [2, 1] }),
    ).s,
  'inside, suspended': () => run(connected(), receivedAt(8, SERVER['suspended'])).s,
  'inside, small window': () => run(connected(), { type: 'small' }).s,
  'inside, no line': () => run(connected(), { type: 'line-closed', now: 9 }).s,
  'inside, no media': () => run(connected(), { type: 'media', now: 9, status: 'disconnected' }).s,
  'inside, an item open': () => run(connected(), receivedAt(8, SERVER['items'])).s,
  'aside': () => run(connected(), receivedAt(8, SERVER['aside'])).s,
  'over': () => run(connected(), receivedAt(9, SERVER['over'])).s,
};

const lists = { microphones: [{ id: 'm', label: 'M' }], cameras: [], speakers: [] };

/** At least one of every event. */
export const EVENTS: { readonly [T in Event['type']]: readonly Extract<Event, { type: T }>[] } = {
  'join': [{ type: 'join' }],
  'stop-waiting': [{ type: 'stop-waiting' }],
  'toggle': [
    { type: 'toggle', source: 'microphone' },
    { type: 'toggle', source: 'camera' },
    { type: 'toggle', source: 'screen' },
  ],
  'choose-device': [
    { type: 'choose-device', kind: 'microphone', id: 'm' },
    { type: 'choose-device', kind: 'speaker', id: 's' },
  ],
  'test-sound': [{ type: 'test-sound' }],
  'allow-sound': [{ type: 'allow-sound' }],
  'admit': [
    { type: 'admit', person: 3 },
    { type: 'admit', person: 77 },
  ],
  'leave': [{ type: 'leave' }],
  'come-back': [{ type: 'come-back' }],
  'try-again': [{ type: 'try-again' }],
  'confirm': [{ type: 'confirm', request: 9 }],
  'refuse': [{ type: 'refuse', request: 9 }],
  'language': [{ type: 'language', language: 'fr' }],
  'panel': [{ type: 'panel', panel: 'proceedings' }],
  'sheet-closed': [{ type: 'sheet-closed' }],
  'open-dialog': [{ type: 'open-dialog', dialog: 'leave' }],
  'open-turn-away': [
    { type: 'open-turn-away', person: 3 },
    { type: 'open-turn-away', person: 77 },
  ],
  'close-dialog': [{ type: 'close-dialog' }],
  'turn-away': [{ type: 'turn-away', person: 3, reason: { code: 'not-invited' } }],
  'end': [{ type: 'end', reason: { code: 'agreed' } }],
  'notice-read': [{ type: 'notice-read' }],
  'hand': [{ type: 'hand' }],
  'floor-end': [{ type: 'floor-end' }],
  'give-floor': [{ type: 'give-floor', person: 2 }],
  'restore-floor': [{ type: 'restore-floor', person: 2 }],
  'move-speaker': [
    { type: 'move-speaker', person: 1, by: 1 },
    { type: 'move-speaker', person: 2, by: -1 },
  ],
  'open-person': [
    { type: 'open-person', person: 2 },
    { type: 'open-person', person: 77 },
  ],
  'open-right': [
    { type: 'open-right', right: 'mute', person: 2 },
    { type: 'open-right', right: 'withdraw-floor', person: 2 },
    { type: 'open-right', right: 'remove', person: 77 },
  ],
  'open-clear-fault': [
    { type: 'open-clear-fault', fault: 3 },
    { type: 'open-clear-fault', fault: 77 },
  ],
  'use-right': (
    ['mute', 'ask-microphone', 'ask-camera', 'stop-share', 'withdraw-floor', 'new-link', 'remove'] as const
  ).map((right) => ({ type: 'use-right', right, person: 2, reason: { code: 'technical' } })),
  'invite': [
    { type: 'invite', name: 'An Smet', email: 'an@lindebeke.example', office: 'member', reason: { code: 'agreed' } },
  ],
  'suspend': [{ type: 'suspend', reason: { code: 'agreed' } }],
  'resume': [{ type: 'resume' }],
  'fault': [{ type: 'fault', note: 'geen geluid' }],
  'clear-fault': [{ type: 'clear-fault', fault: 3, reason: { code: 'technical' } }],
  'object': [{ type: 'object', note: 'het reglement' }],
  ...KEYS_EVENTS,
  'item': (['item-open', 'item-close', 'doors-close', 'declare-alone', 'recuse'] as const).flatMap((act) =>
    [1, 2, 77].map((item) => ({ type: 'item', act, item }) as const),
  ),
  'doors-open': [{ type: 'doors-open', item: 2, reason: { code: 'agreed' } }],
  'note-recusal': [{ type: 'note-recusal', item: 2, person: 2, reason: { code: 'agreed' }, contested: true }],
  'note-presence': [{ type: 'note-presence', person: 2, present: false, reason: { code: 'agreed' } }],
  'open-item-dialog': (['recuse', 'doors-open', 'note-recusal'] as const).map(
    (dialog) => ({ type: 'open-item-dialog', dialog, item: 2 }) as const,
  ),
  'open-presence': [
    { type: 'open-presence', person: 2 },
    { type: 'open-presence', person: 77 },
  ],
  'silenced-read': [{ type: 'silenced-read' }],
  'asked-read': [{ type: 'asked-read' }],
  'loaded': [
    LOADED,
    { ...LOADED, token: null, meeting: 'lindebekea' },
    { ...LOADED, token: null },
    { ...LOADED, lacks: ['webrtc'] },
  ],
  'seat': [{ type: 'seat', now: 10, seat: SEAT }],
  'sign-in': [{ type: 'sign-in', meeting: 'k7f2' }],
  'no-seat': [
    { type: 'no-seat', now: 10, error: null },
    { type: 'no-seat', now: 10, error: 'link-ended' },
    { type: 'no-seat', now: 10, error: 'seat-unknown' },
    { type: 'no-seat', now: 10, error: 'slow-down' },
    { type: 'no-seat', now: 10, error: 'bad-request' },
  ],
  'line-open': [{ type: 'line-open', now: 10 }],
  'line-closed': [{ type: 'line-closed', now: 10 }],
  'received': Object.values(SERVER).map((message) => ({ type: 'received', now: 10, message }) as const),
  'timer': (['line', 'media-restart', 'media-anew', 'notice', 'polite', 'urgent', 'second'] as const).map(
    (timer) => ({ type: 'timer', now: 10, timer }) as const,
  ),
  'online': [{ type: 'online', now: 10 }],
  'offline': [{ type: 'offline', now: 10 }],
  'captured': [
    { type: 'captured', source: 'microphone', sound: false },
    { type: 'captured', source: 'camera', sound: false },
    { type: 'captured', source: 'screen', sound: true },
  ],
  'not-captured': [{ type: 'not-captured', source: 'camera', trouble: 'in-use' }],
  'source-ended': [
    { type: 'source-ended', source: 'microphone' },
    { type: 'source-ended', source: 'screen' },
    { type: 'source-ended', source: 'screen_sound' },
  ],
  'level': [{ type: 'level', level: 4 }],
  'devices': [{ type: 'devices', ...lists }],
  'preferred': [
    { type: 'preferred', devices: { microphone: 'm', camera: null, speaker: null }, preferences: DEFAULTS },
  ],
  'silent': [{ type: 'silent', silent: true }, { type: 'silent', silent: false }],
  'prefer': [{ type: 'prefer', preferences: { noise: false } }, { type: 'prefer', preferences: { captions: true } }],
  'settings': [{ type: 'settings', page: 'keys' }],
  'rebind': [{ type: 'rebind', shortcut: 'hand' }, { type: 'rebind', shortcut: null }],
  'bind': [{ type: 'bind', key: 'x' }, { type: 'bind', key: 'm' }],
  'pin': [{ type: 'pin', person: 2 }, { type: 'pin', person: 77 }],
  'media': [
    { type: 'media', now: 10, status: 'connected' },
    { type: 'media', now: 10, status: 'disconnected' },
    { type: 'media', now: 10, status: 'failed' },
  ],
  'offered': [
    { type: 'offered', now: 10, sdp: 'v=0', roles: { 0: 'microphone' }, restart: false },
    { type: 'offered', now: 10, sdp: 'v=0', roles: { 0: 'microphone' }, restart: true },
  ],
  'speaking': [{ type: 'speaking', people: [2] }],
  'watched': [{ type: 'watched', frozen: [], pictured: [2], quiet: ['13'] }],
  'quality': [{ type: 'quality', quality: { loss: 0, roundTrip: 12 } }],
  'drawn': [{ type: 'drawn', lines: [{ mid: '13', width: 960, height: 540 }] }],
  'kept-up': [{ type: 'kept-up', second: { dropped: 0.4, frame: 20 } }],
  'streams-changed': [{ type: 'streams-changed' }],
  'small': [{ type: 'small' }],
  'small-closed': [{ type: 'small-closed' }],
  'sound-blocked': [{ type: 'sound-blocked', blocked: true }],
  'test-sound-over': [{ type: 'test-sound-over' }],
  'check-sound': [{ type: 'check-sound' }],
  'sound-check-offered': [{ type: 'sound-check-offered', sdp: 'v=0' }],
  'sound-checked': [{ type: 'sound-checked', verdict: 'good' }, { type: 'sound-checked', verdict: 'lossy' }],
  'proof-wanted': [{ type: 'proof-wanted', from: 3, epoch: 0 }],
  'record-kept': [{ type: 'record-kept', size: 4 }],
  'record-broken': [{ type: 'record-broken', fault: 'changed', proof: null }],
};
