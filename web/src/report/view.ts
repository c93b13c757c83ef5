// SPDX-License-Identifier: EUPL-1.2
// The report, drawn: the seal over the proceedings, presence, agenda, use of rights, faults, breaks, and the files.

import { html, nothing, svg, type TemplateResult } from 'lit-html';
import type { State } from '../state';
import type { ReportText } from '../text/report/messages';
import type { Text } from '../text/text';
import { row } from '../view/proceedings';
import { sessionTag } from '../view/agenda';
import { icon, type Icon } from '../view/icon';
import { frame } from '../view/frame';
import type { Scene } from '../view/scene';
import { reasonText } from '../view/sentence';
import { roleOf } from '../view/words';
import type { Finding } from './audit';
import type { Part, Pause, Present, Refused, Report, ReportedFault, ReportedItem, Span } from './report';

export type Seal =
  | { readonly state: 'checking' }
  | { readonly state: 'unknown' }
  | { readonly state: 'done'; readonly finding: Finding };

export interface Page {
  readonly state: State;
  readonly shown: 'loading' | Refused | Report;
  readonly seal: Seal;
  /** When the browser checked. */
  readonly at: string;
  /** A file did not arrive. */
  readonly failed: boolean;
}

export type File = `${'html' | 'json'}.${Part}` | 'log';

export interface Doing {
  readonly language: Scene['act'];
  readonly again: () => void;
  readonly check: () => void;
  readonly print: () => void;
  readonly save: (file: File) => void;
}

/** What every piece is drawn with. */
interface Words {
  readonly t: Text;
  readonly r: ReportText;
}

function span(w: Words, s: Span): string {
  const from = w.t.shortTime(s.from);
  return s.to === null ? w.r.say('span.open', { from }) : w.r.say('span', { from, to: w.t.shortTime(s.to) });
}

function spans(w: Words, list: readonly Span[]): string {
  return list.map((s) => span(w, s)).join(', ');
}

function minutes(w: Words, seconds: number): string {
  return w.r.say('minutes', { n: Math.round(seconds / 60) });
}

function nameOf(r: Report, id: number): string {
  return r.people.find((p) => p.id === id)?.name ?? `${id}`;
}

function last(r: Report): string {
  return r.ended ?? r.entries.at(-1)?.at ?? r.meeting.starts;
}

function seconds(list: readonly Span[], end: string): number {
  return list.reduce((sum, s) => sum + Date.parse(s.to ?? end) - Date.parse(s.from), 0) / 1_000;
}

/** When somebody was there, between the first and the last moment of the meeting. */
function bar(r: Report, list: readonly Span[]): TemplateResult | typeof nothing {
  const begin = Date.parse(r.opened ?? r.meeting.starts);
  const whole = Date.parse(last(r)) - begin;
  if (whole <= 0) return nothing;
  const at = (time: string): number => Math.min(1_000, Math.max(0, (1_000 * (Date.parse(time) - begin)) / whole));
  return html`<svg class="span" viewBox="0 0 1000 12" preserveAspectRatio="none" aria-hidden="true">${list.map((s) =>
    svg`<rect x=${at(s.from)} y="0" width=${Math.max(2, at(s.to ?? last(r)) - at(s.from))} height="12"/>`)}</svg>`;
}

function person(w: Words, r: Report, p: Present): TemplateResult {
  const out = r.items.filter((i) => i.recused.some((one) => one.id === p.id)).map((i) => i.id);
  const end = p.present.at(-1)?.to;
  const never = p.present.length === 0;
  return html`<tr data-testid="report-person" data-person=${p.name}>
    <th scope="row">${p.name}<br><span class="muted small">${roleOf(w.t, p)}</span></th>
    <td class="r" data-l=${w.r.say('presence.in')}>${never ? '' : w.t.shortTime(p.present[0]?.from ?? '')}</td>
    <td class="r" data-l=${w.r.say('presence.out')}>${
      end === null || end === undefined ? '' : w.t.shortTime(end)}</td>
    <td>${never ? w.r.say('presence.never') : minutes(w, seconds(p.present, last(r)))}${bar(r, p.present)}${
      out.length === 0 ? nothing : html`<span class="small muted">${
        w.r.say('presence.recused', { names: out.join(', ') })}</span>`}</td>
  </tr>`;
}

function presence(w: Words, r: Report): TemplateResult {
  const head = (key: 'who' | 'in' | 'out' | 'total'): TemplateResult =>
    html`<th scope="col" class=${key === 'in' || key === 'out' ? 'r' : ''}>${w.r.say(`presence.${key}`)}</th>`;
  return html`<section class="card"><h2>${w.r.say('presence')}</h2>
    <div class="table-wrap" tabindex="0" role="region" aria-label=${w.r.say('presence')}><table
      class="table table--stack">
      <thead><tr>${head('who')}${head('in')}${head('out')}${head('total')}</tr></thead>
      <tbody>${r.people.map((p) => person(w, r, p))}</tbody></table></div>
    <p class="small muted">${w.r.say('presence.from')}</p>
  </section>`;
}

