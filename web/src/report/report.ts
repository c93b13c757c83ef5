// SPDX-License-Identifier: EUPL-1.2
// The report of a meeting as the server gives it (server/PROTOCOL.md, POST /api/report), checked field by field, and
// the way to ask for it and for the signed proceedings.

import {
  type Check, flag, id, listOf, matching, object, oneOf, orNull, text, time, between,
} from '../wire/check';
import type { Item, Recusal } from '../wire/items';
import type { Entry, Meeting, Named, Office, PersonId, Reason } from '../wire/messages';
import { entry, meeting, named, reason } from '../wire/parse';
import { readWait } from '../wire/retry';
import { apiAddress } from '../wire/server';

/** `to` null: it lasts. */
export interface Span {
  readonly from: string;
  readonly to: string | null;
}

export interface Present {
  readonly id: PersonId;
  readonly name: string;
  readonly office: Office;
  readonly party: string | null;
  readonly present: readonly Span[];
}

export interface ReportedItem extends Pick<Item, 'id' | 'title' | 'convened' | 'recused' | 'alone'> {
  readonly opened: readonly Span[];
  readonly doors: readonly Span[];
  readonly people: readonly { readonly id: PersonId; readonly seconds: number }[];
}

export interface ReportedFault {
  readonly by: Named;
  readonly note: string;
  readonly at: string;
  readonly cleared: { readonly at: string; readonly reason: Reason | null } | null;
}

export interface Pause extends Span {
  readonly by: Named | null;
  readonly reason: Reason | null;
}

export interface Report {
  readonly meeting: Meeting;
  readonly opened: string | null;
  readonly ended: string | null;
  readonly people: readonly Present[];
  readonly items: readonly ReportedItem[];
  /** Where a right was used over somebody, or a reason was needed. */
  readonly rights: readonly Entry[];
  readonly faults: readonly ReportedFault[];
  readonly suspensions: readonly Pause[];
  readonly entries: readonly Entry[];
  readonly head: { readonly size: number; readonly root: string; readonly note: string } | null;
  /** The server replayed and rehashed for this report. */
  readonly verified: boolean;
  /** Parts of closed items are in it. */
  readonly closed: boolean;
}

export type Part = 'whole' | 'open' | 'closed';

const PEOPLE = 256;
const ITEMS = 64;
/** Of one meeting; the server's answer ends at 4 MB. */
const ENTRIES = 100_000;

function orAbsent<T>(check: Check<T>): Check<T | null> {
  return (u) => (u === undefined ? null : orNull(check)(u));
}

const span = object<Span>({ from: time, to: orNull(time) });
const spans = listOf(span, ENTRIES);
const people = listOf(
  object<Present>({
    id,
    name: text,
    office: oneOf(['chair', 'clerk', 'member', 'guest']),
    party: (u) => orNull(text)(u) || null,
    present: spans,
  }),
  PEOPLE,
);
const items = listOf(
  object<ReportedItem>({
    id,
    title: text,
    convened: oneOf(['closed', 'open']),
    opened: spans,
    doors: spans,
    people: listOf(object<ReportedItem['people'][number]>({ id, seconds: between(0, 2 ** 31) }), PEOPLE),
    recused: listOf(object<Recusal>({ id, by: orNull(id), contested: flag }), PEOPLE),
    alone: listOf(id, PEOPLE),
  }),
  ITEMS,
);

const cleared = object<NonNullable<ReportedFault['cleared']>>({ at: time, reason: orNull(reason) });

export const report = object<Report>({
  meeting,
  opened: orNull(time),
  ended: orNull(time),
  people,
  items,
  rights: listOf(entry, ENTRIES),
  faults: listOf(object<ReportedFault>({ by: named, note: text, at: time, cleared: orNull(cleared) }), ENTRIES),
  suspensions: listOf(
    object<Pause>({ from: time, to: orNull(time), by: orAbsent(named), reason: orAbsent(reason) }),
    ENTRIES,
  ),
  entries: listOf(entry, ENTRIES),
  head: orNull(object<NonNullable<Report['head']>>({ size: id, root: text, note: text })),
  verified: flag,
  closed: flag,
});

export type Refusal = 'seat-unknown' | 'not-allowed' | 'slow-down' | 'unreachable';

export interface Refused {
  readonly refused: Refusal;
  /** After how many seconds to ask again, when the server says so. */
  readonly wait: number | null;
}

const error = object<{ readonly error: { readonly code: string } }>({
  error: object<{ readonly code: string }>({ code: matching(/^[a-z-]{1,40}$/) }),
});

const UNREACHABLE: Refused = { refused: 'unreachable', wait: null };

async function ask(path: string, body: object): Promise<string | Refused> {
  try {
    const response = await fetch(apiAddress(path), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      credentials: 'include',
      cache: 'no-store',
      redirect: 'error',
    });
    const answer = await response.text();
    if (response.ok) return answer;
    const { code } = error(JSON.parse(answer)).error;
    if (code !== 'seat-unknown' && code !== 'not-allowed' && code !== 'slow-down') return UNREACHABLE;
    return { refused: code, wait: readWait(response.headers.get('Retry-After')) };
  } catch {
    return UNREACHABLE;
  }
}

/** An answer that is no report counts as none. */
export async function fetchReport(of: string, part: Part): Promise<Report | Refused> {
  const answer = await ask('/api/report', part === 'whole' ? { meeting: of } : { meeting: of, part });
  if (typeof answer !== 'string') return answer;
  try {
    return report(JSON.parse(answer));
  } catch {
    return UNREACHABLE;
  }
}

/** The signed proceedings, as `conclavectl log verify` reads them. */
export async function fetchLog(of: string): Promise<string | null> {
  const answer = await ask('/api/log', { meeting: of });
  return typeof answer === 'string' && answer.startsWith('{') ? answer : null;
}
