// SPDX-License-Identifier: EUPL-1.2
// The keys of the keyboard: as a list to read, and as a page on which each letter can be exchanged or all switched off.

import { html, nothing, type TemplateResult } from 'lit-html';
import { SHORTCUTS, type Shortcut } from '../../preferences';
import { PANELS, type Dialog } from '../../state';
import type { SettingsText } from '../../text/settings/text';
import { icon } from '../icon';
import type { Scene } from '../scene';
import { toggle } from './fields';

type Settings = Extract<Dialog, { name: 'settings' }>;

function shown(key: string): string {
  return key.toUpperCase();
}

function line(words: string, keys: readonly string[]): TemplateResult {
  return html`<li>${words}<span>${keys.map((key) => html`<kbd>${key}</kbd>`)}</span></li>`;
}

/** What cannot be exchanged. The figures are single keys as the letters are, and go off with them. */
function fixed(v: Scene, w: SettingsText): TemplateResult {
  const { t } = v;
  return html`${v.s.preferences.shortcuts ? line(w.say('key.tabs'), [`1 – ${PANELS.length}`]) : nothing}
    ${line(w.say('key.region'), ['F6', t.say('key.shift-f6')])}${line(w.say('key.close'), [t.say('key.escape')])}${
    v.s.preferences.pushToTalk ? line(w.say('key.push'), [w.say('key.space')]) : nothing}`;
}

export function keyList(v: Scene, w: SettingsText): TemplateResult {
  const { keys, shortcuts } = v.s.preferences;
  return html`${shortcuts ? nothing : html`<p class="muted">${w.say('help.keys.off')}</p>`}<ul class="keys">
    ${shortcuts ? SHORTCUTS.map((shortcut) => line(w.say(`key.${shortcut}`), [shown(keys[shortcut])])) : nothing}
    ${fixed(v, w)}</ul>`;
}

function onKey(v: Scene, e: KeyboardEvent): void {
  if (e.key === 'Tab') return;
  e.preventDefault();
  e.stopPropagation();
  if (e.key === 'Escape') v.act({ type: 'rebind', shortcut: null });
  else if (!e.repeat && !e.ctrlKey && !e.altKey && !e.metaKey) v.act({ type: 'bind', key: e.key });
}

function rebindable(v: Scene, w: SettingsText, dialog: Settings, shortcut: Shortcut): TemplateResult {
  const waits = dialog.rebinding === shortcut;
  const what = w.say(`key.${shortcut}`);
  return html`<li>${what}<span><kbd>${shown(v.s.preferences.keys[shortcut])}</kbd>
    <button class="btn btn--sm" type="button" data-testid="rebind-${shortcut}" aria-pressed=${waits}
      @click=${() => v.act({ type: 'rebind', shortcut: waits ? null : shortcut })}
      @blur=${() => (waits ? v.act({ type: 'rebind', shortcut: null }) : undefined)}
      @keydown=${(e: KeyboardEvent) => (waits ? onKey(v, e) : undefined)}>${
        w.say(waits ? 'keys.press' : 'keys.change')}<span class="sr">${w.say('keys.change.what', { what })}</span>
    </button></span></li>`;
}

export function keysPage(v: Scene, w: SettingsText, dialog: Settings): TemplateResult {
  const { shortcuts } = v.s.preferences;
  const hint = dialog.taken === null ? w.say('keys.hint')
    : w.say('keys.taken', { what: w.say(`key.${dialog.taken}`) });
  return html`${toggle({ id: 'shortcuts', words: w.say('keys.use'), hint: w.say('keys.use.hint') }, shortcuts,
    (on) => v.act({ type: 'prefer', preferences: { shortcuts: on } }))}
    ${shortcuts ? html`<p class="notice ${dialog.taken === null ? '' : 'notice--attn'}" role="status">${icon('edit')}
      <span>${hint}</span></p>` : nothing}
    <ul class="keys">${shortcuts ? SHORTCUTS.map((shortcut) => rebindable(v, w, dialog, shortcut)) : nothing}${
      fixed(v, w)}</ul>`;
}
