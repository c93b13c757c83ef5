// SPDX-License-Identifier: EUPL-1.2
// Aside: an item is dealt with without this person. What that means, what can still be done; it ends by itself.

import { html, nothing, type TemplateResult } from 'lit-html';
import type { Phase } from '../state';
import { arrive } from './focus';
import { frame } from './frame';
import { icon } from './icon';
import type { Scene } from './scene';
import { reasonText } from './sentence';
import { lostLine } from './stage';

type Aside = Extract<Phase, { name: 'aside' }>;

function facts(v: Scene, phase: Aside): TemplateResult {
  const { t } = v;
  const { by, reason } = phase;
  return html`<dl class="facts facts--box">
    <div><dt>${t.say(by === null ? 'aside.own' : 'aside.since')}</dt><dd><b>${t.time(phase.since)}</b></dd></div>
    ${by === null ? nothing : html`<div><dt>${t.say('aside.by')}</dt><dd><b>${
      t.say('log.person', { name: by.name, role: t.say(`office.${by.office}`) })}</b></dd></div>`}
    ${reason === null ? nothing : html`<div><dt>${t.say('reason')}</dt><dd>${reasonText(t, reason)}</dd></div>`}
  </dl>`;
}

export function aside(v: Scene, phase: Aside): TemplateResult {
  const { t } = v;
  const { item } = phase;
  return frame(v, html`<section class="full" aria-labelledby="status" data-status="aside" data-testid="aside">
    <div class="full__box full__box--wide">
      ${lostLine(v)}
      <span class="full__ic full__ic--attn">${icon('eye-off')}</span>
      <div class="stack stack--3">
        <h1 id="status" tabindex="-1" ${arrive()}>${t.say('aside.title', { item: item.id })}</h1>
        <p class="full__lead">${t.say('aside.lead', { title: item.title })}</p>
      </div>
      ${facts(v, phase)}
      <div class="two">
        <div class="stack stack--2"><h2 class="card__t">${t.say('aside.means')}</h2><ul class="ticks">
          <li>${icon('eye-off')}<span>${t.say('aside.means.nothing')}</span></li>
          <li>${icon('mic-off')}<span>${t.say('aside.means.unseen')}</span></li>
          <li>${icon('verloop')}<span>${t.say('recuse.listed')}</span></li></ul></div>
        <div class="stack stack--2"><h2 class="card__t">${t.say('aside.can')}</h2><ul class="ticks">
          <li>${icon('warn')}<span>${t.say('aside.can.fault')}</span></li>
          <li>${icon('leave')}<span>${t.say('aside.can.leave')}</span></li></ul></div>
      </div>
      <div class="btn-row">
        <button class="btn btn--lg" type="button" data-testid="fault" aria-haspopup="dialog"
          @click=${() => v.act({ type: 'open-dialog', dialog: 'fault' })}>${icon('warn')}${t.say('fault')}</button>
        <button class="btn btn--danger-quiet btn--lg" type="button" data-testid="leave"
          @click=${() => v.act({ type: 'leave' })}>${icon('leave')}${t.say('leave')}</button>
      </div>
    </div>
  </section>`);
}
