// SPDX-License-Identifier: EUPL-1.2
// The requests of the pages, and what each is answered with (server/PROTOCOL.md). The only place where something
// unknown from the server becomes a value of theirs.

import { between, type Check, field, flag, listOf, matching, object, oneOf, orNull, text, time } from '../wire/check';
import { readWait } from '../wire/retry';
import { apiAddress } from '../wire/server';

/** More than any list of accounts: a town and its committees. */
const MANY = 2_000;

const OFFICES = ['chair', 'clerk', 'member', 'guest'] as const;
export type Office = (typeof OFFICES)[number];
export const LEVELS = ['read', 'operate', 'configure'] as const;
export type Level = (typeof LEVELS)[number];

const office = oneOf(OFFICES);
const level = oneOf(LEVELS);
const count = between(0, Number.MAX_SAFE_INTEGER);
const base64url = matching(/^[\w-]*$/);

/** A field that may be missing. */
function optional<T>(check: Check<T>, otherwise: T): Check<T> {
  return (u) => (u === undefined ? otherwise : check(u));
}

/** What navigator.credentials.create() is asked with. All bytes in base64url. */
export interface PasskeyOffer {
  readonly challenge: string;
  readonly rp: { readonly id: string; readonly name: string };
  readonly user: { readonly id: string; readonly name: string; readonly displayName: string };
  /** COSE: what the server verifies, best first. */
  readonly algorithms: readonly number[];
  readonly exclude: readonly string[];
}

const offer = object<PasskeyOffer>({
  challenge: base64url,
  rp: object<PasskeyOffer['rp']>({ id: text, name: text }),
  user: object<PasskeyOffer['user']>({ id: base64url, name: text, displayName: text }),
  algorithms: listOf(between(-65_536, 65_535), 16),
  exclude: listOf(base64url, MANY),
});

export interface Enrolment {
  readonly kind: 'account' | 'admin';
  readonly name: string;
  readonly email: string;
  readonly passkey: PasskeyOffer;
}

export interface Body {
  readonly id: string;
  readonly name: string;
  readonly office: Office;
  readonly party: string | null;
}

export interface Passkey {
  readonly id: number;
  readonly label: string;
  readonly created: string;
  readonly used: string | null;
}

export interface Me {
  readonly name: string;
  readonly email: string;
  readonly bodies: readonly Body[];
  readonly passkeys: readonly Passkey[];
  readonly password: boolean;
  /** Of an administrator, who has no bodies. */
  readonly level: Level | null;
}

const me = object<Me>({
  name: text,
  email: text,
  bodies: listOf(object<Body>({ id: text, name: text, office, party: orNull(text) }), MANY),
  passkeys: listOf(object<Passkey>({ id: count, label: text, created: time, used: orNull(time) }), MANY),
  password: flag,
  level: optional(level, null),
});

export const BROWSERS = ['firefox', 'edge', 'opera', 'samsung', 'chrome', 'safari', 'other'] as const;
export const SYSTEMS = ['windows', 'android', 'ios', 'macos', 'chromeos', 'linux', 'other'] as const;

/** Where I am signed in, in the server's words for what the browser called itself: they prove nothing. */
export interface Session {
  readonly id: number;
  readonly browser: (typeof BROWSERS)[number];
  readonly system: (typeof SYSTEMS)[number];
  readonly created: string;
  readonly used: string;
  /** This browser. */
  readonly current: boolean;
}

const session = object<Session>({
  id: count, browser: oneOf(BROWSERS), system: oneOf(SYSTEMS), created: time, used: time, current: flag,
});

export interface MyMeeting {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly starts: string;
  readonly phase: 'planned' | 'open' | 'ended';
  readonly office: Office;
  readonly canEnter: boolean;
}

const myMeeting = object<MyMeeting>({
  id: text, title: text, body: text, starts: time, phase: oneOf(['planned', 'open', 'ended']), office, canEnter: flag,
});

export interface Invitation {
  readonly name: string;
  readonly email: string;
  readonly office: Office;
  readonly link: string;
}

const invited = object<{ meeting: string; invitations: readonly Invitation[] }>({
  meeting: text,
  invitations: listOf(object<Invitation>({ name: text, email: text, office, link: text }), MANY),
});

/** `people`: what a list signed now would say, for the clerk alone. */
export interface RosterAnswer {
  readonly roster: string | null;
  readonly people: readonly RosterPerson[] | null;
}

export interface RosterPerson {
  readonly account: string;
  readonly name: string;
  readonly office: 'chair' | 'clerk' | 'member';
  readonly devices: readonly string[];
}

