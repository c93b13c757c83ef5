// SPDX-License-Identifier: EUPL-1.2
// What somebody without a key sees on the wire, whatever happens to the sender's lines. The spy sits in the same page,
// and between the two is all that a browser does to a frame.

import { connection } from '../../../src/media/connection';
import { watchdog } from '../../../src/crypto/frames/watchdog';
import { startWorker } from '../../../src/crypto/script';
import { bare, described, figures, type Party, party, type PartyOptions, seal, track, until } from './party';
import spyAddress from './spy.ts?worker&url';
import type { Seen } from './spy';

const LEAF = 5;
const EPOCH = { leaves: [LEAF] };
/** Enough to be sure that it flows. */
const ENOUGH = 10;

export interface Sight {
  readonly sound: Seen;
  readonly picture: Seen;
  /** Pictures that a decoder without a key could show. */
  readonly decoded: number;
}

interface Spy {
  readonly pc: RTCPeerConnection;
  look(): Promise<Sight>;
  close(): void;
}

function spy(): Spy {
  const configuration: RTCConfiguration & { encodedInsertableStreams: boolean } = { encodedInsertableStreams: true };
  const pc = new RTCPeerConnection(configuration);
  const worker = startWorker(spyAddress, 'spy');
  const taken = new Set<RTCRtpReceiver>();
  pc.ontrack = ({ receiver }) => {
    if (taken.has(receiver)) return;
    taken.add(receiver);
    receiver.transform = new RTCRtpScriptTransform(worker, { sound: receiver.track.kind === 'audio', leaf: LEAF });
  };
  return {
    pc,
    look: async () => {
      const seen = await new Promise<Omit<Sight, 'decoded'>>((done) => {
        worker.onmessage = (e: MessageEvent<Omit<Sight, 'decoded'>>) => done(e.data);
        worker.postMessage('look');
      });
      let decoded = 0;
      for (const receiver of taken) decoded += (await figures(receiver)).framesDecoded;
      return { ...seen, decoded };
    },
    close: () => {
      pc.close();
      worker.terminate();
    },
  };
}

async function negotiate(a: Party, s: Spy): Promise<void> {
  const offer = await described(a.pc);
  await s.pc.setRemoteDescription({ type: 'offer', sdp: offer });
  await a.pc.setRemoteDescription({ type: 'answer', sdp: await described(s.pc) });
}

const flows = (before: Sight) => (now: Sight) =>
  now.sound.sealed >= before.sound.sealed + ENOUGH && now.picture.sealed >= before.picture.sealed + ENOUGH;

const total = (s: Sight): number => s.sound.sealed + s.sound.plain + s.picture.sealed + s.picture.plain;

/** Until the spy has seen nothing new for half a second. */
async function quiet(s: Spy): Promise<Sight> {
  let last = await s.look();
  for (let still = 0; still < 10; ) {
    const now = await until(s.look, () => true);
    still = total(now) === total(last) ? still + 1 : 0;
    last = now;
    await new Promise((done) => setTimeout(done, 50));
  }
  return last;
}

const NOTHING: Sight = { sound: { sealed: 0, plain: 0 }, picture: { sealed: 0, plain: 0 }, decoded: 0 };

export interface Step {
  readonly name: string;
  readonly before: Sight;
  readonly after: Sight;
  /** Did the wanted thing happen, more frames or none? */
  readonly good: boolean;
}

/** A watchdog over what this end sends; gives the sources at which it barked. */
function watched(a: Party): { readonly barked: readonly string[]; stop(): void } {
  const barked: string[] = [];
  const lines = a.sealing.map(({ name, line, transceiver }) => {
    const source = name === 'opus' ? ('microphone' as const) : ('camera' as const);
    return { source, line, transceiver };
  });
  const stop = watchdog(a.frames, lines, (w) => barked.push(w.source));
  return { barked, stop };
}

/** One connection, and everything that may happen to it. */
export async function life(): Promise<{ readonly steps: readonly Step[]; readonly barked: readonly string[] }> {
  const [a, s] = [party({ own: LEAF }), spy()];
  const steps: Step[] = [];
  const flowing = async (name: string): Promise<void> => {
    const before = await s.look();
    const after = await until(s.look, flows(before));
    steps.push({ name, before, after, good: flows(before)(after) });
  };
  const silent = async (name: string): Promise<void> => {
    const before = await quiet(s);
    const after = await quiet(s);
    steps.push({ name, before, after, good: total(before) === total(after) });
  };
  for (const codec of ['opus', 'VP8'] as const) seal(a, codec, await bare(a, codec));
  await negotiate(a, s);
  const dog = watched(a);
  await encoding(a);
  await silent('no key');
  a.epoch(1, EPOCH);
  await flowing('a key');
  a.stop(true);
  await silent('no heartbeat');
  a.stop(false);
  await flowing('a heartbeat again');
  for (const t of a.pc.getTransceivers()) await t.sender.replaceTrack(null);
  for (const t of a.pc.getTransceivers()) await t.sender.replaceTrack(await track(t.receiver.track.kind as 'audio'));
  await flowing('another track');
  for (const direction of ['inactive', 'sendonly'] as const) {
    for (const t of a.pc.getTransceivers()) t.direction = direction;
    await negotiate(a, s);
  }
  await flowing('the direction changed and changed back');
  for (const codec of ['opus', 'VP8'] as const) seal(a, codec, await bare(a, codec));
  await negotiate(a, s);
  await flowing('lines that came later');
  a.worker.terminate();
  await silent('the worker is dead');
  dog.stop();
  a.close();
  s.close();
  return { steps, barked: dog.barked };
}

