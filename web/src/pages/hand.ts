// SPDX-License-Identifier: EUPL-1.2
// Carries out what update() of the pages wants done: requests, passkeys, files, the address.

import { isBound, storeBound, storeLanguage, storeSeat } from '../store/store';
import { ask } from './api';
import type { Effect } from './effect';
import type { Event } from './event';
import { readManifest } from './integrity';
import { make, show } from './passkey';
import { deviceOf, looked, sign, signInvitations } from './roster';

type Tell = (e: Event) => void;

async function request(e: Extract<Effect, { do: 'ask' }>, tell: Tell): Promise<void> {
  const answer = await ask(e.path, e.body);
  if ('path' in answer) tell({ type: 'answered', answer });
  else tell({ type: 'refused', path: e.path, refusal: answer });
}

async function makeKey(e: Extract<Effect, { do: 'make-key' }>, tell: Tell): Promise<void> {
  const made = await make(e.offer);
  tell(typeof made === 'string' ? { type: 'no-key', why: made } : { type: 'key-made', made });
}

async function showKey(e: Extract<Effect, { do: 'show-key' }>, tell: Tell): Promise<void> {
  const shown = await show(e.challenge, e.rp);
  tell(typeof shown === 'string' ? { type: 'no-key', why: shown } : { type: 'key-shown', shown });
}

/** The page is not left in the midst of it, unless it takes too long. */
const BIND_MS = 2_000;
let binding: Promise<void> = Promise.resolve();
const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Once a tab; what fails is tried again at the next visit. */
async function bindDevice({ email, clerk }: Extract<Effect, { do: 'bind-device' }>): Promise<void> {
  if (isBound(email)) return;
  const device = await deviceOf(email, clerk).catch(() => null);
  if (device === null) return;
  const label = matchMedia('(pointer: coarse)').matches ? 'phone' : 'computer';
  const answer = await ask('/api/me/device', { device, label });
  if ('path' in answer) storeBound(email);
}

/** What the browser itself would use: the copy that it holds, else what the server sends now. */
async function hashOf(path: string): Promise<string> {
  try {
    const response = await fetch(path, { credentials: 'omit', redirect: 'error', cache: 'force-cache' });
    if (!response.ok) return '';
    const digest = await crypto.subtle.digest('SHA-256', await response.arrayBuffer());
    return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
  } catch {
    return '';
  }
}

async function checkFiles(tell: Tell): Promise<void> {
  try {
    const response = await fetch('/manifest.json', { credentials: 'omit', redirect: 'error', cache: 'no-store' });
    const files = readManifest(await response.json());
    tell({ type: 'files', files });
    for (const { path } of files) tell({ type: 'file', path, found: await hashOf(path) });
    tell({ type: 'files-done' });
  } catch {
    tell({ type: 'no-files' });
  }
}

function save(e: Extract<Effect, { do: 'save' }>): void {
  const address = URL.createObjectURL(new Blob([e.text], { type: e.kind }));
  const link = document.createElement('a');
  link.href = address;
  link.download = e.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000); // the download has begun by then
}

export function carryOut(e: Effect, tell: Tell): void {
  switch (e.do) {
    case 'ask':
      return void request(e, tell);
    case 'make-key':
      return void makeKey(e, tell);
    case 'show-key':
      return void showKey(e, tell);
    case 'leave':
      return location.assign(e.url);
    case 'remember-language':
      return storeLanguage(e.language);
    case 'enter':
      storeSeat(e.seat, e.meeting);
      return void binding.then(() => location.assign(`/m/${e.meeting}`));
    case 'copy':
      return void navigator.clipboard.writeText(e.text).then(() => tell({ type: 'copied' }), () => undefined);
    case 'save':
      return save(e);
    case 'bind-device':
      binding = Promise.race([bindDevice(e), wait(BIND_MS)]);
      return;
    case 'look-at-roster':
      return void looked(e.email, e.body, e.answer, e.substitute, Date.now()).catch(() => null)
        .then((list) => tell({ type: 'roster-looked', list }));
    case 'sign-roster':
      return void sign(e.email, e.list, Date.now()).catch(() => null)
        .then((letters) => tell({ type: 'roster-signed', letters }));
    case 'sign-invitations':
      return void signInvitations(e.email, e.meeting).catch(() => null)
        .then((invitations) => tell({ type: 'invitations-signed', invitations }));
    case 'print':
      return window.print();
    case 'check-files':
      return void checkFiles(tell);
  }
}
