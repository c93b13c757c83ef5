// SPDX-License-Identifier: EUPL-1.2
// The form by which a clerk convenes a body, and the invitations that come of it.

import { html, nothing, type TemplateResult } from 'lit-html';
import { keyed } from 'lit-html/directives/keyed.js';
import { repeat } from 'lit-html/directives/repeat.js';
import { icon } from '../../view/icon';
import type { Body } from '../api';
import type { Draft } from '../event';
import { clerkOf, type Convene } from '../state';
import { desk, heading } from './frame';
import { invitations } from './invitations';
import {
  button, choose, type Drawn, field, fieldError, form, loading, main, news, trouble, type Values,
} from './parts';
import { rosterCard } from './roster';
import type { Scene } from './scene';

type Row = 'items' | 'guests';

function remove(v: Scene, row: Row, number: number, name: string): TemplateResult {
  return html`<button class="btn btn--quiet btn--icon" type="button" aria-label=${name}
    @click=${() => v.act({ type: 'remove-row', row, number })}>${icon('x')}</button>`;
}

function add(v: Scene, row: Row, words: string): TemplateResult {
  return html`<div class="btn-row">${button(v, {
    words, testid: `add-${row}`, press: () => v.act({ type: 'add-row', row }),
  })}</div>`;
}

function item(v: Scene, number: number, at: number, alone: boolean): TemplateResult {
  const { w } = v;
  const n = at + 1;
  return html`<li class="rowed" data-testid="item-row">
    ${field(v, { name: `item-${at}`, label: w.say('convene.item.title', { n }) })}
    ${choose({ name: `state-${at}`, label: w.say('convene.item.state', { n }) }, [
      ['closed', w.say('convene.closed')], ['open', w.say('convene.open')],
    ])}
    ${alone ? nothing : remove(v, 'items', number, w.say('convene.item.remove', { n }))}</li>`;
}

function guest(v: Scene, page: Convene, number: number, at: number): TemplateResult {
  const { w } = v;
  const n = at + 1;
  return html`<li><div class="card card--sunk stack" data-testid="guest-row" role="group" aria-label=${
    w.say('convene.guest', { n })}>
    <div class="rowed rowed--even">
      ${field(v, { name: `guest-name-${at}`, label: w.say('convene.guest.name') })}
      ${field(v, { name: `guest-email-${at}`, label: w.say('convene.guest.email'), type: 'email' })}
      ${remove(v, 'guests', number, w.say('convene.guest.remove', { n }))}</div>
    <fieldset><legend class="field__l">${w.say('convene.guest.items')}</legend><div class="boxes">
      ${page.items.map((_, i) => html`<label class="check check--box"><input type="checkbox" name="at-${at}-${i}">
        <span>${w.say('convene.item', { n: i + 1 })}</span></label>`)}</div></fieldset></div></li>`;
}

/** What stands in the fields. Rows are named by their place, since that is what the person sees. */
export function draftOf(page: Convene, of: Values): Draft {
  const guests = page.guests.map((_, at) => ({
    name: of(`guest-name-${at}`), email: of(`guest-email-${at}`).toLowerCase(),
  }));
  return {
    body: of('body'),
    title: of('title'),
    starts: of('starts'),
    items: page.items.map((_, i) => ({
      title: of(`item-${i}`),
      convened: of(`state-${i}`) === 'open' ? 'open' : 'closed',
      guests: guests.filter((_, at) => of(`at-${at}-${i}`) !== '').map(({ email }) => ({ email })),
    })),
    guests,
    substitute: of('substitute') === '' ? null : of('substitute'),
  };
}

function meeting(v: Scene, page: Convene): TemplateResult {
  const { w } = v;
  return html`<section class="card stack">
    ${choose({
      name: 'body', label: w.say('convene.body'), chosen: (body) => v.act({ type: 'choose-body', body }),
    }, clerkOf(page.me).map(({ id, name }) => [id, name]))}
    ${field(v, { name: 'title', label: w.say('convene.subject'), hint: w.say('convene.subject.hint') })}
    ${field(v, {
      name: 'starts', label: w.say('convene.starts'), hint: w.say('convene.starts.hint'), type: 'datetime-local',
    })}
    ${substitute(v, page)}</section>`;
}

