// SPDX-License-Identifier: EUPL-1.2
// What stays in this browser: the seat's id for the life of the tab, choices of language, devices and display for
// longer. No secret, and nothing of a meeting. A browser that refuses storage only forgets.

import { readPreferences, type Preferences } from '../preferences';
import { LANGUAGES, type Devices, type Language } from '../state';

const SEAT = 'conclave-seat';
const INVITATION = 'conclave-invitation';
const BOUND = 'conclave-bound';
const LANGUAGE = 'conclave-language';
const PREFERENCES = 'conclave-preferences';
const DEVICE = { microphone: 'conclave-microphone', camera: 'conclave-camera', speaker: 'conclave-speaker' } as const;

function read(kind: 'localStorage' | 'sessionStorage', key: string): string | null {
  try {
    return window[kind].getItem(key);
  } catch {
    return null;
  }
}

function write(kind: 'localStorage' | 'sessionStorage', key: string, value: string | null): void {
  try {
    if (value === null) window[kind].removeItem(key);
    else window[kind].setItem(key, value);
  } catch {
    // Forgotten at the next visit, which is all that storage is for.
  }
}

export function canStore(): boolean {
  try {
    return window.sessionStorage.length >= 0;
  } catch {
    return false;
  }
}

export function isLanguage(word: string | null): word is Language {
  return LANGUAGES.some((l) => l === word);
}

/** The seat that this tab holds in this meeting; another meeting in the same tab has another seat. */
export function storedSeat(meeting: string | null): string | null {
  const [seat, of] = (read('sessionStorage', SEAT) ?? '').split(' ');
  return seat !== undefined && /^[A-Za-z]{8}$/.test(seat) && (meeting === null || of === meeting) ? seat : null;
}

export function storeSeat(seat: string, meeting: string): void {
  write('sessionStorage', SEAT, `${seat} ${meeting}`);
}

export function forgetSeat(): void {
  write('sessionStorage', SEAT, null);
}

/** What the clerk signed in the link by which this tab came to this meeting: nothing secret. */
export function storedInvitation(meeting: string | null): string | null {
  const [letters, of] = (read('sessionStorage', INVITATION) ?? '').split(' ');
  return letters !== undefined && meeting !== null && of === meeting ? letters : null;
}

export function storeInvitation(letters: string | null, meeting: string): void {
  write('sessionStorage', INVITATION, letters === null ? null : `${letters} ${meeting}`);
}

/** Whose account was told about this device by this tab. */
export function isBound(email: string): boolean {
  return read('sessionStorage', BOUND) === email;
}

export function storeBound(email: string): void {
  write('sessionStorage', BOUND, email);
}

export function storedLanguage(): Language | null {
  const word = read('localStorage', LANGUAGE);
  return isLanguage(word) ? word : null;
}

export function storeLanguage(language: Language): void {
  write('localStorage', LANGUAGE, language);
}

export function storedDevices(): Pick<Devices, 'microphone' | 'camera' | 'speaker'> {
  return {
    microphone: read('localStorage', DEVICE.microphone),
    camera: read('localStorage', DEVICE.camera),
    speaker: read('localStorage', DEVICE.speaker),
  };
}

export function storeDevice(kind: keyof typeof DEVICE, id: string): void {
  write('localStorage', DEVICE[kind], id);
}

export function storedPreferences(): Preferences {
  return readPreferences(read('localStorage', PREFERENCES));
}

export function storePreferences(preferences: Preferences): void {
  write('localStorage', PREFERENCES, JSON.stringify(preferences));
}
