// SPDX-License-Identifier: EUPL-1.2
// The keyboard. Single letters work only outside text fields (WCAG 2.1.4); no key admits, ends or leaves.

import { PANELS, type State } from '../state';
import type { Act } from './scene';

const REGION = '[data-region]';

function writes(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  if (target instanceof HTMLInputElement) return target.type !== 'radio' && target.type !== 'checkbox';
  return target.isContentEditable;
}

/** The next or previous large part of the room gets the focus. */
function toRegion(step: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>(REGION)];
  if (regions.length === 0) return;
  const here = regions.findIndex((region) => region.contains(document.activeElement));
  const next = here < 0 ? (step > 0 ? 0 : regions.length - 1) : (here + step + regions.length) % regions.length;
  regions[next]?.focus();
}

function onLetter(key: string, state: State, act: Act): boolean {
  const present = state.phase.name === 'inside' || state.phase.name === 'lobby';
  const inRoom = state.phase.name === 'inside' && state.dialog === null;
  switch (key) {
    case 'm':
      if (present) act({ type: 'toggle', source: 'microphone' });
      return present;
    case 'v':
      if (present) act({ type: 'toggle', source: 'camera' });
      return present;
    case 'w':
      if (inRoom) act({ type: 'hand' });
      return inRoom;
    case '?':
      if (inRoom) act({ type: 'open-dialog', dialog: 'help' });
      return inRoom;
    default:
      return inRoom && onNumber(key, act);
  }
}

/** The panels in the order of the rail. */
function onNumber(key: string, act: Act): boolean {
  const panel = PANELS[Number(key) - 1];
  if (panel !== undefined) act({ type: 'panel', panel });
  return panel !== undefined;
}

function onKey(e: KeyboardEvent, state: State, act: Act): boolean {
  if (e.ctrlKey || e.altKey || e.metaKey || e.isComposing) return false;
  if (e.key === 'F6' && state.dialog === null) {
    toRegion(e.shiftKey ? -1 : 1);
    return true;
  }
  if (e.key === 'Escape' && state.dialog === null && state.sheet) {
    act({ type: 'sheet-closed' });
    return true;
  }
  return !e.repeat && !writes(e.target) && onLetter(e.key.toLowerCase(), state, act);
}

/** Listens until the function that it returns is called. */
export function bindKeys(target: EventTarget, state: () => State, act: Act): () => void {
  const listener = (e: Event): void => {
    if (e instanceof KeyboardEvent && onKey(e, state(), act)) e.preventDefault();
  };
  target.addEventListener('keydown', listener);
  return () => target.removeEventListener('keydown', listener);
}
