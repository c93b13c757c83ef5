// SPDX-License-Identifier: EUPL-1.2
// What every event makes of the state, and what must hold whatever comes.
import { describe, expect, it } from 'vitest';
import type { Effect } from '../src/effect';
import type { Event } from '../src/event';
import { connectionOf, FAILED_AFTER_MS } from '../src/select';
import { initial, update } from '../src/update';
import type { ErrorCode, ServerMessage } from '../src/wire/messages';
import { brokenState, brokenStep } from './support/invariants';
import { DEVICE_KNOWN, KEYED, KEYS_SENT } from './support/secrecy';
import { asDescribed, schemas } from './support/schemas';
import {
  BY_GREET,
  BY_HILDE,
  connected,
  ENTRY,
  EVENTS,
  GREET,
  HILDE,
  inLobby,
  newInLobby,
  inside,
  JAN,
  LOADED,
  OFF,
  PHASES,
  receivedAt,
  REQUEST,
  run,
  SEAT,
  SERVER,
  stateMessage,
  waitingInLobby,
} from './support/samples';

function sent(effects: readonly Effect[]): string[] {
  return effects.flatMap((e) => (e.do === 'send' ? [e.message.type] : []));
}

function done(effects: readonly Effect[]): string[] {
  return effects.map((e) => e.do);
}

const SOUND = { noise: true, echo: true, gain: true };
const on = (source: 'microphone' | 'camera' | 'screen', sound = false): Event[] => [
  { type: 'toggle', source },
  { type: 'captured', source, sound },
];

describe('every event in every phase', () => {
  for (const [phase, make] of Object.entries(PHASES)) {
    it(phase, () => {
      for (const events of Object.values(EVENTS)) {
        for (const e of events as readonly Event[]) {
          const before = make();
          const frozen = JSON.stringify(before);
          const [after, effects] = update(before, e);
          expect(brokenState(after), e.type).toEqual([]);
          expect(brokenStep(before, e, after, effects), e.type).toEqual([]);
          expect(JSON.stringify(before), `${e.type} changes nothing in place`).toBe(frozen);
        }
      }
    });
  }
});

describe('random walks', () => {
  /** Mulberry32: a small seeded generator, so that a failing walk can be walked again. */
  function random(seed: number): () => number {
    return () => {
      seed = (seed + 0x6d2b79f5) | 0;
      let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
    };
  }
  const all: readonly Event[] = Object.values(EVENTS).flat();
  /** What makes a walk get somewhere. */
  const likely: readonly Event[] = [
    ...EVENTS['seat'],
    ...EVENTS['line-open'],
    ...EVENTS['captured'],
    ...EVENTS['toggle'],
    ...EVENTS['join'],
    receivedAt(0, SERVER['welcome']),
    receivedAt(0, SERVER['state']),
    receivedAt(0, { ...SERVER['welcome'], phase: 'inside' }),
    ...EVENTS['offered'],
    receivedAt(0, SERVER['answer']),
    ...EVENTS['check-sound'],
    ...EVENTS['sound-check-offered'],
  ];
  /** What makes a meeting run its course. */
  const course: readonly Event[] = [
    receivedAt(0, { type: 'person', person: { ...HILDE, office: 'chair' } }),
    receivedAt(0, { type: 'floor', floor: { person: null, since: null }, speakers: [1, 2] }),
    receivedAt(0, SERVER['suspended']),
    receivedAt(0, { type: 'suspended', suspended: null }),
    ...EVENTS['move-speaker'],
    ...EVENTS['hand'],
    ...EVENTS['resume'],
    receivedAt(0, SERVER['items']),
    receivedAt(0, SERVER['aside']),
    ...EVENTS['use-right'],
  ];
  it('keep what must hold', () => {
    const reached = new Set<string>();
    const protocol = schemas('client');
    const said = new Set<string>();
    for (let seed = 1; seed <= 400; seed++) {
      const next = random(seed);
      let s = run(initial('nl'), LOADED).s;
      for (let i = 0; i < 150; i++) {
        const from = next() < 0.5 ? likely : s.phase.name === 'inside' && next() < 0.4 ? course : all;
        const e = from[Math.floor(next() * from.length)];
        if (e === undefined) throw new Error('no event');
        const at = 'now' in e ? { ...e, now: i * 500 } : e;
        const [after, effects] = update(s, at);
        const broken = [...brokenState(after), ...brokenStep(s, at, after, effects)];
        expect(broken, `seed ${seed}, step ${i}, ${e.type}`).toEqual([]);
        for (const f of effects) {
          const message = f.do === 'send' ? f.message : f.do === 'keys' && 'then' in f.message ? f.message.then : null;
          if (message === null) continue;
          said.add(message.type);
          const described = asDescribed('client', message.type, message);
          const taken = protocol.get(message.type)?.(described) ?? true;
          expect(taken, `seed ${seed}, step ${i}, ${message.type}`).toBe(true);
        }
        s = after;
        reached.add(`${s.phase.name} ${s.line.status} ${s.media.status}`);
      }
    }
    for (const name of ['opening', 'problem', 'lobby', 'inside', 'aside', 'over']) {
      expect(
        [...reached].some((r) => r.startsWith(name)),
        name,
      ).toBe(true);
    }
    expect(reached.size).toBeGreaterThan(15);
    // the rest is the keys worker's
    expect([...protocol.keys()].filter((name) => !said.has(name) && !(name in KEYS_SENT))).toEqual([]);
  }, 60_000);
  it('would notice a fault', () => {
    const s = connected();
    expect(brokenState({ ...s, phase: { name: 'over', why: 'left', by: null, reason: null } })).not.toEqual([]);
    const heard = { ...s, own: { ...s.own, microphone: { wanted: true, live: true, trouble: null } } };
    expect(brokenStep(s, { type: 'received', now: 0, message: SERVER['person'] }, heard, [])).not.toEqual([]);
    expect(brokenStep(heard, { type: 'leave' }, s, [])).not.toEqual([]);
  });
});

