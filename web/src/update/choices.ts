// SPDX-License-Identifier: EUPL-1.2
// What the person chooses for this browser: preferences, keys, whom to keep in view. Pure. Nobody else is told.

import type { Effect } from '../effect';
import type { PersonEvent } from '../event';
import { isKey, takenBy, type Preferences } from '../preferences';
import { isSelf, personOf } from '../select';
import type { State } from '../state';
import { named } from './named';
import { ownChoice } from './power';
import { capturing } from './sources';
import { announce, stay, andThen, type Step } from './step';

export type ChoiceEvent = Extract<PersonEvent, { type: 'prefer' | 'settings' | 'rebind' | 'bind' | 'pin' }>;

/** As many as stay large enough to be seen beside who speaks. */
export const PINS_AT_MOST = 4;

function remember(s: State, preferences: Preferences): Step {
  return [{ ...s, preferences }, [{ do: 'remember-preferences', preferences }]];
}

function prefer(s: State, change: Partial<Preferences>): Step {
  const before = s.preferences;
  const after = { ...before, ...change };
  const step = remember(change.layout === undefined ? s : ownChoice(s), after);
  const other = after.noise !== before.noise || after.echo !== before.echo || after.gain !== before.gain;
  const opened = other && s.own.microphone.wanted
    ? andThen(step, (next) => [next, [capturing(next, 'microphone', next.devices.microphone)] satisfies Effect[]])
    : step;
  if (after.captions === before.captions) return opened;
  return andThen(opened, (next) => announce(next, { what: 'captions', on: after.captions }));
}

function bind(s: State, key: string): Step {
  if (s.dialog?.name !== 'settings' || s.dialog.rebinding === null) return stay(s);
  const { rebinding } = s.dialog;
  const lower = key.toLowerCase();
  if (!isKey(lower)) return stay(s);
  const taken = takenBy(s.preferences.keys, lower);
  if (taken !== null && taken !== rebinding) return stay({ ...s, dialog: { ...s.dialog, taken } });
  const done: State = { ...s, dialog: { ...s.dialog, rebinding: null, taken: null } };
  return remember(done, { ...s.preferences, keys: { ...s.preferences.keys, [rebinding]: lower } });
}

function pin(s: State, id: number): Step {
  const who = personOf(s, id);
  if (who === null || isSelf(s, id)) return stay(s);
  const on = !s.pins.includes(id);
  const pins = on ? [...s.pins, id].slice(-PINS_AT_MOST) : s.pins.filter((other) => other !== id);
  return announce({ ...s, pins, dialog: null }, { what: 'pinned', person: named(who), on });
}

export function choose(s: State, e: ChoiceEvent): Step {
  switch (e.type) {
    case 'prefer':
      return prefer(s, e.preferences);
    case 'settings':
      return stay({ ...s, dialog: { name: 'settings', page: e.page, rebinding: null, taken: null } });
    case 'rebind':
      if (s.dialog?.name !== 'settings') return stay(s);
      return stay({ ...s, dialog: { ...s.dialog, rebinding: e.shortcut, taken: null } });
    case 'bind':
      return bind(s, e.key);
    case 'pin':
      return pin(s, e.person);
  }
}
