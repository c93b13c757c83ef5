// SPDX-License-Identifier: EUPL-1.2
// What the page and the keys worker say to each other.
// Invariant: no key and no MLS state is in any of these; the frames worker gets its keys over a port of its own.

import type { Base64, ConversationKind, ConversationOpened, GroupId, ServedGroup, Voucher } from '../../wire/delivery';
import type { KeysFromServer, KeysToServer } from '../../wire/delivery';
import type { ClientMessage, Named, Office, PersonId, Reason } from '../../wire/messages';
import type { Refusal } from './invitation';
import type { Trust } from './roster';

/** Somebody inside, as the server's list says. Who is aside, gone or in the lobby is not in the list. */
export interface Seen {
  readonly person: PersonId;
  readonly name: string;
  readonly office: Office;
  readonly device: Base64 | null;
  /** false: reconnecting. */
  readonly connected: boolean;
}

/** What ties the workers together, of which the rest of the page knows nothing. */
export type Tie =
  /** Once, before anything else: the frames worker is at the other end. */
  | { readonly type: 'frames-port'; readonly port: MessagePort }
  /** Once, when there are keys: the code worker is at the other end. */
  | { readonly type: 'code-port'; readonly port: MessagePort }
  | { readonly type: 'code-lost' };

export type PageMessage =
  /** Before we are inside: who we shall be there. What can be made ready for it is. */
  | { readonly type: 'prepare'; readonly self: PersonId; readonly name: string }
  /** We are inside (again): what `state` said. `people` holds ourselves. */
  | {
      readonly type: 'inside';
      readonly meeting: string;
      readonly self: PersonId;
      readonly people: readonly Seen[];
      /** Whose meeting it is, by name, and what that body's clerk signed; null: nothing, says the server. */
      readonly body: string;
      readonly roster: string | null;
      /** What stood behind the secret of our link; null: nothing. */
      readonly invitation: string | null;
      /** The server's group 0; null: none stands. */
      readonly keys: ServedGroup | null;
      readonly vouchers: readonly Voucher[];
      readonly conversations: readonly (ConversationOpened & { readonly joined: readonly PersonId[] })[];
    }
  /** The person has compared the digits of the other clerk's key with the paper. */
  | { readonly type: 'accept-clerk' }
  /** The list of those inside, whole, on each change; before any key message that came later on the line. */
  | {
      readonly type: 'people';
      readonly people: readonly Seen[];
      /** Of whom the server says that they were removed: is it signed? */
      readonly removed?: PersonId;
    }
  /** We ask to remove somebody, or confirm it: sign that, then send `then`. */
  | { readonly type: 'remove'; readonly person: PersonId; readonly reason: Reason; readonly then: Removing }
  /** The line is lost; what was known stands until `inside`. */
  | { readonly type: 'line-lost' }
  /** We are not inside any more (aside, lobby, left, over): everything is forgotten but what was verified. */
  | { readonly type: 'outside' }
  | { readonly type: 'served'; readonly message: KeysFromServer }
  /** A fresh epoch is wanted now (a vote opens). */
  | { readonly type: 'refresh' }
  /** Sign that this is the device of the person who is admitted; `device` as `waiting` showed it. */
  | { readonly type: 'vouch'; readonly meeting: string; readonly person: PersonId; readonly device: Base64 }
  /** A new link, which the server made: the clerk's key signs to whom it is, where that key is here. */
  | { readonly type: 'sign-link'; readonly person: Named; readonly link: string }
  | { readonly type: 'conversation-open'; readonly people: readonly PersonId[]; readonly kind: ConversationKind }
  /** Answers to `conversation`: take part, or refuse. The opener takes part without being asked. */
  | { readonly type: 'conversation-join'; readonly group: GroupId }
  | { readonly type: 'conversation-refuse'; readonly group: GroupId }
  | { readonly type: 'conversation-leave'; readonly group: GroupId }
  /** `id` comes back in `said`; at most TEXT_CHARACTERS. */
  | { readonly type: 'say'; readonly group: GroupId; readonly id: number; readonly text: string }
  /** The line that is being written, whole, on each keystroke; the worker sends what changed, at most every 300 ms. */
  | { readonly type: 'write'; readonly group: GroupId; readonly text: string };

/** What asks the server for a removal. */
export type Removing = Extract<ClientMessage, { type: 'remove' | 'confirm' }>;

export const TEXT_CHARACTERS = 2_000;

/** Whose keys these are, for who is signed in: the same in every meeting, so that a roster may name them. */
export const holderOf = (account: string): string => `account ${account}`;
export const ofAccount = (holder: string): boolean => holder.startsWith('account ');

/** One member of the group: what a picture's leaf number means in this epoch. */
export interface RosterLeaf {
  readonly leaf: number;
  readonly person: PersonId;
  /** From the credential that the member's own key signed. */
  readonly name: string;
  readonly device: Base64;
  /** Six groups of five digits. */
  readonly fingerprint: string;
  /** Whose signature says that this is that person's device; null: known by first sight only. */
  readonly vouchedBy: PersonId | null;
  readonly own: boolean;
}

