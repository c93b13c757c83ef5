// SPDX-License-Identifier: EUPL-1.2
// A clerk convenes a body, and hands out the invitations: the server sends no mail.

import type { Answer, RosterAnswer } from './api';
import type { Draft, PersonEvent, WorldEvent } from './event';
import { bound } from './home';
import { clerkOf, type Convene, type FormWrong } from './state';
import { type At, asks, same, type Step, follow, withPage } from './step';

export function convene(again: string | null): Convene {
  return {
    name: 'convene', again, me: null, items: [1], guests: [], next: 2, members: null, result: null, looking: null,
    roster: null,
  };
}

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

export function isEmail(text: string): boolean {
  return EMAIL.test(text);
}

/** The first thing that is wrong with a draft. Pure. */
export function wrongIn(draft: Draft, now: number): { readonly field: string; readonly why: FormWrong } | null {
  const starts = Date.parse(draft.starts);
  if (draft.title === '') return { field: 'title', why: 'empty' };
  if (Number.isNaN(starts)) return { field: 'starts', why: 'moment' };
  if (starts < now) return { field: 'starts', why: 'past' };
  if (draft.items.length === 0) return { field: 'items', why: 'no-items' };
  const item = draft.items.findIndex(({ title }) => title === '');
  if (item >= 0) return { field: `item-${item}`, why: 'empty' };
  for (const [at, guest] of draft.guests.entries()) {
    if (guest.name === '') return { field: `guest-name-${at}`, why: 'empty' };
    if (!isEmail(guest.email)) return { field: `guest-email-${at}`, why: 'email' };
  }
  return null;
}

function send(s: At<Convene>, draft: Draft, now: number): Step {
  const wrong = wrongIn(draft, now);
  if (wrong !== null) return same({ ...s, trouble: { what: 'form', ...wrong } });
  const body = s.page.me?.bodies.find(({ id }) => id === draft.body)?.name ?? '';
  const starts = new Date(draft.starts).toISOString();
  const result = { id: '', title: draft.title, body, starts, invitations: [], shown: null };
  return asks(withPage(s, { result }), '/api/convene', { ...draft, starts, language: s.language });
}

function look(s: At<Convene>, body: string): Step {
  return s.asking === null ? asks(withPage(s, { looking: body }), '/api/roster', { body }) : same(s);
}

/** Who may stand in for the chair of this body. */
function members(s: At<Convene>, body: string): Step {
  return follow(withPage(s, { members: { body, people: null }, looking: null }), '/api/roster', { body });
}

/** The list came: it is shown before anything is signed. Or it was stored: it is looked at again. */
function rosterCame(s: At<Convene>, answer: RosterAnswer): Step {
  const { me, looking, members: choice } = s.page;
  if (looking === null && choice !== null) {
    const people = (answer.people ?? []).filter(({ office }) => office === 'member');
    return same(withPage(s, {
      members: { ...choice, people: people.map(({ account, name }) => ({ email: account, name })) },
    }));
  }
  const body = clerkOf(me).find(({ id }) => id === looking);
  if (me === null || body === undefined) return same(s);
  if (answer.people === null) return follow(s, '/api/roster', { body: body.id });
  return [{ ...s, asking: '/api/roster' }, [{ do: 'look-at-roster', email: me.email, body, answer }]];
}

const UNKEPT = { what: 'form', field: 'roster', why: 'unkept' } as const;

export function rosterEvent(s: At<Convene>, e: Extract<WorldEvent, { type: 'roster-looked' | 'roster-signed' }>): Step {
  const idle = { ...s, asking: null };
  if (e.type === 'roster-looked')
    return same(e.list === null ? { ...idle, trouble: UNKEPT } : withPage(idle, { roster: e.list }));
  return e.letters === null ? same({ ...idle, trouble: UNKEPT })
    : follow(s, '/api/roster', { body: s.page.looking, roster: e.letters });
}

export function convenePerson(s: At<Convene>, e: PersonEvent): Step {
  const { page } = s;
  switch (e.type) {
    case 'add-row':
      return same(withPage(s, { [e.row]: [...page[e.row], page.next], next: page.next + 1 }));
    case 'remove-row':
      return same({ ...withPage(s, { [e.row]: page[e.row].filter((n) => n !== e.number) }), trouble: null });
    case 'choose-body':
      return s.asking === null ? members(s, e.body) : same(s);
    case 'convene':
      return send(s, e.draft, e.now);
    case 'invite-again':
      return page.again === null ? same(s) : asks(s, '/api/invitations', { meeting: page.again });
    case 'look-roster':
      return look(s, e.body);
    case 'sign-roster':
      return page.roster === null || s.asking !== null ? same(s) : [
        { ...s, asking: '/api/roster', trouble: null, done: null },
        [{ do: 'sign-roster', email: page.me?.email ?? '', list: page.roster }],
      ];
    case 'qr':
      return page.result === null ? same(s) : same(withPage(s, { result: { ...page.result, shown: e.email } }));
    default:
      return same(s);
  }
}

/** With the invitations the clerk is shown whom this body's meetings will know by their devices. */
function handedOut(s: At<Convene>, name: string): Step {
  const body = clerkOf(s.page.me).find((b) => b.name === name);
  return body === undefined ? same(s) : look(s, body.id);
}

export function conveneAnswered(s: At<Convene>, a: Answer): Step {
  const { again, result } = s.page;
  switch (a.path) {
    case '/api/me': {
      const next = { ...withPage(s, { me: a.value }), gate: { name: 'open' } as const };
      const [first] = clerkOf(a.value);
      if (again !== null) return bound(a.value, follow(next, '/api/meetings', {}));
      return bound(a.value, first === undefined ? same(next) : members(next, first.id));
    }
    case '/api/meetings': {
      const meeting = a.value.meetings.find(({ id, office }) => id === again && office === 'clerk');
      if (meeting === undefined) return same(withPage(s, { again: null }));
      const { id, title, body, starts } = meeting;
      return same(withPage(s, { result: { id, title, body, starts, invitations: [], shown: null } }));
    }
    case '/api/convene':
    case '/api/invitations':
      return result === null ? same(s) : handedOut(withPage(s, {
        result: { ...result, id: a.value.meeting, invitations: a.value.invitations, shown: null },
      }), result.body);
    case '/api/roster':
      return rosterCame(s, a.value);
    default:
      return same(s);
  }
}
