// SPDX-License-Identifier: EUPL-1.2
// When the machine does not keep up: fewer pictures by themselves, with hysteresis, said once, undone by the person's
// word, which stands; and what the media make of it.

import { describe, expect, it } from 'vitest';
import { droppedBetween, thrift, type Clockwork } from '../src/media/thrift';
import { layoutOf } from '../src/select';
import type { Power, State } from '../src/state';
import { after, CALM, FULL_POWER, type Second, SPARED, TOO_LATE, WORTH } from '../src/update/power';
import { connected, inside, JAN, run } from './support/samples';

const LATE: Second = { dropped: 0, frame: 400 };
const SMOOTH: Second = { dropped: 0, frame: 16 };
const BETWEEN: Second = { dropped: 0.1, frame: 20 };
const UNKNOWN: Second = { dropped: null, frame: null };

/** So many seconds, one after the other. */
function lasting(p: Power, ...seconds: readonly (readonly [Second, number])[]): Power {
  return seconds.reduce((power, [second, n]) => {
    let at = power;
    for (let i = 0; i < n; i++) at = after(at, second, true);
    return at;
  }, p);
}
const low = lasting(FULL_POWER, [LATE, TOO_LATE]);

describe('the decision', () => {
  it('comes after eight late seconds, not after seven', () => {
    expect(lasting(FULL_POWER, [LATE, TOO_LATE - 1]).low).toBe(false);
    expect(low.low).toBe(true);
  });
  it.each([
    ['frames that were thrown away', { dropped: 0.25, frame: 5 }],
    ['frames of the page that come late', { dropped: null, frame: 150 }],
  ])('comes of %s', (_, second) => {
    expect(lasting(FULL_POWER, [second, TOO_LATE]).low).toBe(true);
  });
  it('does not come of a hiccup now and then, however long the evening', () => {
    let p = FULL_POWER;
    for (let minute = 0; minute < 600; minute++) p = lasting(p, [LATE, 5], [SMOOTH, 55]);
    expect(p.low).toBe(false);
  });
  it('does not come of what lies between, of what is not known, or where it would win nothing', () => {
    expect(lasting(FULL_POWER, [BETWEEN, 1_000], [UNKNOWN, 1_000])).toEqual(FULL_POWER);
    let p = FULL_POWER;
    for (let i = 0; i < 100; i++) p = after(p, LATE, false);
    expect(p).toEqual(FULL_POWER);
  });
  it('ends after a smooth minute, and after a longer one with each relapse', () => {
    expect(lasting(low, [SMOOTH, CALM - 1]).low).toBe(true);
    expect(lasting(low, [SMOOTH, CALM]).low).toBe(false);
    const again = lasting(low, [SMOOTH, CALM], [LATE, TOO_LATE]);
    expect(again.low).toBe(true);
    expect(lasting(again, [SMOOTH, 2 * CALM - 1]).low).toBe(true);
    expect(lasting(again, [SMOOTH, 2 * CALM]).low).toBe(false);
    let p = low;
    for (let i = 0; i < 10; i++) p = lasting(p, [SMOOTH, p.until], [LATE, TOO_LATE]);
    expect(p.until, 'a quarter of an hour at most').toBe(16 * CALM);
  });
  it('is not ended by a minute with a late second in it', () => {
    expect(lasting(low, [SMOOTH, CALM - 1], [LATE, 1], [SMOOTH, CALM - 1]).low).toBe(true);
    const unsaid = lasting(low, [SMOOTH, CALM - 1], [BETWEEN, 9], [UNKNOWN, 9], [SMOOTH, 1]);
    expect(unsaid.low, 'these say nothing').toBe(false);
  });
});

/** In a room with so many pictures of others. */
function room(pictures: number): State {
  const people = Array.from({ length: pictures }, (_, i) => ({ ...JAN, id: 10 + i }));
  const s = connected();
  return { ...s, people: [...s.people, ...people], pictured: people.map((p) => p.id) };
}
function seconds(s: State, second: Second, n: number): ReturnType<typeof run> {
  return run(s, ...Array.from({ length: n }, () => ({ type: 'kept-up', second }) as const));
}
const economised = (r: ReturnType<typeof run>): unknown[] => r.effects.filter((e) => e.do === 'economise');