describe('from the link to the lobby', () => {
  it('redeems the link, forgets it, says hello', () => {
    const { s, effects } = run(
      initial('nl'),
      LOADED,
      { type: 'seat', now: 1, seat: SEAT },
      { type: 'line-open', now: 2 },
    );
    expect(effects).toEqual([
      { do: 'redeem', token: 'T' },
      { do: 'remember-seat', seat: 'abcdefgh', meeting: 'lindebekea', invitation: null },
      { do: 'connect' },
      { do: 'send', message: { type: 'hello', version: 1, seat: 'abcdefgh' } },
    ]);
    expect(s.token).toBeNull();
    expect(inLobby().phase).toEqual({ name: 'lobby', step: 'check', opened: true });
  });
  it('resumes by seat, else by meeting, else says that there is no link', () => {
    const start = initial('nl');
    expect(run(start, { ...LOADED, token: null, seat: 'abcdefgh', meeting: 'lindebekea' }).effects).toEqual([
      { do: 'resume', seat: 'abcdefgh' },
    ]);
    expect(run(start, { ...LOADED, token: null, meeting: 'lindebekea' }).effects).toEqual([
      { do: 'resume', meeting: 'lindebekea' },
    ]);
    expect(run(start, { ...LOADED, token: null }).s.phase).toEqual({ name: 'problem', problem: 'no-link' });
  });
  it("a member's link leads to where one signs in", () => {
    const { effects } = run(initial('nl'), LOADED, { type: 'sign-in', meeting: 'k7f2' });
    expect(effects).toContainEqual({ do: 'sign-in', meeting: 'k7f2', invitation: null });
  });
  it.each([
    ['link-unknown', 'link-unknown'],
    ['link-used', 'link-used'],
    ['link-early', 'link-early'],
    ['link-ended', 'link-ended'],
    ['bad-request', 'link-unknown'],
    ['slow-down', 'slow-down'],
    ['seat-unknown', 'seat-unknown'],
  ] as const)('%s shows the page %s', (error, problem) => {
    const { s } = run(initial('nl'), LOADED, { type: 'no-seat', now: 1, error });
    expect(s.phase).toEqual({ name: 'problem', problem });
  });
  it('says after four tries that the server cannot be reached, and tries again when asked', () => {
    let s = run(initial('nl'), LOADED).s;
    for (let i = 1; i < 4; i++) {
      s = run(s, { type: 'no-seat', now: i, error: null }).s;
      expect(s.phase.name).toBe('opening');
      expect(run(s, { type: 'timer', now: i, timer: 'line' }).effects).toContainEqual({ do: 'redeem', token: 'T' });
      s = run(s, { type: 'timer', now: i, timer: 'line' }).s;
    }
    s = run(s, { type: 'no-seat', now: 9, error: null }).s;
    expect(s.phase).toEqual({ name: 'problem', problem: 'unreachable' });
    expect(run(s, { type: 'try-again' }).effects).toContainEqual({ do: 'redeem', token: 'T' });
  });
  it('tells a browser that cannot, and opens nothing', () => {
    const { s, effects } = run(initial('nl'), { ...LOADED, lacks: ['webrtc'] });
    expect(s.phase).toEqual({ name: 'problem', problem: 'browser' });
    expect(done(effects)).not.toContain('redeem');
    expect(run(s, { type: 'try-again' }).s.phase.name).toBe('problem');
  });
  it('a server of another version asks for a new page', () => {
    const s = run(initial('nl'), LOADED, { type: 'seat', now: 1, seat: SEAT }, { type: 'line-open', now: 2 }).s;
    const over = run(s, receivedAt(3, { type: 'error', code: 'version', re: 'hello', field: null }));
    expect(over.s.phase).toEqual({ name: 'problem', problem: 'version' });
    expect(done(run(over.s, { type: 'try-again' }).effects)).toEqual(['reload']);
  });
  it('a seat that the server does not know is forgotten', () => {
    const { s, effects } = run(
      inLobby(),
      receivedAt(3, { type: 'error', code: 'seat-unknown', re: 'hello', field: null }),
    );
    expect(s.phase).toEqual({ name: 'problem', problem: 'seat-unknown' });
    expect(s.seat).toBeNull();
    expect(done(effects)).toContain('forget-seat');
  });
});

