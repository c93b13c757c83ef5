// SPDX-License-Identifier: EUPL-1.2
// The one function that changes the state of the pages. Pure: event in, new state and effects out.

import type { Language } from '../state';
import { administration, adminAnswered, adminPerson } from './admin';
import type { Answer, Path } from './api';
import { convene, conveneAnswered, convenePerson, rosterEvent } from './convene';
import { enrol, enrolAnswered, enrolBegin, enrolPerson, enrolRefused } from './enrol';
import type { Event, PersonEvent } from './event';
import { gateAnswered, gatePerson, gateShown, shut } from './gate';
import { home, homeAnswered, homePerson, homeRefused } from './home';
import { checkFiles, integrity, integrityEvent } from './integrity';
import type { Back, Convene, Home, Page, State } from './state';
import { type At, asks, same, type Step, follow } from './step';

export interface Place {
  readonly path: string;
  /** From /enrol#TOKEN. */
  readonly token: string | null;
  /** From ?meeting=ID. */
  readonly meeting: string | null;
  /** From ?part=keys, by which another page leads there. */
  readonly part: Home['part'];
  /** From ?code=…&state=… */
  readonly back: Back | 'no' | null;
}

function pageAt(place: Place): Page {
  switch (place.path) {
    case '/enrol':
      return enrol(place.token);
    case '/meetings/new':
      return convene(place.meeting);
    case '/admin':
      return administration();
    case '/integrity':
      return integrity();
    default:
      return home(place.meeting, place.part);
  }
}

export function initial(language: Language, place: Place, canPasskey: boolean): State {
  const page = pageAt(place);
  const free = page.name === 'enrol' || page.name === 'integrity';
  return {
    language, label: '', canPasskey, asking: null, trouble: null, done: null, gate: { name: free ? 'free' : 'asking' },
    reset: false, provider: false, back: place.back, page,
  };
}

/** Nothing of the person stays in the page. */
function emptied(s: State, target: string | null): State {
  switch (s.page.name) {
    case 'home':
      return { ...s, page: home(target) };
    case 'convene':
      return { ...s, page: convene(s.page.again) };
    case 'admin':
      return { ...s, page: administration() };
    case 'enrol':
    case 'integrity':
      return s;
  }
}

/** What a page asks first, and again after signing in. */
function begin(s: State): Step {
  switch (s.page.name) {
    case 'home':
    case 'convene':
    case 'admin':
      return follow(s, '/api/me', {});
    case 'enrol':
      return enrolBegin({ ...s, page: s.page });
    case 'integrity':
      return checkFiles({ ...s, page: s.page });
  }
}

function pagePerson(s: State, e: PersonEvent): Step {
  const { page } = s;
  switch (page.name) {
    case 'home':
      return homePerson({ ...s, page }, e);
    case 'enrol':
      return enrolPerson({ ...s, page }, e);
    case 'convene':
      return convenePerson({ ...s, page }, e);
    case 'admin':
      return adminPerson({ ...s, page }, e);
    case 'integrity':
      return integrityEvent({ ...s, page }, e);
  }
}

/** A new passkey for who is signed in: from the list of keys, or after a recovery code. */
function keyOfMine(s: State, label: string): Step {
  const [next, effects] = asks(s, '/api/me/passkey/begin', {});
  return effects.length === 0 ? same(s) : [{ ...next, label }, effects];
}

function pageAnswered(s: State, a: Answer): Step {
  const { page } = s;
  switch (page.name) {
    case 'home':
      return homeAnswered({ ...s, page }, a);
    case 'enrol':
      return enrolAnswered({ ...s, page }, a);
    case 'convene':
      return conveneAnswered({ ...s, page }, a);
    case 'admin':
      return adminAnswered({ ...s, page }, a);
    case 'integrity':
      return same(s);
  }
}

function answered(before: State, a: Answer): Step {
  const s = { ...before, asking: null, back: null };
  if (a.path === '/api/me/passkey/begin')
    return [{ ...s, asking: 'key' }, [{ do: 'make-key', offer: a.value.passkey }]];
  if (a.path === '/api/me/passkey' && s.gate.name === 'renew') return begin({ ...s, gate: { name: 'open' } });
  if (a.path === '/api/sign-out') return same({ ...shut(emptied(s, null)), done: 'signed-out' });
  return gateAnswered(s, a, begin) ?? pageAnswered(s, a);
}

