// SPDX-License-Identifier: EUPL-1.2
// The room code: always whole, why it changed, and the dialog in which it is compared or read aloud.

import { html, nothing, type TemplateResult } from 'lit-html';
import type { Change } from '../crypto/keys/messages';
import { codeOf } from '../secrecy';
import { box, canceller } from './box';
import { icon } from './icon';
import type { Scene } from './scene';

type Drawn = TemplateResult | typeof nothing;

/** A screen reader reads single digits, with a rest after each group. */
export function digits(code: string): TemplateResult {
  const spoken = code.split(' ').map((group) => [...group].join(' ')).join(', ');
  return html`<span class="rcode" data-testid="room-code"><span aria-hidden="true">${code}</span><span class="sr">${
    spoken}</span></span>`;
}

export function whyChanged(v: Scene, change: Change): string {
  const names = v.t.list(change.people.map((p) => p.name));
  const when = v.t.shortTime(new Date(change.at).toISOString());
  switch (change.why) {
    case 'created':
    case 'renewed':
    case 'joined':
      return v.t.say(`code.why.${change.why}`, { when });
    case 'came':
    case 'left':
    case 'lost':
    case 'returned':
    case 'several':
      return v.t.say(`code.why.${change.why}`, { when, names });
    case 'removed':
      return v.t.say('code.why.removed', { when, names, by: v.t.list((change.by ?? []).map((p) => p.name)) });
  }
}

function groups(v: Scene, code: string): TemplateResult {
  return html`<ol class="words words--num">${code.split(' ').map((group, at) => html`<li><small>${
    v.t.say('code.group', { n: at + 1 })}</small><span aria-hidden="true">${group}</span><span class="sr">${
    [...group].join(' ')}</span></li>`)}</ol>`;
}

function chairName(v: Scene): string {
  return v.s.people.find((p) => p.office === 'chair')?.name ?? v.t.say('code.chair');
}

/** What stands behind the devices here; another clerk's key may be taken once it was compared. */
function trustNote(v: Scene): TemplateResult {
  const { t, s } = v;
  const { trust } = s.secrecy;
  switch (trust.by) {
    case 'first-sight':
      return html`<p class="muted" data-testid="trust" data-by="first-sight">${t.say('trust.first-sight')}</p>`;
    case 'clerk':
      return html`<p class="muted" data-testid="trust" data-by="clerk">${
        t.say(trust.first ? 'trust.clerk.first' : 'trust.clerk', { print: trust.print })}</p>`;
    case 'nobody':
      if (trust.why !== 'other-clerk')
        return html`<p class="notice" data-testid="trust" data-by="nobody">${t.say(`trust.${trust.why}`)}</p>`;
      return html`<p class="notice" data-testid="trust" data-by="nobody">${
        t.say('trust.other-clerk', { print: trust.print })}</p>
        <button class="btn" type="button" data-testid="accept-clerk"
          @click=${() => v.act({ type: 'clerk-compared' })}>${t.say('trust.accept')}</button>`;
  }
}

/** The chair reads; everybody else listens and compares. */
export function codeDialog(v: Scene): Drawn {
  const { t, s } = v;
  const code = codeOf(s.secrecy);
  const reads = s.self?.office === 'chair';
  if (code === null) {
    return box(v, {
      id: 'code', title: t.say('code.title.none'),
      content: html`<div class="dialog__b"><p class="muted">${t.say('code.none')}</p>${trustNote(v)}</div>
        <div class="dialog__f">${canceller(v, 'close')}</div>`,
    });
  }
  const name = chairName(v);
  return box(v, {
    id: 'code',
    look: 'dialog--wide',
    title: t.say(reads ? 'code.title.read' : 'code.title'),
    content: html`<div class="dialog__b">
      <p class="muted">${reads ? t.say('code.text.read') : t.say('code.text', { name })}</p>
      ${groups(v, code.code)}
      <div class="notice">${icon('info')}<b>${t.say(reads ? 'code.again.read' : 'code.again')}</b><p>${
        whyChanged(v, code.change)}</p></div>
      ${trustNote(v)}
    </div>
    <div class="dialog__f">${reads
      ? html`<button class="btn btn--primary" type="button" data-testid="code-read"
          @click=${() => v.act({ type: 'code-read' })}>${icon('check')}${t.say('code.done')}</button>`
      : html`<button class="btn btn--primary" type="button" data-testid="code-same"
          @click=${() => v.act({ type: 'code-compared', same: true })}>${icon('check')}${t.say('code.same')}</button>
        <button class="btn" type="button" data-testid="code-different"
          @click=${() => v.act({ type: 'code-compared', same: false })}>${t.say('code.different')}</button>`}
      ${canceller(v)}</div>`,
  });
}
