// SPDX-License-Identifier: EUPL-1.2
// Help: what to do when something does not work, who may do what, what nobody can, and the keys.

import { html, type TemplateResult } from 'lit-html';
import { settingsTextIn, type SettingsText } from '../../text/settings/text';
import { box } from '../box';
import { icon } from '../icon';
import type { Scene } from '../scene';
import { keyList } from './keys';

const QUESTIONS = ['unheard', 'deaf', 'floor', 'who', 'office'] as const;
const NEVER = ['record', 'switch', 'read', 'erase'] as const;

function entry(words: string, id: string, content: unknown): TemplateResult {
  return html`<details class="faq" data-help=${id}><summary>${icon('chev-r')}<span>${words}</span></summary>
    <div class="faq__b">${content}</div></details>`;
}

function cannot(w: SettingsText): TemplateResult {
  return html`<p>${w.say('help.cannot.text')}</p><ul class="ticks ticks--no">${NEVER.map((what) => html`<li>${
    icon('x')}<span>${w.say(`help.cannot.${what}`)}</span></li>`)}</ul>`;
}

export function help(v: Scene): TemplateResult {
  const { t } = v;
  const w = settingsTextIn(v.s.language);
  return box(v, {
    id: 'help',
    title: t.say('help.title'),
    look: 'dialog--wide',
    content: html`<div class="dialog__b">
      <div class="btn-row"><button class="btn" type="button" data-testid="help-fault"
        @click=${() => v.act({ type: 'open-dialog', dialog: 'fault' })}>${icon('warn')}${w.say('help.fault')}</button>
      </div>
      <section class="stack stack--2" aria-labelledby="faq"><h3 id="faq">${w.say('help.often')}</h3>
        <div>${QUESTIONS.map((q) => entry(w.say(`help.${q}`), q, html`<p>${w.say(`help.${q}.text`)}</p>`))}${
          entry(w.say('help.cannot'), 'cannot', cannot(w))}</div></section>
      <section class="stack stack--2" aria-labelledby="help-keys"><h3 id="help-keys">${w.say('help.keys')}</h3>
        ${keyList(v, w)}
        <button class="btn btn--start" type="button" data-testid="help-keys"
          @click=${() => v.act({ type: 'settings', page: 'keys' })}>${icon('edit')}${
            w.say('help.keys.change')}</button></section>
      <p><a class="target" href="/integrity" target="_blank" rel="noopener">${w.say('help.integrity')}</a></p>
    </div>`,
  });
}
