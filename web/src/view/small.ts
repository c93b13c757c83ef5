// SPDX-License-Identifier: EUPL-1.2
// What stands in the small window: who speaks, first and large, and whoever is kept in view, as in the room, with the
// name plate of whose key opened the picture.

import { html, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { Port } from '../port';
import type { State } from '../state';
import { textIn } from '../text/text';
import { beside, leading, shown } from './grid';
import type { Act, Scene } from './scene';
import { lostLine, standing } from './stage';
import { tile } from './tile';

export function small(s: State, act: Act, port: Port): TemplateResult {
  const v: Scene = { s, act, port, t: textIn(s.language) };
  const lead = leading(s);
  const near = beside(s, shown(s));
  const people = [...near.filter((p) => p.id === lead), ...near.filter((p) => p.id !== lead)];
  return html`<main class="float ${standing(v)}" data-testid="small-window"><h1 class="sr">${s.meeting?.title}</h1>
    ${lostLine(v)}
    <ul class="float__tiles" aria-label=${v.t.say('stage.near')}>
      ${repeat(people, (p) => p.id, (p) => tile(v, p, p.id === lead))}
    </ul>
  </main>`;
}
