// SPDX-License-Identifier: EUPL-1.2
// The floor, rights over others, and what an office does to this person: what is sent, what stops, what is told.
import { describe, expect, it } from 'vitest';
import type { Effect } from '../src/effect';
import type { Event } from '../src/event';
import { absent, muted, noteOf, ownTurn, withdrawalOf, withdrawn } from '../src/select';
import type { State } from '../src/state';
import type { ClientMessage, ServerMessage } from '../src/wire/messages';
import {
  BY_GREET, BY_HILDE, connected, ENTRY, FAULT, GREET, HILDE, inLobby, JAN, NOBODY, OFF, receivedAt, run, SERVER,
  stateMessage, SUSPENDED,
} from './support/samples';

function sent(effects: readonly Effect[]): readonly ClientMessage[] {
  return effects.flatMap((e) => (e.do === 'send' ? [e.message] : []));
}

/** What the keys worker is to sign, and to send then. */
function signed(effects: readonly Effect[]): readonly object[] {
  return effects.flatMap((e) => (e.do === 'keys' && e.message.type === 'remove' ? [e.message] : []));
}

function says(s: State, ...messages: readonly ServerMessage[]): { s: State; effects: Effect[] } {
  return run(s, ...messages.map((m, at) => receivedAt(100 + at, m)));
}

const withJan = (): State => says(connected(), SERVER['person']).s;
const asChair = (s: State): State => says(s, { type: 'person', person: { ...HILDE, office: 'chair' } }).s;
const asMember = (s: State): State => says(s, { type: 'person', person: { ...HILDE, office: 'member' } }).s;
const floor = (person: number | null, ...speakers: readonly number[]): ServerMessage => ({
  type: 'floor',
  floor: { person, since: person === null ? null : '2026-03-12T18:40:00.000Z' },
  speakers,
});
const on = (source: 'microphone' | 'camera' | 'screen'): Event[] => [
  { type: 'toggle', source },
  { type: 'captured', source, sound: false },
];
const reason = { code: 'technical' } as const;

describe('muted by an office', () => {
  const loud = run(connected(), ...on('microphone'), ...on('camera')).s;
  it('stops the own microphone at once and says who and why, by sight, sound and screen reader', () => {
    const { s, effects } = says(loud, SERVER['muted']);
    expect(s.own.microphone).toEqual({ wanted: false, live: false, trouble: null });
    expect(s.own.camera.live).toBe(true);
    expect(effects[0]).toEqual({ do: 'release', source: 'microphone' });
    expect(sent(effects)).toEqual([{ type: 'sources', seen: 4, ...OFF, camera: true }]);
    expect(effects).toContainEqual({ do: 'chime', device: null });
    expect(s.silenced).toEqual({ source: 'microphone', by: BY_GREET, reason });
    expect(s.notice).toMatchObject({ urgent: true, news: { what: 'silenced', silenced: { by: BY_GREET, reason } } });
  });
  it('stops one that is only starting', () => {
    const { s, effects } = run(connected(), { type: 'toggle', source: 'microphone' }, receivedAt(9, SERVER['muted']), {
      type: 'captured', source: 'microphone', sound: false,
    });
    expect(s.own.microphone.wanted).toBe(false);
    expect(sent(effects)).toEqual([]);
    expect(effects.filter((e) => e.do === 'release')).toHaveLength(2);
  });
  it('can be switched on again at once, by the person alone', () => {
    const { s } = says(loud, SERVER['muted']);
    const again = run(s, ...on('microphone'));
    expect(sent(again.effects)).toEqual([{ type: 'sources', seen: 4, ...OFF, camera: true, microphone: true }]);
    expect(again.s.silenced).toBeNull();
  });
  it('can be read and left as it is', () => {
    const { s, effects } = run(says(loud, SERVER['muted']).s, { type: 'silenced-read' });
    expect([s.silenced, s.own.microphone.wanted, sent(effects)]).toEqual([null, false, []]);
  });
  it('is shown for as long as the server says so and the microphone is off', () => {
    const s = says(connected(), { type: 'person', person: { ...HILDE, hush: 'muted' } }).s;
    expect(muted(s)).toBe(true);
    expect(muted(run(s, { type: 'toggle', source: 'microphone' }).s)).toBe(false);
  });
  it('a share is stopped alike', () => {
    const sharing = run(connected(), ...on('screen')).s;
    const { s, effects } = says(sharing, { type: 'muted', source: 'screen', by: BY_GREET, reason });
    expect(s.own.screen.wanted).toBe(false);
    expect(effects).toContainEqual({ do: 'release', source: 'screen' });
  });
  it('of others is told once, to them by their own message', () => {
    const entry = { ...ENTRY, seq: 9, kind: 'muted', by: BY_GREET, reason } as const;
    const others = says(connected(), { type: 'entry', entry: { ...entry, who: BY_GREET } });
    expect(others.s.notice?.news).toMatchObject({ what: 'entry', entry: { kind: 'muted' } });
    const mine = says(loud, SERVER['muted'], { type: 'entry', entry: { ...entry, who: BY_HILDE } });
    expect(mine.s.notice?.news.what).toBe('silenced');
  });
});

