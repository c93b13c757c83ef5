// SPDX-License-Identifier: EUPL-1.2
// Runs in a browser: our media code against a second RTCPeerConnection that sends our camera and microphone back to
// us on the first lines that receive, as the server would.

import { connection, type Connection } from '../../src/media/connection';
import { jsonBytes } from '../../src/media/lines';
import { own } from '../../src/media/own';
import { slots } from '../../src/media/slots';
import { watch } from '../../src/media/watch';
import type { Event } from '../../src/event';
import type { Role } from '../../src/wire/messages';

const OURSELVES = 1;
const ECHO = 7; // the person as whom our own sound and picture come back

export interface OfferFacts {
  readonly bytes: number;
  readonly lines: number;
  readonly roles: Readonly<Record<string, Role>>;
  readonly codecs: readonly string[];
  readonly extensions: readonly string[];
  readonly simulcast: string;
}

function factsOf(sdp: string, roles: Readonly<Record<string, Role>>): OfferFacts {
  const all = (pattern: RegExp): string[] => [...new Set([...sdp.matchAll(pattern)].map((m) => m[1] ?? ''))].sort();
  return {
    bytes: jsonBytes(sdp),
    lines: (sdp.match(/^m=/gm) ?? []).length,
    roles,
    codecs: all(/^a=rtpmap:\d+ ([\w-]+)\//gm),
    extensions: all(/^a=extmap:\d+(?:\/\w+)? (\S+)/gm),
    simulcast: /^a=simulcast:(.*)$/m.exec(sdp)?.[1]?.trim() ?? '',
  };
}

export async function offerFacts(phone: boolean): Promise<OfferFacts> {
  const pc = connection(phone, () => undefined);
  const { sdp, roles } = await pc.offer(false);
  pc.close();
  return factsOf(sdp, roles);
}

/** The other side: takes our offer, gives our tracks back. */
class Echo {
  readonly pc = new RTCPeerConnection();

  async answer(sdp: string, roles: Readonly<Record<string, Role>>): Promise<string> {
    await this.pc.setRemoteDescription({ type: 'offer', sdp });
    const all = this.pc.getTransceivers();
    for (const [from, to] of [
      ['microphone', 'audio'],
      ['camera', 'video'],
    ] as const) {
      const received = all.find((t) => t.mid !== null && roles[t.mid] === from);
      const back = all.find((t) => t.mid !== null && roles[t.mid] === to);
      if (received === undefined || back === undefined) throw new Error(`no line for ${from}`);
      if (back.sender.track !== null) continue;
      back.direction = 'sendonly';
      await back.sender.replaceTrack(received.receiver.track);
    }
    await this.pc.setLocalDescription();
    await new Promise<void>((done) => {
      const look = (): void => {
        if (this.pc.iceGatheringState === 'complete') done();
      };
      this.pc.addEventListener('icegatheringstatechange', look);
      look();
    });
    return this.pc.localDescription?.sdp ?? '';
  }
}

function midOf(roles: Readonly<Record<string, Role>>, role: Role): string {
  return Object.entries(roles).find(([, r]) => r === role)?.[0] ?? '';
}

const log: Event[] = [];
const waiting: { readonly test: (e: Event) => boolean; readonly done: (e: Event) => void }[] = [];

function act(e: Event): void {
  log.push(e);
  for (const w of waiting.splice(0)) {
    if (w.test(e)) w.done(e);
    else waiting.push(w);
  }
}

/** The next event of this kind. */
function next(test: (e: Event) => boolean): Promise<Event> {
  return new Promise((done) => waiting.push({ test, done }));
}

const clock = (): number => performance.now();
const receiving = slots(act);
let pc: Connection | null = null;
const devices = own(act, (source, track) => void pc?.setTrack(source, track));
const echo = new Echo();
let level = 0;

async function exchange(restart: boolean): Promise<OfferFacts> {
  if (pc === null) throw new Error('no connection');
  const { sdp, roles } = await pc.offer(restart);
  receiving.lines(pc.receiving());
  const connected = restart ? Promise.resolve() : next((e) => e.type === 'media' && e.status === 'connected');
  await pc.answer(await echo.answer(sdp, roles));
  await connected;
  receiving.assign(
    [
      { mid: midOf(roles, 'audio'), person: ECHO, source: 'microphone' },
      { mid: midOf(roles, 'video'), person: ECHO, source: 'camera' },
    ],
    OURSELVES,
  );
  return factsOf(sdp, roles);
}

export async function join(): Promise<OfferFacts> {
  pc = connection(false, (status) => act({ type: 'media', now: clock(), status }));
  watch(pc, receiving.carried, { act, clock, self: () => OURSELVES, level: () => level, expected: () => true });
  return exchange(false);
}

/** Switches our own device on; resolves with what was told. */
export function switchOn(source: 'microphone' | 'camera'): Promise<Event> {
  const told = next((e) => (e.type === 'captured' || e.type === 'not-captured') && e.source === source);
  devices.capture(source, null, { noise: true, echo: true, gain: true });
  return told;
}

export function switchOff(source: 'microphone' | 'camera'): void {
  devices.release(source);
}

export async function pictureBack(): Promise<boolean> {
  await next((e) => e.type === 'watched' && e.pictured.includes(ECHO));
  return receiving.streamOf(ECHO, 'camera')?.getVideoTracks().length === 1;
}

/** Waits until exactly these are heard to speak. */
export async function speaking(people: readonly number[]): Promise<boolean> {
  await next(
    (e) => e.type === 'speaking' && e.people.length === people.length && people.every((p) => e.people.includes(p)),
  );
  return true;
}

export function meterSays(now: number): void {
  level = now;
}

export async function frozen(): Promise<boolean> {
  await next((e) => e.type === 'watched' && e.frozen.includes(ECHO));
  return true;
}

export async function restart(): Promise<{ before: string; after: string; facts: OfferFacts; moves: boolean }> {
  const ufrag = (): string => /a=ice-ufrag:(\S+)/.exec(echo.pc.remoteDescription?.sdp ?? '')?.[1] ?? '';
  const before = ufrag();
  const facts = await exchange(true);
  return { before, after: ufrag(), facts, moves: await pictureBack() };
}

export function lamp(): string {
  return devices.stream('camera')?.getVideoTracks()[0]?.readyState ?? 'off';
}

export async function quality(): Promise<Event> {
  return next((e) => e.type === 'quality' && e.quality.roundTrip !== null);
}

interface Encoded {
  readonly type: string;
  readonly framesEncoded?: number;
  readonly scalabilityMode?: string;
}

/** Shows a moving drawing as the screen; resolves with the layers that its encoder says it makes. */
export async function screenMode(): Promise<string> {
  if (pc === null) throw new Error('no connection');
  const canvas = document.createElement('canvas');
  const pen = canvas.getContext('2d');
  const [track] = canvas.captureStream(15).getVideoTracks();
  if (track === undefined || pen === null) throw new Error('no drawing');
  track.contentHint = 'detail';
  await pc.setTrack('screen', track);
  for (let turn = 0; ; turn++) {
    pen.fillStyle = turn % 2 === 0 ? 'black' : 'white';
    pen.fillRect(0, 0, 99, 99);
    await new Promise((drawn) => requestAnimationFrame(drawn));
    for (const s of (await pc.sender('screen').getStats()).values() as Iterable<Encoded>)
      if (s.type === 'outbound-rtp' && (s.framesEncoded ?? 0) > 0) return s.scalabilityMode ?? 'unsaid';
  }
}

Object.assign(window, {
  loop: {
    offerFacts,
    join,
    switchOn,
    switchOff,
    pictureBack,
    speaking,
    meterSays,
    frozen,
    restart,
    lamp,
    quality,
    screenMode,
  },
});
