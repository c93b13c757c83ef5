// SPDX-License-Identifier: EUPL-1.2
// The media of many members in one page, as their own pages would make them: the client's connection and frames worker
// for each, one camera for all. Keys and signalling are the test's (tests/browser/lib/pictures.mjs). Each receives
// nothing: only what they send is wanted.

import { type Frames, frames } from '../../../src/crypto/frames/frames';
import type { KeysMessage } from '../../../src/crypto/frames/messages';
import { type Connection, connection } from '../../../src/media/connection';
import type { Drawn, Role } from '../../../src/wire/messages';

interface Seat {
  readonly frames: Frames;
  readonly pc: Connection;
}

/** With the key as numbers, since it comes from outside of the browser. */
type Keyed = Exclude<KeysMessage, { type: 'epoch' }> | (Omit<Extract<KeysMessage, { type: 'epoch' }>, 'baseKey'> & {
  readonly baseKey: readonly number[];
});

const RATE = 10;
const seats = new Map<string, Seat>();
let camera: Promise<MediaStreamTrack> | undefined;

async function picture(): Promise<MediaStreamTrack> {
  const wanted = { video: { width: 960, height: 540, frameRate: RATE } };
  const [track] = (await navigator.mediaDevices.getUserMedia(wanted)).getVideoTracks();
  if (track === undefined) throw new Error('no camera');
  return track;
}

function seat(name: string): Seat {
  const known = seats.get(name);
  if (known !== undefined) return known;
  const mine = frames(() => undefined);
  const made = { frames: mine, pc: connection(true, () => undefined, mine) };
  seats.set(name, made);
  return made;
}

function keyed(name: string, m: Keyed): void {
  const message = m.type === 'epoch' ? { ...m, baseKey: Uint8Array.from(m.baseKey) } : m;
  seat(name).frames.keysPort.postMessage(message);
}

interface Offered {
  readonly sdp: string;
  readonly roles: Readonly<Record<string, Role>>;
  /** Nothing of the others is drawn. */
  readonly lines: readonly Drawn[];
}

async function offer(name: string): Promise<Offered> {
  const { pc } = seat(name);
  await pc.setTrack('camera', await (camera ??= picture()));
  const { sdp, roles } = await pc.offer(false);
  const lines = pc.receiving().filter((l) => l.kind === 'video').map(({ mid }) => ({ mid, width: 0, height: 0 }));
  return { sdp, roles, lines };
}

Object.assign(window, {
  crowd: {
    keyed,
    offer,
    answer: (name: string, sdp: string) => seat(name).pc.answer(sdp),
    watched: (name: string, layers: readonly number[]) => seat(name).pc.setWatched('camera', layers),
  },
});
