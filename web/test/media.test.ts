// SPDX-License-Identifier: EUPL-1.2
// The pure half of media/: tables, mapping, arithmetic.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { constraintsOf, troubleOf } from '../src/media/devices';
import {
  allowedCodecs,
  CAMERA_ENCODINGS,
  jsonBytes,
  receiveLines,
  SEND_LINES,
  slim,
  wantsExtension,
} from '../src/media/lines';
import {
  follow,
  FROZEN_MS,
  hasPicture,
  isFrozen,
  lastSpoke,
  levelOf,
  lossBetween,
  loudness,
  rmsOf,
  speaks,
} from '../src/media/measure';
import { carriedBy } from '../src/media/slots';

describe('lines', () => {
  it('are what ARCHITECTURE fixes', () => {
    expect(SEND_LINES.map((l) => l.role)).toEqual(['microphone', 'camera', 'screen', 'screen-sound']);
    const count = (phone: boolean, role: string): number => receiveLines(phone).filter((l) => l.role === role).length;
    expect([
      count(false, 'audio'),
      count(false, 'screen-sound'),
      count(false, 'video'),
      count(false, 'screen'),
    ]).toEqual([8, 1, 25, 1]);
    expect([count(true, 'audio'), count(true, 'screen-sound'), count(true, 'video'), count(true, 'screen')]).toEqual([
      8, 1, 9, 1,
    ]);
  });
  it('send three layers of the camera, each smaller and cheaper than the next', () => {
    expect(CAMERA_ENCODINGS.map((e) => e.rid)).toEqual(['q', 'h', 'f']);
    expect(CAMERA_ENCODINGS.map((e) => e.scaleResolutionDownBy)).toEqual([4, 2, 1]);
    expect(CAMERA_ENCODINGS.map((e) => e.maxBitrate)).toEqual([150_000, 300_000, 800_000]);
  });
  it('send the screen in layers in time, of which a narrow line is given fewer', () => {
    const screen = SEND_LINES.find((l) => l.source === 'screen');
    expect([screen?.first, screen?.encodings.map((e) => e.scalabilityMode)]).toEqual(['VP9', ['L1T3']]);
  });
  const chromium = [
    { mimeType: 'video/VP8' },
    { mimeType: 'video/rtx' },
    { mimeType: 'video/VP9', sdpFmtpLine: 'profile-id=0' },
    { mimeType: 'video/VP9', sdpFmtpLine: 'profile-id=2' },
    { mimeType: 'video/H264' },
    { mimeType: 'video/AV1' },
    { mimeType: 'video/red' },
    { mimeType: 'video/ulpfec' },
    { mimeType: 'video/flexfec-03' },
  ];
  it('carry VP8, VP9 and their retransmission, and no more', () => {
    const names = (first: 'VP8' | 'VP9'): string[] =>
      allowedCodecs(chromium, { kind: 'video', first }).map((c) => `${c.mimeType}${c.sdpFmtpLine ?? ''}`);
    expect(names('VP8')).toEqual(['video/VP8', 'video/VP9profile-id=0', 'video/rtx']);
    expect(names('VP9')).toEqual(['video/VP9profile-id=0', 'video/VP8', 'video/rtx']);
    expect(
      allowedCodecs([{ mimeType: 'video/VP9', sdpFmtpLine: 'max-fs=12288;max-fr=60' }], {
        kind: 'video',
        first: 'VP9',
      }),
    ).toHaveLength(1);
  });
  it('carry Opus without redundancy', () => {
    const audio = [
      { mimeType: 'audio/opus' },
      { mimeType: 'audio/red' },
      { mimeType: 'audio/PCMU' },
      { mimeType: 'audio/CN' },
    ];
    expect(allowedCodecs(audio, { kind: 'audio', first: 'opus' })).toEqual([{ mimeType: 'audio/opus' }]);
  });
  it('do not tell the server how loud anybody is', () => {
    expect(wantsExtension('urn:ietf:params:rtp-hdrext:sdes:mid')).toBe(true);
    expect(wantsExtension('urn:ietf:params:rtp-hdrext:ssrc-audio-level')).toBe(false);
  });
  it('travel without what nobody needs', () => {
    const offer = [
      'v=0',
      'm=audio 9 UDP/TLS/RTP/SAVPF 109',
      'a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level',
      'a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid',
      'a=rtpmap:109 opus/48000/2',
      'a=rtcp-fb:120 nack',
      'm=video 0 UDP/TLS/RTP/SAVPF 120 124',
      'a=extmap:9/sendonly urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
      'a=extmap:5 urn:ietf:params:rtp-hdrext:toffset',
      'a=candidate:1 1 UDP 1 192.0.2.1 9 typ host',
      'a=end-of-candidates',
      'a=rtcp-fb:120 nack pli',
      'a=rtcp-fb:99 nack',
      'a=fmtp:124 apt=120',
      'a=rid:q send',
      'a=simulcast:send q',
    ];
    expect(slim([...offer, ''].join('\r\n')).split('\r\n')).toEqual([
      'v=0',
      'm=audio 9 UDP/TLS/RTP/SAVPF 109',
      'a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid',
      'a=rtpmap:109 opus/48000/2',
      'm=video 0 UDP/TLS/RTP/SAVPF 120 124',
      'a=extmap:9/sendonly urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
      'a=rtcp-fb:120 nack pli',
      'a=fmtp:124 apt=120',
      'a=rid:q send',
      'a=simulcast:send q',
      '',
    ]);
  });
  const sound = (direction: string): string =>
    [
      'm=audio 9 UDP/TLS/RTP/SAVPF 111',
      'a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
      'a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid',
      `a=${direction}`,
      'a=rtpmap:111 opus/48000/2',
      'a=rtcp-fb:111 transport-cc',
      '',
    ].join('\r\n');
  it('ask for lost sound, and number what is sent again but once', () => {
    const [sends, receives] = slim(`v=0\r\n${sound('sendonly')}${sound('recvonly')}`).split(/(?=m=audio)/).slice(1);
    expect(sends).toContain('a=rtcp-fb:111 nack\r\n');
    expect(sends).not.toMatch(/transport-(?:cc|wide)/);
    expect(receives).toContain('a=rtcp-fb:111 nack\r\n');
    expect(receives).toContain('a=rtcp-fb:111 transport-cc\r\n');
    expect(receives).toContain('transport-wide-cc');
  });
  it('leave a sound check as it is', () => {
    expect(slim(sound('sendrecv'))).toBe(sound('sendrecv'));
  });
  it('are measured as they stand in JSON', () => {
    expect(jsonBytes('a\r\nb')).toBe(8);
    expect(jsonBytes('é')).toBe(4);
  });
});

