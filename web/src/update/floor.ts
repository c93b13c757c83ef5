// SPDX-License-Identifier: EUPL-1.2
// The floor, suspension, faults, and what an office does to this person, on the way in. Pure. Invariant: a message of
// the server switches off at most, never on.

import type { FloorState, State } from '../state';
import type { Entry, Floor, ServerMessage, Suspension } from '../wire/messages';
import { chime } from './chime';
import { switchAllOff, switchOff } from './sources';
import { announce, keep, stay, andThen, type Step } from './step';

/**
 * When something that the server saw at `since` happened, on our clock. `latest` is the server's time of the youngest
 * thing it told, so that a clock of this machine that goes wrong shows no wrong time.
 */
export function onOurClock(s: State, since: string | null, latest: string | null): number {
  if (since === null || latest === null) return s.now;
  return s.now - Math.max(0, Date.parse(latest) - Date.parse(since));
}

export function floorOf(s: State, floor: Floor, latest: string | null): FloorState {
  return { person: floor.person, since: onOurClock(s, floor.since, latest) };
}

export function suspensionOf(s: State, suspended: Suspension | null, latest: string | null): State['suspended'] {
  return suspended === null ? null : { ...suspended, startedAt: onOurClock(s, suspended.since, latest) };
}

export function floorChanged(s: State, m: Extract<ServerMessage, { type: 'floor' }>): Step {
  const me = s.self?.id ?? 0;
  const passed = m.floor.person !== s.floor.person;
  const next: State = {
    ...s,
    floor: passed ? { person: m.floor.person, since: s.now } : s.floor,
    speakers: keep(s.speakers, m.speakers),
  };
  if (passed && m.floor.person === me) {
    return andThen(chime(next), (now) => announce(now, { what: 'floor-yours' }, true));
  }
  if (passed && m.floor.person !== null) {
    const person = s.people.find((p) => p.id === m.floor.person);
    return person === undefined ? stay(next) : announce(next, { what: 'floor', person });
  }
  if (passed) return announce(next, { what: 'floor-free' });
  const place = next.speakers.indexOf(me) + 1;
  return place === s.speakers.indexOf(me) + 1 ? stay(next) : announce(next, { what: 'hand', place });
}

/** In a break nothing runs on: whoever comes back to their desk is not heard before they want to be. */
export function suspensionChanged(s: State, suspended: Suspension | null): Step {
  if (suspended === null) {
    if (s.suspended === null) return stay(s);
    return andThen(chime({ ...s, suspended: null }), (next) => announce(next, { what: 'resumed' }, true));
  }
  if (s.suspended !== null) return stay({ ...s, suspended: { ...suspended, startedAt: s.suspended.startedAt } });
  const off = switchAllOff({ ...s, suspended: { ...suspended, startedAt: s.now }, silenced: null, asked: null });
  return andThen(off, (next) => announce(next, { what: 'suspended' }, true));
}

export function faultsChanged(s: State, faults: State['faults']): Step {
  const about = s.dialog?.name === 'clear-fault' ? s.dialog.fault.id : null;
  const dialog = about !== null && !faults.some((f) => f.id === about) ? null : s.dialog;
  return stay({ ...s, faults, dialog });
}

export function mutedByOffice(s: State, m: Extract<ServerMessage, { type: 'muted' }>): Step {
  const silenced = { source: m.source, by: m.by, reason: m.reason };
  return andThen(switchOff({ ...s, silenced }, m.source), (off) =>
    andThen(chime(off), (next) => announce(next, { what: 'silenced', silenced }, true)),
  );
}

export function askedToSwitchOn(s: State, m: Extract<ServerMessage, { type: 'asked' }>): Step {
  if (s.own[m.source].wanted) return stay(s);
  const asked = { source: m.source, by: m.by, reason: m.reason };
  return andThen(chime({ ...s, asked }), (next) => announce(next, { what: 'asked', asked }, true));
}

/** Entries that everybody is told when they happen; `alert` also by interrupting. */
const TOLD: Partial<Readonly<Record<Entry['kind'], 'status' | 'alert'>>> = {
  'muted': 'status',
  'share-stopped': 'status',
  'floor-withdrawn': 'status',
  'floor-restored': 'status',
  'removed': 'status',
  'objection': 'status',
  'fault-reported': 'alert',
  'fault-cleared': 'status',
  'chair-substituted': 'alert',
  'chair-returned': 'status',
  'recused': 'status',
  'recusal-asked': 'status',
  'recusal-contested': 'status',
  'guest-out': 'status',
  'presence-corrected': 'status',
};

/** News of an entry. `muted` and `asked` tell the person concerned themselves. */
export function entryNews(s: State, e: Entry): Step {
  const told = TOLD[e.kind];
  const mine = e.who !== null && e.who.id === s.self?.id;
  if (told === undefined || (mine && (e.kind === 'muted' || e.kind === 'share-stopped'))) return stay(s);
  const pressing = told === 'alert' || (mine && e.kind === 'floor-withdrawn');
  const step = mine && e.kind === 'floor-withdrawn' ? chime(s) : stay(s);
  return andThen(step, (next) => announce(next, { what: 'entry', entry: e }, pressing));
}
