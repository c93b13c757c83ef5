// SPDX-License-Identifier: EUPL-1.2
// The fixed lines of the one media connection: what they are for, what they may carry and how much of it. Pure.
// Invariant: decided at joining and never changed, so that people come and go without a new offer.

import type { OpeningRole } from '../crypto/frames/messages';
import type { Role, SourceName } from '../wire/messages';

/** TypeScript's own knows no mode yet. */
export interface Encoding extends RTCRtpEncodingParameters {
  readonly scalabilityMode?: string;
}

export interface SendLine {
  readonly source: SourceName;
  readonly role: Role;
  readonly kind: 'audio' | 'video';
  readonly first: 'opus' | 'VP8' | 'VP9';
  readonly encodings: readonly Encoding[];
}

export interface ReceiveLine {
  readonly role: OpeningRole;
  readonly kind: 'audio' | 'video';
  readonly first: 'opus' | 'VP8' | 'VP9';
}

const AUDIO_SLOTS = 8;
const VIDEO_SLOTS = 25;
const VIDEO_SLOTS_PHONE = 9;

/**
 * Three layers of the camera at 960x540: 240x135, 480x270 and whole. Three encoders run in software on most laptops,
 * and a tile is seldom larger.
 */
export const CAMERA_ENCODINGS: readonly RTCRtpEncodingParameters[] = [
  { rid: 'q', scaleResolutionDownBy: 4, maxBitrate: 150_000, maxFramerate: 15 },
  { rid: 'h', scaleResolutionDownBy: 2, maxBitrate: 300_000, maxFramerate: 24 },
  { rid: 'f', scaleResolutionDownBy: 1, maxBitrate: 800_000, maxFramerate: 24 },
];

/**
 * In the order of the m-lines, which is the order of enum source_kind. The screen in three layers in time, so that a
 * narrow line gets a half or a quarter of its pictures, all of them sharp; Firefox takes no notice of the mode.
 */
export const SEND_LINES: readonly SendLine[] = [
  { source: 'microphone', role: 'microphone', kind: 'audio', first: 'opus', encodings: [{ maxBitrate: 32_000 }] },
  { source: 'camera', role: 'camera', kind: 'video', first: 'VP8', encodings: CAMERA_ENCODINGS },
  {
    source: 'screen',
    role: 'screen',
    kind: 'video',
    first: 'VP9',
    encodings: [{ maxBitrate: 1_500_000, maxFramerate: 15, scalabilityMode: 'L1T3' }],
  },
  { source: 'screen_sound', role: 'screen-sound', kind: 'audio', first: 'opus', encodings: [{ maxBitrate: 64_000 }] },
];

export function receiveLines(phone: boolean): readonly ReceiveLine[] {
  const audio: ReceiveLine = { role: 'audio', kind: 'audio', first: 'opus' };
  const video: ReceiveLine = { role: 'video', kind: 'video', first: 'VP8' };
  return [
    ...Array.from({ length: AUDIO_SLOTS }, () => audio),
    { role: 'screen-sound', kind: 'audio', first: 'opus' },
    ...Array.from({ length: phone ? VIDEO_SLOTS_PHONE : VIDEO_SLOTS }, () => video),
    { role: 'screen', kind: 'video', first: 'VP9' },
  ];
}

type Codec = Pick<RTCRtpCodec, 'mimeType'> & { sdpFmtpLine?: string };

/** What a line may carry, best first: Opus alone, or VP8, VP9 (profile 0) and their retransmission. */
export function allowedCodecs<C extends Codec>(all: readonly C[], line: Pick<SendLine, 'kind' | 'first'>): C[] {
  const named = (name: string): C[] =>
    all.filter((c) => c.mimeType.toLowerCase() === `${line.kind}/${name}`.toLowerCase());
  if (line.kind === 'audio') return named('opus');
  const vp9 = named('VP9').filter((c) => !/profile-id=[1-9]/.test(c.sdpFmtpLine ?? ''));
  const both = line.first === 'VP9' ? [...vp9, ...named('VP8')] : [...named('VP8'), ...vp9];
  return [...both, ...named('rtx')];
}

/**
 * Header extensions that the server uses (research/e2ee.md, 1.2). The audio level is not among them: it would tell the
 * server who speaks. The others only cost bytes.
 */
const EXTENSIONS = [
  'urn:ietf:params:rtp-hdrext:sdes:mid',
  'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
  'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id',
  'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
  'https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension',
];

export function wantsExtension(uri: string): boolean {
  return EXTENSIONS.includes(uri);
}

const TRANSPORT_WIDE = /(?: transport-cc$|draft-holmer-rmcat-transport-wide-cc-extensions-01)/;

/**
 * The copy of our offer that travels: without header extensions that we do not want (Firefox cannot be told to leave
 * them out), feedback for codecs that the line no longer lists (a fault of Firefox), and addresses, which an ICE-lite
 * server has no use for; with `nack` for sound. Browsers do that when an answer asks them to, but offer it nowhere, and
 * send the lost packet again under the number that it had: so a line that sends sound goes without the transport-wide
 * number, which would be another one, and two packets under one nonce.
 */
export function slim(sdp: string): string {
  return sdp.split(/(?=^m=)/m).map(slimSection).join('');
}

function slimSection(section: string): string {
  const lines = section.split('\r\n');
  const first = lines[0] ?? '';
  const listed = first.startsWith('m=') ? first.split(' ').slice(3) : [];
  // A line both ways is a sound check's, which counts what arrives.
  const sending = first.startsWith('m=audio') && lines.includes('a=sendonly');
  const repeats = sending || (first.startsWith('m=audio') && lines.includes('a=recvonly'));
  const kept = lines.flatMap((line) => {
    if (sending && TRANSPORT_WIDE.test(line)) return [];
    const extension = /^a=extmap:\d+(?:\/\w+)? (\S+)/.exec(line)?.[1];
    if (extension !== undefined) return wantsExtension(extension) ? [line] : [];
    const payload = /^a=(?:rtcp-fb|fmtp|rtpmap):(\d+) /.exec(line)?.[1];
    if (payload !== undefined && !listed.includes(payload)) return [];
    if (repeats && /^a=rtpmap:\d+ opus\//.test(line)) return [line, `a=rtcp-fb:${payload} nack`];
    return /^a=(?:candidate|end-of-candidates)\b/.test(line) ? [] : [line];
  });
  return kept.join('\r\n');
}

/** The size of a description as it stands in a JSON message. */
export function jsonBytes(sdp: string): number {
  return new TextEncoder().encode(JSON.stringify(sdp)).length;
}
