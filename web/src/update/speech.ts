// SPDX-License-Identifier: EUPL-1.2
// What a screen reader is told, and when: politely at most once each POLITE_MS, with what came meanwhile joined,
// and urgently at once. Pure. Invariant: nothing urgent is left out, and no use of a right over somebody.

import type { News, Notice, Speech, State } from '../state';
import type { Step } from './step';

/** Between two announcements of the polite region. */
export const POLITE_MS = 3_000;
/** So long what is urgent stands in its region at least; twice as long at most. */
export const URGENT_MS = 6_000;
/** Of what only keeps somebody up to date, so much is told at once; the latest. */
const UP_TO_DATE = 3;
/** From so many on, people who come, go or knock are counted instead of named. */
const MANY = 4;

export const SILENCE: Speech = { polite: [], pausing: false, waiting: [], urgent: [], stood: 0 };

type Told = State['preferences']['told'];
const LEVELS: readonly Told[] = ['needed', 'usual', 'all'];

/** From which level on the polite region tells a piece of news; what is urgent is always told. */
function levelOf(news: News): Told {
  switch (news.what) {
    case 'entered':
    case 'left':
    case 'many':
    case 'floor':
    case 'floor-free':
    case 'hand':
    case 'knocked':
    case 'said':
    case 'invited-to-talk':
      return 'usual';
    case 'lost':
    case 'returned':
    case 'sharing':
      return 'all';
    default:
      return 'needed'; // a right that was used is never kept from anybody
  }
}

/** Of two pieces of news about the same thing only the later one counts; null: this one always does. */
function subjectOf(news: News): string | null {
  switch (news.what) {
    case 'entered':
    case 'left':
    case 'knocked':
    case 'lost':
    case 'returned':
      return `person ${news.person.id}`;
    case 'sharing':
    case 'pinned':
      return `${news.what} ${news.person.id}`;
    case 'floor':
    case 'floor-free':
      return 'floor';
    case 'source':
      return `source ${news.source}`;
    case 'said':
      return `said ${news.name}`;
    case 'hand':
    case 'captions':
    case 'line-back':
      return news.what;
    default:
      return null;
  }
}

function later(waiting: readonly Notice[], notice: Notice): readonly Notice[] {
  const subject = subjectOf(notice.news);
  const kept = subject === null ? waiting : waiting.filter((w) => subjectOf(w.news) !== subject);
  return [...kept, notice];
}

const CROWDS = ['entered', 'left', 'knocked'] as const;

/** Many who come, go or knock are one piece of news, in the place of the last of them. */
function counted(waiting: readonly Notice[]): readonly Notice[] {
  return CROWDS.reduce((all, of) => {
    const alike = all.filter((w) => w.news.what === of);
    const last = alike.at(-1);
    if (last === undefined || alike.length < MANY) return all;
    const many: Notice = { ...last, news: { what: 'many', of, n: alike.length } };
    return all.flatMap((w) => (w === last ? [many] : w.news.what === of ? [] : [w]));
  }, waiting);
}

/** What is told of what waited, in its order. */
function joined(waiting: readonly Notice[]): readonly Notice[] {
  const all = counted(waiting);
  const needed = (w: Notice): boolean => levelOf(w.news) === 'needed';
  const latest = all.filter((w) => !needed(w)).slice(-UP_TO_DATE);
  return all.filter((w) => needed(w) || latest.includes(w));
}

function stay(s: State, speech: Partial<Speech>): Step {
  return [{ ...s, speech: { ...s.speech, ...speech } }, []];
}

function saying(s: State, polite: readonly Notice[]): Step {
  const [next] = stay(s, { polite, pausing: true, waiting: [] });
  return [next, [{ do: 'timer', timer: 'polite', ms: POLITE_MS }]];
}

/** A piece of news, as announce() has it. */
export function speak(s: State, notice: Notice): Step {
  const { speech } = s;
  if (notice.urgent) {
    const [next] = stay(s, { urgent: [...speech.urgent, notice] });
    return [next, speech.urgent.length > 0 ? [] : [{ do: 'timer', timer: 'urgent', ms: URGENT_MS }]];
  }
  if (LEVELS.indexOf(levelOf(notice.news)) > LEVELS.indexOf(s.preferences.told)) return [s, []];
  return speech.pausing ? stay(s, { waiting: later(speech.waiting, notice) }) : saying(s, [notice]);
}

/** The pause is over; after a second one nothing is left standing that somebody might read as new. */
export function politeDue(s: State): Step {
  const { waiting, pausing } = s.speech;
  if (waiting.length > 0) return saying(s, joined(waiting));
  if (!pausing) return stay(s, { polite: [] });
  return [stay(s, { pausing: false })[0], [{ do: 'timer', timer: 'polite', ms: POLITE_MS }]];
}

/** Takes out what stood there when this came last. */
export function urgentDue(s: State): Step {
  const urgent = s.speech.urgent.filter((n) => n.id > s.speech.stood);
  const [next] = stay(s, { urgent, stood: s.lastNotice });
  return [next, urgent.length === 0 ? [] : [{ do: 'timer', timer: 'urgent', ms: URGENT_MS }]];
}

/** Outside of the room nothing more of it is told; what is urgent was for this person. */
export function outside(speech: Speech): Speech {
  return { ...speech, polite: [], waiting: [] };
}
