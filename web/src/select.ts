// SPDX-License-Identifier: EUPL-1.2
// Questions about State that more than one place asks. Pure.

import type { Preferences } from './preferences';
import type { OpenRequest, OwnSource, State } from './state';
import type { Item } from './wire/items';
import { NOTE_CHARACTERS, REASON_CHARACTERS, REASON_CODES, REQUEST_ACTIONS } from './wire/messages';
import type { Entry, Named, Person, PersonId, Reason, ReasonCode } from './wire/messages';
import type { RequestAction, Slot, SlotSource } from './wire/messages';

/** After this long without a line or media the connection is called failed; trying goes on. */
export const FAILED_AFTER_MS = 30_000;

/** The worse of line and media: what `connection` in the page shows. */
export function connectionOf(s: State): 'connected' | 'reconnecting' | 'failed' {
  const lost = [s.line.lostAt, s.media.lostAt].filter((at) => at !== null);
  if (lost.length === 0) return 'connected';
  return s.now - Math.min(...lost) >= FAILED_AFTER_MS ? 'failed' : 'reconnecting';
}

/** From here on speech suffers, and from there on it breaks up. */
const WEAK = { loss: 0.03, roundTrip: 300 };
const POOR = { loss: 0.1, roundTrip: 800 };

/** How well the line holds while it holds. */
export function strengthOf(s: State): 'good' | 'weak' | 'poor' {
  if (s.quality === null) return 'good';
  const { loss, roundTrip } = s.quality;
  const beyond = (limit: typeof WEAK): boolean => loss >= limit.loss || (roundTrip ?? 0) >= limit.roundTrip;
  return beyond(POOR) ? 'poor' : beyond(WEAK) ? 'weak' : 'good';
}