function fact(words: string, value: unknown): TemplateResult {
  return html`<div><dt>${words}</dt><dd>${value}</dd></div>`;
}

function item(w: Words, r: Report, i: ReportedItem): TemplateResult {
  const who = (ids: readonly number[]): string => ids.map((id) => nameOf(r, id)).join(', ');
  const people = i.people.map((p) => `${nameOf(r, p.id)} (${minutes(w, p.seconds)})`).join(', ');
  const recused = i.recused.map((one) => (one.contested ? w.r.say('items.contested', { name: nameOf(r, one.id) })
    : nameOf(r, one.id))).join(', ');
  return html`<li class="rep__item" data-testid="report-item" data-item=${i.id}>
    <h3>${i.id}. ${i.title} ${sessionTag(w, i.convened === 'open')}</h3>
    <dl class="facts">
      ${fact(w.r.say('items.opened'), i.opened.length === 0 ? w.r.say('items.never') : spans(w, i.opened))}
      ${i.doors.length === 0 ? nothing : fact(w.r.say('items.doors'), spans(w, i.doors))}
      ${i.people.length === 0 ? nothing : fact(w.r.say('items.people'), people)}
      ${recused === '' ? nothing : fact(w.r.say('items.recused'), recused)}
      ${i.alone.length === 0 ? nothing : fact(w.r.say('items.alone'), who(i.alone))}
    </dl></li>`;
}

function fault(w: Words, f: ReportedFault): TemplateResult {
  return html`<li><b>${f.by.name}, ${w.t.time(f.at)}:</b> ${f.note}
    <span class="muted small">${f.cleared === null ? w.r.say('faults.open')
      : w.r.say('faults.cleared', { time: w.t.time(f.cleared.at) })}${f.cleared === null || f.cleared.reason === null
      ? '' : `: ${reasonText(w.t, f.cleared.reason)}`}</span></li>`;
}

function pause(w: Words, p: Pause): TemplateResult {
  const by = p.by === null ? '' : `${p.by.name}: `;
  return html`<li><b>${span(w, p)}</b> ${by}${p.reason === null ? '' : reasonText(w.t, p.reason)}</li>`;
}

function list(w: Words, title: string, lines: readonly TemplateResult[]): TemplateResult {
  return html`<section class="card"><h2>${title}</h2>${lines.length === 0 ? html`<p class="muted">${w.r.say('none')}</p>`
    : html`<ul class="rep__list">${lines}</ul>`}</section>`;
}

/** What a file holds too: everything but the buttons. */
export function body(w: Words, r: Report): TemplateResult {
  const { t, r: words } = w;
  return html`<div class="page-h">
      <p class="muted">${t.moment(r.opened ?? r.meeting.starts)}${r.ended === null ? '' : ` – ${t.time(r.ended)}`}</p>
      <h1>${words.say('title')}: ${r.meeting.title}</h1>
      ${r.meeting.body === '' ? nothing : html`<p class="muted">${r.meeting.body}</p>`}
    </div>
    <div class="stack stack--6">
      ${presence(w, r)}
      ${r.items.length === 0 ? nothing : html`<section class="card"><h2>${words.say('items')}</h2>
        <ol class="rep__items">${r.items.map((i) => item(w, r, i))}</ol></section>`}
      <section class="card"><h2>${words.say('rights')}</h2>${r.rights.length === 0
        ? html`<p class="muted">${words.say('rights.none')}</p>`
        : html`<ol class="log">${r.rights.map((e) => row(t, e))}</ol>`}</section>
      ${list(w, words.say('faults'), r.faults.map((f) => fault(w, f)))}
      ${list(w, words.say('suspensions'), r.suspensions.map((p) => pause(w, p)))}
      <section class="card"><h2>${words.say('proceedings')}</h2>
        <details class="disc"><summary>${words.say('proceedings.show', {
          count: words.say('entries', { n: r.entries.length }) })}</summary>
        <ol class="log">${r.entries.map((e) => row(t, e))}</ol></details></section>
    </div>`;
}

