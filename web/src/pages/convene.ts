// SPDX-License-Identifier: EUPL-1.2
// A clerk convenes a body, and hands out the invitations: the server sends no mail.

import type { Answer } from './api';
import type { Draft, PersonEvent } from './event';
import type { Convene, FormWrong } from './state';
import { type At, asks, same, type Step, follow, withPage } from './step';

export function convene(again: string | null): Convene {
  return { name: 'convene', again, me: null, items: [1], guests: [], next: 2, result: null };
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
  if (draft.substitute !== null && !isEmail(draft.substitute)) return { field: 'substitute', why: 'email' };
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

export function convenePerson(s: At<Convene>, e: PersonEvent): Step {
  const { page } = s;
  switch (e.type) {
    case 'add-row':
      return same(withPage(s, { [e.row]: [...page[e.row], page.next], next: page.next + 1 }));
    case 'remove-row':
      return same({ ...withPage(s, { [e.row]: page[e.row].filter((n) => n !== e.number) }), trouble: null });
    case 'convene':
      return send(s, e.draft, e.now);
    case 'invite-again':
      return page.again === null ? same(s) : asks(s, '/api/invitations', { meeting: page.again });
    case 'qr':
      return page.result === null ? same(s) : same(withPage(s, { result: { ...page.result, shown: e.email } }));
    default:
      return same(s);
  }
}

export function conveneAnswered(s: At<Convene>, a: Answer): Step {
  const { again, result } = s.page;
  switch (a.path) {
    case '/api/me': {
      const next = { ...withPage(s, { me: a.value }), gate: { name: 'open' } as const };
      return again === null ? same(next) : follow(next, '/api/meetings', {});
    }
    case '/api/meetings': {
      const meeting = a.value.meetings.find(({ id, office }) => id === again && office === 'clerk');
      if (meeting === undefined) return same(withPage(s, { again: null }));
      const { id, title, body, starts } = meeting;
      return same(withPage(s, { result: { id, title, body, starts, invitations: [], shown: null } }));
    }
    case '/api/convene':
    case '/api/invitations':
      if (result === null) return same(s);
      return same(withPage(s, {
        result: { ...result, id: a.value.meeting, invitations: a.value.invitations, shown: null },
      }));
    default:
      return same(s);
  }
}
