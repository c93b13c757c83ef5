// SPDX-License-Identifier: EUPL-1.2
// What I sign in with: passkeys, password, recovery codes, and where I am signed in.

import { html, nothing, type TemplateResult } from 'lit-html';
import { icon, type Icon } from '../../view/icon';
import type { Me, Passkey, Session } from '../api';
import type { Home } from '../state';
import { desk, heading } from './frame';
import { answers, button, disclosure, type Drawn, loading, news, question, trouble } from './parts';
import type { Scene } from './scene';
import { keyForm } from './sign-in';

function passkey(v: Scene, key: Passkey, last: boolean): TemplateResult {
  const { w, t } = v;
  return html`<li class="meet meet--key" data-testid="passkey">
    <span class="full__ic full__ic--sm">${icon('lock')}</span>
    <div><h3>${key.label}</h3><p>${w.say('keys.created', { day: t.day(key.created) })} ${key.used === null
      ? w.say('keys.unused') : w.say('keys.used', { day: t.day(key.used) })}</p></div>
    ${last ? nothing : button(v, {
      words: w.say('keys.remove'), look: 'btn--sm btn--danger-quiet',
      name: w.say('keys.remove.of', { label: key.label }),
      press: () => v.act({ type: 'removing', id: key.id }),
    })}</li>`;
}

function passkeys(v: Scene, me: Me): TemplateResult {
  const { w } = v;
  const last = me.passkeys.length === 1 && !me.password;
  return html`<section class="card stack" aria-labelledby="passkeys">
    <h2 class="card__t" id="passkeys">${w.say('keys.passkeys')}</h2>
    ${me.passkeys.length === 0 ? html`<p class="muted">${w.say('keys.none')}</p>`
      : html`<ul>${me.passkeys.map((key) => passkey(v, key, last))}</ul>`}
    ${v.s.canPasskey ? disclosure(w.say('keys.add'), html`<div class="stack"><p class="small muted">${
      w.say('keys.add.text')}</p>${keyForm(v, (label) => v.act({ type: 'add-passkey', label }))}</div>`) : nothing}
  </section>`;
}

/** Proper names; what is none of them has words. */
const BROWSER = {
  firefox: 'Firefox', edge: 'Edge', opera: 'Opera', samsung: 'Samsung Internet', chrome: 'Chrome', safari: 'Safari',
} as const;
const SYSTEM = {
  windows: 'Windows', android: 'Android', ios: 'iOS', macos: 'macOS', chromeos: 'ChromeOS', linux: 'Linux',
} as const;

function deviceWords(v: Scene, of: Session): string {
  const { w } = v;
  const browser = of.browser === 'other' ? w.say('sessions.browser') : BROWSER[of.browser];
  return of.system === 'other' ? browser : w.say('sessions.device', { browser, system: SYSTEM[of.system] });
}

function session(v: Scene, of: Session): TemplateResult {
  const { w, t } = v;
  const device = deviceWords(v, of);
  return html`<li class="meet meet--key" data-testid="session">
    <span class="full__ic full__ic--sm">${icon(of.current ? 'check' : 'window')}</span>
    <div><h3>${device}</h3><p>${w.say('sessions.since', { moment: t.moment(of.created) })} ${of.current
      ? w.say('sessions.current') : w.say('sessions.used', { moment: t.moment(of.used) })}</p></div>
    ${of.current ? nothing : button(v, {
      words: w.say('sessions.end'), look: 'btn--sm btn--danger-quiet', testid: 'end-session',
      name: w.say('sessions.end.of', { device, moment: t.moment(of.created) }),
      press: () => v.act({ type: 'end-session', id: of.id }),
    })}</li>`;
}

function sessions(v: Scene, page: Home): Drawn {
  const { w } = v;
  if (page.sessions === null) return nothing;
  return html`<section class="card stack" aria-labelledby="sessions">
    <h2 class="card__t" id="sessions">${w.say('sessions.title')}</h2>
    <p class="small muted">${w.say('sessions.text')}</p>
    <ul>${page.sessions.map((of) => session(v, of))}</ul>
    ${page.sessions.length < 2 ? nothing : html`<div class="btn-row">${button(v, {
      words: w.say('sessions.end-others'), look: 'btn--danger-quiet', testid: 'end-other-sessions',
      press: () => v.act({ type: 'end-other-sessions' }),
    })}</div>`}</section>`;
}

/** The three keys that a person meets, of which only the first is theirs to handle. */
function plain(v: Scene): TemplateResult {
  const { w } = v;
  const one = (name: Icon, title: string, words: string): TemplateResult =>
    html`<dt>${icon(name)}${title}</dt><dd class="small muted">${words}</dd>`;
  return html`<section class="card stack stack--3" aria-labelledby="plain">
    <h2 class="card__t" id="plain">${w.say('keys.plain')}</h2><dl class="plain">
    ${one('lock', w.say('keys.passkeys'), w.say('keys.plain.door'))}
    ${one('user', w.say('keys.plain.device'), w.say('keys.plain.device.text'))}
    ${one('shield', w.say('keys.plain.meeting'), w.say('keys.plain.meeting.text'))}</dl></section>`;
}

function others(v: Scene, me: Me): TemplateResult {
  const { w } = v;
  const card = (title: string, content: unknown): TemplateResult =>
    html`<section class="card stack stack--3"><h2 class="card__t">${title}</h2>${content}</section>`;
  return html`
    ${card(w.say('keys.password'), html`<p>${w.say(me.password ? 'keys.password.on' : 'keys.password.off')}</p>`)}
    ${card(w.say('keys.lost'), html`<p class="small muted">${w.say('keys.lost.text')}</p>`)}`;
}

function removing(v: Scene, page: Home): Drawn {
  const key = page.me?.passkeys.find(({ id }) => id === page.removing);
  if (key === undefined) return nothing;
  const { w } = v;
  const cancel = { type: 'removing', id: null } as const;
  return question(v, {
    id: 'remove-passkey', title: w.say('keys.remove.title'), cancel,
    content: html`<div class="dialog__b"><p>${w.say('keys.remove.text', { label: key.label })}</p></div>
      ${answers(v, {
        words: w.say('keys.remove'), icon: 'x', press: () => v.act({ type: 'remove-passkey', id: key.id }),
      }, cancel)}`,
  });
}

export function keys(v: Scene, page: Home): TemplateResult {
  const { w } = v;
  return desk(v, html`<div class="wrap"><div class="page-h">${heading('keys', w.say('keys.title'))}
      <p class="muted">${w.say('keys.text')}</p></div>
    ${page.me === null ? loading(v, 'meetings.loading') : html`${trouble(v)}${news(v)}
      <div class="cols"><div class="stack stack--6">${passkeys(v, page.me)}${sessions(v, page)}</div>
        <div class="stack">${plain(v)}${others(v, page.me)}</div></div>`}
    ${removing(v, page)}</div>`);
}
