// SPDX-License-Identifier: EUPL-1.2
// Into the room and out of it, and the line to the server. Pure. Invariant: nothing about others is known outside.

import type { Effect } from '../effect';
import { NO_SECRECY } from '../secrecy';
import type { OpenRequest, Phase, Problem, State } from '../state';
import type { Request, SeatError, ServerMessage } from '../wire/messages';
import { floorOf, suspensionOf } from './floor';
import { FULL_POWER } from './power';
import { sessionOf } from './session';
import { closeMedia, openMedia, resumeMedia } from './media';
import { declare, switchAllOff, switchOff } from './sources';
import { forgetKeys, keysInside, lineLostToKeys, openKeys } from './secrecy';
import { headCame } from './record';
import { outside } from './speech';
import { announce, stay, andThen, type Step } from './step';

/** The proceedings of a long evening; the report has all of them. */
export const ENTRIES_AT_MOST = 1_000;
/** So often the line is tried before the page says that the server cannot be reached. */
const OPENING_TRIES = 4;

export function openRequest(s: State, r: Request): OpenRequest {
  return {
    id: r.id,
    action: r.action,
    by: r.by,
    who: r.who,
    name: r.name,
    reason: r.reason,
    endsAt: s.now + r.seconds * 1_000,
    answered: false,
  };
}

/** What is known of a room while outside of it: nothing. */
export const NO_ROOM = {
  people: [],
  waiting: [],
  admitting: [],
  slots: [],
  speaking: [],
  frozen: [],
  quiet: [],
  pictured: [],
  spoke: [],
  pins: [],
  quality: null,
  power: FULL_POWER,
  entries: [],
  requests: [],
  floor: { person: null, since: 0 },
  speakers: [],
  suspended: null,
  faults: [],
  silenced: null,
  asked: null,
  secrecy: NO_SECRECY,
  items: [],
  session: { item: null, doors: 'closed', opensAt: null },
  relays: [],
  dialog: null,
  sheet: false,
  small: false,
  soundBlocked: false,
} as const satisfies Partial<State>;

/** Everything about the room is forgotten; devices are the caller's business. */
export function forgetRoom(s: State, phase: Phase): Step {
  const out: State = { ...s, ...NO_ROOM, phase, speech: outside(s.speech) };
  const silent = andThen(closeMedia(out), (next) => [next, [{ do: 'slots', slots: [], self: null }]]);
  return andThen(silent, forgetKeys);
}

/** To a page of its own: nothing runs on. */
export function goOut(s: State, phase: Extract<Phase, { name: 'over' | 'problem' }>): Step {
  const off = andThen(switchAllOff({ ...s, phase }), (next) => forgetRoom(next, phase));
  return andThen(off, (next) => [
    { ...next, line: { status: 'closed', attempt: 0, lostAt: null }, testing: false },
    [{ do: 'stop-timer', timer: 'line' }, { do: 'disconnect' }],
  ]);
}

export function problem(s: State, what: Problem): Step {
  return goOut(s, { name: 'problem', problem: what });
}

/** Before the room, with the devices to be looked at. */
export function toLobby(s: State): Step {
  const phase: Phase = { name: 'lobby', step: 'check', opened: s.meeting?.phase === 'open' };
  if (s.phase.name !== 'inside') return [{ ...s, phase }, [{ do: 'list-devices' }]];
  const off = andThen(switchOff({ ...s, phase }, 'microphone'), (next) => switchOff(next, 'screen'));
  return andThen(off, (next) => forgetRoom(next, phase));
}

/** Who only looks at the devices has not asked to come in: let in all the same, nothing of theirs is on. */
export function uninvited(s: State): Step {
  return s.phase.name === 'lobby' && s.phase.step === 'check' ? switchAllOff(s) : stay(s);
}

