// SPDX-License-Identifier: EUPL-1.2
// A line that should bring something and does not (ATTACKS E14): counted by the frames worker, judged against the time,
// told of the person whose line it is, and of nobody who has nothing to send.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { frames } from '../src/crypto/frames/frames';
import type { Counts, WorkerMessage } from '../src/crypto/frames/messages';
import { flow, isQuiet, QUIET_MS } from '../src/media/measure';
import { expected, lineTrouble } from '../src/select';
import type { State } from '../src/state';
import { update } from '../src/update';
import type { Slot } from '../src/wire/messages';
import { connected } from './support/samples';

describe('a flow', () => {
  it('is quiet when nothing was opened for three seconds, from when it was expected', () => {
    const first = flow(undefined, 70, 1_000);
    expect(isQuiet(first, 1_000 + QUIET_MS - 1)).toBe(false);
    expect(isQuiet(first, 1_000 + QUIET_MS)).toBe(true);
    const still = flow(first, 70, 2_000);
    expect(still).toBe(first);
    const moved = flow(still, 71, 3_999);
    expect([isQuiet(moved, 4_000), isQuiet(moved, 3_999 + QUIET_MS)]).toEqual([false, true]);
  });
});

describe('the count of a line', () => {
  afterEach(() => void vi.unstubAllGlobals());
  it('is what the worker opened, by the name of the line, and unknown before and after', () => {
    vi.stubGlobal('RTCRtpScriptTransform', class {});
    const worker = { postMessage: () => undefined, terminate: () => undefined } as unknown as Worker;
    const f = frames(() => undefined, () => worker);
    let mid: string | null = null;
    const line = f.opening({} as RTCRtpReceiver, 'audio', () => mid);
    const seal = f.sealing({} as RTCRtpSender, 'microphone');
    const say = (lines: Counts): unknown =>
      worker.onmessage?.({ data: { type: 'counts', turn: 1, lines } } as MessageEvent<WorkerMessage>);
    const count = (opened: number): Counts => ({
      [line]: { direction: 'open', opened, held: 0, failed: { malformed: 9 }, failing: false },
      [seal]: { direction: 'seal', sealed: 5, failed: {} },
    });
    mid = '4';
    expect(f.opened('4')).toBeNull();
    say(count(0));
    expect([f.opened('4'), f.opened('5')]).toEqual([0, null]);
    say(count(7));
    expect(f.opened('4')).toBe(7);
    f.forget([line]);
    expect(f.opened('4')).toBeNull();
  });
});

describe('trouble on a line', () => {
  const SOUND: Slot = { mid: '4', person: 2, source: 'microphone' };
  const PICTURE: Slot = { mid: '13', person: 2, source: 'camera' };
  const ON = { microphone: true, camera: true, screen: false, screen_sound: false };

  function room(change: Partial<State> = {}, person: Partial<State['people'][number]> = {}): State {
    const s = connected();
    const people = s.people.map((p) => (p.id === 2 ? { ...p, sources: ON, heard: true, ...person } : p));
    return { ...s, people, slots: [SOUND, PICTURE], ...change };
  }
  const troubles = (s: State): unknown[] => (['microphone', 'camera'] as const).map((at) => lineTrouble(s, 2, at));
  const heard = (s: State, quiet: readonly string[]): State =>
    update(s, { type: 'watched', frozen: [], pictured: [], quiet })[0];

  it('is none while everything comes', () => expect(troubles(room())).toEqual([null, null]));
  it('is silence of a person who sends', () => {
    expect(troubles(heard(room(), ['4']))).toEqual(['quiet', null]);
    expect(troubles(heard(room(), ['13', '4']))).toEqual(['quiet', 'quiet']);
    expect(troubles(heard(heard(room(), ['13', '4']), []))).toEqual([null, null]);
  });
  it('is what cannot be opened, before it is silence', () => {
    const s = update(heard(room(), ['4', '13']), { type: 'undecryptable', mids: ['4'] })[0];
    expect(troubles(s)).toEqual(['sealed', 'quiet']);
  });
  it('is none of who is off, not passed on, away, or of a room that is suspended or not connected', () => {
    const s = room();
    expect([expected(s, SOUND), expected(s, PICTURE)]).toEqual([true, true]);
    const off = room({}, { sources: { ...ON, microphone: false } });
    expect([expected(off, SOUND), expected(off, PICTURE)]).toEqual([false, true]);
    expect(troubles(heard(off, ['4', '13']))).toEqual([null, 'quiet']);
    expect([SOUND, PICTURE].map((at) => expected(room({}, { heard: false }), at))).toEqual([false, true]);
    for (const other of [
      room({}, { connection: 'reconnecting' }),
      room({ media: { ...s.media, status: 'restarting' } }),
      room({ suspended: { by: null, reason: null, since: 0, startedAt: 0 } as never }),
      room({ people: [] }),
    ])
      expect([SOUND, PICTURE].map((at) => expected(other, at))).toEqual([false, false]);
    expect(expected(s, { ...PICTURE, source: 'screen' }), 'a screen may stand still').toBe(false);
  });
});
