// SPDX-License-Identifier: EUPL-1.2
// A body's members and their devices, as the clerk signs them: each device by its digits, new ones marked, who may
// stand in for the chair, and the digits of the clerk's own key for the paper.

import { html, nothing, type TemplateResult } from 'lit-html';
import type { BodyList, ListedPerson } from '../state';
import { button, type Drawn, fieldError } from './parts';
import { qr } from './qr';
import type { Scene } from './scene';

function member(v: Scene, p: ListedPerson): TemplateResult {
  const { w, t } = v;
  return html`<li data-testid="listed" data-person=${p.name}><b>${p.name}</b>
    <span class="small muted">${t.say(`office.${p.office}`)}, ${p.account}</span>
    ${p.office !== 'member' ? nothing : html`<label class="check"><input type="checkbox" data-testid="substitute"
      .checked=${p.substitute} @change=${(e: Event) => v.act({
        type: 'name-substitute', account: p.account, named: (e.target as HTMLInputElement).checked,
      })}><span>${w.say('roster.substitute', { name: p.name })}</span></label>`}
    ${p.devices.length === 0 ? html`<p class="small muted">${w.say('roster.no-device')}</p>`
      : html`<ul>${p.devices.map((d) => html`<li class="small" data-testid="device">${d.print}${
        d.fresh ? html` <b>${w.say('roster.fresh')}</b>` : nothing}</li>`)}</ul>`}</li>`;
}

function list(v: Scene, of: BodyList): TemplateResult {
  const { w } = v;
  const same = of.standing === 'same';
  return html`<p role="status" data-testid="roster-standing" data-state=${of.standing}>${
      w.say(`roster.${of.standing}`)}</p>
    <ul class="stack">${of.people.map((p) => member(v, p))}</ul>
    ${same ? html`<p>${w.say('roster.print', { print: of.print })}</p>${qr(of.print, w.say('roster.qr'))}`
      : html`<p class="small muted">${w.say('roster.sign.text')}</p>
        <div class="btn-row">${button(v, {
          words: w.say('roster.sign'), testid: 'sign-roster', press: () => v.act({ type: 'sign-roster' }),
        })}</div>`}`;
}

/** Nothing is looked at, and nothing signed, before the clerk asks for it. */
export function rosterCard(v: Scene, bodies: readonly { id: string; name: string }[], of: BodyList | null): Drawn {
  const { w } = v;
  if (bodies.length === 0) return nothing;
  return html`<section class="card stack" aria-labelledby="roster" data-testid="roster"><h2 id="roster">${
      of === null ? w.say('roster.title') : w.say('roster.title.of', { body: of.name })}</h2>
    <p class="small muted">${w.say('roster.text')}</p>
    ${bodies.filter(({ id }) => id !== of?.id).map(({ id, name }) => html`<div class="btn-row">${button(v, {
      words: w.say('roster.look', { body: name }), testid: 'look-roster',
      press: () => v.act({ type: 'look-roster', body: id }),
    })}</div>`)}
    ${fieldError(v, 'roster')}${of === null ? nothing : list(v, of)}</section>`;
}
