// SPDX-License-Identifier: EUPL-1.2
// A state for every page of accounts and administration, and for what can be seen in it. For the gallery and its tests.

import type { Enrolment, Invitation, Me, MyMeeting, Overview, RefusalCode, Session } from '../src/pages/api';
import type {
  Administration, BodyList, Convene, Enrol, Gate, Home, Integrity, Page, State, Trouble,
} from '../src/pages/state';
import { initial } from '../src/pages/update';

const FIRST = initial('nl', { path: '/', token: null, meeting: null, part: 'meetings', back: null }, true);

function at(path: string): State {
  const token = path === '/enrol' ? 'A'.repeat(43) : null;
  return initial('nl', { path, token, meeting: null, part: 'meetings', back: null }, true);
}

function refusal(code: RefusalCode, more: Partial<Extract<Trouble, { what: 'refused' }>['refusal']> = {}): Trouble {
  return { what: 'refused', path: '/api/me', refusal: { code, lines: [], wait: null, ...more } };
}

const ME: Me = {
  name: 'Marleen Goossens', email: 'marleen.goossens@lindebeke.example',
  bodies: [{ id: 'bodyaaaa', name: 'Gemeenteraad Lindebeke', office: 'member', party: 'Lijst Kouter' }],
  passkeys: [
    { id: 1, label: 'Laptop van de gemeente', created: '2026-01-04T10:00:00.000Z', used: '2026-03-12T17:00:00.000Z' },
    { id: 2, label: 'Telefoon', created: '2026-01-04T10:05:00.000Z', used: null },
  ],
  password: false, level: null,
};
const CLERK: Me = {
  ...ME, name: 'Hilde Aerts', email: 'hilde.aerts@lindebeke.example',
  bodies: [{ id: 'bodyaaaa', name: 'Gemeenteraad Lindebeke', office: 'clerk', party: null }],
};

function meeting(id: string, title: string, starts: string, more: Partial<MyMeeting> = {}): MyMeeting {
  return {
    id, title, body: 'Gemeenteraad Lindebeke', starts, phase: 'planned', office: 'member', canEnter: false, ...more,
  };
}

const MEETINGS: readonly MyMeeting[] = [
  meeting('k7f2', 'Gemeenteraad van 12 maart', '2026-03-12T18:30:00.000Z', { phase: 'open', canEnter: true }),
  meeting('k7f3', 'Commissie Ruimte', '2026-03-16T19:00:00.000Z', { body: 'Commissie Ruimte' }),
  meeting('k7f4', 'Gemeenteraad van 9 april', '2026-04-09T17:30:00.000Z', { office: 'clerk' }),
  meeting('k7e9', 'Gemeenteraad van 12 februari', '2026-02-12T18:30:00.000Z', { phase: 'ended' }),
];

const SESSIONS: readonly Session[] = [
  {
    id: 3, browser: 'firefox', system: 'linux', created: '2026-03-12T17:30:00.000Z', used: '2026-03-12T18:20:00.000Z',
    current: true,
  },
  {
    id: 2, browser: 'samsung', system: 'android', created: '2026-03-12T07:05:00.000Z',
    used: '2026-03-12T12:31:00.000Z', current: false,
  },
  {
    id: 1, browser: 'other', system: 'other', created: '2026-03-11T22:14:00.000Z', used: '2026-03-11T23:00:00.000Z',
    current: false,
  },
];

function home(more: Partial<Home>, rest: Partial<State> = {}): State {
  const page: Home = {
    name: 'home', part: 'meetings', me: ME, meetings: MEETINGS, target: null, removing: null,
    sessions: SESSIONS, ...more,
  };
  return { ...FIRST, gate: { name: 'open' }, page, ...rest };
}

function gate(which: Gate, more: Partial<State> = {}): State {
  return { ...FIRST, gate: which, ...more };
}

