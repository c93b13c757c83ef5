// SPDX-License-Identifier: EUPL-1.2
// What an administrator keeps: bodies, people, administrators, retention; and the log of who changed what.

import { html, nothing, type TemplateResult } from 'lit-html';
import { icon } from '../../view/icon';
import { atLeast } from '../admin';
import {
  type Admin, type BadLine, type EnrolLink, type Level, LEVELS, type Retention, type SecurityEvent, type User,
} from '../api';
import { isEmail } from '../convene';
import type { NewUser } from '../event';
import type { Administration, Confirmed } from '../state';
import { answers, button, choose, disclosure, type Drawn, field, fieldError, form, loading, question, type Values }
  from './parts';
import type { Scene } from './scene';

/** Days, as the server takes them. */
const DAYS = { security: [30, 365], meetings: [0, 3650] } as const;
/** Of a request with a list in it. */
const LIST_BYTES = 250_000;

function card(title: string, content: unknown): TemplateResult {
  return html`<section class="card stack"><h2 class="card__t">${title}</h2>${content}</section>`;
}

function table(heads: readonly string[], rows: unknown, look = ''): TemplateResult {
  return html`<table class="table table--stack ${look}"><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}
    </tr></thead><tbody>${rows}</tbody></table>`;
}

/** One-time links, to be passed on now. */
function links(v: Scene, all: readonly EnrolLink[]): Drawn {
  if (all.length === 0) return nothing;
  const { w } = v;
  const name = (l: EnrolLink): string => (l.name === '' ? l.email : l.name);
  return html`<section class="card stack" aria-labelledby="links"><h2 id="links">${w.say('links.title')}</h2>
    <p class="muted">${w.say('links.text')}</p>
    <ul>${all.map((l) => html`<li class="invite"><div><h3>${name(l)}</h3><p class="small muted">${l.email}</p></div>
      ${button(v, {
        words: w.say('invites.copy'), look: 'btn--sm', name: w.say('links.copy.of', { name: name(l) }),
        press: () => v.act({ type: 'copy', text: l.link }),
      })}<input class="input input--md input--link" readonly .value=${l.link} data-testid="enrol-link"
        aria-label=${w.say('invites.link', { name: name(l) })}
        @focus=${(e: Event) => (e.target as HTMLInputElement).select()}></li>`)}</ul>
    ${all.length === 1 ? nothing : html`<div class="btn-row">${button(v, {
      words: w.say('links.all'),
      press: () => v.act({ type: 'copy', text: all.map((l) => `${name(l)}\t${l.email}\t${l.link}`).join('\n') }),
    })}</div>`}</section>`;
}

function adder(v: Scene, testid: string): TemplateResult {
  const words = v.w.say('users.add.submit');
  return html`<div class="btn-row">${button(v, { words, look: 'btn--primary', testid })}</div>`;
}

export function bodies(v: Scene, page: Administration): TemplateResult {
  const { w } = v;
  if (page.bodies === null) return loading(v, 'admin.loading');
  return html`${page.bodies.length === 0 ? html`<p>${w.say('bodies.none')}</p>`
    : html`<section class="card">${table([w.say('bodies.name'), w.say('bodies.people')], page.bodies.map((b) =>
      html`<tr><th scope="row">${b.name}</th><td data-l=${w.say('bodies.people')}>${
        w.say('bodies.people.n', { n: b.members.length })}</td></tr>`))}</section>`}
    ${atLeast(page, 'operate') ? card(w.say('bodies.add'), form(v, 'body', html`
      ${field(v, { name: 'body', label: w.say('bodies.add.name'), hint: w.say('bodies.add.hint') })}
      ${adder(v, 'add-body')}`,
    (of) => v.act(of('body') === '' ? { type: 'wrong', field: 'body', why: 'empty' }
      : { type: 'manage', manage: { act: 'add-body', name: of('body') } }))) : nothing}`;
}

function confirm(v: Scene, what: Confirmed, words: string, name: string): TemplateResult {
  return button(v, {
    words, name, look: `btn--sm ${what.act === 'reset-user' ? '' : 'btn--danger-quiet'}`, testid: what.act,
    press: () => v.act({ type: 'confirming', what }),
  });
}

