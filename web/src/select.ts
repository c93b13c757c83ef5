// SPDX-License-Identifier: EUPL-1.2
// Questions about State that more than one place asks. Pure.

import type { OwnSource, State } from './state';
import { REASON_CHARACTERS } from './wire/messages';
import type { Person, PersonId, Reason, ReasonCode, SlotSource } from './wire/messages';

/** After this long without a line or media the connection is called failed; trying goes on. */
export const FAILED_AFTER_MS = 30_000;

/** The worse of line and media: what `connection` in the page shows. */
export function connectionOf(s: State): 'connected' | 'reconnecting' | 'failed' {
  const lost = [s.line.lostAt, s.media.lostAt].filter((at) => at !== null);
  if (lost.length === 0) return 'connected';
  return s.now - Math.min(...lost) >= FAILED_AFTER_MS ? 'failed' : 'reconnecting';
}

export function personOf(s: State, id: PersonId): Person | null {
  return s.people.find((p) => p.id === id) ?? null;
}

export function isSelf(s: State, id: PersonId): boolean {
  return s.self !== null && s.self.id === id;
}

/** Clerk or chair: may admit, turn away and ask for the end. */
export function presides(s: State): boolean {
  return s.self !== null && (s.self.office === 'clerk' || s.self.office === 'chair');
}

/** Does a receive line carry this source of this person? */
export function carried(s: State, id: PersonId, source: SlotSource): boolean {
  return s.slots.some((slot) => slot.person === id && slot.source === source);
}

/** Is there a camera picture to draw? Your own when the camera is live, another's once a frame was decoded. */
export function pictureOf(s: State, id: PersonId): boolean {
  if (isSelf(s, id)) return s.own.camera.live;
  return carried(s, id, 'camera') && s.pictured.includes(id);
}

/** Whose screen is to be seen, the first if there are several; yourself included. */
export function sharer(s: State): PersonId | null {
  if (s.own.screen.live && s.self !== null) return s.self.id;
  return s.slots.find((slot) => slot.source === 'screen')?.person ?? null;
}

/** Your microphone is on, but the server does not forward it (eight others are open). */
export function unheard(s: State): boolean {
  const me = s.self === null ? null : personOf(s, s.self.id);
  return me !== null && s.own.microphone.live && me.sources.microphone && !me.heard;
}

export function starting(source: OwnSource): boolean {
  return source.wanted && !source.live;
}

/** May this request be confirmed by the person here? The other office must do it. */
export function mayConfirm(s: State, request: number): boolean {
  const asked = s.requests.find((r) => r.id === request);
  return asked !== undefined && presides(s) && s.self !== null && asked.by.office !== s.self.office;
}

/** The other office, or who asked. */
export function mayRefuse(s: State, request: number): boolean {
  const asked = s.requests.find((r) => r.id === request);
  return (
    asked !== undefined &&
    presides(s) &&
    s.self !== null &&
    (asked.by.id === s.self.id || asked.by.office !== s.self.office)
  );
}

/** What the server refuses in a text: control characters, and those that turn the direction of writing. */
const UNSENDABLE = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g;

/** As much as a form takes. */
export const REASON_LENGTH = REASON_CHARACTERS;

/** The reason of a form as it can be sent; null while it is not complete. */
export function reasonOf(code: ReasonCode | null, written: string): Reason | null {
  const text = written.replace(UNSENDABLE, ' ').trim();
  if (code === null || [...text].length > REASON_CHARACTERS) return null;
  if (text === '') return code === 'written' ? null : { code };
  return { code, text };
}
