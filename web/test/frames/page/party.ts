// SPDX-License-Identifier: EUPL-1.2
// One end of a call in the tests of the frames: a connection, a frames worker, and the part of the keys worker played
// by the test.

import { frames, type Frames, type FramesEvent } from '../../../src/crypto/frames/frames';
import type { Counts, OpenCount, SealCount } from '../../../src/crypto/frames/messages';
import { startWorker } from '../../../src/crypto/script';
import type { SourceName } from '../../../src/wire/messages';
import { epochMessage } from '../bench';
import impatientAddress from './impatient.ts?worker&url';
import address from '../../../src/crypto/frames/worker.ts?worker&url';

export type Video = 'VP8' | 'VP9' | 'AV1';

export interface Party {
  readonly pc: RTCPeerConnection;
  readonly frames: Frames;
  readonly worker: Worker;
  readonly events: FramesEvent[];
  readonly sealing: { readonly name: string; readonly line: number; readonly transceiver: RTCRtpTransceiver }[];
  readonly opening: { readonly name: string; readonly line: number; readonly transceiver: RTCRtpTransceiver }[];
  epoch(epoch: number, more?: Parameters<typeof epochMessage>[2]): void;
  stop(stop: boolean): void;
  close(): void;
}

const ADDRESSES = { ours: address, impatient: impatientAddress, missing: '/assets/missing.js' } as const;

export interface PartyOptions {
  readonly own: number;
  readonly worker?: keyof typeof ADDRESSES;
  /** Of Chromium; without it a transform may be passed by. */
  readonly flag?: boolean;
}

export function party({ own, worker: which = 'ours', flag = true }: PartyOptions): Party {
  const events: FramesEvent[] = [];
  const worker = startWorker(ADDRESSES[which], which);
  const mine = frames(
    (e) => events.push(e),
    () => worker,
  );
  const configuration: RTCConfiguration & { encodedInsertableStreams: boolean } = { encodedInsertableStreams: flag };
  const pc = new RTCPeerConnection(configuration);
  return {
    pc,
    frames: mine,
    worker,
    events,
    sealing: [],
    opening: [],
    epoch: (epoch, more) => mine.keysPort.postMessage(epochMessage(epoch, own, more)),
    stop: (stop) => mine.keysPort.postMessage(stop ? { type: 'stop', why: 'test' } : { type: 'go' }),
    close: () => {
      pc.close();
      mine.close();
    },
  };
}

let devices: Promise<MediaStream> | undefined;

/** The browser's own fake devices; one opening for the page. */
export async function track(kind: 'audio' | 'video'): Promise<MediaStreamTrack> {
  devices ??= navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 320, height: 240, frameRate: 15 } });
  const found = (await devices).getTracks().find((t) => t.kind === kind);
  if (found === undefined) throw new Error(`no ${kind}`);
  return found;
}

export function prefer(t: RTCRtpTransceiver, kind: 'audio' | 'video', name: string): void {
  const all = RTCRtpReceiver.getCapabilities(kind)?.codecs ?? [];
  const plain = all.filter((c) => !/profile-id=[1-9]/.test(c.sdpFmtpLine ?? ''));
  const wanted = (mime: string): RTCRtpCodec[] =>
    plain.filter((c) => c.mimeType.toLowerCase() === `${kind}/${mime}`.toLowerCase());
  t.setCodecPreferences([...wanted(name), ...(kind === 'video' ? wanted('rtx') : [])]);
}

/** A line that sends, without its transform. */
export async function bare(p: Party, codec: 'opus' | Video): Promise<RTCRtpTransceiver> {
  const kind = codec === 'opus' ? 'audio' : 'video';
  const t = p.pc.addTransceiver(await track(kind), { direction: 'sendonly' });
  prefer(t, kind, codec);
  return t;
}

export function seal(p: Party, codec: 'opus' | Video, transceiver: RTCRtpTransceiver): void {
  const source: SourceName = codec === 'opus' ? 'microphone' : 'camera';
  p.sealing.push({ name: codec, line: p.frames.sealing(transceiver.sender, source), transceiver });
}

/** Whatever comes is opened, and played. */
export function openAll(p: Party): void {
  p.pc.ontrack = ({ transceiver }) => {
    if (p.opening.some((o) => o.transceiver === transceiver)) return;
    const { receiver } = transceiver;
    const role = receiver.track.kind === 'audio' ? 'audio' : 'video';
    const line = p.frames.opening(receiver, role, () => transceiver.mid);
    p.opening.push({ name: `${transceiver.mid}`, line, transceiver });
    const player = document.createElement(role);
    player.srcObject = new MediaStream([receiver.track]);
    player.autoplay = true;
    document.body.append(player);
  };
}

/** Firefox leaves feedback for codecs that a line no longer lists, at which Chromium takes offence. */
function withoutOrphans(sdp: string): string {
  let listed: readonly string[] = [];
  const kept = sdp.split('\r\n').filter((line) => {
    if (line.startsWith('m=')) listed = line.split(' ').slice(3);
    const payload = /^a=rtcp-fb:(\d+) /.exec(line)?.[1];
    return payload === undefined || listed.includes(payload);
  });
  return kept.join('\r\n');
}

/** Description and addresses in one. */
export async function described(pc: RTCPeerConnection): Promise<string> {
  await pc.setLocalDescription();
  await new Promise<void>((done) => {
    const look = (): void => {
      if (pc.iceGatheringState === 'complete') done();
    };
    pc.addEventListener('icegatheringstatechange', look);
    look();
  });
  return withoutOrphans(pc.localDescription?.sdp ?? '');
}

/** Looks every 50 ms; what is last seen, true or not, when the time is over. */
export async function until<T>(ask: () => Promise<T> | T, good: (t: T) => boolean, ms = 10_000): Promise<T> {
  const end = performance.now() + ms;
  for (;;) {
    const seen = await ask();
    if (good(seen) || performance.now() > end) return seen;
    await new Promise((done) => setTimeout(done, 50));
  }
}

export function sealCount(counts: Counts | null, line: number): SealCount {
  const count = counts?.[line];
  return count?.direction === 'seal' ? count : { direction: 'seal', sealed: 0, failed: {} };
}

export function openCount(counts: Counts | null, line: number): OpenCount {
  const count = counts?.[line];
  return count?.direction === 'open' ? count : { direction: 'open', opened: 0, failed: {}, held: 0, failing: false };
}

export interface Figures {
  readonly framesDecoded: number;
  readonly keyFramesDecoded: number;
  readonly totalAudioEnergy: number;
  readonly framesEncoded: number;
}

/** Sums of the browser's own counters over one line. */
export async function figures(of: RTCRtpReceiver | RTCRtpSender): Promise<Figures> {
  const sum = { framesDecoded: 0, keyFramesDecoded: 0, totalAudioEnergy: 0, framesEncoded: 0 };
  (await of.getStats()).forEach((r: Partial<Figures> & { readonly type: string }) => {
    if (r.type !== 'inbound-rtp' && r.type !== 'outbound-rtp') return;
    for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += r[key] ?? 0;
  });
  return sum;
}
