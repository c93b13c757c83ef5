// SPDX-License-Identifier: EUPL-1.2
// One conversation: who can read it stands above it before one types, what was said, and the line to write on.

import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { isSelf } from '../select';
import { follow } from './bring';
import { type Conversation, type Said, TEXT_CHARACTERS } from '../secrecy';
import type { PersonId } from '../wire/messages';
import { icon } from './icon';
import { initials } from './name';
import type { Scene } from './scene';

type Drawn = TemplateResult | typeof nothing;

export function nameOf(v: Scene, person: PersonId): string {
  return v.s.secrecy.names[person] ?? v.t.say('talk.somebody');
}

/** "Fatima Bouazza", "Luc Desmedt en Pieter-Jan Maes". */
export function otherReaders(v: Scene, c: Conversation): string {
  return v.t.list(c.people.filter((id) => !isSelf(v.s, id)).map((id) => nameOf(v, id)));
}

function clock(v: Scene, at: number): string {
  return v.t.shortTime(new Date(performance.timeOrigin + at).toISOString());
}

function line(v: Scene, said: Said): TemplateResult {
  const own = isSelf(v.s, said.from);
  const name = nameOf(v, said.from);
  return html`<li class="msg ${own ? 'msg--me' : 'msg--them'}" data-testid="message" data-from=${name}>
    ${own ? nothing : html`<span class="av" aria-hidden="true">${initials(name)}</span>
      <span class="msg__h"><b>${name}</b><time>${clock(v, said.at)}</time></span>`}
    <p class="msg__b">${said.text}</p>
    ${own ? html`<span class="msg__st"><span class="sr">${v.t.say('talk.own')}</span><time>${
      clock(v, said.at)}</time></span>` : nothing}
  </li>`;
}

/** Real-time text of the others, marked as being typed; a screen reader is not read every letter of it. */
function typing(v: Scene, c: Conversation): TemplateResult[] {
  return Object.entries(c.writing).flatMap(([id, text]) => {
    const person = Number(id);
    if (text === '' || isSelf(v.s, person)) return [];
    return [html`<li class="msg msg--them msg--typing" aria-live="off" data-testid="typing"
      data-from=${nameOf(v, person)}>
      <span class="av" aria-hidden="true">${initials(nameOf(v, person))}</span>
      <span class="msg__h"><b>${nameOf(v, person)}</b><small>${v.t.say('talk.types')}</small></span>
      <p class="msg__b">${text}</p></li>`];
  });
}

function asked(v: Scene, c: Conversation): TemplateResult {
  const { t } = v;
  return html`<div class="panel__b"><section class="notice notice--private">${icon('lock')}
    <b>${t.say(c.kind === 'caucus' ? 'talk.invite.caucus' : 'talk.invite', { name: nameOf(v, c.by) })}</b>
    <p>${t.say('talk.invite.text', { names: otherReaders(v, c) })}</p>
    <div class="btn-row"><button class="btn btn--private" type="button" data-testid="talk-accept"
      @click=${() => v.act({ type: 'accept-conversation', group: c.group })}>${icon('check')}${
        t.say('talk.accept')}</button>
      <button class="btn" type="button" data-testid="talk-refuse"
        @click=${() => v.act({ type: 'refuse-conversation', group: c.group })}>${t.say('talk.refuse')}</button></div>
  </section></div>`;
}

/** Made here and given to nobody but the person who asked for it. */
function save(v: Scene, c: Conversation): void {
  const lines = c.said.map((m) => `${clock(v, m.at)} ${nameOf(v, m.from)}: ${m.text}\r\n`);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob(lines, { type: 'text/plain;charset=utf-8' }));
  link.download = 'conclave.txt';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
}

/** The log is silent while something stands in the line that is being written; what comes is told politely. */
function hush(input: HTMLInputElement, writes: boolean): void {
  input.closest('[role=tabpanel]')?.querySelector('[role=log]')?.setAttribute('aria-live', writes ? 'off' : 'polite');
}

function compose(v: Scene, c: Conversation): Drawn {
  const { t } = v;
  if (c.state === 'over') return html`<p class="panel__f muted">${t.say('talk.over')}</p>`;
  const ready = c.state === 'open';
  const submit = (e: Event): void => {
    e.preventDefault();
    const input = (e.currentTarget as HTMLFormElement).querySelector('input');
    if (input === null || !ready || input.value.trim() === '') return;
    v.act({ type: 'say', group: c.group, text: input.value });
    input.value = '';
    hush(input, false);
  };
  const typed = (e: Event): void => {
    const input = e.currentTarget as HTMLInputElement;
    hush(input, input.value !== '');
    v.act({ type: 'write', group: c.group, text: input.value });
  };
  const rests = (e: Event): void => hush(e.currentTarget as HTMLInputElement, false);
  return html`<form class="panel__f compose compose--private" novalidate @submit=${submit}>
    <label class="compose__to" for="message-text">${icon('lock')}${
      t.say('talk.to', { names: otherReaders(v, c) })}</label>
    <input class="input" id="message-text" data-testid="message-text" autocomplete="off" maxlength=${TEXT_CHARACTERS}
      placeholder=${t.say(ready ? 'talk.write' : 'talk.opening')} @input=${typed} @blur=${rests}>
    <button class="btn btn--private btn--icon" type="submit" data-testid="message-send" aria-disabled=${!ready}
      aria-label=${t.say('talk.send')}>${icon('send')}</button>
    <label class="check compose__rtt"><input type="checkbox" data-testid="real-time"
      .checked=${v.s.secrecy.talking.realTime}
      @change=${(e: Event) => v.act({ type: 'real-time', on: (e.currentTarget as HTMLInputElement).checked })}>
      <span>${t.say('talk.real-time')}</span></label>
  </form>`;
}

function foot(v: Scene, c: Conversation): TemplateResult {
  const { t } = v;
  return html`<div class="btn-row">
    <button class="btn btn--sm" type="button" data-testid="talk-save" @click=${() => save(v, c)}>${icon('download')}${
      t.say('talk.save')}</button>
    <button class="btn btn--sm" type="button" data-testid="talk-leave"
      @click=${() => v.act({ type: 'leave-conversation', group: c.group })}>${icon('leave')}${
        t.say(c.state === 'over' ? 'talk.close' : 'talk.leave')}</button></div>`;
}

export function thread(v: Scene, c: Conversation): TemplateResult {
  const { t } = v;
  const names = otherReaders(v, c);
  const last = c.said.at(-1);
  const own = last !== undefined && isSelf(v.s, last.from);
  const typed = Object.values(c.writing).join(' ').length > 0;
  return html`<div class="thread__h"><button class="btn btn--quiet btn--icon" type="button" aria-label=${
    t.say('talk.back')} @click=${() => v.act({ type: 'talk', group: null })}>${icon('chev-l')}</button><b>${
      c.kind === 'caucus' ? t.say('talk.caucus.with', { names }) : names}</b></div>
  <p class="aud aud--private">${icon('lock')}<span><b>${t.say('talk.only', { names })}</b> ${
    t.say('talk.not-read')}</span></p>
  ${c.state === 'asked' ? asked(v, c) : html`<div class="panel__b" tabindex="0" role="log" aria-label=${names}
    ${follow('.msg', `${last?.id ?? ''} ${typed}`, `${c.group} ${v.s.sheet}`, own)}>
    <ol class="msgs">${repeat(c.said, (m) => m.id, (m) => line(v, m))}${typing(v, c)}</ol>${foot(v, c)}</div>
    ${compose(v, c)}`}`;
}
