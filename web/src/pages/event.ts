// SPDX-License-Identifier: EUPL-1.2
// What can happen to the pages. A view sends only PersonEvents; the rest comes from hand.ts.

import type { Language } from '../state';
import type { Answer, Invitation, Level, Office, Path, Refusal, Retention } from './api';
import type { Made, NoKey, Shown } from './passkey';
import type { BodyList, Checked, Confirmed, FormWrong, Section, Way } from './state';

/** What a clerk convenes, as the form gives it. */
export interface Draft {
  readonly body: string;
  readonly title: string;
  /** As <input type=datetime-local> gives it: the time of this device's clock. */
  readonly starts: string;
  readonly items: readonly DraftItem[];
  readonly guests: readonly { readonly name: string; readonly email: string }[];
  readonly substitute: string | null;
}

export interface DraftItem {
  readonly title: string;
  readonly convened: 'closed' | 'open';
  readonly guests: readonly { readonly email: string }[];
}

/** What an administrator does at once. */
export type Manage =
  | { readonly act: 'add-body'; readonly name: string }
  | { readonly act: 'add-user'; readonly user: NewUser }
  | { readonly act: 'import'; readonly csv: string }
  | { readonly act: 'add-admin'; readonly email: string; readonly level: Level }
  | { readonly act: 'retention'; readonly retention: Retention };

export interface NewUser {
  readonly name: string;
  readonly email: string;
  readonly body: string | null;
  readonly office: Office | null;
  readonly party: string | null;
}

export type PersonEvent =
  | { readonly type: 'language'; readonly language: Language }
  | { readonly type: 'again' }
  | { readonly type: 'wrong'; readonly field: string; readonly why: FormWrong }
  | { readonly type: 'way'; readonly way: Way }
  | { readonly type: 'sign-in-passkey' }
  | { readonly type: 'sign-in-password'; readonly email: string; readonly password: string; readonly code: string }
  | { readonly type: 'sign-in-recovery'; readonly email: string; readonly recovery: string }
  | { readonly type: 'sign-in-provider' }
  | { readonly type: 'sign-out' }
  | { readonly type: 'part'; readonly part: 'meetings' | 'keys' }
  | { readonly type: 'enter'; readonly meeting: string }
  | { readonly type: 'add-passkey'; readonly label: string }
  /** Asks for a confirmation; null takes the question back. */
  | { readonly type: 'removing'; readonly id: number | null }
  | { readonly type: 'remove-passkey'; readonly id: number }
  | { readonly type: 'end-session'; readonly id: number }
  | { readonly type: 'end-other-sessions' }
  | { readonly type: 'enrol-passkey'; readonly label: string }
  | { readonly type: 'enrol-password' }
  | { readonly type: 'enrol-back' }
  | { readonly type: 'enrol-with-password'; readonly password: string; readonly code: string }
  | { readonly type: 'codes-kept' }
  | { readonly type: 'add-row'; readonly row: 'items' | 'guests' }
  | { readonly type: 'remove-row'; readonly row: 'items' | 'guests'; readonly number: number }
  | { readonly type: 'choose-body'; readonly body: string }
  | { readonly type: 'convene'; readonly draft: Draft; readonly now: number }
  | { readonly type: 'invite-again' }
  | { readonly type: 'look-roster'; readonly body: string }
  | { readonly type: 'sign-roster' }
  | { readonly type: 'name-substitute'; readonly account: string; readonly named: boolean }
  | { readonly type: 'qr'; readonly email: string | null }
  | { readonly type: 'copy'; readonly text: string }
  | { readonly type: 'save'; readonly name: string; readonly kind: string; readonly text: string }
  | { readonly type: 'print' }
  | { readonly type: 'section'; readonly section: Section }
  | { readonly type: 'manage'; readonly manage: Manage }
  | { readonly type: 'confirming'; readonly what: Confirmed | null }
  | { readonly type: 'confirm'; readonly reason: string }
  | { readonly type: 'check-files' };

export type WorldEvent =
  | { readonly type: 'loaded' }
  | { readonly type: 'answered'; readonly answer: Answer }
  | { readonly type: 'refused'; readonly path: Path; readonly refusal: Refusal }
  | { readonly type: 'key-made'; readonly made: Made }
  | { readonly type: 'key-shown'; readonly shown: Shown }
  | { readonly type: 'no-key'; readonly why: NoKey }
  /** null: this browser keeps no key. */
  | { readonly type: 'roster-looked'; readonly list: BodyList | null }
  | { readonly type: 'roster-signed'; readonly letters: string | null }
  /** With the clerk's signature in their links; null: this browser keeps no key. */
  | { readonly type: 'invitations-signed'; readonly invitations: readonly Invitation[] | null }
  | { readonly type: 'copied' }
  | { readonly type: 'files'; readonly files: readonly Checked[] }
  | { readonly type: 'no-files' }
  | { readonly type: 'file'; readonly path: string; readonly found: string }
  | { readonly type: 'files-done' };

export type Event = PersonEvent | WorldEvent;
export type Act = (e: PersonEvent) => void;
