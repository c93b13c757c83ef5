// SPDX-License-Identifier: EUPL-1.2
// Which buttons a person is shown: the rows of RIGHTS.md that have one, for display only. The server decides alone
// (auth/rights.c); a button that is missing or too many here changes nothing of what anybody may do. Pure.

import type { ReasonedRight, State } from './state';
import type { Office, Person } from './wire/messages';

/** `alone`, or `second`: once a second office confirms. */
export type Verdict = 'no' | 'alone' | 'second';

export type Action =
  | 'admit'
  | 'new-link'
  | 'invite'
  | 'turn-away'
  | 'mute'
  | 'ask-on'
  | 'stop-share'
  | 'floor'
  | 'withdraw-floor'
  | 'remove-guest'
  | 'remove-member'
  | 'report-fault'
  | 'clear-fault'
  | 'suspend'
  | 'open-item'
  | 'doors-open'
  | 'doors-close'
  | 'note-recusal'
  | 'note-presence'
  | 'end';

type Row = Readonly<Record<Office, Verdict>>;

const ALONE: Row = { clerk: 'alone', chair: 'alone', member: 'no', guest: 'no' };
const SECOND: Row = { clerk: 'second', chair: 'second', member: 'no', guest: 'no' };

const ROWS: Readonly<Record<Action, Row>> = {
  'admit': ALONE,
  'new-link': ALONE,
  'invite': SECOND,
  'turn-away': ALONE,
  'mute': ALONE,
  'ask-on': ALONE,
  'stop-share': ALONE,
  'floor': ALONE,
  'withdraw-floor': { ...ALONE, clerk: 'no' },
  'remove-guest': ALONE,
  'remove-member': SECOND,
  'report-fault': { clerk: 'alone', chair: 'alone', member: 'alone', guest: 'alone' },
  'clear-fault': ALONE,
  'suspend': ALONE,
  'open-item': ALONE,
  'doors-open': SECOND,
  'doors-close': ALONE,
  'note-recusal': ALONE,
  'note-presence': ALONE,
  'end': SECOND,
};

export function verdict(office: Office, action: Action): Verdict {
  return ROWS[action][office];
}

export function may(s: State, action: Action): boolean {
  return s.phase.name === 'inside' && s.self !== null && verdict(s.self.office, action) !== 'no';
}

/** A guest is removed alone, everybody else once a second office confirms. */
export function removal(person: { readonly office: Office }): Action {
  return person.office === 'guest' ? 'remove-guest' : 'remove-member';
}

/** Chair and clerk are removed by nobody. */
function removable(person: { readonly office: Office }): boolean {
  return person.office === 'member' || person.office === 'guest';
}

/** What the menu of a person offers. */
export type PersonAction = ReasonedRight | 'give-floor' | 'restore-floor' | 'note-presence';

/** In the order of the menu: only what the office may do and what would change something at this moment. */
export function personActions(s: State, p: Person): readonly PersonAction[] {
  if (s.self === null || s.self.id === p.id) return [];
  const withdrawn = p.hush === 'floor-withdrawn';
  const offered: readonly (readonly [PersonAction, Action, boolean])[] = [
    ['give-floor', 'floor', s.floor.person !== p.id],
    ['restore-floor', 'floor', withdrawn],
    ['mute', 'mute', p.sources.microphone],
    ['ask-microphone', 'ask-on', !p.sources.microphone],
    ['ask-camera', 'ask-on', !p.sources.camera],
    ['stop-share', 'stop-share', p.sources.screen],
    ['withdraw-floor', 'withdraw-floor', !withdrawn],
    ['new-link', 'new-link', p.connection === 'reconnecting'],
    ['note-presence', 'note-presence', true],
    ['remove', removal(p), removable(p)],
  ];
  return offered.flatMap(([what, action, useful]) => (useful && may(s, action) ? [what] : []));
}

/** The right that a reasoned act is. */
export function actionOf(right: ReasonedRight, person: { readonly office: Office }): Action {
  switch (right) {
    case 'ask-microphone':
    case 'ask-camera':
      return 'ask-on';
    case 'remove':
      return removal(person);
    case 'mute':
    case 'stop-share':
    case 'withdraw-floor':
    case 'new-link':
      return right;
  }
}
