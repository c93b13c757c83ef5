// SPDX-License-Identifier: EUPL-1.2
// What update() wants done in the world. Plain data; only app.ts carries it out.

import type { PageMessage } from './crypto/keys/messages';
import type { Timer } from './event';
import type { Preferences } from './preferences';
import type { Language } from './state';
import type { Head } from './wire/items';
import type { ClientMessage, PersonId, ServerMessage, Slot, Watched } from './wire/messages';

export type Captured = 'microphone' | 'camera' | 'screen';
/** What the browser does to the sound of the microphone. */
export type SoundWork = Pick<Preferences, 'noise' | 'echo' | 'gain'>;

export type Effect =
  /** POST /api/link. Answered by `seat` or `no-seat`. */
  | { readonly do: 'redeem'; readonly token: string }
  /** POST /api/resume, by seat or by meeting. Answered by `seat` or `no-seat`. */
  | { readonly do: 'resume'; readonly seat: string }
  | { readonly do: 'resume'; readonly meeting: string }
  /** Keeps seat and invitation in this tab and puts /m/ID in the address bar. */
  | {
      readonly do: 'remember-seat';
      readonly seat: string;
      readonly meeting: string;
      readonly invitation: string | null;
    }
  | { readonly do: 'forget-seat' }
  /** Leaves this page for the one where one signs in, which comes back to the meeting, where the invitation counts. */
  | { readonly do: 'sign-in'; readonly meeting: string; readonly invitation: string | null }
  | { readonly do: 'remember-language'; readonly language: Language }
  | { readonly do: 'remember-preferences'; readonly preferences: Preferences }
  | { readonly do: 'remember-device'; readonly kind: 'microphone' | 'camera' | 'speaker'; readonly id: string }
  /** Opens the WebSocket. Answered by `line-open`, and `line-closed` in any case. */
  | { readonly do: 'connect' }
  | { readonly do: 'disconnect' }
  | { readonly do: 'send'; readonly message: ClientMessage }
  /** Starts or restarts; answered by `timer`. */
  | { readonly do: 'timer'; readonly timer: Timer; readonly ms: number }
  /** The `line` timer, after a time that grows with the attempts and is scattered. */
  | { readonly do: 'retry-line'; readonly attempt: number }
  | { readonly do: 'stop-timer'; readonly timer: Timer }
  /** Answered by `captured` or `not-captured`, unless another `capture` or `release` of this source came after it. */
  | {
      readonly do: 'capture';
      readonly source: Captured;
      readonly device: string | null;
      readonly sound: SoundWork;
    }
  /** Stops the device and sends nothing more. `screen` takes its sound along. */
  | { readonly do: 'release'; readonly source: Captured }
  | { readonly do: 'list-devices' }
  /** Lays a new PeerConnection, the former one closed, and tells nobody: `open-media` may follow. */
  | { readonly do: 'prepare-media' }
  /** Lays a new PeerConnection, the former one closed; nobody is told, and `open-media` may follow. */
  | { readonly do: 'open-media' }
  /** An ICE restart of the PeerConnection. Answered by `offered`, or `media` `failed`. */
  | { readonly do: 'restart-media' }
  | { readonly do: 'answer'; readonly sdp: string }
  | { readonly do: 'close-media' }
  /** Which receive line carries whom. */
  | { readonly do: 'slots'; readonly slots: readonly Slot[]; readonly self: PersonId | null }
  /** Answered by `drawn`, also when nothing changed. */
  | { readonly do: 'measure' }
  /** Which layers of the own pictures somebody is being sent: the others need not be made. */
  | { readonly do: 'layers'; readonly watched: Watched }
  /** Smaller pictures of others, fewer a second of one's own; off: as large and as many as drawn and watched. */
  | { readonly do: 'economise'; readonly on: boolean }
  /** In the person's press: the browser allows it in no other. Answered by `small-closed` when it is gone again. */
  | { readonly do: 'open-small' }
  | { readonly do: 'close-small' }
  | { readonly do: 'speaker'; readonly device: string }
  | { readonly do: 'test-sound'; readonly device: string | null }
  /** Answered by `sound-check-offered`, then by `sound-checked`, unless it is stopped. */
  | { readonly do: 'check-sound' }
  | { readonly do: 'sound-check-answer'; readonly sdp: string }
  | { readonly do: 'stop-sound-check' }
  /** A short sound that asks for attention, on the chosen loudspeaker. */
  | { readonly do: 'chime'; readonly device: string | null }
  /** Called in the person's press: the browser then allows sound. */
  | { readonly do: 'allow-sound' }
  /** The keys worker of this seat, if there is none yet. Answered by `keys` with the device, and more. */
  | { readonly do: 'open-keys'; readonly holder: string }
  | { readonly do: 'keys'; readonly message: PageMessage }
  | { readonly do: 'close-keys' }
  /** Is it signed, and does it follow what was seen? Answered by `proof-wanted`, `record-kept` or `record-broken`. */
  | { readonly do: 'head'; readonly meeting: string; readonly head: Head }
  /** To the last `head`. Answered by `record-kept` or `record-broken`. */
  | { readonly do: 'proof'; readonly proof: Extract<ServerMessage, { type: 'proof' }> }
  | { readonly do: 'reload' };