describe('asked to switch on', () => {
  it('switches nothing on', () => {
    const { s, effects } = says(connected(), SERVER['asked']);
    expect(s.asked).toEqual({ source: 'camera', by: BY_GREET, reason: { code: 'unrecognised' } });
    expect(s.own.camera.wanted).toBe(false);
    expect(effects.map((e) => e.do)).not.toContain('capture');
    expect(s.notice).toMatchObject({ urgent: true, news: { what: 'asked' } });
    expect(run(s, { type: 'asked-read' }).s.asked).toBeNull();
    expect(run(s, ...on('camera')).s).toMatchObject({ asked: null, own: { camera: { live: true } } });
  });
  it('is not asked for what is on already', () => {
    expect(says(run(connected(), ...on('camera')).s, SERVER['asked']).s.asked).toBeNull();
  });
});

describe('the floor', () => {
  it('is asked for, waited for, had and given up', () => {
    const asks = run(connected(), { type: 'hand' });
    expect(sent(asks.effects)).toEqual([{ type: 'hand', raised: true }]);
    const queued = says(connected(), floor(null, 2, 1)).s;
    expect(ownTurn(queued)).toEqual({ is: 'queue', place: 2 });
    expect(queued.notice?.news).toEqual({ what: 'hand', place: 2 });
    expect(sent(run(queued, { type: 'hand' }).effects)).toEqual([{ type: 'hand', raised: false }]);
    const has = says(queued, floor(1, 2));
    expect(ownTurn(has.s).is).toBe('floor');
    expect(has.s.notice).toMatchObject({ urgent: true, news: { what: 'floor-yours' } });
    expect(sent(run(has.s, { type: 'hand' }).effects)).toEqual([]);
    expect(sent(run(asMember(has.s), { type: 'floor-end' }).effects)).toEqual([{ type: 'floor-end' }]);
    expect(says(has.s, floor(null)).s.notice?.news).toEqual({ what: 'floor-free' });
  });
  it('is timed on our clock, and not anew when only the list changes', () => {
    const given = run(connected(), receivedAt(50_000, floor(2))).s;
    expect(given.floor).toEqual({ person: 2, since: 50_000 });
    expect(run(given, receivedAt(60_000, floor(2, 1))).s.floor.since).toBe(50_000);
    const entered = run(inLobby(), { type: 'join' }, receivedAt(50_000, stateMessage({
      floor: { person: 2, since: '2026-03-12T18:30:00.000Z' },
    }))).s;
    expect(entered.floor).toEqual({ person: 2, since: 50_000 - 60_000 }); // the last entry was made at 18:31
  });
  it('is given and put in order by an office only', () => {
    const s = says(withJan(), floor(null, 2, 1, 3)).s;
    expect(sent(run(s, { type: 'give-floor', person: 2 }).effects)).toEqual([{ type: 'floor', person: 2 }]);
    expect(sent(run(s, { type: 'move-speaker', person: 1, by: -1 }).effects)).toEqual([
      { type: 'order', people: [1, 2, 3] },
    ]);
    expect(sent(run(s, { type: 'move-speaker', person: 1, by: 1 }).effects)).toEqual([
      { type: 'order', people: [2, 3, 1] },
    ]);
    for (const nowhere of [{ person: 2, by: -1 }, { person: 3, by: 1 }, { person: 77, by: 1 }] as const) {
      expect(sent(run(s, { type: 'move-speaker', ...nowhere }).effects)).toEqual([]);
    }
    const member = asMember(says(s, floor(2, 1, 3)).s);
    const tries: readonly Event[] = [
      { type: 'give-floor', person: 3 }, { type: 'restore-floor', person: 3 }, { type: 'floor-end' },
      { type: 'move-speaker', person: 1, by: 1 }, { type: 'resume' }, { type: 'suspend', reason },
      { type: 'clear-fault', fault: 3, reason }, { type: 'use-right', right: 'mute', person: 2, reason },
      { type: 'invite', name: 'A', email: 'a@b', office: 'guest', reason },
    ];
    expect(sent(run(member, ...tries).effects)).toEqual([]);
  });
  it('withdrawn: told with a sound to the person, and found again in the proceedings', () => {
    const entry = { ...ENTRY, seq: 9, kind: 'floor-withdrawn', by: BY_GREET, who: BY_HILDE, reason } as const;
    const { s, effects } = says(
      connected(),
      { type: 'person', person: { ...HILDE, hush: 'floor-withdrawn' } },
      { type: 'entry', entry },
    );
    expect(withdrawn(s)).toBe(true);
    expect(withdrawalOf(s, 1)).toEqual(entry);
    expect(s.notice).toMatchObject({ urgent: true, news: { what: 'entry' } });
    expect(effects).toContainEqual({ do: 'chime', device: null });
  });
});

