// SPDX-License-Identifier: EUPL-1.2
// Hearing oneself through the server before going in: asked for, carried, judged. Pure.
// Invariant: it runs in the lobby alone, while there is a line and the microphone is on.

import type { ErrorCode } from '../wire/messages';
import type { SoundVerdict, State } from '../state';
import { send, stay, type Step } from './step';

function may(s: State): boolean {
  return s.phase.name === 'lobby' && s.line.status === 'open' && s.own.microphone.live;
}

export function checkSound(s: State): Step {
  if (!may(s) || s.sound.step === 'running') return stay(s);
  return [{ ...s, sound: { step: 'running' } }, [{ do: 'check-sound' }]];
}

export function soundOffered(s: State, sdp: string): Step {
  return s.sound.step === 'running' ? send(s, { type: 'sound-check', sdp }) : stay(s);
}

export function soundAnswered(s: State, sdp: string): Step {
  return s.sound.step === 'running' ? [s, [{ do: 'sound-check-answer', sdp }]] : stay(s);
}

export function soundChecked(s: State, verdict: SoundVerdict): Step {
  return s.sound.step === 'running' ? stay({ ...s, sound: { step: 'over', verdict } }) : stay(s);
}

export function soundRefused(s: State, code: ErrorCode): Step {
  if (s.sound.step !== 'running') return stay(s);
  const verdict: SoundVerdict = code === 'too-many' ? 'refused' : 'unreached';
  return [{ ...s, sound: { step: 'over', verdict } }, [{ do: 'stop-sound-check' }]];
}

/** After every event: what it needs may be gone. */
export function soundSettled(s: State): Step {
  if (s.sound.step === 'running' && !may(s)) return [{ ...s, sound: { step: 'none' } }, [{ do: 'stop-sound-check' }]];
  if (s.sound.step === 'over' && s.phase.name !== 'lobby') return stay({ ...s, sound: { step: 'none' } });
  return stay(s);
}
