// SPDX-License-Identifier: EUPL-1.2
// The sound check: a connection of its own, over which the server sends one's own sound back, sealed with a key that is
// made here for it and that nobody else has. Nothing of it is played.
// Invariant: it has nothing in common with the connection of the meeting but the microphone's track; once it is
// stopped, nothing is told of it.

import { type Frames, frames } from '../crypto/frames/frames';
import type { KeysMessage } from '../crypto/frames/messages';
import { watchdog } from '../crypto/frames/watchdog';
import { BASE_KEY_BYTES } from '../crypto/frames/sframe';
import type { SoundVerdict } from '../state';
import { trim } from './connection';
import { allowedCodecs, SEND_LINES, slim } from './lines';
import type { Sound } from './measure';
import { FULL, heardBetween, judge, type Peaks, type Reading } from './verdict';

/** From the press to the first packet that comes back. */
const PATIENCE_MS = 8_000;
/** What a sentence takes. */
const LISTEN_MS = 4_000;
/** The buffers of the browser settle first. */
const SETTLE_MS = 500;
const LOOK_MS = 50;

export type EchoEvent =
  | { readonly type: 'sound-check-offered'; readonly sdp: string }
  | { readonly type: 'sound-checked'; readonly verdict: SoundVerdict };

interface Echo {
  answer(sdp: string): void;
  stop(): void;
}

/** One at a time, of the own microphone. */
export interface SoundChecks extends Echo {
  /** Told once with `sound-checked`, unless it is stopped before. */
  begin(): void;
}

interface Parts {
  readonly type: string;
  readonly packetsSent?: number;
  readonly totalAudioEnergy?: number;
  readonly totalSamplesDuration?: number;
  readonly jitterBufferDelay?: number;
  readonly jitterBufferEmittedCount?: number;
  readonly roundTripTime?: number;
  readonly currentRoundTripTime?: number;
  readonly nominated?: boolean;
}

/**
 * What was opened is what was sealed, so that its loudness is the microphone's; Chromium says that of the microphone
 * alone, since what is muted counts as silent there, and Firefox of what came back alone.
 */
async function read(pc: RTCPeerConnection, opening: Frames): Promise<Reading> {
  const r = { sent: 0, received: 0, waited: 0, played: 0, roundTrip: null as number | null };
  const sound = new Map<string, Sound>();
  (await pc.getStats()).forEach((p: Parts) => {
    const trip = p.currentRoundTripTime ?? p.roundTripTime;
    if (trip !== undefined && p.nominated !== false) r.roundTrip ??= trip * 1_000;
    if (p.totalAudioEnergy !== undefined)
      sound.set(p.type, { energy: p.totalAudioEnergy, seconds: p.totalSamplesDuration ?? 0 });
    if (p.type === 'outbound-rtp') r.sent += p.packetsSent ?? 0;
    if (p.type !== 'inbound-rtp') return;
    r.waited += p.jitterBufferDelay ?? 0;
    r.played += p.jitterBufferEmittedCount ?? 0;
  });
  for (const count of Object.values((await opening.counts()) ?? {}))
    if (count.direction === 'open') r.received += count.opened;
  return { ...r, ...(sound.get('media-source') ?? sound.get('inbound-rtp') ?? { energy: 0, seconds: 0 }) };
}

/** One leaf seals, the other opens: nobody opens what they sealed themselves. */
function key(to: Frames, own: 0 | 1, baseKey: Uint8Array): void {
  const m: KeysMessage = {
    type: 'epoch', group: 'meeting', epoch: 1, baseKey: baseKey.slice(), own, leaves: [0, 1], keepFormer: 0, gone: [],
  };
  to.keysPort.postMessage(m);
}

/** How often the microphone is at the end of its range. A browser that lets no AudioContext run says nothing. */
function peaks(track: MediaStreamTrack): { read(): Peaks; stop(): void } {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  const samples = new Float32Array(analyser.fftSize);
  const seen = { looks: 0, full: 0 };
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const timer = setInterval(() => {
    if (context.state !== 'running') return;
    analyser.getFloatTimeDomainData(samples);
    seen.looks++;
    if (samples.some((x) => Math.abs(x) >= FULL)) seen.full++;
  }, LOOK_MS);
  return {
    read: () => ({ ...seen }),
    stop: () => {
      clearInterval(timer);
      void context.close();
    },
  };
}