function refused(before: State, e: Extract<Event, { type: 'refused' }>): Step {
  const { path, refusal } = e;
  const trouble = { what: 'refused', path, refusal } as const;
  if (refusal.code === 'signed-out') {
    // At the first visit this is no news.
    const target = before.page.name === 'home' ? before.page.target : null;
    const provider = refusal.provider === true;
    const news = before.gate.name === 'asking' ? null : trouble;
    const said = before.back === 'no' ? { what: 'provider' } as const : news;
    return same({ ...shut(emptied(before, target)), provider, back: null, trouble: said });
  }
  // There is a door to stand at again, and nobody has asked yet whether the provider is still there.
  if (path === '/api/sign-in/oidc') return same({ ...shut(before), provider: true, trouble });
  const s: State = { ...before, asking: null, trouble, done: null };
  const { page } = s;
  switch (page.name) {
    case 'home':
      return homeRefused({ ...s, page }, path);
    case 'enrol':
      return enrolRefused({ ...s, page }, path);
    case 'convene':
      return same(unsent({ ...s, page }, path));
    case 'admin':
    case 'integrity':
      return same(s);
  }
}

/** What was not convened has no invitations: the form stays as it was filled in. */
function unsent(s: At<Convene>, path: Path): State {
  return path === '/api/convene' ? { ...s, page: { ...s.page, result: null } } : s;
}

function keyMade(s: State, e: Extract<Event, { type: 'key-made' }>): Step {
  const { page } = s;
  if (page.name !== 'enrol') return follow(s, '/api/me/passkey', { credential: e.made, label: s.label });
  return follow(s, '/api/enrol/passkey', { token: page.token, credential: e.made, label: s.label });
}

/** What every page knows. */
function shared(s: State, e: PersonEvent): Step | null {
  switch (e.type) {
    case 'language':
      return [{ ...s, language: e.language }, [{ do: 'remember-language', language: e.language }]];
    case 'again':
      return begin(s);
    case 'wrong':
      return same({ ...s, trouble: { what: 'form', field: e.field, why: e.why }, done: null });
    case 'copy':
      return [{ ...s, done: null }, [{ do: 'copy', text: e.text }]];
    case 'save':
      return [{ ...s, done: 'saved' }, [{ do: 'save', name: e.name, kind: e.kind, text: e.text }]];
    case 'print':
      return [s, [{ do: 'print' }]];
    case 'add-passkey':
      return keyOfMine(s, e.label);
    case 'sign-out':
      return asks(s, '/api/sign-out', {});
    case 'way':
    case 'sign-in-passkey':
    case 'sign-in-provider':
    case 'sign-in-password':
    case 'sign-in-recovery':
      return gatePerson(s, e);
    default:
      return null;
  }
}

export function update(s: State, e: Event): Step {
  switch (e.type) {
    case 'loaded':
      if (s.back === null || s.back === 'no') return begin(s);
      return follow({ ...s, back: null }, '/api/sign-in/oidc', s.back);
    case 'answered':
      return answered(s, e.answer);
    case 'refused':
      return refused(s, e);
    case 'key-made':
      return keyMade(s, e);
    case 'key-shown':
      return gateShown(s, e);
    case 'no-key':
      return same({ ...s, asking: null, trouble: { what: 'key', why: e.why } });
    case 'roster-looked':
    case 'roster-signed':
    case 'invitations-signed':
      return s.page.name === 'convene' ? rosterEvent({ ...s, page: s.page }, e) : same(s);
    case 'copied':
      return same({ ...s, done: 'copied' });
    case 'files':
    case 'file':
    case 'files-done':
    case 'no-files':
      return s.page.name === 'integrity' ? integrityEvent({ ...s, page: s.page }, e) : same(s);
    default:
      return shared(s, e) ?? pagePerson(s, e);
  }
}
