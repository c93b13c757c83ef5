// SPDX-License-Identifier: EUPL-1.2
// The agenda: what opens and closes, who stands aside and comes back by themselves, what an office may send.
import { describe, expect, it } from 'vitest';
import type { Event, ItemDialog } from '../src/event';
import type { State } from '../src/state';
import type { Item, Session } from '../src/wire/items';
import type { ServerMessage } from '../src/wire/messages';
import { connected, GREET, inLobby, ITEMS, JAN, receivedAt, run, SEAT, SERVER, stateMessage } from './support/samples';
import { KEYED } from './support/secrecy';

const CLOSED: Session = { item: 2, doors: 'closed', seconds: null };
const NONE: Session = { item: null, doors: 'closed', seconds: null };

function items(session: Session, list: readonly Item[] = ITEMS): Event {
  return receivedAt(20, { type: 'items', items: list, session });
}

/** In the room while the second item is open, as clerk or as somebody else. */
function open(office: 'clerk' | 'chair' | 'member' | 'guest' = 'clerk'): State {
  const { s } = run(connected(), items(CLOSED));
  return s.self === null ? s : { ...s, self: { ...s.self, office } };
}

function sent(s: State, ...events: readonly Event[]): readonly unknown[] {
  return run(s, ...events).effects.flatMap((e) => (e.do === 'send' ? [e.message] : []));
}

const REASON = { code: 'agreed' } as const;

describe('the agenda', () => {
  it('comes with the state and changes whole', () => {
    const { s } = run(inLobby(), { type: 'join' }, receivedAt(5, stateMessage({ items: ITEMS, session: CLOSED })));
    expect(s.items).toEqual(ITEMS);
    expect(s.session).toEqual({ item: 2, doors: 'closed', opensAt: null });
    const first = ITEMS.slice(0, 1);
    expect(run(s, items(NONE, first)).s.items).toEqual(first);
  });
  it('tells which item opened, and which closed', () => {
    expect(open().notice).toMatchObject({ urgent: true, news: { what: 'item', opened: true, item: { id: 2 } } });
    const after = run(open(), items(NONE, ITEMS.map((i) => ({ ...i, phase: 'done' })))).s;
    expect(after.notice?.news).toMatchObject({ what: 'item', opened: false, item: { id: 2 } });
  });
  it('is opened and closed by clerk and chair, never by others', () => {
    for (const office of ['clerk', 'chair'] as const) {
      for (const [act, item] of [['item-close', 2], ['item-open', 1]] as const)
        expect(sent(open(office), { type: 'item', act, item })).toEqual([{ type: act, item }]);
    }
    for (const office of ['member', 'guest'] as const) {
      for (const act of ['item-open', 'item-close', 'doors-close'] as const)
        for (const item of [1, 2]) expect(sent(open(office), { type: 'item', act, item })).toEqual([]);
    }
  });
  it('knows no item that is not on it', () => {
    expect(sent(open(), { type: 'item', act: 'recuse', item: 77 })).toEqual([]);
    expect(run(open(), { type: 'open-item-dialog', dialog: 'recuse', item: 77 }).s.dialog).toBeNull();
  });
  it('everybody says for themselves that they are alone, or take no part', () => {
    for (const office of ['clerk', 'chair', 'member', 'guest'] as const) {
      for (const act of ['declare-alone', 'recuse'] as const)
        expect(sent(open(office), { type: 'item', act, item: 2 })).toEqual([{ type: act, item: 2 }]);
    }
    expect(sent(open(), { type: 'item', act: 'declare-alone', item: 1 })).toEqual([]);
    const done = run(open(), items(NONE, ITEMS.map((i) => ({ ...i, phase: 'done' })))).s;
    expect(sent(done, { type: 'item', act: 'recuse', item: 2 })).toEqual([]);
  });
  it('a dialog about an item closes with it', () => {
    const asked = (dialog: ItemDialog, item: number): State =>
      run(open(), { type: 'open-item-dialog', dialog, item }).s;
    const done = ITEMS.map((i) => ({ ...i, phase: 'done' }) as const);
    for (const dialog of ['recuse', 'doors-open', 'note-recusal'] as const) {
      expect(asked(dialog, 2).dialog).toEqual({ name: dialog, item: 2 });
      expect(run(asked(dialog, 2), items(NONE, done)).s.dialog).toBeNull();
    }
    expect(run(asked('recuse', 1), items(NONE)).s.dialog).toEqual({ name: 'recuse', item: 1 });
    expect(run(asked('doors-open', 1), items(NONE)).s.dialog).toBeNull();
  });
});

