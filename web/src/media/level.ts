// SPDX-License-Identifier: EUPL-1.2
// The level of the own microphone for the meter, ten times a second, on this machine only; and whether it gives
// anything at all. A browser that lets no AudioContext run leaves the meter at 0, and says nothing about silence.

import type { WorldEvent } from '../event';
import { levelOf, stillSilent } from './measure';

const EVERY_MS = 100;

/** Until the returned function is called. */
export function meter(track: MediaStreamTrack, act: (e: WorldEvent) => void): () => void {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 2048; // 43 ms at 48 kHz
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let since: number | null = null;
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, x) => sum + x * x, 0) / samples.length;
    act({ type: 'level', level: levelOf(Math.sqrt(power)) });
    if (context.state !== 'running') return;
    // Even a silent room is not nothing: a microphone that is switched off on itself, or broken, is.
    since = power > 0 && !track.muted ? null : (since ?? context.currentTime);
    act({ type: 'silent', silent: stillSilent(since, context.currentTime) });
  }, EVERY_MS);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}
