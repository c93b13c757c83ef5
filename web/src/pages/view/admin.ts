// SPDX-License-Identifier: EUPL-1.2
// The administration: its frame, the health of the server, and the meetings of which only numbers are known here.

import { html, nothing, type TemplateResult } from 'lit-html';
import { icon, type Icon } from '../../view/icon';
import { atLeast } from '../admin';
import type { Overview, Running } from '../api';
import { type Administration, type Section, SECTIONS } from '../state';
import { admins, bodies, confirmation, retention, security, users } from './admin-lists';
import { desk, heading } from './frame';
import { button, type Drawn, loading, news, trouble } from './parts';
import type { Scene } from './scene';

const GIGA = 1_000_000_000;

function fact(title: string, words: unknown): TemplateResult {
  return html`<section class="card stack stack--2"><h2 class="card__t">${title}</h2><p>${words}</p></section>`;
}

function health(v: Scene, o: Overview): TemplateResult {
  const { w } = v;
  return o.healthy
    ? html`<div class="notice notice--ok">${icon('check')}<p>${w.say('admin.healthy')}</p></div>`
    : html`<div class="notice notice--danger" role="alert">${icon('warn')}
      <p><b>${w.say('admin.sick')}</b> ${o.why ?? ''}</p>
      <p>${w.say('admin.sick.next')}</p></div>`;
}

function meeting(v: Scene, page: Administration, m: Running): TemplateResult {
  const { w, t } = v;
  const counts = { inside: m.inside, invited: m.invited, time: t.time(m.starts) };
  return html`<li class="meet meet--key" data-testid="running">
    <span class="full__ic full__ic--sm">${icon(m.phase === 'open' ? 'people' : 'clock')}</span>
    <div><h3>${w.say('admin.meeting', { body: m.body })}</h3><p>${m.phase === 'open'
      ? w.say('admin.meeting.counts', counts)
      : w.say('admin.meeting.planned', { moment: t.moment(m.starts) })}</p></div>
    ${atLeast(page, 'operate') && m.phase === 'open' ? button(v, {
      words: w.say('admin.meeting.end'), look: 'btn--sm btn--danger-quiet', testid: 'end-meeting',
      name: w.say('admin.meeting.end.of', { body: m.body }),
      press: () => v.act({ type: 'confirming', what: { act: 'end-meeting', meeting: m.id, body: m.body } }),
    }) : nothing}</li>`;
}

function overview(v: Scene, page: Administration): TemplateResult {
  const { w, t } = v;
  const o = page.overview;
  if (o === null) return loading(v, 'admin.loading');
  return html`${health(v, o)}
    <section class="card stack stack--3" aria-labelledby="running">
      <h2 class="card__t" id="running">${w.say('admin.meetings')}</h2>
      ${o.meetings.length === 0 ? html`<p>${w.say('admin.meetings.none')}</p>`
        : html`<ul>${o.meetings.map((m) => meeting(v, page, m))}</ul>`}
      <p class="small muted">${w.say('admin.meetings.text')}</p></section>
    <div class="two">
      ${fact(w.say('admin.version'), o.version)}
      ${fact(w.say('admin.certificate'), o.certificate === null ? w.say('admin.certificate.none')
        : w.say('admin.certificate.until', { day: t.day(o.certificate) }))}
      ${fact(w.say('admin.disk'), w.say('admin.disk.free', { free: Math.round(o.free / GIGA) }))}
      ${fact(w.say('admin.links'), w.say(`admin.links.${o.policy.links}`))}</div>`;
}

function section(v: Scene, page: Administration): TemplateResult {
  switch (page.section) {
    case 'overview':
      return overview(v, page);
    case 'bodies':
      return bodies(v, page);
    case 'users':
      return users(v, page);
    case 'admins':
      return admins(v, page);
    case 'retention':
      return retention(v, page);
    case 'security':
      return security(v, page);
  }
}

const SIGNS: Readonly<Record<Section, Icon>> = {
  overview: 'server', bodies: 'grid', users: 'people', admins: 'user', retention: 'clock', security: 'verloop',
};

function nav(v: Scene, page: Administration): TemplateResult {
  const link = (name: Section): TemplateResult => html`<button class="admin__b" type="button"
    data-testid="section-${name}" aria-current=${page.section === name ? 'page' : nothing}
    @click=${() => v.act({ type: 'section', section: name })}>${icon(SIGNS[name])}<span>${
      v.w.say(`admin.${name}`)}</span></button>`;
  return html`<nav class="admin__nav" aria-label=${v.w.say('admin.sections')}>${SECTIONS.map(link)}</nav>`;
}

/** A trouble with the lines of a list is told beside the list. */
function apart(v: Scene, page: Administration): Drawn {
  const { trouble: is } = v.s;
  return page.section === 'users' && is?.what === 'refused' && is.refusal.lines.length > 0 ? nothing : trouble(v);
}

export function administration(v: Scene, page: Administration): TemplateResult {
  const { w } = v;
  return desk(v, html`
    <p class="adminbar">${icon('server')}<span><b>${w.say('admin.bar')}</b> ${w.say('admin.bar.text')}</span></p>
    <div class="admin">${nav(v, page)}<div class="admin__main stack stack--6">
      <div class="page-h page-h--row">${heading(`admin-${page.section}`, w.say(`admin.${page.section}`))}${button(v, {
        words: w.say('admin.refresh'), icon: 'refresh', look: 'btn--sm',
        press: () => v.act({ type: 'section', section: page.section }),
      })}</div>
      ${apart(v, page)}${news(v)}${section(v, page)}</div></div>${confirmation(v, page)}`);
}
