// SPDX-License-Identifier: EUPL-1.2
// Microphones, cameras, screens and loudspeakers of this machine. Asked for only when the person pressed for it.

import type { Captured, SoundWork } from '../effect';
import type { Device, Trouble } from '../state';

/** What a browser's refusal means to a person. */
export function troubleOf(error: unknown): Trouble {
  switch (error instanceof Error ? error.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'not-allowed';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'not-found';
    case 'NotReadableError':
    case 'AbortError':
      return 'in-use';
    default:
      return 'failed';
  }
}

export function constraintsOf(
  source: 'microphone' | 'camera',
  device: string | null,
  sound: SoundWork,
): MediaStreamConstraints {
  const which = device === null || device === '' ? {} : { deviceId: { exact: device } };
  if (source === 'microphone') {
    const { echo, noise, gain } = sound;
    return { audio: { ...which, echoCancellation: echo, noiseSuppression: noise, autoGainControl: gain } };
  }
  return { video: { ...which, width: { ideal: 960 }, height: { ideal: 540 }, frameRate: { ideal: 24, max: 24 } } };
}

/** Opens the device; one that was chosen and is no longer there gives way to the system's own choice. */
export async function open(source: Captured, device: string | null, sound: SoundWork): Promise<MediaStream> {
  if (source === 'screen') {
    return navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 15 } }, audio: true });
  }
  try {
    return await navigator.mediaDevices.getUserMedia(constraintsOf(source, device, sound));
  } catch (e) {
    if (device === null || troubleOf(e) !== 'not-found') throw e;
    return navigator.mediaDevices.getUserMedia(constraintsOf(source, null, sound));
  }
}

export interface DeviceList {
  readonly microphones: readonly Device[];
  readonly cameras: readonly Device[];
  readonly speakers: readonly Device[];
}

/** Devices without an id are the browser's way of saying "there is one, but I do not tell which": left out. */
export async function list(): Promise<DeviceList> {
  const all = await navigator.mediaDevices.enumerateDevices();
  const of = (kind: MediaDeviceKind): Device[] =>
    all.filter((d) => d.kind === kind && d.deviceId !== '').map((d) => ({ id: d.deviceId, label: d.label }));
  return { microphones: of('audioinput'), cameras: of('videoinput'), speakers: of('audiooutput') };
}