describe('a right over another', () => {
  it('is opened only by who has it, and sent with its reason', () => {
    const s = withJan();
    expect(run(s, { type: 'open-right', right: 'mute', person: 3 }).s.dialog).toMatchObject({
      name: 'right', right: 'mute', person: { id: 3, name: 'Jan Peeters' },
    });
    expect(run(s, { type: 'open-right', right: 'withdraw-floor', person: 3 }).s.dialog).toBeNull();
    expect(run(asChair(s), { type: 'open-right', right: 'withdraw-floor', person: 3 }).s.dialog).not.toBeNull();
    expect(run(asMember(s), { type: 'open-right', right: 'mute', person: 3 }).s.dialog).toBeNull();
    const opened = run(s, { type: 'open-right', right: 'mute', person: 3 }).s;
    const used = run(opened, { type: 'use-right', right: 'mute', person: 3, reason });
    expect(sent(used.effects)).toEqual([{ type: 'mute', person: 3, reason }]);
    expect(used.s.dialog).toBeNull();
  });
  it.each([
    ['ask-microphone', { type: 'ask-on', source: 'microphone' }],
    ['ask-camera', { type: 'ask-on', source: 'camera' }],
    ['stop-share', { type: 'stop-share' }],
    ['new-link', { type: 'new-link' }],
  ] as const)('%s', (right, message) => {
    expect(sent(run(withJan(), { type: 'use-right', right, person: 3, reason }).effects)).toEqual([
      { ...message, person: 3, reason },
    ]);
  });
  it('remove: signed first, then sent by the keys worker', () => {
    const { s, effects } = run(withJan(), { type: 'use-right', right: 'remove', person: 3, reason });
    const then = { type: 'remove', person: 3, reason };
    expect(signed(effects)).toEqual([{ type: 'remove', person: 3, reason, then }]);
    expect(sent(effects)).toEqual([]);
    expect(s.dialog).toBeNull();
  });
  it('keeps its dialog while there is no line', () => {
    const opened = run(withJan(), { type: 'open-right', right: 'mute', person: 3 }, { type: 'line-closed', now: 9 }).s;
    expect(run(opened, { type: 'use-right', right: 'mute', person: 3, reason }).s.dialog).not.toBeNull();
  });
  it('reaches who is no longer inside for a new link', () => {
    const s = says(connected(), { type: 'entry', entry: { ...ENTRY, seq: 9, kind: 'left' } }, {
      type: 'waiting', people: [],
    }).s;
    expect(absent(s)).toEqual([{ id: 3, name: 'Jan Peeters', office: 'member' }]);
    expect(absent(says(s, SERVER['person']).s)).toEqual([]);
    expect(run(s, { type: 'open-right', right: 'new-link', person: 3 }).s.dialog).toMatchObject({ name: 'right' });
  });
  it('shows the link once it is signed, until its dialog is closed, then knows it no more', () => {
    const { person, link } = SERVER['link'];
    const asked = says(connected(), SERVER['link']);
    expect(asked.s.dialog).toBeNull();
    expect(asked.effects).toContainEqual({ do: 'keys', message: { type: 'sign-link', person, link } });
    const told = { type: 'link', person, link: `${link}.signed` } as const;
    const { s } = run(asked.s, { type: 'keys', now: 9, told });
    expect(s.dialog).toEqual({ name: 'link', person, link: `${link}.signed` });
    expect(JSON.stringify(run(s, { type: 'close-dialog' }).s)).not.toContain('/j#');
    expect(says(inLobby(), SERVER['link']).s.dialog).toBeNull();
  });
  it('shows the link as it came where there are no keys to sign it with', () => {
    const broken = run(connected(), { type: 'keys', now: 9, told: { type: 'failed', what: 'no more' } }).s;
    expect(says(broken, SERVER['link']).s.dialog).toMatchObject({ name: 'link', link: SERVER['link'].link });
  });
});

