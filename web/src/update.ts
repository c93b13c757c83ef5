// SPDX-License-Identifier: EUPL-1.2
// What each event makes of the state, and what is to be done about it. Pure and exhaustive: tsc finds the case we
// forgot.

import type { Effect } from './effect';
import type { Event, PersonEvent, Timer, WorldEvent } from './event';
import type { Refusal } from './crypto/keys/invitation';
import { DEFAULTS } from './preferences';
import { isExpected, mayConfirm, mayRefuse, presides } from './select';
import type { Language, Quality, State } from './state';
import { choose, type ChoiceEvent } from './update/choices';
import { type OfficeEvent, openClearFault, openPerson, openRight, useOffice } from './update/office';
import { type ItemEvent, useItems } from './update/items';
import { closeMedia, mediaAnewDue, mediaChanged, mediaOffered, mediaRestartDue, networkChanged } from './update/media';
import { NO_MEDIA, unanswered } from './update/media';
import { economised, secondOver } from './update/power';
import { NO_RECORD, proofWanted, recordBroken, recordKept } from './update/record';
import { receive } from './update/receive';
import { askForSeat, beginAgain, goOut, lineLost, NO_ROOM, noSeat, problem } from './update/room';
import { admit, askIn, failing, keysTold, opened, peopleChanged, remove } from './update/secrecy';
import { talk, type TalkEvent } from './update/secrecy';
import { smallSettled, toggleSmall } from './update/small';
import { checkSound, soundChecked, soundOffered, soundSettled } from './update/sound_check';
import {
  captured, chooseDevice, devicesChanged, notCaptured, silence, sourceEnded, toggleSource,
} from './update/sources';
import { politeDue, SILENCE, urgentDue } from './update/speech';
import { keep, send, SOURCE_OFF, stay, andThen, type Step } from './update/step';
import { type PersonId, PROTOCOL_VERSION, type Reason, type Seat } from './wire/messages';

export function initial(language: Language): State {
  return {
    phase: { name: 'opening', step: 'seat' },
    language,
    preferences: DEFAULTS,
    lacks: [],
    canShare: false,
    canChooseSpeaker: false,
    canFloat: false,
    token: null,
    invitation: null,
    seat: null,
    meetingId: null,
    self: null,
    account: null,
    meeting: null,
    line: { status: 'closed', attempt: 0, lostAt: null },
    media: NO_MEDIA,
    ...NO_ROOM,
    record: NO_RECORD,
    own: { microphone: SOURCE_OFF, camera: SOURCE_OFF, screen: SOURCE_OFF, screen_sound: SOURCE_OFF },
    level: 0,
    silent: false,
    devices: { microphones: [], cameras: [], speakers: [], microphone: null, camera: null, speaker: null },
    testing: false,
    sound: { step: 'none' },
    streams: 0,
    panel: 'people',
    notice: null,
    speech: SILENCE,
    lastNotice: 0,
    now: 0,
    ticking: false,
  };
}

export function update(s: State, e: Event): readonly [State, readonly Effect[]] {
  const timed = 'now' in e ? { ...s, now: e.now } : s;
  const step = isPersonEvent(e) ? person(timed, e) : world(timed, e);
  const told = andThen(step, (next) => (next.people === s.people ? stay(next) : peopleChanged(next, removedBy(e))));
  return smallSettled(s, economised(s, andThen(andThen(told, soundSettled), tick)));
}

/** Of whom this message says that they were removed. */
function removedBy(e: Event): PersonId | null {
  return e.type === 'received' && e.message.type === 'gone' && e.message.why === 'removed' ? e.message.id : null;
}

/** A clock runs while something on the screen counts. */
function tick(s: State): Step {
  const timed = s.floor.person !== null || s.suspended !== null || s.session.opensAt !== null;
  const reads = s.preferences.captions && s.phase.name === 'inside';
  const counts = timed || reads || s.requests.length > 0 || s.line.lostAt !== null || s.media.lostAt !== null;
  return counts && !s.ticking ? [{ ...s, ticking: true }, [{ do: 'timer', timer: 'second', ms: 1_000 }]] : stay(s);
}

