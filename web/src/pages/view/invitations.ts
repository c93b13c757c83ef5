// SPDX-License-Identifier: EUPL-1.2
// The invitations, to be handed out one by one: as text, as a letter, as an entry for a calendar, as a QR code.

import { html, nothing, type TemplateResult } from 'lit-html';
import type { Invitation } from '../api';
import { calendar, fileName, type Letter, mailto } from '../invitation';
import type { Convened } from '../state';
import { heading } from './frame';
import { button, news } from './parts';
import { qr } from './qr';
import type { Scene } from './scene';

function letter(v: Scene, meeting: Convened, who: Invitation, print: string | null): Letter {
  const { title } = meeting;
  return {
    subject: v.w.say('letter.subject', { title }),
    text: v.w.say('letter.text', { name: who.name, title, moment: v.t.moment(meeting.starts), link: who.link })
      + (print === null ? '' : `\n\n${v.w.say('roster.print', { print })}`),
  };
}

function ways(v: Scene, meeting: Convened, who: Invitation, print: string | null): TemplateResult {
  const { w } = v;
  const { name, email, link } = who;
  const written = letter(v, meeting, who, print);
  const shown = meeting.shown === email;
  return html`<div class="btn-row btn-row--2">
    ${button(v, {
      words: w.say('invites.copy'), name: w.say('invites.copy.of', { name }), look: 'btn--sm', testid: 'copy',
      press: () => v.act({ type: 'copy', text: written.text }),
    })}
    <a class="btn btn--sm" href=${mailto(email, written)} aria-label=${w.say('invites.mail.of', { name })}
      data-testid="mail">${w.say('invites.mail')}</a>
    ${button(v, {
      words: w.say('invites.calendar'), name: w.say('invites.calendar.of', { name }), look: 'btn--sm',
      testid: 'calendar',
      press: () => v.act({
        type: 'save', name: fileName(`${meeting.title} ${name}`, 'ics'), kind: 'text/calendar;charset=utf-8',
        text: calendar(meeting, link, written.text, Date.now()),
      }),
    })}
    <button class="btn btn--sm" type="button" aria-expanded=${shown ? 'true' : 'false'} data-testid="show-qr"
      aria-label=${w.say(shown ? 'invites.qr.hide' : 'invites.qr.of', { name })}
      @click=${() => v.act({ type: 'qr', email: shown ? null : email })}>${w.say('invites.qr')}</button></div>`;
}

function invitation(v: Scene, meeting: Convened, who: Invitation, print: string | null): TemplateResult {
  const { w, t } = v;
  const { name, email, office, link } = who;
  return html`<li class="invite" data-testid="invitation" data-person=${name}>
    <div><h2>${name}</h2><p class="small muted">${t.say(`office.${office}`)}, ${email}</p></div>
    ${ways(v, meeting, who, print)}
    <input class="input input--md input--link" readonly .value=${link} data-testid="invitation-link"
      aria-label=${w.say('invites.link', { name })} @focus=${(e: Event) => (e.target as HTMLInputElement).select()}>
    ${meeting.shown === email ? qr(link, w.say('invites.qr.of', { name })) : nothing}</li>`;
}

/** `print`: digits of the clerk's key, for whoever gets the letter; `more` stands below the list. */
export function invitations(v: Scene, meeting: Convened, print: string | null, more: unknown): TemplateResult {
  const { w } = v;
  const { invitations: all } = meeting;
  return html`<div class="wrap wrap--narrow"><div class="page-h">${heading('invitations', w.say('invites.title'))}
      <p><b>${meeting.title}</b>, ${v.t.moment(meeting.starts)}</p>
      <p class="muted">${w.say(all.length === 0 ? 'invites.none' : 'invites.text')}</p></div>
    ${all.length === 0 ? nothing : html`<p class="notice" role="status" data-testid="invitations-signed"
      data-state=${meeting.signed ? 'on' : 'off'}>${w.say(meeting.signed ? 'invites.signed' : 'invites.unsigned')}</p>`}
    ${news(v)}
    <ul class="card card--list" aria-label=${w.say('invites.list')}>${all.map((who) =>
      invitation(v, meeting, who, print))}</ul>
    ${more}
    <div class="btn-row btn-row--after">
      <a class="btn btn--primary btn--lg" href="/">${w.say('invites.done')}</a></div></div>`;
}