describe('the lobby', () => {
  it('knocks once, waits, hears that the meeting opened', () => {
    const { s, effects } = run(inLobby(), { type: 'join' }, { type: 'join' });
    expect(sent(effects)).toEqual(['join']);
    const waiting = run(s, receivedAt(5, { type: 'lobby', opened: false })).s;
    expect(waiting.phase).toEqual({ name: 'lobby', step: 'waiting', opened: false });
    expect(run(waiting, receivedAt(6, SERVER['lobby'])).s.phase).toEqual({
      name: 'lobby',
      step: 'waiting',
      opened: true,
    });
  });
  it('knocks when it is known for which device whoever lets in is to sign', () => {
    const early = run(newInLobby(), { type: 'join' });
    expect([sent(early.effects), early.s.phase]).toEqual([[], { name: 'lobby', step: 'asking', opened: true }]);
    expect(sent(run(early.s, DEVICE_KNOWN).effects)).toEqual(['join']);
    expect(run(early.s, DEVICE_KNOWN).effects).toContainEqual({
      do: 'send', message: { type: 'join', device: DEVICE_KNOWN.told.device },
    });
    expect(sent(run(early.s, DEVICE_KNOWN, DEVICE_KNOWN).effects)).toEqual(['join']);
  });
  it('knocks without a device when there will be none', () => {
    const early = run(newInLobby(), { type: 'join' }).s;
    const FAILED = { type: 'keys', now: 4, told: { type: 'failed', what: 'the keys worker' } } as const;
    expect(sent(run(early, FAILED).effects)).toEqual(['join']);
  });
  it('stops waiting, and an answer that was on its way changes nothing', () => {
    const { s, effects } = run(waitingInLobby(), { type: 'stop-waiting' });
    expect(sent(effects)).toEqual(['stop-waiting']);
    expect(run(s, receivedAt(9, SERVER['lobby'])).s.phase).toMatchObject({ step: 'check' });
  });
  it('too early: back to the devices, with the reason', () => {
    const s = run(
      inLobby(),
      { type: 'join' },
      receivedAt(5, { type: 'error', code: 'too-early', re: 'join', field: null }),
    ).s;
    expect(s.phase).toMatchObject({ name: 'lobby', step: 'check' });
    expect(s.notice?.news).toEqual({ what: 'error', code: 'too-early' });
  });
  it('knocks again by itself after the line broke', () => {
    const { effects } = run(
      waitingInLobby(),
      { type: 'line-closed', now: 9 },
      { type: 'timer', now: 10, timer: 'line' },
      { type: 'seat', now: 11, seat: SEAT },
      { type: 'line-open', now: 12 },
      receivedAt(13, SERVER['welcome']),
    );
    expect(done(effects)).toContain('retry-line');
    expect(sent(effects)).toEqual(['hello', 'join']);
  });
  it('is still waiting when the server says so', () => {
    const { s } = run(
      inLobby(),
      { type: 'line-closed', now: 9 },
      { type: 'timer', now: 10, timer: 'line' },
      { type: 'seat', now: 11, seat: SEAT },
      { type: 'line-open', now: 12 },
      receivedAt(13, { ...SERVER['welcome'], phase: 'lobby' }),
    );
    expect(s.phase).toMatchObject({ name: 'lobby', step: 'waiting' });
  });
  it('is left, or turned away from with a reason, and come back to', () => {
    const { s, effects } = run(waitingInLobby(), receivedAt(9, SERVER['over']));
    expect(s.phase).toMatchObject({ name: 'over', why: 'turned-away', reason: { code: 'wrong-meeting' } });
    expect(done(effects)).toContain('disconnect');
    expect(run(s, { type: 'come-back' }).effects).toContainEqual({ do: 'resume', seat: 'abcdefgh' });
    expect(sent(run(waitingInLobby(), { type: 'leave' }).effects)).toEqual(['leave']);
  });
});

