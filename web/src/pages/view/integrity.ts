// SPDX-License-Identifier: EUPL-1.2
// The files of this client with their hashes, and in plain words what that shows and what it does not.

import { html, nothing, type TemplateResult } from 'lit-html';
import { icon } from '../../view/icon';
import type { Checked, Integrity } from '../state';
import { desk, heading } from './frame';
import { button, type Drawn } from './parts';
import type { Scene } from './scene';

type Verdict = 'same' | 'differs' | 'unreadable' | 'waiting';

export function verdict({ found, sha256 }: Checked): Verdict {
  if (found === null) return 'waiting';
  return found === '' ? 'unreadable' : found === sha256 ? 'same' : 'differs';
}

function result(v: Scene, files: readonly Checked[]): TemplateResult {
  const { w } = v;
  const bad = files.filter((f) => ['differs', 'unreadable'].includes(verdict(f))).length;
  const n = files.filter((f) => f.found !== null).length;
  if (n < files.length)
    return html`<div class="notice" role="status" data-testid="integrity" data-state="busy">${icon('clock')}<p>${
      w.say('integrity.busy', { n, all: files.length })}</p></div>`;
  return bad > 0
    ? html`<div class="notice notice--danger" role="alert" data-testid="integrity" data-state="bad">${icon('warn')}<p>${
      w.say('integrity.bad', { n: bad })}</p></div>`
    : html`<div class="notice notice--ok" role="status" data-testid="integrity" data-state="good">${icon('check')}
      <p>${w.say('integrity.good', { n })}</p></div>`;
}

/** In words; the sign only repeats it. */
function sign(v: Scene, is: Verdict): TemplateResult {
  return html`<span class="signed">${is === 'waiting' ? nothing : icon(is === 'same' ? 'check' : 'warn')}${
    v.w.say(`integrity.${is}`)}</span>`;
}

function table(v: Scene, files: readonly Checked[]): TemplateResult {
  const { w } = v;
  const size = (bytes: number): string => w.say('bytes.kilo', { n: Math.ceil(bytes / 1000) });
  return html`<section class="card" aria-labelledby="files">
    <h2 class="card__t" id="files">${w.say('integrity.files')}</h2>
    <table class="table table--stack"><thead><tr><th scope="col">${w.say('integrity.file')}</th>
      <th scope="col">${w.say('integrity.size')}</th><th scope="col">${w.say('integrity.hash')}</th>
      <th scope="col">${w.say('integrity.state')}</th></tr></thead>
      <tbody>${files.map((f) => html`<tr data-state=${verdict(f)}><th scope="row">${f.path}</th>
        <td data-l=${w.say('integrity.size')}>${size(f.bytes)}</td>
        <td data-l=${w.say('integrity.hash')}><code class="hash">${f.sha256}</code></td>
        <td data-l=${w.say('integrity.state')}>${sign(v, verdict(f))}</td></tr>`)}</tbody>
    </table></section>`;
}

function words(v: Scene): TemplateResult {
  const { w } = v;
  const list = (title: string, look: string, sign: 'check' | 'x', lines: readonly string[]): TemplateResult =>
    html`<section class="card stack stack--3"><h2 class="card__t">${title}</h2><ul class="ticks ${look}">${
      lines.map((line) => html`<li>${icon(sign)}<span>${line}</span></li>`)}</ul></section>`;
  return html`<div class="two">
    ${list(w.say('integrity.shows'), 'ticks--yes', 'check', [
      w.say('integrity.shows.same'), w.say('integrity.shows.compare'),
    ])}
    ${list(w.say('integrity.not'), 'ticks--no', 'x', [
      w.say('integrity.not.server'), w.say('integrity.not.other', { host: location.origin }),
    ])}</div>`;
}

function checked(v: Scene, files: readonly Checked[] | null): Drawn {
  if (files !== null) return result(v, files);
  return v.s.asking === null
    ? html`<div class="notice notice--danger" role="alert">${icon('warn')}<p>${v.w.say('integrity.none')}</p></div>` : nothing;
}

export function integrity(v: Scene, page: Integrity): TemplateResult {
  const { w } = v;
  return desk(v, html`<div class="wrap"><div class="page-h">${heading('integrity', w.say('integrity.title'))}
      <p class="muted">${w.say('integrity.text')}</p></div>
    <div class="stack stack--6">${checked(v, page.files)}
      <div class="btn-row">${button(v, {
        words: w.say('integrity.again'), icon: 'refresh', press: () => v.act({ type: 'check-files' }),
      })}</div>
      ${words(v)}${page.files === null ? nothing : table(v, page.files)}</div></div>`);
}
