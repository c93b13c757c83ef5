// SPDX-License-Identifier: EUPL-1.2
// The dialogs about other people and about the course of the meeting: the menu of a person, a right with its reason,
// invitation and link, suspension, fault, point of order. Each says what happens, and what the right cannot do.

import { html, nothing, type TemplateResult } from 'lit-html';
import { personActions, removal, verdict, type PersonAction } from '../rights';
import { isSelf, noteOf, personOf, plain } from '../select';
import type { ReasonedRight } from '../state';
import type { Fault, Named } from '../wire/messages';
import {
  box, canceller, choices, complain, filled, menuItem, readReason, reasonFields, reasonForm, type Choice, type Item,
} from './box';
import { icon, type Icon } from './icon';
import type { Scene } from './scene';
import { otherOffice, roleOf } from './words';

const ICONS: Readonly<Record<PersonAction, Icon>> = {
  'give-floor': 'hand',
  'restore-floor': 'hand',
  'mute': 'mic-off',
  'ask-microphone': 'mic',
  'ask-camera': 'cam',
  'stop-share': 'stop',
  'withdraw-floor': 'mic-off',
  'new-link': 'link',
  'note-presence': 'check',
  'remove': 'user-minus',
};

const CODES: Readonly<Record<ReasonedRight, readonly Choice[]>> = {
  'mute': ['noise', 'other-speaks', 'technical', 'written'],
  'ask-microphone': ['agreed', 'needed', 'technical', 'written'],
  'ask-camera': ['needed', 'unrecognised', 'written'],
  'stop-share': ['other-speaks', 'off-topic', 'technical', 'written'],
  'withdraw-floor': ['time-over', 'off-topic', 'disorder', 'written'],
  'new-link': ['lost-link', 'technical', 'written'],
  'remove': ['unrecognised', 'wrong-meeting', 'disorder', 'written'],
};

/** The texts of a removal differ with what it needs. */
function textsOf(
  right: ReasonedRight,
  who: Named,
): Exclude<ReasonedRight, 'remove'> | 'remove-guest' | 'remove-member' {
  if (right !== 'remove') return right;
  return removal(who) === 'remove-guest' ? 'remove-guest' : 'remove-member';
}

/** The other office, which confirms. */
function confirmer(v: Scene): string {
  return v.t.say(`office.${otherOffice(v.s.self?.office ?? 'clerk')}`);
}

function testidOf(what: PersonAction): string {
  return what === 'give-floor' || what === 'restore-floor' || what === 'note-presence' ? what : `person-${what}`;
}

function actionItem(v: Scene, what: PersonAction, who: Named): Item {
  const common = { icon: ICONS[what], words: v.t.say(`person.do.${what}`), testid: testidOf(what) };
  if (what === 'give-floor' || what === 'restore-floor') {
    return { ...common, press: () => v.act({ type: what, person: who.id }) };
  }
  if (what === 'note-presence') return { ...common, press: () => v.act({ type: 'open-presence', person: who.id }) };
  const item: Item = { ...common, press: () => v.act({ type: 'open-right', right: what, person: who.id }) };
  if (what !== 'remove') return item;
  const second = v.s.self !== null && verdict(v.s.self.office, removal(who)) === 'second';
  return second ? { ...item, danger: true, hint: v.t.say('person.second', { role: confirmer(v) }) }
    : { ...item, danger: true };
}

/** Keeps somebody in view, an interpreter for one; nobody else sees it. */
function pinItem(v: Scene, who: Named): unknown {
  const pinned = v.s.pins.includes(who.id);
  return isSelf(v.s, who.id) ? nothing : menuItem({
    icon: 'pin',
    words: v.t.say(pinned ? 'pin.off' : 'pin.on', { name: who.name }),
    hint: v.t.say(pinned ? 'pin.off.hint' : 'pin.on.hint'),
    testid: 'person-pin',
    press: () => v.act({ type: 'pin', person: who.id }),
  });
}

function writeTo(v: Scene, who: Named): unknown {
  return isSelf(v.s, who.id) ? nothing : menuItem({
    icon: 'chat', words: v.t.say('person.message'), testid: 'person-message',
    press: () => v.act({ type: 'write-to', person: who.id }),
  });
}