/** The message `state`: on entering and on coming back. Whoever enters does so with the microphone off. */
export function enter(s: State, m: Extract<ServerMessage, { type: 'state' }>): Step {
  const entering = s.phase.name !== 'inside';
  const latest = m.entries.at(-1)?.at ?? null;
  const quiet = andThen(uninvited(s), (next) => switchOff({ ...next, testing: false }, 'microphone'));
  const off = entering ? quiet : stay(s);
  const step = m.suspended === null ? off : andThen(off, switchAllOff);
  return andThen(step, (before) => {
    const inside: State = {
      ...before,
      phase: { name: 'inside' },
      meeting: m.meeting,
      people: m.people,
      waiting: m.waiting,
      admitting: [],
      slots: m.slots,
      entries: m.entries,
      requests: m.requests.map((r) => openRequest(before, r)),
      self: selfAmong(before, m),
      floor: floorOf(before, m.floor, latest),
      speakers: m.speakers,
      suspended: suspensionOf(before, m.suspended, latest),
      faults: m.faults,
      items: m.items,
      session: sessionOf(before, m.session),
      relays: m.relays ?? [],
    };
    const slots: Effect = { do: 'slots', slots: m.slots, self: m.you };
    // what was said while the line was away did not arrive
    const carried: readonly Effect[] = entering ? [slots] : [slots, { do: 'measure' }];
    const known = andThen([inside, carried], (next) => andThen(openKeys(next), (at) => keysInside(at, m)));
    const mediated = andThen(known, (next) => (entering ? openMedia(next) : resumeMedia(next, m.media)));
    const told = andThen(mediated, declare);
    const held = andThen(told, (next) => headCame(next, m.head));
    const news = entryNews(s.phase);
    return news === null ? held : andThen(held, (next) => announce(next, { what: news }));
  });
}

/** What is told to whoever comes in: let in from the lobby, or back after an item. */
function entryNews(from: Phase): 'admitted' | 'aside-over' | null {
  if (from.name === 'aside') return 'aside-over';
  return from.name === 'lobby' && from.step === 'waiting' ? 'admitted' : null;
}

/** A substitute acts as chair for as long as the server says so. */
function selfAmong(s: State, m: Extract<ServerMessage, { type: 'state' }>): State['self'] {
  const office = m.people.find((p) => p.id === m.you)?.office;
  return s.self === null || office === undefined ? s.self : { ...s.self, office };
}

/** Asks for the seat, with whatever this tab holds. */
export function askForSeat(s: State): Step {
  const line: State = { ...s, line: { ...s.line, status: 'connecting' } };
  if (s.token !== null) return [line, [{ do: 'redeem', token: s.token }]];
  if (s.seat !== null) return [line, [{ do: 'resume', seat: s.seat }]];
  if (s.meetingId !== null) return [line, [{ do: 'resume', meeting: s.meetingId }]];
  return problem(s, 'no-link');
}

/** From a page of its own back to the beginning. */
export function beginAgain(s: State): Step {
  return askForSeat({
    ...s,
    phase: { name: 'opening', step: 'seat' },
    line: { status: 'connecting', attempt: 0, lostAt: null },
  });
}

export function lineLost(s: State): Step {
  const attempt = s.line.attempt + 1;
  if (s.phase.name === 'opening' && attempt >= OPENING_TRIES) return problem(s, 'unreachable');
  const line = { status: 'waiting', attempt, lostAt: s.line.lostAt ?? s.now } as const;
  const first = s.line.lostAt === null && (s.phase.name === 'inside' || s.phase.name === 'aside');
  const retrying: Step = [{ ...s, line, admitting: [] }, [{ do: 'retry-line', attempt }]];
  // What was prepared in the lobby may speak of a network that is gone.
  const unlaid = s.phase.name === 'lobby' ? andThen(retrying, closeMedia) : retrying;
  const lost = andThen(unlaid, lineLostToKeys);
  return first ? andThen(lost, (next) => announce(next, { what: 'line-lost' }, true)) : lost;
}

/** No seat: why, and can it be tried again? */
export function noSeat(s: State, error: SeatError | null): Step {
  const opening = s.phase.name === 'opening';
  switch (error) {
    case 'slow-down':
      return opening ? problem(s, error) : lineLost(s);
    case null:
    case 'origin':
      return lineLost(s);
    case 'bad-request':
      return problem({ ...s, token: null }, s.token === null ? 'seat-unknown' : 'link-unknown');
    case 'link-unknown':
    case 'link-used':
    case 'link-early':
      return problem(s, error);
    case 'link-ended':
      if (opening) return problem({ ...s, token: null }, error);
      return goOut(s, { name: 'over', why: 'ended', by: null, reason: null });
    case 'seat-unknown':
      return andThen([{ ...s, seat: null }, [{ do: 'forget-seat' }]], (next) => problem(next, error));
  }
}
