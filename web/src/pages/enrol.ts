// SPDX-License-Identifier: EUPL-1.2
// The first time: a one-time link leads to a passkey, or to a password with codes from an app, and to recovery codes.

import type { Answer } from './api';
import type { PersonEvent } from './event';
import type { Enrol } from './state';
import { type At, asks, same, type Step, withPage } from './step';

export function enrol(token: string | null): Enrol {
  return { name: 'enrol', token, step: 'opening', who: null, app: null, codes: [] };
}

export function enrolBegin(s: At<Enrol>): Step {
  return s.page.token === null ? same(s) : asks(s, '/api/enrol', { token: s.page.token });
}

export function enrolPerson(s: At<Enrol>, e: PersonEvent): Step {
  const { token, who, app } = s.page;
  switch (e.type) {
    case 'enrol-passkey':
      if (who === null || s.asking !== null) return same(s);
      return [
        { ...s, label: e.label, asking: 'key', trouble: null },
        [{ do: 'make-key', offer: who.passkey }],
      ];
    case 'enrol-password':
      return app === null ? asks(s, '/api/enrol/password/begin', { token })
        : same({ ...withPage(s, { step: 'password' }), trouble: null });
    case 'enrol-back':
      return same({ ...withPage(s, { step: 'welcome' }), trouble: null });
    case 'enrol-with-password':
      return asks(s, '/api/enrol/password', { token, password: e.password, code: e.code });
    case 'codes-kept':
      return same(withPage(s, { step: 'ready', codes: [] }));
    default:
      return same(s);
  }
}

export function enrolAnswered(s: At<Enrol>, a: Answer): Step {
  switch (a.path) {
    case '/api/enrol':
      return same(withPage(s, { who: a.value, step: 'welcome' }));
    case '/api/enrol/password/begin':
      return same(withPage(s, { app: a.value, step: 'password' }));
    case '/api/enrol/passkey':
    case '/api/enrol/password':
      return same(withPage(s, { codes: a.value.recovery, step: 'codes', token: null, app: null }));
    default:
      return same(s);
  }
}

/** A challenge serves once and not for long: after a refusal the next press needs a new one. */
export function enrolRefused(s: At<Enrol>, path: string): Step {
  if (path !== '/api/enrol/passkey') return same(s);
  const [next, effects] = asks(s, '/api/enrol', { token: s.page.token });
  return [{ ...next, trouble: s.trouble }, effects];
}
