// SPDX-License-Identifier: EUPL-1.2
// The floor, and the rights that an office uses over others, on the way out. Pure. What may not be done has no button.
// What gets here all the same is not sent, and the server would refuse it.

import type { PersonEvent } from '../event';
import { actionOf, may } from '../rights';
import { hasFloor, ownTurn } from '../select';
import type { Dialog, ReasonedRight, State } from '../state';
import type { ClientMessage, PersonId, Reason } from '../wire/messages';
import { namedOf } from './named';
import { remove } from './secrecy';
import { send, stay, type Step } from './step';

function opened(s: State, dialog: Dialog | null): Step {
  return stay(dialog === null || s.phase.name !== 'inside' ? s : { ...s, dialog });
}

export function openPerson(s: State, id: PersonId): Step {
  const person = s.people.find((p) => p.id === id);
  return opened(s, person === undefined ? null : { name: 'person', person });
}

export function openRight(s: State, right: ReasonedRight, id: PersonId): Step {
  const person = namedOf(s, id);
  const mine = person !== null && may(s, actionOf(right, person));
  return opened(s, mine ? { name: 'right', right, person } : null);
}

export function openClearFault(s: State, id: number): Step {
  const fault = s.faults.find((f) => f.id === id);
  return opened(s, fault === undefined || !may(s, 'clear-fault') ? null : { name: 'clear-fault', fault });
}

/** Sends it and closes the dialog; without a line the dialog stays, with what was written in it. */
function submit(s: State, message: ClientMessage): Step {
  return s.line.status === 'open' ? send({ ...s, dialog: null }, message) : stay(s);
}

function messageOf(right: Exclude<ReasonedRight, 'remove'>, person: PersonId, reason: Reason): ClientMessage {
  switch (right) {
    case 'ask-microphone':
      return { type: 'ask-on', person, source: 'microphone', reason };
    case 'ask-camera':
      return { type: 'ask-on', person, source: 'camera', reason };
    case 'mute':
    case 'stop-share':
    case 'withdraw-floor':
    case 'new-link':
      return { type: right, person, reason };
  }
}

function useRight(s: State, right: ReasonedRight, id: PersonId, reason: Reason): Step {
  const person = namedOf(s, id);
  if (person === null || !may(s, actionOf(right, person))) return stay(s);
  if (right !== 'remove') return submit(s, messageOf(right, id, reason));
  if (s.line.status !== 'open') return stay(s);
  return remove({ ...s, dialog: null }, id, reason, { type: 'remove', person: id, reason });
}

function move(s: State, id: PersonId, by: -1 | 1): Step {
  const from = s.speakers.indexOf(id);
  const to = from + by;
  const other = s.speakers[to];
  if (!may(s, 'floor') || from < 0 || other === undefined) return stay(s);
  const people = s.speakers.map((p, at) => (at === from ? other : at === to ? id : p));
  return send(s, { type: 'order', people });
}

function floorEnd(s: State): Step {
  const { person } = s.floor;
  const mine = s.self !== null && person !== null && hasFloor(s, s.self.id);
  return person !== null && (mine || may(s, 'floor')) ? send(s, { type: 'floor-end' }) : stay(s);
}

export type OfficeEvent = Extract<
  PersonEvent,
  {
    type:
      | 'hand'
      | 'floor-end'
      | 'give-floor'
      | 'restore-floor'
      | 'move-speaker'
      | 'use-right'
      | 'invite'
      | 'suspend'
      | 'resume'
      | 'fault'
      | 'clear-fault'
      | 'object';
  }
>;

export function useOffice(s: State, e: OfficeEvent): Step {
  // Nobody can be kept from reporting a fault (N11): not even by standing aside.
  if (s.phase.name !== 'inside' && !(s.phase.name === 'aside' && e.type === 'fault')) return stay(s);
  switch (e.type) {
    case 'hand':
      return ownTurn(s).is === 'floor' ? stay(s) : send(s, { type: 'hand', raised: ownTurn(s).is === 'none' });
    case 'floor-end':
      return floorEnd(s);
    case 'give-floor':
      return may(s, 'floor') ? submit(s, { type: 'floor', person: e.person }) : stay(s);
    case 'restore-floor':
      return may(s, 'floor') ? submit(s, { type: 'restore-floor', person: e.person }) : stay(s);
    case 'move-speaker':
      return move(s, e.person, e.by);
    case 'use-right':
      return useRight(s, e.right, e.person, e.reason);
    case 'invite':
      if (!may(s, 'invite')) return stay(s);
      return submit(s, { type: 'invite', name: e.name, email: e.email, office: e.office, reason: e.reason });
    case 'suspend':
      return may(s, 'suspend') ? submit(s, { type: 'suspend', reason: e.reason }) : stay(s);
    case 'resume':
      return may(s, 'suspend') && s.suspended !== null ? submit(s, { type: 'resume' }) : stay(s);
    case 'fault':
      return submit(s, { type: 'fault', note: e.note });
    case 'clear-fault':
      if (!may(s, 'clear-fault')) return stay(s);
      return submit(s, { type: 'clear-fault', fault: e.fault, reason: e.reason });
    case 'object':
      return submit(s, { type: 'object', note: e.note });
  }
}