/** What somebody is, of which body. */
function seats(v: Scene, page: Administration, email: string): unknown {
  const own = (page.bodies ?? []).flatMap((body) => body.members.filter((m) => m.email === email)
    .map((m) => ({ ...m, body: body.name })));
  return own.length === 0 ? v.w.say('none') : own.map(({ office, body, party }) => html`<span class="line">${
    v.w.say('users.role.of', { office: v.t.say(`office.${office}`), body })}${party === null ? nothing
      : html` (${party})`}</span>`);
}

function user(v: Scene, page: Administration, u: User): TemplateResult {
  const { w } = v;
  const { email, name, status } = u;
  return html`<tr data-testid="user"><th scope="row">${name}<br><span class="small muted">${email}</span></th>
    <td data-l=${w.say('users.role')}><span>${seats(v, page, email)}</span></td>
    <td data-l=${w.say('users.state')} data-status=${status}>${w.say(`users.${status}`)}</td>
    ${atLeast(page, 'operate') ? html`<td><div class="btn-row btn-row--2">${status === 'closed' ? nothing : html`
      ${confirm(v, { act: 'reset-user', email }, w.say('users.reset'), w.say('users.reset.of', { name }))}
      ${confirm(v, { act: 'close-user', email }, w.say('users.close'), w.say('users.close.of', { name }))}`}
      </div></td>` : nothing}</tr>`;
}

function newUser(of: Values): NewUser {
  const body = of('body') === '' ? null : of('body');
  const office = (['chair', 'clerk', 'member'] as const).find((o) => o === of('office')) ?? 'member';
  return {
    name: of('name'), email: of('email').toLowerCase(), body, office: body === null ? null : office,
    party: of('party') === '' ? null : of('party'),
  };
}

function addUser(v: Scene, page: Administration): TemplateResult {
  const { w, t } = v;
  const send = (of: Values): void => {
    if (of('name') === '') v.act({ type: 'wrong', field: 'name', why: 'empty' });
    else if (!isEmail(of('email'))) v.act({ type: 'wrong', field: 'email', why: 'email' });
    else v.act({ type: 'manage', manage: { act: 'add-user', user: newUser(of) } });
  };
  return card(w.say('users.add'), form(v, 'user', html`<div class="two">
      ${field(v, { name: 'name', label: w.say('users.add.name') })}
      ${field(v, { name: 'email', label: w.say('users.add.email'), type: 'email' })}
      ${choose({ name: 'body', label: w.say('users.add.body') }, [
        ...(page.bodies ?? []).map(({ id, name }) => [id, name] as const), ['', w.say('none')],
      ])}
      ${choose({ name: 'office', label: w.say('users.add.office') },
        (['member', 'chair', 'clerk'] as const).map((o) => [o, t.say(`office.${o}`)]))}
      ${field(v, { name: 'party', label: w.say('users.add.party'), optional: true })}</div>
    ${adder(v, 'add-user')}`,
  send));
}

const LINE_WORDS = [
  'wrong-email', 'wrong-name', 'no-body', 'wrong-office', 'office-taken', 'taken', 'too-many', 'is-administrator',
  'is-closed', 'wrong-line',
] as const;

function badLine(v: Scene, bad: BadLine): string {
  const why = LINE_WORDS.find((word) => word === bad.code) ?? 'other';
  return v.w.say('import.line', { line: bad.line, why: v.w.say(`import.why.${why}`) });
}

function refusedLines(v: Scene): Drawn {
  const { trouble } = v.s;
  if (trouble?.what !== 'refused' || trouble.refusal.lines.length === 0) return nothing;
  return html`<div class="notice notice--danger" role="alert" data-testid="import-refused">${icon('warn')}
    <p>${v.w.say('error.bad-lines')}</p>
    <ul class="lines">${trouble.refusal.lines.map((bad) => html`<li>${badLine(v, bad)}</li>`)}</ul></div>`;
}

