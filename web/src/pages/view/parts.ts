// SPDX-License-Identifier: EUPL-1.2
// What the pages are made of: buttons that say that they are busy, fields that say what is wrong, troubles and news,
// questions before what cannot be undone.

import { html, nothing, type TemplateResult } from 'lit-html';
import { keyed } from 'lit-html/directives/keyed.js';
import type { PlainKey } from '../../text/pages/text';
import { modal } from '../../view/focus';
import { closer } from '../../view/frame';
import { icon, type Icon } from '../../view/icon';
import type { PersonEvent } from '../event';
import type { Scene } from './scene';

export type Drawn = TemplateResult | typeof nothing;

interface Button {
  readonly words: string;
  readonly look?: string;
  readonly icon?: Icon;
  readonly testid?: string;
  /** Where the words alone do not say of what. */
  readonly name?: string;
  readonly press?: () => void;
}

/** A button that waits with the rest of the page: one thing at a time. Without `press` it sends its form. */
export function button(v: Scene, b: Button): TemplateResult {
  const waits = v.s.asking !== null;
  const click = (): void => {
    if (!waits) b.press?.();
  };
  return html`<button class="btn ${b.look ?? ''}" type=${b.press === undefined ? 'submit' : 'button'}
    aria-disabled=${waits ? 'true' : nothing} aria-label=${b.name ?? nothing} data-testid=${b.testid ?? nothing}
    @click=${click}>${b.icon === undefined ? nothing : icon(b.icon)}${b.words}</button>`;
}

/** The page's one main action, which says itself what it is waiting for. */
export function main(v: Scene, b: Button): TemplateResult {
  const { asking } = v.s;
  const words = asking === null ? b.words : v.w.say(asking === 'key' ? 'busy.key' : 'busy');
  return button(v, { ...b, words, look: `btn--primary btn--lg ${b.look ?? ''}` });
}

/** Where it is told, to eyes and ears, that one waits and what has succeeded. */
export function news(v: Scene): TemplateResult {
  const { asking, done } = v.s;
  const words = asking !== null ? v.w.say(asking === 'key' ? 'busy.key' : 'busy') : done === null ? ''
    : v.w.say(`done.${done}`);
  return html`<p class="news" role="status" data-testid="news" ?data-busy=${asking !== null}>${words}</p>`;
}

/** The sentence about the present trouble; null when there is none, or when it stands at its field. */
function troubleWords(v: Scene): string | null {
  const { trouble } = v.s;
  if (trouble === null || trouble.what === 'form') return null;
  if (trouble.what === 'key') return v.w.say(`key.${trouble.why}`);
  if (trouble.what === 'provider') return v.w.say('gate.provider.no');
  const { code, wait } = trouble.refusal;
  const counted = code === 'slow-down' && wait !== null;
  return counted ? v.w.say('error.slow-down.wait', { n: wait }) : v.w.say(`error.${code}`);
}

export function trouble(v: Scene, more: unknown = nothing): Drawn {
  const words = troubleWords(v);
  if (words === null) return nothing;
  return html`<div class="notice notice--danger" role="alert" data-testid="trouble">${icon('warn')}<p>${words}</p>${
    more}</div>`;
}

interface Field {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly type?: 'text' | 'email' | 'password' | 'datetime-local' | 'number';
  readonly complete?: string;
  readonly look?: string;
  readonly most?: number;
  readonly digits?: boolean;
  readonly value?: string;
  readonly optional?: boolean;
  readonly min?: number;
  readonly max?: number;
}

/** What is wrong with this field, if that is what the trouble is about. */
function wrongWith(v: Scene, name: string): string | null {
  const { trouble: is } = v.s;
  return is !== null && is.what === 'form' && is.field === name ? v.w.say(`wrong.${is.why}`) : null;
}

export function fieldError(v: Scene, name: string): Drawn {
  const wrong = wrongWith(v, name);
  return wrong === null ? nothing
    : html`<p class="field__e" id="${name}-error" role="alert">${icon('warn')}<span>${wrong}</span></p>`;
}

