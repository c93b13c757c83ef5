// SPDX-License-Identifier: EUPL-1.2
// Whose picture stands where: who is shown, in which order, in how many columns, and who is not and why. Pure.
// Invariant: everybody inside and every empty seat is counted in exactly one place of whereabouts().

import { absent, carried, hasFloor, isSelf, layoutOf, openItem } from '../select';
import type { State } from '../state';
import type { Named, Person, PersonId } from '../wire/messages';

/** Above this many the pictures are a choice of some, unless the person asks for as many as come. */
const ALL_AT_MOST = 25;
const SOME = 9;
/** Cells of their grid: the floor takes four of them, whoever is pinned two. */
const SOME_CELLS = 12;
/** From here on every seat is listed under the pictures. */
const SEATS_FROM = 25;

/** Who has the floor, the chair, then the server's order: a tile keeps its place while people speak. */
export function inOrder(s: State): readonly Person[] {
  const rank = (p: Person): number => (hasFloor(s, p.id) ? 0 : p.office === 'chair' ? 1 : 2);
  return [...s.people].sort((a, b) => rank(a) - rank(b));
}

/** How urgently somebody must be among the pictures of a large meeting. */
function urgency(s: State, p: Person): number {
  const pinned = s.pins.indexOf(p.id);
  if (pinned >= 0) return pinned;
  if (hasFloor(s, p.id)) return 10;
  if (p.office === 'chair') return 11;
  if (isSelf(s, p.id)) return 12;
  const spoke = s.spoke.indexOf(p.id);
  const seen = carried(s, p.id, 'camera') ? 0 : 10_000; // a picture that does not come helps nobody
  return 100 + seen + (spoke >= 0 ? spoke : 1_000);
}

function roomForSome(s: State): number {
  const floor = s.floor.person !== null && !s.pins.includes(s.floor.person) ? 3 : 0;
  return Math.min(SOME, SOME_CELLS - floor - s.pins.length);
}

/** Everybody with a tile, as they stand: who is pinned, who has the floor, the chair, then by seat. */
export function shown(s: State): readonly Person[] {
  const all = inOrder(s);
  const most = all.length <= ALL_AT_MOST || s.preferences.many ? ALL_AT_MOST : roomForSome(s);
  const urgent = [...all].sort((a, b) => urgency(s, a) - urgency(s, b)).slice(0, most);
  const chosen = all.length <= most ? all : all.filter((p) => urgent.includes(p));
  const pinned = s.pins.flatMap((id) => chosen.find((p) => p.id === id) ?? []);
  return [...pinned, ...chosen.filter((p) => !s.pins.includes(p.id))];
}

/** Who is large in the speaker's view: who has the floor, else who spoke last, else who leads. */
export function leading(s: State): PersonId | null {
  const others = s.people.filter((p) => !isSelf(s, p.id));
  const spoke = s.spoke.find((id) => others.some((p) => p.id === id));
  const chair = others.find((p) => p.office === 'chair');
  return s.floor.person ?? spoke ?? (chair ?? others[0] ?? s.people[0])?.id ?? null;
}

/** Who stands beside a shared screen: whoever is kept in view, and who is large in the speaker's view. */
export function beside(s: State, people: readonly Person[]): readonly Person[] {
  const lead = leading(s);
  return people.filter((p) => s.pins.includes(p.id) || p.id === lead);
}

/** Does this person's tile show a picture, as far as it is for this browser to say? */
export function drawn(s: State, p: Person): boolean {
  const own = isSelf(s, p.id);
  if (own) return !s.preferences.hideSelf;
  if (layoutOf(s) !== 'low') return true;
  return s.pins.includes(p.id) || p.office === 'chair' || p.id === leading(s);
}

/** A camera that is on, but no line of ours brings it: there are more cameras than lines. */
export function withoutLine(s: State, p: Person): boolean {
  return !isSelf(s, p.id) && p.sources.camera && !carried(s, p.id, 'camera');
}

export type Grid = '1' | '2' | '6' | '9' | '16' | '25' | 'speaker';

const COLUMNS: Readonly<Record<Grid, number>> = { 1: 1, 2: 2, 6: 3, 9: 4, 16: 4, 25: 6, speaker: 6 };

/** The grid for what is shown; the classes stand in stage.css. */
export function gridOf(s: State, tiles: number): Grid {
  if (layoutOf(s) === 'speaker' && tiles > 2) return 'speaker';
  if (s.people.length > ALL_AT_MOST && !s.preferences.many) return '9';
  if (tiles <= 1) return '1';
  if (tiles === 2) return '2';
  if (tiles <= 6) return '6';
  return tiles <= 16 ? '16' : '25';
}

/** The members who are not here; who takes no part in the open item is one of them. */
export function empty(s: State): readonly Named[] {
  return absent(s).filter((who) => who.office === 'member' || who.office === 'chair');
}

/** Absent members fill the last cells: how many get a chair of their own, and how many more there are. */
export function chairs(s: State, tiles: readonly Person[]): { own: readonly Named[]; more: number } {
  const grid = gridOf(s, tiles.length);
  if (grid !== '6' && grid !== '16') return { own: [], more: 0 };
  const all = empty(s);
  const pinned = tiles.filter((p) => s.pins.includes(p.id)).length;
  const cells = tiles.length + pinned; // a pinned tile is two rows high
  const left = (COLUMNS[grid] - (cells % COLUMNS[grid])) % COLUMNS[grid];
  if (all.length <= left) return { own: all, more: 0 };
  return left === 0 ? { own: [], more: 0 } : { own: all.slice(0, left - 1), more: all.length - left + 1 };
}

export type Whereabouts = 'seen' | 'elsewhere' | 'camera-off' | 'lost' | 'absent';

export interface Seat {
  readonly who: Named;
  readonly is: Whereabouts;
}

function whereabouts(s: State, p: Person, tiles: readonly Person[]): Whereabouts {
  if (p.connection === 'reconnecting') return 'lost';
  if (!p.sources.camera && !(isSelf(s, p.id) && s.own.camera.live)) return 'camera-off';
  return tiles.includes(p) && drawn(s, p) && !withoutLine(s, p) ? 'seen' : 'elsewhere';
}

/** Everybody inside, and every member who is not. */
export function everywhere(s: State): readonly Seat[] {
  const tiles = shown(s);
  return [
    ...s.people.map((p): Seat => ({ who: p, is: whereabouts(s, p, tiles) })),
    ...empty(s).map((who): Seat => ({ who, is: 'absent' })),
  ];
}

/** The seats of the council in an order that does not change when somebody comes or goes. */
export function seats(s: State): readonly Seat[] {
  return everywhere(s).filter(({ who }) => who.office === 'member' || who.office === 'chair')
    .sort((a, b) => a.who.id - b.who.id);
}

export function listsSeats(s: State): boolean {
  return s.people.length + empty(s).length >= SEATS_FROM || s.people.length > shown(s).length;
}

/** Takes no part in the open item, as opposed to being away. */
export function stepsAside(s: State, id: PersonId): boolean {
  return openItem(s)?.recused.some((r) => r.id === id) === true;
}
