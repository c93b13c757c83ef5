// SPDX-License-Identifier: EUPL-1.2
// My meetings, and what I sign in with.

import type { Answer, Me } from './api';
import type { PersonEvent } from './event';
import { clerkOf, type Home, type State } from './state';
import { type At, asks, same, type Step, follow, withPage } from './step';

export function home(target: string | null, part: Home['part'] = 'meetings'): Home {
  return { name: 'home', part, me: null, meetings: null, target, removing: null, sessions: null };
}

export function homePerson(s: At<Home>, e: PersonEvent): Step {
  switch (e.type) {
    case 'part':
      return e.part === s.page.part ? same(s)
        : listed({ ...withPage(s, { part: e.part, removing: null, sessions: null }), trouble: null, done: null });
    case 'enter':
      return asks(s, '/api/enter', { meeting: e.meeting });
    case 'removing':
      return same(withPage(s, { removing: e.id }));
    case 'remove-passkey':
      return asks(withPage(s, { removing: null }), '/api/me/passkey/remove', { id: e.id });
    case 'end-session':
      return asks(s, '/api/me/sessions/end', { id: e.id });
    case 'end-other-sessions':
      return asks(s, '/api/me/sessions/end-others', {});
    default:
      return same(s);
  }
}

/** With the keys come the places where they were used; once whatever is under way is answered. */
function listed(s: At<Home>): Step {
  return s.page.part === 'keys' && s.page.sessions === null ? asks(s, '/api/me/sessions', {}) : same(s);
}

function known(s: At<Home>): Step {
  const { target } = s.page;
  return target === null ? follow(s, '/api/meetings', {})
    : follow(s, '/api/enter', { meeting: target });
}

/** The account learns which device this is, so that a clerk's roster may name it. */
export function bound(me: Me, [s, effects]: Step): Step {
  return [s, [{ do: 'bind-device', email: me.email, clerk: clerkOf(me).length > 0 }, ...effects]];
}

export function homeAnswered(s: At<Home>, a: Answer): Step {
  switch (a.path) {
    case '/api/me': {
      const next = { ...withPage(s, { me: a.value }), gate: { name: 'open' } as const };
      return bound(a.value, next.page.meetings === null ? known(next) : same(next));
    }
    case '/api/meetings':
      return listed(withPage(s, { meetings: a.value.meetings }));
    case '/api/me/sessions':
      return same(withPage(s, { sessions: a.value.sessions }));
    case '/api/me/sessions/end':
    case '/api/me/sessions/end-others':
      return finished(follow(s, '/api/me/sessions', {}), 'session-ended');
    case '/api/enter':
      return [s, [{ do: 'enter', seat: a.value.seat, meeting: a.value.meeting }]];
    case '/api/me/passkey/remove':
      return finished(follow(s, '/api/me', {}), 'passkey-removed');
    case '/api/me/passkey':
      return finished(follow(s, '/api/me', {}), 'passkey-added');
    default:
      return same(s);
  }
}

/** Whoever could not be brought to a meeting sees the list, and why. */
export function homeRefused(s: At<Home>, path: string): Step {
  if (path !== '/api/enter' || s.page.meetings !== null) return same(s);
  const [next, effects] = follow(withPage(s, { target: null }), '/api/meetings', {});
  return [{ ...next, trouble: s.trouble }, effects];
}

function finished([s, effects]: Step, done: State['done']): Step {
  return [{ ...s, done }, effects];
}