/** The encoders work, so that something could leave. */
async function encoding(a: Party): Promise<void> {
  await until(
    () => Promise.all(a.pc.getSenders().map(figures)),
    (f) => f.some((each) => each.framesEncoded >= ENOUGH),
    3_000,
  );
}

/** The worker's script is not there. */
export async function missing(): Promise<{ readonly sight: Sight; readonly dead: boolean }> {
  const [a, s] = [party({ own: LEAF, worker: 'missing' }), spy()];
  for (const codec of ['opus', 'VP8'] as const) seal(a, codec, await bare(a, codec));
  await negotiate(a, s);
  a.epoch(1, EPOCH);
  await encoding(a);
  const sight = await quiet(s);
  const dead = await until(
    () => a.events.some((e) => e.type === 'dead'),
    (told) => told,
  );
  a.close();
  s.close();
  return { sight, dead };
}

/** The transforms come when the connection already stands. */
export async function late(options: Omit<PartyOptions, 'own'>): Promise<Sight> {
  const [a, s] = [party({ own: LEAF, ...options }), spy()];
  a.epoch(1, EPOCH);
  const lines = [await bare(a, 'opus'), await bare(a, 'VP8')] as const;
  await a.pc.setLocalDescription();
  seal(a, 'opus', lines[0]);
  seal(a, 'VP8', lines[1]);
  await negotiate(a, s);
  const enough = (now: Sight): boolean => flows(NOTHING)(now) || now.picture.plain >= ENOUGH;
  const sight = await until(s.look, enough);
  a.close();
  s.close();
  return sight;
}

export interface Product {
  readonly lines: number;
  readonly statuses: readonly string[];
  readonly sight: Sight;
  /** Frames of the camera, all layers. */
  readonly sealed: number;
}

/** The connection of the product with all its lines, which sends for a few looks of its watchdog. */
export async function product(): Promise<Product> {
  const [a, s] = [party({ own: LEAF }), spy()];
  const statuses: string[] = [];
  const mine = connection(false, (status) => statuses.push(status), a.frames);
  await mine.setTrack('microphone', await track('audio'));
  await mine.setTrack('camera', await track('video'));
  const { sdp } = await mine.offer(false);
  await s.pc.setRemoteDescription({ type: 'offer', sdp });
  await mine.answer(await described(s.pc));
  a.epoch(1, EPOCH);
  const camera = async (): Promise<number> => {
    const counts = Object.values((await a.frames.counts()) ?? {}).filter((c) => c.direction === 'seal');
    return Math.max(0, ...counts.slice(1, 2).map((c) => c.sealed));
  };
  const sealed = await until(camera, (n) => n >= 60);
  await mine.setTrack('camera', null);
  const sight = await quiet({ ...s, look: async () => ({ ...(await s.look()), sound: { sealed: 0, plain: 0 } }) });
  const { sound } = await s.look();
  mine.close();
  a.close();
  s.close();
  return { lines: (sdp.match(/^m=/gm) ?? []).length, statuses, sight: { ...sight, sound }, sealed };
}

export interface Caught {
  /** What the spy saw before the watchdog was let loose: the fault is there. */
  readonly before: Sight;
  readonly unsealed: readonly string[];
  /** What still came after it had stopped the lines. */
  readonly after: number;
  /** May anything be laid after that? */
  readonly again: boolean;
}

/** Lines without a transform: in the clear. The watchdog stops them. */
export async function caught(): Promise<Caught> {
  const [a, s] = [party({ own: LEAF, flag: false }), spy()];
  a.epoch(1, EPOCH);
  const lines = [await bare(a, 'opus'), await bare(a, 'VP8')] as const;
  await negotiate(a, s);
  const before = await until(s.look, (now) => now.sound.plain >= ENOUGH && now.decoded >= ENOUGH);
  const stopped: string[] = [];
  const stop = watchdog(
    a.frames,
    [
      { source: 'microphone', line: 1, transceiver: lines[0] },
      { source: 'camera', line: 2, transceiver: lines[1] },
    ],
    (w) => stopped.push(w.source),
  );
  await until(
    () => stopped.length,
    (n) => n === 2,
  );
  const first = await quiet(s);
  const after = total(await quiet(s)) - total(first);
  stop();
  let again = true;
  try {
    seal(a, 'VP8', await bare(a, 'VP8'));
  } catch {
    again = false;
  }
  const unsealed = a.events.flatMap((e) => (e.type === 'unsealed' ? [e.source] : [])).sort();
  a.close();
  s.close();
  return { before, unsealed, after, again };
}