describe('own devices', () => {
  it('enters with the microphone off and the camera as chosen', () => {
    const { s, effects } = run(
      inLobby(),
      ...on('microphone'),
      ...on('camera'),
      { type: 'join' },
      receivedAt(5, stateMessage()),
    );
    expect(s.own.microphone.wanted).toBe(false);
    expect(effects).toContainEqual({ do: 'release', source: 'microphone' });
    expect(s.own.camera.live).toBe(true);
    expect(effects).toContainEqual({ do: 'send', message: { type: 'sources', seen: 4, ...OFF, camera: true } });
  });
  it('says what it sends when it begins and when it stops', () => {
    const { s, effects } = run(connected(), ...on('microphone'));
    expect(effects).toContainEqual({ do: 'capture', source: 'microphone', device: null, sound: SOUND });
    expect(effects).toContainEqual({ do: 'send', message: { type: 'sources', seen: 4, ...OFF, microphone: true } });
    const off = run(s, { type: 'toggle', source: 'microphone' });
    expect(off.effects).toContainEqual({ do: 'release', source: 'microphone' });
    expect(off.effects).toContainEqual({ do: 'send', message: { type: 'sources', seen: 4, ...OFF } });
  });
  it('a device that opens after the person changed their mind is closed', () => {
    const { s, effects } = run(
      connected(),
      { type: 'toggle', source: 'camera' },
      { type: 'toggle', source: 'camera' },
      { type: 'captured', source: 'camera', sound: false },
    );
    expect(s.own.camera).toEqual({ wanted: false, live: false, trouble: null });
    expect(effects.filter((e) => e.do === 'release')).toHaveLength(2);
    expect(sent(effects)).toEqual([]);
  });
  it('a refusal is shown, and gone at the next press', () => {
    const { s } = run(
      connected(),
      { type: 'toggle', source: 'camera' },
      { type: 'not-captured', source: 'camera', trouble: 'not-allowed' },
    );
    expect(s.own.camera).toEqual({ wanted: false, live: false, trouble: 'not-allowed' });
    expect(s.notice?.news).toEqual({ what: 'trouble', source: 'camera', trouble: 'not-allowed' });
    expect(run(s, { type: 'toggle', source: 'camera' }).s.own.camera.trouble).toBeNull();
  });
  it('closing the choice of a screen is no trouble', () => {
    const { s } = run(
      connected(),
      { type: 'toggle', source: 'screen' },
      { type: 'not-captured', source: 'screen', trouble: 'not-allowed' },
    );
    expect(s.own.screen).toEqual({ wanted: false, live: false, trouble: null });
    expect(s.notice).toBeNull();
  });
  it('an unplugged microphone is told', () => {
    const { s, effects } = run(connected(), ...on('microphone'), { type: 'source-ended', source: 'microphone' });
    expect(s.own.microphone).toEqual({ wanted: false, live: false, trouble: 'ended' });
    expect(s.notice).toMatchObject({ urgent: true, news: { what: 'trouble', trouble: 'ended' } });
    const sent = effects.filter((e) => e.do === 'send');
    expect(sent.at(-1)).toEqual({ do: 'send', message: { type: 'sources', seen: 4, ...OFF } });
  });
  it('a screen brings its sound, and takes it along', () => {
    const { s, effects } = run(connected(), ...on('screen', true));
    expect(effects).toContainEqual({
      do: 'send',
      message: { type: 'sources', seen: 4, ...OFF, screen: true, screen_sound: true },
    });
    const quiet = run(s, { type: 'source-ended', source: 'screen_sound' });
    expect(quiet.effects).toContainEqual({ do: 'send', message: { type: 'sources', seen: 4, ...OFF, screen: true } });
    const off = run(s, { type: 'source-ended', source: 'screen' });
    expect(off.effects).toContainEqual({ do: 'send', message: { type: 'sources', seen: 4, ...OFF } });
    expect(off.s.own.screen.trouble).toBeNull();
  });
  it('a screen is shared inside only, and not where the browser cannot', () => {
    expect(run(inLobby(), { type: 'toggle', source: 'screen' }).effects).toEqual([]);
    expect(run({ ...connected(), canShare: false }, { type: 'toggle', source: 'screen' }).effects).toEqual([]);
  });
  it('another device is opened at once, when the source is on', () => {
    const choose: Event = { type: 'choose-device', kind: 'camera', id: 'c2' };
    expect(done(run(connected(), choose).effects)).toEqual(['remember-device']);
    const { s, effects } = run(run(connected(), ...on('camera')).s, choose);
    expect(effects).toContainEqual({ do: 'capture', source: 'camera', device: 'c2', sound: SOUND });
    expect(s.own.camera.live).toBe(true);
    const lost = run(s, { type: 'not-captured', source: 'camera', trouble: 'in-use' });
    expect(lost.s.own.camera).toEqual({ wanted: false, live: false, trouble: 'in-use' });
    expect(sent(lost.effects)).toEqual(['sources']);
    expect(run(s, { type: 'choose-device', kind: 'speaker', id: 's' }).effects).toContainEqual({
      do: 'speaker',
      device: 's',
    });
  });
  it('leaving stops everything', () => {
    const s = run(connected(), ...on('microphone'), ...on('camera'), ...on('screen')).s;
    const { s: after, effects } = run(s, receivedAt(20, { type: 'over', why: 'left', by: null, reason: null }));
    expect(effects.filter((e) => e.do === 'release')).toHaveLength(3);
    expect(sent(effects)).toEqual([]);
    expect(done(effects)).toContain('close-media');
    expect(after.own).toEqual(initial('nl').own);
  });
});

