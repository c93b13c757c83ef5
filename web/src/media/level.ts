// SPDX-License-Identifier: EUPL-1.2
// The level of the own microphone for the meter, ten times a second, on this machine only.

import { levelOf } from './measure';

const EVERY_MS = 100;

/** Until the returned function is called. A browser that lets no AudioContext run leaves the meter at 0. */
export function meter(track: MediaStreamTrack, tell: (level: number) => void): () => void {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 2048; // 43 ms at 48 kHz
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    tell(levelOf(Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length)));
  }, EVERY_MS);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}
