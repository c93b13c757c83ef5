// SPDX-License-Identifier: EUPL-1.2
// The small window: opened and closed by a press, offered where the browser has it, and over with whatever leads out of
// the room or stops it.

import { describe, expect, it } from 'vitest';
import type { Event } from '../src/event';
import type { State } from '../src/state';
import { connected, inLobby, PHASES, receivedAt, run, SERVER } from './support/samples';

const SMALL: Event = { type: 'small' };

function open(): State {
  return run(connected(), SMALL).s;
}
function windows(r: ReturnType<typeof run>): string[] {
  return r.effects.map((e) => e.do).filter((name) => name === 'open-small' || name === 'close-small');
}

describe('the small window', () => {
  it('opens by a press, and closes by the next; the menu goes with it', () => {
    const opened = run({ ...connected(), dialog: { name: 'more' } }, SMALL);
    expect(windows(opened)).toEqual(['open-small']);
    expect(opened.s).toMatchObject({ small: true, dialog: null });
    const closed = run(opened.s, SMALL);
    expect(windows(closed)).toEqual(['close-small']);
    expect(closed.s.small).toBe(false);
  });
  it('opens nowhere else', () => {
    const without = { ...connected(), canFloat: false };
    const suspended = run(connected(), receivedAt(9, SERVER['suspended'])).s;
    for (const s of [without, suspended, inLobby(), PHASES['aside']?.() ?? without, PHASES['over']?.() ?? without])
      expect(windows(run(s, SMALL))).toEqual([]);
  });
  it('was closed in its own corner, or never came: the state follows', () => {
    expect(run(open(), { type: 'small-closed' }).s.small).toBe(false);
  });
  it('stays while lines, people and media come and go', () => {
    const r = run(
      open(), receivedAt(10, SERVER['gone']), { type: 'streams-changed' },
      { type: 'media', now: 11, status: 'disconnected' }, { type: 'line-closed', now: 12 },
    );
    expect(r.s.small).toBe(true);
    expect(windows(r)).toEqual([]);
  });

  const over = (why: 'left' | 'removed' | 'ended' | 'replaced'): Event =>
    receivedAt(10, { type: 'over', why, by: null, reason: null });
  it.each<[string, Event]>([
    ['leaving', over('left')],
    ['a removal', over('removed')],
    ['the end of the meeting', over('ended')],
    ['another tab that takes the seat', over('replaced')],
    ['a suspension', receivedAt(10, SERVER['suspended'])],
    ['a recusal', receivedAt(10, SERVER['aside'])],
    ['the end of an item for its guest', receivedAt(10, SERVER['lobby'])],
    ['a seat that is gone', { type: 'no-seat', now: 10, error: 'seat-unknown' }],
  ])('ends at once with %s', (_, e) => {
    const before: readonly Event[] = [{ type: 'line-closed', now: 9 }, { type: 'timer', now: 9, timer: 'line' }];
    const r = run(e.type === 'no-seat' ? run(open(), ...before).s : open(), e);
    expect(windows(r)).toEqual(['close-small']);
    expect(r.s.small).toBe(false);
  });
  it('does not come back by itself after a suspension', () => {
    const r = run(open(), receivedAt(10, SERVER['suspended']), receivedAt(11, { type: 'suspended', suspended: null }));
    expect(windows(r)).toEqual(['close-small']);
    expect(r.s.small).toBe(false);
  });
});
