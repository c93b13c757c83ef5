// SPDX-License-Identifier: EUPL-1.2
// A clerk convenes a body, and hands out the invitations: the server sends no mail.

import type { Answer, Invitation, RosterAnswer } from './api';
import type { Draft, PersonEvent, WorldEvent } from './event';
import { bound } from './home';
import { type BodyList, clerkOf, type Convene, type FormWrong } from './state';
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
  const { title, substitute } = draft;
  const result = { id: '', title, body, starts, substitute, invitations: [], signed: false, shown: null };
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
  const substitute = s.page.result?.body === body.name ? s.page.result.substitute : null;
  return [{ ...s, asking: '/api/roster' }, [{ do: 'look-at-roster', email: me.email, body, answer, substitute }]];
}

const UNKEPT = { what: 'form', field: 'roster', why: 'unkept' } as const;

type RosterEvent = Extract<WorldEvent, { type: 'roster-looked' | 'roster-signed' | 'invitations-signed' }>;

/** The key behind the list is this clerk's, as this device has it. */
const own = ({ standing }: BodyList): boolean => standing === 'same' || standing === 'changed';

/** Links are handed out with the signature of whoever signed the list. */
function rosterLooked(s: At<Convene>, list: BodyList): Step {
  const { me, result } = s.page;
  const next = withPage(s, { roster: list });
  if (me === null || result === null || result.signed || result.invitations.length === 0) return same(next);
  if (result.body !== list.name || !own(list)) return same(next);
  return [next, [{ do: 'sign-invitations', email: me.email, meeting: result }]];
}

/** New links may have been made meanwhile; those are signed when their turn comes. */
function invitationsSigned(s: At<Convene>, signed: readonly Invitation[]): Step {
  const { result } = s.page;
  const now = result?.invitations ?? [];
  const theirs = now.length === signed.length && now.every(({ link }, at) => signed[at]?.link.startsWith(`${link}.`));
  if (result === null || !theirs) return same(s);
  return same(withPage(s, { result: { ...result, invitations: signed, signed: true } }));
}

export function rosterEvent(s: At<Convene>, e: RosterEvent): Step {
  const idle = { ...s, asking: null };
  if (e.type === 'invitations-signed')
    return e.invitations === null ? same({ ...s, trouble: UNKEPT }) : invitationsSigned(s, e.invitations);
  if (e.type === 'roster-looked')
    return e.list === null ? same({ ...idle, trouble: UNKEPT }) : rosterLooked(idle, e.list);
  return e.letters === null ? same({ ...idle, trouble: UNKEPT })
    : follow(s, '/api/roster', { body: s.page.looking, roster: e.letters });
}

/** Nothing is signed by it: the clerk does, below. */
function named(list: BodyList, account: string, substitute: boolean): BodyList {
  const people = list.people.map((p) => (p.account === account ? { ...p, substitute } : p));
  return { ...list, people, standing: list.standing === 'same' ? 'changed' : list.standing };
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
    case 'name-substitute':
      return page.roster === null || s.asking !== null ? same(s) : same(withPage(s, {
        roster: named(page.roster, e.account, e.named),
      }));
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
      const result = { id, title, body, starts, substitute: null, invitations: [], signed: false, shown: null };
      return same(withPage(s, { result }));
    }
    case '/api/convene':
    case '/api/invitations':
      return result === null ? same(s) : handedOut(withPage(s, {
        result: { ...result, id: a.value.meeting, invitations: a.value.invitations, signed: false, shown: null },
      }), result.body);
    case '/api/roster':
      return rosterCame(s, a.value);
    default:
      return same(s);
  }
}
