// SPDX-License-Identifier: EUPL-1.2
// My meetings: those one may enter now, the later ones, the past ones with their report.

import { html, nothing, type TemplateResult } from 'lit-html';
import { icon } from '../../view/icon';
import type { Me, MyMeeting } from '../api';
import type { Home } from '../state';
import { desk, heading } from './frame';
import { button, type Drawn, loading, news, trouble } from './parts';
import type { Scene } from './scene';

function bodyAndTime(v: Scene, m: MyMeeting): string {
  const { moment } = { moment: v.t.moment(m.starts) };
  return m.body === '' ? moment : `${m.body}, ${moment}`;
}

/** "16" over "maart": the day, for the eye; the whole moment stands beside it. */
function day(v: Scene, starts: string): TemplateResult {
  const date = new Date(starts);
  const part = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat(v.t.locale, options).format(date);
  return html`<p class="meet__d" aria-hidden="true"><b>${part({ day: 'numeric' })}</b>${part({ month: 'short' })}</p>`;
}

const named = (v: Scene, m: MyMeeting): { title: string; day: string } => ({ title: m.title, day: v.t.day(m.starts) });

/** The clerk may make new links until the meeting opens. */
function invite(v: Scene, m: MyMeeting): Drawn {
  if (m.office !== 'clerk' || m.phase !== 'planned') return nothing;
  return html`<a class="btn btn--sm" href="/meetings/new?meeting=${m.id}" aria-label=${
    v.w.say('meetings.invite.of', named(v, m))}>${v.w.say('meetings.invite')}</a>`;
}

function role(v: Scene, m: MyMeeting): string {
  return v.w.say('meetings.as', { office: v.t.say(`office.${m.office}`) });
}

function now(v: Scene, m: MyMeeting): TemplateResult {
  const { w } = v;
  return html`<li class="today" data-testid="meeting" data-meeting=${m.id}>
    <div class="stack stack--2"><h3>${m.title}</h3><p>${bodyAndTime(v, m)}</p><p>${role(v, m)}</p></div>
    <p class="today__t" aria-hidden="true">${v.t.shortTime(m.starts)}${m.phase === 'open'
      ? html`<small>${w.say('meetings.running')}</small>` : nothing}</p>
    <div class="today__f">${button(v, {
      words: w.say('meetings.enter'), icon: 'arrow-r', look: 'btn--primary btn--lg', testid: 'enter',
      name: w.say('meetings.enter.of', named(v, m)), press: () => v.act({ type: 'enter', meeting: m.id }),
    })}${invite(v, m)}</div>
  </li>`;
}

function row(v: Scene, m: MyMeeting): TemplateResult {
  const { w } = v;
  const past = m.phase === 'ended';
  return html`<li class="meet" data-testid="meeting" data-meeting=${m.id}>${day(v, m.starts)}
    <div><h3>${m.title}</h3><p>${bodyAndTime(v, m)}</p>${past ? nothing
      : html`<p>${role(v, m)} ${w.say('meetings.early')}</p>`}</div>
    ${past ? html`<a class="btn btn--sm" href="/m/${m.id}/report" data-testid="report" aria-label=${
      w.say('meetings.report.of', named(v, m))}>${w.say('meetings.report')}</a>` : invite(v, m)}</li>`;
}

function section(id: string, words: string, list: TemplateResult): TemplateResult {
  return html`<section aria-labelledby=${id}><div class="sect-h"><h2 id=${id}>${words}</h2></div>${list}</section>`;
}

/** Nothing may be entered yet: when something may. */
function noneNow(v: Scene, next: MyMeeting | undefined): TemplateResult {
  const { w, t } = v;
  return html`<section class="card stack" data-testid="none-now"><span class="full__ic">${icon('clock')}</span>
    <h2>${w.say('meetings.today.none')}</h2><p class="muted">${next === undefined ? w.say('meetings.none.text')
      : w.say('meetings.next', { title: next.title, moment: t.moment(next.starts) })}</p></section>`;
}

function lists(v: Scene, all: readonly MyMeeting[]): TemplateResult {
  const { w } = v;
  if (all.length === 0)
    return html`<section class="card stack"><span class="full__ic">${icon('clock')}</span>
      <h2>${w.say('meetings.none.title')}</h2><p class="muted">${w.say('meetings.none.text')}</p></section>`;
  const sorted = [...all].sort((a, b) => (a.starts < b.starts ? -1 : 1));
  const open = sorted.filter((m) => m.phase !== 'ended' && m.canEnter);
  const later = sorted.filter((m) => m.phase !== 'ended' && !m.canEnter);
  const past = sorted.filter((m) => m.phase === 'ended').reverse();
  return html`
    ${open.length === 0 ? noneNow(v, later[0])
      : section('now', w.say('meetings.now'), html`<ul class="stack">${open.map((m) => now(v, m))}</ul>`)}
    ${later.length === 0 ? nothing
      : section('soon', w.say('meetings.soon'), html`<ul class="card card--list">${later.map((m) => row(v, m))}</ul>`)}
    ${past.length === 0 ? nothing
      : section('past', w.say('meetings.past'), html`<ul class="card card--list">${past.map((m) => row(v, m))}</ul>`)}`;
}

/** Whoever reads this in time is not locked out on the evening itself. */
function ownKeys(v: Scene, me: Me): TemplateResult {
  const { w } = v;
  const n = me.passkeys.length;
  return html`<section class="card stack stack--3" aria-labelledby="own-keys">
    <h2 class="card__t" id="own-keys">${w.say('keys.yours')}</h2>
    ${n === 0 ? nothing : html`<ul class="ticks ticks--yes">${me.passkeys.map((key) =>
      html`<li>${icon('check')}<span>${key.label}</span></li>`)}</ul>`}
    <p class="small muted">${w.say(n === 0 ? 'keys.yours.none' : n === 1 ? 'keys.yours.one' : 'keys.yours.more')}</p>
  </section>`;
}

export function meetings(v: Scene, page: Home): TemplateResult {
  return desk(v, html`<div class="wrap"><div class="page-h">${
      heading('meetings', v.w.say('meetings.title'))}</div>
    ${page.meetings === null ? loading(v, 'meetings.loading')
      : html`${trouble(v)}<div class="cols"><div class="stack stack--6">${lists(v, page.meetings)}</div>${
        page.me === null ? nothing : ownKeys(v, page.me)}</div>`}${news(v)}</div>`);
}
