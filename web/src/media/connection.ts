// SPDX-License-Identifier: EUPL-1.2
// The one RTCPeerConnection: its lines are laid down once, its sources are exchanged with replaceTrack, its only later
// offer is an ICE restart. It tells; it decides nothing.
// Invariant: a line has its transform before the first local description, and never loses it (research/e2ee.md, D14).

import type { Frames } from '../crypto/frames/frames';
import { watchdog, type Watched } from '../crypto/frames/watchdog';
import { OFFER_BYTES, type Relay, type Role, type SourceName } from '../wire/messages';
import { type Outlet, outlet } from './outlet';
import { allowedCodecs, jsonBytes, receiveLines, SEND_LINES, type SendLine, slim, wantsExtension } from './lines';

export interface ReceivingLine {
  readonly mid: string;
  readonly kind: 'audio' | 'video';
  readonly receiver: RTCRtpReceiver;
}

export interface Offer {
  readonly sdp: string;
  readonly roles: Readonly<Record<string, Role>>;
}

export interface Connection {
  /** Makes the first offer and keeps it: nothing is gathered and nothing sent before `offer` takes it. */
  prepare(): void;
  offer(restart: boolean): Promise<Offer>;
  answer(sdp: string): Promise<void>;
  /** Known after the first offer. */
  receiving(): readonly ReceivingLine[];
  sender(source: SourceName): RTCRtpSender;
  setTrack(source: SourceName, track: MediaStreamTrack | null): Promise<void>;
  /** Which layers of it, from 1, somebody is being sent. */
  setWatched(source: 'camera' | 'screen', layers: readonly number[]): Promise<void>;
  /** Pictures a second at most; null: as many as the line was laid for. */
  setRate(source: SourceName, most: number | null): Promise<void>;
  /** How long sound waits before it is played; null: as the browser thinks best. */
  setPatience(ms: number | null): void;
  /** How many frames of this line were opened so far; null: not known, or nothing is encrypted here. */
  opened(mid: string): number | null;
  /** Round trip and the like. */
  stats(): Promise<RTCStatsReport>;
  close(): void;
}

export type ConnectionStatus = 'connected' | 'disconnected' | 'failed';

interface HeaderExtension {
  readonly uri: string;
  direction: string;
}

/** Chromium alone has these two so far. */
interface Trimmable {
  getHeaderExtensionsToNegotiate?(): HeaderExtension[];
  setHeaderExtensionsToNegotiate?(extensions: HeaderExtension[]): void;
}

/** Chromium alone has this: without it a transform that it takes no notice of lets everything out in the clear. */
interface Configuration extends RTCConfiguration {
  readonly encodedInsertableStreams: boolean;
}

/** Without `frames` nothing is encrypted end to end: only tests of other things may leave them out. */
export function connection(
  phone: boolean,
  tell: (status: ConnectionStatus) => void,
  frames: Frames | null = null,
  relays: readonly Relay[] = [],
): Connection {
  const configuration: Configuration = {
    bundlePolicy: 'max-bundle',
    rtcpMuxPolicy: 'require',
    iceServers: relays.map((r) => ({ urls: r.url, username: r.username, credential: r.credential })),
    encodedInsertableStreams: frames !== null,
  };
  const pc = new RTCPeerConnection(configuration);
  const sealed: Watched[] = [];
  const opened: number[] = [];
  let stopWatchdog = (): void => undefined;
  const roles = new Map<RTCRtpTransceiver, Role>();
  const senders = new Map<SourceName, RTCRtpSender>();
  const outlets = new Map<SourceName, Outlet>();
  const receivers: RTCRtpTransceiver[] = [];
  let made: Promise<RTCSessionDescriptionInit> | null = null;

  function lay(line: Pick<SendLine, 'kind' | 'first' | 'role'>, init: RTCRtpTransceiverInit): RTCRtpTransceiver {
    const t = pc.addTransceiver(line.kind, init);
    t.setCodecPreferences(allowedCodecs(RTCRtpReceiver.getCapabilities(line.kind)?.codecs ?? [], line));
    trim(t);
    roles.set(t, line.role);
    return t;
  }
  for (const line of SEND_LINES) {
    const sendEncodings = line.encodings.map((e) => ({ ...e }));
    const t = lay(line, { direction: 'sendonly', sendEncodings });
    const { source } = line;
    if (frames !== null) sealed.push({ source, line: frames.sealing(t.sender, source), transceiver: t });
    senders.set(line.source, t.sender);
    outlets.set(line.source, outlet(t.sender));
  }
  for (const line of receiveLines(phone)) {
    const t = lay(line, { direction: 'recvonly' });
    if (frames !== null) opened.push(frames.opening(t.receiver, line.role, () => t.mid));
    receivers.push(t);
  }
  if (frames !== null) stopWatchdog = watchdog(frames, sealed, () => tell('failed'));

  pc.onconnectionstatechange = () => {
    const state = pc.connectionState;
    if (state === 'connected' || state === 'disconnected' || state === 'failed') tell(state);
  };

  function lineOf<T>(lines: ReadonlyMap<SourceName, T>, source: SourceName): T {
    const found = lines.get(source);
    if (found === undefined) throw new Error(`no line for ${source}`);
    return found;
  }

  function prepare(): void {
    made = pc.createOffer();
    made.catch(() => undefined); // `offer` hears of it
  }

  async function offer(restart: boolean): Promise<Offer> {
    const kept = made;
    made = null;
    await pc.setLocalDescription(await (kept ?? pc.createOffer(restart ? { iceRestart: true } : {})));
    const sdp = slim(pc.localDescription?.sdp ?? '');
    if (jsonBytes(sdp) > OFFER_BYTES)
      throw new Error(`an offer of ${jsonBytes(sdp)} bytes is more than the server takes`);
    const named: Record<string, Role> = {};
    for (const [t, role] of roles) if (t.mid !== null) named[t.mid] = role;
    return { sdp, roles: named };
  }

  return {
    prepare,
    offer,
    answer: async (sdp) => {
      await pc.setRemoteDescription({ type: 'answer', sdp });
      if (pc.connectionState === 'connected') tell('connected'); // ICE began anew on one that never broke: no change
    },
    receiving: () =>
      receivers.flatMap((t) =>
        t.mid === null
          ? []
          : [{ mid: t.mid, kind: t.receiver.track.kind === 'audio' ? 'audio' : 'video', receiver: t.receiver }],
      ),
    sender: (source) => lineOf(senders, source),
    setTrack: (source, track) => lineOf(outlets, source).set(track),
    setRate: (source, most) => lineOf(outlets, source).rate(most),
    setWatched: (source, layers) => lineOf(outlets, source).watched(layers),
    setPatience: (ms) => {
      for (const { receiver } of receivers) if (receiver.track.kind === 'audio') receiver.jitterBufferTarget = ms;
    },
    opened: (mid) => frames?.opened(mid) ?? null,
    stats: () => pc.getStats(),
    close: () => {
      pc.onconnectionstatechange = null;
      stopWatchdog();
      pc.close();
      frames?.forget([...sealed.map((w) => w.line), ...opened]);
    },
  };
}

/** Leaves out what only costs bytes; `mid` cannot be left out and is not tried. */
export function trim(t: RTCRtpTransceiver & Trimmable): void {
  if (t.getHeaderExtensionsToNegotiate === undefined || t.setHeaderExtensionsToNegotiate === undefined) return;
  const extensions = t.getHeaderExtensionsToNegotiate();
  for (const e of extensions) if (!wantsExtension(e.uri)) e.direction = 'stopped';
  t.setHeaderExtensionsToNegotiate(extensions);
}