const PERSON_EVENTS: { readonly [T in PersonEvent['type']]: true } = {
  'join': true,
  'stop-waiting': true,
  'toggle': true,
  'choose-device': true,
  'test-sound': true,
  'check-sound': true,
  'allow-sound': true,
  'admit': true,
  'leave': true,
  'come-back': true,
  'try-again': true,
  'confirm': true,
  'refuse': true,
  'language': true,
  'prefer': true,
  'settings': true,
  'rebind': true,
  'bind': true,
  'pin': true,
  'small': true,
  'panel': true,
  'sheet-closed': true,
  'open-dialog': true,
  'open-turn-away': true,
  'close-dialog': true,
  'turn-away': true,
  'end': true,
  'notice-read': true,
  'open-person': true,
  'open-right': true,
  'open-clear-fault': true,
  'silenced-read': true,
  'asked-read': true,
  'hand': true,
  'floor-end': true,
  'give-floor': true,
  'restore-floor': true,
  'move-speaker': true,
  'use-right': true,
  'invite': true,
  'suspend': true,
  'resume': true,
  'fault': true,
  'clear-fault': true,
  'object': true,
  'talk': true,
  'write-to': true,
  'converse': true,
  'accept-conversation': true,
  'refuse-conversation': true,
  'leave-conversation': true,
  'say': true,
  'write': true,
  'real-time': true,
  'code-compared': true,
  'code-read': true,
  'clerk-compared': true,
  'alarm-read': true,
  'item': true,
  'doors-open': true,
  'note-recusal': true,
  'note-presence': true,
  'open-item-dialog': true,
  'open-presence': true,
};

function isPersonEvent(e: Event): e is PersonEvent {
  return e.type in PERSON_EVENTS;
}

function person(s: State, e: PersonEvent): Step {
  switch (e.type) {
    case 'join':
      if (s.phase.name !== 'lobby' || s.phase.step !== 'check' || s.line.status !== 'open') return stay(s);
      return askIn({ ...s, phase: { ...s.phase, step: 'asking' } });
    case 'stop-waiting':
      if (s.phase.name !== 'lobby' || s.phase.step === 'check') return stay(s);
      return andThen(closeMedia({ ...s, phase: { ...s.phase, step: 'check' } }), (at) =>
        send(at, { type: 'stop-waiting' }),
      );
    case 'toggle':
      return toggleSource(s, e.source);
    case 'choose-device':
      return chooseDevice(s, e.kind, e.id);
    case 'test-sound':
      return s.testing ? stay(s) : [{ ...s, testing: true }, [{ do: 'test-sound', device: s.devices.speaker }]];
    case 'check-sound':
      return checkSound(s);
    case 'allow-sound':
      return [s, [{ do: 'allow-sound' }]];
    case 'admit':
      if (!presides(s) || s.admitting.includes(e.person) || s.line.status !== 'open') return stay(s);
      return admitted(s, e.person, e.reason ?? null);
    case 'turn-away':
      return send({ ...s, dialog: null }, { type: 'turn-away', person: e.person, reason: e.reason });
    case 'end':
      return s.phase.name === 'inside' ? send({ ...s, dialog: null }, { type: 'end', reason: e.reason }) : stay(s);
    case 'leave':
      return leave({ ...s, dialog: null });
    case 'come-back':
      return s.phase.name === 'over' ? beginAgain(s) : stay(s);
    case 'try-again':
      return tryAgain(s);
    case 'confirm':
      return mayConfirm(s, e.request) ? confirm(s, e.request) : stay(s);
    case 'refuse':
      return mayRefuse(s, e.request) ? refuse(s, e.request) : stay(s);
    case 'language':
      return [{ ...s, language: e.language }, [{ do: 'remember-language', language: e.language }]];
    case 'prefer':
    case 'settings':
    case 'rebind':
    case 'bind':
    case 'pin':
      return choose(s, e satisfies ChoiceEvent);
    case 'small':
      return toggleSmall(s);
    case 'panel':
      return stay({ ...s, panel: e.panel, sheet: true });
    case 'sheet-closed':
      return stay({ ...s, sheet: false });
    case 'open-dialog':
      return stay({ ...s, dialog: { name: e.dialog } });
    case 'open-turn-away': {
      const waiting = s.waiting.find((w) => w.id === e.person);
      return stay(waiting === undefined ? s : { ...s, dialog: { name: 'turn-away', person: waiting } });
    }
    case 'close-dialog':
      return stay({ ...s, dialog: null });
    case 'open-person':
      return openPerson(s, e.person);
    case 'open-right':
      return openRight(s, e.right, e.person);
    case 'open-clear-fault':
      return openClearFault(s, e.fault);
    case 'notice-read':
      return stay({ ...s, notice: null });
    case 'silenced-read':
      return stay({ ...s, silenced: null });
    case 'asked-read':
      return stay({ ...s, asked: null });
    case 'talk':
    case 'write-to':
    case 'converse':
    case 'accept-conversation':
    case 'refuse-conversation':
    case 'leave-conversation':
    case 'say':
    case 'write':
    case 'real-time':
    case 'code-compared':
    case 'code-read':
    case 'clerk-compared':
    case 'alarm-read':
      return talk(s, e satisfies TalkEvent);
    case 'item':
    case 'doors-open':
    case 'note-recusal':
    case 'note-presence':
    case 'open-item-dialog':
    case 'open-presence':
      return useItems(s, e satisfies ItemEvent);
    default:
      return useOffice(s, e satisfies OfficeEvent);
  }
}

