// SPDX-License-Identifier: EUPL-1.2
// Every message and every event about keys and conversations at least once; a part of samples.ts.

import type { Roster, Talk } from '../../src/crypto/keys/messages';
import type { Event } from '../../src/event';
import type { Told, Uninvited } from '../../src/update/secrecy';
import type { KeysFromServer, KeysToServer } from '../../src/wire/delivery';

const TAG = 'MDEyMzQ1Njc4OWFiY2RlZg==';
const BYTES = 'QUJDRA==';
const DEVICE = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';

export const KEYS_SERVED: { readonly [T in KeysFromServer['type']]: Extract<KeysFromServer, { type: T }> } = {
  'key-group': { type: 'key-group', group: 0, epoch: 3, tag: TAG, members: [1, 2] },
  'key-create': { type: 'key-create', group: 0 },
  'key-wanted': { type: 'key-wanted', group: 0, people: [{ person: 3, package: BYTES }] },
  'key-commit': { type: 'key-commit', group: 0, epoch: 3, by: 2, commit: BYTES, tag: TAG },
  'key-welcome': { type: 'key-welcome', group: 1, epoch: 4, by: 2, welcome: BYTES, tag: TAG },
  'key-behind': { type: 'key-behind', group: 0, epoch: 4 },
  'key-lost': { type: 'key-lost', group: 0 },
  'key-message': { type: 'key-message', group: 1, epoch: 4, by: 2, body: BYTES },
  'conversation': { type: 'conversation', group: 1, by: 2, people: [1, 2], kind: 'private' },
  'conversation-left': { type: 'conversation-left', group: 1, person: 2, why: 'left' },
  'conversation-over': { type: 'conversation-over', group: 1 },
  'roster': { type: 'roster', roster: null },
  'voucher': { type: 'voucher', person: 3, device: DEVICE, by: 1, voucher: `${'A'.repeat(86)}==` },
};

export const KEYS_SENT: { readonly [T in KeysToServer['type']]: readonly Extract<KeysToServer, { type: T }>[] } = {
  'key-join': [{ type: 'key-join', group: 0, package: BYTES }],
  'key-create': [{ type: 'key-create', group: 0, tag: TAG }],
  'key-commit': [
    { type: 'key-commit', group: 0, epoch: 3, commit: BYTES, welcome: BYTES, added: [3], removed: [], tag: TAG },
    { type: 'key-commit', group: 0, epoch: 3, commit: BYTES, welcome: null, added: [], removed: [2], tag: TAG },
  ],
  'key-since': [{ type: 'key-since', group: 0, epoch: 3 }],
  'key-message': [{ type: 'key-message', group: 0, epoch: 3, body: BYTES }],
  'key-resume': [{ type: 'key-resume', group: 0, epoch: 3, tag: TAG, commits: [BYTES] }],
  'conversation-open': [{ type: 'conversation-open', people: [2], kind: 'private' }],
  'conversation-refuse': [{ type: 'conversation-refuse', group: 1 }],
  'conversation-leave': [{ type: 'conversation-leave', group: 1 }],
};

export const DEVICE_KNOWN = {
  type: 'keys',
  now: 3,
  told: { type: 'device', device: DEVICE, fingerprint: '', kept: true },
} as const;

const leaf = { leaf: 0, person: 1, name: 'Hilde Aerts', device: DEVICE, fingerprint: '', vouchedBy: null, own: true };
export const ROSTER: Roster = {
  epoch: 3,
  leaves: [leaf],
  cannotFollow: [2],
  code: '48271 93046 11825 60937',
  change: { why: 'came', people: [{ person: 2, name: 'Greet Verhaeghe' }], at: 0 },
  silence: null,
};
const PRINT = '04711 90210 33125 00417 68833 10245';
/** The keys of the meeting stand. */
export const KEYED: Event = { type: 'keys', now: 5, told: { type: 'roster', roster: ROSTER } };
export const TALK: Talk = { group: 1, kind: 'private', by: 2, people: [1, 2], reading: [1, 2], state: 'open' };

