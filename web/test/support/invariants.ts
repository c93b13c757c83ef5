// SPDX-License-Identifier: EUPL-1.2
// What must hold after every event, whatever came before it.

import type { Effect } from '../../src/effect';
import type { Event } from '../../src/event';
import type { State } from '../../src/state';

/** What only the person's own press may send. */
const RIGHTS = new Set([
  'mute', 'ask-on', 'stop-share', 'withdraw-floor', 'remove', 'suspend', 'new-link', 'invite', 'floor',
  'item-open', 'item-close', 'doors-open', 'doors-close', 'recuse', 'declare-alone', 'note-recusal', 'note-presence',
]);

const SOURCES = ['microphone', 'camera', 'screen'] as const;

export function brokenState(s: State): string[] {
  const broken: string[] = [];
  const must = (holds: boolean, what: string): void => {
    if (!holds) broken.push(what);
  };
  const { name } = s.phase;
  const isInside = name === 'inside';
  must(!isInside || (s.self !== null && s.meeting !== null), 'inside knows itself and the meeting');
  must(
    isInside || s.people.length + s.waiting.length + s.slots.length + s.entries.length + s.requests.length === 0,
    'nothing about others is known outside',
  );
  must(
    isInside || s.speaking.length + s.frozen.length + s.pictured.length + s.admitting.length === 0,
    'nobody outside hears, sees or admits',
  );
  must(isInside === (s.media.status !== 'none'), 'media exactly inside');
  must(
    isInside || (s.suspended === null && s.floor.person === null && s.speakers.length + s.faults.length === 0),
    'nothing about the course of a meeting is known outside',
  );
  must(isInside || (s.items.length === 0 && s.session.item === null), 'no agenda is known outside');
  must(s.record.fault === null || s.record.status === 'broken', 'a fault breaks the record');
  must(s.suspended === null || SOURCES.every((x) => !s.own[x].wanted), 'nothing runs on in a suspension');
  must(isInside || !s.own.screen.wanted, 'a screen is shared inside only');
  must(isInside || name === 'lobby' || SOURCES.every((x) => !s.own[x].wanted), 'devices run in lobby and room only');
  must(
    SOURCES.every((x) => !s.own[x].live || s.own[x].wanted),
    'what is live is wanted',
  );
  must(!s.own.screen_sound.live || s.own.screen.live, 'the sound of a screen comes with the screen');
  must((name !== 'problem' && name !== 'over') || s.line.status === 'closed', 'a page of its own has no line');
  must(s.line.lostAt === null || s.line.status !== 'closed', 'a line that is not wanted is not missed');
  must(s.media.status === 'connected' ? s.media.lostAt === null : true, 'connected media is not missed');
  must(new Set(s.people.map((p) => p.id)).size === s.people.length, 'everyone once');
  must(
    s.entries.every((e, i) => i === 0 || (s.entries[i - 1]?.seq ?? 0) < e.seq),
    'the proceedings rise',
  );
  must(isInside || s.pins.length + s.spoke.length === 0, 'nobody is pinned, and nobody spoke, outside');
  must(!s.small || (isInside && s.suspended === null && s.canFloat), 'a small window in a running room only');
  must(!s.silent || s.own.microphone.live, 'no silence without a microphone');
  must(
    s.sound.step !== 'running' || (name === 'lobby' && s.line.status === 'open' && s.own.microphone.live),
    'a sound check in the lobby, with a line and a microphone',
  );
  must(s.sound.step === 'none' || name === 'lobby', 'nothing of a sound check outside of the lobby');
  must(s.level === 0 || s.own.microphone.live, 'no level without a microphone');
  must(s.notice === null || s.notice.id === s.lastNotice, 'the notice is the latest');
  return broken;
}

/** N1: the own devices change by the own hand only; and nothing is sent over a line that is not open. */
export function brokenStep(before: State, e: Event, after: State, effects: readonly Effect[]): string[] {
  const broken: string[] = [];
  for (const x of SOURCES) {
    const switchedOn = !before.own[x].wanted && after.own[x].wanted;
    if (switchedOn && !(e.type === 'toggle' && e.source === x)) broken.push(`${e.type} switched on ${x}`);
    const goesLive = !before.own[x].live && after.own[x].live;
    if (goesLive && !(e.type === 'captured' && e.source === x)) broken.push(`${e.type} made ${x} live`);
    if (before.own[x].live && !after.own[x].live && !effects.some((f) => f.do === 'release' && f.source === x)) {
      broken.push(`${x} went off, and its device runs on`);
    }
  }
  const closes = effects.some((f) => f.do === 'close-small');
  if (before.small && !after.small && !closes) broken.push('the small window stands on');
  for (const f of effects) {
    if (f.do === 'open-small' && e.type !== 'small') broken.push(`${e.type} opened a window`);
    if (f.do === 'send' && RIGHTS.has(f.message.type) && e.type === 'received') broken.push('used a right unasked');
    if (f.do === 'capture' && !['toggle', 'choose-device', 'prefer'].includes(e.type))
      broken.push(`${e.type} opened a device`);
    if (f.do === 'capture' && e.type === 'prefer' && !before.own[f.source].wanted)
      broken.push('a preference opened a device');
    if (f.do === 'send' && before.line.status !== 'open' && after.line.status !== 'open')
      broken.push('sent without a line');
    if (f.do === 'send' && f.message.type === 'sources' && after.phase.name !== 'inside')
      broken.push('sources told outside');
  }
  return broken;
}