describe('requests', () => {
  const removal = {
    ...SERVER['request'].request, id: 12, action: 'remove', who: { id: 3, name: 'Jan Peeters', office: 'member' },
  } as const;
  it('stand together, each answered by itself', () => {
    const { s } = says(withJan(), SERVER['request'], { type: 'request', request: removal });
    expect(s.requests.map((r) => [r.id, r.action])).toEqual([[9, 'end'], [12, 'remove']]);
    const answered = run(s, { type: 'confirm', request: 12 });
    expect(sent(answered.effects)).toEqual([]);
    const { reason: why } = removal;
    expect(signed(answered.effects)).toEqual([
      { type: 'remove', person: 3, reason: why, then: { type: 'confirm', request: 12 } },
    ]);
    expect(sent(run(s, { type: 'confirm', request: 9 }).effects)).toEqual([{ type: 'confirm', request: 9 }]);
    expect(sent(run(s, { type: 'refuse', request: 12 }).effects)).toEqual([{ type: 'refuse', request: 12 }]);
    expect(answered.s.requests.map((r) => r.answered)).toEqual([false, true]);
    const over = says(answered.s, { type: 'request-over', id: 12, outcome: 'confirmed' }).s;
    expect(over.requests.map((r) => r.id)).toEqual([9]);
    expect(over.notice?.news).toEqual({
      what: 'request-over', action: 'remove', about: 'Jan Peeters', outcome: 'confirmed',
    });
  });
  it('a removed person is told by the entry, not as somebody who left', () => {
    const before = withJan();
    const { s, effects } = says(before, { type: 'gone', id: 3, why: 'removed' });
    // The keys know whether it is signed.
    expect(effects).toContainEqual({ do: 'keys', message: expect.objectContaining({ type: 'people', removed: 3 }) });
    expect(s.notice).toBe(before.notice);
    expect(s.people.some((p) => p.id === 3)).toBe(false);
  });
});

