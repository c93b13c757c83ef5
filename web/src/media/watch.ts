// SPDX-License-Identifier: EUPL-1.2
// Reads the browser's counters of the lines that carry somebody: who speaks, whose picture is there and moves, how good
// the connection is. Everybody's own client measures this; the server is not told.

import type { WorldEvent } from '../event';
import type { PersonId, Slot } from '../wire/messages';
import type { Connection } from './connection';
import {
  type Flow,
  flow,
  follow,
  hasPicture,
  isFrozen,
  isQuiet,
  lastSpoke,
  lossBetween,
  loudness,
  type Motion,
  type Packets,
  rmsOf,
  type Sound,
  speaks,
} from './measure';
import type { Carried } from './slots';
import { type Played, waiter } from './patience';
import { type Frames, thrift } from './thrift';

const EVERY_MS = 250;
/** Connection quality, once a second. */
const SLOW = 4;

interface Reading {
  readonly type: string;
  readonly framesDecoded?: number;
  readonly framesDropped?: number;
  readonly totalAudioEnergy?: number;
  readonly totalSamplesDuration?: number;
  readonly totalSamplesReceived?: number;
  readonly concealedSamples?: number;
  readonly silentConcealedSamples?: number;
  readonly packetsReceived?: number;
  readonly packetsLost?: number;
  readonly nominated?: boolean;
  readonly state?: string;
  readonly currentRoundTripTime?: number;
}

interface Around {
  act(e: WorldEvent): void;
  clock(): number;
  self(): PersonId | null;
  /** Of the own microphone, as the meter last said. */
  level(): number;
  /** Should this line bring something at this moment? */
  expected(slot: Slot): boolean;
}

/** One measurement after the other until the returned function is called. */
export function watch(pc: Connection, carried: () => readonly Carried[], around: Around): () => void {
  const { act, clock, self, level, expected } = around;
  let sounds = new Map<string, Sound>();
  let spoke = new Map<PersonId, number | null>();
  let motions = new Map<string, Motion>();
  let flows = new Map<string, Flow>();
  let packets: Packets = { received: 0, lost: 0 };
  let played = new Map<string, Played>();
  const waits = waiter((ms) => pc.setPatience(ms));
  const thrifty = thrift();
  let turn = 0;
  let stopped = false;
  let timer = setTimeout(() => void measure(), EVERY_MS);

  function hear(
    key: string,
    who: PersonId,
    reading: Reading | undefined,
    next: typeof sounds,
    heard: typeof spoke,
  ): void {
    if (reading?.totalAudioEnergy === undefined) return;
    const sound = { energy: reading.totalAudioEnergy, seconds: reading.totalSamplesDuration ?? 0 };
    next.set(key, sound);
    heard.set(who, lastSpoke(spoke.get(who) ?? null, loudness(sounds.get(key), sound), clock()));
  }

  async function fast(): Promise<void> {
    const lines = carried();
    const me = self();
    const [mine, ...readings] = await Promise.all([
      read(pc.sender('microphone'), 'media-source'),
      ...lines.map((l) => read(l.receiver, 'inbound-rtp')),
    ]);
    const nextSounds = new Map<string, Sound>();
    const nextSpoke = new Map<PersonId, number | null>();
    const nextMotions = new Map<string, Motion>();
    const nextFlows = new Map<string, Flow>();
    const nextPlayed = new Map<string, Played>();
    lines.forEach((line, i) => {
      const key = `${line.mid} ${line.person} ${line.source}`;
      if (line.source === 'microphone') hear(key, line.person, readings[i], nextSounds, nextSpoke);
      if (line.source === 'camera')
        nextMotions.set(key, follow(motions.get(key), readings[i]?.framesDecoded ?? 0, clock()));
      const sound = playedOf(readings[i]);
      if (sound !== null) nextPlayed.set(key, sound);
      const opened = expected(line) ? pc.opened(line.mid) : null;
      if (opened !== null) nextFlows.set(key, flow(flows.get(key), opened, clock()));
    });
    if (me !== null) hear('own', me, mine, nextSounds, nextSpoke);
    if (me !== null && !nextSpoke.has(me)) {
      // Firefox counts nothing of its own microphone: then the meter speaks
      nextSpoke.set(me, lastSpoke(spoke.get(me) ?? null, rmsOf(level()), clock()));
    }
    [sounds, spoke, motions, flows, played] = [nextSounds, nextSpoke, nextMotions, nextFlows, nextPlayed];
    tell(lines);
  }

  function tell(lines: readonly Carried[]): void {
    if (stopped) return;
    const now = clock();
    const cameras = lines.filter((l) => l.source === 'camera');
    const those = (which: (m: Motion) => boolean): PersonId[] =>
      cameras.flatMap((l) => {
        const m = motions.get(`${l.mid} ${l.person} ${l.source}`);
        return m !== undefined && which(m) ? [l.person] : [];
      });
    act({ type: 'speaking', people: [...spoke].flatMap(([who, last]) => (speaks(last, now) ? [who] : [])) });
    const quiet = lines.flatMap(({ mid, person, source }) => {
      const f = flows.get(`${mid} ${person} ${source}`);
      return f !== undefined && isQuiet(f, now) ? [mid] : [];
    });
    act({ type: 'watched', pictured: those(hasPicture), frozen: those((m) => isFrozen(m, now)), quiet });
  }

  async function slow(): Promise<void> {
    const { roundTrip, frames, ...after } = counted(await pc.stats());
    const loss = lossBetween(packets, after);
    packets = after;
    if (stopped) return;
    act({ type: 'quality', quality: { loss, roundTrip } });
    waits(played, roundTrip);
    act({ type: 'kept-up', second: thrifty.over(frames) });
  }

  async function measure(): Promise<void> {
    thrifty.ask();
    try {
      await fast();
      if (turn++ % SLOW === 0) await slow();
    } catch (e) {
      if (!stopped) console.error('a measurement failed', e);
    }
    if (!stopped) timer = setTimeout(() => void measure(), EVERY_MS);
  }

  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

/** Of a line of sound; null: it is none, or the browser counts nothing. */
function playedOf(r: Reading | undefined): Played | null {
  if (r?.totalSamplesReceived === undefined) return null;
  return { samples: r.totalSamplesReceived, madeUp: (r.concealedSamples ?? 0) - (r.silentConcealedSamples ?? 0) };
}

/** Of all lines together. */
function counted(stats: RTCStatsReport): Packets & { roundTrip: number | null; frames: Frames } {
  const frames = { decoded: 0, dropped: 0 };
  const all = { received: 0, lost: 0, roundTrip: null as number | null, frames };
  stats.forEach((r: Reading) => {
    all.received += r.packetsReceived ?? 0;
    frames.decoded += r.framesDecoded ?? 0;
    frames.dropped += r.framesDropped ?? 0;
    if (r.packetsReceived !== undefined) all.lost += r.packetsLost ?? 0;
    if (r.type === 'candidate-pair' && r.nominated === true && r.state === 'succeeded') {
      all.roundTrip = r.currentRoundTripTime === undefined ? null : Math.round(r.currentRoundTripTime * 1_000);
    }
  });
  return all;
}

async function read(from: RTCRtpReceiver | RTCRtpSender, type: string): Promise<Reading | undefined> {
  let found: Reading | undefined;
  (await from.getStats()).forEach((r: Reading) => {
    if (r.type === type) found ??= r;
  });
  return found;
}