function admitted(s: State, person: number, reason: Reason | null): Step {
  const who = s.waiting.find((w) => w.id === person);
  if (who === undefined || reason !== null || isExpected(s, who)) return admit({ ...s, dialog: null }, person, reason);
  return stay({ ...s, dialog: { name: 'admit', person: who } });
}

function answered(s: State, request: number): State {
  return { ...s, requests: s.requests.map((r) => (r.id === request ? { ...r, answered: true } : r)) };
}

function refuse(s: State, request: number): Step {
  return s.line.status === 'open' ? send(answered(s, request), { type: 'refuse', request }) : stay(s);
}

function confirm(s: State, request: number): Step {
  if (s.line.status !== 'open') return stay(s);
  const asked = s.requests.find((r) => r.id === request);
  const message = { type: 'confirm', request } as const;
  const after = answered(s, request);
  return asked?.action === 'remove' && asked.who !== null
    ? remove(after, asked.who.id, asked.reason, message)
    : send(after, message);
}

/** Without a line nobody can be told; the server finds out by the silence. */
function leave(s: State): Step {
  if (s.phase.name !== 'inside' && s.phase.name !== 'lobby' && s.phase.name !== 'aside') return stay(s);
  if (s.line.status === 'open') return send(s, { type: 'leave' });
  return goOut(s, { name: 'over', why: 'left', by: null, reason: null });
}

function tryAgain(s: State): Step {
  if (s.phase.name === 'problem') {
    return s.phase.problem === 'version'
      ? [s, [{ do: 'reload' }]]
      : s.phase.problem === 'browser'
        ? stay(s)
        : beginAgain(s);
  }
  if (s.secrecy.status === 'broken') return [s, [{ do: 'reload' }]]; // the seat stays, the keys are made anew
  return s.line.status === 'waiting' ? connectNow(s) : stay(s);
}

function connectNow(s: State): Step {
  return andThen([s, [{ do: 'stop-timer', timer: 'line' }]], askForSeat);
}

function world(s: State, e: WorldEvent): Step {
  switch (e.type) {
    case 'loaded':
      return loaded(s, e);
    case 'seat':
      return seated(s, e.seat);
    case 'sign-in':
      return [s, [{ do: 'sign-in', meeting: e.meeting, invitation: s.invitation }]];
    case 'no-seat':
      return s.line.status === 'connecting' ? noSeat(s, e.error) : stay(s);
    case 'line-open':
      if (s.line.status !== 'connecting' || s.seat === null) return stay(s);
      return send(
        { ...s, line: { ...s.line, status: 'open' } },
        { type: 'hello', version: PROTOCOL_VERSION, seat: s.seat },
      );
    case 'line-closed':
      return s.line.status === 'open' || s.line.status === 'connecting' ? lineLost(s) : stay(s);
    case 'received':
      return s.line.status === 'open' ? receive(s, e.message) : stay(s);
    case 'timer':
      return due(s, e.timer);
    case 'online':
      return s.line.status === 'waiting' ? connectNow(s) : networkChanged(s);
    case 'offline':
      if (s.line.status !== 'open' && s.line.status !== 'connecting') return stay(s);
      return andThen([s, [{ do: 'disconnect' }]], lineLost);
    case 'captured':
      return captured(s, e.source, e.sound);
    case 'not-captured':
      return notCaptured(s, e.source, e.trouble);
    case 'source-ended':
      return sourceEnded(s, e.source);
    case 'level':
      return stay(s.own.microphone.live && s.level !== e.level ? { ...s, level: e.level } : s);
    case 'devices':
      return devicesChanged(s, { microphones: e.microphones, cameras: e.cameras, speakers: e.speakers });
    case 'silent':
      return silence(s, e.silent);
    case 'sound-check-offered':
      return soundOffered(s, e.sdp);
    case 'sound-checked':
      return soundChecked(s, e.verdict);
    case 'preferred':
      return stay({ ...s, devices: { ...s.devices, ...e.devices }, preferences: e.preferences });
    case 'offered':
      return mediaOffered(s, e.sdp, e.roles, e.restart);
    case 'media':
      return mediaChanged(s, e.status);
    case 'speaking':
      return s.phase.name === 'inside' ? stay(spoken(s, e.people)) : stay(s);
    case 'watched':
      return s.phase.name === 'inside' ? stay(withLists(s, e)) : stay(s);
    case 'quality':
      return s.phase.name === 'inside' ? stay({ ...s, quality: settled(s.quality, e.quality) }) : stay(s);
    case 'kept-up':
      return secondOver(s, e.second);
    case 'drawn':
      return s.phase.name === 'inside' ? send(s, { type: 'layout', lines: e.lines }) : stay(s);
    case 'streams-changed':
      return stay({ ...s, streams: s.streams + 1 });
    case 'small-closed':
      return stay({ ...s, small: false });
    case 'sound-blocked':
      return stay(s.phase.name === 'inside' || !e.blocked ? { ...s, soundBlocked: e.blocked } : s);
    case 'test-sound-over':
      return stay({ ...s, testing: false });
    case 'keys':
      return e.told.type === 'uninvited' ? uninvitedTo(s, e.told.why) : keysTold(s, e.told);
    case 'opened':
      return opened(s, e.mid, e.person);
    case 'undecryptable':
      return failing(s, e.mids);
    case 'unsealed':
      return stay({ ...s, secrecy: { ...s.secrecy, status: 'broken', unsealed: true } });
    case 'proof-wanted':
      return proofWanted(s, e.from, e.epoch);
    case 'record-kept':
      return recordKept(s, e.size);
    case 'record-broken':
      return recordBroken(s, e.fault, e.proof);
  }
}

