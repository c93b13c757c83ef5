// SPDX-License-Identifier: EUPL-1.2
// The person's own tracks. Off means stopped: the lamp of the camera goes out. Invariant: a device that opens after the
// person changed their mind is closed at once, and is heard of by nobody.

import type { Captured, SoundWork } from '../effect';
import type { WorldEvent } from '../event';
import type { SourceName } from '../wire/messages';
import { open, troubleOf } from './devices';

export interface Own {
  capture(source: Captured, device: string | null, sound: SoundWork): void;
  release(source: Captured): void;
  track(source: SourceName): MediaStreamTrack | null;
  /** For the own tile; the same object as long as the device is the same. */
  stream(source: 'camera' | 'screen'): MediaStream | null;
}

/** What goes on or off together. */
const PARTS: { readonly [C in Captured]: readonly SourceName[] } = {
  microphone: ['microphone'],
  camera: ['camera'],
  screen: ['screen', 'screen_sound'],
};

/** `changed`: this source is now this track, or silent. Called before the event that tells of it. */
export function own(
  act: (e: WorldEvent) => void,
  changed: (source: SourceName, track: MediaStreamTrack | null) => void,
): Own {
  const tracks = new Map<SourceName, MediaStreamTrack>();
  const streams = new Map<SourceName, MediaStream>();
  const tries: Record<Captured, number> = { microphone: 0, camera: 0, screen: 0 };

  function put(source: SourceName, track: MediaStreamTrack | null): void {
    const old = tracks.get(source);
    if (old === track || (old === undefined && track === null)) return;
    if (track === null) {
      tracks.delete(source);
      streams.delete(source);
    } else {
      tracks.set(source, track);
      streams.set(source, new MediaStream([track]));
      track.addEventListener('ended', () => {
        if (tracks.get(source) === track) act({ type: 'source-ended', source });
      });
    }
    changed(source, track);
    old?.stop(); // fires no `ended`
  }

  function take(source: Captured, stream: MediaStream): void {
    const video = stream.getVideoTracks()[0] ?? null;
    const audio = stream.getAudioTracks()[0] ?? null;
    switch (source) {
      case 'microphone':
        return put('microphone', audio);
      case 'camera':
        return put('camera', video);
      case 'screen':
        if (video !== null) video.contentHint = 'detail'; // letters before smoothness
        put('screen', video);
        return put('screen_sound', audio);
    }
  }

  function capture(source: Captured, device: string | null, sound: SoundWork): void {
    const mine = (tries[source] += 1);
    open(source, device, sound).then(
      (stream) => {
        if (tries[source] !== mine) return stream.getTracks().forEach((t) => t.stop());
        take(source, stream);
        act({ type: 'captured', source, sound: tracks.has('screen_sound') });
      },
      (error: unknown) => {
        if (tries[source] === mine) act({ type: 'not-captured', source, trouble: troubleOf(error) });
      },
    );
  }

  return {
    capture,
    release: (source) => {
      tries[source] += 1;
      for (const part of PARTS[source]) put(part, null);
    },
    track: (source) => tracks.get(source) ?? null,
    stream: (source) => streams.get(source) ?? null,
  };
}
