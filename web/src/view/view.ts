// SPDX-License-Identifier: EUPL-1.2
// The whole page as a pure function of the state. Views draw and tell what the person did; they know neither socket nor
// media nor keys.

import { html, type TemplateResult } from 'lit-html';
import type { Port } from '../port';
import type { State } from '../state';
import { textIn } from '../text/text';
import { aside } from './aside';
import { dialogOf } from './dialog';
import { lobby } from './lobby';
import { announcements } from './news';
import { room } from './room';
import type { Act, Scene } from './scene';
import { opening, over, problem } from './status';

export type { Act } from './scene';

function screen(v: Scene): TemplateResult {
  const phase = v.s.phase;
  switch (phase.name) {
    case 'opening':
      return opening(v, phase.step);
    case 'problem':
      return problem(v, phase.problem);
    case 'lobby':
      return lobby(v, phase);
    case 'aside':
      return aside(v, phase);
    case 'inside':
      return room(v);
    case 'over':
      return over(v, phase);
  }
}

export function view(s: State, act: Act, port: Port): TemplateResult {
  const v: Scene = { s, act, port, t: textIn(s.language) };
  return html`${screen(v)}${announcements(v)}${dialogOf(v)}`;
}