describe('the room', () => {
  it('goes to low power by itself, says so once, and tells the media; the preference stays', () => {
    const slow = seconds(room(12), LATE, 30);
    expect(layoutOf(slow.s)).toBe('low');
    expect(slow.s.preferences.layout).toBe('grid');
    expect(slow.s.notice).toMatchObject({ id: room(12).lastNotice + 1, news: { what: 'power', low: true } });
    expect(economised(slow)).toEqual([{ do: 'economise', on: true }]);
    expect(slow.effects.some((e) => e.do === 'remember-preferences')).toBe(false);
    const well = seconds(slow.s, SMOOTH, CALM);
    expect(layoutOf(well.s)).toBe('grid');
    expect(well.s.notice?.news).toEqual({ what: 'power', low: false });
    expect(economised(well)).toEqual([{ do: 'economise', on: false }]);
  });
  it('leaves a small meeting alone', () => {
    expect(seconds(room(WORTH + 1), LATE, 100).s.power.low).toBe(false);
    expect(seconds(room(WORTH + 2), LATE, 100).s.power.low).toBe(true);
  });
  it('does what the person says, and lets it stand', () => {
    const slow = seconds(room(12), LATE, TOO_LATE);
    const back = run(slow.s, { type: 'prefer', preferences: { layout: 'grid' } });
    expect(layoutOf(back.s)).toBe('grid');
    expect(economised(back)).toEqual([{ do: 'economise', on: false }]);
    expect(seconds(back.s, LATE, SPARED - 1).s.power.low).toBe(false);
    expect(seconds(back.s, LATE, SPARED + TOO_LATE).s.power.low).toBe(true);
    const other = run(slow.s, { type: 'prefer', preferences: { contrast: true } });
    expect(layoutOf(other.s), 'another choice is no word about this').toBe('low');
  });
  it('has nothing to decide when the person chose low power, or is not inside', () => {
    const chosen = run(room(12), { type: 'prefer', preferences: { layout: 'low' } });
    expect(economised(chosen)).toEqual([{ do: 'economise', on: true }]);
    const later = seconds(chosen.s, SMOOTH, 10 * CALM);
    expect(layoutOf(later.s)).toBe('low');
    expect(later.effects).toEqual([]);
    const lobby = { ...inside(), phase: { name: 'lobby', step: 'check', opened: true } } as State;
    expect(seconds(lobby, LATE, 100).s.power).toEqual(FULL_POWER);
  });
  it('starts anew outside', () => {
    const slow = seconds(room(12), LATE, TOO_LATE);
    const message = { type: 'over', why: 'ended', by: null, reason: null } as const;
    const out = run(slow.s, { type: 'received', now: 9, message });
    expect(out.s.power).toEqual(FULL_POWER);
    expect(economised(out)).toEqual([{ do: 'economise', on: false }]);
  });
});

describe('the measurement', () => {
  it('tells the part of the frames that were dropped, if there were enough', () => {
    expect(droppedBetween({ decoded: 100, dropped: 10 }, { decoded: 130, dropped: 20 })).toBe(0.25);
    expect(droppedBetween({ decoded: 100, dropped: 10 }, { decoded: 105, dropped: 10 })).toBeNull();
    expect(droppedBetween({ decoded: 900, dropped: 9 }, { decoded: 20, dropped: 0 }), 'a new connection').toBeNull();
  });

  class Page implements Clockwork {
    at = 0;
    away = false;
    readonly asked: (() => void)[] = [];
    hidden = (): boolean => this.away;
    now = (): number => this.at;
    frame = (drawn: () => void): void => void this.asked.push(drawn);
    /** So long after now, the frame comes. */
    draw(ms: number): void {
      this.at += ms;
      this.asked.shift()?.();
    }
  }
  const none = { decoded: 0, dropped: 0 };

  it('is the mean of the frames of a second, and asks for one at a time', () => {
    const page = new Page();
    const t = thrift(page);
    for (const ms of [10, 20, 30, 40]) {
      t.ask();
      t.ask();
      expect(page.asked).toHaveLength(1);
      page.draw(ms);
    }
    expect(t.over(none)).toEqual({ dropped: null, frame: 25 });
    expect(t.over(none).frame, 'nothing was asked').toBeNull();
  });
  it('counts a frame that does not come', () => {
    const page = new Page();
    const t = thrift(page);
    t.ask();
    page.at = 1_000;
    expect(t.over(none).frame).toBe(1_000);
    page.at = 2_000;
    expect(t.over(none).frame).toBe(2_000);
  });
  it('says nothing of a page that nobody sees, nor of the frame for which it was waiting', () => {
    const page = new Page();
    const t = thrift(page);
    t.ask();
    page.away = true;
    page.at = 5_000;
    expect(t.over(none).frame).toBeNull();
    page.away = false;
    page.draw(1);
    t.ask();
    page.draw(8);
    expect(t.over(none).frame, 'the old frame is not counted').toBe(8);
  });
});