type Heard = Told | Uninvited;
const TOLD: { readonly [T in Heard['type']]: readonly Extract<Heard, { type: T }>[] } = {
  'device': [{ type: 'device', device: DEVICE, fingerprint: '', kept: true }],
  'roster': [
    { type: 'roster', roster: ROSTER },
    { type: 'roster', roster: { ...ROSTER, silence: 'withheld' } },
  ],
  'trust': [
    { type: 'trust', trust: { by: 'clerk', print: PRINT, first: true, made: '2026-11-22T02:00:00.000Z' } },
    { type: 'trust', trust: { by: 'nobody', why: 'forged' } },
    { type: 'trust', trust: { by: 'nobody', why: 'other-clerk', print: PRINT } },
  ],
  'alarm': [{ type: 'alarm', alarm: { kind: 'ghost', group: 0, person: null, at: 0 } }],
  'vouched': [{ type: 'vouched', person: 3, device: DEVICE, voucher: BYTES }],
  'link': [{ type: 'link', person: { id: 3, name: 'Jan Peeters', office: 'member' }, link: 'https://a/j#B' }],
  'talk': [
    { type: 'talk', talk: TALK },
    { type: 'talk', talk: { ...TALK, state: 'asked' } },
    { type: 'talk', talk: { ...TALK, group: 2, kind: 'caucus', state: 'asked' } },
  ],
  'said': [{ type: 'said', group: 1, id: 1, to: [2] }],
  'heard': [{ type: 'heard', group: 1, from: 2, text: 'dag' }],
  'writing': [{ type: 'writing', group: 1, from: 2, text: 'da' }],
  'failed': [{ type: 'failed', what: 'no more' }],
  'uninvited': [{ type: 'uninvited', why: 'other-clerk' }],
};

type SecretEvent = Extract<
  Event['type'],
  | 'talk' | 'write-to' | 'converse' | 'accept-conversation' | 'refuse-conversation' | 'leave-conversation' | 'say'
  | 'write' | 'real-time' | 'code-compared' | 'code-read' | 'clerk-compared' | 'alarm-read' | 'keys' | 'opened'
  | 'undecryptable' | 'unsealed'
>;

export const KEYS_EVENTS: { readonly [T in SecretEvent]: readonly Extract<Event, { type: T }>[] } = {
  'talk': [
    { type: 'talk', group: 1 },
    { type: 'talk', group: null },
  ],
  'write-to': [{ type: 'write-to', person: 2 }],
  'converse': [
    { type: 'converse', people: [2], kind: 'caucus' },
    { type: 'converse', people: [], kind: 'private' },
  ],
  'accept-conversation': [{ type: 'accept-conversation', group: 1 }],
  'refuse-conversation': [{ type: 'refuse-conversation', group: 1 }],
  'leave-conversation': [{ type: 'leave-conversation', group: 1 }],
  'say': [
    { type: 'say', group: 1, text: ' dag ' },
    { type: 'say', group: 1, text: ' ' },
  ],
  'write': [{ type: 'write', group: 1, text: 'd' }],
  'real-time': [{ type: 'real-time', on: true }],
  'code-compared': [
    { type: 'code-compared', same: true },
    { type: 'code-compared', same: false },
  ],
  'code-read': [{ type: 'code-read' }],
  'clerk-compared': [{ type: 'clerk-compared' }],
  'alarm-read': [{ type: 'alarm-read' }],
  'keys': Object.values(TOLD).flatMap((all) => all.map((told) => ({ type: 'keys', now: 10, told }) as const)),
  'opened': [
    { type: 'opened', mid: '13', person: 2 },
    { type: 'opened', mid: '13', person: null },
  ],
  'undecryptable': [{ type: 'undecryptable', mids: ['13'] }],
  'unsealed': [{ type: 'unsealed' }],
};
