// SPDX-License-Identifier: EUPL-1.2
// Carries out what update() of the pages wants done: requests, passkeys, files, the address.

import { storeLanguage, storeSeat } from '../store/store';
import { ask } from './api';
import type { Effect } from './effect';
import type { Event } from './event';
import { readManifest } from './integrity';
import { make, show } from './passkey';

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
    case 'remember-language':
      return storeLanguage(e.language);
    case 'enter':
      storeSeat(e.seat, e.meeting);
      return location.assign(`/m/${e.meeting}`);
    case 'copy':
      return void navigator.clipboard.writeText(e.text).then(() => tell({ type: 'copied' }), () => undefined);
    case 'save':
      return save(e);
    case 'print':
      return window.print();
    case 'check-files':
      return void checkFiles(tell);
  }
}