function sealed(w: Words, page: Page, report: Report): { look: string; image: Icon; title: string; text: string } {
  const { r, t } = w;
  const { seal } = page;
  if (!report.verified) {
    return { look: 'seal--broken', image: 'shield-x', title: r.say('seal.broken'), text: r.say('seal.server') };
  }
  if (seal.state === 'checking') {
    return { look: 'seal--open', image: 'shield', title: r.say('seal.checking'), text: r.say('seal.checking.text') };
  }
  if (seal.state === 'unknown') {
    return { look: 'seal--open', image: 'shield', title: r.say('seal.unknown'), text: r.say('seal.unknown.text') };
  }
  const { finding } = seal;
  if (finding.whole) {
    const count = r.say('entries', { n: finding.entries });
    const text = r.say('seal.whole.text', { count, time: t.time(page.at) });
    return { look: '', image: 'shield-check', title: r.say('seal.whole'), text };
  }
  const why = r.say(`seal.why.${finding.why}`, { entry: finding.entry });
  return { look: 'seal--broken', image: 'shield-x', title: r.say('seal.broken'), text: `${why} ${r.say('seal.next')}` };
}

/** What contradicts itself, for whoever was not there: made in this browser. */
function proof(w: Words, page: Page): TemplateResult | typeof nothing {
  const found = page.seal.state === 'done' && !page.seal.finding.whole ? page.seal.finding.proof : undefined;
  if (found === undefined) return nothing;
  return html` <a data-testid="record-proof" download="conclave-two-histories.json"
    href=${`data:application/json;charset=utf-8,${encodeURIComponent(found)}`}>${w.r.say('seal.proof')}</a>`;
}

function banner(w: Words, page: Page, report: Report, act: Doing): TemplateResult {
  const s = sealed(w, page, report);
  const state = page.seal.state === 'done' ? (page.seal.finding.whole ? 'whole' : 'broken') : page.seal.state;
  return html`<section class="seal ${s.look}" data-testid="seal" data-state=${report.verified ? state : 'broken'}
    role=${s.look === 'seal--broken' ? 'alert' : 'status'}>${icon(s.image)}
    <div><h2>${s.title}</h2><p>${s.text}${proof(w, page)}</p></div>
    <button class="btn" type="button" data-testid="check-again" @click=${act.check}>${icon('refresh')}${
      w.r.say('seal.again')}</button></section>`;
}

function files(w: Words, page: Page, report: Report, act: Doing): TemplateResult {
  const parts: readonly Part[] = report.items.length === 0 ? ['whole'] : ['open', 'closed'];
  const file = (name: File, words: string): TemplateResult => html`<button class="btn btn--wide" type="button"
    data-testid="save" data-file=${name} @click=${() => act.save(name)}>${icon('download')}${words}</button>`;
  return html`<section class="card stack stack--3 rep__files"><h2>${w.r.say('files')}</h2>
    ${parts.map((part) => html`${file(`html.${part}`, w.r.say(`files.html.${part}`))}${
      file(`json.${part}`, w.r.say(`files.json.${part}`))}`)}
    ${file('log', w.r.say('files.log'))}
    <button class="btn btn--wide" type="button" @click=${act.print}>${icon('print')}${w.r.say('print')}</button>
    ${page.failed ? html`<p class="field__e" role="alert">${icon('warn')}${w.r.say('files.failed')}</p>` : nothing}
    <p class="small muted">${w.r.say('files.text')}</p>
    <div class="notice">${icon('info')}<b>${w.r.say('recording')}</b><p>${w.r.say('recording.text')}</p></div>
  </section>`;
}

function refused(w: Words, { refused: why, wait }: Refused, act: Doing): TemplateResult {
  const text = why === 'slow-down' && wait !== null ? w.r.say('refused.slow-down.wait', { n: wait })
    : w.r.say(`refused.${why}.text`);
  return html`<section class="full" aria-labelledby="status" data-status=${why}><div class="full__box">
    <span class="full__ic full__ic--attn">${icon('verloop')}</span>
    <div class="stack stack--3"><h1 id="status">${w.r.say(`refused.${why}.title`)}</h1>
      <p class="full__lead">${text}</p></div>
    <div class="btn-row"><button class="btn btn--primary btn--lg" type="button" @click=${act.again}>${icon('refresh')}${
      w.t.say('action.try-again')}</button></div></div></section>`;
}

export function reportView(w: Words, page: Page, act: Doing): TemplateResult {
  const v: Scene = { s: page.state, t: w.t, act: act.language, port: { streamOf: () => null } };
  const { shown } = page;
  if (shown === 'loading') {
    return frame(v, html`<section class="full" data-status="loading"><div class="full__box" role="status">
      <span class="wait__d wait__d--page" aria-hidden="true"><i></i><i></i><i></i></span>
      <h1>${w.r.say('loading')}</h1></div></section>`);
  }
  if ('refused' in shown) return frame(v, refused(w, shown, act));
  return frame(v, html`<div class="wrap rep" data-testid="report">
    ${banner(w, page, shown, act)}
    <div class="rep__cols"><div>${body(w, shown)}</div><aside>${files(w, page, shown, act)}</aside></div>
  </div>`);
}