const key = matching(/^[A-Za-z0-9+/]{43}=$/);
const rosterPerson = object<RosterPerson>({
  account: text, name: text, office: oneOf(['chair', 'clerk', 'member']), devices: listOf(key, 64),
});

export interface Overview {
  readonly healthy: boolean;
  readonly why: string | null;
  readonly version: string;
  readonly meetings: readonly Running[];
  /** Until when it is valid. */
  readonly certificate: string | null;
  /** Of the disk, in bytes. */
  readonly free: number;
  readonly policy: { readonly links: 'guests' | 'everyone' };
}

/** A meeting as the administration knows it: never what it is about. */
export interface Running {
  readonly id: string;
  readonly body: string;
  readonly phase: 'planned' | 'open' | 'ended';
  readonly starts: string;
  readonly invited: number;
  readonly inside: number;
}

const overview = object<Overview>({
  healthy: flag,
  why: orNull(text),
  version: text,
  meetings: listOf(object<Running>({
    id: text, body: text, phase: oneOf(['planned', 'open', 'ended']), starts: time, invited: count, inside: count,
  }), MANY),
  certificate: orNull(time),
  free: count,
  policy: object<Overview['policy']>({ links: oneOf(['guests', 'everyone']) }),
});

/** In days. */
export interface Retention {
  readonly security: number;
  readonly meetings: number;
}

const retention = object<{ retention: Retention }>({
  retention: object<Retention>({ security: count, meetings: count }),
});

export interface Member {
  readonly name: string;
  readonly email: string;
  readonly office: Office;
  readonly party: string | null;
}

export interface AdminBody {
  readonly id: string;
  readonly name: string;
  readonly members: readonly Member[];
}

const STATUS = ['invited', 'enrolled', 'closed'] as const;
type Status = (typeof STATUS)[number];

export interface User {
  readonly email: string;
  readonly name: string;
  readonly status: Status;
}

export interface Admin {
  readonly email: string;
  readonly level: Level;
  readonly status: Status;
}

/** A link to enrol with: shown once. Empty when there is none, because they have enrolled. */
export interface EnrolLink {
  readonly email: string;
  readonly name: string;
  readonly link: string;
}

export interface SecurityEvent {
  readonly at: string;
  readonly kind: string;
  readonly who: string | null;
  readonly about: string | null;
}

/** An answer that says no more than that it was done. */
const nothing: Check<null> = () => null;
const oneLink = object<{ link: string }>({ link: text });
const codes = object<{ recovery: readonly string[] }>({ recovery: listOf(text, 64) });
const begun = object<{ passkey: PasskeyOffer }>({ passkey: offer });

/** `reset`: the administration took the earlier credentials away, and the person is told once. */
const signedIn = object<{ name: string; reset: boolean }>({ name: text, reset: flag });

/** Each request, and how its answer is read. */
export const API = {
  '/api/enrol': object<Enrolment>({ kind: oneOf(['account', 'admin']), name: text, email: text, passkey: offer }),
  '/api/enrol/passkey': codes,
  '/api/enrol/password/begin': object<{ otpauth: string; secret: string }>({ otpauth: text, secret: text }),
  '/api/enrol/password': codes,
  '/api/sign-in': object<{ challenge: string; rp: string }>({ challenge: base64url, rp: text }),
  '/api/sign-in/passkey': signedIn,
  '/api/sign-in/password': signedIn,
  '/api/sign-in/recovery': object<{ reset: boolean; left: number }>({ reset: flag, left: count }),
  // Where the provider of the house is; and what it said, as it stands in the address that it sent us back to.
  '/api/sign-in/oidc/begin': object<{ url: string }>({ url: matching(/^https:\/\/[!-~]+$/) }),
  '/api/sign-in/oidc': signedIn,
  '/api/sign-out': nothing,
  '/api/me': me,
  '/api/me/sessions': object<{ sessions: readonly Session[] }>({ sessions: listOf(session, MANY) }),
  '/api/me/sessions/end': nothing,
  '/api/me/sessions/end-others': nothing,
  '/api/me/passkey/begin': begun,
  '/api/me/passkey': nothing,
  '/api/me/passkey/remove': nothing,
  '/api/me/device': nothing,
  '/api/meetings': object<{ meetings: readonly MyMeeting[] }>({ meetings: listOf(myMeeting, MANY) }),
  '/api/enter': object<{ seat: string; meeting: string }>({ seat: matching(/^[A-Za-z]{8}$/), meeting: text }),
  '/api/convene': invited,
  '/api/invitations': invited,
  // Empty when a roster was stored.
  '/api/roster': object<RosterAnswer>({
    roster: optional(orNull(text), null), people: optional(orNull(listOf(rosterPerson, MANY)), null),
  }),
  '/api/admin/overview': overview,
  '/api/admin/bodies': object<{ bodies: readonly AdminBody[] }>({
    bodies: listOf(object<AdminBody>({
      id: text, name: text,
      members: listOf(object<Member>({ name: text, email: text, office, party: orNull(text) }), MANY),
    }), MANY),
  }),
  '/api/admin/bodies/add': nothing,
  '/api/admin/users': object<{ users: readonly User[] }>({
    users: listOf(object<User>({ email: text, name: text, status: oneOf(STATUS) }), MANY),
  }),
  '/api/admin/users/add': oneLink,
  '/api/admin/users/close': nothing,
  '/api/admin/users/reset': oneLink,
  '/api/admin/users/import': object<{ users: readonly EnrolLink[] }>({
    users: listOf(object<EnrolLink>({ email: text, name: text, link: text }), MANY),
  }),
  '/api/admin/admins': object<{ admins: readonly Admin[] }>({
    admins: listOf(object<Admin>({ email: text, level, status: oneOf(STATUS) }), MANY),
  }),
  '/api/admin/admins/add': oneLink,
  '/api/admin/admins/close': nothing,
  '/api/admin/retention': retention,
  '/api/admin/retention/set': retention,
  '/api/admin/security': object<{ events: readonly SecurityEvent[] }>({
    events: listOf(object<SecurityEvent>({ at: time, kind: text, who: orNull(text), about: orNull(text) }), MANY),
  }),
  '/api/admin/meeting-end': nothing,
} as const satisfies Readonly<Record<string, Check<unknown>>>;

