// SPDX-License-Identifier: EUPL-1.2
// The side: a rail of tabs with icon and word, and the panel of the selected tab. On a narrow screen the panel is a
// sheet over the small tiles, and no tab looks selected while it is closed.

import { html, nothing, type TemplateResult } from 'lit-html';
import type { Panel } from '../state';
import { closer } from './frame';
import { icon, type Icon } from './icon';
import { peoplePanel } from './people';
import { proceedingsPanel } from './proceedings';
import type { Scene } from './scene';

const PANELS: readonly Panel[] = ['people', 'proceedings'];
const ICONS: Readonly<Record<Panel, Icon>> = { people: 'people', proceedings: 'verloop' };

/** Arrow keys move inside the rail, Home and End to its ends (WAI-ARIA tabs). */
function onTabKey(v: Scene, panel: Panel, e: KeyboardEvent): void {
  const at = PANELS.indexOf(panel);
  const to: Readonly<Record<string, number>> = {
    ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: PANELS.length - 1,
  };
  const next = to[e.key];
  if (next === undefined) return;
  const chosen = PANELS[(next + PANELS.length) % PANELS.length];
  if (chosen === undefined) return;
  e.preventDefault();
  v.act({ type: 'panel', panel: chosen });
  document.getElementById(`tab-${chosen}`)?.focus();
}

/** How many wait to be let in; only clerk and chair are told. */
function waitingCount(v: Scene, panel: Panel): TemplateResult | typeof nothing {
  const n = v.s.waiting.length;
  if (panel !== 'people' || n === 0) return nothing;
  return html`<span class="count count--attn"><span aria-hidden="true">${n}</span><span class="sr">${
    v.t.say('tab.people.waiting', { n })}</span></span>`;
}

function tab(v: Scene, panel: Panel): TemplateResult {
  const selected = v.s.panel === panel;
  return html`<button class="rail__tab" type="button" role="tab" id="tab-${panel}" data-testid="tab-${panel}"
    aria-controls=${selected ? 'panel' : nothing} aria-selected=${selected} tabindex=${selected ? 0 : -1}
    @click=${() => v.act({ type: 'panel', panel })} @keydown=${(e: KeyboardEvent) => onTabKey(v, panel, e)}>
    ${icon(ICONS[panel])}<span>${v.t.say(`tab.${panel}`)}</span>${waitingCount(v, panel)}
  </button>`;
}

function footButton(v: Scene, dialog: 'help' | 'settings', name: Icon): TemplateResult {
  return html`<button class="rail__tab" type="button" aria-haspopup="dialog"
    @click=${() => v.act({ type: 'open-dialog', dialog })}>${icon(name)}<span>${v.t.say(dialog)}</span></button>`;
}

export function side(v: Scene): TemplateResult {
  const { t } = v;
  return html`<aside class="side" id="side" aria-label=${t.say('side')} data-region tabindex="-1">
    <div class="rail" role="tablist" aria-orientation="vertical" aria-label=${t.say('tabs')}>
      ${PANELS.map((panel) => tab(v, panel))}
    </div>
    <div class="rail__foot">${footButton(v, 'help', 'help')}${footButton(v, 'settings', 'sliders')}</div>
    <section class="panel" id="panel" role="tabpanel" aria-labelledby="tab-${v.s.panel}">
      <div class="panel__h"><h2>${t.say(`tab.${v.s.panel}`)}</h2>
        ${closer(t.say('close.panel'), 'panel__close', () => v.act({ type: 'sheet-closed' }))}</div>
      ${v.s.panel === 'people' ? peoplePanel(v) : proceedingsPanel(v)}
    </section>
  </aside>`;
}
