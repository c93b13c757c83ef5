// SPDX-License-Identifier: EUPL-1.2
// Everything that can happen to the client. A view sends only PersonEvents; the rest comes from app.ts.
// `now` is in milliseconds of a monotonic clock.

import type { Preferences, Shortcut } from './preferences';
import type {
  Device, Devices, Dialog, Lack, Language, Panel, Quality, ReasonedRight, RecordFault, SettingsPage,
  SoundVerdict, Trouble,
} from './state';
import type { Second } from './update/power';
import type { TalkEvent, Told, Uninvited } from './update/secrecy';
import type { Drawn, PersonId, Reason, Role, Seat, SeatError, ServerMessage, SourceName } from './wire/messages';

/** The dialogs that need nothing to be opened with. */
export type PlainDialog = Exclude<
  Dialog['name'],
  'turn-away' | 'admit' | 'person' | 'right' | 'link' | 'clear-fault' | 'presence' | 'settings' | ItemDialog
>;
/** The dialogs about an item of the agenda. */
export type ItemDialog = 'recuse' | 'doors-open' | 'note-recusal';

/** What the person at the screen does. */
export type PersonEvent =
  /** Ask to come in; for chair and clerk: open the meeting, or enter. */
  | { readonly type: 'join' }
  | { readonly type: 'stop-waiting' }
  /** Own microphone, camera or screen on or off. `screen` brings its sound along where the browser offers it. */
  | { readonly type: 'toggle'; readonly source: 'microphone' | 'camera' | 'screen' }
  | { readonly type: 'choose-device'; readonly kind: 'microphone' | 'camera' | 'speaker'; readonly id: string }
  /** Play the test sound on the chosen loudspeaker. */
  | { readonly type: 'test-sound' }
  /** Hear through the server how the own microphone sounds. */
  | { readonly type: 'check-sound' }
  /** After `soundBlocked`. */
  | { readonly type: 'allow-sound' }
  /** A guest outside of their item is asked about first: see Dialog `admit`. */
  | { readonly type: 'admit'; readonly person: PersonId; readonly reason?: Reason }
  | { readonly type: 'leave' }
  /** From an `over` screen: back to the lobby with the same seat, taking over from another tab if need be. */
  | { readonly type: 'come-back' }
  /** From a problem screen, or instead of waiting for the next try to connect. */
  | { readonly type: 'try-again' }
  | { readonly type: 'confirm'; readonly request: number }
  | { readonly type: 'refuse'; readonly request: number }
  | { readonly type: 'language'; readonly language: Language }
  /** Chooses something for this browser, at once and for later. */
  | { readonly type: 'prefer'; readonly preferences: Partial<Omit<Preferences, 'keys'>> }
  /** A page of the settings. */
  | { readonly type: 'settings'; readonly page: SettingsPage }
  /** Waits for a new key, gives up waiting (null), and the key that was pressed. */
  | { readonly type: 'rebind'; readonly shortcut: Shortcut | null }
  | { readonly type: 'bind'; readonly key: string }
  /** Keeps somebody in view, or no longer so. */
  | { readonly type: 'pin'; readonly person: PersonId }
  /** Opens the small window, or closes it. */
  | { readonly type: 'small' }
  /** Selects the tab, and opens the sheet on a narrow screen. */
  | { readonly type: 'panel'; readonly panel: Panel }
  | { readonly type: 'sheet-closed' }
  | { readonly type: 'open-dialog'; readonly dialog: PlainDialog }
  /** What may be done about somebody, or one right over them. */
  | { readonly type: 'open-person'; readonly person: PersonId }
  | { readonly type: 'open-right'; readonly right: ReasonedRight; readonly person: PersonId }
  | { readonly type: 'open-clear-fault'; readonly fault: number }
  | { readonly type: 'open-turn-away'; readonly person: PersonId }
  | { readonly type: 'close-dialog' }
  /** Joins or leaves the speaker list. */
  | { readonly type: 'hand' }
  /** The speech is over: by who has the floor, or by clerk and chair. */
  | { readonly type: 'floor-end' }
  | { readonly type: 'give-floor'; readonly person: PersonId }
  | { readonly type: 'restore-floor'; readonly person: PersonId }
  /** One place up (-1) or down (1) on the speaker list. */
  | { readonly type: 'move-speaker'; readonly person: PersonId; readonly by: -1 | 1 }
  | { readonly type: 'resume' }
  /** The bulletin about what was switched off, or what is asked, was read; nothing else happens. */
  | { readonly type: 'silenced-read' }
  | { readonly type: 'asked-read' }
  /** These close the dialog as well. */
  | {
      readonly type: 'use-right';
      readonly right: ReasonedRight;
      readonly person: PersonId;
      readonly reason: Reason;
    }
  | {
      readonly type: 'invite';
      readonly name: string;
      readonly email: string;
      readonly office: 'member' | 'guest';
      readonly reason: Reason;
    }
  | { readonly type: 'suspend'; readonly reason: Reason }
  | { readonly type: 'fault'; readonly note: string }
  | { readonly type: 'clear-fault'; readonly fault: number; readonly reason: Reason }
  | { readonly type: 'object'; readonly note: string }
  /** These two close the dialog as well. The reason is complete: reasonOf() of select.ts made it. */
  | { readonly type: 'turn-away'; readonly person: PersonId; readonly reason: Reason }
  | { readonly type: 'end'; readonly reason: Reason }
  /** Conversations and the room code. */
  | TalkEvent
  /** What needs no more than the item. `recuse` closes its dialog. */
  | {
      readonly type: 'item';
      readonly act: 'item-open' | 'item-close' | 'doors-close' | 'declare-alone' | 'recuse';
      readonly item: number;
    }
  | { readonly type: 'open-item-dialog'; readonly dialog: ItemDialog; readonly item: number }
  | { readonly type: 'open-presence'; readonly person: PersonId }
  /** These three close the dialog as well. */
  | { readonly type: 'doors-open'; readonly item: number; readonly reason: Reason }
  | {
      readonly type: 'note-recusal';
      readonly item: number;
      readonly person: PersonId;
      readonly reason: Reason;
      readonly contested: boolean;
    }
  | {
      readonly type: 'note-presence';
      readonly person: PersonId;
      readonly present: boolean;
      readonly reason: Reason;
    }
  /** The notice was read or closed. */
  | { readonly type: 'notice-read' };

