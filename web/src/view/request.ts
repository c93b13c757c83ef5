// SPDX-License-Identifier: EUPL-1.2
// What waits for a second person: everyone sees who asked, why, and how long is left; the other office decides.

import { html, nothing, type TemplateResult } from 'lit-html';
import { aboutOf, isSelf, mayConfirm, mayRefuse } from '../select';
import type { OpenRequest } from '../state';
import { because } from './bulletin';
import { icon } from './icon';
import type { Scene } from './scene';
import { otherOffice } from './words';

/** "1:40" */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Red is for what ends or sends somebody out. */
const SENDS_OUT: ReadonlySet<OpenRequest['action']> = new Set(['end', 'remove', 'turn-away', 'recusal'] as const);

function buttons(v: Scene, request: OpenRequest): TemplateResult | typeof nothing {
  const { t } = v;
  if (!mayRefuse(v.s, request.id)) return nothing;
  const own = isSelf(v.s, request.by.id);
  const answer = (type: 'confirm' | 'refuse') => (): void => {
    if (!request.answered) v.act({ type, request: request.id });
  };
  return html`<div class="btn-row bul__a">
    ${mayConfirm(v.s, request.id) ? html`<button class="btn ${
      SENDS_OUT.has(request.action) ? 'btn--danger' : 'btn--primary'}" type="button" data-testid="confirm"
      aria-disabled=${request.answered} @click=${answer('confirm')}>${icon('check')}${
      t.say('request.confirm')}<span class="sr">: ${
      t.say(`request.${request.action}.what`, { about: aboutOf(request) })}</span></button>`
      : nothing}
    <button class="btn" type="button" data-testid="cancel" aria-disabled=${request.answered}
      @click=${answer('refuse')}>${icon('x')}${t.say(own ? 'request.withdraw' : 'request.refuse')}</button>
  </div>`;
}

function banner(v: Scene, request: OpenRequest): TemplateResult {
  const { t } = v;
  const own = isSelf(v.s, request.by.id);
  const decide = request.answered ? t.say('request.answered')
    : mayConfirm(v.s, request.id) ? t.say('request.decide')
      : t.say('request.wait', { role: t.say(`office.${otherOffice(request.by.office)}`) });
  const what = { name: request.by.name, about: aboutOf(request) };
  const left = countdown(request.endsAt - v.s.now);
  return html`<section class="bul" aria-labelledby="request-${request.id}" data-testid="request">
    <span class="full__ic full__ic--sm full__ic--attn">${icon('gavel')}</span>
    <div class="bul__t">
      <h2 id="request-${request.id}">${own ? t.say('request.yours', {
        what: t.say(`request.${request.action}.what`, what),
      }) : t.say('request.title', { name: request.by.name, what: t.say(`request.${request.action}.what`, what) })}</h2>
      <p class="bul__n" role="timer">${t.say('request.left', { time: left })}</p>
      <p>${because(v, request.reason)}${decide}</p>
    </div>
    ${buttons(v, request)}
  </section>`;
}

export function requests(v: Scene): readonly TemplateResult[] {
  return v.s.requests.map((request) => banner(v, request));
}
