// SPDX-License-Identifier: EUPL-1.2
// The dialogs, at most one at a time: which one, and those about the meeting as a whole and this device. Those about
// other people stand in office.ts.

import { html, nothing, type TemplateResult } from 'lit-html';
import type { Office, Waiting } from '../wire/messages';
import { box, menuItem, reasonForm } from './box';
import { codeDialog } from './code';
import { itemDialog, presence } from './item';
import { layouts, more } from './more';
import { invite, link, objection, personMenu, reportFault, right, suspend, unfault } from './office';
import type { Scene } from './scene';
import { unseen } from './seats';
import { later } from './settings';
import { otherOffice } from './words';

function otherRole(v: Scene): string {
  const office: Office = otherOffice(v.s.self?.office ?? 'clerk');
  return v.t.say(`office.${office}`);
}

function turnAway(v: Scene, who: Waiting): TemplateResult {
  const { t } = v;
  return box(v, {
    id: 'turn-away',
    title: t.say('turn-away.title', { name: who.name }),
    content: reasonForm(v, {
      text: t.say('turn-away.text', { name: who.name }),
      codes: ['not-invited', 'wrong-meeting', 'unrecognised', 'technical', 'written'],
      icon: 'user-minus',
      confirm: t.say('turn-away.confirm', { name: who.name }),
      danger: true,
      done: (reason) => v.act({ type: 'turn-away', person: who.id, reason }),
    }),
  });
}

function admitGuest(v: Scene, who: Waiting): TemplateResult {
  const { t } = v;
  return box(v, {
    id: 'admit',
    title: t.say('admit.title', { name: who.name }),
    content: reasonForm(v, {
      text: t.say('admit.text', { name: who.name, role: otherRole(v) }),
      codes: ['needed', 'agreed', 'written'],
      icon: 'user-plus',
      confirm: t.say('admit.confirm'),
      danger: false,
      done: (reason) => v.act({ type: 'admit', person: who.id, reason }),
    }),
  });
}

function end(v: Scene): TemplateResult {
  const { t } = v;
  return box(v, {
    id: 'end',
    title: t.say('end.title'),
    content: reasonForm(v, {
      text: t.say('end.text', { role: otherRole(v) }),
      codes: ['agreed', 'technical', 'written'],
      icon: 'gavel',
      confirm: t.say('end.confirm'),
      danger: true,
      done: (reason) => v.act({ type: 'end', reason }),
    }),
  });
}

function leave(v: Scene): TemplateResult {
  const { t } = v;
  return box(v, {
    id: 'leave',
    title: t.say('leave.title'),
    look: 'dialog--menu',
    content: html`<div class="dialog__b">
      ${menuItem({
        icon: 'leave', words: t.say('leave.leave'), hint: t.say('leave.leave.text'), testid: 'confirm',
        press: () => v.act({ type: 'leave' }),
      })}
      ${menuItem({
        icon: 'gavel', words: t.say('leave.end'), hint: t.say('leave.end.text', { role: otherRole(v) }), testid: 'end',
        danger: true, press: () => v.act({ type: 'open-dialog', dialog: 'end' }),
      })}
      ${menuItem({
        icon: 'x', words: t.say('cancel'), testid: 'cancel', press: () => v.act({ type: 'close-dialog' }),
      })}
    </div>`,
  });
}

export function dialogOf(v: Scene): unknown {
  const { dialog } = v.s;
  if (dialog === null) return nothing;
  switch (dialog.name) {
    case 'leave':
      return leave(v);
    case 'end':
      return end(v);
    case 'turn-away':
      return turnAway(v, dialog.person);
    case 'admit':
      return admitGuest(v, dialog.person);
    case 'recuse':
    case 'doors-open':
    case 'note-recusal':
      return itemDialog(v, dialog.name, dialog.item);
    case 'presence':
      return presence(v, dialog.person);
    case 'more':
      return more(v);
    case 'person':
      return personMenu(v, dialog.person);
    case 'right':
      return right(v, dialog.right, dialog.person);
    case 'link':
      return link(v, dialog.person, dialog.link);
    case 'invite':
      return invite(v);
    case 'suspend':
      return suspend(v);
    case 'fault':
      return reportFault(v);
    case 'clear-fault':
      return unfault(v, dialog.fault);
    case 'object':
      return objection(v);
    case 'code':
      return codeDialog(v);
    case 'settings':
    case 'help':
      return later(v, dialog.name);
    case 'layout':
      return layouts(v);
    case 'unseen':
      return unseen(v);
  }
}