const WHO: Enrolment = {
  kind: 'account', name: 'Marleen Goossens', email: ME.email,
  passkey: {
    challenge: '', rp: { id: 'x', name: 'x' }, user: { id: '', name: '', displayName: '' }, algorithms: [-7],
    exclude: [],
  },
};
const SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const CODES = Array.from({ length: 10 }, (_, n) => `k3f7-9mzq-0a1b-x${n}yw`);

function enrol(more: Partial<Enrol>, rest: Partial<State> = {}): State {
  const page: Enrol = {
    name: 'enrol', token: 'A'.repeat(43), step: 'welcome', who: WHO, app: null, codes: [], ...more,
  };
  return { ...at('/enrol'), page, ...rest };
}

const J = 'https://lindebeke.example/j#';
const INVITED: readonly Invitation[] = [
  { name: 'Marleen Goossens', email: ME.email, office: 'member', link: `${J}${'A'.repeat(43)}` },
  { name: 'mr. Joke Vermeersch', email: 'joke@balie.example', office: 'guest', link: `${J}${'B'.repeat(43)}` },
];

function convene(more: Partial<Convene>, rest: Partial<State> = {}): State {
  const page: Convene = {
    name: 'convene', again: null, me: CLERK, items: [1, 2], guests: [3], next: 4, result: null, looking: null,
    members: { body: 'bodyaaaa', people: [{ email: ME.email, name: 'Marleen Goossens' }] }, roster: null,
    ...more,
  };
  return { ...at('/meetings/new'), gate: { name: 'open' }, page, ...rest };
}

const RESULT: NonNullable<Convene['result']> = {
  id: 'k7f4', title: 'Gemeenteraad van 9 april', body: 'Gemeenteraad Lindebeke', starts: '2026-04-09T17:30:00.000Z',
  substitute: null, invitations: INVITED, signed: false, shown: null,
};

const PRINT = '04711 90210 33125 00417 68833 10245';
function listed(standing: BodyList['standing']): BodyList {
  const device = (n: number, fresh: boolean) => ({ key: String(n), print: PRINT.replace('04711', `0471${n}`), fresh });
  return {
    id: 'bodyaaaa', name: 'Gemeenteraad Lindebeke', standing, print: PRINT,
    people: [
      { account: CLERK.email, name: CLERK.name, office: 'clerk', substitute: false, devices: [device(1, false)] },
      {
        account: ME.email, name: ME.name, office: 'member', substitute: true,
        devices: [device(2, false), device(3, true)],
      },
      { account: 'peter@lindebeke.example', name: 'Peter Wouters', office: 'chair', substitute: false, devices: [] },
    ],
  };
}

const OVERVIEW: Overview = {
  healthy: true, why: null, version: '0.1.0', policy: { links: 'guests' }, free: 71_000_000_000,
  meetings: [
    { id: 'k7f2', body: 'Gemeenteraad', phase: 'open', starts: '2026-03-12T18:30:00.000Z', inside: 13, invited: 15 },
    {
      id: 'k7f3', body: 'Commissie Ruimte', phase: 'planned', starts: '2026-03-16T19:00:00.000Z', inside: 0,
      invited: 9,
    },
  ],
  certificate: '2026-06-04T10:00:00.000Z',
};
const JENS: Me = {
  name: 'jens.mertens@lindebeke.example', email: 'jens.mertens@lindebeke.example', bodies: [], passkeys: [],
  password: false, level: 'configure',
};

