// SPDX-License-Identifier: EUPL-1.2
// The two sounds of the page, made here, so that no file has to be fetched: a bell to test the loudspeaker, and a short
// chime when something that is the person's own needs their attention.

import { route } from './slots';

/** A partial of a small bell: frequency in Hz, loudness, when it is struck and how fast it dies away, in seconds. */
interface Partial {
  readonly hertz: number;
  readonly loud: number;
  readonly at: number;
  readonly fade: number;
}

const BELL: readonly Partial[] = [
  { hertz: 880, loud: 0.3, at: 0, fade: 1.5 },
  { hertz: 2_112, loud: 0.15, at: 0, fade: 0.9 },
  { hertz: 3_520, loud: 0.08, at: 0, fade: 0.5 },
];
const CHIME: readonly Partial[] = [
  { hertz: 784, loud: 0.2, at: 0, fade: 0.3 },
  { hertz: 587, loud: 0.2, at: 0.15, fade: 0.4 },
];

function lasts(partials: readonly Partial[]): number {
  return Math.max(...partials.map((p) => p.at + p.fade)) + 0.1;
}

/** Plays it on the loudspeaker and tells when it is over, heard or not. */
function play(partials: readonly Partial[], device: string | null, over: () => void): void {
  const context = new AudioContext();
  const out = context.createMediaStreamDestination();
  for (const { hertz, loud, at, fade } of partials) {
    const start = context.currentTime + 0.05 + at;
    const tone = new OscillatorNode(context, { frequency: hertz });
    const volume = new GainNode(context, { gain: 0 });
    volume.gain.setValueAtTime(loud, start);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + fade);
    tone.connect(volume).connect(out);
    tone.start(start);
    tone.stop(start + fade);
  }
  const audio = new Audio();
  if (device !== null) route(audio, device);
  audio.srcObject = out.stream;
  audio.play().catch(() => undefined); // a blocked sound is not heard; what it tells is also seen and read out
  setTimeout(() => {
    audio.srcObject = null;
    void context.close();
    over();
  }, lasts(partials) * 1_000);
}

export function bell(device: string | null, over: () => void): void {
  play(BELL, device, over);
}

export function chime(device: string | null): void {
  play(CHIME, device, () => undefined);
}
