// SPDX-License-Identifier: EUPL-1.2
// What client and server say to each other, as types (server/PROTOCOL.md, version 1). Only wire/parse.ts makes
// values of the ServerMessage type out of what came over the network. Keys and conversations: wire/delivery.ts.

import type { Base64, ConversationOpened, KeysFromServer, KeysToServer, ServedGroup, Voucher } from './delivery';

import type { Head, Item, ItemsFromServer, ItemsToServer, Session } from './items';

export const PROTOCOL_VERSION = 1;
/** An offer may be at most this many bytes once it stands in its JSON message (PROTOCOL, `offer`). */
export const OFFER_BYTES = 60_000;
export const REASON_CHARACTERS = 200;
/** Of a reported fault or a point of order. */
export const NOTE_CHARACTERS = 200;

export type PersonId = number;
export type Office = 'chair' | 'clerk' | 'member' | 'guest';
/** What a person can send. `screen_sound` is written `screen-sound` where it names a source in a slot or a role. */
export type SourceName = 'microphone' | 'camera' | 'screen' | 'screen_sound';
export type SlotSource = 'microphone' | 'camera' | 'screen' | 'screen-sound';
export type Role = SlotSource | 'audio' | 'video';
export type Sources = Readonly<Record<SourceName, boolean>>;

export const REASON_CODES = [
  'agreed',
  'technical',
  'not-invited',
  'wrong-meeting',
  'unrecognised',
  'written',
] as const;
export type ReasonCode = (typeof REASON_CODES)[number];
export interface Reason {
  readonly code: ReasonCode;
  /** At most 200 characters; present and not empty with `written`. */
  readonly text?: string;
}

/** A TURN server of the house, for networks that let nothing else through. */
export interface Relay {
  readonly url: string;
  readonly username: string;
  readonly credential: string;
}

export const ENTRY_KINDS = [
  'meeting-created',
  'invited',
  'link-made',
  'seat-taken',
  'meeting-opened',
  'entered',
  'admitted',
  'turned-away',
  'left',
  'lost',
  'returned',
  'end-asked',
  'end-confirmed',
  'ended',
  'request-asked',
  'request-confirmed',
  'request-refused',
  'request-expired',
  'server-restarted',
  'media-restarted',
  'muted',
  'asked-on',
  'share-stopped',
  'hand-raised',
  'hand-lowered',
  'floor-given',
  'floor-ended',
  'floor-ordered',
  'floor-withdrawn',
  'floor-restored',
  'remove-asked',
  'removed',
  'suspended',
  'resumed',
  'invite-asked',
  'invite-confirmed',
  'link-renewed',
  'fault-reported',
  'fault-cleared',
  'objection',
  'substitute-named',
  'chair-substituted',
  'chair-returned',
  'code-read',
  'item-created',
  'item-opened',
  'item-closed',
  'doors-asked',
  'doors-announced',
  'doors-opened',
  'doors-closed',
  'declared-alone',
  'recused',
  'recusal-asked',
  'recusal-contested',
  'guest-out',
  'presence-corrected',
] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];
/** What needs a second person; from `mute` on only where the policy of the house asks for one. */
export const REQUEST_ACTIONS = [
  'end',
  'remove',
  'invite',
  'mute',
  'stop-share',
  'withdraw-floor',
  'suspend',
  'new-link',
  'turn-away',
  'doors-open',
  'recusal',
  'admit',
] as const;
export type RequestAction = (typeof REQUEST_ACTIONS)[number];