function admin(
  section: Administration['section'], more: Partial<Administration> = {}, rest: Partial<State> = {},
): State {
  const page: Administration = {
    name: 'admin', section, me: JENS, overview: OVERVIEW,
    bodies: [
      {
        id: 'bodyaaaa', name: 'Gemeenteraad',
        members: [
          { name: ME.name, email: ME.email, office: 'member', party: 'Lijst Kouter' },
          { name: CLERK.name, email: CLERK.email, office: 'clerk', party: null },
        ],
      },
      {
        id: 'bodybbbb', name: 'Commissie Ruimte',
        members: [{ name: ME.name, email: ME.email, office: 'chair', party: null }],
      },
    ],
    users: [
      { email: ME.email, name: ME.name, status: 'enrolled' },
      { email: CLERK.email, name: CLERK.name, status: 'invited' },
      { email: 'roger@lindebeke.example', name: 'Roger Callens', status: 'closed' },
    ],
    admins: [
      { email: JENS.email, level: 'configure', status: 'enrolled' },
      { email: 'an.smet@lindebeke.example', level: 'read', status: 'invited' },
    ],
    retention: { security: 90, meetings: 30 },
    events: [
      { at: '2026-03-12T17:00:00.000Z', who: JENS.email, kind: 'user-reset', about: ME.email },
      { at: '2026-03-11T17:00:00.000Z', who: null, kind: 'of-a-newer-server', about: null },
    ],
    links: [], asked: null, confirming: null, ...more,
  };
  return { ...at('/admin'), gate: { name: 'open' }, page, ...rest };
}

const HASH = '3b1f'.repeat(16);
const FILES: NonNullable<Integrity['files']> = [
  { path: '/assets/index-Dk3v.js', bytes: 201_300, sha256: HASH, found: HASH },
  { path: '/index.html', bytes: 1_200, sha256: HASH, found: HASH },
];

function integrity(files: Integrity['files'], rest: Partial<State> = {}): State {
  return { ...at('/integrity'), page: { name: 'integrity', files } as Page, ...rest };
}

const ADMIN_READS: Partial<Administration> = { me: { ...JENS, level: 'read' } };

