// SPDX-License-Identifier: EUPL-1.2
// The agenda: which item is open, who is aside for it, whether its doors are open; and what chair, clerk and everybody
// for themselves do about it. Pure. Invariant: whoever is aside knows nothing of the room.

import type { PersonEvent } from '../event';
import { may } from '../rights';
import { itemOf } from '../select';
import type { Dialog, State } from '../state';
import type { Item } from '../wire/items';
import type { ClientMessage, ServerMessage } from '../wire/messages';
import { chime } from './chime';
import { namedOf } from './named';
import { forgetRoom, toLobby } from './room';
import { sessionOf } from './session';
import { switchAllOff } from './sources';
import { announce, send, stay, andThen, type Step } from './step';

/** A dialog about an item that is no longer as it was when it was opened. */
function stillFits(dialog: Dialog | null, items: readonly Item[]): boolean {
  if (dialog === null || !('item' in dialog)) return true;
  const phase = items.find((i) => i.id === dialog.item)?.phase;
  return phase === 'open' || (phase === 'ahead' && dialog.name !== 'doors-open');
}

export function itemsChanged(s: State, m: Extract<ServerMessage, { type: 'items' }>): Step {
  const session = sessionOf(s, m.session);
  const dialog = stillFits(s.dialog, m.items) ? s.dialog : null;
  const next: State = { ...s, items: m.items, session, dialog };
  if (session.item !== s.session.item) return itemPassed(s, next);
  if (session.doors === s.session.doors) return stay(next);
  // Ten seconds in which everyone sees and hears that others will be let in.
  const rings = session.doors === 'closed' ? stay(next) : chime(next);
  return andThen(rings, (rung) => announce(rung, { what: 'doors', doors: session.doors }, true));
}

function itemPassed(s: State, next: State): Step {
  const opened = itemOf(next, next.session.item);
  if (opened !== null) return announce(next, { what: 'item', item: opened, opened: true }, true);
  const closed = itemOf(s, s.session.item);
  return closed === null ? stay(next) : announce(next, { what: 'item', item: closed, opened: false });
}

/** Takes no part in the open item: nothing runs on, nothing of the room is kept. Ends with the next `state`. */
export function stepAside(s: State, m: Extract<ServerMessage, { type: 'aside' }>): Step {
  const phase: State['phase'] = { name: 'aside', item: m.item, by: m.by, reason: m.reason, since: m.since };
  if (s.phase.name === 'aside') return stay({ ...s, phase });
  const off = andThen(switchAllOff({ ...s, phase, testing: false }), (next) => forgetRoom(next, phase));
  return andThen(off, (next) => announce(next, { what: 'aside', item: m.item }, true));
}

/** A guest whose item is over, or who was let in while the doors were open. */
export function backToLobby(s: State, opened: boolean): Step {
  return andThen(toLobby(s), (at) =>
    announce({ ...at, phase: { name: 'lobby', step: 'waiting', opened, out: true } }, { what: 'guest-out' }, true),
  );
}

export type ItemEvent = Extract<
  PersonEvent,
  { type: 'item' | 'doors-open' | 'note-recusal' | 'note-presence' | 'open-item-dialog' | 'open-presence' }
>;

/** Sends it and closes the dialog; without a line the dialog stays, with what was written in it. */
function submit(s: State, allowed: boolean, message: ClientMessage): Step {
  return allowed && s.line.status === 'open' ? send({ ...s, dialog: null }, message) : stay(s);
}

export function useItems(s: State, e: ItemEvent): Step {
  if (s.phase.name !== 'inside') return stay(s);
  switch (e.type) {
    case 'item': {
      const item = itemOf(s, e.item);
      return submit(s, item !== null && fits(s, e.act, item), { type: e.act, item: e.item });
    }
    case 'doors-open':
      return submit(s, may(s, 'doors-open'), { type: 'doors-open', item: e.item, reason: e.reason });
    case 'note-recusal': {
      const { item, person, reason, contested } = e;
      return submit(s, may(s, 'note-recusal'), { type: 'note-recusal', item, person, reason, contested });
    }
    case 'note-presence': {
      const { person, present, reason } = e;
      return submit(s, may(s, 'note-presence'), { type: 'note-presence', person, present, reason });
    }
    case 'open-item-dialog':
      return stay(itemOf(s, e.item) === null ? s : { ...s, dialog: { name: e.dialog, item: e.item } });
    case 'open-presence': {
      const person = namedOf(s, e.person);
      return stay(person === null || !may(s, 'note-presence') ? s : { ...s, dialog: { name: 'presence', person } });
    }
  }
}

function fits(s: State, act: Extract<ItemEvent, { type: 'item' }>['act'], item: Item): boolean {
  switch (act) {
    case 'item-open':
      return may(s, 'open-item') && item.phase !== 'open';
    case 'item-close':
      return may(s, 'open-item') && item.phase === 'open';
    case 'doors-close':
      return may(s, 'doors-close') && item.phase === 'open';
    case 'declare-alone':
      return item.phase === 'open';
    case 'recuse':
      return item.phase !== 'done';
  }
}
