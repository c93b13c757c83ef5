// SPDX-License-Identifier: EUPL-1.2
// What the frames worker is told and tells. Types only.
// Invariant: keys travel on the port between the two workers alone; nothing that the page sends or gets holds one.

import type { SlotSource, SourceName } from '../../wire/messages';

/** Upper bits of a key id; 8 to 11 are kept for the sound and picture of caucuses. */
export const CONTEXTS = { microphone: 0, camera: 1, screen: 2, screen_sound: 3 } as const;
export type Context = (typeof CONTEXTS)[SourceName];

/** What a receive line is for; it decides which context may come on it. */
export type OpeningRole = 'audio' | 'video' | Extract<SlotSource, 'screen' | 'screen-sound'>;

/** From the keys worker, over the port. Only one frames worker of a page may ever be given an epoch's key. */
export type KeysMessage =
  | {
      readonly type: 'epoch';
      readonly group: 'meeting';
      /** Of the MLS group. The last one told is the current one, whatever its number. */
      readonly epoch: number;
      /** MLS-Exporter("SFrame 1.0 Base Key", "", 16). The receiver overwrites it; so does the sender its own. */
      readonly baseKey: Uint8Array<ArrayBuffer>;
      /** Our own leaf. */
      readonly own: number;
      /** Every leaf of this epoch, our own included; at most 256, numbered below 256. */
      readonly leaves: readonly number[];
      /** For how many milliseconds frames of the epochs before are still opened. */
      readonly keepFormer: number;
      /** Leaves of the epochs before that were cut: nothing of theirs is opened any more. Numbers may be reused. */
      readonly gone: readonly number[];
    }
  /** Nothing is sealed until `go` or the next epoch. Opening goes on. */
  | { readonly type: 'stop'; readonly why: string }
  | { readonly type: 'go' }
  /** We are not in the group any more: every key is thrown away. Counters are not, should we come back. */
  | { readonly type: 'forget' };

/** What the worker finds in `transformer.options`. `line` is a number of the page's, never used twice. */
export type LineOptions =
  | { readonly direction: 'seal'; readonly line: number; readonly source: SourceName }
  | { readonly direction: 'open'; readonly line: number; readonly role: OpeningRole };

/** From the page. */
export type PageMessage =
  | { readonly type: 'keys-port'; readonly port: MessagePort }
  | { readonly type: 'count'; readonly turn: number }
  | { readonly type: 'forget'; readonly lines: readonly number[] };

/** Why a frame was not sealed. `empty` is no fault. */
export type Unsealed = 'empty' | 'no-key' | 'stopped' | 'codec' | 'worn-out' | 'broken';

/** Why a frame was not opened. The first two are no fault: padding, and what was sent twice. */
export type Unopened =
  | 'empty'
  | 'replayed'
  /** No SFrame, or none that we would have made. A frame in the clear is here. */
  | 'malformed'
  /** Its key did not come in time. */
  | 'no-key'
  /** Of an epoch that is not kept any more. */
  | 'old-key'
  /** Its leaf is not in the epoch, was cut, or is our own. */
  | 'leaf'
  /** Sound where a picture belongs, a camera where the screen belongs. */
  | 'context'
  | 'codec'
  /** It was altered, or sealed with another key. */
  | 'forged'
  /** More wait for their key than may. */
  | 'full';

export interface SealCount {
  readonly direction: 'seal';
  readonly sealed: number;
  readonly failed: Readonly<Partial<Record<Unsealed, number>>>;
}

export interface OpenCount {
  readonly direction: 'open';
  readonly opened: number;
  readonly failed: Readonly<Partial<Record<Unopened, number>>>;
  /** How many had to wait for their key. */
  readonly held: number;
  /** Nothing but undecryptable frames for 3 s, and they still come. */
  readonly failing: boolean;
}

/** By line. */
export type Counts = Readonly<Record<number, SealCount | OpenCount>>;

/** Whose key opened what a line carries now. A leaf's number means one person in one epoch only. */
export interface Opened {
  readonly leaf: number;
  readonly epoch: number;
  readonly context: Context;
}

/** To the page. */
export type WorkerMessage =
  /** When it changes, and once a second. */
  | ({ readonly type: 'opened'; readonly line: number } & Opened)
  | { readonly type: 'counts'; readonly turn: number; readonly lines: Counts };
