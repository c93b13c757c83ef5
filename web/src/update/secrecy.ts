// SPDX-License-Identifier: EUPL-1.2
// What the keys tell, and what the person does with conversations and the room code. Pure. Invariant: nothing that was
// said leaves this file but to the keys worker; the line never carries it in the clear.

import type { KeysToPage, PageMessage, Removing, Seen, Talk } from '../crypto/keys/messages';
import { type Conversation, holderOf, NO_SECRECY, type Secrecy, type SecrecyStatus, threadWith } from '../secrecy';
import { slotsOf } from '../select';
import type { State } from '../state';
import type { GroupId, KeysFromServer } from '../wire/delivery';
import type { Named, PersonId, Reason, ServerMessage } from '../wire/messages';
import { mediaKeyed } from './media';
import { announce, andThen, send, stay, type Step } from './step';

/** So much of a conversation is kept on the screen. */
const SAID_AT_MOST = 1_000;
export type TalkEvent =
  | { readonly type: 'talk'; readonly group: GroupId | null }
  | { readonly type: 'write-to'; readonly person: PersonId }
  | { readonly type: 'converse'; readonly people: readonly PersonId[]; readonly kind: 'private' | 'caucus' }
  | { readonly type: 'accept-conversation'; readonly group: GroupId }
  | { readonly type: 'refuse-conversation'; readonly group: GroupId }
  | { readonly type: 'leave-conversation'; readonly group: GroupId }
  | { readonly type: 'say'; readonly group: GroupId; readonly text: string }
  | { readonly type: 'write'; readonly group: GroupId; readonly text: string }
  | { readonly type: 'real-time'; readonly on: boolean }
  | { readonly type: 'code-compared'; readonly same: boolean }
  | { readonly type: 'code-read' }
  | { readonly type: 'clerk-compared' }
  | { readonly type: 'alarm-read' };

function withSecrecy(s: State, change: Partial<Secrecy>): State {
  return { ...s, secrecy: { ...s.secrecy, ...change } };
}

function withConversation(s: State, group: GroupId, change: (c: Conversation) => Conversation): State {
  return withSecrecy(s, { conversations: s.secrecy.conversations.map((c) => (c.group === group ? change(c) : c)) });
}

function tellKeys(s: State, message: PageMessage): Step {
  return [s, [{ do: 'keys', message }]];
}

/** Asks to come in, as soon as the device is known for which whoever lets this person in signs. */
export function askIn(s: State): Step {
  const { device, status } = s.secrecy;
  if (device !== null) return send(s, { type: 'join', device });
  return status === 'broken' ? send(s, { type: 'join' }) : stay(s);
}

/** What was told of the device is what somebody who pressed `join` before waited for. */
function deviceTold(before: State, s: State): Step {
  const asks = s.phase.name === 'lobby' && s.phase.step === 'asking' && s.line.status === 'open';
  const waited = before.secrecy.device === null && before.secrecy.status !== 'broken';
  return asks && waited ? askIn(s) : stay(s);
}

/** Before the room: the keys worker starts, so that the device is known when the person asks to come in. */
export function openKeys(s: State): Step {
  if (s.meeting === null || s.self === null) return stay(s);
  const holder = s.account === null ? `${s.meeting.id} ${s.self.id}` : holderOf(s.account);
  const { id: self, name } = s.self;
  return [s, [{ do: 'open-keys', holder }, { do: 'keys', message: { type: 'prepare', self, name } }]];
}

/** Outside nothing of it is left but the device. */
export function forgetKeys(s: State): Step {
  return [{ ...s, secrecy: NO_SECRECY }, [{ do: 'close-keys' }]];
}

/** Who is inside, in the words of the keys worker. */
export function seen(s: State): readonly Seen[] {
  return s.people.map((p) => ({
    person: p.id,
    name: p.name,
    office: p.office,
    device: p.device,
    connected: p.connection === 'connected',
  }));
}

/** On entering and on coming back. */
export function keysInside(s: State, m: Extract<ServerMessage, { type: 'state' }>): Step {
  const { keys, vouchers, conversations } = m;
  const status = s.secrecy.status === 'off' ? 'starting' : s.secrecy.status;
  const { id: meeting, body } = m.meeting;
  const people = seen(s);
  const given = { roster: m.roster, invitation: s.invitation, keys, vouchers, conversations };
  const inside = { type: 'inside', meeting, body, self: m.you, people, ...given };
  return tellKeys(namesOf(withSecrecy(s, { status })), inside as PageMessage);
}

/** Names stay beside what was said when their person has left. */
function namesOf(s: State): State {
  const missing = s.people.filter((p) => s.secrecy.names[p.id] !== p.name);
  if (missing.length === 0) return s;
  const names = { ...s.secrecy.names, ...Object.fromEntries(missing.map((p) => [p.id, p.name])) };
  return withSecrecy(s, { names });
}

/** The list of people changed: the keys worker learns it before any key message that came after it. */
export function peopleChanged(s: State, removed: PersonId | null): Step {
  if (s.secrecy.status === 'off') return stay(s);
  const people: PageMessage = { type: 'people', people: seen(s) };
  return tellKeys(namesOf(s), removed === null ? people : { ...people, removed });
}

