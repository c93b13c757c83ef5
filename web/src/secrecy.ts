// SPDX-License-Identifier: EUPL-1.2
// What the client knows of the keys and of the conversations: a part of State. Plain data; no key is in here.
// Invariant: who is in the group, and whose picture a line carries, comes from the keys and not from the server.

import type { Alarm, Change, Roster, Talk } from './crypto/keys/messages';
import { FIRST_SIGHT, type Trust } from './crypto/keys/roster';
import type { GroupId } from './wire/delivery';
import type { PersonId, Reason, Waiting } from './wire/messages';

export { holderOf, TEXT_CHARACTERS } from './crypto/keys/messages';

/**
 * `off`: not inside. `starting`: no epoch yet, so nothing is sent. `on`: sound and picture are sealed. `stopped`: it is
 * not certain who listens, nothing is sent until it is. `broken`: this browser failed to seal or to keep up.
 */
export type SecrecyStatus = 'off' | 'starting' | 'on' | 'stopped' | 'broken';

/** What the person found when the chair read the room code aloud; asked anew when the code is another one. */
export type Compared = 'not-yet' | 'same' | 'different';

export interface Said {
  /** Rises in the order in which this page came to know it. */
  readonly id: number;
  readonly from: PersonId;
  readonly text: string;
  /** As `now` of the events counts. */
  readonly at: number;
}

export interface Conversation extends Talk {
  readonly said: readonly Said[];
  /** What somebody writes at this moment, character by character. */
  readonly writing: Readonly<Record<PersonId, string>>;
  readonly unread: number;
}

/** Real-time text: what one writes is sent as it is written (EN 301 549, 6.2). */
export interface Talking {
  /** The thread on the screen; null: the list of conversations. */
  readonly group: GroupId | null;
  readonly realTime: boolean;
}

export interface Secrecy {
  readonly status: SecrecyStatus;
  /** Something may have left without a seal: only a new page can send again. */
  readonly unsealed: boolean;
  /** This device's public key, told to the server with `join`; null until the keys worker knows it. */
  readonly device: string | null;
  /** Who holds the keys of the meeting, as the group's tree says. */
  readonly roster: Roster;
  /** What stands behind the devices: a roster signed by the clerk, or first sight. */
  readonly trust: Trust;
  readonly compared: Compared;
  /** What the keys refused, or found wrong; shown until it is read. */
  readonly alarm: Alarm | null;
  /** Whose key opened what a receive line carries, by mid. */
  readonly opened: Readonly<Record<string, PersonId>>;
  /** Lines from which nothing could be opened for three seconds, by mid. */
  readonly failing: readonly string[];
  /** Who is being let in, once the keys worker has signed for their device. */
  readonly vouching: readonly (Waiting & { readonly reason: Reason | null })[];
  readonly conversations: readonly Conversation[];
  readonly talking: Talking;
  readonly lastSaid: number;
  /** Everybody who was seen inside, so that a line keeps its name when its writer has left. */
  readonly names: Readonly<Record<PersonId, string>>;
}

const NOBODY: Roster = { epoch: null, leaves: [], cannotFollow: [], code: null, change: null, silence: 'no-group' };

export const NO_SECRECY: Secrecy = {
  status: 'off',
  unsealed: false,
  device: null,
  roster: NOBODY,
  trust: FIRST_SIGHT,
  compared: 'not-yet',
  alarm: null,
  opened: {},
  failing: [],
  vouching: [],
  conversations: [],
  talking: { group: null, realTime: false },
  lastSaid: 0,
  names: {},
};

/** A room code and why it is this one; null while there is none. */
export function codeOf(s: Secrecy): { readonly code: string; readonly change: Change } | null {
  const { code, change } = s.roster;
  return code === null || change === null ? null : { code, change };
}

/** The thread that is on the screen; null when there is none. */
export function openThread(s: Secrecy): Conversation | null {
  return s.conversations.find((c) => c.group === s.talking.group) ?? null;
}

/** The standing conversation of exactly these two, if there is one. */
export function threadWith(s: Secrecy, person: PersonId): Conversation | null {
  const two = (c: Conversation): boolean => c.people.length === 2 && c.people.includes(person);
  return s.conversations.find((c) => c.kind === 'private' && c.state !== 'over' && two(c)) ?? null;
}

export function unread(s: Secrecy): number {
  return s.conversations.reduce((sum, c) => sum + c.unread + (c.state === 'asked' ? 1 : 0), 0);
}
