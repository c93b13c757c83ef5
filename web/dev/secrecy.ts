// SPDX-License-Identifier: EUPL-1.2
// Sample states of the keys and of the conversations, for the gallery.

import { NO_SECRECY, type Conversation, type Secrecy } from '../src/secrecy';

const AT = Date.parse('2026-03-12T20:05:00.000Z');

/** Keys stand for so many, and the room code can be compared. */
export function sealed(names: Readonly<Record<number, string>>, more: Partial<Secrecy> = {}): Secrecy {
  const people = Object.entries(names);
  return {
    ...NO_SECRECY,
    status: 'on',
    device: 'QUJD',
    names,
    roster: {
      epoch: 12,
      leaves: people.map(([id, name], leaf) => ({
        leaf, person: Number(id), name, device: 'QUJD', fingerprint: '12345 12345 12345 12345 12345 12345',
        vouchedBy: null, own: leaf === 0,
      })),
      cannotFollow: [],
      code: '48271 93046 11825 60937',
      change: { why: 'came', people: [{ person: 8, name: names[8] ?? '' }], at: AT },
      silence: null,
    },
    compared: 'same',
    ...more,
  };
}

export function talk(group: number, own: number, other: number, more: Partial<Conversation> = {}): Conversation {
  return {
    group, kind: 'private', by: other, people: [own, other], reading: [own, other], state: 'open',
    said: [
      { id: group * 10 + 1, from: other, text: 'Steunt jullie fractie de dading? Bij ons is er twijfel.', at: 0 },
      { id: group * 10 + 2, from: own, text: 'Wij willen eerst weten of de btw erin zit.', at: 60_000 },
    ],
    writing: {}, unread: 0, ...more,
  };
}