describe('a suspension', () => {
  const running = run(connected(), ...on('microphone'), ...on('camera'), ...on('screen')).s;
  it('switches off everything of one\'s own, and nothing goes on in it', () => {
    const { s, effects } = says(running, SERVER['suspended']);
    expect(Object.values(s.own).some((source) => source.wanted || source.live)).toBe(false);
    expect(sent(effects).at(-1)).toEqual({ type: 'sources', seen: 4, ...OFF });
    expect(s.notice).toMatchObject({ urgent: true, news: { what: 'suspended' } });
    const tries = run(s, { type: 'toggle', source: 'microphone' }, { type: 'toggle', source: 'camera' });
    expect(tries.effects.map((e) => e.do)).not.toContain('capture');
  });
  it('ends with everything off, by the hand of an office', () => {
    const s = says(running, SERVER['suspended']).s;
    expect(sent(run(s, { type: 'resume' }).effects)).toEqual([{ type: 'resume' }]);
    const resumed = says(s, { type: 'suspended', suspended: null }).s;
    expect(resumed.suspended).toBeNull();
    expect(resumed.own.microphone.wanted).toBe(false);
    expect(resumed.notice).toMatchObject({ urgent: true, news: { what: 'resumed' } });
    expect(run(resumed, ...on('microphone')).s.own.microphone.live).toBe(true);
  });
  it('is entered with the camera off, and its time is right', () => {
    const { s, effects } = run(inLobby(), ...on('camera'), { type: 'join' }, receivedAt(90_000, stateMessage({
      suspended: SUSPENDED,
    })));
    expect(s.own.camera.wanted).toBe(false);
    expect(effects).toContainEqual({ do: 'release', source: 'camera' });
    expect(s.suspended?.startedAt).toBe(90_000 - 20_000);
  });
});

describe('faults and points of order', () => {
  it('anybody reports, an office clears', () => {
    const member = asMember(connected());
    const said = run(member, { type: 'fault', note: 'geen geluid' }, { type: 'object', note: 'orde' });
    expect(sent(said.effects)).toEqual([
      { type: 'fault', note: 'geen geluid' },
      { type: 'object', note: 'orde' },
    ]);
    const s = says(connected(), SERVER['faults']).s;
    const opened = run(s, { type: 'open-clear-fault', fault: 3 }).s;
    expect(opened.dialog).toEqual({ name: 'clear-fault', fault: FAULT });
    expect(says(opened, { type: 'faults', faults: [] }).s.dialog).toBeNull();
    expect(run(asMember(s), { type: 'open-clear-fault', fault: 3 }).s.dialog).toBeNull();
    expect(sent(run(s, { type: 'clear-fault', fault: 3, reason }).effects)).toEqual([
      { type: 'clear-fault', fault: 3, reason },
    ]);
  });
  it('have words', () => {
    expect(noteOf('  geen \u0000 geluid ')).toBe('geen   geluid');
    expect([noteOf('   '), noteOf('x'.repeat(201))]).toEqual([null, null]);
  });
});

describe('a substitute chair', () => {
  it('acts as chair for as long as the server says so', () => {
    const s = asChair(connected());
    expect(s.self?.office).toBe('chair');
    expect(run(says(s, { type: 'person', person: HILDE }).s).s.self?.office).toBe('clerk');
    const entry = { ...ENTRY, seq: 9, kind: 'chair-substituted', by: null, who: BY_HILDE } as const;
    const { notice } = says(connected(), { type: 'entry', entry }).s;
    expect(notice).toMatchObject({ urgent: true, news: { what: 'entry' } });
    const back = stateMessage({ people: [{ ...HILDE, office: 'chair' }, GREET], floor: NOBODY });
    expect(says(connected(), back).s.self?.office).toBe('chair');
  });
  it('Jan is nobody\'s substitute', () => {
    expect(says(connected(), { type: 'person', person: { ...JAN, office: 'chair' } }).s.self?.office).toBe('clerk');
  });
});