export function personMenu(v: Scene, who: Named): TemplateResult {
  const p = personOf(v.s, who.id);
  return box(v, {
    id: 'person',
    title: who.name,
    look: 'dialog--menu',
    content: html`<div class="dialog__b">
      <p class="menu__t muted small">${roleOf(v.t, p ?? who)}</p>
      ${p === null ? html`<p class="menu__t">${v.t.say('person.gone')}</p>`
        : html`${pinItem(v, who)}${writeTo(v, who)}${
          personActions(v.s, p).map((what) => menuItem(actionItem(v, what, who)))}`}
      <p class="menu__t muted small">${v.t.say('person.never')}</p>
    </div>`,
  });
}

export function right(v: Scene, what: ReasonedRight, who: Named): TemplateResult {
  const { t } = v;
  const key = textsOf(what, who);
  const kind = key === 'ask-microphone' || key === 'ask-camera' ? 'ask' : key;
  const fill = { name: who.name, role: confirmer(v) };
  return box(v, {
    id: `right-${what}`,
    title: t.say(`right.${key}.title`, fill),
    content: reasonForm(v, {
      text: t.say(`right.${kind}.text`, fill),
      codes: CODES[what],
      icon: ICONS[what],
      confirm: t.say(`right.${kind}.confirm`, fill),
      danger: what === 'remove',
      done: (reason) => v.act({ type: 'use-right', right: what, person: who.id, reason }),
    }),
  });
}

/** Selected at once, so that it can be copied by hand where the page may not. */
function copy(e: Event): void {
  const input = (e.currentTarget as HTMLElement).closest('.dialog')?.querySelector('input');
  if (input === null || input === undefined) return;
  input.select();
  void navigator.clipboard.writeText(input.value).catch(() => undefined);
}

export function link(v: Scene, who: Named, address: string): TemplateResult {
  const { t } = v;
  return box(v, {
    id: 'link',
    title: t.say('link.title', { name: who.name }),
    content: html`<div class="dialog__b">
        <p class="muted">${t.say('link.text', { name: who.name })}</p>
        <div class="field"><label class="field__l" for="new-link">${t.say('link.label')}</label>
          <input class="input" id="new-link" readonly data-testid="link" autocomplete="off" spellcheck="false"
            .value=${address} @focus=${(e: Event) => (e.target as HTMLInputElement).select()}></div>
      </div>
      <div class="dialog__f"><button class="btn btn--primary" type="button" @click=${copy}>${icon('link')}${
        t.say('link.copy')}</button>
        <button class="btn" type="button" data-testid="cancel" @click=${() => v.act({ type: 'close-dialog' })}>${
          t.say('close')}</button></div>`,
  });
}

const INVITE_CODES: readonly Choice[] = ['agreed', 'needed', 'written'];

function submitInvite(v: Scene, e: Event): void {
  e.preventDefault();
  const form = e.currentTarget as HTMLFormElement;
  const data = new FormData(form);
  const name = plain(String(data.get('name') ?? ''));
  const email = plain(String(data.get('email') ?? ''));
  const office = data.get('office') === 'member' ? 'member' : 'guest';
  const wrong = name === '' ? 'name' : /^[^\s@]+@[^\s@]+$/.test(email) ? null : 'email';
  form.querySelectorAll<HTMLInputElement>('[data-required]').forEach((input) => {
    input.ariaInvalid = String(input.name === wrong);
  });
  const said = form.querySelector<HTMLElement>('#invite-error');
  if (said !== null) said.hidden = wrong === null;
  if (wrong !== null) {
    form.querySelector<HTMLInputElement>(`[name=${wrong}]`)?.focus();
    return;
  }
  const reason = readReason(v, form, INVITE_CODES);
  if (reason !== null) v.act({ type: 'invite', name, email, office, reason });
  else complain(form, v.t.say(filled(form).choice === '' ? 'reason.missing' : 'reason.write'));
}

