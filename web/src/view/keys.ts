// SPDX-License-Identifier: EUPL-1.2
// The keyboard. Single letters work only outside text fields (WCAG 2.1.4); no key admits, ends or leaves.
// Which letter does what is the person's choice, and so is whether any does.

import { takenBy, type Shortcut } from '../preferences';
import { ownTurn } from '../select';
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

/** What the space bar presses by itself. */
const PRESSED = 'button, a, input, select, textarea, summary, video, [role=button], [role=tab]';

function press(shortcut: Shortcut, state: State, act: Act): boolean {
  const present = state.phase.name === 'inside' || state.phase.name === 'lobby';
  const inRoom = state.phase.name === 'inside' && state.dialog === null;
  switch (shortcut) {
    case 'microphone':
    case 'camera':
      if (present) act({ type: 'toggle', source: shortcut });
      return present;
    case 'hand':
      if (inRoom) act({ type: ownTurn(state).is === 'floor' ? 'floor-end' : 'hand' });
      return inRoom;
    case 'captions':
      if (inRoom) act({ type: 'prefer', preferences: { captions: !state.preferences.captions } });
      return inRoom;
    case 'help':
      if (inRoom) act({ type: 'open-dialog', dialog: 'help' });
      return inRoom;
  }
}

/** The panels in the order of the rail. */
function onNumber(key: string, state: State, act: Act): boolean {
  const panel = PANELS[Number(key) - 1];
  if (panel === undefined || state.phase.name !== 'inside' || state.dialog !== null) return false;
  act({ type: 'panel', panel });
  return true;
}

function onLetter(key: string, state: State, act: Act): boolean {
  const { shortcuts, keys } = state.preferences;
  if (!shortcuts) return false;
  const shortcut = takenBy(keys, key);
  return shortcut === null ? onNumber(key, state, act) : press(shortcut, state, act);
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

/** The space bar, held to speak: it switches on what it switches off again, and nothing that was on before. */
function talker(state: () => State, act: Act): { down(e: KeyboardEvent): boolean; up(): void } {
  let held = false;
  return {
    down: (e) => {
      const s = state();
      if (e.key !== ' ' || !s.preferences.pushToTalk || s.phase.name !== 'inside') return false;
      if (held) return true; // the key repeats itself
      const elsewhere = e.target instanceof Element && e.target.closest(PRESSED) !== null;
      if (elsewhere || s.dialog !== null || s.own.microphone.wanted) return false;
      held = true;
      act({ type: 'toggle', source: 'microphone' });
      return true;
    },
    up: () => {
      if (!held) return;
      held = false;
      if (state().own.microphone.wanted) act({ type: 'toggle', source: 'microphone' });
    },
  };
}

/** Listens until the function that it returns is called. */
export function bindKeys(target: EventTarget, state: () => State, act: Act): () => void {
  const talk = talker(state, act);
  const down = (e: Event): void => {
    if (e instanceof KeyboardEvent && (talk.down(e) || onKey(e, state(), act))) e.preventDefault();
  };
  const up = (e: Event): void => {
    if (e instanceof KeyboardEvent && e.key === ' ') talk.up();
  };
  target.addEventListener('keydown', down);
  target.addEventListener('keyup', up);
  window.addEventListener('blur', talk.up); // whoever leaves the window lets go of the bar
  return () => {
    target.removeEventListener('keydown', down);
    target.removeEventListener('keyup', up);
    window.removeEventListener('blur', talk.up);
  };
}
