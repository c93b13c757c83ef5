// SPDX-License-Identifier: EUPL-1.2
// What administrators do: they keep the server and its accounts, and have no way into a meeting. What a level may not
// do is not offered, and the server refuses it as well.

import { type Answer, type Level, LEVELS, type Path } from './api';
import type { Manage, PersonEvent } from './event';
import type { Administration, Confirmed, Section, State } from './state';
import { type At, asks, same, type Step, follow, withPage } from './step';

export function administration(): Administration {
  return {
    name: 'admin', section: 'overview', me: null, overview: null, bodies: null, users: null, admins: null,
    retention: null, events: null, links: [], asked: null, confirming: null,
  };
}

/** Has this administrator at least that level? */
export function atLeast(page: Administration, level: Level): boolean {
  const own = page.me?.level ?? null;
  return own !== null && LEVELS.indexOf(own) >= LEVELS.indexOf(level);
}

const PATHS = {
  overview: '/api/admin/overview',
  bodies: '/api/admin/bodies',
  users: '/api/admin/users',
  admins: '/api/admin/admins',
  retention: '/api/admin/retention',
  security: '/api/admin/security',
} as const satisfies Readonly<Record<Section, Path>>;

/** For a link that one person enrols with. */
function asksLink(s: At<Administration>, path: Path, who: { email: string; name: string }, body: object): Step {
  return asks(withPage(s, { asked: who, links: [] }), path, body);
}

function manage(s: At<Administration>, m: Manage): Step {
  switch (m.act) {
    case 'add-body':
      return asks(s, '/api/admin/bodies/add', { name: m.name });
    case 'add-user':
      return asksLink(s, '/api/admin/users/add', { email: m.user.email, name: m.user.name }, m.user);
    case 'import':
      return asks(withPage(s, { links: [] }), '/api/admin/users/import', { csv: m.csv });
    case 'add-admin':
      return asksLink(s, '/api/admin/admins/add', { email: m.email, name: '' }, { email: m.email, level: m.level });
    case 'retention':
      return asks(s, '/api/admin/retention/set', m.retention);
  }
}

function confirmed(s: At<Administration>, what: Confirmed, reason: string): Step {
  const next = withPage(s, { confirming: null });
  switch (what.act) {
    case 'close-user':
      return asks(next, '/api/admin/users/close', { email: what.email });
    case 'reset-user': {
      const name = s.page.users?.find(({ email }) => email === what.email)?.name ?? '';
      return asksLink(next, '/api/admin/users/reset', { email: what.email, name }, { email: what.email });
    }
    case 'close-admin':
      return asks(next, '/api/admin/admins/close', { email: what.email });
    case 'end-meeting':
      return asks(next, '/api/admin/meeting-end', { meeting: what.meeting, reason });
  }
}

export function adminPerson(s: At<Administration>, e: PersonEvent): Step {
  switch (e.type) {
    case 'section':
      return asks(withPage(s, { section: e.section, links: [] }), PATHS[e.section], {});
    case 'manage':
      return manage(s, e.manage);
    case 'confirming':
      return same({ ...withPage(s, { confirming: e.what }), trouble: null });
    case 'confirm':
      return s.page.confirming === null ? same(s) : confirmed(s, s.page.confirming, e.reason);
    default:
      return same(s);
  }
}

/** The link that was asked for, if there is one, above the list as it is now. */
function linked(s: At<Administration>, link: string, path: Path): Step {
  const { asked } = s.page;
  const links = asked === null || link === '' ? [] : [{ ...asked, link }];
  return follow(withPage(s, { links, asked: null }), path, {});
}

function changed([s, effects]: Step): Step {
  return [{ ...s, done: 'changed' }, effects];
}

/** What an act led to: the list anew. */
function acted(s: At<Administration>, a: Answer): Step {
  switch (a.path) {
    case '/api/admin/bodies/add':
      return changed(follow(s, PATHS.bodies, {}));
    case '/api/admin/users/add':
    case '/api/admin/users/reset':
      return linked(s, a.value.link, PATHS.users);
    case '/api/admin/users/import':
      return changed(follow(withPage(s, { links: a.value.users.filter(({ link }) => link !== '') }), PATHS.users, {}));
    case '/api/admin/users/close':
      return changed(follow(s, PATHS.users, {}));
    case '/api/admin/admins/add':
      return linked(s, a.value.link, PATHS.admins);
    case '/api/admin/admins/close':
      return changed(follow(s, PATHS.admins, {}));
    case '/api/admin/retention/set':
      return changed(same(withPage(s, { retention: a.value.retention })));
    case '/api/admin/meeting-end':
      return changed(follow(s, PATHS.overview, {}));
    default:
      return same(s);
  }
}

export function adminAnswered(s: At<Administration>, a: Answer): Step {
  switch (a.path) {
    case '/api/me':
      return follow({ ...withPage(s, { me: a.value }), gate: { name: 'open' } }, PATHS.overview, {});
    case '/api/admin/overview':
      return same(withPage(s, { overview: a.value }));
    case '/api/admin/bodies':
      return same(withPage(s, { bodies: a.value.bodies }));
    case '/api/admin/users':
      // the offices of the people stand in the bodies
      return keeping(s.done, follow(withPage(s, { users: a.value.users }), PATHS.bodies, {}));
    case '/api/admin/admins':
      return same(withPage(s, { admins: a.value.admins }));
    case '/api/admin/retention':
      return same(withPage(s, { retention: a.value.retention }));
    case '/api/admin/security':
      return same(withPage(s, { events: a.value.events }));
    default:
      return acted(s, a);
  }
}

function keeping(done: State['done'], [s, effects]: Step): Step {
  return [{ ...s, done }, effects];
}