describe('the room', () => {
  it('admits once, and again after a refusal', () => {
    const { s, effects } = run(connected(), { type: 'admit', person: 3 }, { type: 'admit', person: 3 });
    expect(sent(effects)).toEqual(['admit']);
    expect(s.admitting).toEqual([3]);
    expect(run(s, receivedAt(9, SERVER['error'])).s.admitting).toEqual([]);
    expect(run(s, receivedAt(9, { type: 'waiting', people: [] })).s.admitting).toEqual([]);
  });
  it('turns away with a reason; the dialog closes when the person is gone', () => {
    const open = run(connected(), { type: 'open-turn-away', person: 3 }).s;
    expect(open.dialog).toMatchObject({ name: 'turn-away', person: { name: 'Jan Peeters' } });
    expect(run(open, receivedAt(9, { type: 'waiting', people: [] })).s.dialog).toBeNull();
    const { s, effects } = run(open, { type: 'turn-away', person: 3, reason: { code: 'not-invited' } });
    expect(sent(effects)).toEqual(['turn-away']);
    expect(s.dialog).toBeNull();
  });
  it.each<[string, readonly ServerMessage[], object]>([
    ['somebody enters', [{ type: 'person', person: JAN }], { what: 'entered', person: { id: 3 } }],
    ['somebody leaves', [{ type: 'gone', id: 2, why: 'left' }], { what: 'left', person: { id: 2 } }],
    ['somebody knocks', [SERVER['waiting']], { what: 'knocked', person: { id: 5 } }],
    [
      'a connection is lost',
      [{ type: 'person', person: { ...GREET, connection: 'reconnecting' } }],
      { what: 'lost', person: { id: 2 } },
    ],
    [
      'and is back',
      [
        { type: 'person', person: { ...GREET, connection: 'reconnecting' } },
        { type: 'person', person: GREET },
      ],
      { what: 'returned' },
    ],
    [
      'a screen is shared',
      [{ type: 'person', person: { ...GREET, sources: { ...OFF, screen: true } } }],
      { what: 'sharing', person: { id: 2 } },
    ],
    ['somebody is turned away', [SERVER['entry']], { what: 'turned-away', person: { id: 3 }, by: { id: 1 } }],
    [
      'the server restarted',
      [{ type: 'entry', entry: { ...ENTRY, seq: 5, kind: 'server-restarted' } }],
      { what: 'server-restarted' },
    ],
    ['the chair asks for the end', [SERVER['request']], { what: 'asked-second', action: 'end', by: { id: 2 } }],
    [
      'the request is over',
      [SERVER['request'], SERVER['request-over']],
      { what: 'request-over', outcome: 'refused' },
    ],
    ['the media process died', [SERVER['media-lost']], { what: 'media-lost' }],
  ])('%s', (_, messages, news) => {
    expect(run(connected(), ...messages.map((m) => receivedAt(20, m))).s.notice?.news).toMatchObject(news);
  });
  it('is silent about oneself and about what did not change', () => {
    const s = connected();
    for (const person of [HILDE, GREET, { ...HILDE, connection: 'reconnecting' } as const]) {
      expect(run(s, receivedAt(9, { type: 'person', person })).s.notice).toBe(s.notice);
    }
    expect(run(s, receivedAt(9, { type: 'request', request: { ...REQUEST, by: BY_HILDE } })).s.notice).toBe(s.notice);
    expect(run(s, receivedAt(9, { type: 'request-over', id: 77, outcome: 'expired' })).s.notice).toBe(s.notice);
    expect(run(s, receivedAt(9, { type: 'gone', id: 77, why: 'left' })).s).toMatchObject({ people: s.people });
  });
  it('counts down while a request stands, and not after', () => {
    const { s, effects } = run(connected(), receivedAt(1_000, SERVER['request']));
    expect(s.requests[0]).toMatchObject({ endsAt: 121_000, answered: false });
    expect(effects).toContainEqual({ do: 'timer', timer: 'second', ms: 1_000 });
    const ticked = run(s, { type: 'timer', now: 2_000, timer: 'second' });
    expect(ticked.s.now).toBe(2_000);
    expect(ticked.effects).toEqual([{ do: 'timer', timer: 'second', ms: 1_000 }]);
    const gone = run(ticked.s, receivedAt(2_500, SERVER['request-over']), {
      type: 'timer',
      now: 3_000,
      timer: 'second',
    });
    expect(gone.s.ticking).toBe(false);
    expect(gone.effects.filter((e) => e.do === 'timer' && e.timer === 'second')).toEqual([]);
  });
  it('confirms what the other office asked; refuses also what was asked here', () => {
    const s = run(connected(), receivedAt(9, SERVER['request'])).s;
    const { s: answered, effects } = run(s, { type: 'confirm', request: 9 });
    expect(sent(effects)).toEqual(['confirm']);
    expect(answered.requests[0]?.answered).toBe(true);
    const again = run(answered, receivedAt(10, { type: 'error', code: 'no-request', re: 'confirm', field: null })).s;
    expect(again.requests[0]?.answered).toBe(false);
    const mine = run(connected(), receivedAt(9, { type: 'request', request: { ...REQUEST, by: BY_HILDE } })).s;
    expect(run(mine, { type: 'confirm', request: 9 }).effects).toEqual([]);
    expect(sent(run(mine, { type: 'refuse', request: 9 }).effects)).toEqual(['refuse']);
  });
  it('does not take an entry twice, and keeps a bounded number', () => {
    const s = run(connected(), receivedAt(9, { type: 'entry', entry: ENTRY })).s;
    expect(s.entries).toHaveLength(1);
    let long = s;
    for (let seq = 5; seq < 1_100; seq++)
      long = run(long, receivedAt(9, { type: 'entry', entry: { ...ENTRY, seq } })).s;
    expect(long.entries).toHaveLength(1_000);
    expect(long.entries.at(-1)?.seq).toBe(1_099);
  });
  it('keeps the lists as they are when a measurement says nothing new', () => {
    const s = run(connected(), { type: 'speaking', people: [BY_GREET.id] }).s;
    expect(run(s, { type: 'speaking', people: [2] }).s).toBe(s);
    expect(run(s, { type: 'speaking', people: [] }).s.speaking).toEqual([]);
  });
  it('who leaves is no longer seen, heard or frozen', () => {
    const seen = { type: 'watched', frozen: [2], pictured: [2], quiet: [] } as const;
    const s = run(connected(), { type: 'speaking', people: [2] }, seen).s;
    expect(run(s, receivedAt(9, { type: 'gone', id: 2, why: 'left' })).s).toMatchObject({
      speaking: [],
      frozen: [],
      pictured: [],
    });
    expect(run(s, receivedAt(9, { type: 'slots', slots: [] })).s).toMatchObject({ frozen: [], pictured: [] });
  });
  it('notices go away', () => {
    const { s, effects } = run(connected(), receivedAt(9, { type: 'person', person: JAN }));
    expect(effects).toContainEqual({ do: 'timer', timer: 'notice', ms: 6_000 });
    expect(run(s, { type: 'timer', now: 9, timer: 'notice' }).s.notice).toBeNull();
    expect(run(s, { type: 'notice-read' }).s.notice).toBeNull();
    expect(run(s, { type: 'notice-read' }, receivedAt(9, { type: 'gone', id: 3, why: 'left' })).s.notice?.id).toBe(2);
  });
  it.each<ErrorCode>(['not-recorded', 'not-allowed', 'slow-down', 'meeting-full'])('%s is said aloud', (code) => {
    const s = run(connected(), receivedAt(9, { type: 'error', code, re: 'end', field: null })).s;
    expect(s.notice).toMatchObject({ urgent: true, news: { what: 'error', code } });
  });
  it('the end takes the seat away', () => {
    const { s, effects } = run(connected(), receivedAt(9, { type: 'over', why: 'ended', by: null, reason: null }));
    expect(s).toMatchObject({ seat: null, people: [], entries: [], phase: { name: 'over', why: 'ended' } });
    expect(done(effects)).toContain('forget-seat');
  });
  it('leaving without a line is leaving all the same', () => {
    const { s, effects } = run(connected(), { type: 'line-closed', now: 9 }, { type: 'leave' });
    expect(s.phase).toEqual({ name: 'over', why: 'left', by: null, reason: null });
    expect(done(effects)).toContain('close-media');
  });
});