/** `removed`: as those signed who may; `lost`: so says the server, and nobody signed it. */
export type Why = 'created' | 'came' | 'left' | 'removed' | 'lost' | 'returned' | 'several' | 'renewed' | 'joined';

/** What made the present epoch. `renewed`: nobody came or left. `joined`: we came in ourselves. */
export interface Change {
  readonly why: Why;
  /** Who came, left or returned. */
  readonly people: readonly { readonly person: PersonId; readonly name: string }[];
  /** Whose signatures removed them. */
  readonly by?: readonly { readonly person: PersonId; readonly name: string }[];
  /** Milliseconds since 1970. */
  readonly at: number;
}

export type AlarmKind =
  /** Somebody who is in no list was to be added, or is in the group. */
  | 'ghost'
  /** A key that is not the one vouched for, listed or seen before. */
  | 'swapped-key'
  /** Two leaves for one person. */
  | 'second-device'
  /** The name in the credential is not the one in the list. */
  | 'false-name'
  /** Chair or clerk came back with another device. To be told, not an attack by itself. */
  | 'new-device'
  /** A device that the clerk's signed roster does not have for that name, and that neither chair nor clerk admitted. */
  | 'not-in-roster'
  /** The roster does not come although there was one, or is forged, old or expired. */
  | 'roster'
  /** The roster is signed by another key than the clerk's that this device knows. */
  | 'other-clerk'
  /** Somebody who is present was removed. */
  | 'expelled'
  /** Removed, says the server, but not by the signatures of those who may. */
  | 'unsigned-removal'
  /** A message that no honest member made: it does not verify, or asks for what we never do. */
  | 'forged'
  /** Others hold other keys for the same epoch. */
  | 'forked'
  /** The sign of life for this epoch, or a removal that is due, does not come. */
  | 'withheld';

export interface Alarm {
  readonly kind: AlarmKind;
  readonly group: GroupId;
  /** Whom it is about, where that is known. */
  readonly person: PersonId | null;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Why nothing of ours is sent at the moment. */
export type Silence =
  /** We have no leaf (yet). */
  | 'no-group'
  /** The group holds somebody who is not in the list (any more): the removal is on its way, or something is wrong. */
  | 'unlisted'
  | 'withheld'
  /** A commit was refused; we ask to be added anew. */
  | 'refused';

export interface Roster {
  readonly epoch: number | null;
  readonly leaves: readonly RosterLeaf[];
  /** Inside, but without a leaf: they get no key and stop nobody. */
  readonly cannotFollow: readonly PersonId[];
  /** Four groups of five digits; null until the epoch is 2 s old and the code computed. */
  readonly code: string | null;
  readonly change: Change | null;
  readonly silence: Silence | null;
}

/** A conversation as it stands. */
export interface Talk {
  readonly group: GroupId;
  readonly kind: ConversationKind;
  readonly by: PersonId;
  /** All readers that have not refused or left. */
  readonly people: readonly PersonId[];
  /** Whose keys are in it: they can read what is said now. */
  readonly reading: readonly PersonId[];
  /** `asked`: we have not answered yet. */
  readonly state: 'asked' | 'joining' | 'open' | 'over';
}

export type KeysToPage =
  /** Ours; for `hello` and `join`. `kept` false: this browser could not store it, it lives as long as this page. */
  | { readonly type: 'device'; readonly device: Base64; readonly fingerprint: string; readonly kept: boolean }
  | { readonly type: 'send'; readonly message: KeysToServer | Removing }
  | { readonly type: 'roster'; readonly roster: Roster }
  /** What the devices are checked against. On entering, and when it changes. */
  | { readonly type: 'trust'; readonly trust: Trust }
  /** We do not go in, and hold no keys: it is not what we were invited to. */
  | { readonly type: 'uninvited'; readonly why: Refusal }
  | { readonly type: 'alarm'; readonly alarm: Alarm }
  | { readonly type: 'vouched'; readonly person: PersonId; readonly device: Base64; readonly voucher: Base64 }
  /** Of `sign-link`: as it came, where nobody could sign. */
  | { readonly type: 'link'; readonly person: Named; readonly link: string }
  | { readonly type: 'talk'; readonly talk: Talk }
  /** Ours went out, readable for these. */
  | { readonly type: 'said'; readonly group: GroupId; readonly id: number; readonly to: readonly PersonId[] }
  | { readonly type: 'heard'; readonly group: GroupId; readonly from: PersonId; readonly text: string }
  /** What somebody is writing, letter by letter; empty: nothing (any more). */
  | { readonly type: 'writing'; readonly group: GroupId; readonly from: PersonId; readonly text: string }
  /** The worker cannot go on. */
  | { readonly type: 'failed'; readonly what: string };
