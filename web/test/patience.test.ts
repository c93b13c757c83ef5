// SPDX-License-Identifier: EUPL-1.2
// How long sound waits for what was lost: in virtual seconds.
import { describe, expect, it } from 'vitest';
import {
  BAD, CALM, IMPATIENT, type Patience, type Played, REST, USELESS, wait, waiter, worst,
} from '../src/media/patience';

/** So many seconds, each with this part made up. */
function after(p: Patience, seconds: number, madeUp: number, roundTrip: number | null = 50): Patience {
  return Array.from({ length: seconds }).reduce<Patience>((q) => wait(q, madeUp, roundTrip), p);
}
const waiting = after(IMPATIENT, BAD, 0.05);

describe('sound waits for what was lost', () => {
  it('not for one gap, but for a second with gaps after another', () => {
    expect(after(IMPATIENT, BAD - 1, 0.05).ms).toBeNull();
    expect(after(after(after(IMPATIENT, 1, 0.05), 20, 0), 1, 0.05).ms).toBeNull();
    expect(after(IMPATIENT, 1_000, 0.005).ms).toBeNull();
    expect(waiting.ms).toBe(200);
  });

  it('for as long as there and back takes and a little, and not for ever', () => {
    expect(after(IMPATIENT, BAD, 0.05, null).ms).toBe(150);
    expect(after(IMPATIENT, BAD, 0.05, 200).ms).toBe(350);
    expect(after(IMPATIENT, BAD, 0.05, 5_000).ms).toBe(400);
  });

  it('as long as it helps, and until a minute was whole', () => {
    expect(after(waiting, 3_600, 0.02).ms).toBe(200);
    expect(after(waiting, CALM - 1, 0).ms).toBe(200);
    expect(after(after(waiting, CALM - 1, 0), 1, 0.001).ms).toBe(200);
    expect(after(waiting, CALM, 0)).toEqual(IMPATIENT);
  });

  it('no longer where it does not help, and not again at once', () => {
    const useless = after(waiting, USELESS, 0.05);
    expect(useless).toEqual({ ...IMPATIENT, rest: REST });
    expect(after(useless, REST, 0.05).ms).toBeNull();
    expect(after(useless, REST + BAD, 0.05).ms).toBe(200);
  });
});

describe('the worst line', () => {
  const lines = (...all: readonly (readonly [string, Played])[]): ReadonlyMap<string, Played> => new Map(all);

  it('is counted between two looks; one that begins, or is not played, has no gaps', () => {
    const a = lines(['1', { samples: 0, madeUp: 0 }], ['2', { samples: 100, madeUp: 50 }]);
    const b = lines(['1', { samples: 100, madeUp: 1 }], ['2', { samples: 200, madeUp: 60 }]);
    expect(worst(a, b)).toBe(0.1);
    expect(worst(lines(), b)).toBe(0);
    expect(worst(b, b)).toBe(0);
  });
});

describe('over all looks', () => {
  it('says once how long to wait, and once that it is over', () => {
    const said: (number | null)[] = [];
    const look = waiter((ms) => said.push(ms));
    const seconds = (count: number, madeUp: number): void => {
      for (let i = 0; i < count; i++) {
        total = { samples: total.samples + 100, madeUp: total.madeUp + madeUp };
        look(new Map([['1', total]]), 50);
      }
    };
    let total: Played = { samples: 0, madeUp: 0 };
    seconds(1 + BAD, 5);
    expect(said).toEqual([200]);
    seconds(CALM - 1, 0);
    expect(said).toEqual([200]);
    seconds(1, 0);
    expect(said).toEqual([200, null]);
  });
});
