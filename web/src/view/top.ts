// SPDX-License-Identifier: EUPL-1.2
// The bar over the meeting: which meeting, closed or open, how many are inside, connection, encryption.

import { html, nothing, type TemplateResult } from 'lit-html';
import { connectionOf, isPublic, openItem, strengthOf } from '../select';
import { codeOf, type Secrecy } from '../secrecy';
import { digits } from './code';
import { sessionTag } from './agenda';
import { icon, mark, type Icon } from './icon';
import type { Scene } from './scene';

/** More than two rows of ticks say nothing at a glance. */
const MOST_TICKS = 14;

function present(v: Scene): TemplateResult {
  const n = v.s.people.length;
  const away = v.s.people.filter((p) => p.connection === 'reconnecting').length;
  return html`<button class="fact fact--fixed" type="button" @click=${() => v.act({ type: 'panel', panel: 'people' })}>
    ${n > MOST_TICKS ? icon('people') : html`<span class="seats" aria-hidden="true">${
      Array.from({ length: n }, (_, at) => html`<i class=${at < n - away ? '' : 'off'}></i>`)}</span>`}
    <span><b>${v.t.say('present', { n })}</b><small>${v.t.say('present.small', { n })}</small>
      <span class="sr">${v.t.say('present.show')}</span></span></button>`;
}

const CONNECTION: Readonly<Record<ReturnType<typeof connectionOf>, { icon: Icon; look: string }>> = {
  connected: { icon: 'sig-3', look: 'fact--good fact--calm' },
  reconnecting: { icon: 'sig-1', look: 'fact--attn' },
  failed: { icon: 'wifi-off', look: 'fact--bad' },
};

/** A line that holds, but not well. */
const STRENGTH: Readonly<Record<'weak' | 'poor', { icon: Icon; look: string }>> = {
  weak: { icon: 'sig-2', look: '' },
  poor: { icon: 'sig-1', look: 'fact--attn' },
};

function connection(v: Scene): TemplateResult {
  const state = connectionOf(v.s);
  const strength = strengthOf(v.s);
  if (state === 'connected' && strength !== 'good') {
    return html`<div class="fact ${STRENGTH[strength].look}" data-testid="connection" data-state=${state}
      data-strength=${strength}>${icon(STRENGTH[strength].icon)}<span><b>${v.t.say(`strength.${strength}`)}</b><small>${
        v.t.say(`strength.${strength}.small`)}</small></span></div>`;
  }
  return html`<div class="fact ${CONNECTION[state].look}" data-testid="connection" data-state=${state}>
    ${icon(CONNECTION[state].icon)}
    <span><b>${v.t.say(`connection.${state}`)}</b><small>${v.t.say(`connection.${state}.small`)}</small></span></div>`;
}

interface Look {
  readonly icon: Icon;
  readonly look: string;
  readonly small: 'new' | 'same' | 'different';
}

const COMPARED: Readonly<Record<Secrecy['compared'], Look>> = {
  'not-yet': { icon: 'shield', look: 'fact--attn', small: 'new' },
  'same': { icon: 'shield-check', look: 'fact--good', small: 'same' },
  'different': { icon: 'shield-x', look: 'fact--bad', small: 'different' },
};

/** Nothing in the page may sound safer than it is: `on` is said while the keys of a group stand, and never before. */
function encryption(v: Scene): TemplateResult {
  const { secrecy } = v.s;
  const { status } = secrecy;
  if (status !== 'on') {
    const words = status === 'off' ? 'starting' : status;
    return html`<div class="fact ${status === 'starting' ? 'fact--attn' : 'fact--bad'}" data-testid="e2ee"
      data-state="off">${icon('shield-x')}<span><b>${v.t.say(`e2ee.${words}`)}</b><small>${
        v.t.say(`e2ee.${words}.small`)}</small></span></div>`;
  }
  const code = codeOf(secrecy);
  const look = COMPARED[code === null ? 'not-yet' : secrecy.compared];
  return html`<button class="fact fact--code ${look.look}" type="button" data-testid="e2ee" data-state="on"
    aria-haspopup="dialog" @click=${() => v.act({ type: 'open-dialog', dialog: 'code' })}>${icon(look.icon)}
    <span><b>${code === null ? v.t.say('e2ee.on') : digits(code.code)}</b><small>${
      v.t.say(code === null ? 'e2ee.on.young' : `e2ee.on.${look.small}`)}</small>
      <span class="sr">${v.t.say('code.show')}</span></span></button>`;
}

function standstill(name: Icon, testid: string, title: string, small: string): TemplateResult {
  return html`<div class="fact fact--attn fact--calm fact--stop" data-testid=${testid}>${icon(name)}<span><b>${
    title}</b><small>${small}</small></span></div>`;
}

/** The meeting stands still, or what is decided in it does: a suspension, a fault that is not cleared. */
function stopped(v: Scene): TemplateResult | typeof nothing {
  const { t, s } = v;
  if (s.suspended !== null) {
    const since = t.say('suspended.since', { time: t.time(s.suspended.since) });
    return standstill('pause', 'top-suspended', t.say('suspended.top'), since);
  }
  return s.faults.length === 0 ? nothing
    : standstill('warn', 'top-interrupted', t.say('interrupted.top'), t.say('interrupted.top.small'));
}

export function topBar(v: Scene): TemplateResult {
  const { meeting, items } = v.s;
  const item = openItem(v.s);
  return html`<header class="top" data-region tabindex="-1">
    <span class="top__mark">${mark()}</span>
    <div class="top__item">
      ${meeting === null ? nothing : html`<p class="top__over">${
        item === null ? meeting.body : meeting.title}<span class="lg"> · ${item === null ? v.t.moment(meeting.starts)
        : v.t.say('session.item', { item: item.id, n: items.length })}</span></p>`}
      <div class="top__title"><h1>${item?.title ?? meeting?.title ?? ''}</h1>
        ${sessionTag(v, isPublic(v.s), 'session-state')}</div>
    </div>
    <div class="top__facts">${stopped(v)}${present(v)}${connection(v)}${encryption(v)}</div>
  </header>`;
}
