// SPDX-License-Identifier: EUPL-1.2
// What update() of the pages wants done in the world. Plain data; only hand.ts carries it out.

import type { Language } from '../state';
import type { Body, PasskeyOffer, Path, RosterAnswer } from './api';
import type { BodyList, Convened } from './state';

export type Effect =
  /** Answered by `answered` or `refused`. */
  | { readonly do: 'ask'; readonly path: Path; readonly body: object }
  /** Answered by `key-made` or `no-key`. */
  | { readonly do: 'make-key'; readonly offer: PasskeyOffer }
  /** Answered by `key-shown` or `no-key`. */
  | { readonly do: 'show-key'; readonly challenge: string; readonly rp: string }
  /** To the provider of the house, which sends the browser back. */
  | { readonly do: 'leave'; readonly url: string }
  | { readonly do: 'remember-language'; readonly language: Language }
  /** Keeps the seat in this tab and goes to the meeting. */
  | { readonly do: 'enter'; readonly seat: string; readonly meeting: string }
  /** Answered by `copied` when the browser allowed it. */
  | { readonly do: 'copy'; readonly text: string }
  | { readonly do: 'save'; readonly name: string; readonly kind: string; readonly text: string }
  /** Tells the account which device this is; nothing answers. */
  | { readonly do: 'bind-device'; readonly email: string; readonly clerk: boolean }
  /** Answered by `roster-looked`. */
  | {
      readonly do: 'look-at-roster';
      readonly email: string;
      readonly body: Body;
      readonly answer: RosterAnswer;
      /** Named for the meeting that was just convened. */
      readonly substitute: string | null;
    }
  /** Answered by `roster-signed`. */
  | { readonly do: 'sign-roster'; readonly email: string; readonly list: BodyList }
  /** Answered by `invitations-signed`. */
  | { readonly do: 'sign-invitations'; readonly email: string; readonly meeting: Convened }
  | { readonly do: 'print' }
  /** Answered by `files` and a `file` for each and `files-done`, or `no-files`. */
  | { readonly do: 'check-files' };
