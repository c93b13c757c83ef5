// SPDX-License-Identifier: EUPL-1.2
// The dialogs, at most one at a time: native <dialog>, focus on its heading, Esc and the cross close it. A right that
// is used over others asks for its reason here; the draft of it stays in the form.

import { html, nothing, type TemplateResult } from 'lit-html';
import { keyed } from 'lit-html/directives/keyed.js';
import { REASON_LENGTH, reasonOf } from '../select';
import type { Office, Reason, ReasonCode, Waiting } from '../wire/messages';
import { chooser } from './device';
import { modal } from './focus';
import { closer, languages } from './frame';
import { icon, type Icon } from './icon';
import type { Scene } from './scene';
import { otherOffice } from './words';

interface Box {
  readonly id: string;
  readonly title: string;
  readonly look?: string;
  readonly content: TemplateResult;
}

function box(v: Scene, b: Box): TemplateResult {
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

function reasonFields(v: Scene, codes: readonly ReasonCode[]): TemplateResult {
  const { t } = v;
  return html`<fieldset><legend class="field__l">${t.say('reason')}</legend>
      ${codes.map((code) => html`<label class="check"><input type="radio" name="code" value=${code}>
        <span>${t.say(`reason.${code}`)}</span></label>`)}
    </fieldset>
    <div class="field"><label class="field__l" for="reason-text">${t.say('reason.more')}
        <span class="field__h">${t.say('reason.optional')}</span></label>
      <input class="input" id="reason-text" name="text" maxlength=${REASON_LENGTH} autocomplete="off"
        data-testid="reason" aria-describedby="reason-error">
      <p class="field__e" id="reason-error" role="alert" hidden>${icon('warn')}<span data-missing></span></p>
    </div>
    <p class="small muted">${t.say('reason.required')}</p>`;
}

/** A written reason needs no choice above it. */
function readReason(form: HTMLFormElement, codes: readonly ReasonCode[]): { reason: Reason | null; chosen: boolean } {
  const data = new FormData(form);
  const written = String(data.get('text') ?? '');
  const code = codes.find((known) => known === data.get('code')) ?? null;
  const chosen = code === null && written.trim() !== '' ? 'written' : code;
  return { reason: reasonOf(chosen, written), chosen: chosen !== null };
}

function complain(v: Scene, form: HTMLFormElement, chosen: boolean): void {
  const error = form.querySelector<HTMLElement>('#reason-error');
  const words = form.querySelector<HTMLElement>('[data-missing]');
  const text = form.querySelector<HTMLInputElement>('#reason-text');
  if (error === null || words === null || text === null) return;
  words.textContent = v.t.say(chosen ? 'reason.write' : 'reason.missing');
  error.hidden = false;
  text.ariaInvalid = 'true';
  (chosen ? text : form.querySelector<HTMLInputElement>('input[type=radio]') ?? text).focus();
}

interface Asking {
  readonly text: string;
  readonly codes: readonly ReasonCode[];
  readonly icon: Icon;
  readonly confirm: string;
  readonly done: (reason: Reason) => void;
}

function reasonForm(v: Scene, ask: Asking): TemplateResult {
  const submit = (e: Event): void => {
    e.preventDefault();
    const form = e.currentTarget as HTMLFormElement;
    const { reason, chosen } = readReason(form, ask.codes);
    if (reason === null) complain(v, form, chosen);
    else ask.done(reason);
  };
  return html`<form novalidate @submit=${submit}>
    <div class="dialog__b"><p class="muted">${ask.text}</p>${reasonFields(v, ask.codes)}</div>
    <div class="dialog__f">
      <button class="btn btn--danger" type="submit" data-testid="confirm">${icon(ask.icon)}${ask.confirm}</button>
      <button class="btn" type="button" data-testid="cancel" @click=${() => v.act({ type: 'close-dialog' })}>${
        v.t.say('cancel')}</button>
    </div>
  </form>`;
}

function otherRole(v: Scene): string {
  const office: Office = otherOffice(v.s.self?.office ?? 'clerk');
  return v.t.say(`office.${office}`);
}

function turnAway(v: Scene, who: Waiting): TemplateResult {
  const { t } = v;
  return box(v, {
    id: 'turn-away',
    title: t.say('turn-away.title', { name: who.name }),
    content: reasonForm(v, {
      text: t.say('turn-away.text', { name: who.name }),
      codes: ['not-invited', 'wrong-meeting', 'unrecognised', 'technical', 'written'],
      icon: 'user-minus',
      confirm: t.say('turn-away.confirm', { name: who.name }),
      done: (reason) => v.act({ type: 'turn-away', person: who.id, reason }),
    }),
  });
}

function end(v: Scene): TemplateResult {
  const { t } = v;
  return box(v, {
    id: 'end',
    title: t.say('end.title'),
    content: reasonForm(v, {
      text: t.say('end.text', { role: otherRole(v) }),
      codes: ['agreed', 'technical', 'written'],
      icon: 'gavel',
      confirm: t.say('end.confirm'),
      done: (reason) => v.act({ type: 'end', reason }),
    }),
  });
}

function leave(v: Scene): TemplateResult {
  const { t } = v;
  return box(v, {
    id: 'leave',
    title: t.say('leave.title'),
    look: 'dialog--menu',
    content: html`<div class="dialog__b">
      <button class="menu__i" type="button" data-testid="confirm" @click=${() => v.act({ type: 'leave' })}>
        ${icon('leave')}<span>${t.say('leave.leave')}<small>${t.say('leave.leave.text')}</small></span></button>
      <button class="menu__i menu__i--danger" type="button" data-testid="end"
        @click=${() => v.act({ type: 'open-dialog', dialog: 'end' })}>${icon('gavel')}<span>${t.say('leave.end')}
        <small>${t.say('leave.end.text', { role: otherRole(v) })}</small></span></button>
      <button class="menu__i" type="button" data-testid="cancel" @click=${() => v.act({ type: 'close-dialog' })}>
        ${icon('x')}<span>${t.say('cancel')}</span></button>
    </div>`,
  });
}

function settings(v: Scene): TemplateResult {
  const { t } = v;
  const field = (kind: 'microphone' | 'camera' | 'speaker', name: Icon): TemplateResult | typeof nothing => {
    const list = chooser(v, kind);
    return list === nothing ? nothing
      : html`<div class="field"><span class="field__l" aria-hidden="true">${icon(name)}${
        t.say(`device.${kind}`)}</span>${list}</div>`;
  };
  return box(v, {
    id: 'settings',
    title: t.say('settings.title'),
    content: html`<div class="dialog__b">
      <p class="muted">${t.say('settings.text')}</p>
      ${field('microphone', 'mic')}${field('camera', 'cam')}${field('speaker', 'volume')}
      <div class="field"><span class="field__l" aria-hidden="true">${t.say('language')}</span>${languages(v)}</div>
    </div>`,
  });
}

function help(v: Scene): TemplateResult {
  const { t } = v;
  const key = (words: string, ...keys: readonly string[]): TemplateResult =>
    html`<li>${words}<span>${keys.map((name) => html`<kbd>${name}</kbd>`)}</span></li>`;
  return box(v, {
    id: 'help',
    title: t.say('help.title'),
    content: html`<div class="dialog__b">
      <p class="muted">${t.say('help.text')}</p>
      <ul class="keys">
        ${key(t.say('help.mic'), 'M')}${key(t.say('help.camera'), 'V')}
        ${key(t.say('help.people'), '1')}${key(t.say('help.proceedings'), '2')}
        ${key(t.say('help.region'), 'F6', t.say('key.shift-f6'))}
        ${key(t.say('help.close'), t.say('key.escape'))}${key(t.say('help.list'), '?')}
      </ul>
    </div>`,
  });
}

export function dialogOf(v: Scene): TemplateResult | typeof nothing {
  const { dialog } = v.s;
  if (dialog === null) return nothing;
  switch (dialog.name) {
    case 'leave':
      return leave(v);
    case 'end':
      return end(v);
    case 'turn-away':
      return turnAway(v, dialog.person);
    case 'settings':
      return settings(v);
    case 'help':
      return help(v);
  }
}
