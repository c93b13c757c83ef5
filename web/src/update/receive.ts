// SPDX-License-Identifier: EUPL-1.2
// What each message of the server changes. Pure. Invariant: news about people is told once, by the message that is the
// truth about it: `person` and `gone` about who is inside, `waiting` about the lobby, `entry` about the rest.

import { aboutOf, slotsOf } from '../select';
import type { Phase, State } from '../state';
import type { KeysFromServer } from '../wire/delivery';
import type { Entry, ErrorCode, GoneReason, Named, Person, ServerMessage, Slot, Waiting } from '../wire/messages';
import { askedToSwitchOn, entryNews, faultsChanged, floorChanged, mutedByOffice, suspensionChanged } from './floor';
import { backToLobby, itemsChanged, stepAside } from './items';
import { mediaAnswered, mediaLost, prepareMedia, retryMedia } from './media';
import { named } from './named';
import { headCame, proofCame, recordBroken } from './record';
import { ENTRIES_AT_MOST, enter, goOut, openRequest, problem, toLobby, uninvited } from './room';
import { askIn, linkMade, openKeys, served } from './secrecy';
import { soundAnswered, soundRefused } from './sound_check';
import { announce, keep, stay, andThen, type Step } from './step';

export function receive(s: State, m: ServerMessage): Step {
  switch (m.type) {
    case 'welcome':
      return welcome(s, m);
    case 'lobby':
      if (s.phase.name === 'inside') return backToLobby(s, m.opened);
      // After `stop-waiting` one may still be on its way.
      if (s.phase.name !== 'lobby' || s.phase.step === 'check') return stay(s);
      return prepareMedia({ ...s, phase: lobby('waiting', m.opened) });
    case 'state':
      return s.self === null ? stay(s) : enter(s, m);
    case 'aside':
      return s.self === null ? stay(s) : stepAside(s, m);
    case 'over':
      return over(s, m);
    case 'error':
      return m.re === 'sound-check' ? soundRefused(s, m.code) : refused(s, m.code, m.re);
    case 'sound-check-answer':
      return soundAnswered(s, m.sdp);
    case 'person':
    case 'gone':
    case 'waiting':
    case 'answer':
    case 'slots':
    case 'media-lost':
    case 'watched':
    case 'entry':
    case 'request':
    case 'request-over':
    case 'floor':
    case 'suspended':
    case 'faults':
    case 'muted':
    case 'asked':
    case 'link':
    case 'items':
    case 'head':
    case 'proof':
      return s.phase.name === 'inside' ? receiveInside(s, m) : stay(s);
    case 'key-group':
    case 'key-create':
    case 'key-wanted':
    case 'key-commit':
    case 'key-welcome':
    case 'key-behind':
    case 'key-lost':
    case 'key-message':
    case 'conversation':
    case 'conversation-left':
    case 'conversation-over':
    case 'voucher':
    case 'roster':
      return served(s, m);
  }
}

type InsideMessage = Exclude<
  ServerMessage,
  KeysFromServer | { type: 'welcome' | 'lobby' | 'state' | 'aside' | 'over' | 'error' | 'sound-check-answer' }
>;

function receiveInside(s: State, m: InsideMessage): Step {
  switch (m.type) {
    case 'person':
      return person(s, m.person);
    case 'gone':
      return gone(s, m.id, m.why);
    case 'waiting':
      return waiting(s, m.people);
    case 'answer':
      return mediaAnswered(s, m.media, m.sdp);
    case 'slots':
      return slots(s, m.slots);
    case 'media-lost':
      return andThen(mediaLost(s), (next) => announce(next, { what: 'media-lost' }, true));
    case 'watched':
      return [s, [{ do: 'layers', watched: { camera: m.camera, screen: m.screen } }]];
    case 'entry':
      return entry(s, m.entry);
    case 'request': {
      const requests = [...s.requests.filter((r) => r.id !== m.request.id), openRequest(s, m.request)];
      const asked: Step = stay({ ...s, requests });
      return isSelf(s, m.request.by)
        ? asked
        : andThen(asked, (next) => {
            const { action, by } = m.request;
            return announce(next, { what: 'asked-second', action, by, about: aboutOf(m.request) }, true);
          });
    }
    case 'request-over': {
      const over = s.requests.find((r) => r.id === m.id);
      if (over === undefined) return stay(s);
      const left: State = { ...s, requests: s.requests.filter((r) => r.id !== m.id) };
      const { action } = over;
      return announce(left, { what: 'request-over', action, about: aboutOf(over), outcome: m.outcome });
    }
    case 'floor':
      return floorChanged(s, m);
    case 'suspended':
      return suspensionChanged(s, m.suspended);
    case 'faults':
      return faultsChanged(s, m.faults);
    case 'muted':
      return mutedByOffice(s, m);
    case 'asked':
      return askedToSwitchOn(s, m);
    case 'link':
      return linkMade(s, m);
    case 'items':
      return itemsChanged(s, m);
    case 'head':
      return headCame(s, m.head);
    case 'proof':
      return proofCame(s, m);
  }
}

function isSelf(s: State, p: Named): boolean {
  return s.self !== null && s.self.id === p.id;
}

function welcome(s: State, m: Extract<ServerMessage, { type: 'welcome' }>): Step {
  const back = s.line.lostAt !== null && (s.phase.name === 'inside' || s.phase.name === 'aside');
  const known: State = {
    ...s,
    self: { id: m.you, name: m.name, office: m.office },
    account: m.account,
    meeting: m.meeting,
    line: { status: 'open', attempt: 0, lostAt: null },
  };
  const step: Step = back ? announce(known, { what: 'line-back' }) : stay(known);
  const opening = andThen(step, openKeys);
  return andThen(opening, (next) => {
    switch (m.phase) {
      case 'inside':
      case 'aside':
        return stay(next); // `state` or `aside` follows
      case 'lobby':
        if (s.phase.name === 'inside') return backToLobby(next, m.meeting.phase === 'open');
        return andThen(andThen(uninvited(next), toLobby), (at) =>
          prepareMedia({ ...at, phase: lobby('waiting', m.meeting.phase === 'open') }),
        );
      case 'outside':
        return outside(next, s.phase);
    }
  });
}

