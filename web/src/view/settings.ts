// SPDX-License-Identifier: EUPL-1.2
// The door to settings and help, which are loaded when they are first asked for. Until then a word stands in their
// place; a part that could not be fetched is asked for again the next time.

import { html, type TemplateResult } from 'lit-html';
import { until } from 'lit-html/directives/until.js';
import { loaded } from '../part';
import { box } from './box';
import { icon } from './icon';
import type { Scene } from './scene';

type Part = typeof import('./settings/main');

let part: Part | null = null;
let coming: Promise<Part> | null = null;

/** For the gallery, which has it from the start. */
export function provide(given: Part): void {
  part = given;
}

async function fetched(): Promise<Part> {
  await loaded('view/settings/main');
  return import('./settings/main');
}

function asked(): Promise<Part> {
  coming ??= fetched().then((got) => (part = got));
  coming.catch(() => {
    coming = null;
  });
  return coming;
}

function note(v: Scene, name: 'settings' | 'help', content: TemplateResult): TemplateResult {
  return box(v, { id: name, title: v.t.say(`${name}.title`), look: 'dialog--wide', content });
}

export function later(v: Scene, name: 'settings' | 'help'): unknown {
  const draw = (it: Part): TemplateResult => (name === 'settings' ? it.settings(v) : it.help(v));
  if (part !== null) return draw(part);
  const waiting = html`<div class="dialog__b"><p role="status">${v.t.say('lobby.asking')}</p></div>`;
  const failed = html`<div class="dialog__b"><p class="notice notice--attn" role="alert">${icon('warn')}<span>${
    v.t.say('part.failed')}</span></p></div>`;
  return until(asked().then(draw, () => note(v, name, failed)), note(v, name, waiting));
}
