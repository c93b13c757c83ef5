// SPDX-License-Identifier: EUPL-1.2
// The stage: everyone inside as a tile, a shared screen when there is one, and what has to be said now, in the flow.

import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { connectionOf, isSelf, layoutOf, personOf, presides, sharer } from '../select';
import type { Person, PersonId } from '../wire/messages';
import { bulletins } from './bulletin';
import { captions } from './captions';
import { beside, gridOf, leading, shown } from './grid';
import { icon } from './icon';
import { live } from './live';
import { calm, flash, newsIcon } from './news';
import { requests } from './request';
import type { Scene } from './scene';
import { emptyChairs, seatRow } from './seats';
import { suspendedStage } from './suspended';
import { tile } from './tile';
import { newsText } from './words';

type Drawn = TemplateResult | typeof nothing;

function sharedScreen(v: Scene, whose: PersonId): TemplateResult {
  const { t } = v;
  if (isSelf(v.s, whose)) {
    return html`<section class="share share--own">
      <div class="share__bar">${icon('share')}<span>${t.say('stage.screen.own')}</span>
        <button class="btn btn--sm" type="button" @click=${() => v.act({ type: 'toggle', source: 'screen' })}>${
          icon('stop')}${t.say('share.stop')}</button></div>
    </section>`;
  }
  const name = t.say('stage.screen', { name: personOf(v.s, whose)?.name ?? '' });
  return html`<section class="share" aria-label=${name} data-testid="screen">
    <div class="share__bar">${icon('share')}<span>${name}</span></div>
    <div class="share__view"><video autoplay playsinline .muted=${true} aria-label=${name}
      ${live(v.port, whose, 'screen')}></video></div>
  </section>`;
}

export function lostLine(v: Scene): Drawn {
  const { t, s } = v;
  const state = connectionOf(s);
  if (state === 'connected') return nothing;
  if (s.line.lostAt === null) {
    return html`<section class="notice notice--attn">${icon('wifi-off')}
      <b>${t.say('media.lost')}</b><p>${t.say('media.lost.text')}</p></section>`;
  }
  const key = state === 'failed' ? 'line.failed' : 'line.lost';
  const text = key === 'line.lost' && s.phase.name === 'aside' ? 'line.lost.aside' : `${key}.text` as const;
  return html`<section class="notice ${state === 'failed' ? 'notice--danger' : 'notice--attn'}">${icon('wifi-off')}
    <b>${t.say(key, { n: Math.max(1, s.line.attempt) })}</b><p>${t.say(text)}</p>
    ${state === 'failed' ? html`<p><button class="btn btn--sm" type="button"
      @click=${() => v.act({ type: 'try-again' })}>${icon('refresh')}${t.say('action.try-again')}</button></p>`
      : nothing}</section>`;
}

/** One line of truth under the tiles; it tells the news while that is new, on a phone only what was done by right. */
function note(v: Scene): TemplateResult {
  const { t, s } = v;
  const news = calm(s.notice);
  if (news !== null) {
    const told = news.news.what === 'entry' ? 'stage__note--told' : '';
    return html`<p class="stage__note stage__note--news ${told}" aria-hidden="true">${icon(newsIcon(news.news))}<span>${
      newsText(t, s, news.news)}</span></p>`;
  }
  const n = s.people.length;
  const alone = n === 1 && presides(s);
  const promise = presides(s) && s.self !== null
    ? html`<span class="stage__note-end">${icon('verloop')}${
      t.say('stage.office', { role: t.say(`office.${s.self.office}`) })}</span>`
    : html`<span class="stage__note-end">${icon('mic-off')}${t.say('stage.own')}</span>`;
  return html`<p class="stage__note">${icon('people')}<span>${
    alone ? t.say('stage.alone') : t.say('stage.count', { n })}</span>${promise}</p>`;
}

/** The last picture of everything stands still. */
export function standing(v: Scene): string {
  return v.s.line.lostAt !== null && v.s.media.lostAt !== null ? 'show--still' : '';
}

/** Who speaks and whoever is kept in view stand beside the screen, everybody else in a strip under it. */
function aroundScreen(v: Scene, whose: PersonId): TemplateResult {
  const people = shown(v.s);
  const near = beside(v.s, people);
  const others = people.filter((p) => !near.includes(p));
  const tiles = (some: readonly Person[]): unknown => repeat(some, (p) => p.id, (p) => tile(v, p));
  return html`<div class="show show--share ${standing(v)}">
      ${sharedScreen(v, whose)}
      <ul class="tiles tiles--share" tabindex="0" aria-label=${v.t.say('stage.near')}>${tiles(near)}</ul>
    </div>
    ${captions(v)}${others.length === 0 ? nothing : html`<ul class="strip ${standing(v)}" tabindex="0"
      aria-label=${v.t.say('stage.others')}>${tiles(others)}</ul>`}${seatRow(v)}`;
}

function picture(v: Scene): TemplateResult {
  const whose = sharer(v.s);
  if (whose !== null && !isSelf(v.s, whose)) return aroundScreen(v, whose);
  const people = shown(v.s);
  const grid = gridOf(v.s, people.length);
  const lead = grid === 'speaker' ? leading(v.s) : null;
  return html`${whose === null ? nothing : sharedScreen(v, whose)}
    <div class="show ${standing(v)}">
      <ul class="tiles tiles--${grid}" tabindex="0" aria-label=${v.t.say('stage.people')}>
        ${repeat(people, (p) => p.id, (p) => tile(v, p, p.id === lead))}${emptyChairs(v, people)}
      </ul>
    </div>
    ${captions(v)}${seatRow(v)}`;
}

/** The low-power layout says what it leaves out, and is left with one press. */
function lowPower(v: Scene): Drawn {
  const { t, s } = v;
  if (layoutOf(s) !== 'low' || s.suspended !== null) return nothing;
  const chosen = s.preferences.layout === 'low';
  const layout = chosen ? 'grid' : s.preferences.layout;
  return html`<section class="low" data-testid="low-power" data-by=${chosen ? 'person' : 'machine'}>${icon('sig-2')}
    <p><b>${t.say(chosen ? 'layout.low' : 'layout.low.slow')}</b><span>${
      t.say('layout.low.hint')}</span></p><button class="btn btn--sm" type="button"
    @click=${() => v.act({ type: 'prefer', preferences: { layout } })}>${t.say('layout.low.end')}</button>
  </section>`;
}

export function stage(v: Scene): TemplateResult {
  return html`${lostLine(v)}${lowPower(v)}
    ${v.s.suspended === null ? picture(v) : suspendedStage(v, v.s.suspended)}
    ${requests(v)}${bulletins(v)}${flash(v)}${note(v)}`;
}
