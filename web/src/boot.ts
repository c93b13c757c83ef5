// SPDX-License-Identifier: EUPL-1.2
// What the page finds when it is loaded: an address, a browser and its abilities.

import { LANGUAGES, type Lack, type Language } from './state';
import { canStore, isLanguage, storedLanguage } from './store/store';

export interface Address {
  /** From /j#TOKEN. */
  readonly token: string | null;
  /** From /m/ID. */
  readonly meeting: string | null;
  /** From ?lang=. */
  readonly language: Language | null;
}

/** Pure. */
export function readAddress(at: {
  readonly pathname: string;
  readonly search: string;
  readonly hash: string;
}): Address {
  const language = new URLSearchParams(at.search).get('lang');
  return {
    token: at.pathname === '/j' && at.hash.length > 1 ? at.hash.slice(1) : null,
    meeting: /^\/m\/([\w-]{1,64})$/.exec(at.pathname)?.[1] ?? null,
    language: isLanguage(language) ? language : null,
  };
}

/** Pure: the address's word, then the person's earlier choice, then the browser's, then Dutch. */
export function chooseLanguage(
  asked: Language | null,
  stored: Language | null,
  browser: readonly string[],
): Language {
  const spoken = browser.map((tag) => LANGUAGES.find((l) => tag.toLowerCase().split('-')[0] === l));
  return asked ?? stored ?? spoken.find((l) => l !== undefined) ?? 'nl';
}

/** Takes the link's secret out of the address bar, so that it is neither seen, nor shared, nor kept in the history. */
export function takeAddress(): Address {
  const address = readAddress(location);
  if (location.hash !== '') history.replaceState(null, '', location.pathname + location.search);
  return address;
}

export function language(asked: Language | null): Language {
  return chooseLanguage(asked, storedLanguage(), navigator.languages);
}

export function lacks(): readonly Lack[] {
  const found: Lack[] = [];
  if (!window.isSecureContext || (navigator.mediaDevices as MediaDevices | undefined) === undefined)
    found.push('secure-context');
  if (!('RTCPeerConnection' in window) || !('setCodecPreferences' in RTCRtpTransceiver.prototype))
    found.push('webrtc');
  if (!('WebSocket' in window)) found.push('websocket');
  if (!canStore()) found.push('storage');
  return found;
}

/** A small screen that is touched: nine pictures instead of twenty-five, and no screen to share. */
export function isPhone(): boolean {
  return matchMedia('(pointer: coarse)').matches && Math.min(screen.width, screen.height) < 600;
}

export function canShare(): boolean {
  const devices = navigator.mediaDevices as Partial<MediaDevices> | undefined;
  return !isPhone() && typeof devices?.getDisplayMedia === 'function';
}

export function canChooseSpeaker(): boolean {
  return 'setSinkId' in HTMLMediaElement.prototype;
}
