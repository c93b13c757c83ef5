// SPDX-License-Identifier: EUPL-1.2
// What of a frame stays in the clear, so that packetizers and the server can do their work, and where it stands
// (research/e2ee.md, 2.1 and 2.2: measured in both browsers).
// Invariant: a codec that is not named here is never sent and never played.

import type { Bytes } from './sframe';

export type Codec = 'opus' | 'vp8' | 'vp9' | 'av1';

/** The two headers of AV1's envelope, one opaque OBU that has a size: a sequence header stands for a key frame. */
const AV1_KEY = 0x0a;
const AV1_OTHER = 0x32;

export function codecOf(mimeType: string | undefined): Codec | null {
  switch (mimeType?.toLowerCase()) {
    case 'audio/opus':
      return 'opus';
    case 'video/vp8':
      return 'vp8';
    case 'video/vp9':
      return 'vp9';
    case 'video/av1':
      return 'av1';
    default:
      return null;
  }
}

/** What is to be sealed: the bytes that stay in the clear before it (they are authenticated), and the rest. */
export interface Split {
  readonly clear: Bytes;
  readonly body: Bytes;
}

const NOTHING = new Uint8Array();

export function split(codec: Codec, isKey: boolean, data: Bytes): Split {
  switch (codec) {
    case 'opus':
    case 'vp9':
      return { clear: NOTHING, body: data };
    case 'vp8':
      return { clear: data.subarray(0, 1), body: data.subarray(1) }; // bit 0: no key frame
    case 'av1':
      return { clear: Uint8Array.of(isKey ? AV1_KEY : AV1_OTHER), body: data };
  }
}

/** LEB128, as AV1 writes sizes. */
function size(n: number): Bytes {
  const out = [];
  let rest = n;
  for (; rest >= 128; rest >>>= 7) out.push((rest & 127) | 128);
  return Uint8Array.of(...out, rest);
}

/** What stands between the clear bytes and `length` sealed ones. */
export function framing(codec: Codec, length: number): Bytes {
  return codec === 'av1' ? size(length) : NOTHING;
}

/** A frame as it came; null if it is not what split() and framing() make. */
export interface Arrived extends Split {
  /** Whether the clear bytes are a part of the frame that is played. */
  readonly keep: boolean;
}

export function unwrap(codec: Codec, data: Bytes): Arrived | null {
  switch (codec) {
    case 'opus':
    case 'vp9':
      return { clear: NOTHING, body: data, keep: false };
    case 'vp8':
      return { clear: data.subarray(0, 1), body: data.subarray(1), keep: true };
    case 'av1':
      return unwrapAv1(data);
  }
}

function unwrapAv1(data: Bytes): Arrived | null {
  if (data[0] !== AV1_KEY && data[0] !== AV1_OTHER) return null;
  let length = 0;
  for (let at = 1; at <= 4; at++) {
    const byte = data[at];
    if (byte === undefined) return null;
    length |= (byte & 127) << (7 * (at - 1));
    if (byte >= 128) continue;
    const body = data.subarray(at + 1);
    return body.length === length ? { clear: data.subarray(0, 1), body, keep: false } : null;
  }
  return null;
}