export function invite(v: Scene): TemplateResult {
  const { t } = v;
  const line = (name: 'name' | 'email'): TemplateResult => html`<div class="field">
    <label class="field__l" for="invite-${name}">${t.say(`invite.${name}`)}</label>
    <input class="input" id="invite-${name}" name=${name} type=${name === 'email' ? 'email' : 'text'} maxlength="120"
      autocomplete="off" data-required data-testid="invite-${name}" aria-describedby="invite-error"></div>`;
  return box(v, {
    id: 'invite',
    title: t.say('invite.title'),
    content: html`<form novalidate @submit=${(e: Event) => submitInvite(v, e)}>
      <div class="dialog__b"><p class="muted">${t.say('invite.text', { role: confirmer(v) })}</p>
        ${line('name')}${line('email')}
        <p class="field__e" id="invite-error" role="alert" hidden>${icon('warn')}${t.say('invite.missing')}</p>
        <fieldset><legend class="field__l">${t.say('invite.office')}</legend>
          ${(['guest', 'member'] as const).map((office) => html`<label class="check"><input type="radio" name="office"
            value=${office} ?checked=${office === 'guest'}><span>${t.say(`office.${office}`)}</span></label>`)}
        </fieldset>
        ${reasonFields(v, INVITE_CODES)}</div>
      <div class="dialog__f"><button class="btn btn--primary" type="submit" data-testid="confirm">${icon('user-plus')}${
        t.say('invite.confirm')}</button>${canceller(v)}</div>
    </form>`,
  });
}

export function suspend(v: Scene): TemplateResult {
  const { t } = v;
  return box(v, {
    id: 'suspend',
    title: t.say('suspend.title'),
    content: reasonForm(v, {
      text: t.say('suspend.text', { role: confirmer(v) }),
      codes: ['break', 'agreed', 'technical', 'written'],
      icon: 'pause',
      confirm: t.say('suspend.confirm'),
      danger: false,
      done: (reason) => v.act({ type: 'suspend', reason }),
    }),
  });
}

const FAULTS = ['missed', 'away', 'not-through'] as const;

interface Noting {
  readonly id: 'fault' | 'object';
  readonly title: string;
  readonly text: string;
  readonly confirm: string;
  readonly fields: unknown;
  readonly icon: Icon;
  readonly note: (form: HTMLFormElement) => string | null;
}

function noteForm(v: Scene, n: Noting): TemplateResult {
  const { t } = v;
  const submit = (e: Event): void => {
    e.preventDefault();
    const form = e.currentTarget as HTMLFormElement;
    const note = n.note(form);
    if (note !== null) v.act({ type: n.id, note });
    else complain(form, t.say('reason.write'));
  };
  return box(v, {
    id: n.id,
    title: n.title,
    content: html`<form novalidate @submit=${submit}>
      <div class="dialog__b"><p class="muted">${n.text}</p>${n.fields}</div>
      <div class="dialog__f"><button class="btn btn--primary" type="submit" data-testid="confirm">${icon(n.icon)}${
        n.confirm}</button>${canceller(v)}</div>
    </form>`,
  });
}

export function reportFault(v: Scene): TemplateResult {
  const { t } = v;
  return noteForm(v, {
    id: 'fault',
    title: t.say('fault.title'),
    text: t.say('fault.text'),
    confirm: t.say('fault.confirm'),
    icon: 'warn',
    fields: choices(v, t.say('fault.what'), FAULTS.map((what) => [what, t.say(`fault.${what}`)])),
    note: (form) => {
      const { choice, written } = filled(form);
      const chosen = FAULTS.find((what) => what === choice);
      const words = chosen === undefined ? '' : t.say(`fault.${chosen}`);
      if (words === '' || written.trim() === '') return noteOf(words === '' ? written : words);
      return noteOf(t.say('and', { first: words, second: written.trim() }));
    },
  });
}

export function objection(v: Scene): TemplateResult {
  const { t } = v;
  return noteForm(v, {
    id: 'object',
    title: t.say('object.title'),
    text: t.say('object.text'),
    confirm: t.say('object.confirm'),
    icon: 'gavel',
    fields: html`<div class="field"><label class="field__l" for="reason-text">${t.say('object.label')}</label>
      <input class="input" id="reason-text" name="text" maxlength="200" autocomplete="off" data-testid="reason"
        aria-describedby="reason-error">
      <p class="field__e" id="reason-error" role="alert" hidden>${icon('warn')}<span data-missing></span></p></div>`,
    note: (form) => noteOf(filled(form).written),
  });
}

export function unfault(v: Scene, fault: Fault): TemplateResult {
  const { t } = v;
  return box(v, {
    id: 'clear-fault',
    title: t.say('clear-fault.title'),
    content: reasonForm(v, {
      text: html`${t.say('clear-fault.text')} <b>${fault.by.name}, ${t.time(fault.at)}:</b> ${fault.note}`,
      codes: ['repaired', 'agreed', 'written'],
      icon: 'check',
      confirm: t.say('clear-fault.confirm'),
      danger: false,
      done: (reason) => v.act({ type: 'clear-fault', fault: fault.id, reason }),
    }),
  });
}
