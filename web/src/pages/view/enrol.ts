// SPDX-License-Identifier: EUPL-1.2
// The first time: who one is, a passkey or a password with codes, recovery codes, ready.

import { html, nothing, type TemplateResult } from 'lit-html';
import { icon } from '../../view/icon';
import type { Enrol, EnrolStep, FormWrong } from '../state';
import { door, heading, KEYS } from './frame';
import {
  button, disclosure, field, fieldError, form, loading, main, news, ticks, trouble, type Values,
} from './parts';
import { qr } from './qr';
import type { Scene } from './scene';
import { keyForm } from './sign-in';

const STEPS = ['welcome', 'codes', 'ready'] as const;

function progress(v: Scene, step: EnrolStep): TemplateResult {
  const now = STEPS.findIndex((name) => name === (step === 'password' ? 'welcome' : step));
  return html`<ol class="prog" aria-label=${v.w.say('enrol.steps')}>${STEPS.map((name, at) => html`
    <li class=${at < now ? 'done' : ''} aria-current=${at === now ? 'step' : nothing}><span>${
      v.w.say(`enrol.step.${name}`)}${at < now
        ? html`<span class="sr">${v.w.say('enrol.step.over')}</span>` : nothing}</span></li>`)}</ol>`;
}

function page(v: Scene, e: Enrol, title: string, lead: string, content: unknown): TemplateResult {
  return door(v, KEYS, html`${progress(v, e.step)}<div class="stack stack--2">${heading(`enrol-${e.step}`, title)}${
    lead === '' ? nothing : html`<p class="muted">${lead}</p>`}</div>${content}${news(v)}`);
}

function used(v: Scene): boolean {
  const { trouble: is } = v.s;
  return is !== null && is.what === 'refused' && is.refusal.code === 'enrol-used';
}

/** A link that was used is used: whoever was it signs in, and nothing is to be tried again. */
function opening(v: Scene, e: Enrol): TemplateResult {
  const { w } = v;
  if (used(v)) return door(v, KEYS, html`${heading('enrol', w.say('title.enrol'))}${trouble(v)}
    <a class="btn btn--primary btn--lg btn--start" href="/">${w.say('gate.title')}</a>`);
  const lead = e.token === null ? html`<p class="muted">${w.say('enrol.none.text')}</p>
    <div class="notice">${icon('info')}<p>${w.say('enrol.none.next')}</p></div>` : loading(v, 'enrol.opening');
  return door(v, KEYS, html`${heading('enrol', w.say(e.token === null ? 'enrol.none.title' : 'title.enrol'))}${lead}
    <a class="btn btn--quiet btn--start" href="/">${w.say('gate.title')}</a>`);
}

function welcome(v: Scene, e: Enrol): TemplateResult {
  const { w } = v;
  const who = e.who;
  if (who === null) return opening(v, e);
  const title = who.name === '' ? w.say('enrol.welcome.unnamed') : w.say('enrol.welcome', { name: who.name });
  return page(v, e, title, w.say(who.kind === 'admin' ? 'enrol.text.admin' : 'enrol.text'), html`
    <dl class="facts facts--box facts--1">
      ${who.kind === 'admin' ? nothing
        : html`<div><dt>${w.say('enrol.name')}</dt><dd><b data-testid="enrol-name">${who.name}</b></dd></div>`}
      <div><dt>${w.say('enrol.email')}</dt><dd><b>${who.email}</b></dd></div></dl>
    ${who.kind === 'admin' ? nothing : html`<p class="small muted">${w.say('enrol.fixed')}</p>`}
    ${v.s.canPasskey ? withPasskey(v) : html`<div class="notice">${icon('info')}<p>${w.say('key.cannot')}</p></div>
      ${trouble(v)}${otherWay(v, 'btn--primary btn--lg')}`}`);
}

function otherWay(v: Scene, look: string): TemplateResult {
  return button(v, {
    words: v.w.say('enrol.other.choose'), look, testid: 'enrol-password',
    press: () => v.act({ type: 'enrol-password' }),
  });
}

function withPasskey(v: Scene): TemplateResult {
  const { w } = v;
  const { trouble: is } = v.s;
  return html`<section class="stack" aria-labelledby="passkey-title">
    <h2 id="passkey-title">${w.say('enrol.passkey.title')}</h2>
    <p>${w.say('enrol.passkey.text')}</p>
    ${ticks([w.say('enrol.tick.device'), w.say('enrol.tick.lock'), w.say('enrol.tick.false')])}
    ${trouble(v)}${keyForm(v, (label) => v.act({ type: 'enrol-passkey', label }))}</section>
    ${disclosure(w.say('enrol.other'), html`<p class="small muted">${w.say('enrol.other.text')}</p>
      <div class="btn-row">${otherWay(v, '')}</div>`, is !== null && is.what === 'key' && is.why === 'cannot')}`;
}

