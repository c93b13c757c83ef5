// SPDX-License-Identifier: EUPL-1.2
// All that the client knows, in one value that is never changed in place: update() makes the next one, view() draws it.
// Media itself (streams, tracks, connections) is not in here; see port.ts for what a view may ask for.
// Times are milliseconds as `now` of the events counts them (a monotonic clock; only differences mean something).

import type { Alarm } from './crypto/keys/messages';
import type { Preferences, Shortcut } from './preferences';
import type { Secrecy } from './secrecy';
import type {
  Actor,
  Entry,
  ErrorCode,
  Fault,
  Meeting,
  Named,
  Office,
  OverReason,
  Person,
  PersonId,
  Reason,
  Relay,
  RequestAction,
  Slot,
  SourceName,
  Suspension,
  Waiting,
} from './wire/messages';

import type { Doors, Item } from './wire/items';

export const LANGUAGES = ['nl', 'fr', 'de', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Why there is no meeting to be seen and what the person reads instead; a page of its own for each. */
export type Problem =
  | 'no-link' // the address names no meeting: "open the link of your invitation"
  | 'link-unknown' // wrong or mistyped link
  | 'link-used' // this link was opened on another device or in another browser
  | 'link-early' // more than 24 h before the start
  | 'link-ended' // the meeting is over
  | 'seat-unknown' // this browser holds no seat (any more) for this meeting
  | 'slow-down' // too many tries, again in a moment; has a "try again"
  | 'unreachable' // the server cannot be reached at all; has a "try again"
  | 'full' // nobody more fits in; has a "try again"
  | 'version' // server and page are of different versions; has a "load again"
  | 'other-clerk' // the roster is signed by another key than the invitation; has a "try again"
  | 'other-meeting' // the invitation is signed for another meeting or person
  | 'browser'; // this browser cannot take part: see `lacks`

/** What the browser lacks; shown with problem `browser`. */
export type Lack = 'webrtc' | 'encryption' | 'secure-context' | 'websocket' | 'storage';

/** Where the person is. */
export type Phase =
  /** The link is being redeemed, the seat renewed, the line opened. Shows progress. */
  | { readonly name: 'opening'; readonly step: 'seat' | 'line' }
  | { readonly name: 'problem'; readonly problem: Problem }
  /** Before the room. No names of others are known here. */
  | {
      readonly name: 'lobby';
      /** `check`: looks at the own devices; `asking`: pressed `join`, no answer yet; `waiting`: somebody must admit. */
      readonly step: 'check' | 'asking' | 'waiting';
      /** While waiting: has the meeting been opened by chair or clerk? */
      readonly opened: boolean;
      /** A guest who was inside until the item or the doors closed. */
      readonly out?: true;
    }
  | { readonly name: 'inside' }
  /** Takes no part in the open item, and is back inside by itself when it ends. Nothing of the room is known here. */
  | {
      readonly name: 'aside';
      readonly item: Pick<Item, 'id' | 'title'>;
      /** Who noted it; null: the person's own word. */
      readonly by: Actor | null;
      readonly reason: Reason | null;
      /** On the server's clock. */
      readonly since: string;
    }
  /** The last word of the server. `left` and `turned-away` and `replaced` can come back (event `come-back`). */
  | {
      readonly name: 'over';
      readonly why: OverReason;
      readonly by: Actor | null;
      readonly reason: Reason | null;
    };

/** The WebSocket. */
export interface Line {
  /** `closed`: not wanted (before a seat, or over). `waiting`: lost, the next try comes by itself. */
  readonly status: 'closed' | 'connecting' | 'open' | 'waiting';
  /** Which try this is since the line was last open; 0 while open. "We proberen opnieuw, poging 2." */
  readonly attempt: number;
  /** When the line was lost; null while open or closed. */
  readonly lostAt: number | null;
}

/** The PeerConnection. */
export interface Media {
  /**
   * `none`: not inside. `keyless`: the keys of the meeting come first. `offering`: waits for the server's answer.
   * `restarting`: an ICE restart is on its way.
   */
  readonly status: 'none' | 'keyless' | 'offering' | 'connecting' | 'connected' | 'restarting' | 'broken';
  /** The server's name of this connection; null until the first answer. */
  readonly id: string | null;
  /** How often it was made anew without having been connected in between. */
  readonly attempt: number;
  /** When pictures and sound stopped flowing; null while connected or not wanted. */
  readonly lostAt: number | null;
}

export interface Quality {
  /** Part of the packets sent to us that did not arrive, 0 to 1, over the last second. */
  readonly loss: number;
  /** There and back, in milliseconds; null where it cannot be measured. */
  readonly roundTrip: number | null;
}

/** Why a device gives nothing. `ended`: unplugged, taken by the system, or stopped in the browser's own bar. */
export type Trouble = 'not-allowed' | 'not-found' | 'in-use' | 'ended' | 'failed';

/** One of the person's own sources. Only the person's own press makes `wanted` true; nobody else's word does. */
export interface OwnSource {
  readonly wanted: boolean;
  /** The device gives picture or sound. `wanted && !live` is "starting"; a button shows `wanted`. */
  readonly live: boolean;
  /** Why the last try failed or the device stopped; null again at the next press. */
  readonly trouble: Trouble | null;
}

export interface Device {
  readonly id: string;
  /** Empty before the browser was allowed to tell names: show "Microfoon 1" and so on. */
  readonly label: string;
}

export interface Devices {
  readonly microphones: readonly Device[];
  readonly cameras: readonly Device[];
  /** Empty where the browser does not let a page choose (Firefox before a permission, Safari). */
  readonly speakers: readonly Device[];
  /** The person's choice by device id; null: the system's default. */
  readonly microphone: string | null;
  readonly camera: string | null;
  readonly speaker: string | null;
}

/** What the sound check found: the first thing to be mended, and nothing else. */
export type SoundVerdict =
  | 'good'
  | 'quiet'
  | 'silent' // packets came back, with nothing to be heard in them
  | 'clipped'
  | 'lossy'
  | 'slow'
  | 'lost' // connected, and nothing came back
  | 'unreached' // no connection
  | 'refused'; // too many at this moment

export type SoundCheck =
  | { readonly step: 'none' }
  | { readonly step: 'running' }
  | { readonly step: 'over'; readonly verdict: SoundVerdict };

/** A request that waits for a second person, as drawn. */
export interface OpenRequest {
  readonly id: number;
  readonly action: RequestAction;
  readonly by: Named;
  readonly who: Named | null;
  readonly name: string | null;
  readonly reason: Reason;
  /** When it expires; with State.now the countdown is `max(0, endsAt - now)`. */
  readonly endsAt: number;
  /** The person pressed confirm or refuse, the server has not answered yet. */
  readonly answered: boolean;
}

/** Who has the floor. */
export interface FloorState {
  readonly person: PersonId | null;
  /** On the clock of State.now. */
  readonly since: number;
}

/** What an office switched off here, until the person reads it or switches it on again. */
export interface Silenced {
  readonly source: 'microphone' | 'screen';
  readonly by: Named;
  readonly reason: Reason;
}

/** What an office asks this person to switch on; the answer is theirs. */
export interface Asked {
  readonly source: 'microphone' | 'camera';
  readonly by: Named;
  readonly reason: Reason;
}

/** The open item and its doors. */
export interface SessionState {
  readonly item: number | null;
  readonly doors: Doors;
  /** On the clock of State.now; null unless they are opening. */
  readonly opensAt: number | null;
}

/**
 * What is wrong with what the server signed: `unsigned` (or with another key than before), `changed` (what was signed
 * before is no beginning of it), `lost` (less than was signed before).
 */
export type RecordFault = 'unsigned' | 'changed' | 'lost';

/** A right over a person that is used with a reason. */
export type ReasonedRight =
  | 'mute'
  | 'ask-microphone'
  | 'ask-camera'
  | 'stop-share'
  | 'withdraw-floor'
  | 'new-link'
  | 'remove';

/** Dialogs and sheets that are open; at most one. */
export type Dialog =
  /** Leave; for clerk and chair it offers "end for all" as well. */
  | { readonly name: 'leave' }
  /** End the meeting for all, with a reason (the draft of it stays in the form). */
  | { readonly name: 'end' }
  /** Turn a waiting person away, with a reason. */
  | { readonly name: 'turn-away'; readonly person: Waiting }
  /** Let a guest in outside of their item, with a reason: two decide. */
  | { readonly name: 'admit'; readonly person: Waiting }
  /** Everything that has no button of its own. */
  | { readonly name: 'more' }
  /** What may be done about a person. */
  | { readonly name: 'person'; readonly person: Named }
  /** Use a right over a person, with a reason. */
  | { readonly name: 'right'; readonly right: ReasonedRight; readonly person: Named }
  /** The link that was asked for, to be copied. Gone from the state with the dialog. */
  | { readonly name: 'link'; readonly person: Named; readonly link: string }
  | { readonly name: 'invite' }
  | { readonly name: 'suspend' }
  | { readonly name: 'fault' }
  | { readonly name: 'clear-fault'; readonly fault: Fault }
  /** A point of order. */
  | { readonly name: 'object' }
  /** The room code: read aloud by the chair, compared by everybody else. */
  | { readonly name: 'code' }
  /** Take no part in an item: what that means, before it is said. */
  | { readonly name: 'recuse'; readonly item: number }
  /** Let the audience in, with a reason. */
  | { readonly name: 'doors-open'; readonly item: number }
  /** Note that somebody takes no part in an item, with a reason. */
  | { readonly name: 'note-recusal'; readonly item: number }
  /** Correct what stands in the proceedings about somebody's presence. */
  | { readonly name: 'presence'; readonly person: Named }
  /** Everything that the person chooses for this browser. */
  | {
      readonly name: 'settings';
      readonly page: SettingsPage;
      /** Waits for the new key of a shortcut. */
      readonly rebinding: Shortcut | null;
      /** The key that was pressed does this already. */
      readonly taken: Shortcut | null;
    }
  /** What to do, who may do what, the list of keys. */
  | { readonly name: 'help' }
  /** Who is not in the picture, and why. */
  | { readonly name: 'unseen' }
  /** How the pictures are laid out. */
  | { readonly name: 'layout' };

export const SETTINGS_PAGES = ['devices', 'captions', 'keys', 'display', 'news'] as const;
export type SettingsPage = (typeof SETTINGS_PAGES)[number];

/** In the order of the rail and of the keys. */
export const PANELS = ['agenda', 'people', 'speakers', 'messages', 'proceedings'] as const;
export type Panel = (typeof PANELS)[number];

/** One thing that just happened, for the live region and the flash. The view makes the sentence. */
export type News =
  | { readonly what: 'entered'; readonly person: Named } // somebody else is inside now
  | { readonly what: 'left'; readonly person: Named }
  /** Several at once, to whom they are read out. */
  | { readonly what: 'many'; readonly of: 'entered' | 'left' | 'knocked'; readonly n: number }
  | { readonly what: 'knocked'; readonly person: Waiting } // to clerk and chair: somebody waits
  | { readonly what: 'admitted' } // you were let in
  | { readonly what: 'turned-away'; readonly person: Named; readonly by: Named | null }
  | { readonly what: 'lost'; readonly person: Named } // somebody's connection is lost
  | { readonly what: 'returned'; readonly person: Named }
  | { readonly what: 'sharing'; readonly person: Named } // somebody began to share a screen
  | { readonly what: 'source'; readonly source: SourceName; readonly on: boolean } // your own, after your own press
  | { readonly what: 'trouble'; readonly source: SourceName; readonly trouble: Trouble }
  | { readonly what: 'asked-second'; readonly action: RequestAction; readonly by: Named; readonly about: string }
  | {
      readonly what: 'request-over';
      readonly action: RequestAction;
      readonly about: string;
      readonly outcome: 'confirmed' | 'refused' | 'expired';
    }
  | { readonly what: 'silenced'; readonly silenced: Silenced } // alert: an office switched off what is yours
  | { readonly what: 'asked'; readonly asked: Asked } // alert: you are asked to switch something on
  | { readonly what: 'floor-yours' } // alert
  | { readonly what: 'floor'; readonly person: Named } // somebody else has it now
  | { readonly what: 'floor-free' }
  | { readonly what: 'hand'; readonly place: number } // your place on the speaker list; 0: you left it
  | { readonly what: 'suspended' } // alert
  | { readonly what: 'resumed' } // alert
  /** An entry that is told as it stands in the proceedings. */
  | { readonly what: 'entry'; readonly entry: Entry }
  | { readonly what: 'item'; readonly item: Pick<Item, 'id' | 'title'>; readonly opened: boolean }
  | { readonly what: 'doors'; readonly doors: Doors } // alert
  | { readonly what: 'aside'; readonly item: Pick<Item, 'id' | 'title'> } // alert: it is handled without you
  | { readonly what: 'aside-over' } // you are back
  | { readonly what: 'guest-out' } // alert: you wait again
  | { readonly what: 'record-broken' } // alert: see State.record
  | { readonly what: 'line-lost' } // alert
  | { readonly what: 'line-back' }
  | { readonly what: 'server-restarted' }
  | { readonly what: 'said'; readonly name: string } // somebody wrote to you
  | { readonly what: 'invited-to-talk'; readonly name: string; readonly kind: 'private' | 'caucus' }
  | { readonly what: 'alarm'; readonly alarm: Alarm } // alert: the keys are not as they should be
  | { readonly what: 'code-differs' } // alert
  | { readonly what: 'pinned'; readonly person: Named; readonly on: boolean } // by the person's own press
  | { readonly what: 'captions'; readonly on: boolean }
  | { readonly what: 'power'; readonly low: boolean } // this machine does not keep up, or does again
  | { readonly what: 'speaker-gone' } // the chosen loudspeaker is, sound comes from another
  | { readonly what: 'silent' } // the microphone is on and gives nothing
  | { readonly what: 'media-lost' } // the media process died, it comes back by itself
  | { readonly what: 'error'; readonly code: ErrorCode }; // something you asked for did not happen

export interface Notice {
  /** Rises with each notice, so that the same sentence twice is announced twice. */
  readonly id: number;
  readonly news: News;
  /** true: role=alert; otherwise polite. */
  readonly urgent: boolean;
}

/** Whether this machine keeps up with the pictures; see update/power.ts. In seconds. */
export interface Power {
  /** Pictures are left out because it does not. */
  readonly low: boolean;
  /** How many more seconds were late than smooth. */
  readonly late: number;
  /** In low power: smooth seconds, and how many of them end it. */
  readonly calm: number;
  readonly until: number;
  /** For so long it is left to the person. */
  readonly spared: number;
}

/** What the live regions hold, and what waits to be told politely. */
export interface Speech {
  /** One announcement: a sentence each. */
  readonly polite: readonly Notice[];
  /** It was made less than a pause ago. */
  readonly pausing: boolean;
  readonly waiting: readonly Notice[];
  /** Each is read out when it appears. */
  readonly urgent: readonly Notice[];
  /** What has this id, or a smaller one, leaves the urgent region at the next turn. */
  readonly stood: number;
}

export interface State {
  readonly phase: Phase;
  /** Of the interface. */
  readonly language: Language;
  readonly preferences: Preferences;
  /** What this browser cannot do; not empty only with problem `browser`. */
  readonly lacks: readonly Lack[];
  /** Whether a screen can be shared here (no phone can); without it the share button is not drawn. */
  readonly canShare: boolean;
  /** Whether the page may choose the loudspeaker. */
  readonly canChooseSpeaker: boolean;
  /** Whether a small window of ours can stand above the others; without it nothing is offered. */
  readonly canFloat: boolean;

  /** The secret of the link; in memory only, and gone as soon as it has become a seat. */
  readonly token: string | null;
  /** What the clerk signed in the link; null: nothing. */
  readonly invitation: string | null;
  /** The seat of this tab; null before the link was redeemed. */
  readonly seat: string | null;
  /** The meeting's id from the address or the seat, known before `meeting` is. */
  readonly meetingId: string | null;
  /** The person at this keyboard; id 0 until the server said `welcome`. null before the seat is known. */
  readonly self: { readonly id: PersonId; readonly name: string; readonly office: Office } | null;
  /** The address of the account that took this seat; null: a link alone did. */
  readonly account: string | null;
  /** null until `welcome`. */
  readonly meeting: Meeting | null;

  readonly line: Line;
  readonly media: Media;

  /** Everyone inside, yourself included, in the server's order. Empty unless inside. */
  readonly people: readonly Person[];
  /** Who waits in the lobby; for clerk and chair, otherwise empty. */
  readonly waiting: readonly Waiting[];
  /** Waiting people whose admission was pressed and not yet answered: their button is busy. */
  readonly admitting: readonly PersonId[];
  /** Which receive line carries whom. For "is there a picture of P?" use pictureOf() of select.ts. */
  readonly slots: readonly Slot[];
  /** Who speaks at this moment, measured from the sound this client plays (and its own microphone). */
  readonly speaking: readonly PersonId[];
  /** Who spoke last, the latest first; for the pictures of a large meeting. */
  readonly spoke: readonly PersonId[];
  /** Whom this person keeps in view, in the order of pinning; nobody else knows. */
  readonly pins: readonly PersonId[];
  /** Whose picture has stood still for more than 2 s although it should move. */
  readonly frozen: readonly PersonId[];
  /** Lines, by mid, on which for 3 s nothing came that could be opened, although their person sends. */
  readonly quiet: readonly string[];
  /** Whose camera picture arrives and has been decoded: before that a tile shows initials. */
  readonly pictured: readonly PersonId[];
  /** How good the connection is, over the last seconds; null before the first measurement. */
  readonly quality: Quality | null;
  readonly power: Power;
  /** The proceedings, oldest first, rising `seq`. */
  readonly entries: readonly Entry[];
  readonly requests: readonly OpenRequest[];
  readonly floor: FloorState;
  /** The speaker list, the next one first. */
  readonly speakers: readonly PersonId[];
  /** Not null: nobody is heard or seen. `startedAt` on the clock of State.now. */
  readonly suspended: (Suspension & { readonly startedAt: number }) | null;
  readonly faults: readonly Fault[];
  readonly silenced: Silenced | null;
  readonly asked: Asked | null;
  /** Keys, room code, conversations. */
  readonly secrecy: Secrecy;
  /** The agenda. Empty in a meeting that has none. */
  readonly items: readonly Item[];
  readonly session: SessionState;
  /** TURN servers of the house, for the next media connection. */
  readonly relays: readonly Relay[];
  /**
   * Whether the server keeps to what it signed of the proceedings, as far as this browser has seen. `size`: how many
   * entries were held against what was seen before. Kept outside of the room too.
   */
  readonly record: {
    readonly status: 'none' | 'checking' | 'checked' | 'broken';
    readonly size: number;
    readonly fault: RecordFault | null;
    /** Two contradicting signatures of the server, as a file; null when there is none. */
    readonly proof: string | null;
  };

  /** The person's own sources, as wanted and as they are. */
  readonly own: Readonly<Record<SourceName, OwnSource>>;
  /** The microphone is on and has given nothing but silence for a while: switched off on itself, or broken. */
  readonly silent: boolean;
  /** Own microphone level, 0 to 10, about ten times a second while it is live. */
  readonly level: number;
  readonly devices: Devices;
  /** The browser refuses to play sound before a press: show a button that sends `allow-sound`. */
  readonly soundBlocked: boolean;
  /** The test sound for the loudspeaker is playing. */
  readonly testing: boolean;
  /** Hearing oneself through the server, in the lobby. */
  readonly sound: SoundCheck;
  /** Rises when a stream that port.streamOf() gives has changed, so that a view knows to ask again. */
  readonly streams: number;

  /** The selected tab of the panel. */
  readonly panel: Panel;
  /** On a narrow screen: the panel lies over the small tiles as a sheet. A wide screen shows the panel always. */
  readonly sheet: boolean;
  /** The small window is open, or opening. */
  readonly small: boolean;
  readonly dialog: Dialog | null;
  readonly notice: Notice | null;
  readonly speech: Speech;
  /** The id of the latest notice, also when it is no longer shown. */
  readonly lastNotice: number;
  /** Of the last event that told the time; ticks once a second while something counts down or a line is lost. */
  readonly now: number;
  /** The `second` timer is running. */
  readonly ticking: boolean;
}