/** A field of a form. It keeps what is typed itself; the form reads it when it is sent. */
export function field(v: Scene, f: Field): TemplateResult {
  const wrong = wrongWith(v, f.name);
  const described = [f.hint === undefined ? '' : `${f.name}-hint`, wrong === null ? '' : `${f.name}-error`]
    .join(' ').trim();
  return html`<div class="field">
    <label class="field__l" for=${f.name}>${f.label}${f.optional === true
      ? html` <span class="field__h">${v.w.say('optional')}</span>` : nothing}</label>
    ${f.hint === undefined ? nothing : html`<span class="field__h" id="${f.name}-hint">${f.hint}</span>`}
    <input class="input ${f.look ?? ''}" id=${f.name} name=${f.name} type=${f.type ?? 'text'}
      autocomplete=${f.complete ?? 'off'} maxlength=${f.most ?? 200}
      inputmode=${f.digits === true ? 'numeric' : nothing}
      min=${f.min ?? nothing} max=${f.max ?? nothing} .defaultValue=${f.value ?? ''} spellcheck="false"
      aria-invalid=${wrong === null ? nothing : 'true'} aria-describedby=${described === '' ? nothing : described}>
    ${fieldError(v, f.name)}
  </div>`;
}

interface Choice {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly chosen?: (value: string) => void;
}

export function choose(f: Choice, options: readonly (readonly [string | number, string])[]): TemplateResult {
  const changed = (e: Event): void => f.chosen?.((e.currentTarget as HTMLSelectElement).value);
  return html`<div class="field"><label class="field__l" for=${f.name}>${f.label}</label>
    ${f.hint === undefined ? nothing : html`<span class="field__h" id="${f.name}-hint">${f.hint}</span>`}
    <select class="input" id=${f.name} name=${f.name} @change=${changed}
      aria-describedby=${f.hint === undefined ? nothing : `${f.name}-hint`}>${options.map(([value, words]) =>
      html`<option value=${value}>${words}</option>`)}</select></div>`;
}

export type Values = (name: string) => string;

/** A form that this page reads itself; nothing is ever sent by the browser. `whole` leaves spaces at the ends alone. */
export function form(
  v: Scene, name: string, content: unknown, send: (of: Values, whole: Values) => void,
): TemplateResult {
  const submit = (e: Event): void => {
    e.preventDefault();
    const data = new FormData(e.currentTarget as HTMLFormElement);
    const whole: Values = (field) => String(data.get(field) ?? '');
    if (v.s.asking === null) send((field) => whole(field).trim(), whole);
  };
  return html`<form class="stack" data-form=${name} novalidate @submit=${submit}>${content}</form>`;
}

/** A question before what cannot be undone. */
export function question(v: Scene, q: {
  readonly id: string;
  readonly title: string;
  readonly content: unknown;
  readonly cancel: PersonEvent;
}): TemplateResult {
  const close = (): void => v.act(q.cancel);
  const cancelled = (e: Event): void => {
    e.preventDefault();
    close();
  };
  return html`${keyed(q.id, html`<dialog class="dialog" aria-labelledby="dialog-title" data-dialog=${q.id}
    @cancel=${cancelled} ${modal()}>
    <div class="dialog__h"><h2 id="dialog-title" tabindex="-1" autofocus>${q.title}</h2>
      ${closer(v.t.say('close.dialog'), '', close)}</div>${q.content}
  </dialog>`)}`;
}

export function answers(v: Scene, confirm: Button, cancel: PersonEvent): TemplateResult {
  return html`<div class="dialog__f">${button(v, { ...confirm, look: 'btn--danger', testid: 'confirm' })}
    ${button(v, { words: v.w.say('cancel'), testid: 'cancel', press: () => v.act(cancel) })}</div>`;
}

/** Loading, or the reason why there is nothing. */
export function loading(v: Scene, words: PlainKey): TemplateResult {
  if (v.s.asking === null && v.s.trouble !== null)
    return html`<div class="stack">${trouble(v)}<div class="btn-row">${button(v, {
      words: v.w.say('again'), icon: 'refresh', look: 'btn--primary btn--lg', testid: 'again',
      press: () => v.act({ type: 'again' }),
    })}</div></div>`;
  return html`<div class="full__box" role="status">
    <span class="wait__d wait__d--page" aria-hidden="true"><i></i><i></i><i></i></span><p>${v.w.say(words)}</p></div>`;
}

export function ticks(lines: readonly string[]): TemplateResult {
  return html`<ul class="ticks ticks--yes">${lines.map((line) =>
    html`<li>${icon('check')}<span>${line}</span></li>`)}</ul>`;
}

/** A line to open for who needs it. */
export function disclosure(words: string, content: unknown, open = false): TemplateResult {
  return html`<details class="disc" ?open=${open}><summary>${words}</summary><div class="disc__p">${content}</div></details>`;
}
