// SPDX-License-Identifier: EUPL-1.2
// What a page of the settings is made of: a switch, a choice of a few, a list.

import { html, nothing, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';

interface Field {
  readonly id: string;
  readonly words: string;
  readonly hint?: string;
}

export function toggle(f: Field, on: boolean, change: (on: boolean) => void): TemplateResult {
  return html`<label class="switch" for="set-${f.id}"><span><span class="field__l">${f.words}</span>${
    f.hint === undefined ? nothing : html`<span class="field__h" id="set-${f.id}-hint">${f.hint}</span>`}</span>
    <input type="checkbox" role="switch" id="set-${f.id}" data-testid="set-${f.id}" .checked=${live(on)}
      aria-describedby=${f.hint === undefined ? nothing : `set-${f.id}-hint`}
      @change=${(e: Event) => change((e.target as HTMLInputElement).checked)}></label>`;
}

/** One of a few, each with its word. */
export function choice<V extends string>(
  f: Field,
  of: readonly (readonly [V, string, string?])[],
  chosen: V,
  change: (value: V) => void,
): TemplateResult {
  return html`<fieldset><legend class="field__l">${f.words}</legend>${of.map(([value, words, hint]) => html`
    <label class="check"><input type="radio" name="set-${f.id}" value=${value} data-testid="set-${f.id}-${value}"
      .checked=${live(value === chosen)} @change=${() => change(value)}>
      <span>${words}${hint === undefined ? nothing : html`<span class="field__h">${hint}</span>`}</span></label>`)}
  </fieldset>`;
}

export function list<V extends string>(
  f: Field,
  of: readonly (readonly [V, string])[],
  chosen: V,
  change: (value: V) => void,
): TemplateResult {
  const pick = (e: Event): void => {
    const { value } = e.target as HTMLSelectElement;
    const found = of.find(([known]) => known === value);
    if (found !== undefined) change(found[0]);
  };
  return html`<div class="field"><label class="field__l" for="set-${f.id}">${f.words}</label>
    <select class="input input--md" id="set-${f.id}" data-testid="set-${f.id}" .value=${live(chosen)} @change=${pick}>
      ${of.map(([value, words]) => html`<option value=${value} ?selected=${value === chosen}>${words}</option>`)}
    </select></div>`;
}