/** Over some seconds: one lost packet is no bad line, and one good second no good one. */
const SETTLING = 0.3;

function settled(before: Quality | null, now: Quality): Quality {
  if (before === null) return now;
  const trip = now.roundTrip === null || before.roundTrip === null ? now.roundTrip
    : Math.round(before.roundTrip + SETTLING * (now.roundTrip - before.roundTrip));
  const loss = before.loss + SETTLING * (now.loss - before.loss);
  return { loss: loss < 0.001 ? 0 : loss, roundTrip: trip };
}

/** Whoever speaks comes first among those who spoke last. */
function spoken(s: State, people: readonly number[]): State {
  const next = withLists(s, { speaking: people });
  const spoke = [...people, ...s.spoke.filter((id) => !people.includes(id))];
  return people.every((id) => s.spoke.slice(0, people.length).includes(id)) ? next : { ...next, spoke };
}

function withLists(s: State, lists: Partial<Pick<State, 'speaking' | 'frozen' | 'pictured' | 'quiet'>>): State {
  const speaking = keep(s.speaking, lists.speaking ?? s.speaking);
  const frozen = keep(s.frozen, lists.frozen ?? s.frozen);
  const pictured = keep(s.pictured, lists.pictured ?? s.pictured);
  const quiet = keep(s.quiet, lists.quiet ?? s.quiet);
  if (speaking === s.speaking && frozen === s.frozen && pictured === s.pictured && quiet === s.quiet) return s;
  return { ...s, speaking, frozen, pictured, quiet };
}

function loaded(s: State, e: Extract<WorldEvent, { type: 'loaded' }>): Step {
  if (s.phase.name !== 'opening' || s.line.status !== 'closed') return stay(s); // a page is loaded once
  const next: State = {
    ...s,
    token: e.token,
    invitation: e.invitation,
    meetingId: e.meeting,
    seat: e.token === null ? e.seat : null,
    language: e.language,
    lacks: e.lacks,
    canShare: e.canShare,
    canChooseSpeaker: e.canChooseSpeaker,
    canFloat: e.canFloat,
  };
  return e.lacks.length > 0 ? problem(next, 'browser') : askForSeat(next);
}

/** Not what the clerk's signature invited to: whoever let us in is told that we left. */
function uninvitedTo(s: State, why: Refusal): Step {
  return s.phase.name === 'inside' ? andThen(send(s, { type: 'leave' }), (next) => problem(next, why)) : stay(s);
}

function seated(s: State, seat: Seat): Step {
  if (s.line.status !== 'connecting') return stay(s);
  const self = s.self !== null && s.seat === seat.seat ? s.self : { id: 0, name: seat.name, office: seat.office };
  const phase = s.phase.name === 'opening' ? ({ name: 'opening', step: 'line' } as const) : s.phase;
  return [
    { ...s, phase, token: null, seat: seat.seat, meetingId: seat.meeting, self },
    [{ do: 'remember-seat', seat: seat.seat, meeting: seat.meeting, invitation: s.invitation }, { do: 'connect' }],
  ];
}

function due(s: State, timer: Timer): Step {
  switch (timer) {
    case 'line':
      return s.line.status === 'waiting' ? askForSeat(s) : stay(s);
    case 'media-restart':
      return mediaRestartDue(s);
    case 'media-anew':
      return unanswered(s) ? andThen([s, [{ do: 'disconnect' }]], lineLost) : mediaAnewDue(s);
    case 'notice':
      return stay({ ...s, notice: null });
    case 'polite':
      return politeDue(s);
    case 'urgent':
      return urgentDue(s);
    case 'second':
      return stay({ ...s, ticking: false }); // update() starts it again while something counts
  }
}