function importList(v: Scene): TemplateResult {
  const { w } = v;
  const send = async (e: Event): Promise<void> => {
    e.preventDefault();
    const file = (e.currentTarget as HTMLFormElement).querySelector<HTMLInputElement>('#csv')?.files?.[0];
    if (file === undefined) v.act({ type: 'wrong', field: 'csv', why: 'empty' });
    else if (file.size > LIST_BYTES) v.act({ type: 'wrong', field: 'csv', why: 'large' });
    else v.act({ type: 'manage', manage: { act: 'import', csv: await file.text() } });
  };
  return card(w.say('import.title'), html`<p class="muted">${w.say('import.text')}</p>${refusedLines(v)}
    <form class="stack" data-form="import" novalidate @submit=${send}>
      <div class="field"><label class="field__l" for="csv">${w.say('import.file')}</label>
        <input class="input" id="csv" name="csv" type="file" accept=".csv,text/csv" data-testid="csv">
        ${fieldError(v, 'csv')}</div>
      <div class="btn-row">${button(v, { words: w.say('import.submit'), testid: 'import' })}</div></form>`);
}

export function users(v: Scene, page: Administration): TemplateResult {
  const { w } = v;
  if (page.users === null) return loading(v, 'admin.loading');
  const may = atLeast(page, 'operate');
  const heads = [
    w.say('users.name'), w.say('users.role'), w.say('users.state'), ...(may ? [w.say('users.actions')] : []),
  ];
  return html`${links(v, page.links)}
    <section class="card stack">
      <p class="muted">${w.say('users.n', { n: page.users.length })}. ${w.say('users.note')}</p>
      ${page.users.length === 0 ? html`<p>${w.say('users.none')}</p>`
        : table(heads, page.users.map((u) => user(v, page, u)))}</section>
    ${may ? html`${addUser(v, page)}${disclosure(w.say('import.title'), importList(v))}` : nothing}`;
}

function admin(v: Scene, page: Administration, a: Admin): TemplateResult {
  const { w } = v;
  const { email } = a;
  return html`<tr data-testid="admin"><th scope="row">${email}</th>
    <td data-l=${w.say('admins.level')}>${w.say(`admin.level.${a.level}`)}</td>
    <td data-l=${w.say('users.state')}>${w.say(`users.${a.status}`)}</td>
    ${atLeast(page, 'configure') ? html`<td>${a.status === 'closed' || email === page.me?.email ? nothing
      : confirm(v, { act: 'close-admin', email }, w.say('users.close'), w.say('admins.close.of', { email }))
    }</td>` : nothing}</tr>`;
}

function levelWords(v: Scene, level: Level): string {
  return `${v.w.say(`admin.level.${level}`)}: ${v.w.say(`admin.level.${level}.text`)}`;
}

export function admins(v: Scene, page: Administration): TemplateResult {
  const { w } = v;
  if (page.admins === null) return loading(v, 'admin.loading');
  const may = atLeast(page, 'configure');
  const heads = [
    w.say('admins.email'), w.say('admins.level'), w.say('users.state'), ...(may ? [w.say('users.actions')] : []),
  ];
  const send = (of: Values): void => {
    const level = LEVELS.find((l) => l === of('level')) ?? 'read';
    const email = of('email').toLowerCase();
    v.act(isEmail(email) ? { type: 'manage', manage: { act: 'add-admin', email, level } }
      : { type: 'wrong', field: 'email', why: 'email' });
  };
  return html`${links(v, page.links)}
    <section class="card stack"><p class="muted">${w.say('admins.text')}</p>
      ${table(heads, page.admins.map((a) => admin(v, page, a)))}</section>
    ${may ? card(w.say('admins.add'), form(v, 'admin', html`
      ${field(v, { name: 'email', label: w.say('admins.email'), type: 'email' })}
      ${choose({ name: 'level', label: w.say('admins.level') }, LEVELS.map((l) => [l, levelWords(v, l)]))}
      ${adder(v, 'add-admin')}`, send)) : nothing}`;
}

function days(name: keyof Retention, text: string): number | null {
  const n = Number(text);
  const [least, most] = DAYS[name];
  return text !== '' && Number.isInteger(n) && n >= least && n <= most ? n : null;
}