/** What the world does. */
export type WorldEvent =
  /** The page was loaded. `token` from /j#TOKEN, `meeting` from /m/ID, `seat` from this tab's storage. */
  | {
      readonly type: 'loaded';
      readonly now: number;
      readonly token: string | null;
      /** What the clerk signed in the link, now or when this tab came by it. */
      readonly invitation: string | null;
      readonly meeting: string | null;
      readonly seat: string | null;
      readonly language: Language;
      readonly lacks: readonly Lack[];
      readonly canShare: boolean;
      readonly canChooseSpeaker: boolean;
      readonly canFloat: boolean;
    }
  | { readonly type: 'seat'; readonly now: number; readonly seat: Seat }
  /** `error` null: no answer, or one that makes no sense. */
  /** The link is a member's: they sign in, and enter from their meetings. */
  | { readonly type: 'sign-in'; readonly meeting: string }
  | { readonly type: 'no-seat'; readonly now: number; readonly error: SeatError | null }
  | { readonly type: 'line-open'; readonly now: number }
  | { readonly type: 'line-closed'; readonly now: number }
  | { readonly type: 'received'; readonly now: number; readonly message: ServerMessage }
  | { readonly type: 'timer'; readonly now: number; readonly timer: Timer }
  /** The network of this machine came back, or changed. */
  | { readonly type: 'online'; readonly now: number }
  /** The network of this machine is gone; the browser would find out much later. */
  | { readonly type: 'offline'; readonly now: number }
  /** A device started. With `screen`, `sound` says whether its sound came along. */
  | { readonly type: 'captured'; readonly source: 'microphone' | 'camera' | 'screen'; readonly sound: boolean }
  | { readonly type: 'not-captured'; readonly source: 'microphone' | 'camera' | 'screen'; readonly trouble: Trouble }
  /** A device stopped by itself. */
  | { readonly type: 'source-ended'; readonly source: SourceName }
  | { readonly type: 'level'; readonly level: number }
  | {
      readonly type: 'devices';
      readonly microphones: readonly Device[];
      readonly cameras: readonly Device[];
      readonly speakers: readonly Device[];
    }
  /** The person's choices of an earlier visit. */
  | {
      readonly type: 'preferred';
      readonly devices: Pick<Devices, 'microphone' | 'camera' | 'speaker'>;
      readonly preferences: Preferences;
    }
  /** The own microphone has given nothing for a while, or sounds again. */
  | { readonly type: 'silent'; readonly silent: boolean }
  /** The PeerConnection changed its mind. `failed` also when an offer could not be made or an answer not be used. */
  | { readonly type: 'media'; readonly now: number; readonly status: 'connected' | 'disconnected' | 'failed' }
  /** Our side of a media connection is ready to be sent. */
  | {
      readonly type: 'offered';
      readonly now: number;
      readonly sdp: string;
      readonly roles: Readonly<Record<string, Role>>;
      readonly restart: boolean;
    }
  | { readonly type: 'speaking'; readonly people: readonly PersonId[] }
  | {
      readonly type: 'watched';
      readonly frozen: readonly PersonId[];
      readonly pictured: readonly PersonId[];
      /** Lines, by mid, that should bring something and do not. */
      readonly quiet: readonly string[];
    }
  | { readonly type: 'quality'; readonly quality: Quality }
  /** How well this machine kept up with the pictures for a second. */
  | { readonly type: 'kept-up'; readonly second: Second }
  /** How large each receive line is drawn now, said whole. */
  | { readonly type: 'drawn'; readonly lines: readonly Drawn[] }
  | { readonly type: 'streams-changed' }
  /** By the person or the browser, or it could not be opened. */
  | { readonly type: 'small-closed' }
  | { readonly type: 'sound-blocked'; readonly blocked: boolean }
  | { readonly type: 'test-sound-over' }
  | { readonly type: 'sound-check-offered'; readonly sdp: string }
  | { readonly type: 'sound-checked'; readonly verdict: SoundVerdict }
  /** From the keys worker. */
  | { readonly type: 'keys'; readonly now: number; readonly told: Told | Uninvited }
  /** The key of this person opened what the line carries; null: nobody's does any more. */
  | { readonly type: 'opened'; readonly mid: string; readonly person: PersonId | null }
  /** Lines that bring nothing but what cannot be opened. */
  | { readonly type: 'undecryptable'; readonly mids: readonly string[] }
  /** The watchdog found that sound or picture would leave without a seal; it was stopped. */
  | { readonly type: 'unsealed' }
  /** The keeper of the record needs the proof that an earlier head is a beginning of the new one. */
  | { readonly type: 'proof-wanted'; readonly from: number; readonly epoch: number }
  /** The head of this size is signed, and follows all that were seen before. */
  | { readonly type: 'record-kept'; readonly size: number }
  | { readonly type: 'record-broken'; readonly fault: RecordFault; readonly proof: string | null };

export type Event = PersonEvent | WorldEvent;

export type Timer =
  /** The next try to open the line. */
  | 'line'
  /** The media connection was `disconnected` for too long: restart ICE. */
  | 'media-restart'
  /** Neither answer nor connection: make a new media connection. */
  | 'media-anew'
  /** The notice has stood long enough. */
  | 'notice'
  /** The next announcement of the polite live region may come; what stands in the urgent one has been read. */
  | 'polite'
  | 'urgent'
  /** Once a second while something counts. */
  | 'second';
