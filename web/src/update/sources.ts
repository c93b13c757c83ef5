// SPDX-License-Identifier: EUPL-1.2
// The person's own microphone, camera and screen. Pure. Invariant: `wanted` becomes true in toggleSource() only, which
// only the person's own press reaches; whatever is `live` is `wanted`, except the sound that comes with a screen.

import type { Captured, Effect } from '../effect';
import type { Device, Devices, State, Trouble } from '../state';
import type { SourceName } from '../wire/messages';
import { announce, send, SOURCE_OFF, sourcesOf, stay, andThen, withSource, type Step } from './step';

/** Tells the server what is being sent, if there is a room to send to. */
export function declare(s: State): Step {
  if (s.phase.name !== 'inside') return stay(s);
  // What we say while a mute is on its way to us does not undo it.
  const seen = s.entries.at(-1)?.seq;
  return send(s, { type: 'sources', ...sourcesOf(s), ...(seen === undefined ? {} : { seen }) });
}

function deviceOf(s: State, source: Captured): string | null {
  switch (source) {
    case 'microphone':
      return s.devices.microphone;
    case 'camera':
      return s.devices.camera;
    case 'screen':
      return null;
  }
}

/** To open a device as the person wants it. */
export function capturing(s: State, source: Captured, device: string | null): Effect {
  const { noise, echo, gain } = s.preferences;
  return { do: 'capture', source, device, sound: { noise, echo, gain } };
}

function mayUse(s: State, source: Captured): boolean {
  if (s.suspended !== null) return false;
  if (source === 'screen') return s.phase.name === 'inside' && s.canShare;
  return s.phase.name === 'inside' || s.phase.name === 'lobby';
}

/** The state with this source, and what comes with it, off. */
function without(s: State, source: Captured, trouble: Trouble | null): State {
  const off = withSource(s, source, { ...SOURCE_OFF, trouble });
  if (source === 'screen') return withSource(off, 'screen_sound', SOURCE_OFF);
  return source === 'microphone' ? { ...off, level: 0, silent: false } : off;
}

export function switchOff(s: State, source: Captured): Step {
  if (!s.own[source].wanted) return stay(s);
  const was = s.own[source].live;
  const off: Step = [{ ...without(s, source, null), streams: s.streams + 1 }, [{ do: 'release', source }]];
  return was ? andThen(off, declare) : off;
}

export function switchAllOff(s: State): Step {
  return (['microphone', 'camera', 'screen'] as const).reduce<Step>(
    (step, source) => andThen(step, (next) => switchOff(next, source)),
    stay(s),
  );
}

export function toggleSource(s: State, source: Captured): Step {
  if (!mayUse(s, source)) return stay(s);
  if (s.own[source].wanted) {
    return andThen(switchOff(s, source), (off) => announce(off, { what: 'source', source, on: false }));
  }
  const capture = capturing(s, source, deviceOf(s, source));
  const asked = s.asked?.source === source ? null : s.asked;
  const silenced = s.silenced?.source === source ? null : s.silenced;
  return [{ ...withSource(s, source, { wanted: true, live: false, trouble: null }), asked, silenced }, [capture]];
}

export function captured(s: State, source: Captured, sound: boolean): Step {
  if (!s.own[source].wanted || !mayUse(s, source)) return [s, [{ do: 'release', source }]];
  const again = s.own[source].live; // another device of the same kind was chosen
  let next = withSource(s, source, { wanted: true, live: true, trouble: null });
  if (source === 'screen') next = withSource(next, 'screen_sound', { ...SOURCE_OFF, live: sound });
  const on: Step = [{ ...next, streams: s.streams + 1 }, source === 'screen' ? [] : [{ do: 'list-devices' }]];
  if (again) return andThen(on, declare);
  return andThen(andThen(on, declare), (live) => announce(live, { what: 'source', source, on: true }));
}

/** The device could not be had. Somebody who closes the browser's own dialog of a shared screen changed their mind. */
export function notCaptured(s: State, source: Captured, trouble: Trouble): Step {
  if (!s.own[source].wanted) return stay(s);
  const was = s.own[source].live;
  const quiet = source === 'screen' && trouble === 'not-allowed';
  const off: Step = [
    { ...without(s, source, quiet ? null : trouble), streams: s.streams + 1 },
    [{ do: 'release', source }],
  ];
  const told = was ? andThen(off, declare) : off;
  return quiet ? told : andThen(told, (next) => announce(next, { what: 'trouble', source, trouble }, true));
}

/** A device stopped by itself: unplugged, taken away, or sharing was stopped in the browser's own bar. */
export function sourceEnded(s: State, name: SourceName): Step {
  if (!s.own[name].live) return stay(s);
  switch (name) {
    case 'screen_sound':
      return andThen([withSource(s, name, SOURCE_OFF), []], declare);
    case 'screen':
      return andThen(switchOff(s, name), (off) => announce(off, { what: 'source', source: name, on: false }));
    case 'microphone':
    case 'camera': {
      const off: Step = [
        { ...without(s, name, 'ended'), streams: s.streams + 1 },
        [{ do: 'release', source: name }, { do: 'list-devices' }],
      ];
      return andThen(andThen(off, declare), (next) =>
        announce(next, { what: 'trouble', source: name, trouble: 'ended' }, true),
      );
    }
  }
}

/**
 * What is plugged in at this moment. A loudspeaker that was chosen and is gone leaves the sound to the system's own; it
 * stays the choice, and has it back when it returns.
 */
export function devicesChanged(s: State, found: Pick<Devices, 'microphones' | 'cameras' | 'speakers'>): Step {
  const { speaker, speakers } = s.devices;
  const has = (list: readonly Device[]): boolean => list.some((device) => device.id === speaker);
  const next: State = { ...s, devices: { ...s.devices, ...found } };
  if (speaker === null || speaker === '' || has(speakers) === has(found.speakers)) return stay(next);
  if (has(found.speakers)) return [next, [{ do: 'speaker', device: speaker }]];
  return andThen([next, [{ do: 'speaker', device: '' }]], (on) => announce(on, { what: 'speaker-gone' }, true));
}

/** Said once for each silence. */
export function silence(s: State, silent: boolean): Step {
  if (silent === s.silent || (silent && !s.own.microphone.live)) return stay(s);
  return silent ? announce({ ...s, silent }, { what: 'silent' }, true) : stay({ ...s, silent });
}

export function chooseDevice(s: State, kind: 'microphone' | 'camera' | 'speaker', id: string): Step {
  const next: State = { ...s, devices: { ...s.devices, [kind]: id } };
  const remember: Effect = { do: 'remember-device', kind, id };
  if (kind === 'speaker') return [next, [remember, { do: 'speaker', device: id }]];
  if (!s.own[kind].wanted) return [next, [remember]];
  return [next, [remember, capturing(next, kind, id)]];
}