describe('the doors', () => {
  const opening: Session = { item: 2, doors: 'opening', seconds: 10 };
  it('open after ten seconds that everybody sees and hears', () => {
    const { s, effects } = run(open('member'), items(opening));
    expect(s.session.opensAt).toBe(20 + 10_000);
    expect(s.notice).toMatchObject({ urgent: true, news: { what: 'doors', doors: 'opening' } });
    expect(effects).toContainEqual({ do: 'chime', device: null });
    expect(effects).toContainEqual({ do: 'timer', timer: 'second', ms: 1_000 });
    const after = run(s, items({ item: 2, doors: 'open', seconds: null }));
    expect(after.s.notice).toMatchObject({ urgent: true, news: { what: 'doors', doors: 'open' } });
    expect(after.effects).toContainEqual({ do: 'chime', device: null });
  });
  it('are kept closed by clerk or chair, at once', () => {
    const { s } = run(open('chair'), items(opening));
    expect(sent(s, { type: 'item', act: 'doors-close', item: 2 })).toEqual([{ type: 'doors-close', item: 2 }]);
    const shut = run(s, items(CLOSED)).s;
    expect([shut.session.opensAt, shut.notice?.news]).toEqual([null, { what: 'doors', doors: 'closed' }]);
  });
  it('are asked for with a reason, by an office', () => {
    const ask: Event = { type: 'doors-open', item: 2, reason: REASON };
    expect(sent(open('clerk'), ask)).toEqual([{ type: 'doors-open', item: 2, reason: REASON }]);
    expect(sent(open('member'), ask)).toEqual([]);
  });
});

describe('aside', () => {
  const { s, effects } = run(
    connected(), { type: 'toggle', source: 'camera' }, { type: 'captured', source: 'camera', sound: false },
    items(CLOSED), receivedAt(21, SERVER['aside']),
  );
  it('nothing of the room is kept, nothing runs on', () => {
    expect(s.phase).toMatchObject({ name: 'aside', item: { id: 2 }, by: { name: 'Greet Verhaeghe' } });
    expect([s.people, s.entries, s.items, s.slots, s.waiting, s.requests]).toEqual([[], [], [], [], [], []]);
    expect(s.session.item).toBeNull();
    expect([s.media.status, s.own.camera.wanted, s.own.microphone.wanted]).toEqual(['none', false, false]);
    expect(effects).toContainEqual({ do: 'close-media' });
    expect(effects).toContainEqual({ do: 'release', source: 'camera' });
    expect(s.notice).toMatchObject({ urgent: true, news: { what: 'aside' } });
  });
  it('no device starts', () => {
    expect(run(s, { type: 'toggle', source: 'microphone' }).s.own.microphone.wanted).toBe(false);
    expect(run(s, { type: 'toggle', source: 'camera' }).effects).toEqual([]);
  });
  it('nothing of the room is taken in', () => {
    const news: readonly ServerMessage[] = [
      SERVER['person'], SERVER['entry'], SERVER['items'], SERVER['slots'], SERVER['waiting'], SERVER['request'],
      SERVER['floor'], SERVER['faults'],
    ];
    expect(run(s, ...news.map((m) => receivedAt(22, m))).s).toEqual({ ...s, now: 22 });
  });
  it('a fault can still be reported, and the meeting be left; nothing else', () => {
    expect(sent(s, { type: 'fault', note: 'geen geluid' })).toEqual([{ type: 'fault', note: 'geen geluid' }]);
    expect(sent(s, { type: 'leave' })).toEqual([{ type: 'leave' }]);
    expect(sent(s, { type: 'hand' }, { type: 'object', note: 'x' }, { type: 'item', act: 'item-close', item: 2 }))
      .toEqual([]);
  });
  it('ends by itself: back inside, with a new connection, switched off', () => {
    const back = run(s, receivedAt(30, stateMessage({ items: ITEMS })), KEYED);
    expect(back.s.phase.name).toBe('inside');
    expect(back.s.media.status).toBe('offering');
    expect(back.effects).toContainEqual({ do: 'open-media' });
    expect([back.s.own.microphone.wanted, back.s.own.camera.wanted]).toEqual([false, false]);
    expect(back.s.notice?.news).toEqual({ what: 'aside-over' });
  });
  it('lasts over a lost line', () => {
    const lost = run(s, { type: 'line-closed', now: 23 }).s;
    expect([lost.phase.name, lost.notice?.news.what]).toEqual(['aside', 'line-lost']);
    const again = run(
      lost, { type: 'timer', now: 24, timer: 'line' }, { type: 'seat', now: 25, seat: SEAT },
      { type: 'line-open', now: 26 }, receivedAt(27, { ...SERVER['welcome'], phase: 'aside' }),
    ).s;
    expect([again.phase.name, again.line.status]).toEqual(['aside', 'open']);
    expect(run(again, receivedAt(28, SERVER['aside'])).s.phase.name).toBe('aside');
  });
  it('is where a reload leads to', () => {
    const { s: fresh } = run(inLobby(), receivedAt(5, SERVER['aside']));
    expect(fresh.phase.name).toBe('aside');
  });
});

