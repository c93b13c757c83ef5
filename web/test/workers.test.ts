// SPDX-License-Identifier: EUPL-1.2
// The two workers as one: told nothing before both run, started again when one could not be fetched, given up when it
// ran.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Frames, FramesEvent } from '../src/crypto/frames/frames';
import type { KeysToPage, PageMessage } from '../src/crypto/keys/messages';
import { RETRY_MS, type Start, workers } from '../src/crypto/workers';

/** One pair that was started, and what a test makes of it. */
class Pair {
  readonly told: PageMessage[] = [];
  closed = 0;
  counted: (counts: object | null) => void = () => undefined;
  frames: (e: FramesEvent) => void = () => undefined;
  keys: (told: KeysToPage) => void = () => undefined;

  async runs(): Promise<void> {
    this.counted({});
    this.keys({ type: 'device', device: 'QUJD', fingerprint: '', kept: true });
    await Promise.resolve();
    await Promise.resolve();
  }
}

let pairs: Pair[];
let heard: (KeysToPage | FramesEvent)[];

const start: Start = {
  frames: (tell) => {
    const pair = new Pair();
    pairs.push(pair);
    pair.frames = tell;
    const counts = new Promise((done) => (pair.counted = done));
    return { keysPort: pair, counts: () => counts, close: () => (pair.closed += 1) } as unknown as Frames;
  },
  keys: (port, _holder, tell) => {
    const pair = port as unknown as Pair;
    pair.keys = tell;
    return { tell: (message) => void pair.told.push(message), close: () => (pair.closed += 1) };
  },
};
const FAILED: KeysToPage = { type: 'failed', what: 'the keys worker' };

function begun(): ReturnType<typeof workers> {
  const listen = { keys: (told: KeysToPage) => void heard.push(told), frames: (e: FramesEvent) => void heard.push(e) };
  return workers('somebody', listen, start);
}

const last = (): Pair => pairs.at(-1) as Pair;

beforeEach(() => {
  vi.useFakeTimers();
  [pairs, heard] = [[], []];
});
afterEach(() => void vi.useRealTimers());

describe('the workers', () => {
  it('are told nothing before both run, then everything in order', async () => {
    const w = begun();
    w.tell({ type: 'line-lost' });
    last().keys({ type: 'device', device: 'QUJD', fingerprint: '', kept: true });
    w.tell({ type: 'outside' });
    expect(last().told).toEqual([]);
    last().counted({});
    await vi.advanceTimersByTimeAsync(0);
    w.tell({ type: 'refresh' });
    expect(last().told.map((m) => m.type)).toEqual(['line-lost', 'outside', 'refresh']);
  });
  for (const [what, fail] of [
    ['keys', () => last().keys(FAILED)],
    ['frames', () => last().frames({ type: 'dead' })],
    ['silent frames', () => last().counted(null)],
  ] as const) {
    it(`are started again when they could not be fetched: ${what}`, async () => {
      const w = begun();
      w.tell({ type: 'line-lost' });
      fail();
      await vi.advanceTimersByTimeAsync(RETRY_MS);
      expect(pairs.map((p) => p.closed)).toEqual([2, 0]);
      await last().runs();
      expect(last().told).toEqual([{ type: 'line-lost' }]);
      expect(heard.map((e) => e.type)).toEqual(['device']);
    });
  }
  it('that ran and died are told, and not started again', async () => {
    begun();
    await last().runs();
    last().keys(FAILED);
    last().frames({ type: 'dead' });
    await vi.advanceTimersByTimeAsync(10 * RETRY_MS);
    expect(heard.map((e) => e.type)).toEqual(['device', 'failed', 'dead']);
    expect(pairs).toHaveLength(1);
  });
  it('that were closed stay closed', async () => {
    const w = begun();
    last().keys(FAILED);
    w.close();
    last().counted(null);
    await vi.advanceTimersByTimeAsync(10 * RETRY_MS);
    expect(pairs).toHaveLength(1);
    expect(heard).toEqual([]);
  });
});
