// SPDX-License-Identifier: EUPL-1.2
// The proceedings: what happened, as sentences, newest first. A square mark is the use of a right, with its reason.

import { html, nothing, type TemplateResult } from 'lit-html';
import type { Text } from '../text/text';
import type { Entry, EntryKind } from '../wire/messages';
import { icon } from './icon';
import type { Scene } from './scene';
import { reasonText, remark, sentence } from './sentence';

/** `right`: an office used a right. `turn`: the meeting began, paused or ended. `fact`: observed, or of oneself. */
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
  'ended': 'turn',
  'request-asked': 'right',
  'request-confirmed': 'right',
  'request-refused': 'right',
  'request-expired': 'fact',
  'server-restarted': 'fact',
  'media-restarted': 'fact',
  'muted': 'right',
  'asked-on': 'right',
  'share-stopped': 'right',
  'hand-raised': 'fact',
  'hand-lowered': 'fact',
  'floor-given': 'right',
  'floor-ended': 'fact',
  'floor-ordered': 'right',
  'floor-withdrawn': 'right',
  'floor-restored': 'right',
  'remove-asked': 'right',
  'removed': 'right',
  'suspended': 'turn',
  'resumed': 'turn',
  'invite-asked': 'right',
  'invite-confirmed': 'right',
  'link-renewed': 'right',
  'fault-reported': 'fact',
  'fault-cleared': 'right',
  'objection': 'fact',
  'substitute-named': 'fact',
  'chair-substituted': 'turn',
  'chair-returned': 'turn',
  'code-read': 'fact',
  'item-created': 'fact',
  'item-opened': 'turn',
  'item-closed': 'turn',
  'doors-asked': 'right',
  'doors-announced': 'fact',
  'doors-opened': 'turn',
  'doors-closed': 'right',
  'declared-alone': 'fact',
  'recused': 'fact',
  'recusal-asked': 'right',
  'recusal-contested': 'fact',
  'guest-out': 'fact',
  'presence-corrected': 'right',
};

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

export function row(t: Text, entry: Entry): TemplateResult {
  const said = remark(t, entry);
  return html`<li class="log__e log__e--${LOOKS[entry.kind]}" data-testid="proceedings-entry" data-kind=${entry.kind}>
    <time class="log__t" datetime=${entry.at} title=${t.moment(entry.at)}>${t.shortTime(entry.at)}</time>
    <span class="log__m" aria-hidden="true">${markOf(entry.kind)}</span>
    <div class="log__x">${sentence(t, entry, (name) => html`<b>${name}</b>`)}
      ${said === null ? nothing : html`<p class="small muted">${said}</p>`}
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

/** What this browser found out by itself. */
function record(v: Scene): TemplateResult | typeof nothing {
  const { status, size, fault } = v.s.record;
  if (fault !== null) {
    return html`<p class="chain chain--broken" data-testid="record" data-state="broken">${icon('shield-x')}<span>${
      v.t.say(`record.broken.${fault}`)}</span></p>`;
  }
  if (size === 0) return nothing;
  return html`<p class="chain" data-testid="record" data-state=${status}>${icon('shield-check')}<span>${
    v.t.say('record.checked', { n: size })}</span></p>`;
}

export function proceedingsPanel(v: Scene): TemplateResult {
  const { entries } = v.s;
  return html`<div class="panel__b" tabindex="0" role="log" aria-label=${v.t.say('log.name')}>
    ${record(v)}
    ${entries.length === 0 ? html`<p class="muted">${v.t.say('log.empty')}</p>`
      : html`<ol class="log">${rows(v.t, entries)}</ol>`}
  </div>`;
}
