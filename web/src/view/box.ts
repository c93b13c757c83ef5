// SPDX-License-Identifier: EUPL-1.2
// The frame of a dialog, and the form that asks for the reason of a right that is used over others. Native <dialog>,
// focus on its heading, Esc and the cross close it; the draft stays in the form.

import { html, nothing, type TemplateResult } from 'lit-html';
import { keyed } from 'lit-html/directives/keyed.js';
import { isReasonCode, REASON_LENGTH, reasonOf } from '../select';
import type { Reason, ReasonCode } from '../wire/messages';
import { modal } from './focus';
import { closer } from './frame';
import { icon, type Icon } from './icon';
import type { Scene } from './scene';

interface Box {
  readonly id: string;
  readonly title: string;
  readonly look?: string;
  readonly content: unknown;
}

export function box(v: Scene, b: Box): TemplateResult {
  const close = (): void => v.act({ type: 'close-dialog' });
  const cancel = (e: Event): void => {
    e.preventDefault();
    close();
  };
  const outside = (e: MouseEvent): void => {
    if (e.target === e.currentTarget) close();
  };
  return html`${keyed(b.id, html`<dialog class="dialog ${b.look ?? ''}" aria-labelledby="dialog-title"
    data-dialog=${b.id} @cancel=${cancel} @close=${close} @click=${outside} ${modal()}>
    <div class="dialog__h"><h2 id="dialog-title" tabindex="-1" autofocus>${b.title}</h2>
      ${closer(v.t.say('close.dialog'), '', close)}</div>
    ${b.content}
  </dialog>`)}`;
}

/** A line of a menu. */
export interface Item {
  readonly icon: Icon;
  readonly words: string;
  readonly hint?: string;
  readonly testid?: string;
  readonly danger?: boolean;
  readonly press: () => void;
}

export function menuItem(item: Item): TemplateResult {
  return html`<button class="menu__i ${item.danger === true ? 'menu__i--danger' : ''}" type="button"
    data-testid=${item.testid ?? nothing} @click=${item.press}>${icon(item.icon)}<span>${item.words}${
      item.hint === undefined ? nothing : html`<small>${item.hint}</small>`}</span></button>`;
}

/** `close`: nothing was begun that could be cancelled. */
export function canceller(v: Scene, words: 'cancel' | 'close' = 'cancel'): TemplateResult {
  return html`<button class="btn" type="button" data-testid="cancel"
    @click=${() => v.act({ type: 'close-dialog' })}>${v.t.say(words)}</button>`;
}

/** Reasons that the protocol has no code for: they are sent as written text, in the language of who chooses them. */
export type Choice =
  | ReasonCode
  | 'noise'
  | 'other-speaks'
  | 'time-over'
  | 'off-topic'
  | 'disorder'
  | 'break'
  | 'repaired'
  | 'needed'
  | 'lost-link'
  | 'owner'
  | 'family'
  | 'represents'
  | 'public-part'
  | 'in-hall'
  | 'mistaken';

/** Choices, and a line of text that stands alone or explains the choice. */
export function choices(v: Scene, legend: string, codes: readonly (readonly [string, string])[]): TemplateResult {
  const { t } = v;
  return html`<fieldset><legend class="field__l">${legend}</legend>
      ${codes.map(([value, words]) => html`<label class="check"><input type="radio" name="code" value=${value}>
        <span>${words}</span></label>`)}
    </fieldset>
    <div class="field"><label class="field__l" for="reason-text">${t.say('reason.more')}
        <span class="field__h">${t.say('reason.optional')}</span></label>
      <input class="input" id="reason-text" name="text" maxlength=${REASON_LENGTH} autocomplete="off"
        data-testid="reason" aria-describedby="reason-error">
      <p class="field__e" id="reason-error" role="alert" hidden>${icon('warn')}<span data-missing></span></p>
    </div>`;
}

export function reasonFields(v: Scene, codes: readonly Choice[]): TemplateResult {
  return html`${choices(v, v.t.say('reason'), codes.map((code) => [code, v.t.say(`reason.${code}`)]))}
    <p class="small muted">${v.t.say('reason.required')}</p>`;
}

export interface Filled {
  /** Which choice; empty: none, though the text may stand alone. */
  readonly choice: string;
  readonly written: string;
}

export function filled(form: HTMLFormElement): Filled {
  const data = new FormData(form);
  return { choice: String(data.get('code') ?? ''), written: String(data.get('text') ?? '') };
}

/** A written reason needs no choice above it. */
export function readReason(v: Scene, form: HTMLFormElement, codes: readonly Choice[]): Reason | null {
  const { choice, written } = filled(form);
  const chosen = codes.find((known) => known === choice);
  if (chosen === undefined) return reasonOf('written', written);
  if (isReasonCode(chosen)) return reasonOf(chosen, written);
  const words = v.t.say(`reason.${chosen}`);
  return reasonOf('written', written.trim() === '' ? words : v.t.say('and', { first: words, second: written.trim() }));
}

/** Says what is missing, and puts the focus there. */
export function complain(form: HTMLFormElement, missing: string): void {
  const error = form.querySelector<HTMLElement>('#reason-error');
  const words = form.querySelector<HTMLElement>('[data-missing]');
  const text = form.querySelector<HTMLInputElement>('#reason-text');
  if (error === null || words === null || text === null) return;
  words.textContent = missing;
  error.hidden = false;
  text.ariaInvalid = 'true';
  (filled(form).choice === '' ? form.querySelector<HTMLInputElement>('input[type=radio]') ?? text : text).focus();
}

interface Asking {
  readonly text: unknown;
  readonly codes: readonly Choice[];
  readonly icon: Icon;
  readonly confirm: string;
  /** Removing, ending and turning away are red; everything else is an ordinary act. */
  readonly danger: boolean;
  readonly done: (reason: Reason) => void;
}

export function reasonForm(v: Scene, ask: Asking): TemplateResult {
  const submit = (e: Event): void => {
    e.preventDefault();
    const form = e.currentTarget as HTMLFormElement;
    const reason = readReason(v, form, ask.codes);
    if (reason !== null) ask.done(reason);
    else complain(form, v.t.say(filled(form).choice === '' ? 'reason.missing' : 'reason.write'));
  };
  return html`<form novalidate @submit=${submit}>
    <div class="dialog__b"><p class="muted">${ask.text}</p>${reasonFields(v, ask.codes)}</div>
    <div class="dialog__f">
      <button class="btn ${ask.danger ? 'btn--danger' : 'btn--primary'}" type="submit" data-testid="confirm">${
        icon(ask.icon)}${ask.confirm}</button>
      ${canceller(v)}
    </div>
  </form>`;
}