export function retention(v: Scene, page: Administration): TemplateResult {
  const { w } = v;
  const kept = page.retention;
  if (kept === null) return loading(v, 'admin.loading');
  const send = (of: Values): void => {
    const [security, meetings] = [days('security', of('security')), days('meetings', of('meetings'))];
    if (security === null) v.act({ type: 'wrong', field: 'security', why: 'days' });
    else if (meetings === null) v.act({ type: 'wrong', field: 'meetings', why: 'days' });
    else v.act({ type: 'manage', manage: { act: 'retention', retention: { security, meetings } } });
  };
  const part = (name: keyof Retention): TemplateResult => field(v, {
    name, label: w.say(`retention.${name}`), hint: w.say(`retention.${name}.hint`), type: 'number', min: DAYS[name][0],
    max: DAYS[name][1], value: String(kept[name]), look: 'input--days',
  });
  return html`<p class="muted">${w.say('retention.text')}</p>
    ${atLeast(page, 'configure') ? html`<section class="card">${form(v, 'retention', html`${part('security')}
      ${part('meetings')}<div class="btn-row">${button(v, { words: w.say('retention.save'), look: 'btn--primary',
        testid: 'save-retention' })}</div>`, send)}</section>`
      : html`<dl class="facts facts--box">${(['security', 'meetings'] as const).map((name) => html`<div><dt>${
        w.say(`retention.${name}`)}</dt><dd><b>${w.say('retention.days', { n: kept[name] })}</b></dd></div>`)}</dl>`}`;
}

const KINDS = [
  'admin-added', 'admin-closed', 'backup-made', 'body-added', 'certificate-changed', 'certificate-ended',
  'certificate-ends', 'certificate-refused', 'enrolled', 'meeting-ended', 'meeting-erased', 'other-sessions-ended',
  'passkey-added', 'passkey-removed', 'restored', 'retention-set', 'roster-signed', 'session-ended', 'sign-in-refused',
  'signed-in', 'signed-out', 'started', 'stopped', 'user-added', 'user-changed', 'user-closed', 'user-reset',
  'users-imported',
] as const;

/** A kind that this page does not know, of a newer server, is told by its word. */
function kindWords(v: Scene, e: SecurityEvent): string {
  const kind = KINDS.find((known) => known === e.kind);
  return kind === undefined ? e.kind : v.w.say(`security.kind.${kind}`);
}

export function security(v: Scene, page: Administration): TemplateResult {
  const { w, t } = v;
  if (page.events === null) return loading(v, 'admin.loading');
  if (page.events.length === 0) return html`<p>${w.say('security.none')}</p>`;
  return html`<section class="card">${table([w.say('security.at'), w.say('security.who'), w.say('security.what')],
    page.events.map((e) => html`<tr data-testid="security-event" data-kind=${e.kind}>
      <th scope="row">${t.moment(e.at)}</th>
      <td data-l=${w.say('security.who')}>${e.who ?? w.say('security.server')}</td>
      <td data-l=${w.say('security.what')}><span>${kindWords(v, e)}${e.about === null ? nothing
        : html`: ${e.about}`}</span></td></tr>`), 'table--log')}</section>`;
}

const TITLES = {
  'close-user': 'users.close.title', 'reset-user': 'users.reset.title', 'close-admin': 'admins.close.title',
} as const;
const TEXTS = {
  'close-user': 'users.close.text', 'reset-user': 'users.reset.text', 'close-admin': 'admins.close.text',
} as const;

/** Asked before what cannot be undone. */
export function confirmation(v: Scene, page: Administration): Drawn {
  const { w } = v;
  const what = page.confirming;
  if (what === null) return nothing;
  const cancel = { type: 'confirming', what: null } as const;
  if (what.act !== 'end-meeting')
    return question(v, {
      id: what.act, title: w.say(TITLES[what.act]), cancel,
      content: html`<div class="dialog__b"><p>${w.say(TEXTS[what.act], { email: what.email })}</p></div>${answers(v, {
        words: w.say(what.act === 'reset-user' ? 'users.reset' : 'users.close'),
        press: () => v.act({ type: 'confirm', reason: '' }),
      }, cancel)}`,
    });
  const content = html`<div class="dialog__b"><p>${w.say('end.text', { body: what.body })}</p>
    ${field(v, { name: 'reason', label: w.say('end.reason') })}</div>
    ${answers(v, { words: w.say('end.confirm') }, cancel)}`;
  return question(v, {
    id: what.act, title: w.say('end.title'), cancel,
    content: form(v, 'end', content, (of) => v.act(of('reason') === ''
      ? { type: 'wrong', field: 'reason', why: 'empty' } : { type: 'confirm', reason: of('reason') })),
  });
}