/** "JBSW Y3DP EHPK 3PXP": as one reads it aloud. */
export function grouped(secret: string): string {
  return (secret.match(/.{1,4}/g) ?? []).join(' ');
}

function passwordWrong(whole: Values, code: string): readonly [string, FormWrong] | null {
  if ([...whole('new-password')].length < 12) return ['new-password', 'password-short'];
  if (whole('new-password') !== whole('repeat')) return ['repeat', 'password-different'];
  return /^\d{6}$/.test(code) ? null : ['code', 'code'];
}

function password(v: Scene, e: Enrol): TemplateResult {
  const { w } = v;
  const send = (of: Values, whole: Values): void => {
    const code = of('code').replace(/\s/g, '');
    const wrong = passwordWrong(whole, code);
    if (wrong !== null) v.act({ type: 'wrong', field: wrong[0], why: wrong[1] });
    else v.act({ type: 'enrol-with-password', password: whole('new-password'), code });
  };
  return page(v, e, w.say('enrol.password.title'), '', html`${e.app === null ? nothing : html`
    <div class="stack stack--3"><p>${w.say('enrol.app')}</p>${qr(e.app.otpauth, w.say('enrol.qr'))}
      <p class="small muted">${w.say('enrol.secret')}</p>
      <p class="secret" data-testid="secret">${grouped(e.app.secret)}</p></div>`}
    ${form(v, 'enrol-password', html`
      <div class="field"><label class="field__l" for="username">${w.say('enrol.email')}</label>
        <input class="input" id="username" name="username" autocomplete="username" readonly
          .value=${e.who?.email ?? ''}>
      </div>
      ${field(v, {
        name: 'new-password', label: w.say('enrol.password'), hint: w.say('enrol.password.hint'), type: 'password',
        complete: 'new-password', most: 128,
      })}
      ${field(v, {
        name: 'repeat', label: w.say('enrol.repeat'), type: 'password', complete: 'new-password', most: 128,
      })}
      ${field(v, {
        name: 'code', label: w.say('enrol.code'), hint: w.say('enrol.code.hint'), complete: 'one-time-code',
        digits: true, look: 'input--code', most: 7,
      })}
      ${trouble(v)}
      ${main(v, { words: w.say('enrol.password.submit'), look: 'btn--wide', testid: 'enrol-submit' })}`, send)}
    ${v.s.canPasskey ? button(v, {
      words: w.say('enrol.back'), look: 'btn--quiet btn--wide', press: () => v.act({ type: 'enrol-back' }),
    }) : nothing}`);
}

function codesText(v: Scene, e: Enrol): string {
  const say = v.w.say('codes.file', { host: location.host, name: e.who?.email ?? '' });
  return `${say}\n\n${e.codes.join('\n')}\n`;
}

function codes(v: Scene, e: Enrol): TemplateResult {
  const { w } = v;
  const text = codesText(v, e);
  return page(v, e, w.say('codes.title'), w.say('codes.text'), html`
    <ul class="codes" aria-label=${w.say('codes.list')} data-testid="codes">${e.codes.map((code) =>
      html`<li>${code}</li>`)}</ul>
    <div class="btn-row btn-row--2">
      ${button(v, { words: w.say('codes.print'), press: () => v.act({ type: 'print' }) })}
      ${button(v, { words: w.say('codes.copy'), press: () => v.act({ type: 'copy', text }) })}
      ${button(v, {
        words: w.say('codes.save'),
        press: () => v.act({ type: 'save', name: 'conclave.txt', kind: 'text/plain;charset=utf-8', text }),
      })}</div>
    <p class="small muted">${w.say('codes.where')}</p>
    ${form(v, 'codes', html`<label class="check check--box"><input type="checkbox" name="kept" data-testid="codes-kept"
        aria-describedby=${v.s.trouble === null ? nothing : 'kept-error'}><span>${w.say('codes.kept')}</span></label>
      ${fieldError(v, 'kept')}
      ${main(v, { words: w.say('codes.done'), look: 'btn--wide', testid: 'codes-done' })}`, (of) => {
      v.act(of('kept') === '' ? { type: 'wrong', field: 'kept', why: 'kept' } : { type: 'codes-kept' });
    })}`);
}

function ready(v: Scene, e: Enrol): TemplateResult {
  const { w } = v;
  const admin = e.who?.kind === 'admin';
  return page(v, e, w.say('ready.title'), w.say('ready.text'), html`
    <a class="btn btn--primary btn--lg btn--wide" href=${admin ? '/admin' : '/'} data-testid="enrol-go">${
      w.say(admin ? 'ready.go.admin' : 'ready.go')}</a>`);
}

export function enrol(v: Scene, e: Enrol): TemplateResult {
  switch (e.step) {
    case 'opening':
      return opening(v, e);
    case 'welcome':
      return welcome(v, e);
    case 'password':
      return password(v, e);
    case 'codes':
      return codes(v, e);
    case 'ready':
      return ready(v, e);
  }
}
