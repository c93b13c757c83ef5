// SPDX-License-Identifier: EUPL-1.2
// The frame around every screen outside the room: skip link, bar with the product, the language and the person, foot.

import { html, nothing, type TemplateResult } from 'lit-html';
import type { PersonEvent } from '../event';
import { LANGUAGES, type Language, type State } from '../state';
import type { Text } from '../text/text';
import { icon, mark } from './icon';
import { initials } from './name';
import type { Scene } from './scene';

/** Every language is called by its own name, so that it is found by who needs it. */
const OWN_NAMES: Readonly<Record<Language, string>> = {
  nl: 'Nederlands', fr: 'Français', de: 'Deutsch', en: 'English',
};

/** What it takes to draw the choice of language; the pages for accounts have a scene of their own. */
interface Spoken {
  readonly s: Pick<State, 'language'>;
  readonly t: Text;
  act(e: Extract<PersonEvent, { type: 'language' }>): void;
}

export function languages(v: Spoken): TemplateResult {
  return html`<div class="langs" role="group" aria-label=${v.t.say('language')}>${LANGUAGES.map((language) => html`
    <button class="langs__b" type="button" lang=${language} aria-pressed=${language === v.s.language}
      @click=${() => v.act({ type: 'language', language })}>
      <span aria-hidden="true">${language.toUpperCase()}</span><span class="sr">${
        OWN_NAMES[language]}</span></button>`)}
  </div>`;
}

function person(v: Scene): TemplateResult | typeof nothing {
  const self = v.s.self;
  if (self === null) return nothing;
  return html`<span class="who"><span class="av" aria-hidden="true">${initials(self.name)}</span>
    <span class="who__t">${self.name}<small>${v.t.say(`office.${self.office}`)}</small></span></span>`;
}

/** A link that moves the focus and leaves the address alone, which may hold what the app reads. */
export function skip(id: string, words: string): TemplateResult {
  const go = (e: Event): void => {
    e.preventDefault();
    document.getElementById(id)?.focus();
  };
  return html`<a class="skip" href="#${id}" @click=${go}>${words}</a>`;
}

export function frame(v: Scene, content: unknown): TemplateResult {
  const { t } = v;
  return html`<div class="app">
    <header class="appbar">
      <div class="skips">${skip('content', t.say('skip.content'))}</div>
      <span class="brand">${mark()}<span>${t.say('product')}<small>${t.say('product.tagline')}</small></span></span>
      <div class="appbar__end">${languages(v)}${person(v)}</div>
    </header>
    <main id="content" tabindex="-1">${content}</main>
    <footer class="foot"><span>${t.say('footer.no-recording')}</span><span>${t.say('footer.own-server')}</span></footer>
  </div>`;
}

/** The round button with a cross at the end of a heading. */
export function closer(name: string, classes: string, onClick: () => void): TemplateResult {
  return html`<button class="btn btn--quiet btn--icon ${classes}" type="button" aria-label=${name} @click=${onClick}>
    ${icon('x')}</button>`;
}
