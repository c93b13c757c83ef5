// SPDX-License-Identifier: EUPL-1.2
// The waiting room: look at yourself, test your devices, read what an office may and may not do, ask to come in. Who is
// in the meeting is not known here.

import { html, nothing, type TemplateResult } from 'lit-html';
import { presides } from '../select';
import type { Phase } from '../state';
import { camera, microphone } from './control';
import { cameraCheck, microphoneCheck, speakerCheck } from './device';
import { frame } from './frame';
import { icon, type Icon } from './icon';
import { live } from './live';
import { initials } from './name';
import { flash } from './news';
import type { Scene } from './scene';
import { soundCheck } from './sound';

type Waits = Extract<Phase, { name: 'lobby' }>;

function ask(v: Scene): { title: string; text: string; button: string } {
  const { t } = v;
  if (!presides(v.s)) {
    return { title: t.say('lobby.ready.title'), text: t.say('lobby.ready.text'), button: t.say('lobby.join') };
  }
  if (v.s.meeting?.phase === 'open') {
    return { title: t.say('lobby.enter.title'), text: t.say('lobby.enter.text'), button: t.say('lobby.enter') };
  }
  return { title: t.say('lobby.open.title'), text: t.say('lobby.open.text'), button: t.say('lobby.open') };
}

function ready(v: Scene, asking: boolean): TemplateResult {
  const words = ask(v);
  return html`<section class="wait wait--ready" aria-labelledby="ready">
    <div><h2 id="ready">${words.title}</h2><p>${words.text}</p></div>
    <button class="btn btn--primary btn--lg" type="button" data-testid="join"
      aria-disabled=${asking} aria-busy=${asking}
      @click=${() => (asking ? undefined : v.act({ type: 'join' }))}>
      ${asking ? v.t.say('lobby.asking') : words.button}</button>
  </section>`;
}

function waiting(v: Scene, { opened, out }: Waits): TemplateResult {
  const { t } = v;
  const key = out === true ? 'lobby.out' : opened ? 'lobby.waiting' : 'lobby.unopened';
  return html`<section class="wait" role="status" data-testid="lobby-waiting">
    <span class="wait__d" aria-hidden="true"><i></i><i></i><i></i></span>
    <div><h2>${t.say(`${key}.title`)}</h2>
      <p>${t.say(`${key}.text`)}</p></div>
    <button class="btn" type="button" @click=${() => v.act({ type: 'stop-waiting' })}>${t.say('lobby.stop')}</button>
  </section>`;
}

function preview(v: Scene): TemplateResult {
  const on = v.s.own.camera.live;
  return html`<div class="prev tile--self">
    <div class="tile__view">
      <video autoplay playsinline .muted=${true} aria-label=${v.t.say('lobby.preview')}
        ${live(v.port, 'self', 'camera')}></video>
      ${on ? nothing : html`<div class="tile__cover prev__off">
        <span class="tile__mono" aria-hidden="true">${initials(v.s.self?.name ?? '')}</span>
        <span>${v.t.say('lobby.camera-off')}</span></div>`}
    </div>
  </div>`;
}

type Check = 'good' | 'busy' | 'bad';

/** The state is said in words; the sign only repeats it. */
function check(which: 'line' | 'seal', name: Icon, title: string, state: Check, words: string): TemplateResult {
  return html`<section class="dev" aria-labelledby="dev-${which}" data-testid="check-${which}" data-state=${state}>
    <h2 id="dev-${which}">${icon(name)}${title}</h2>
    <p class="dev__is">${state === 'good' ? icon('check') : state === 'bad' ? icon('warn') : nothing}<span>${
      words}</span></p></section>`;
}

function lineCheck(v: Scene): TemplateResult {
  const good = v.s.line.status === 'open';
  return check('line', good ? 'sig-3' : 'wifi-off', v.t.say('check.line'), good ? 'good' : 'bad',
    v.t.say(good ? 'check.line.good' : 'check.line.away'));
}

/** The browser has shown that it can: the key of this device is made, and what leaves can be sealed with it. */
function sealCheck(v: Scene): TemplateResult {
  const { status, device } = v.s.secrecy;
  const state: Check = status === 'broken' ? 'bad' : device === null ? 'busy' : 'good';
  return check('seal', 'shield-check', v.t.say('check.seal'), state, v.t.say(`check.seal.${state}`));
}

function limits(v: Scene): TemplateResult {
  const { t } = v;
  const can = (words: string): TemplateResult => html`<li>${icon('check')}<span>${words}</span></li>`;
  const cannot = (words: string): TemplateResult => html`<li>${icon('x')}<span>${words}</span></li>`;
  return html`<section class="card stack" aria-labelledby="limits">
    <h2 id="limits">${t.say('limits.title')}</h2>
    <div class="stack stack--2"><h3>${t.say('limits.can')}</h3><ul class="ticks ticks--yes">
      ${can(t.say('limits.can.admit'))}${can(t.say('limits.can.mute'))}
      ${can(t.say('limits.can.remove'))}${can(t.say('limits.can.end'))}</ul></div>
    <div class="stack stack--2"><h3>${t.say('limits.cannot')}</h3><ul class="ticks ticks--no">
      ${cannot(t.say('limits.cannot.switch'))}${cannot(t.say('limits.cannot.unseen'))}
      ${cannot(t.say('limits.cannot.record'))}${cannot(t.say('limits.cannot.secret'))}</ul></div>
    <div class="notice notice--ok" data-testid="e2ee" data-state="on">${icon('shield-check')}
      <b>${t.say('e2ee.lobby')}</b><p>${t.say('e2ee.lobby.text')}</p></div>
  </section>`;
}

export function lobby(v: Scene, phase: Waits): TemplateResult {
  const { meeting } = v.s;
  return frame(v, html`<div class="wrap">
    ${meeting === null ? nothing : html`<div class="page-h">
      <p class="muted">${v.t.moment(meeting.starts)}</p>
      <h1>${meeting.title}</h1>
      ${meeting.body === meeting.title ? nothing : html`<p class="muted">${meeting.body}</p>`}
    </div>`}
    <div class="stack stack--6">
      ${phase.step === 'waiting' ? waiting(v, phase) : ready(v, phase.step === 'asking')}
      ${flash(v)}
      <div class="lobby">
        <div>
          ${preview(v)}
          <div class="prev__bar">${microphone(v)}${camera(v)}<p>${v.t.say('lobby.muted')}</p></div>
          <div class="devs">${microphoneCheck(v)}${cameraCheck(v)}${speakerCheck(v)}</div>
          <div class="devs devs--2">${lineCheck(v)}${sealCheck(v)}</div>
          <div class="devs devs--1">${soundCheck(v)}</div>
        </div>
        ${limits(v)}
      </div>
    </div>
  </div>`);
}