describe('a guest', () => {
  it('is back in the lobby when the item closes, and reads why', () => {
    const { s, effects } = run(open('guest'), receivedAt(21, { type: 'lobby', opened: true }));
    expect(s.phase).toEqual({ name: 'lobby', step: 'waiting', opened: true, out: true });
    expect(s.people).toEqual([]);
    expect(effects).toContainEqual({ do: 'close-media' });
    expect(s.notice).toMatchObject({ urgent: true, news: { what: 'guest-out' } });
    expect(sent(s, { type: 'stop-waiting' })).toEqual([{ type: 'stop-waiting' }]);
  });
  it('also when it closed while the line was gone', () => {
    const lost = run(open('guest'), { type: 'line-closed', now: 22 }).s;
    const back = run({ ...lost, line: { status: 'open', attempt: 1, lostAt: 22 } },
      receivedAt(24, { ...SERVER['welcome'], phase: 'lobby' })).s;
    expect(back.phase).toMatchObject({ name: 'lobby', step: 'waiting', out: true });
  });
  it('who only waits is not told that something is over', () => {
    const waiting = run(inLobby(), { type: 'join' }, receivedAt(4, { type: 'lobby', opened: true })).s;
    expect(waiting.phase).toEqual({ name: 'lobby', step: 'waiting', opened: true });
  });
});

describe('a guest at the door', () => {
  const fatima = { id: 5, name: 'Fatima El Idrissi', office: 'guest', device: null, known: 'link' } as const;
  const knocks = (s: State): State => run(s, receivedAt(21, { type: 'waiting', people: [fatima] })).s;
  const admit: Event = { type: 'admit', person: 5 };
  it('is let in alone while an item of theirs is open', () => {
    expect(sent(knocks(open()), admit)).toEqual([{ type: 'admit', person: 5 }]);
  });
  it('at another time two decide, with a reason', () => {
    const between = knocks(run(connected(), items(NONE, ITEMS.map((i) => ({ ...i, phase: 'ahead' })))).s);
    const asked = run(between, admit);
    expect(asked.s.dialog).toMatchObject({ name: 'admit', person: { id: 5 } });
    expect(asked.effects).toEqual([]);
    expect(sent(asked.s, { ...admit, reason: REASON })).toEqual([{ type: 'admit', person: 5, reason: REASON }]);
    expect(run(asked.s, receivedAt(23, { type: 'waiting', people: [] })).s.dialog).toBeNull();
  });
  it('who is named for no item comes in while the doors are open', () => {
    const list = ITEMS.map((i) => ({ ...i, guests: [] }));
    expect(run(knocks(run(connected(), items(CLOSED, list)).s), admit).s.dialog).toMatchObject({ name: 'admit' });
    const wide = knocks(run(connected(), items({ item: 2, doors: 'open', seconds: null }, list)).s);
    expect(sent(wide, admit)).toEqual([{ type: 'admit', person: 5 }]);
  });
  it('in a meeting without an agenda is let in as ever', () => {
    expect(sent(knocks(connected()), admit)).toEqual([{ type: 'admit', person: 5 }]);
  });
});

describe('what an office notes about others', () => {
  const recusal: Event = { type: 'note-recusal', item: 2, person: 2, reason: REASON, contested: true };
  const presence: Event = { type: 'note-presence', person: 2, present: true, reason: REASON };
  it('goes out as it was written, from clerk and chair', () => {
    for (const office of ['clerk', 'chair'] as const) {
      expect(sent(open(office), recusal)).toEqual([recusal]);
      expect(sent(open(office), presence)).toEqual([presence]);
    }
    for (const office of ['member', 'guest'] as const) expect(sent(open(office), recusal, presence)).toEqual([]);
  });
  it('waits for a line, with what was written', () => {
    const { s } = run(open(), { type: 'open-presence', person: GREET.id }, { type: 'line-closed', now: 22 }, presence);
    expect(s.dialog).toMatchObject({ name: 'presence', person: { id: GREET.id } });
  });
  it('somebody who is aside is gone without a word of their own: the entry tells it', () => {
    const here = run(open(), receivedAt(21, { type: 'person', person: JAN })).s;
    const gone = run(here, receivedAt(22, { type: 'gone', id: JAN.id, why: 'aside' })).s;
    expect(gone.people.some((p) => p.id === JAN.id)).toBe(false);
    expect(gone.notice).toEqual(here.notice);
  });
});
