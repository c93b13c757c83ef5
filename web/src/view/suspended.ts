// SPDX-License-Identifier: EUPL-1.2
// The stage while the meeting is suspended: nobody is heard or seen, for how long already, by whom and why. It ends by
// the hand of clerk or chair only.

import { html, nothing, type TemplateResult } from 'lit-html';
import { may } from '../rights';
import { isSelf, ownTurn } from '../select';
import type { State } from '../state';
import { icon } from './icon';
import type { Scene } from './scene';
import { reasonText } from './sentence';
import { elapsed } from './words';

export function suspendedStage(v: Scene, suspended: NonNullable<State['suspended']>): TemplateResult {
  const { t, s } = v;
  const { by, reason, since, startedAt } = suspended;
  const mine = isSelf(s, by.id);
  const { place } = ownTurn(s);
  return html`<section class="susp" data-testid="suspended" aria-labelledby="susp-title" tabindex="0">
    <div class="susp__in">
    <p class="susp__t" role="timer"><b>${elapsed(s.now - startedAt)}</b><small>${
      t.say('suspended.since', { time: t.time(since) })}</small></p>
    <div class="stack">
      <div class="stack stack--2"><h2 id="susp-title">${t.say(mine ? 'suspended.title.own' : 'suspended.title')}</h2>
        <p class="full__lead">${t.say(mine ? 'suspended.lead.own' : 'suspended.lead')}</p></div>
      <div class="preview"><p class="small muted">${
        t.say('suspended.by', { name: by.name, role: t.say(`office.${by.office}`), time: t.time(since) })}</p>
        <p><b>${t.say('reason')}:</b> ${reasonText(t, reason)}</p></div>
      <ul class="ticks">
        <li>${icon('mic-off')}<span>${t.say('suspended.off')}</span></li>
        <li>${icon('hand')}<span>${place > 0 ? t.say('suspended.queue.own', { n: place })
          : t.say('suspended.queue')}</span></li>
        <li>${icon('chat')}<span>${t.say('suspended.talk')}</span></li>
      </ul>
      <div class="btn-row">${may(s, 'suspend') ? html`<button class="btn btn--primary" type="button"
        data-testid="resume" @click=${() => v.act({ type: 'resume' })}>${icon('check')}${
        t.say('suspended.resume')}</button>` : nothing}<button class="btn" type="button"
        data-testid="to-messages" @click=${() => v.act({ type: 'panel', panel: 'messages' })}>${icon('chat')}${
          t.say('tab.messages')}</button></div>
    </div>
  </div></section>`;
}