/** To ask for a removal or to confirm it is to sign it: the keys worker does, and then sends the message. */
export function remove(s: State, person: PersonId, reason: Reason, then: Removing): Step {
  return s.secrecy.status === 'off' ? send(s, then) : tellKeys(s, { type: 'remove', person, reason, then });
}

/** Without a line nothing new is known. */
export function lineLostToKeys(s: State): Step {
  return s.secrecy.status === 'off' ? stay(s) : tellKeys(s, { type: 'line-lost' });
}

/** For the keys worker, untouched. */
export function served(s: State, message: KeysFromServer): Step {
  return s.secrecy.status === 'off' ? stay(s) : tellKeys(s, { type: 'served', message });
}

/** Letting in signs which device is let in; without a device to sign for it is only the server's word. */
export function admit(s: State, person: PersonId, reason: Reason | null): Step {
  const who = s.waiting.find((w) => w.id === person);
  if (who === undefined || s.meeting === null) return stay(s);
  const busy: State = { ...s, admitting: [...s.admitting, person] };
  if (who.device === null) return send(busy, { type: 'admit', person, ...(reason === null ? {} : { reason }) });
  const vouching = [...s.secrecy.vouching.filter((w) => w.id !== person), { ...who, reason }];
  const signing: PageMessage = { type: 'vouch', meeting: s.meeting.id, person, device: who.device };
  return tellKeys(withSecrecy(busy, { vouching }), signing);
}

function vouched(s: State, person: PersonId, voucher: string): Step {
  const asked = s.secrecy.vouching.find((w) => w.id === person);
  if (asked === undefined) return stay(s);
  const left = withSecrecy(s, { vouching: s.secrecy.vouching.filter((w) => w.id !== person) });
  return send(left, { type: 'admit', person, voucher, ...(asked.reason === null ? {} : { reason: asked.reason }) });
}

/** To be copied once it is signed; without keys it is the server's word alone. */
export function linkMade(s: State, { person, link }: Extract<ServerMessage, { type: 'link' }>): Step {
  if (s.secrecy.status === 'off' || s.secrecy.status === 'broken') return showLink(s, person, link);
  return tellKeys(s, { type: 'sign-link', person, link });
}

function showLink(s: State, person: Named, link: string): Step {
  return stay({ ...s, dialog: { name: 'link', person, link } });
}

export type Uninvited = Extract<KeysToPage, { type: 'uninvited' }>;
export type Told = Exclude<KeysToPage, { type: 'send' | 'uninvited' }>;

export function keysTold(s: State, told: Told): Step {
  switch (told.type) {
    case 'device':
      return deviceTold(s, withSecrecy(s, { device: told.device }));
    case 'vouched':
      return vouched(s, told.person, told.voucher);
    case 'link':
      return showLink(s, told.person, told.link);
    case 'roster': {
      const same = told.roster.code === s.secrecy.roster.code;
      const compared = same || told.roster.code === null ? s.secrecy.compared : 'not-yet';
      return mediaKeyed(withSecrecy(s, { status: statusOf(s, told.roster), roster: told.roster, compared }));
    }
    case 'trust':
      return stay(withSecrecy(s, { trust: told.trust }));
    case 'alarm':
      return announce(withSecrecy(s, { alarm: told.alarm }), { what: 'alarm', alarm: told.alarm }, true);
    case 'talk':
      return conversation(s, told.talk);
    case 'said':
      return stay(s); // it stands on the screen since it was written
    case 'heard':
      return heard(s, told.group, told.from, told.text);
    case 'writing':
      return stay(
        withConversation(s, told.group, (c) => ({ ...c, writing: { ...c.writing, [told.from]: told.text } })),
      );
    case 'failed': // a roster that follows says that it goes on all the same
      return deviceTold(s, withSecrecy(s, { status: 'broken' }));
  }
}

/** `unlisted` passes by itself, as soon as who left is out of the group; nothing is sent meanwhile. */
function statusOf(s: State, roster: Secrecy['roster']): SecrecyStatus {
  if (s.secrecy.status === 'off') return 'off';
  if (s.secrecy.unsealed) return 'broken';
  switch (roster.silence) {
    case null:
    case 'unlisted':
      return roster.epoch === null ? 'starting' : 'on';
    case 'no-group':
    case 'refused':
      return 'starting';
    case 'withheld':
      return 'stopped';
  }
}

function conversation(s: State, told: Talk): Step {
  const known = s.secrecy.conversations.find((c) => c.group === told.group);
  const next: Conversation = { ...(known ?? { said: [], writing: {}, unread: 0 }), ...told };
  const conversations = [...s.secrecy.conversations.filter((c) => c.group !== told.group), next];
  const mine = told.by === s.self?.id && known === undefined;
  const talking = mine ? { ...s.secrecy.talking, group: told.group } : s.secrecy.talking;
  const step = stay(withSecrecy(s, { conversations, talking }));
  if (known !== undefined || told.state !== 'asked') return step;
  // Whoever may write may be written to; only a caucus, or a circle, asks first.
  if (told.kind === 'private' && told.people.length === 2)
    return andThen(step, (after) => tellKeys(after, { type: 'conversation-join', group: told.group }));
  const news = { what: 'invited-to-talk', name: nameIn(s, told.by), kind: told.kind } as const;
  return andThen(step, (after) => announce(after, news));
}

