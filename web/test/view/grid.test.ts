// SPDX-License-Identifier: EUPL-1.2
// Whose picture stands where, for every number of people; and that everybody is counted once.

import { describe, expect, it } from 'vitest';
import { council, SAMPLES } from '../../dev/samples';
import type { State } from '../../src/state';
import { lines } from '../../src/view/captions';
import {
  chairs, drawn, empty, everywhere, gridOf, inOrder, leading, listsSeats, seats, shown,
} from '../../src/view/grid';

function sample(name: string): State {
  const found = SAMPLES[name];
  if (found === undefined) throw new Error(`no sample is called ${name}`);
  return found;
}

/** The room with so many inside, nobody absent. */
function crowd(n: number): State {
  return { ...sample('room'), people: council(n) };
}

const ids = (people: readonly { readonly id: number }[]): number[] => people.map((p) => p.id);
const prefer = (s: State, more: Partial<State['preferences']>): State =>
  ({ ...s, preferences: { ...s.preferences, ...more } });

describe('the order', () => {
  it('is the floor first, then the chair, and everybody once', () => {
    const room = sample('room');
    const all = inOrder(room);
    expect(all[0]?.office).toBe('chair');
    expect(ids(all).sort((a, b) => a - b)).toEqual(ids(room.people));
    expect(ids(inOrder({ ...room, floor: { person: 9, since: 0 } })).slice(0, 3)).toEqual([9, 2, 1]);
  });
  it('begins with who is pinned, in the order of pinning', () => {
    expect(ids(shown({ ...sample('room'), pins: [13, 5], floor: { person: 9, since: 0 } })).slice(0, 4))
      .toEqual([13, 5, 9, 2]);
  });
});

describe('the grid', () => {
  it('has a form for every number', () => {
    const room = sample('room');
    const grids = [0, 1, 2, 3, 6, 7, 16, 17, 25].map((n) => gridOf({ ...room, people: [] }, n));
    expect(grids).toEqual(['1', '1', '2', '6', '6', '16', '16', '25', '25']);
    expect(gridOf(crowd(55), 9)).toBe('9');
    expect(gridOf(prefer(room, { layout: 'speaker' }), 13)).toBe('speaker');
    expect(gridOf(prefer(room, { layout: 'speaker' }), 2)).toBe('2');
  });
  it('shows everybody up to 25, nine of more, and 25 when asked', () => {
    expect(shown(crowd(25))).toHaveLength(25);
    expect(shown(crowd(55))).toHaveLength(9);
    expect(shown(prefer(crowd(55), { many: true }))).toHaveLength(25);
    expect(shown(sample('grid-55')), 'the floor and a pinned tile take more cells').toHaveLength(8);
  });
  it('always shows pins, floor, chair, oneself and who spoke last', () => {
    const of55 = sample('grid-55');
    const seen = ids(shown(of55));
    expect(seen).toEqual(expect.arrayContaining([13, 20, 2, 4, 9, 18]));
    const later = ids(shown({ ...of55, spoke: [31, ...of55.spoke.filter((id) => id !== 31)] }));
    expect(later).toContain(31);
    expect(later.slice(0, 3), 'who leads keeps their place').toEqual(seen.slice(0, 3));
  });
  it('gives absent members the last cells, and says how many more there are', () => {
    const council = sample('grid-13');
    expect(chairs(council, shown(council))).toEqual({ own: empty(council), more: 0 });
    const fuller = sample('grid-more-absent');
    expect(fuller.people.length + empty(fuller).length).toBe(17);
    const { own, more } = chairs(fuller, shown(fuller));
    expect([own.length, more]).toEqual([1, 2]);
    const large = sample('grid-25');
    expect(chairs(large, shown(large)), 'their seats are in the row').toEqual({ own: [], more: 0 });
  });
});

describe('who is not in the picture', () => {
  it('adds up to everybody inside and every empty seat', () => {
    for (const [name, s] of Object.entries(SAMPLES)) {
      const all = everywhere(s);
      expect(all.length, name).toBe(s.people.length + empty(s).length);
      expect(new Set(all.map(({ who }) => who.id)).size, name).toBe(all.length);
      expect(seats(s).every((seat) => all.some((other) => other.who.id === seat.who.id)), name).toBe(true);
    }
  });
  it('is said with the reason', () => {
    const is = (s: State, id: number): string | undefined => everywhere(s).find(({ who }) => who.id === id)?.is;
    const of55 = sample('grid-55');
    expect([is(of55, 9), is(of55, 40), is(of55, 6), is(of55, 15), is(of55, 70)]).toEqual(
      ['seen', 'elsewhere', 'camera-off', 'lost', 'absent']);
    expect(is(prefer(of55, { layout: 'low' }), 9), 'low power leaves it out').toBe('elsewhere');
  });
  it('has a row of seats from 25 on, and whenever somebody is left out', () => {
    expect([2, 13, 24, 25, 55].map((n) => listsSeats({ ...crowd(n), entries: [] })))
      .toEqual([false, false, false, true, true]);
    expect(listsSeats(sample('grid-25'))).toBe(true);
  });
  it('keeps the seats in their order when somebody leaves', () => {
    const of55 = sample('grid-25');
    const before = seats(of55).map(({ who }) => who.id);
    const left = { ...of55, people: of55.people.filter((p) => p.id !== 9) };
    expect(seats(left).map(({ who }) => who.id)).toEqual(before.filter((id) => id !== 9));
  });
});

describe('low power', () => {
  it('draws who speaks, leads, is pinned, and oneself', () => {
    const low = sample('grid-low');
    expect(ids(low.people.filter((p) => drawn(low, p)))).toEqual([2, 4, 5, 13]);
    const hidden = prefer(low, { hideSelf: true });
    expect(ids(hidden.people.filter((p) => drawn(hidden, p)))).toEqual([2, 5, 13]);
  });
});

describe('the view of who speaks', () => {
  it('follows the floor, then who spoke last, never oneself before others', () => {
    const room = sample('room');
    expect(leading({ ...room, floor: { person: 9, since: 0 }, spoke: [5] })).toBe(9);
    expect(leading({ ...room, spoke: [4, 5, 9] })).toBe(5);
    expect(leading({ ...room, spoke: [] })).toBe(2);
    expect(leading({ ...room, people: room.people.filter((p) => p.id === 4), spoke: [4] })).toBe(4);
  });
});

describe('captions', () => {
  it('are the last two lines of others, what is being typed last', () => {
    expect(lines(sample('room-captions')).map((x) => [x.from, x.typing])).toEqual([[9, true]]);
    const s = sample('room-captions');
    const soon = { ...s, now: 10_000 };
    expect(lines(soon).map((x) => [x.from, x.typing])).toEqual([[9, false], [9, true]]);
  });
});