export const ERROR_CODES = [
  'bad-json',
  'unknown-type',
  'missing-field',
  'wrong-field',
  'too-large',
  'slow-down',
  'version',
  'seat-unknown',
  'wrong-phase',
  'not-allowed',
  'too-early',
  'not-waiting',
  'no-request',
  'own-request',
  'not-inside',
  'is-self',
  'not-on',
  'too-many',
  'no-fault',
  'offer-refused',
  'media-unavailable',
  'not-recorded',
  'meeting-full',
  'ended',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

export interface Meeting {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  /** ISO 8601, UTC. */
  readonly starts: string;
  readonly language: string;
  readonly phase: 'planned' | 'open' | 'ended';
}

export interface Person {
  readonly id: PersonId;
  readonly name: string;
  readonly office: Office;
  readonly party: string | null;
  readonly connection: 'connected' | 'reconnecting';
  readonly sources: Sources;
  /** The server forwards this person's sound at this moment. */
  readonly heard: boolean;
  /** Why an office keeps this person from being heard. `muted`: until they switch their microphone on again. */
  readonly hush: Hush | null;
  /** Place on the speaker list from 1; 0: not on it. As it was when this was sent: State.speakers is newer. */
  readonly hand: number;
  /** Has the floor. As it was when this was sent: State.floor is newer. */
  readonly floor: boolean;
  /** Their device's public key, as the server says. What counts is in the group's tree. */
  readonly device: Base64 | null;
  /** Takes part in a caucus at this moment. */
  readonly caucus: boolean;
}

export type Hush = 'muted' | 'floor-withdrawn';

/** Who has the floor, and since when. */
export interface Floor {
  readonly person: PersonId | null;
  readonly since: string | null;
}

/** Nobody is heard or seen. */
export interface Suspension {
  readonly by: Named;
  readonly reason: Reason;
  readonly since: string;
}

export interface Fault {
  readonly id: number;
  readonly by: Named;
  readonly note: string;
  readonly at: string;
}

export interface Waiting {
  readonly id: PersonId;
  readonly name: string;
  readonly office: Office;
  /** For whom who lets them in signs. */
  readonly device: Base64 | null;
  /** By what they came: who holds a link alone has to be recognised by who lets them in. */
  readonly known: 'account' | 'link';
}

/** Somebody named in the proceedings or in a request, also when no longer inside. */
export interface Named {
  readonly id: PersonId;
  readonly name: string;
  readonly office: Office;
}

/** Who acted, without a number: in `over`, where the list of people is no longer known. */
export interface Actor {
  readonly name: string;
  readonly office: Office;
}

export interface Slot {
  readonly mid: string;
  readonly person: PersonId;
  readonly source: SlotSource;
}

export interface Entry {
  readonly seq: number;
  readonly at: string;
  readonly kind: EntryKind;
  /** null: the server or the administration. */
  readonly by: Named | null;
  readonly who: Named | null;
  readonly reason: Reason | null;
  /**
   * Read by the kind. `alone`: without the second person, who was absent. `administration`: by conclavectl, not from
   * the meeting. A RequestAction with `request-asked` and what became of it. `microphone` or `camera` with `asked-on`.
   * The person's own words with `fault-reported` and `objection`.
   */
  readonly note: string | null;
  /** Of the agenda; null where it is about none. */
  readonly item: number | null;
}

export interface Request {
  readonly id: number;
  readonly action: RequestAction;
  readonly by: Named;
  /** Whom it is about, where it is about somebody who has a number. */
  readonly who: Named | null;
  /** Of the person to be invited: with `invite`. */
  readonly name: string | null;
  /** Of the agenda, where it is about one. */
  readonly item: number | null;
  readonly reason: Reason;
  /** Left of 120 when the message was sent. */
  readonly seconds: number;
}

/** `aside`: takes no part in the open item. `guest-out`: is back in the lobby. */
export type GoneReason = 'left' | 'removed' | 'seat-ended' | 'aside' | 'guest-out';

export type OverReason = 'left' | 'turned-away' | 'removed' | 'ended' | 'replaced' | 'seat-ended' | 'signed-out';

export type ServerMessage =
  | {
      readonly type: 'welcome';
      readonly version: 1;
      readonly you: PersonId;
      readonly name: string;
      readonly office: Office;
      readonly phase: 'outside' | 'lobby' | 'inside' | 'aside';
      /** The address of the account that took this seat; null: a link alone did. */
      readonly account: string | null;
      readonly meeting: Meeting;
    }
  | { readonly type: 'lobby'; readonly opened: boolean }
  | {
      readonly type: 'state';
      readonly you: PersonId;
      readonly meeting: Meeting;
      readonly people: readonly Person[];
      readonly waiting: readonly Waiting[];
      readonly slots: readonly Slot[];
      readonly media: string | null;
      readonly sources: Sources;
      readonly entries: readonly Entry[];
      readonly requests: readonly Request[];
      readonly floor: Floor;
      readonly speakers: readonly PersonId[];
      readonly suspended: Suspension | null;
      readonly faults: readonly Fault[];
      /** The meeting's group; null: none stands. */
      readonly keys: ServedGroup | null;
      readonly vouchers: readonly Voucher[];
      /** What the clerk of the body signed, last; null: nothing. */
      readonly roster: string | null;
      readonly conversations: readonly (ConversationOpened & { readonly joined: readonly PersonId[] })[];
      readonly items: readonly Item[];
      readonly session: Session;
      /** The newest; null before the first. */
      readonly head: Head | null;
      /** Absent: the house has none. */
      readonly relays?: readonly Relay[];
    }
  | KeysFromServer
  | ItemsFromServer
  | { readonly type: 'floor'; readonly floor: Floor; readonly speakers: readonly PersonId[] }
  | { readonly type: 'suspended'; readonly suspended: Suspension | null }
  | { readonly type: 'faults'; readonly faults: readonly Fault[] }
  /** To the person concerned: an office switched it off, and the person may switch it on again. */
  | { readonly type: 'muted'; readonly source: 'microphone' | 'screen'; readonly by: Named; readonly reason: Reason }
  | { readonly type: 'asked'; readonly source: 'microphone' | 'camera'; readonly by: Named; readonly reason: Reason }
  /** To who asked for it. A secret: shown, never stored. */
  | { readonly type: 'link'; readonly person: Named; readonly link: string }
  | { readonly type: 'person'; readonly person: Person }
  | { readonly type: 'gone'; readonly id: PersonId; readonly why: GoneReason }
  | { readonly type: 'waiting'; readonly people: readonly Waiting[] }
  | { readonly type: 'answer'; readonly media: string; readonly sdp: string }
  | { readonly type: 'sound-check-answer'; readonly sdp: string }
  | { readonly type: 'slots'; readonly slots: readonly Slot[] }
  | { readonly type: 'media-lost' }
  | ({ readonly type: 'watched' } & Watched)
  | { readonly type: 'entry'; readonly entry: Entry }
  | { readonly type: 'request'; readonly request: Request }
  | { readonly type: 'request-over'; readonly id: number; readonly outcome: 'confirmed' | 'refused' | 'expired' }
  | {
      readonly type: 'over';
      readonly why: OverReason;
      readonly by: Actor | null;
      readonly reason: Reason | null;
    }
  | { readonly type: 'error'; readonly code: ErrorCode; readonly re: string | null; readonly field: string | null };

/** The layers of one's own pictures, 1 the smallest, that somebody is being sent. */
export interface Watched {
  readonly camera: readonly number[];
  readonly screen: readonly number[];
}

/** In pixels of the screen; 0 and 0: not to be seen. */
export interface Drawn {
  readonly mid: string;
  readonly width: number;
  readonly height: number;
}

export type ClientMessage =
  | { readonly type: 'hello'; readonly version: 1; readonly seat: string; readonly device?: Base64 }
  | { readonly type: 'join'; readonly device?: Base64 }
  | ItemsToServer
  | { readonly type: 'stop-waiting' }
  | {
      readonly type: 'offer';
      readonly sdp: string;
      readonly roles: Readonly<Record<string, Role>>;
      readonly restart: boolean;
      readonly media: string | null;
    }
  /** Sound alone, which comes back. */
  | { readonly type: 'sound-check'; readonly sdp: string }
  /** How large receive lines are drawn. */
  | { readonly type: 'layout'; readonly lines: readonly Drawn[] }
  /** `seen`: the newest entry of the proceedings; a mute that came after it stands. */
  | ({ readonly type: 'sources'; readonly seen?: number } & Sources)
  /** `reason`: of a guest outside of their item, which the other office confirms. */
  | { readonly type: 'admit'; readonly person: PersonId; readonly voucher?: Base64; readonly reason?: Reason }
  | { readonly type: 'turn-away'; readonly person: PersonId; readonly reason: Reason }
  | { readonly type: 'leave' }
  | { readonly type: 'end'; readonly reason: Reason }
  | { readonly type: 'confirm'; readonly request: number }
  | { readonly type: 'refuse'; readonly request: number }
  | { readonly type: 'hand'; readonly raised: boolean }
  | { readonly type: 'mute'; readonly person: PersonId; readonly reason: Reason }
  | {
      readonly type: 'ask-on';
      readonly person: PersonId;
      readonly source: 'microphone' | 'camera';
      readonly reason: Reason;
    }
  | { readonly type: 'stop-share'; readonly person: PersonId; readonly reason: Reason }
  | { readonly type: 'floor'; readonly person: PersonId }
  | { readonly type: 'floor-end' }
  | { readonly type: 'order'; readonly people: readonly PersonId[] }
  | { readonly type: 'withdraw-floor'; readonly person: PersonId; readonly reason: Reason }
  | { readonly type: 'restore-floor'; readonly person: PersonId }
  | { readonly type: 'remove'; readonly person: PersonId; readonly reason: Reason }
  | { readonly type: 'suspend'; readonly reason: Reason }
  | { readonly type: 'resume' }
  | { readonly type: 'new-link'; readonly person: PersonId; readonly reason: Reason }
  | {
      readonly type: 'invite';
      readonly name: string;
      readonly email: string;
      readonly office: 'member' | 'guest';
      readonly reason: Reason;
    }
  | { readonly type: 'fault'; readonly note: string }
  | { readonly type: 'clear-fault'; readonly fault: number; readonly reason: Reason }
  | { readonly type: 'object'; readonly note: string }
  /** By the chair: the room code was read aloud. */
  | { readonly type: 'code-read' }
  | KeysToServer;

/** The answer of POST /api/link and POST /api/resume. */
export interface Seat {
  readonly seat: string;
  readonly meeting: string;
  readonly name: string;
  readonly office: Office;
}

export const SEAT_ERRORS = [
  'link-unknown',
  'link-used',
  'link-early',
  'link-ended',
  'seat-unknown',
  'bad-request',
  'slow-down',
  'origin',
] as const;
export type SeatError = (typeof SEAT_ERRORS)[number];