function add(s: State, group: GroupId, from: PersonId, text: string, unread: number): State {
  const id = s.secrecy.lastSaid + 1;
  return withConversation(withSecrecy(s, { lastSaid: id }), group, (c) => ({
    ...c,
    said: [...c.said, { id, from, text, at: s.now }].slice(-SAID_AT_MOST),
    writing: { ...c.writing, [from]: '' },
    unread: c.unread + unread,
  }));
}

function heard(s: State, group: GroupId, from: PersonId, text: string): Step {
  const seenNow = s.panel === 'messages' && s.secrecy.talking.group === group;
  const after = add(s, group, from, text, seenNow ? 0 : 1);
  return seenNow ? stay(after) : announce(after, { what: 'said', name: nameIn(s, from) });
}

function nameIn(s: State, person: PersonId): string {
  return s.secrecy.names[person] ?? '';
}

/** Whose key opened what a line carries; null: nobody's any more. */
export function opened(s: State, mid: string, person: PersonId | null): Step {
  if ((s.secrecy.opened[mid] ?? null) === person) return stay(s);
  const rest = Object.fromEntries(Object.entries(s.secrecy.opened).filter(([other]) => other !== mid));
  const named = withSecrecy(s, { opened: person === null ? rest : { ...rest, [mid]: person } });
  return [named, [{ do: 'slots', slots: slotsOf(named), self: s.self?.id ?? null }]];
}

/** Lines that bring nothing but what cannot be opened. */
export function failing(s: State, mids: readonly string[]): Step {
  const before = s.secrecy.failing;
  const same = before.length === mids.length && mids.every((mid) => before.includes(mid));
  return stay(same ? s : withSecrecy(s, { failing: mids }));
}

export function talk(s: State, e: TalkEvent): Step {
  if (s.phase.name !== 'inside') return stay(s);
  switch (e.type) {
    case 'talk':
      return stay(show(s, e.group));
    case 'write-to':
      return writeTo({ ...s, panel: 'messages', sheet: true, dialog: null }, e.person);
    case 'converse':
      if (e.people.length === 0) return stay(s);
      return tellKeys(s, { type: 'conversation-open', people: e.people, kind: e.kind });
    case 'accept-conversation':
      return tellKeys(show(s, e.group), { type: 'conversation-join', group: e.group });
    case 'refuse-conversation':
      return tellKeys(drop(s, e.group), { type: 'conversation-refuse', group: e.group });
    case 'leave-conversation':
      return tellKeys(drop(s, e.group), { type: 'conversation-leave', group: e.group });
    case 'say':
      return say(s, e.group, e.text.trim());
    case 'write':
      return s.secrecy.talking.realTime ? tellKeys(s, { type: 'write', group: e.group, text: e.text }) : stay(s);
    case 'real-time':
      return stay(withSecrecy(s, { talking: { ...s.secrecy.talking, realTime: e.on } }));
    case 'code-compared':
      return compared(s, e.same);
    case 'code-read':
      return send({ ...s, dialog: null }, { type: 'code-read' });
    case 'clerk-compared':
      return tellKeys(s, { type: 'accept-clerk' });
    case 'alarm-read':
      return stay(withSecrecy(s, { alarm: null }));
  }
}

function writeTo(s: State, person: PersonId): Step {
  const thread = threadWith(s.secrecy, person);
  if (thread !== null) return stay(show(s, thread.group));
  return tellKeys(s, { type: 'conversation-open', people: [person], kind: 'private' });
}

function say(s: State, group: GroupId, text: string): Step {
  if (text === '' || s.self === null) return stay(s);
  const after = add(s, group, s.self.id, text, 0);
  return tellKeys(after, { type: 'say', group, id: after.secrecy.lastSaid, text });
}

/** The thread on the screen is read. */
function show(s: State, group: GroupId | null): State {
  const talking = withSecrecy(s, { talking: { ...s.secrecy.talking, group } });
  return group === null ? talking : withConversation(talking, group, (c) => ({ ...c, unread: 0 }));
}

function drop(s: State, group: GroupId): State {
  const conversations = s.secrecy.conversations.filter((c) => c.group !== group);
  const { talking } = s.secrecy;
  const left = talking.group === group ? { ...talking, group: null } : talking;
  return withSecrecy(s, { conversations, talking: left });
}

/** Other digits than the chair's: somebody stands between, and nothing confidential may be said. */
function compared(s: State, same: boolean): Step {
  const after = withSecrecy({ ...s, dialog: null }, { compared: same ? 'same' : 'different' });
  return same ? stay(after) : announce(after, { what: 'code-differs' }, true);
}