function lobby(step: 'asking' | 'waiting', opened: boolean): Phase {
  return { name: 'lobby', step, opened };
}

/** Who stood in the lobby when the line broke knocks again; everybody else looks at the devices first. */
function outside(s: State, was: Phase): Step {
  if (was.name !== 'lobby' || was.step === 'check') return toLobby(s);
  return andThen(toLobby(s), (at) => askIn({ ...at, phase: lobby('asking', was.opened) }));
}

function person(s: State, p: Person): Step {
  const old = s.people.find((o) => o.id === p.id);
  const people = old === undefined ? [...s.people, p] : s.people.map((o) => (o.id === p.id ? p : o));
  const next: State = { ...s, people };
  if (s.self !== null && isSelf(s, p)) return stay({ ...next, self: { ...s.self, office: p.office } });
  const what = newsOf(old, p);
  return what === null ? stay(next) : announce(next, { what, person: named(p) });
}

function newsOf(old: Person | undefined, p: Person): 'entered' | 'lost' | 'returned' | 'sharing' | null {
  if (old === undefined) return 'entered';
  if (old.connection !== p.connection) return p.connection === 'reconnecting' ? 'lost' : 'returned';
  return p.sources.screen && !old.sources.screen ? 'sharing' : null;
}

function gone(s: State, id: number, why: GoneReason): Step {
  const p = s.people.find((o) => o.id === id);
  if (p === undefined) return stay(s);
  const next: State = {
    ...s,
    people: s.people.filter((o) => o.id !== id),
    speaking: s.speaking.filter((o) => o !== id),
    frozen: s.frozen.filter((o) => o !== id),
    pictured: s.pictured.filter((o) => o !== id),
    spoke: s.spoke.filter((o) => o !== id),
  };
  const told = why === 'left' || why === 'seat-ended'; // else its entry tells it
  return told ? announce(next, { what: 'left', person: named(p) }) : stay(next);
}

function waiting(s: State, people: readonly Waiting[]): Step {
  const admitting = s.admitting.filter((id) => people.some((p) => p.id === id));
  const about = s.dialog?.name === 'turn-away' || s.dialog?.name === 'admit' ? s.dialog.person.id : null;
  const dialog = about !== null && !people.some((p) => p.id === about) ? null : s.dialog;
  const next: State = { ...s, waiting: people, admitting, dialog };
  const knocked = people.find((p) => !s.waiting.some((o) => o.id === p.id));
  return knocked === undefined ? stay(next) : announce(next, { what: 'knocked', person: knocked });
}

function slots(s: State, list: readonly Slot[]): Step {
  const shown = (id: number): boolean => list.some((slot) => slot.person === id && slot.source === 'camera');
  const next: State = {
    ...s,
    slots: list,
    streams: s.streams + 1,
    frozen: keep(s.frozen, s.frozen.filter(shown)),
    pictured: keep(s.pictured, s.pictured.filter(shown)),
  };
  return [next, [{ do: 'slots', slots: slotsOf(next), self: s.self?.id ?? null }]];
}

function entry(s: State, e: Entry): Step {
  const last = s.entries.at(-1);
  if (last !== undefined && last.seq >= e.seq) return stay(s);
  const next: State = { ...s, entries: [...s.entries, e].slice(-ENTRIES_AT_MOST) };
  if (e.kind === 'server-restarted') return announce(next, { what: 'server-restarted' });
  if (e.kind === 'turned-away' && e.who !== null) {
    return announce(next, { what: 'turned-away', person: e.who, by: e.by });
  }
  return entryNews(next, e);
}

function over(s: State, m: Extract<ServerMessage, { type: 'over' }>): Step {
  const out = goOut(s, { name: 'over', why: m.why, by: m.by, reason: m.reason });
  const final = m.why === 'ended' || m.why === 'seat-ended' || m.why === 'signed-out';
  return final ? andThen(out, (next) => [{ ...next, seat: null }, [{ do: 'forget-seat' }]]) : out;
}

function refused(s: State, code: ErrorCode, re: string | null): Step {
  if (code === 'version') return problem(s, 'version');
  if (code === 'seat-unknown') {
    return andThen([{ ...s, seat: null }, [{ do: 'forget-seat' }]], (next) => problem(next, 'seat-unknown'));
  }
  if (re === 'proof') {
    // beyond its newest head: it lost entries that it signed. Otherwise the proof was asked for twice.
    return code === 'wrong-field' ? recordBroken(s, 'lost', null) : stay(s);
  }
  if (code === 'meeting-full' && re === 'join') return problem(s, 'full');
  return andThen(takeBack(s, re), (next) => announce(next, { what: 'error', code }, true));
}

/** What was waiting for an answer waits no longer. */
function takeBack(s: State, re: string | null): Step {
  switch (re) {
    case 'join':
      return stay(s.phase.name === 'lobby' ? { ...s, phase: { ...s.phase, step: 'check' } } : s);
    case 'admit':
    case 'turn-away':
      return stay({ ...s, admitting: [] });
    case 'confirm':
    case 'refuse':
      return stay({ ...s, requests: s.requests.map((r) => ({ ...r, answered: false })) });
    case 'offer':
      return retryMedia(s);
    default:
      return stay(s);
  }
}
