// SPDX-License-Identifier: EUPL-1.2
// The test sound: a bell, made here, so that no file has to be fetched.

import { route } from './slots';

const SECONDS = 1.6;
/** Partials of a small bell: frequency in Hz, loudness, and how fast it dies away. */
const PARTIALS = [
  { hertz: 880, loud: 0.3, fade: 1.5 },
  { hertz: 2_112, loud: 0.15, fade: 0.9 },
  { hertz: 3_520, loud: 0.08, fade: 0.5 },
] as const;

/** Plays it on the chosen loudspeaker and tells when it is over, heard or not. */
export function bell(device: string | null, over: () => void): void {
  const context = new AudioContext();
  const out = context.createMediaStreamDestination();
  const start = context.currentTime + 0.05;
  for (const { hertz, loud, fade } of PARTIALS) {
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
  audio.play().catch(() => undefined); // a blocked sound is a sound not heard, which is what the test is for
  setTimeout(() => {
    audio.srcObject = null;
    void context.close();
    over();
  }, SECONDS * 1_000);
}