describe('the line', () => {
  const back = (phase: 'inside' | 'outside'): Event[] => [
    { type: 'timer', now: 20, timer: 'line' },
    { type: 'seat', now: 21, seat: SEAT },
    { type: 'line-open', now: 22 },
    receivedAt(23, { ...SERVER['welcome'], phase }),
  ];
  it('is lost, tried with growing pauses, and back', () => {
    const lost = run(connected(), { type: 'line-closed', now: 10 });
    expect(lost.effects).toContainEqual({ do: 'retry-line', attempt: 1 });
    expect(lost.s.notice).toMatchObject({ urgent: true, news: { what: 'line-lost' } });
    expect(connectionOf(lost.s)).toBe('reconnecting');
    const again = run(lost.s, { type: 'timer', now: 11, timer: 'line' }, { type: 'no-seat', now: 12, error: null });
    expect(again.effects).toContainEqual({ do: 'retry-line', attempt: 2 });
    expect(connectionOf({ ...again.s, now: 10 + FAILED_AFTER_MS })).toBe('failed');
    const returned = run(again.s, ...back('inside'), receivedAt(24, stateMessage({ media: 'm1' })));
    expect(returned.s.notice?.news).toEqual({ what: 'line-back' });
    expect(connectionOf(returned.s)).toBe('connected');
  });
  it('keeps the media connection that the server still knows, and its sources', () => {
    const s = run(connected(), ...on('microphone'), { type: 'line-closed', now: 10 }, ...back('inside')).s;
    const kept = run(s, receivedAt(24, stateMessage({ media: 'm1', sources: { ...OFF, microphone: true } })));
    expect(done(kept.effects)).not.toContain('open-media');
    expect(sent(kept.effects)).toEqual(['sources']); // a server that restarted waits for our own word
    expect(kept.s.own.microphone.live).toBe(true);
    const anew = run(s, receivedAt(24, stateMessage({ media: null })));
    expect(done(anew.effects)).toContain('open-media');
    expect(sent(anew.effects)).toEqual(['sources']);
  });
  it('a server that no longer has us inside puts us before the door, silent', () => {
    const { s, effects } = run(
      connected(),
      ...on('microphone'),
      { type: 'line-closed', now: 10 },
      ...back('outside'),
    );
    expect(s.phase).toMatchObject({ name: 'lobby', step: 'check' });
    expect(effects).toContainEqual({ do: 'release', source: 'microphone' });
    expect(done(effects)).toContain('close-media');
    expect(s.people).toEqual([]);
  });
  it('comes back at once when the network does, or when the person asks', () => {
    const s = run(connected(), { type: 'offline', now: 10 });
    expect(done(s.effects)).toContain('disconnect');
    expect(done(run(s.s, { type: 'online', now: 11 }).effects)).toEqual(['stop-timer', 'resume']);
    expect(done(run(s.s, { type: 'try-again' }).effects)).toEqual(['stop-timer', 'resume']);
  });
  it('the meeting ended meanwhile', () => {
    const s = run(
      connected(),
      { type: 'line-closed', now: 10 },
      { type: 'timer', now: 11, timer: 'line' },
      { type: 'no-seat', now: 12, error: 'link-ended' },
    ).s;
    expect(s.phase).toMatchObject({ name: 'over', why: 'ended' });
  });
  it("an answer that comes late is nobody's", () => {
    expect(run(inLobby(), { type: 'no-seat', now: 9, error: 'link-unknown' }).s.phase.name).toBe('lobby');
    expect(run(inLobby(), { type: 'seat', now: 9, seat: SEAT }).effects).toEqual([]);
    expect(run(inLobby(), { type: 'line-open', now: 9 }).effects).toEqual([]);
  });
});

