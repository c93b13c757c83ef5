// SPDX-License-Identifier: EUPL-1.2
// A meeting of so many tiles, with and without encryption, so that the two can be compared.

import { bare, described, figures, openAll, type Party, party, seal, track, until } from './party';

let ends: Party[] = [];

/** The side that sends one sound and one picture a tile. */
export async function crowd(tiles: number, sealed: boolean): Promise<string> {
  const p = party({ own: 0, flag: sealed });
  ends.push(p);
  for (let i = 0; i < tiles; i++) {
    for (const codec of ['opus', 'VP8'] as const) {
      const t = await bare(p, codec);
      if (sealed) seal(p, codec, t);
    }
  }
  p.epoch(1);
  return described(p.pc);
}

/** The side whose cost is measured. */
export async function audience(sdp: string, sealed: boolean): Promise<string> {
  await track('audio'); // an open device, as in a meeting
  const p = party({ own: 1, flag: sealed });
  ends.push(p);
  if (sealed) openAll(p);
  else p.pc.ontrack = ({ receiver }) => play(receiver);
  p.epoch(1);
  await p.pc.setRemoteDescription({ type: 'offer', sdp });
  return described(p.pc);
}

function play({ track: mine }: RTCRtpReceiver): void {
  const player = document.createElement(mine.kind as 'audio' | 'video');
  player.srcObject = new MediaStream([mine]);
  player.autoplay = true;
  document.body.append(player);
}

export async function take(sdp: string): Promise<void> {
  await ends[0]?.pc.setRemoteDescription({ type: 'answer', sdp });
}

/** Until so many pictures more were decoded on each line; how many on all. */
export async function decoded(more: number): Promise<number> {
  const p = ends.at(-1);
  const receivers = p?.pc.getReceivers().filter((r) => r.track.kind === 'video') ?? [];
  const now = async (): Promise<number[]> => (await Promise.all(receivers.map(figures))).map((f) => f.framesDecoded);
  const before = await now();
  const after = await until(now, (all) => all.every((n, i) => n >= (before[i] ?? 0) + more), 60_000);
  return after.reduce((sum, n, i) => sum + n - (before[i] ?? 0), 0);
}

export function part(): void {
  for (const p of ends) p.close();
  ends = [];
  for (const player of document.querySelectorAll('audio, video')) player.remove();
}
