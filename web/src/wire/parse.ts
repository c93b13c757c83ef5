// SPDX-License-Identifier: EUPL-1.2
// The only place where something unknown becomes a message: server/PROTOCOL.md, field by field.

import {
  between,
  type Check,
  field,
  flag,
  id,
  listOf,
  Malformed,
  matching,
  object,
  oneOf,
  orNull,
  text,
  time,
} from './check';
import {
  type Actor,
  ENTRY_KINDS,
  type Entry,
  ERROR_CODES,
  type Fault,
  type Floor,
  type Meeting,
  type Named,
  type Office,
  type Person,
  REASON_CODES,
  type Reason,
  type Relay,
  type Request,
  REQUEST_ACTIONS,
  type Seat,
  SEAT_ERRORS,
  type SeatError,
  type ServerMessage,
  type Slot,
  type Sources,
  type Suspension,
  type Waiting,
} from './messages';
import { caucus, deliveryFields, device, keysInState } from './parse-delivery';
import { head, itemFields, items, session } from './parse-items';

/** Simulcast layers of a picture. */
const LAYERS = 3;
const layer = between(1, LAYERS);

/** More than any list of the protocol holds: 128 people, 64 lines, 200 entries. */
const MANY = 256;

const office: Check<Office> = oneOf(['chair', 'clerk', 'member', 'guest']);

export const reason: Check<Reason> = (u) => {
  const code = oneOf(REASON_CODES)(field(u, 'code'));
  const written = field(u, 'text');
  return written === undefined ? { code } : { code, text: text(written) };
};

export const meeting = object<Meeting>({
  id: text,
  title: text,
  body: text,
  starts: time,
  language: text,
  phase: oneOf(['planned', 'open', 'ended']),
});
const sources = object<Sources>({ microphone: flag, camera: flag, screen: flag, screen_sound: flag });
export const named = object<Named>({ id, name: text, office });
const actor = object<Actor>({ name: text, office });
const waiting = object<Waiting>({ id, name: text, office, device, known: oneOf(['account', 'link']) });
const person = object<Person>({
  id,
  name: text,
  office,
  party: orNull(text),
  connection: oneOf(['connected', 'reconnecting']),
  sources,
  heard: flag,
  hush: orNull(oneOf(['muted', 'floor-withdrawn'])),
  hand: between(0, MANY),
  floor: flag,
  device,
  caucus,
});
const slot = object<Slot>({
  mid: text,
  person: id,
  source: oneOf(['microphone', 'camera', 'screen', 'screen-sound']),
});
export const entry = object<Entry>({
  seq: id,
  at: time,
  kind: oneOf(ENTRY_KINDS),
  by: orNull(named),
  who: orNull(named),
  reason: orNull(reason),
  note: orNull(text),
  item: orNull(id),
});
const request = object<Request>({
  id,
  action: oneOf(REQUEST_ACTIONS),
  by: named,
  who: orNull(named),
  name: orNull(text),
  item: orNull(id),
  reason,
  seconds: between(0, 120),
});
/** RFC 7065: a name or an address, and at most a port and a transport. */
const relay = object<Relay>({
  url: matching(/^turns?:[\w.:[\]-]{1,180}(\?transport=(tcp|udp))?$/),
  username: text,
  credential: text,
});
const relays: Check<readonly Relay[]> = (u) => (u === undefined ? [] : listOf(relay, 4)(u));

const floor = object<Floor>({ person: orNull(id), since: orNull(time) });
const suspension = object<Suspension>({ by: named, reason, since: time });
const fault = object<Fault>({ id, by: named, note: text, at: time });

type Messages = { [T in ServerMessage['type']]: Extract<ServerMessage, { type: T }> };
type Fields<M> = { readonly [K in Exclude<keyof M, 'type'>]: Check<M[K]> };

const fields: { readonly [T in keyof Messages]: Fields<Messages[T]> } = {
  'welcome': {
    version: oneOf([1]),
    you: id,
    name: text,
    office,
    phase: oneOf(['outside', 'lobby', 'inside', 'aside']),
    account: orNull(text),
    meeting,
  },
  'lobby': { opened: flag },
  'state': {
    you: id,
    meeting,
    people: listOf(person, MANY),
    waiting: listOf(waiting, MANY),
    slots: listOf(slot, MANY),
    media: orNull(text),
    sources,
    entries: listOf(entry, MANY),
    requests: listOf(request, MANY),
    floor,
    speakers: listOf(id, MANY),
    suspended: orNull(suspension),
    faults: listOf(fault, MANY),
    ...keysInState,
    items,
    session,
    head: orNull(head),
    relays,
  },
  ...deliveryFields,
  ...itemFields(named, reason),
  'person': { person },
  'gone': { id, why: oneOf(['left', 'removed', 'seat-ended', 'aside', 'guest-out']) },
  'waiting': { people: listOf(waiting, MANY) },
  'answer': { media: text, sdp: text },
  'sound-check-answer': { sdp: text },
  'slots': { slots: listOf(slot, MANY) },
  'media-lost': {},
  'watched': { camera: listOf(layer, LAYERS), screen: listOf(layer, LAYERS) },
  'floor': { floor, speakers: listOf(id, MANY) },
  'suspended': { suspended: orNull(suspension) },
  'faults': { faults: listOf(fault, MANY) },
  'muted': { source: oneOf(['microphone', 'screen']), by: named, reason },
  'asked': { source: oneOf(['microphone', 'camera']), by: named, reason },
  'link': { person: named, link: text },
  'entry': { entry },
  'request': { request },
  'request-over': { id, outcome: oneOf(['confirmed', 'refused', 'expired']) },
  'over': {
    why: oneOf(['left', 'turned-away', 'removed', 'ended', 'replaced', 'seat-ended', 'signed-out']),
    by: orNull(actor),
    reason: orNull(reason),
  },
  'error': { code: oneOf(ERROR_CODES), re: orNull(text), field: orNull(text) },
};

const types = Object.keys(fields) as (keyof Messages)[];

const message: Check<ServerMessage> = (u) => {
  const type = oneOf(types)(field(u, 'type'));
  return { ...object<object>(fields[type] as Fields<object>)(u), type } as ServerMessage;
};

function json(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    throw new Malformed('json');
  }
}

function orNothing<T>(parse: () => T): T | null {
  try {
    return parse();
  } catch (e) {
    if (e instanceof Malformed) return null;
    throw e;
  }
}

/** One WebSocket message; null when it is none of the protocol's. */
export function parseMessage(raw: unknown): ServerMessage | null {
  return orNothing(() => message(json(text(raw))));
}

const seat = object<Seat>({
  seat: matching(/^[A-Za-z]{8}$/),
  meeting: matching(/^[\w-]{1,64}$/),
  name: text,
  office,
});

/** The answer of /api/link and /api/resume. */
export function parseSeat(raw: string): Seat | null {
  return orNothing(() => seat(json(raw)));
}

/** Which meeting asks that one signs in before a link of it is taken; null when that is not what was said. */
export function parseSignIn(raw: string): string | null {
  return orNothing(() => {
    const error = field(json(raw), 'error');
    oneOf(['sign-in-required'])(field(error, 'code'));
    return matching(/^[\w-]{1,64}$/)(field(error, 'meeting'));
  });
}

export function parseSeatError(raw: string): SeatError | null {
  return orNothing(() => oneOf(SEAT_ERRORS)(field(field(json(raw), 'error'), 'code')));
}