describe('the keys', () => {
  const failed: Event = { type: 'keys', now: 9, told: { type: 'failed', what: 'one input' } };
  it('that failed once and go on are whole again; a frame without a seal needs a new page', () => {
    const broken = run(connected(), failed).s;
    expect(broken.secrecy.status).toBe('broken');
    expect(run(broken, KEYED).s.secrecy.status).toBe('on');
    expect(run(connected(), { type: 'unsealed' }, KEYED).s.secrecy.status).toBe('broken');
  });
  it('that find another clerk behind the meeting: it is left, all is off, and the page says why', () => {
    for (const why of ['other-clerk', 'other-meeting'] as const) {
      const out = run(connected(), { type: 'keys', now: 9, told: { type: 'uninvited', why } });
      expect(out.s.phase).toEqual({ name: 'problem', problem: why });
      expect(out.effects[0]).toEqual({ do: 'send', message: { type: 'leave' } });
      expect(done(out.effects)).toEqual(expect.arrayContaining(['close-media', 'close-keys', 'disconnect']));
    }
  });
  it('are given what the clerk signed in the link; this tab keeps it with its seat', () => {
    const opened = run(initial('nl'), { ...LOADED, invitation: 'letters' }, { type: 'seat', now: 2, seat: SEAT });
    expect(opened.effects).toContainEqual({
      do: 'remember-seat', seat: SEAT.seat, meeting: SEAT.meeting, invitation: 'letters',
    });
    const inside = run({ ...inLobby(), invitation: 'letters' }, { type: 'join' }, receivedAt(5, stateMessage()));
    expect(inside.effects).toContainEqual({
      do: 'keys', message: expect.objectContaining({ type: 'inside', invitation: 'letters' }) as never,
    });
  });
  it('that are broken: the page is loaded again, and nothing else', () => {
    expect(run(run(connected(), failed).s, { type: 'try-again' }).effects).toEqual([{ do: 'reload' }]);
    expect(run(connected(), { type: 'try-again' }).effects).toEqual([]);
  });
});

