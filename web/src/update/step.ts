// SPDX-License-Identifier: EUPL-1.2
// The pieces of update(): a step is the next state and what is to be done about it. Pure.

import type { Effect } from '../effect';
import type { News, Notice, OwnSource, State } from '../state';
import type { SourceName, Sources } from '../wire/messages';
import { speak } from './speech';

export type Step = readonly [State, readonly Effect[]];

export const NOTICE_MS = 6_000;

export function stay(s: State): Step {
  return [s, []];
}

/** The next step from where the first one led, with the effects of both in order. */
export function andThen(step: Step, next: (s: State) => Step): Step {
  const [s, effects] = step;
  const [after, more] = next(s);
  return [after, more.length === 0 ? effects : [...effects, ...more]];
}

/** Sends what can be sent: without a line the state that follows a new `welcome` makes up for it. */
export function send(s: State, message: Extract<Effect, { do: 'send' }>['message']): Step {
  return [s, s.line.status === 'open' ? [{ do: 'send', message }] : []];
}

export function announce(s: State, news: News, urgent = false): Step {
  const notice: Notice = { id: s.lastNotice + 1, news, urgent };
  const shown: State = { ...s, lastNotice: notice.id, notice };
  return andThen([shown, [{ do: 'timer', timer: 'notice', ms: NOTICE_MS }]], (next) => speak(next, notice));
}

export const SOURCE_OFF: OwnSource = { wanted: false, live: false, trouble: null };

export function withSource(s: State, name: SourceName, source: OwnSource): State {
  return { ...s, own: { ...s.own, [name]: source } };
}

/** What this client sends at this moment, in the words of the protocol. */
export function sourcesOf(s: State): Sources {
  return {
    microphone: s.own.microphone.live,
    camera: s.own.camera.live,
    screen: s.own.screen.live,
    screen_sound: s.own.screen_sound.live,
  };
}

/** The same list when nothing in it changed, so that nothing is drawn again. */
export function keep<T>(old: readonly T[], next: readonly T[]): readonly T[] {
  return old.length === next.length && old.every((x, i) => x === next[i]) ? old : next;
}
