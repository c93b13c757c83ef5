// SPDX-License-Identifier: EUPL-1.2
// The side: a rail of tabs with icon and word, and the panel of the selected tab. On a narrow screen the panel is a
// sheet over the small tiles, and no tab looks selected while it is closed.

import { html, nothing, type TemplateResult } from 'lit-html';
import { may } from '../rights';
import { unread } from '../secrecy';
import { presides } from '../select';
import { PANELS, type Panel } from '../state';
import { agendaPanel } from './agenda';
import { fromTop } from './bring';
import { closer } from './frame';
import { icon, type Icon } from './icon';
import { messagesPanel } from './messages';
import { peoplePanel } from './people';
import { proceedingsPanel } from './proceedings';
import type { Scene } from './scene';
import { speakersPanel } from './speakers';

const ICONS: Readonly<Record<Panel, Icon>> = {
  agenda: 'agenda', people: 'people', speakers: 'queue', messages: 'chat', proceedings: 'verloop',
};

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

/** How many wait to be let in, which only clerk and chair are told; how many ask for the floor. */
function countOf(v: Scene, panel: Panel): TemplateResult | typeof nothing {
  if (panel === 'messages') return newMessages(v);
  if (panel !== 'people' && panel !== 'speakers') return nothing;
  const n = panel === 'people' ? v.s.waiting.length : v.s.speakers.length;
  if (n === 0) return nothing;
  const words = panel === 'people' ? v.t.say('tab.people.waiting', { n }) : v.t.say('tab.speakers.asking', { n });
  const attention = panel === 'people' || presides(v.s);
  return html`<span class="count ${attention ? 'count--attn' : ''}"><span aria-hidden="true">${n}</span><span
    class="sr">${words}</span></span>`;
}

function newMessages(v: Scene): TemplateResult | typeof nothing {
  const n = unread(v.s.secrecy);
  return n === 0 ? nothing : html`<span class="count count--private"><span aria-hidden="true">${n}</span><span
    class="sr">${v.t.say('tab.messages.unread', { n })}</span></span>`;
}

function panelOf(v: Scene): TemplateResult {
  switch (v.s.panel) {
    case 'agenda':
      return agendaPanel(v);
    case 'people':
      return peoplePanel(v);
    case 'speakers':
      return speakersPanel(v);
    case 'messages':
      return messagesPanel(v);
    case 'proceedings':
      return proceedingsPanel(v);
  }
}

/** What clerk and chair do with the meeting as a whole, under the panels that show people. */
function foot(v: Scene): TemplateResult | typeof nothing {
  if (v.s.panel === 'proceedings' || v.s.panel === 'messages' || !may(v.s, 'suspend')) return nothing;
  return html`<div class="panel__f">
    ${v.s.suspended === null ? footAction(v, 'suspend', 'pause') : nothing}
    ${v.s.panel === 'people' ? footAction(v, 'invite', 'user-plus') : nothing}
  </div>`;
}

function footAction(v: Scene, dialog: 'suspend' | 'invite', name: Icon): TemplateResult {
  return html`<button class="btn btn--sm" type="button" data-testid=${dialog} aria-haspopup="dialog"
    @click=${() => v.act({ type: 'open-dialog', dialog })}>${icon(name)}${v.t.say(`foot.${dialog}`)}</button>`;
}

function tab(v: Scene, panel: Panel): TemplateResult {
  const selected = v.s.panel === panel;
  return html`<button class="rail__tab" type="button" role="tab" id="tab-${panel}" data-testid="tab-${panel}"
    aria-controls=${selected ? 'panel' : nothing} aria-selected=${selected} tabindex=${selected ? 0 : -1}
    @click=${() => v.act({ type: 'panel', panel })} @keydown=${(e: KeyboardEvent) => onTabKey(v, panel, e)}>
    ${icon(ICONS[panel])}<span>${v.t.say(`tab.${panel}`)}</span>${countOf(v, panel)}
  </button>`;
}

function footButton(v: Scene, dialog: 'fault' | 'help' | 'settings', name: Icon): TemplateResult {
  return html`<button class="rail__tab" type="button" aria-haspopup="dialog" data-testid=${dialog}
    @click=${() => v.act(dialog === 'settings' ? { type: 'settings', page: 'devices' }
      : { type: 'open-dialog', dialog })}>${icon(name)}<span>${v.t.say(dialog)}</span></button>`;
}

export function side(v: Scene): TemplateResult {
  const { t } = v;
  return html`<aside class="side" id="side" aria-label=${t.say('side')} data-region tabindex="-1">
    <div class="rail" role="tablist" aria-orientation="vertical" aria-label=${t.say('tabs')}>
      ${PANELS.map((panel) => tab(v, panel))}
    </div>
    <div class="rail__foot">${footButton(v, 'fault', 'warn')}${footButton(v, 'help', 'help')}${
      footButton(v, 'settings', 'sliders')}</div>
    <section class="panel" id="panel" role="tabpanel" aria-labelledby="tab-${v.s.panel}"
      ${fromTop(v.s.panel)}>
      <div class="panel__h"><h2>${t.say(`tab.${v.s.panel}`)}</h2>
        ${closer(t.say('close.panel'), 'panel__close', () => v.act({ type: 'sheet-closed' }))}</div>
      ${panelOf(v)}${foot(v)}
    </section>
  </aside>`;
}
