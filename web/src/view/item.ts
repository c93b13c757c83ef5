// SPDX-License-Identifier: EUPL-1.2
// The dialogs of the agenda: to take no part, to note that somebody takes no part, to let an audience in; and the
// correction of somebody's presence.

import { html, nothing, type TemplateResult } from 'lit-html';
import type { ItemDialog } from '../event';
import { isRecused, itemOf } from '../select';
import type { Item } from '../wire/items';
import type { Named, Reason } from '../wire/messages';
import { box, canceller, complain, filled, readReason, reasonFields, reasonForm, type Choice } from './box';
import { icon, type Icon } from './icon';
import type { Scene } from './scene';
import { otherOffice } from './words';

function recuse(v: Scene, item: Item): TemplateResult {
  const { t } = v;
  const now = item.phase === 'open';
  const line = (name: Icon, words: string): TemplateResult => html`<li>${icon(name)}<span>${words}</span></li>`;
  return box(v, {
    id: 'recuse',
    title: t.say('recuse.title', { item: item.id }),
    content: html`<div class="dialog__b">
        <p class="muted">${t.say(now ? 'recuse.now' : 'recuse.later', { title: item.title })}</p>
        <ul class="ticks">${line('eye-off', t.say('recuse.nothing'))}${line('verloop', t.say('recuse.listed'))}${
          line('lock', t.say('recuse.final'))}</ul>
      </div>
      <div class="dialog__f"><button class="btn btn--primary" type="button" data-testid="confirm"
        @click=${() => v.act({ type: 'item', act: 'recuse', item: item.id })}>${icon('eye-off')}${
          t.say(now ? 'recuse.confirm.now' : 'recuse.confirm.later', { item: item.id })}</button>${canceller(v)}</div>`,
  });
}

function doorsOpen(v: Scene, item: Item): TemplateResult {
  const { t } = v;
  return box(v, {
    id: 'doors-open',
    title: t.say('doors-open.title', { item: item.id }),
    content: reasonForm(v, {
      text: t.say('doors-open.text', { role: t.say(`office.${otherOffice(v.s.self?.office ?? 'clerk')}`) }),
      codes: ['public-part', 'agreed', 'written'],
      icon: 'unlock',
      confirm: t.say('doors-open.confirm'),
      danger: false,
      done: (reason) => v.act({ type: 'doors-open', item: item.id, reason }),
    }),
  });
}

interface Choosing {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly fields: unknown;
  readonly codes: readonly Choice[];
  readonly icon: Icon;
  readonly confirm: string;
  /** What is missing besides the reason; null: nothing is. */
  readonly missing: (data: FormData) => string | null;
  readonly done: (data: FormData, reason: Reason) => void;
}

/** A choice that comes before the reason. */
function choosing(v: Scene, c: Choosing): TemplateResult {
  const submit = (e: Event): void => {
    e.preventDefault();
    const form = e.currentTarget as HTMLFormElement;
    const data = new FormData(form);
    const missing = c.missing(data);
    const said = form.querySelector<HTMLElement>('#choice-error');
    const field = form.querySelector<HTMLElement>('[data-choice]');
    if (said !== null) said.hidden = missing === null;
    if (field !== null) field.ariaInvalid = String(missing !== null);
    if (missing !== null) return field?.focus();
    const reason = readReason(v, form, c.codes);
    if (reason !== null) c.done(data, reason);
    else complain(form, v.t.say(filled(form).choice === '' ? 'reason.missing' : 'reason.write'));
  };
  return box(v, {
    id: c.id,
    title: c.title,
    content: html`<form novalidate @submit=${submit}>
      <div class="dialog__b"><p class="muted">${c.text}</p>${c.fields}${reasonFields(v, c.codes)}</div>
      <div class="dialog__f"><button class="btn btn--primary" type="submit" data-testid="confirm">${icon(c.icon)}${
        c.confirm}</button>${canceller(v)}</div>
    </form>`,
  });
}

function missingLine(words: string): TemplateResult {
  return html`<p class="field__e" id="choice-error" role="alert" hidden>${icon('warn')}${words}</p>`;
}

function noteRecusal(v: Scene, item: Item): TemplateResult {
  const { t, s } = v;
  const people = s.people.filter((p) => p.id !== s.self?.id && !isRecused(item, p.id));
  const chair = s.self?.office === 'chair';
  const chosen = (data: FormData): number => Number(data.get('person') ?? 0);
  return choosing(v, {
    id: 'note-recusal',
    title: t.say('note-recusal.title', { item: item.id }),
    text: t.say('note-recusal.text'),
    fields: html`<div class="field"><label class="field__l" for="recused">${t.say('note-recusal.who')}</label>
        <select class="input" id="recused" name="person" data-choice data-testid="recused"
          aria-describedby="choice-error">
          <option value="">${t.say('note-recusal.choose')}</option>
          ${people.map((p) => html`<option value=${p.id}>${p.name}</option>`)}</select>
        ${missingLine(t.say('note-recusal.choose'))}</div>
      <label class="check"><input type="checkbox" name="contested" data-testid="contested"><span>${
        t.say(chair ? 'note-recusal.contested.chair' : 'note-recusal.contested.clerk')}</span></label>`,
    codes: ['owner', 'family', 'represents', 'written'],
    icon: 'eye-off',
    confirm: t.say('note-recusal.confirm'),
    missing: (data) => (chosen(data) > 0 ? null : 'person'),
    done: (data, reason) => v.act({
      type: 'note-recusal', item: item.id, person: chosen(data), reason, contested: data.has('contested'),
    }),
  });
}

export function presence(v: Scene, who: Named): TemplateResult {
  const { t } = v;
  return choosing(v, {
    id: 'presence',
    title: t.say('presence.title', { name: who.name }),
    text: t.say('presence.text'),
    fields: html`<fieldset><legend class="field__l">${t.say('presence.was')}</legend>
      ${(['present', 'absent'] as const).map((was, at) => html`<label class="check"><input type="radio" name="was"
        value=${was} ?data-choice=${at === 0} aria-describedby="choice-error" data-testid="presence-${was}"><span>${
        t.say(`presence.${was}`)}</span></label>`)}
      ${missingLine(t.say('presence.missing'))}</fieldset>`,
    codes: ['in-hall', 'mistaken', 'technical', 'written'],
    icon: 'check',
    confirm: t.say('presence.confirm'),
    missing: (data) => (data.has('was') ? null : 'was'),
    done: (data, reason) => v.act({
      type: 'note-presence', person: who.id, present: data.get('was') === 'present', reason,
    }),
  });
}

export function itemDialog(v: Scene, name: ItemDialog, id: number): TemplateResult | typeof nothing {
  const item = itemOf(v.s, id);
  if (item === null) return nothing;
  switch (name) {
    case 'recuse':
      return recuse(v, item);
    case 'doors-open':
      return doorsOpen(v, item);
    case 'note-recusal':
      return noteRecusal(v, item);
  }
}
