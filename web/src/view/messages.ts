// SPDX-License-Identifier: EUPL-1.2
// Conversations that only their readers can read: the list of them, and whom to write to. One thread stands in
// thread.ts.

import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { isSelf, presides } from '../select';
import { type Conversation, openThread } from '../secrecy';
import type { Person } from '../wire/messages';
import { icon } from './icon';
import { initials } from './name';
import type { Scene } from './scene';
import { inOrder } from './grid';
import { otherReaders, thread } from './thread';
import { roleOf } from './words';

type Drawn = TemplateResult | typeof nothing;

function lastLine(v: Scene, c: Conversation): string {
  if (c.state === 'asked') return v.t.say(c.kind === 'caucus' ? 'talk.asked.caucus' : 'talk.asked');
  if (c.state === 'joining') return v.t.say('talk.opening');
  if (c.state === 'over') return v.t.say('talk.over');
  return c.said.at(-1)?.text ?? v.t.say('talk.empty');
}

function row(v: Scene, c: Conversation): TemplateResult {
  const names = otherReaders(v, c);
  return html`<li><button class="chan chan--private" type="button" data-testid="conversation" data-with=${names}
    @click=${() => v.act({ type: 'talk', group: c.group })}>
    <span class="chan__ic" aria-hidden="true">${icon(c.kind === 'caucus' ? 'people' : 'lock')}</span>
    <span><b>${c.kind === 'caucus' ? v.t.say('talk.caucus.with', { names }) : names}</b><small>${
      lastLine(v, c)}</small></span>
    ${c.unread === 0 ? nothing : html`<span class="count count--new"><span aria-hidden="true">${
      c.unread}</span><span class="sr">${v.t.say('talk.unread', { n: c.unread })}</span></span>`}
  </button></li>`;
}

function writable(v: Scene): readonly Person[] {
  return inOrder(v.s).filter((p) => !isSelf(v.s, p.id));
}

function choice(v: Scene, p: Person): TemplateResult {
  return html`<li><label class="check chan"><input type="checkbox" name="reader" value=${p.id}>
    <span class="av" aria-hidden="true">${initials(p.name)}</span>
    <span><b>${p.name}</b><small>${roleOf(v.t, p)}</small></span></label></li>`;
}

/** Guests write to others; a caucus is opened by members, chair and clerk (RIGHTS.md). */
function mayCaucus(v: Scene): boolean {
  return presides(v.s) || v.s.self?.office === 'member';
}

function begin(v: Scene, form: HTMLFormElement, kind: 'private' | 'caucus'): void {
  const people = [...form.querySelectorAll<HTMLInputElement>('input[name=reader]:checked')].map((i) => Number(i.value));
  const error = form.querySelector<HTMLElement>('.error');
  if (error !== null) error.hidden = people.length > 0;
  if (people.length === 0) return form.querySelector<HTMLInputElement>('input')?.focus();
  const [only] = people;
  if (people.length === 1 && kind === 'private' && only !== undefined) v.act({ type: 'write-to', person: only });
  else v.act({ type: 'converse', people, kind });
  form.reset();
}

function beginning(v: Scene): Drawn {
  const { t } = v;
  const people = writable(v);
  if (people.length === 0) return html`<p class="muted">${t.say('talk.nobody')}</p>`;
  const submit = (e: Event): void => {
    e.preventDefault();
    const by = (e as SubmitEvent).submitter as HTMLButtonElement | null;
    begin(v, e.currentTarget as HTMLFormElement, by?.value === 'caucus' ? 'caucus' : 'private');
  };
  return html`<form novalidate @submit=${submit}>
    <fieldset class="bare"><legend class="sub">${t.say('talk.new')}</legend>
      <ul class="chans">${repeat(people, (p) => p.id, (p) => choice(v, p))}</ul></fieldset>
    <p class="error" role="alert" hidden>${icon('warn')}<span>${t.say('talk.choose')}</span></p>
    <div class="btn-row">
      <button class="btn btn--private" type="submit" value="private" data-testid="talk-begin">${icon('lock')}${
        t.say('talk.begin')}</button>
      ${mayCaucus(v) ? html`<button class="btn btn--sm" type="submit" value="caucus" data-testid="caucus-begin">${
        icon('people')}${t.say('talk.caucus')}</button>` : nothing}
    </div>
  </form>`;
}

export function messagesPanel(v: Scene): TemplateResult {
  const open = openThread(v.s.secrecy);
  if (open !== null) return thread(v, open);
  const { conversations } = v.s.secrecy;
  return html`<p class="aud aud--private">${icon('lock')}<span><b>${v.t.say('talk.readers')}</b> ${
    v.t.say('talk.not-read')}</span></p>
  <div class="panel__b" tabindex="0" role="region" aria-label=${v.t.say('tab.messages')}>
    ${conversations.length === 0 ? nothing : html`<ul class="chans">${
      repeat(conversations, (c) => c.group, (c) => row(v, c))}</ul>`}
    ${beginning(v)}
  </div>`;
}
