// SPDX-License-Identifier: EUPL-1.2
// The states of the agenda, for samples.ts: an evening of four items, the third without one member.

import type { State } from '../src/state';
import type { Item } from '../src/wire/items';
import type { Named } from '../src/wire/messages';

/** What samples.ts lends. */
export interface Made {
  readonly room: (id: number, n: number, more?: Partial<State>) => State;
  readonly lobby: (id: number, more?: Partial<State>) => State;
  readonly base: (more: Partial<State>) => State;
  readonly named: (id: number) => Named;
  readonly now: number;
}

const CLERK = 1;
const CHAIR = 2;
const MEMBER = 4;
const GUEST = 13;

const item = (id: number, title: string, more: Partial<Item> = {}): Item => ({
  id, title, convened: 'closed', phase: 'ahead', guests: [], recused: [], alone: [], ...more,
});

const AHEAD: readonly Item[] = [
  item(1, 'Notulen van 12 februari', { convened: 'open', phase: 'done' }),
  item(2, 'Reglement op de verhuur van het feestzaaltje De Linde', { convened: 'open' }),
  item(3, 'Grondruil Molenveld', { recused: [{ id: MEMBER, by: null, contested: false }] }),
  item(4, 'Dading sporthal De Kring', { guests: [GUEST] }),
];

/** An evening longer than the panel is high, in the middle of it. */
const LONG: readonly Item[] = Array.from({ length: 24 }, (_, at) => at + 1).map((id) =>
  item(id, `Erfpacht hoeve Ter Elst, lot ${id}`, {
    convened: id < 5 ? 'open' : 'closed', phase: id < 19 ? 'done' : id === 19 ? 'open' : 'ahead',
  }));

const opened = (id: number, more: Partial<Item> = {}): readonly Item[] =>
  AHEAD.map((i) => (i.id === id ? { ...i, phase: 'open' as const, ...more } : i.id < id ? { ...i, phase: 'done' } : i));

const CLOSED = { doors: 'closed', opensAt: null } as const;

export function itemSamples({ room, lobby, base, named, now }: Made): Readonly<Record<string, State>> {
  const agenda = { panel: 'agenda', sheet: true } as const;
  const ahead = { items: AHEAD, ...agenda };
  const closed = { items: opened(3, { alone: [1, 2, 5] }), session: { item: 3, ...CLOSED }, ...agenda };
  const open = { items: opened(2), session: { item: 2, doors: 'open', opensAt: null }, ...agenda } as const;
  return {
    'agenda': room(MEMBER, 13, ahead),
    'agenda-long': room(MEMBER, 13, { items: LONG, session: { item: 19, ...CLOSED }, ...agenda }),
    'agenda-none': room(MEMBER, 7, agenda),
    'agenda-clerk': room(CLERK, 13, ahead),
    'agenda-closed': room(5, 13, closed),
    'agenda-closed-chair': room(CHAIR, 13, closed),
    'agenda-open': room(CLERK, 13, open),
    'agenda-guest': room(GUEST, 13, {
      items: opened(4), session: { item: 4, ...CLOSED }, ...agenda,
      notice: {
        id: 1, news: { what: 'item', item: { id: 4, title: 'Dading sporthal De Kring' }, opened: true }, urgent: true,
      },
    }),
    'room-doors': room(MEMBER, 7, {
      items: opened(2), session: { item: 2, doors: 'opening', opensAt: now + 7_400 },
      notice: { id: 1, news: { what: 'doors', doors: 'opening' }, urgent: true },
    }),
    'room-doors-chair': room(CHAIR, 7, {
      items: opened(2), session: { item: 2, doors: 'opening', opensAt: now + 1_000 },
    }),
    'room-alone-asked': room(5, 7, { items: opened(3), session: { item: 3, ...CLOSED } }),
    'room-record': room(MEMBER, 7, {
      record: { status: 'checked', size: 64, fault: null, proof: null }, panel: 'proceedings', sheet: true,
    }),
    'room-record-broken': room(MEMBER, 7, {
      record: { status: 'broken', size: 64, fault: 'changed', proof: null }, panel: 'proceedings',
      notice: { id: 1, news: { what: 'record-broken' }, urgent: true },
    }),
    'dialog-recuse': room(5, 7, { ...closed, dialog: { name: 'recuse', item: 3 } }),
    'dialog-recuse-later': room(5, 7, { ...ahead, dialog: { name: 'recuse', item: 4 } }),
    'dialog-more-item': room(5, 13, { ...closed, dialog: { name: 'more' } }),
    'dialog-more-guest': room(GUEST, 13, { ...closed, dialog: { name: 'more' } }),
    'dialog-doors': room(CLERK, 7, { ...closed, dialog: { name: 'doors-open', item: 3 } }),
    'dialog-note-recusal': room(CLERK, 7, { ...closed, dialog: { name: 'note-recusal', item: 3 } }),
    'dialog-note-recusal-chair': room(CHAIR, 7, { ...closed, dialog: { name: 'note-recusal', item: 3 } }),
    'dialog-note-recusal-guest': room(CLERK, 13, { ...closed, dialog: { name: 'note-recusal', item: 3 } }),
    'dialog-admit': room(CLERK, 7, {
      ...ahead, dialog: { name: 'admit', person: { ...named(GUEST), device: null, known: 'link' } },
    }),
    'dialog-presence': room(CLERK, 7, { dialog: { name: 'presence', person: named(5) } }),
    'aside': base({
      self: named(MEMBER), items: [],
      phase: {
        name: 'aside', item: { id: 3, title: 'Grondruil Molenveld' }, by: null, reason: null,
        since: '2026-03-12T19:03:00.000Z',
      },
    }),
    'aside-noted': base({
      self: named(MEMBER), items: [], line: { status: 'waiting', attempt: 2, lostAt: now - 6_000 },
      phase: {
        name: 'aside', item: { id: 3, title: 'Grondruil Molenveld' }, by: { name: 'Greet Verhaeghe', office: 'chair' },
        reason: { code: 'written', text: 'eigenaar van een aanpalend perceel' }, since: '2026-03-12T19:03:00.000Z',
      },
    }),
    'lobby-guest': lobby(GUEST),
    'lobby-guest-waiting': lobby(GUEST, { phase: { name: 'lobby', step: 'waiting', opened: true } }),
    'lobby-out': lobby(GUEST, { phase: { name: 'lobby', step: 'waiting', opened: true, out: true } }),
  };
}