/** The browser decodes only what somebody might hear. */
function swallow(track: MediaStreamTrack): () => void {
  const audio = new Audio();
  audio.muted = true;
  audio.srcObject = new MediaStream([track]);
  audio.play().catch(() => undefined); // it is stopped before it began
  return () => {
    audio.srcObject = null;
  };
}

function line(pc: RTCPeerConnection, track: MediaStreamTrack, ends: readonly [Frames, Frames]): () => void {
  const [microphone] = SEND_LINES;
  if (microphone === undefined) throw new Error('no line for sound');
  const sendEncodings = microphone.encodings.map((e) => ({ ...e }));
  const t = pc.addTransceiver(track, { direction: 'sendrecv', sendEncodings });
  t.setCodecPreferences(allowedCodecs(RTCRtpReceiver.getCapabilities('audio')?.codecs ?? [], microphone));
  trim(t);
  const sealed = ends[0].sealing(t.sender, 'microphone');
  ends[1].opening(t.receiver, 'audio', () => t.mid);
  const stopWatching = watchdog(ends[0], [{ source: 'microphone', line: sealed, transceiver: t }], () => pc.close());
  const stopPlaying = swallow(t.receiver.track);
  return () => {
    stopWatching();
    stopPlaying();
  };
}

function echo(track: MediaStreamTrack, act: (e: EchoEvent) => void): Echo {
  const ends = [frames(() => undefined), frames(() => undefined)] as const;
  const secret = crypto.getRandomValues(new Uint8Array(BASE_KEY_BYTES));
  key(ends[0], 0, secret);
  key(ends[1], 1, secret);
  secret.fill(0);
  // Chromium alone has the last one; see connection.ts.
  const bundled = { bundlePolicy: 'max-bundle', rtcpMuxPolicy: 'require' } as const;
  const pc = new RTCPeerConnection({ ...bundled, encodedInsertableStreams: true } as RTCConfiguration);
  const stopLine = line(pc, track, ends);
  const looks = peaks(track);
  const timers: ReturnType<typeof setTimeout>[] = [];
  const later = (ms: number, what: () => void): void => void timers.push(setTimeout(what, ms));
  let over = false;

  function stop(): void {
    if (over) return;
    over = true;
    timers.forEach(clearTimeout);
    pc.onconnectionstatechange = null;
    looks.stop();
    stopLine();
    pc.close();
    ends.forEach((end) => end.close());
  }

  function tell(verdict: SoundVerdict): void {
    if (over) return;
    stop();
    act({ type: 'sound-checked', verdict });
  }

  const failed = (e: unknown): void => {
    if (!over) console.error('the sound check', e);
    tell('unreached');
  };

  function listen(before: Reading): void {
    later(LISTEN_MS, () => {
      read(pc, ends[1]).then((after) => tell(judge(heardBetween(before, after, looks.read()))), failed);
    });
  }

  pc.onconnectionstatechange = () => {
    if (pc.connectionState === 'failed' || pc.connectionState === 'closed') return tell('unreached');
    if (pc.connectionState !== 'connected') return;
    pc.onconnectionstatechange = null;
    timers.forEach(clearTimeout);
    later(SETTLE_MS, () => void read(pc, ends[1]).then(listen, failed));
  };
  later(PATIENCE_MS, () => tell('unreached'));
  pc.setLocalDescription()
    .then(() => {
      if (!over) act({ type: 'sound-check-offered', sdp: slim(pc.localDescription?.sdp ?? '') });
    })
    .catch(failed);

  return {
    answer: (sdp) => {
      if (!over) pc.setRemoteDescription({ type: 'answer', sdp }).catch(failed);
    },
    stop,
  };
}

export function soundChecks(microphone: () => MediaStreamTrack | null, act: (e: EchoEvent) => void): SoundChecks {
  let running: Echo | null = null;

  function begin(): Echo | null {
    const track = microphone();
    try {
      if (track !== null) return echo(track, act);
    } catch (e) {
      console.error('the sound check', e);
    }
    act({ type: 'sound-checked', verdict: 'unreached' });
    return null;
  }

  return {
    begin: () => {
      running?.stop();
      running = begin();
    },
    answer: (sdp) => running?.answer(sdp),
    stop: () => running?.stop(),
  };
}
