// SPDX-License-Identifier: EUPL-1.2
// What the person chooses for this browser: kept whole whatever was stored, told to nobody, and opening no device.

import { describe, expect, it } from 'vitest';
import type { Event } from '../src/event';
import { DEFAULTS, isKey, readPreferences, takenBy } from '../src/preferences';
import { strengthOf } from '../src/select';
import type { State } from '../src/state';
import { NOTICE_MS } from '../src/update/step';
import { inLobby, inside, run } from './support/samples';

describe('stored preferences', () => {
  it('come back as they were', () => {
    const keys = { ...DEFAULTS.keys, hand: 'h' };
    const chosen = { ...DEFAULTS, noise: false, told: 'all', layout: 'low', keys } as const;
    expect(readPreferences(JSON.stringify(chosen))).toEqual(chosen);
  });
  it('are the usual ones where what was stored is not whole', () => {
    for (const text of [null, '', 'null', '7', '[]', '{', '{"told":"loud","noise":"yes","size":3,"keys":7}']) {
      expect(readPreferences(text), String(text)).toEqual(DEFAULTS);
    }
    const twice = { ...DEFAULTS, keys: { ...DEFAULTS.keys, hand: 'm' } };
    expect(readPreferences(JSON.stringify(twice)).keys).toEqual(DEFAULTS.keys);
    const missing = { ...DEFAULTS, keys: { microphone: 'x' } };
    expect(readPreferences(JSON.stringify(missing)).keys).toEqual(DEFAULTS.keys);
  });
});

describe('a key', () => {
  it('is one visible sign and no number', () => {
    expect(['m', 'é', '?', '/'].map(isKey)).toEqual([true, true, true, true]);
    expect(['', ' ', '1', 'Enter', '\u0007', 'ab'].map(isKey)).toEqual([false, false, false, false, false, false]);
  });
  it('is exchanged for a free one and remembered', () => {
    const { s, effects } = run(inside(), { type: 'settings', page: 'keys' }, { type: 'rebind', shortcut: 'hand' },
      { type: 'bind', key: 'H' });
    expect(takenBy(s.preferences.keys, 'h')).toBe('hand');
    expect(takenBy(s.preferences.keys, 'w')).toBeNull();
    expect(s.dialog).toMatchObject({ rebinding: null, taken: null });
    expect(effects).toContainEqual({ do: 'remember-preferences', preferences: s.preferences });
  });
  it('that is taken says by what, and is not exchanged', () => {
    const { s } = run(inside(), { type: 'settings', page: 'keys' }, { type: 'rebind', shortcut: 'hand' },
      { type: 'bind', key: 'm' });
    expect(s.dialog).toMatchObject({ rebinding: 'hand', taken: 'microphone' });
    expect(s.preferences).toEqual(DEFAULTS);
    expect(run(s, { type: 'bind', key: 'w' }).s.dialog, 'its own key is kept').toMatchObject({ rebinding: null });
  });
  it('does nothing where none is waited for', () => {
    expect(run(inside(), { type: 'bind', key: 'x' }).s.preferences).toEqual(DEFAULTS);
    expect(run(inside(), { type: 'settings', page: 'keys' }, { type: 'bind', key: 'x' }).s.preferences)
      .toEqual(DEFAULTS);
  });
});

describe('a preference', () => {
  it('is remembered and told to nobody', () => {
    const { s, effects } = run(inside(), { type: 'prefer', preferences: { hideSelf: true } });
    expect(s.preferences.hideSelf).toBe(true);
    expect(effects).toEqual([{ do: 'remember-preferences', preferences: s.preferences }]);
  });
  it('about sound opens the microphone again only if it is on', () => {
    const off = run(inside(), { type: 'prefer', preferences: { noise: false } });
    expect(off.effects.map((e) => e.do)).not.toContain('capture');
    const on = run(inside(), { type: 'toggle', source: 'microphone' },
      { type: 'captured', source: 'microphone', sound: false }, { type: 'prefer', preferences: { noise: false } });
    expect(on.effects.filter((e) => e.do === 'capture').at(-1)).toMatchObject({
      source: 'microphone', sound: { noise: false, echo: true, gain: true },
    });
  });
  it('against sounds leaves the chime out', () => {
    const suspend: Event = {
      type: 'received', now: 5,
      message: {
        type: 'muted', source: 'microphone', by: { id: 2, name: 'Greet', office: 'chair' }, reason: { code: 'agreed' },
      },
    };
    const quiet = run(inside(), { type: 'prefer', preferences: { sounds: false } }).s;
    expect(run(inside(), suspend).effects.map((e) => e.do)).toContain('chime');
    expect(run(quiet, suspend).effects.map((e) => e.do)).not.toContain('chime');
  });
});

