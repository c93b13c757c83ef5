// SPDX-License-Identifier: EUPL-1.2
// The door of the pages that ask who one is: passkey first, then the provider of the house, password and code, and a
// recovery code, after which a new passkey is made at once.

import type { Answer } from './api';
import type { Event, PersonEvent } from './event';
import type { State } from './state';
import { asks, same, type Step, follow } from './step';

/** The page's own beginning, once the door is open. */
export type Begin = (s: State) => Step;

export function gatePerson(s: State, e: PersonEvent): Step {
  switch (e.type) {
    case 'way':
      return s.gate.name === 'closed' && s.asking === null
        ? [{ ...s, gate: { name: 'closed', way: e.way }, trouble: null }, []] : same(s);
    case 'sign-in-passkey':
      return asks(s, '/api/sign-in', {});
    case 'sign-in-provider':
      return asks(s, '/api/sign-in/oidc/begin', {});
    case 'sign-in-password':
      return asks(s, '/api/sign-in/password', { email: e.email, password: e.password, code: e.code });
    case 'sign-in-recovery':
      return asks(s, '/api/sign-in/recovery', { email: e.email, recovery: e.recovery });
    default:
      return same(s);
  }
}

export function gateShown(s: State, e: Extract<Event, { type: 'key-shown' }>): Step {
  return follow(s, '/api/sign-in/passkey', { credential: e.shown });
}

/** Null when the answer is none of the door's. */
export function gateAnswered(s: State, a: Answer, begin: Begin): Step | null {
  switch (a.path) {
    case '/api/sign-in':
      return [{ ...s, asking: 'key' }, [{ do: 'show-key', ...a.value }]];
    case '/api/sign-in/oidc/begin':
      return [s, [{ do: 'leave', url: a.value.url }]];
    case '/api/sign-in/passkey':
    case '/api/sign-in/password':
    case '/api/sign-in/oidc':
      return begin({ ...s, gate: { name: 'open' }, reset: a.value.reset });
    case '/api/sign-in/recovery':
      return same({ ...s, gate: { name: 'renew', left: a.value.left }, reset: a.value.reset });
    default:
      return null;
  }
}

/** The session is over, or there was none. */
export function shut(s: State): State {
  return { ...s, gate: { name: 'closed', way: s.canPasskey ? 'passkey' : 'password' }, asking: null };
}
