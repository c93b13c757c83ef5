// SPDX-License-Identifier: EUPL-1.2
// The two frames of the pages: a door with a picture beside it, and a bar with the pages that one may open.

import { html, nothing, svg, type TemplateResult } from 'lit-html';
import { keyed } from 'lit-html/directives/keyed.js';
import type { PlainKey } from '../../text/pages/text';
import { arrive } from '../../view/focus';
import { languages, skip } from '../../view/frame';
import { icon, mark, type Icon } from '../../view/icon';
import { initials } from '../../view/name';
import { clerkOf, type State } from '../state';
import { button, type Drawn } from './parts';
import type { Scene } from './scene';

export function heading(id: string, words: string): TemplateResult {
  return html`${keyed(id, html`<h1 id="heading" tabindex="-1" data-screen=${id} ${arrive()}>${words}</h1>`)}`;
}

const brand = (v: Scene, look: string): TemplateResult => html`<span class="brand ${look}">${mark()}<span>${
  v.t.say('product')}<small>${v.t.say('product.tagline')}</small></span></span>`;

export function foot(v: Scene): TemplateResult {
  return html`<footer class="foot"><span>${v.t.say('footer.no-recording')} ${v.t.say('footer.own-server')}</span>
    <a class="foot__a" href="/integrity">${v.w.say('nav.integrity')}</a></footer>`;
}

/** The hemicycle of the mark, with a place for everybody. */
function hemicycle(): TemplateResult {
  const rows = [[15, 46], [19, 60], [23, 74]] as const;
  const seats = rows.flatMap(([n, radius], row) => Array.from({ length: n }, (_, at) => {
    const angle = Math.PI * (at / (n - 1));
    const x = 100 - radius * Math.cos(angle);
    const y = 92 - radius * Math.sin(angle);
    return svg`<circle class=${row === 0 ? 'in' : ''} cx=${x.toFixed(1)} cy=${y.toFixed(1)} r="3.4"/>`;
  }));
  return html`<svg class="sign__hemi" viewBox="16 8 168 92" aria-hidden="true" focusable="false">${seats}${
    svg`<path class="hole" d="M100 66a8.5 8.5 0 0 1 4.6 15.6l2.5 12.4h-14.2l2.5-12.4A8.5 8.5 0 0 1 100 66z"/>`}</svg>`;
}

export interface Art {
  readonly title: PlainKey;
  readonly lines: readonly (readonly [Icon, PlainKey])[];
}

export const ROOM: Art = {
  title: 'art.title', lines: [['mic-off', 'art.mic'], ['people', 'art.unseen'], ['verloop', 'art.log']],
};
export const KEYS: Art = {
  title: 'art.keys.title',
  lines: [['lock', 'art.keys.door'], ['user', 'art.keys.device'], ['shield-x', 'art.keys.false']],
};
export const SERVER: Art = {
  title: 'art.admin.title',
  lines: [['cam-off', 'art.admin.enter'], ['lock', 'art.admin.read'], ['verloop', 'art.admin.log']],
};

export function door(v: Scene, art: Art, content: unknown): TemplateResult {
  return html`<div class="sign">
    <div class="skips">${skip('content', v.t.say('skip.content'))}</div>
    <main class="sign__form" id="content" tabindex="-1" aria-labelledby="heading">
      <div class="sign__in">${content}</div></main>
    <aside class="sign__art" aria-label=${v.t.say('product.tagline')}>${brand(v, 'brand--on')}${hemicycle()}
      <div class="stack"><p class="sign__say">${v.w.say(art.title)}</p>
        <ul>${art.lines.map(([name, key]) => html`<li>${icon(name)}<span>${v.w.say(key)}</span></li>`)}</ul></div>
    </aside>
    <footer class="foot">${languages(v)}<a class="foot__a" href="/integrity">${v.w.say('nav.integrity')}</a></footer>
  </div>`;
}

interface Me {
  readonly name: string;
  readonly note: string;
}

function meOf(s: State): Me | null {
  const { page } = s;
  if (page.name === 'enrol' || page.name === 'integrity' || page.me === null) return null;
  const { name, email } = page.me;
  return { name, note: name === email ? '' : email };
}

function person(v: Scene): Drawn {
  const me = meOf(v.s);
  if (me === null) return nothing;
  return html`<span class="who"><span class="av" aria-hidden="true">${initials(me.name)}</span>
    <span class="who__t" data-testid="me">${me.name}<small>${me.note}</small></span></span>
    ${button(v, {
      words: v.w.say('sign-out'), icon: 'leave', look: 'btn--sm', testid: 'sign-out',
      press: () => v.act({ type: 'sign-out' }),
    })}`;
}

function nav(v: Scene): Drawn {
  const { page } = v.s;
  if (page.name !== 'home' && page.name !== 'convene') return nothing;
  const part = (which: 'meetings' | 'keys'): TemplateResult => page.name === 'home'
    ? html`<button class="appbar__b" type="button" aria-current=${page.part === which ? 'page' : nothing}
        data-testid="nav-${which}" @click=${() => v.act({ type: 'part', part: which })}>${
          v.w.say(`nav.${which}`)}</button>`
    : html`<a class="appbar__b" href=${which === 'keys' ? '/?part=keys' : '/'} data-testid="nav-${which}">${
        v.w.say(`nav.${which}`)}</a>`;
  return html`<nav class="appbar__nav" aria-label=${v.w.say('nav')}>${part('meetings')}${part('keys')}${
    clerkOf(page.me).length === 0 ? nothing
      : html`<a class="appbar__b" href="/meetings/new" aria-current=${page.name === 'convene' ? 'page' : nothing}
        data-testid="nav-convene">${v.w.say('nav.convene')}</a>`}</nav>`;
}

/** Told at the first sign-in after it, and until the page is left. */
function wasReset(v: Scene): Drawn {
  return v.s.reset ? html`<div class="notice notice--attn notice--bar" role="alert" data-testid="reset">${icon('warn')}
    <p>${v.w.say('reset.notice')}</p></div>` : nothing;
}

export function desk(v: Scene, content: unknown): TemplateResult {
  return html`<div class="app">
    <header class="appbar appbar--pages">
      <div class="skips">${skip('content', v.t.say('skip.content'))}</div>
      ${brand(v, '')}${nav(v)}
      <div class="appbar__end">${languages(v)}${person(v)}</div>
    </header>
    <main id="content" tabindex="-1" aria-labelledby="heading">${wasReset(v)}${content}</main>
    ${foot(v)}
  </div>`;
}