export const PAGES: Readonly<Record<string, State>> = {
  'asking': FIRST,
  'sign-in': gate({ name: 'closed', way: 'passkey' }),
  'sign-in-busy': gate({ name: 'closed', way: 'passkey' }, { asking: 'key' }),
  'sign-in-stopped': gate({ name: 'closed', way: 'passkey' }, { trouble: { what: 'key', why: 'stopped' } }),
  'sign-in-target': gate({ name: 'closed', way: 'passkey' }, {
    page: { name: 'home', part: 'meetings', me: null, meetings: null, target: 'k7f2', removing: null, sessions: null },
  }),
  'sign-in-old-browser': gate({ name: 'closed', way: 'passkey' }, { canPasskey: false }),
  'sign-in-password': gate({ name: 'closed', way: 'password' }),
  'sign-in-refused': gate({ name: 'closed', way: 'password' }, { trouble: refusal('sign-in-refused') }),
  'sign-in-wrong': gate({ name: 'closed', way: 'password' }, { trouble: { what: 'form', field: 'code', why: 'code' } }),
  'sign-in-recovery': gate({ name: 'closed', way: 'recovery' }),
  'sign-in-admin': { ...at('/admin'), gate: { name: 'closed', way: 'passkey' } },
  'signed-out': gate({ name: 'closed', way: 'passkey' }, { done: 'signed-out' }),
  'unreachable': gate({ name: 'asking' }, { trouble: refusal('unreachable') }),
  'renew': gate({ name: 'renew', left: 9 }),
  'enrol-none': { ...enrol({ token: null, step: 'opening', who: null }) },
  'enrol-opening': enrol({ step: 'opening', who: null }, { asking: '/api/enrol' }),
  'enrol-used': enrol({ step: 'opening', who: null }, { trouble: refusal('enrol-used') }),
  'enrol': enrol({}),
  'enrol-admin': enrol({ who: { ...WHO, kind: 'admin', name: '' } }),
  'enrol-cannot': enrol({}, { trouble: { what: 'key', why: 'cannot' } }),
  'enrol-old-browser': enrol({}, { canPasskey: false }),
  'enrol-password': enrol({
    step: 'password', app: { otpauth: `otpauth://totp/Conclave:${ME.email}?secret=${SECRET}&issuer=Conclave`, secret: SECRET },
  }),
  'enrol-password-wrong': enrol({ step: 'password', app: { otpauth: 'otpauth://totp/x', secret: SECRET } }, {
    trouble: { what: 'form', field: 'new-password', why: 'password-short' },
  }),
  'enrol-codes': enrol({ step: 'codes', codes: CODES }),
  'enrol-codes-not-kept': enrol({ step: 'codes', codes: CODES }, {
    trouble: { what: 'form', field: 'kept', why: 'kept' },
  }),
  'enrol-ready': enrol({ step: 'ready' }),
  'meetings': home({}),
  'meetings-reset': home({}, { reset: true }),
  'meetings-clerk': home({ me: CLERK }),
  'meetings-none': home({ meetings: [] }),
  'meetings-later': home({ meetings: MEETINGS.filter((m) => !m.canEnter) }),
  'meetings-loading': home({ me: null, meetings: null }, { asking: '/api/meetings' }),
  'meetings-early': home({}, { trouble: refusal('link-early') }),
  'keys': home({ part: 'keys' }),
  'keys-added': home({ part: 'keys' }, { done: 'passkey-added' }),
  'keys-none': home({ part: 'keys', me: { ...ME, passkeys: [], password: true } }),
  'keys-session-ended': home({ part: 'keys', sessions: SESSIONS.slice(0, 1) }, { done: 'session-ended' }),
  'keys-removing': home({ part: 'keys', removing: 2 }),
  'convene': convene({}),
  'convene-other-body': convene({
    me: { ...CLERK, bodies: [...CLERK.bodies, { id: 'bodybbbb', name: 'Commissie', office: 'clerk', party: null }] },
    members: { body: 'bodybbbb', people: [{ email: 'luc@lindebeke.example', name: 'Luc Desmedt' }] },
  }),
  'convene-wrong': convene({}, { trouble: { what: 'form', field: 'starts', why: 'past' } }),
  'convene-refused': convene({}, { trouble: refusal('wrong-field') }),
  'convene-not': convene({ me: ME }),
  'convene-roster': convene({ roster: listed('changed') }),
  'convene-unkept': convene({}, { trouble: { what: 'form', field: 'roster', why: 'unkept' } }),
  'convene-again': convene({ again: 'k7f4', result: { ...RESULT, invitations: [] } }),
  'invitations': convene({ result: RESULT }),
  'invitations-roster': convene({ result: RESULT, roster: listed('same') }),
  'invitations-qr': convene({ result: { ...RESULT, shown: ME.email } }, { done: 'copied' }),
  'admin': admin('overview'),
  'admin-sick': admin('overview', { overview: { ...OVERVIEW, healthy: false, why: 'de schijf is vol', meetings: [] } }),
  'admin-end': admin('overview', { confirming: { act: 'end-meeting', meeting: 'k7f2', body: 'Gemeenteraad' } }),
  'admin-bodies': admin('bodies'),
  'admin-users': admin('users'),
  'admin-users-read': admin('users', ADMIN_READS),
  'admin-users-link': admin('users', {
    links: [{ email: ME.email, name: ME.name, link: `https://lindebeke.example/enrol#${'A'.repeat(43)}` }],
  }),
  'admin-bad-lines': admin('users', {}, {
    trouble: refusal('bad-lines', { lines: [{ line: 3, code: 'wrong-email' }, { line: 9, code: 'x' }] }),
  }),
  'admin-reset': admin('users', { confirming: { act: 'reset-user', email: ME.email } }),
  'admin-admins': admin('admins'),
  'admin-retention': admin('retention'),
  'admin-retention-read': admin('retention', ADMIN_READS),
  'admin-security': admin('security'),
  'admin-loading': admin('security', { events: null }, { asking: '/api/admin/security' }),
  'integrity': integrity(FILES),
  'integrity-busy': integrity(FILES.map((f, n) => (n === 0 ? f : { ...f, found: null })), { asking: 'files' }),
  'integrity-bad': integrity(FILES.map((f, n) => (n === 0 ? f : { ...f, found: 'ff' }))),
  'integrity-none': integrity(null),
};
