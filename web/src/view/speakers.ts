// SPDX-License-Identifier: EUPL-1.2
// The speaker list: who has the floor and since when, who asks for it, and what clerk and chair may do with it.

import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { may } from '../rights';
import { isSelf, personOf } from '../select';
import type { PersonId } from '../wire/messages';
import { icon } from './icon';
import { initials } from './name';
import type { Scene } from './scene';
import { elapsed, roleOf } from './words';

type Drawn = TemplateResult | typeof nothing;

function floorButtons(v: Scene, id: PersonId): Drawn {
  const { t, s } = v;
  const mine = isSelf(s, id);
  if (!mine && !may(s, 'floor')) return nothing;
  const withdraws = !mine && may(s, 'withdraw-floor');
  return html`<div class="btn-row btn-row--2">
    <button class="btn btn--sm btn--on-floor" type="button" data-testid="floor-end"
      @click=${() => v.act({ type: 'floor-end' })}>${t.say(mine ? 'floor.end.own' : 'floor.end')}</button>
    ${withdraws ? html`<button class="btn btn--sm btn--on-floor" type="button" data-testid="withdraw-floor"
      aria-haspopup="dialog" @click=${() => v.act({ type: 'open-right', right: 'withdraw-floor', person: id })}>${
        t.say('floor.withdraw')}</button>` : nothing}
  </div>`;
}

function floorCard(v: Scene): TemplateResult {
  const { t, s } = v;
  const { person, since } = s.floor;
  const who = person === null ? null : personOf(s, person);
  if (person === null || who === null) return html`<p class="muted">${t.say('floor.free')}</p>`;
  return html`<div class="floor" data-testid="floor" data-person=${who.name}>
    <div class="floor__who"><span class="av" aria-hidden="true">${initials(who.name)}</span>
      <span><b>${who.name}</b><small>${t.say(isSelf(s, who.id) ? 'floor.has.own' : 'floor.has')}</small></span>
      <span class="floor__t" role="timer" aria-label=${t.say('floor.since', { time: elapsed(s.now - since) })}>${
        elapsed(s.now - since)}</span></div>
    ${floorButtons(v, person)}
  </div>`;
}

function orderButton(v: Scene, id: PersonId, name: string, by: -1 | 1): TemplateResult {
  const key = by < 0 ? 'speakers.up' : 'speakers.down';
  return html`<button class="btn btn--sm" type="button" data-testid=${by < 0 ? 'speaker-up' : 'speaker-down'}
    @click=${() => v.act({ type: 'move-speaker', person: id, by })}>${v.t.say(key)}<span class="sr">, ${
      name}</span></button>`;
}

function row(v: Scene, id: PersonId, at: number, last: boolean): Drawn {
  const { t, s } = v;
  const who = personOf(s, id);
  if (who === null) return nothing;
  return html`<li class="pp pp--q ${isSelf(s, id) ? 'pp--me' : ''}" data-testid="speaker" data-person=${who.name}>
    <span class="q__n">${at + 1}</span>
    <span class="pp__n">${who.name}${isSelf(s, id) ? html` <span class="muted">${t.say('you')}</span>` : nothing}
      <span class="pp__r">${roleOf(t, who)}</span></span>
    ${may(s, 'floor') ? html`<div class="pp__x">
      <button class="btn btn--sm ${at === 0 ? 'btn--primary' : ''}" type="button" data-testid="give-floor"
        data-person=${who.name} @click=${() => v.act({ type: 'give-floor', person: id })}>${
          t.say('person.do.give-floor')}<span class="sr">, ${who.name}</span></button>
      ${at > 0 ? orderButton(v, id, who.name, -1) : nothing}${last ? nothing : orderButton(v, id, who.name, 1)}
    </div>` : nothing}
  </li>`;
}

export function speakersPanel(v: Scene): TemplateResult {
  const { t, s } = v;
  const { speakers } = s;
  return html`<div class="panel__b" tabindex="0" role="region" aria-label=${t.say('tab.speakers')}>
    ${floorCard(v)}
    <h3 class="sub"><span>${t.say('speakers.queue')}</span><span>${speakers.length}</span></h3>
    ${speakers.length === 0 ? html`<p class="muted">${t.say('speakers.empty')}</p>` : html`<ol>${repeat(
      speakers, (id) => id, (id, at) => row(v, id, at, at === speakers.length - 1))}</ol>`}
    <p class="panel__say small muted">${icon('hand')}<span>${t.say('speakers.never')}</span></p>
  </div>`;
}