describe('a pin', () => {
  it('keeps others in view, four at most, and lets go again', () => {
    const s = inside();
    const other = s.people.find((p) => p.id !== s.self?.id)?.id ?? 0;
    const pinned = run(s, { type: 'pin', person: other }).s;
    expect(pinned.pins).toEqual([other]);
    expect(run(pinned, { type: 'pin', person: other }).s.pins).toEqual([]);
    expect(run(s, { type: 'pin', person: s.self?.id ?? 0 }).s.pins).toEqual([]);
    expect(run(s, { type: 'pin', person: 12_345 }).s.pins).toEqual([]);
  });
});

describe('devices in the middle of a meeting', () => {
  const speakers = [{ id: 'box', label: 'Box' }];
  const lists = { microphones: [], cameras: [] };
  it('a loudspeaker that goes leaves the sound to the system, and has it back when it returns', () => {
    const chosen = run(inside(), { type: 'devices', ...lists, speakers },
      { type: 'choose-device', kind: 'speaker', id: 'box' }).s;
    const gone = run(chosen, { type: 'devices', ...lists, speakers: [] });
    expect(gone.effects).toContainEqual({ do: 'speaker', device: '' });
    expect(gone.s.notice?.news).toEqual({ what: 'speaker-gone' });
    expect(run(gone.s, { type: 'devices', ...lists, speakers: [] }).effects).toEqual([]);
    expect(run(gone.s, { type: 'devices', ...lists, speakers }).effects).toEqual([{ do: 'speaker', device: 'box' }]);
  });
  it('a microphone that gives nothing is told once, and only while it is on', () => {
    expect(run(inside(), { type: 'silent', silent: true }).s.silent).toBe(false);
    const on = run(inside(), { type: 'toggle', source: 'microphone' },
      { type: 'captured', source: 'microphone', sound: false }, { type: 'silent', silent: true });
    expect(on.s).toMatchObject({ silent: true, notice: { urgent: true, news: { what: 'silent' } } });
    expect(run(on.s, { type: 'silent', silent: true }).effects).toEqual([]);
    expect(run(on.s, { type: 'toggle', source: 'microphone' }).s.silent).toBe(false);
    expect(on.effects).toContainEqual({ do: 'timer', timer: 'notice', ms: NOTICE_MS });
  });
});

describe('the strength of the line', () => {
  const measured = (s: State, loss: number, n: number): State =>
    run(s, ...Array.from({ length: n }, (): Event => ({ type: 'quality', quality: { loss, roundTrip: 40 } }))).s;
  it('is one of three, and no single bad second changes it', () => {
    const good = measured(inside(), 0, 3);
    expect(strengthOf(good)).toBe('good');
    expect(strengthOf(measured(good, 0.08, 1)), 'one bad second').toBe('good');
    expect(strengthOf(measured(good, 0.08, 8))).toBe('weak');
    expect(strengthOf(measured(good, 0.3, 8))).toBe('poor');
    expect(strengthOf(measured(measured(good, 0.3, 8), 0, 12))).toBe('good');
  });
});

describe('who spoke last', () => {
  it('comes first', () => {
    const spoke = run(inside(), { type: 'speaking', people: [1] }, { type: 'speaking', people: [2] },
      { type: 'speaking', people: [] }).s.spoke;
    expect(spoke).toEqual([2, 1]);
  });
});

describe('a full meeting', () => {
  it('is a page of its own, from which one can try again', () => {
    const asked: State = { ...inLobby(), phase: { name: 'lobby', step: 'asking', opened: true } };
    const full = run(asked, {
      type: 'received', now: 5, message: { type: 'error', code: 'meeting-full', re: 'join', field: null },
    });
    expect(full.s.phase).toEqual({ name: 'problem', problem: 'full' });
    expect(run(full.s, { type: 'try-again' }).s.phase.name).toBe('opening');
  });
});
