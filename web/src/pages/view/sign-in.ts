// SPDX-License-Identifier: EUPL-1.2
// The door: passkey first, then the provider of the house, password and code, a recovery code; and the new passkey that
// follows it.

import { html, nothing, type TemplateResult } from 'lit-html';
import { icon } from '../../view/icon';
import { isEmail } from '../convene';
import type { FormWrong, Way } from '../state';
import { door, heading, KEYS, ROOM, SERVER } from './frame';
import { disclosure, type Drawn, field, form, main, news, trouble, type Values } from './parts';
import type { Scene } from './scene';

function other(v: Scene, way: Way, words: string, look = 'btn--quiet'): TemplateResult {
  return html`<button class="btn ${look} btn--wide" type="button" data-testid="way-${way}"
    @click=${() => v.act({ type: 'way', way })}>${words}</button>`;
}

function withPasskey(v: Scene): TemplateResult {
  const { w } = v;
  if (!v.s.canPasskey) return html`<div class="notice">${icon('info')}<p>${w.say('gate.no-passkey')}</p></div>`;
  return html`<div class="stack">${trouble(v)}${main(v, {
    words: w.say('gate.passkey'), icon: 'lock', look: 'btn--wide', testid: 'sign-in-passkey',
    press: () => v.act({ type: 'sign-in-passkey' }),
  })}
    <p class="small muted">${w.say('gate.passkey.text')}</p></div>`;
}

const email = (v: Scene): TemplateResult =>
  field(v, { name: 'email', label: v.w.say('gate.email'), type: 'email', complete: 'username' });

/** The first field that cannot be sent. */
function first(v: Scene, checks: readonly (readonly [string, FormWrong, boolean])[]): boolean {
  const wrong = checks.find(([, , fine]) => !fine);
  if (wrong !== undefined) v.act({ type: 'wrong', field: wrong[0], why: wrong[1] });
  return wrong === undefined;
}

function withPassword(v: Scene): TemplateResult {
  const { w } = v;
  const send = (of: Values, whole: Values): void => {
    const code = of('code').replace(/\s/g, '');
    if (first(v, [
      ['email', 'email', isEmail(of('email'))], ['password', 'empty', whole('password') !== ''],
      ['code', 'code', /^\d{6}$/.test(code)],
    ])) v.act({ type: 'sign-in-password', email: of('email'), password: whole('password'), code });
  };
  return form(v, 'password', html`${trouble(v)}${email(v)}
    ${field(v, {
      name: 'password', label: w.say('gate.password.field'), type: 'password', complete: 'current-password', most: 128,
    })}
    ${field(v, {
      name: 'code', label: w.say('gate.code'), hint: w.say('gate.code.hint'), complete: 'one-time-code', digits: true,
      look: 'input--code', most: 7,
    })}
    ${main(v, { words: w.say('gate.submit'), look: 'btn--wide', testid: 'sign-in' })}`, send);
}

function withRecovery(v: Scene): TemplateResult {
  const { w } = v;
  const send = (of: Values): void => {
    if (first(v, [['email', 'email', isEmail(of('email'))], ['recovery', 'empty', of('recovery') !== '']]))
      v.act({ type: 'sign-in-recovery', email: of('email'), recovery: of('recovery') });
  };
  return form(v, 'recovery', html`<p class="muted">${w.say('gate.recovery.text')}</p>${trouble(v)}${email(v)}
    ${field(v, {
      name: 'recovery', label: w.say('gate.recovery.field'), hint: w.say('gate.recovery.hint'), most: 40,
      look: 'input--recovery',
    })}
    ${main(v, { words: w.say('gate.submit'), look: 'btn--wide', testid: 'sign-in' })}`, send);
}

function byWay(v: Scene, way: Way): TemplateResult {
  switch (way) {
    case 'passkey':
      return withPasskey(v);
    case 'password':
      return withPassword(v);
    case 'recovery':
      return withRecovery(v);
  }
}

function withProvider(v: Scene): Drawn {
  if (!v.s.provider || v.s.page.name === 'admin') return nothing;
  return html`<button class="btn btn--quiet btn--wide" type="button" data-testid="sign-in-provider"
    @click=${() => v.act({ type: 'sign-in-provider' })}>${v.w.say('gate.provider')}</button>`;
}

function explained(v: Scene): Drawn {
  const { w } = v;
  return html`<div>${v.s.page.name === 'admin' ? nothing
    : disclosure(w.say('gate.invited'), html`<p class="small muted">${w.say('gate.invited.text')}</p>`)}
    ${disclosure(w.say('gate.stuck'), html`<p class="small muted">${w.say('gate.stuck.text')}</p>`)}</div>`;
}

export function signIn(v: Scene, way: Way): TemplateResult {
  const { w } = v;
  const { page } = v.s;
  const target = page.name === 'home' && page.target !== null;
  const alone = way === 'passkey' && !v.s.canPasskey; // nothing before the other ways that could be chosen instead
  return door(v, page.name === 'admin' ? SERVER : ROOM, html`
    <div class="stack stack--2">${heading('sign-in', w.say('gate.title'))}
      <p class="muted">${w.say(page.name === 'admin' ? 'gate.lead.admin' : 'gate.lead')}</p></div>
    ${target ? html`<div class="notice">${icon('info')}<p>${w.say('gate.target')}</p></div>` : nothing}
    ${byWay(v, way)}${news(v)}
    <div class="stack stack--2">${alone ? nothing : html`<p class="or">${w.say('gate.or')}</p>`}
      ${withProvider(v)}
      ${way === 'passkey' ? nothing : other(v, 'passkey', w.say('gate.to-passkey'))}
      ${way === 'password' ? nothing : other(v, 'password', w.say('gate.password'),
        alone ? 'btn--primary btn--lg' : 'btn--quiet')}
      ${way === 'recovery' ? nothing : other(v, 'recovery', w.say('gate.recovery'))}</div>
    ${explained(v)}`);
}

/** The name of the passkey that is to be made: what it is on, unless the person says otherwise. */
export function keyForm(v: Scene, make: (label: string) => void): TemplateResult {
  const { w } = v;
  const phone = matchMedia('(pointer: coarse)').matches;
  return form(v, 'key', html`${field(v, {
    name: 'label', label: w.say('key.label'), hint: w.say('key.label.hint'), most: 40,
    value: w.say(phone ? 'key.phone' : 'key.computer'),
  })}
    ${main(v, { words: w.say('key.make'), icon: 'lock', look: 'btn--wide', testid: 'make-passkey' })}
    <p class="small muted">${w.say('key.make.hint')}</p>`, (of) => {
    if (first(v, [['label', 'empty', of('label') !== '']])) make(of('label'));
  });
}

export function renew(v: Scene, left: number): TemplateResult {
  return door(v, KEYS, html`
    <div class="stack stack--2">${heading('renew', v.w.say('renew.title'))}
      <p class="muted">${v.w.say('renew.text')} ${v.w.say('renew.left', { n: left })}</p></div>
    ${trouble(v)}${keyForm(v, (label) => v.act({ type: 'add-passkey', label }))}${news(v)}`);
}
