// SPDX-License-Identifier: EUPL-1.2
// The proceedings: what happened, as sentences, newest first. A square mark is the use of a right, with its reason.

import { html, nothing, type TemplateResult } from 'lit-html';
import type { Text } from '../text/text';
import type { Entry, EntryKind, Named } from '../wire/messages';
import { icon } from './icon';
import type { Scene } from './scene';
import { reasonText } from './words';

/** `right`: an office used a right. `turn`: the meeting began or ended. `fact`: observed. */
const LOOKS: Readonly<Record<EntryKind, 'right' | 'turn' | 'fact'>> = {
  'meeting-created': 'fact',
  'invited': 'fact',
  'link-made': 'right',
  'seat-taken': 'fact',
  'meeting-opened': 'turn',
  'entered': 'fact',
  'admitted': 'right',
  'turned-away': 'right',
  'left': 'fact',
  'lost': 'fact',
  'returned': 'fact',
  'end-asked': 'right',
  'end-confirmed': 'right',
  'end-refused': 'right',
  'end-expired': 'fact',
  'ended': 'turn',
  'server-restarted': 'fact',
  'media-restarted': 'fact',
};

function named(t: Text, who: Named): TemplateResult {
  const name = html`<b>${who.name}</b>`;
  const office = who.office === 'chair' || who.office === 'clerk';
  return office ? html`${t.rich('log.person', { name, role: t.say(`office.${who.office}`) })}` : name;
}

function sentence(t: Text, entry: Entry): readonly unknown[] {
  const by = entry.by === null ? t.say('log.administration') : named(t, entry.by);
  const subject = entry.who ?? entry.by;
  const who = subject === null ? t.say('log.administration') : named(t, subject);
  switch (entry.kind) {
    case 'invited':
    case 'link-made':
    case 'admitted':
    case 'turned-away':
      return t.rich(`log.${entry.kind}`, { by, who });
    case 'seat-taken':
    case 'entered':
    case 'left':
    case 'lost':
    case 'returned':
      return t.rich(`log.${entry.kind}`, { who });
    case 'meeting-created':
    case 'meeting-opened':
    case 'end-asked':
    case 'end-confirmed':
    case 'end-refused':
    case 'ended':
      return t.rich(`log.${entry.kind}`, { by });
    case 'end-expired':
    case 'server-restarted':
    case 'media-restarted':
      return t.rich(`log.${entry.kind}`);
  }
}

function markOf(kind: EntryKind): TemplateResult | typeof nothing {
  switch (LOOKS[kind]) {
    case 'right':
      return icon('gavel');
    case 'turn':
      return icon('check');
    case 'fact':
      return nothing;
  }
}

function row(t: Text, entry: Entry): TemplateResult {
  return html`<li class="log__e log__e--${LOOKS[entry.kind]}" data-testid="proceedings-entry" data-kind=${entry.kind}>
    <time class="log__t" datetime=${entry.at} title=${t.moment(entry.at)}>${t.shortTime(entry.at)}</time>
    <span class="log__m" aria-hidden="true">${markOf(entry.kind)}</span>
    <div class="log__x">${sentence(t, entry)}
      ${entry.note === null ? nothing : html`<p class="small muted">${entry.note}</p>`}
      ${entry.reason === null ? nothing : html`<p class="log__why"><b>${t.say('reason')}:</b> ${
        reasonText(t, entry.reason)}</p>`}</div>
  </li>`;
}

/** Newest first, with the day where it changes: a sitting goes past midnight. */
function rows(t: Text, entries: readonly Entry[]): readonly TemplateResult[] {
  let day = '';
  return [...entries].reverse().map((entry) => {
    const its = t.day(entry.at);
    const changed = its !== day;
    day = its;
    return html`${changed ? html`<li class="log__day">${its}</li>` : nothing}${row(t, entry)}`;
  });
}

export function proceedingsPanel(v: Scene): TemplateResult {
  const { entries } = v.s;
  return html`<div class="panel__b" tabindex="0" role="log" aria-label=${v.t.say('log.name')}>
    ${entries.length === 0 ? html`<p class="muted">${v.t.say('log.empty')}</p>`
      : html`<ol class="log">${rows(v.t, entries)}</ol>`}
  </div>`;
}