/** How the pictures are laid out: as the person chose, unless this machine does not keep up with that. */
export function layoutOf(s: State): Preferences['layout'] {
  return s.power.low ? 'low' : s.preferences.layout;
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

/**
 * Whom the receive lines carry. The server says which line is for whom; whose key opened what comes on it says whose it
 * is, and a line that was opened bears that name until another key opens it.
 */
export function slotsOf(s: State): readonly Slot[] {
  const { opened } = s.secrecy;
  return s.slots.map((slot) => {
    const person = opened[slot.mid];
    return person === undefined || person === slot.person ? slot : { ...slot, person };
  });
}

/** Does a receive line carry this source of this person? */
export function carried(s: State, id: PersonId, source: SlotSource): boolean {
  return slotsOf(s).some((slot) => slot.person === id && slot.source === source);
}

/** Is there a camera picture to draw? Your own when the camera is live, another's once a frame was decoded. */
export function pictureOf(s: State, id: PersonId): boolean {
  if (isSelf(s, id)) return s.own.camera.live;
  return carried(s, id, 'camera') && s.pictured.includes(id);
}

/** Should this line bring something at this moment? What is off, not passed on or suspended does not. */
export function expected(s: State, slot: Slot): boolean {
  const p = personOf(s, slot.person);
  if (p === null || p.connection !== 'connected') return false;
  if (s.media.status !== 'connected' || s.suspended !== null) return false;
  return slot.source === 'microphone' ? p.sources.microphone && p.heard : slot.source === 'camera' && p.sources.camera;
}

/**
 * What is wrong with the line that carries this: `sealed`, nothing that comes on it can be opened; `quiet`, nothing
 * comes although its person sends. What a server makes itself, silence or black, is the one or the other.
 */
export function lineTrouble(s: State, id: PersonId, source: 'microphone' | 'camera'): 'sealed' | 'quiet' | null {
  const slot = slotsOf(s).find((at) => at.person === id && at.source === source);
  if (slot === undefined) return null;
  if (s.secrecy.failing.includes(slot.mid)) return 'sealed';
  return s.quiet.includes(slot.mid) && expected(s, slot) ? 'quiet' : null;
}

/** Whose screen is to be seen, the first if there are several; yourself included. */
export function sharer(s: State): PersonId | null {
  if (s.own.screen.live && s.self !== null) return s.self.id;
  return slotsOf(s).find((slot) => slot.source === 'screen')?.person ?? null;
}

/** The person at this keyboard as everyone sees them; null unless inside. */
export function ownPerson(s: State): Person | null {
  return s.self === null ? null : personOf(s, s.self.id);
}

/** Your microphone is on, but the server does not forward it (eight others are open, or nobody may be heard). */
export function unheard(s: State): boolean {
  const me = ownPerson(s);
  return me !== null && s.own.microphone.live && me.sources.microphone && !me.heard;
}

/** An office switched your microphone off, and you have not switched it on since. */
export function muted(s: State): boolean {
  return ownPerson(s)?.hush === 'muted' && !s.own.microphone.wanted;
}

/** Your floor was withdrawn: you are not heard, whatever your microphone does. */
export function withdrawn(s: State): boolean {
  return ownPerson(s)?.hush === 'floor-withdrawn';
}

/** The entry that says who withdrew the floor of this person, and why; null when it is no longer among those kept. */
export function withdrawalOf(s: State, id: PersonId): Entry | null {
  return s.entries.filter((e) => e.kind === 'floor-withdrawn' && e.who?.id === id).at(-1) ?? null;
}

/** An item of the agenda. */
export function itemOf(s: State, id: number | null): Item | null {
  return s.items.find((i) => i.id === id) ?? null;
}

/** May this guest be inside by the word of one office at this moment? Without an agenda, for the whole meeting. */
export function isExpected(s: State, who: { readonly id: PersonId; readonly office: Person['office'] }): boolean {
  if (who.office !== 'guest' || s.items.length === 0) return true;
  const named = s.items.some((i) => i.guests.includes(who.id));
  return named ? openItem(s)?.guests.includes(who.id) === true : isPublic(s);
}

/** The item that is open. */
export function openItem(s: State): Item | null {
  return itemOf(s, s.session.item);
}

/** Does an audience hear and see the room at this moment? */
export function isPublic(s: State): boolean {
  return s.session.doors === 'open';
}

/** Does this person take no part in it? */
export function isRecused(item: Item, id: PersonId): boolean {
  return item.recused.some((r) => r.id === id);
}

/** Place on the speaker list from 1; 0: not on it. */
export function placeOf(s: State, id: PersonId): number {
  return s.speakers.indexOf(id) + 1;
}

export function hasFloor(s: State, id: PersonId): boolean {
  return s.floor.person === id;
}

/** Where the person at this keyboard stands: asks for nothing, waits in the queue, or has the floor. */
export function ownTurn(s: State): { readonly is: 'none' | 'queue' | 'floor'; readonly place: number } {
  if (s.self === null) return { is: 'none', place: 0 };
  if (hasFloor(s, s.self.id)) return { is: 'floor', place: 0 };
  const place = placeOf(s, s.self.id);
  return { is: place > 0 ? 'queue' : 'none', place };
}

/** Who the proceedings name and who is neither inside nor in the lobby; a new link may bring them in. */
export function absent(s: State): readonly Named[] {
  const here = new Set([...s.people, ...s.waiting].map((p) => p.id));
  const found = new Map<PersonId, Named>();
  for (const { who } of s.entries) if (who !== null && !here.has(who.id)) found.set(who.id, who);
  return [...found.values()];
}

/** The name of whom a request is about; empty where it is about the meeting. */
export function aboutOf(request: Pick<OpenRequest, 'who' | 'name'>): string {
  return request.who?.name ?? request.name ?? '';
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

export function isReasonCode(choice: string): choice is ReasonCode {
  return REASON_CODES.some((code) => code === choice);
}

/** What an entry about a request was asked for; null where its note names no such action. */
export function requestedIn(entry: Entry): RequestAction | null {
  return REQUEST_ACTIONS.find((action) => action === entry.note) ?? null;
}

/** The note of a fault or a point of order as it can be sent; null while there is none, or too much of it. */
export function noteOf(written: string): string | null {
  const note = plain(written);
  return note === '' || [...note].length > NOTE_CHARACTERS ? null : note;
}

/** A single line of text as the server takes it. */
export function plain(written: string): string {
  return written.replace(UNSENDABLE, ' ').trim();
}

/** The reason of a form as it can be sent; null while it is not complete. */
export function reasonOf(code: ReasonCode | null, written: string): Reason | null {
  const text = plain(written);
  if (code === null || [...text].length > REASON_CHARACTERS) return null;
  if (text === '') return code === 'written' ? null : { code };
  return { code, text };
}
