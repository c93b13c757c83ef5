// SPDX-License-Identifier: EUPL-1.2
// What the page finds when it is loaded: an address, a browser and its abilities.

import { canSeal } from './crypto/frames/frames';
import { LANGUAGES, type Lack, type Language } from './state';
import { canStore, isLanguage, storedLanguage } from './store/store';

/** Which client the address is of: the meeting, its report, or accounts and administration. */
export type Place = 'meeting' | 'report' | 'pages';

export interface Address {
  readonly place: Place;
  /** From /j#TOKEN or /enrol#TOKEN. */
  readonly token: string | null;
  /** What the clerk signed, from /j#TOKEN.INVITATION. */
  readonly invitation: string | null;
  /** From /m/ID or /m/ID/report. */
  readonly meeting: string | null;
  /** From ?lang=. */
  readonly language: Language | null;
}

const PAGES: readonly string[] = ['/', '/enrol', '/meetings/new', '/admin', '/integrity'];
const SECRET: readonly string[] = ['/j', '/enrol'];
const MEETING = /^\/m\/([\w-]{1,64})(\/report)?$/;

/** Pure. */
export function readAddress(at: {
  readonly pathname: string;
  readonly search: string;
  readonly hash: string;
}): Address {
  const language = new URLSearchParams(at.search).get('lang');
  const named = MEETING.exec(at.pathname);
  const report = named?.[2] !== undefined;
  const [token = '', invitation = null] = SECRET.includes(at.pathname) ? at.hash.slice(1).split('.', 2) : [];
  return {
    place: PAGES.includes(at.pathname) ? 'pages' : report ? 'report' : 'meeting',
    token: token === '' ? null : token,
    invitation,
    meeting: named?.[1] ?? null,
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
  if (!canSeal()) found.push('encryption');
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