export type Path = keyof typeof API;
/** An answer, with the request that it is to. */
export type Answer = { [P in Path]: { readonly path: P; readonly value: ReturnType<(typeof API)[P]> } }[Path];

/** What a request may be refused with; `unreachable` when nothing came back, `unknown` for every other word. */
export const REFUSALS = [
  'unreachable', 'unknown', 'signed-out', 'slow-down', 'busy', 'origin', 'not-allowed', 'not-recorded', 'wrong-field',
  'sign-in-refused', 'sign-on-refused',
  'enrol-unknown', 'enrol-used', 'enrol-expired', 'passkey-refused', 'password-weak', 'code-wrong',
  'last-one', 'not-invited', 'link-early', 'link-ended', 'bad-lines', 'too-large', 'unavailable', 'bad-request',
  'not-found', 'too-many', 'taken', 'wrong-email', 'no-body', 'no-user', 'office-taken', 'is-administrator',
  'is-closed', 'wrong-office', 'no-meeting',
] as const;
export type RefusalCode = (typeof REFUSALS)[number];

export interface BadLine {
  readonly line: number;
  readonly code: string;
}

export interface Refusal {
  readonly code: RefusalCode;
  /** Of a list that was to be imported. */
  readonly lines: readonly BadLine[];
  /** After how many seconds to ask again, when the server says so. */
  readonly wait: number | null;
  /** Of `signed-out`: the provider of the house can be asked, too. */
  readonly provider?: true;
}

const badLines = listOf(object<BadLine>({ line: count, code: text }), MANY);

function attempt<T>(check: Check<T>, u: unknown): T | null {
  try {
    return check(u);
  } catch {
    return null;
  }
}

/** What a body of an error says, whatever it is, and its Retry-After. Pure. */
export function readRefusal(body: unknown, after: string | null = null): Refusal {
  const code = attempt((u) => oneOf(REFUSALS)(field(field(u, 'error'), 'code')), body);
  const provider = attempt((u) => flag(field(field(u, 'error'), 'provider')), body) === true;
  return {
    code: code ?? 'unknown', lines: attempt((u) => badLines(field(u, 'lines')), body) ?? [], wait: readWait(after),
    ...(provider ? { provider } : {}),
  };
}

/** Pure: null when the body is not what was asked for. */
export function readAnswer(path: Path, body: unknown): Answer | null {
  const value = attempt<unknown>(API[path], body);
  return value === null && API[path] !== nothing ? null : ({ path, value } as Answer);
}

/** A request without an answer after this long counts as none; a password is hashed in a queue. */
const PATIENCE_MS = 20_000;

export async function ask(path: Path, body: object): Promise<Answer | Refusal> {
  const plain = (code: RefusalCode): Refusal => ({ code, lines: [], wait: null });
  try {
    const response = await fetch(apiAddress(path), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      credentials: 'include',
      cache: 'no-store',
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const content: unknown = await response.json().catch(() => null);
    if (!response.ok) return readRefusal(content, response.headers.get('Retry-After'));
    return readAnswer(path, content) ?? plain('unknown');
  } catch {
    return plain('unreachable');
  }
}