/** One of the members of the body that is chosen above; anew for another body, so that nobody stays chosen. */
function substitute(v: Scene, page: Convene): Drawn {
  const { w } = v;
  const people = page.members?.people ?? [];
  return html`${keyed(page.members?.body, choose(
    { name: 'substitute', label: w.say('convene.substitute'), hint: w.say('convene.substitute.hint') },
    [['', w.say('convene.substitute.nobody')], ...people.map(({ email, name }) => [email, name] as const)],
  ))}`;
}

function theForm(v: Scene, page: Convene): TemplateResult {
  const { w } = v;
  return form(v, 'convene', html`${meeting(v, page)}
    <section class="card stack" aria-labelledby="agenda"><h2 id="agenda">${w.say('convene.agenda')}</h2>
      <p class="small muted">${w.say('convene.open.text')}</p>
      <ol class="stack">${repeat(page.items, (n) => n, (n, at) => item(v, n, at, page.items.length === 1))}</ol>
      ${fieldError(v, 'items')}${add(v, 'items', w.say('convene.item.add'))}</section>
    <section class="card stack" aria-labelledby="guests"><h2 id="guests">${w.say('convene.guests')}</h2>
      <p class="small muted">${w.say('convene.guests.text')}</p>
      <ol class="stack">${repeat(page.guests, (n) => n, (n, at) => guest(v, page, n, at))}</ol>
      ${add(v, 'guests', w.say('convene.guest.add'))}</section>
    ${trouble(v)}<div class="btn-row">${main(v, { words: w.say('convene.submit'), testid: 'convene' })}</div>`,
  (of) => v.act({ type: 'convene', draft: draftOf(page, of), now: Date.now() }));
}

function titled(title: string, lead: string, content: unknown): TemplateResult {
  return html`<div class="wrap wrap--narrow"><div class="page-h">${title === '' ? nothing : heading('convene', title)}
    <p class="muted">${lead}</p></div>${content}</div>`;
}

function again(v: Scene, page: Convene): TemplateResult {
  const { w } = v;
  return titled(w.say('convene.again.title'), w.say('convene.again.text'), html`<div class="stack">
    ${page.result === null ? nothing
      : html`<p><b>${page.result.title}</b>, ${v.t.moment(page.result.starts)}</p>`}
    ${trouble(v)}<div class="btn-row">${main(v, {
      words: w.say('convene.again.submit'), testid: 'invite-again', press: () => v.act({ type: 'invite-again' }),
    })}</div>${news(v)}</div>`);
}

/** The digits for the paper, once they are what the list is signed with. */
function printOf({ roster, result }: Convene): string | null {
  return roster?.standing === 'same' && roster.name === result?.body ? roster.print : null;
}

function ofResult({ me, result }: Convene): readonly Body[] {
  return clerkOf(me).filter(({ name }) => name === result?.body);
}

function content(v: Scene, page: Convene): Drawn {
  const { w } = v;
  if (page.result !== null && page.result.id !== '' && (page.result.invitations.length > 0 || page.again === null))
    return invitations(v, page.result, printOf(page), rosterCard(v, ofResult(page), page.roster));
  if (page.me === null) return titled(w.say('convene.title'), '', loading(v, 'meetings.loading'));
  if (page.again !== null) return again(v, page);
  if (clerkOf(page.me).length === 0)
    return titled(w.say('convene.none.title'), w.say('convene.none.text'), html`<a class="btn" href="/">${
      w.say('invites.done')}</a>`);
  return titled(w.say('convene.title'), w.say('convene.text'), html`${theForm(v, page)}${
    rosterCard(v, clerkOf(page.me), page.roster)}${news(v)}`);
}

export function convene(v: Scene, page: Convene): TemplateResult {
  return desk(v, content(v, page));
}