describe('the media connection', () => {
  it('is prepared in the lobby, and given up with the waiting or the line', () => {
    const waiting = run(inLobby(), { type: 'join' }, receivedAt(5, { type: 'lobby', opened: true }));
    expect(done(waiting.effects)).toContain('prepare-media');
    expect(waiting.s.media.status).toBe('none');
    expect(done(run(waiting.s, { type: 'stop-waiting' }).effects)).toContain('close-media');
    expect(done(run(waiting.s, { type: 'line-closed', now: 6 }).effects)).toContain('close-media');
    expect(done(run(waiting.s, receivedAt(6, stateMessage())).effects)).toContain('prepare-media');
  });
  it('is offered, answered, connected', () => {
    const early = run(inLobby(), { type: 'join' }, receivedAt(5, stateMessage()));
    expect(done(early.effects), 'the keys come first').not.toContain('open-media');
    const entered = run(early.s, KEYED);
    expect(done(entered.effects)).toContain('open-media');
    const { s, effects } = run(
      entered.s,
      { type: 'offered', now: 6, sdp: 'o', roles: { 0: 'microphone' }, restart: false },
      receivedAt(7, SERVER['answer']),
    );
    expect(effects).toContainEqual({
      do: 'send',
      message: { type: 'offer', sdp: 'o', roles: { 0: 'microphone' }, restart: false, media: null },
    });
    expect(effects).toContainEqual({ do: 'answer', sdp: 'v=0' });
    expect(s.media).toMatchObject({ status: 'connecting', id: 'm1' });
    expect(connected().media).toEqual({ status: 'connected', id: 'm1', attempt: 0, lostAt: null });
  });
  it('a second answer, or an offer that was given up, is ignored', () => {
    expect(run(connected(), receivedAt(9, SERVER['answer'])).effects).toEqual([]);
    expect(run(connected(), { type: 'offered', now: 9, sdp: 'o', roles: {}, restart: false }).effects).toEqual([]);
  });
  it('is mended by an ICE restart after two seconds of silence', () => {
    const silent = run(connected(), { type: 'media', now: 10, status: 'disconnected' });
    expect(silent.effects).toContainEqual({ do: 'timer', timer: 'media-restart', ms: 2_000 });
    expect(connectionOf(silent.s)).toBe('reconnecting');
    const restart = run(
      silent.s,
      { type: 'timer', now: 12, timer: 'media-restart' },
      { type: 'offered', now: 13, sdp: 'o', roles: {}, restart: true },
    );
    expect(done(restart.effects)).toContain('restart-media');
    expect(restart.effects).toContainEqual({
      do: 'send',
      message: { type: 'offer', sdp: 'o', roles: {}, restart: true, media: 'm1' },
    });
    const mended = run(restart.s, receivedAt(14, { ...SERVER['answer'], sdp: 'r' }), {
      type: 'media',
      now: 15,
      status: 'connected',
    });
    expect(mended.effects).toContainEqual({ do: 'answer', sdp: 'r' });
    expect(mended.s.media).toMatchObject({ status: 'connected', lostAt: null });
  });
  it('begins ICE anew at once where the system says that the network is another', () => {
    const moved = run(connected(), { type: 'online', now: 10 });
    expect(done(moved.effects)).toContain('restart-media');
    expect(moved.s.media.status).toBe('restarting');
    const answered = run(moved.s, receivedAt(11, SERVER['answer']), { type: 'media', now: 12, status: 'connected' });
    expect(answered.s.media).toMatchObject({ status: 'connected', id: 'm1', lostAt: null });
    expect(answered.effects).toContainEqual({ do: 'stop-timer', timer: 'media-anew' });
    expect(run(inLobby(), { type: 'online', now: 10 }).effects).toEqual([]);
    expect(run(moved.s, { type: 'online', now: 11 }).effects).toEqual([]);
  });
  it('a silence that ends by itself needs nothing', () => {
    const s = run(
      connected(),
      { type: 'media', now: 10, status: 'disconnected' },
      { type: 'media', now: 11, status: 'connected' },
    ).s;
    expect(run(s, { type: 'timer', now: 12, timer: 'media-restart' }).effects).toEqual([]);
    expect(connectionOf(s)).toBe('connected');
  });
  it('a failure restarts at once; a failed restart makes a new connection after a moment', () => {
    const failed = run(connected(), { type: 'media', now: 10, status: 'failed' });
    expect(done(failed.effects)).toContain('restart-media');
    const again = run(failed.s, { type: 'media', now: 11, status: 'failed' });
    expect(again.effects).toContainEqual({ do: 'timer', timer: 'media-anew', ms: 500 });
    expect(done(run(again.s, { type: 'timer', now: 12, timer: 'media-anew' }).effects)).toContain('open-media');
  });
  it('a restart that is answered but does not connect gives way to a new connection', () => {
    const s = run(connected(), { type: 'media', now: 10, status: 'failed' }, receivedAt(11, SERVER['answer'])).s;
    expect(done(run(s, { type: 'timer', now: 21_000, timer: 'media-anew' }).effects)).toContain('open-media');
  });
  it('whoever could not connect in time has longer the next time', () => {
    const first = run(inside(), receivedAt(11, SERVER['answer']));
    const second = run(first.s, { type: 'timer', now: 10_011, timer: 'media-anew' });
    expect(second.effects).toContainEqual({ do: 'timer', timer: 'media-anew', ms: 20_000 });
    const answered = run(second.s, receivedAt(10_012, SERVER['answer']));
    const there = run(answered.s, { type: 'media', now: 10_013, status: 'connected' });
    const lost = run(there.s, receivedAt(10_014, SERVER['media-lost']));
    expect(lost.effects).toContainEqual({ do: 'timer', timer: 'media-anew', ms: 10_000 });
  });
  it('an offer without any answer means that the line is dead', () => {
    const { s, effects } = run(inside(), { type: 'timer', now: 10_006, timer: 'media-anew' });
    expect(done(effects)).toContain('disconnect');
    expect(s.line.status).toBe('waiting');
  });
  it('no restart without a line; it follows when the line is back', () => {
    const s = run(connected(), { type: 'line-closed', now: 9 }, { type: 'media', now: 10, status: 'failed' });
    expect(done(s.effects)).not.toContain('restart-media');
    const back = run(
      s.s,
      { type: 'timer', now: 11, timer: 'line' },
      { type: 'seat', now: 12, seat: SEAT },
      { type: 'line-open', now: 13 },
      receivedAt(14, { ...SERVER['welcome'], phase: 'inside' }),
      receivedAt(15, stateMessage({ media: 'm1' })),
    );
    expect(done(back.effects)).toContain('restart-media');
    const due = run(s.s, { type: 'timer', now: 16, timer: 'media-anew' });
    expect(due.effects.map((e) => e.do)).not.toContain('open-media');
    expect(due.s.media.id).toBeNull();
  });
  it('the media process died: a new connection at once, with nobody on the old lines', () => {
    const s = run(connected(), receivedAt(9, SERVER['slots'])).s;
    const { s: after, effects } = run(s, receivedAt(10, SERVER['media-lost']));
    expect(done(effects)).toContain('open-media');
    expect(after.slots).toEqual([]);
    expect(connectionOf(after)).toBe('reconnecting');
  });
  it('a refused offer is tried again, later and later', () => {
    const refusal = receivedAt(9, { type: 'error', code: 'media-unavailable', re: 'offer', field: null });
    let s = inside();
    for (const ms of [500, 1_000, 1_500]) {
      const refused = run(s, refusal);
      expect(refused.effects).toContainEqual({ do: 'timer', timer: 'media-anew', ms });
      s = { ...refused.s, media: { ...refused.s.media, status: 'offering' } };
    }
    for (let i = 0; i < 20; i++) s = run(s, refusal).s;
    expect(run(s, refusal).effects).toContainEqual({ do: 'timer', timer: 'media-anew', ms: 5_000 });
  });
});
