// SPDX-License-Identifier: EUPL-1.2
// The meeting: top bar, stage, controls, side.

import { html, type TemplateResult } from 'lit-html';
import { controlBar } from './control';
import { skip } from './frame';
import type { Scene } from './scene';
import { side } from './side';
import { stage } from './stage';
import { topBar } from './top';

export function room(v: Scene): TemplateResult {
  const { t } = v;
  return html`<div class="room" ?data-sheet=${v.s.sheet}>
    <div class="skips">${skip('stage', t.say('skip.stage'))}${skip('side', t.say('skip.side'))}</div>
    ${topBar(v)}
    <main class="stage" id="stage" tabindex="-1" data-region>${stage(v)}</main>
    ${controlBar(v)}
    ${side(v)}
  </div>`;
}
