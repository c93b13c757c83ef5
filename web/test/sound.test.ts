// SPDX-License-Identifier: EUPL-1.2
// The sound check: when it may run, and what known sound is judged to be.
import { describe, expect, it } from 'vitest';
import { heardBetween, judge, type Peaks, type Reading } from '../src/media/verdict';
import type { SoundVerdict, State } from '../src/state';
import { update } from '../src/update';
import { SERVER, inLobby, receivedAt, run } from './support/samples';

const START: Reading = { sent: 100, received: 98, energy: 2, seconds: 2, roundTrip: 20, waited: 4, played: 96_000 };

/** Four seconds later: this loud, with this part lost, this late. */
function after(loud: number, lost = 0, roundTrip: number | null = 20, waits = 0.04): Reading {
  const packets = 200;
  const seconds = 4;
  return {
    sent: START.sent + packets,
    received: START.received + Math.round(packets * (1 - lost)),
    energy: START.energy + loud * loud * seconds,
    seconds: START.seconds + seconds,
    roundTrip,
    waited: START.waited + waits * 192_000,
    played: START.played + 192_000,
  };
}

const CLEAN: Peaks = { looks: 80, full: 0 };
const verdict = (reading: Reading, peaks: Peaks = CLEAN): SoundVerdict => judge(heardBetween(START, reading, peaks));

describe('what came back', () => {
  it('is measured between two readings', () => {
    const h = heardBetween(START, after(0.05, 0.1), { looks: 80, full: 8 });
    expect(h.loud).toBeCloseTo(0.05);
    expect(h.clipped).toBeCloseTo(0.1);
    expect(h.loss).toBeCloseTo(0.085); // 20 of 200, three of which may be under way
    expect(h.delay).toBeCloseTo(60);
    expect(h.received).toBe(180);
  });
  it('is judged by the first thing to be mended', () => {
    expect(verdict(after(0.05))).toBe('good');
    expect(verdict(after(0.012))).toBe('good');
    expect(verdict(after(0.008))).toBe('quiet');
    expect(verdict(after(0.001))).toBe('silent');
    expect(verdict(after(0))).toBe('silent');
    expect(verdict(after(0.3), { looks: 80, full: 4 })).toBe('clipped');
    expect(verdict(after(0.3), { looks: 80, full: 3 })).toBe('good');
    expect(verdict(after(0.05, 0.05))).toBe('good');
    expect(verdict(after(0.05, 0.07))).toBe('lossy');
    expect(verdict(after(0.05, 0, 470))).toBe('slow');
    expect(verdict(after(0.05, 0, 450))).toBe('good');
    expect(verdict(after(0.05, 0, 100, 0.45))).toBe('slow'); // it waited to be played
    expect(verdict(after(0.05, 1))).toBe('lost');
    expect(verdict(after(0.008, 0.2), { looks: 80, full: 80 })).toBe('clipped');
  });
  it('is not judged by what nobody could see', () => {
    expect(verdict(after(0.05, 0, null))).toBe('good');
    expect(heardBetween(START, after(0.05, 0, null), CLEAN).delay).toBeNull();
    expect(heardBetween(START, after(0.05), { looks: 0, full: 0 }).clipped).toBeNull();
    expect(heardBetween(START, START, CLEAN)).toEqual({ loud: 0, clipped: 0, loss: 0, delay: 20, received: 0 });
    expect(heardBetween(START, { ...after(0.05), received: 400 }, CLEAN).loss).toBe(0);
  });
});

function ready(): State {
  return run(inLobby(), { type: 'toggle', source: 'microphone' },
    { type: 'captured', source: 'microphone', sound: false }).s;
}

describe('a sound check', () => {
  const begun = (): State => run(ready(), { type: 'check-sound' }).s;

  it('needs the lobby and a microphone', () => {
    expect(update(inLobby(), { type: 'check-sound' })[1]).toEqual([]);
    const [s, effects] = update(ready(), { type: 'check-sound' });
    expect(s.sound).toEqual({ step: 'running' });
    expect(effects).toEqual([{ do: 'check-sound' }]);
    expect(update(s, { type: 'check-sound' })[1]).toEqual([]); // one at a time
  });
  it('is offered, answered, judged', () => {
    const [offered, send] = update(begun(), { type: 'sound-check-offered', sdp: 'v=0' });
    expect(send).toEqual([{ do: 'send', message: { type: 'sound-check', sdp: 'v=0' } }]);
    const [answered, answer] = update(offered, receivedAt(9, SERVER['sound-check-answer']));
    expect(answer).toEqual([{ do: 'sound-check-answer', sdp: 'v=0' }]);
    const [over] = update(answered, { type: 'sound-checked', verdict: 'lossy' });
    expect(over.sound).toEqual({ step: 'over', verdict: 'lossy' });
    expect(update(over, { type: 'check-sound' })[0].sound).toEqual({ step: 'running' });
  });
  it('is refused in its own place, and nowhere else', () => {
    const refusal = (code: 'too-many' | 'media-unavailable') =>
      update(begun(), receivedAt(9, { type: 'error', code, re: 'sound-check', field: null }));
    expect(refusal('too-many')[0].sound).toEqual({ step: 'over', verdict: 'refused' });
    expect(refusal('media-unavailable')[0].sound).toEqual({ step: 'over', verdict: 'unreached' });
    expect(refusal('too-many')[1]).toEqual([{ do: 'stop-sound-check' }]);
    expect(refusal('too-many')[0].notice).toEqual(begun().notice);
  });
  it('goes with the lobby, the line and the microphone', () => {
    const stopped = { do: 'stop-sound-check' };
    for (const e of [
      { type: 'line-closed', now: 9 } as const,
      { type: 'toggle', source: 'microphone' } as const,
      receivedAt(9, SERVER['over']),
    ]) {
      const [s, effects] = update(begun(), e);
      expect(s.sound).toEqual({ step: 'none' });
      expect(effects).toContainEqual(stopped);
      expect(update(s, receivedAt(10, SERVER['sound-check-answer']))[1]).toEqual([]);
      expect(update(s, { type: 'sound-checked', verdict: 'good' })[0].sound).toEqual({ step: 'none' });
    }
    const over = run(begun(), { type: 'sound-checked', verdict: 'good' }).s;
    expect(run(over, receivedAt(11, SERVER['over'])).s.sound).toEqual({ step: 'none' });
  });
});