describe('devices', () => {
  it.each([
    ['NotAllowedError', 'not-allowed'],
    ['SecurityError', 'not-allowed'],
    ['NotFoundError', 'not-found'],
    ['OverconstrainedError', 'not-found'],
    ['NotReadableError', 'in-use'],
    ['AbortError', 'in-use'],
    ['TypeError', 'failed'],
  ])('%s is %s', (name, trouble) => {
    expect(troubleOf(Object.assign(new Error(), { name }))).toBe(trouble);
  });
  it('what is no error is a failure', () => expect(troubleOf('x')).toBe('failed'));
  it('the microphone is cleaned, the camera is bounded, the choice is kept', () => {
    expect(constraintsOf('microphone', 'm', { echo: true, noise: true, gain: true })).toEqual({
      audio: { deviceId: { exact: 'm' }, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    });
    expect(constraintsOf('camera', null, { echo: true, noise: true, gain: true })).toEqual({
      video: { width: { ideal: 960 }, height: { ideal: 540 }, frameRate: { ideal: 24, max: 24 } },
    });
  });
  it('ask for the picture by which the server chooses layers, which sees none', () => {
    const server = readFileSync(new URL('../../sfu/room/layer.c', import.meta.url), 'utf8');
    expect(server).toContain('#define LAYER_FULL_PIXELS (960u * 540u)');
  });
});

describe('slots', () => {
  const lines = [
    { mid: '4', kind: 'audio' },
    { mid: '5', kind: 'audio' },
    { mid: '13', kind: 'video' },
    { mid: '14', kind: 'video' },
  ] as const;
  const mapped = (slots: Parameters<typeof carriedBy>[1], self: number | null = 1): string[] =>
    carriedBy(lines, slots, self).map(([line, slot]) => `${line.mid} ${slot.person} ${slot.source}`);
  it('follow the server', () => {
    expect(
      mapped([
        { mid: '14', person: 3, source: 'camera' },
        { mid: '4', person: 3, source: 'microphone' },
      ]),
    ).toEqual(['14 3 camera', '4 3 microphone']);
  });
  it('leave out lines that are not there, of the wrong kind, or our own', () => {
    expect(
      mapped([
        { mid: '99', person: 3, source: 'camera' },
        { mid: '4', person: 3, source: 'camera' },
        { mid: '13', person: 3, source: 'microphone' },
        { mid: '13', person: 1, source: 'camera' },
      ]),
    ).toEqual([]);
  });
  it('show nobody twice', () => {
    expect(
      mapped([
        { mid: '13', person: 3, source: 'camera' },
        { mid: '14', person: 3, source: 'camera' },
      ]),
    ).toEqual(['13 3 camera']);
    expect(
      mapped([
        { mid: '13', person: 3, source: 'camera' },
        { mid: '14', person: 3, source: 'screen' },
      ]),
    ).toHaveLength(2);
  });
});

describe('measurements', () => {
  it('loudness is what was played between two readings', () => {
    expect(loudness(undefined, { energy: 5, seconds: 5 })).toBe(0);
    expect(loudness({ energy: 1, seconds: 1 }, { energy: 1.25, seconds: 2 })).toBe(0.5);
    expect(loudness({ energy: 1, seconds: 1 }, { energy: 1, seconds: 1 })).toBe(0);
    expect(loudness({ energy: 9, seconds: 9 }, { energy: 1, seconds: 10 })).toBe(0);
  });
  it('a pause between two words is not the end of speaking', () => {
    const last = lastSpoke(null, 0.2, 1_000);
    expect(speaks(lastSpoke(last, 0.001, 1_500), 1_500)).toBe(true);
    expect(speaks(lastSpoke(last, 0.001, 1_700), 1_700)).toBe(false);
    expect(speaks(lastSpoke(null, 0.001, 0), 0)).toBe(false);
  });
  it('a picture is there with the first new frame, frozen after two seconds without', () => {
    const first = follow(undefined, 100, 0);
    expect(hasPicture(first)).toBe(false); // frames of whoever had the line before
    const moving = follow(first, 101, 500);
    expect(hasPicture(moving)).toBe(true);
    const still = follow(moving, 101, 500 + FROZEN_MS);
    expect(isFrozen(still, 499 + FROZEN_MS)).toBe(false);
    expect(isFrozen(still, 500 + FROZEN_MS)).toBe(true);
    expect(isFrozen(follow(still, 102, 5_000), 5_000)).toBe(false);
    expect(isFrozen(first, 99_999)).toBe(false);
  });
  it('loss is a part of what was sent', () => {
    expect(lossBetween({ received: 0, lost: 0 }, { received: 95, lost: 5 })).toBe(0.05);
    expect(lossBetween({ received: 9, lost: 9 }, { received: 9, lost: 9 })).toBe(0);
    expect(lossBetween({ received: 100, lost: 9 }, { received: 110, lost: 4 })).toBe(0);
  });
  it('the meter covers what a voice covers', () => {
    expect([0, 0.0001, 0.001, 0.1, 0.5, 1, 4].map(levelOf)).toEqual([0, 0, 0, 8, 10, 10, 10]);
    expect(levelOf(0.01)).toBe(4);
    for (let level = 0; level <= 10; level++) expect(levelOf(rmsOf(level))).toBe(level);
  });
});
