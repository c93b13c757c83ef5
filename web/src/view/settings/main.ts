// SPDX-License-Identifier: EUPL-1.2
// The settings: what the person chooses for this browser, in five pages. Every choice counts at once; nothing is sent.

import { html, nothing, type TemplateResult } from 'lit-html';
import type { Switch } from '../../preferences';
import { SETTINGS_PAGES, type Dialog, type SettingsPage } from '../../state';
import { settingsTextIn, type SettingsText } from '../../text/settings/text';
import { box } from '../box';
import { bring } from '../bring';
import { chooser, meter, microphoneHint, soundTest } from '../device';
import { languages } from '../frame';
import { icon, type Icon } from '../icon';
import { live } from '../live';
import { initials } from '../name';
import type { Scene } from '../scene';
import { choice, list, toggle } from './fields';
import { keysPage } from './keys';

export { help } from './help';

const ICONS: Readonly<Record<SettingsPage, Icon>> = {
  devices: 'mic', captions: 'captions', keys: 'edit', display: 'sun', news: 'info',
};

function onOff(v: Scene, name: Switch, words: string, hint?: string): TemplateResult {
  return toggle({ id: name, words, ...(hint === undefined ? {} : { hint }) }, v.s.preferences[name],
    (on) => v.act({ type: 'prefer', preferences: { [name]: on } }));
}

function device(v: Scene, kind: 'microphone' | 'camera' | 'speaker'): TemplateResult | typeof nothing {
  const drawn = chooser(v, kind);
  return drawn === nothing ? nothing
    : html`<div class="field"><span class="field__l" aria-hidden="true">${v.t.say(`device.${kind}`)}</span>${
      drawn}</div>`;
}

function preview(v: Scene): TemplateResult {
  const on = v.s.own.camera.live;
  return html`<div class="prev tile--self"><div class="tile__view">
    <video autoplay playsinline .muted=${true} aria-label=${v.t.say('lobby.preview')}
      ${live(v.port, 'self', 'camera')}></video>
    ${on ? nothing : html`<div class="tile__cover prev__off"><span class="tile__mono" aria-hidden="true">${
      initials(v.s.self?.name ?? '')}</span><span>${v.t.say('camera.off')}</span></div>`}
  </div></div>`;
}

function devices(v: Scene, w: SettingsText): TemplateResult {
  const low = v.s.preferences.layout === 'low';
  return html`<section class="stack"><h3>${w.say('sound')}</h3>
      <div class="two">${device(v, 'microphone')}${device(v, 'speaker')}</div>
      ${meter(v.s.own.microphone.live ? v.s.level : 0)}
      <p class="small muted">${microphoneHint(v)}</p>
      <div>${soundTest(v)}</div>
      ${onOff(v, 'noise', w.say('noise'), w.say('noise.hint'))}
      ${onOff(v, 'echo', w.say('echo'), w.say('echo.hint'))}
      ${onOff(v, 'gain', w.say('gain'), w.say('gain.hint'))}
      ${onOff(v, 'pushToTalk', w.say('push'), w.say('push.hint'))}</section>
    <section class="stack"><h3>${w.say('camera')}</h3>
      <div class="two">${preview(v)}<div class="stack">${device(v, 'camera')}
        ${onOff(v, 'hideSelf', w.say('hide'), w.say('hide.hint'))}
        ${toggle({ id: 'low', words: w.say('low'), hint: w.say('low.hint') }, low,
          (on) => v.act({ type: 'prefer', preferences: { layout: on ? 'low' : 'grid' } }))}</div></div></section>`;
}

function captions(v: Scene, w: SettingsText): TemplateResult {
  const { captionSize } = v.s.preferences;
  return html`${onOff(v, 'captions', w.say('captions'), w.say('captions.hint'))}
    ${list({ id: 'captionSize', words: w.say('size') },
      [['normal', w.say('size.normal')], ['large', w.say('size.large')]], captionSize,
      (size) => v.act({ type: 'prefer', preferences: { captionSize: size } }))}
    <p class="caps ${captionSize === 'large' ? 'caps--large' : ''}"><span><b>${v.s.self?.name ?? ''}</b> ${
      w.say('sample')}</span></p>`;
}

function display(v: Scene, w: SettingsText): TemplateResult {
  const { theme, size } = v.s.preferences;
  return html`<section class="stack stack--2"><h3>${v.t.say('language')}</h3>${languages(v)}
      <p class="small muted">${w.say('language.hint')}</p></section>
    <section class="stack"><h3>${w.say('display')}</h3>
      ${choice({ id: 'theme', words: w.say('theme') }, [['system', w.say('theme.system')],
        ['light', w.say('theme.light')], ['dark', w.say('theme.dark')]], theme,
        (chosen) => v.act({ type: 'prefer', preferences: { theme: chosen } }))}
      ${onOff(v, 'contrast', w.say('contrast'), w.say('contrast.hint'))}
      ${onOff(v, 'still', w.say('still'), w.say('still.hint'))}
      ${list({ id: 'size', words: w.say('size') }, [['normal', w.say('size.normal')], ['large', w.say('size.large')],
        ['largest', w.say('size.largest')]], size,
        (chosen) => v.act({ type: 'prefer', preferences: { size: chosen } }))}</section>`;
}

function announcements(v: Scene, w: SettingsText): TemplateResult {
  return html`${choice({ id: 'told', words: w.say('told') }, [
    ['needed', w.say('told.needed'), w.say('told.needed.hint')],
    ['usual', w.say('told.usual'), w.say('told.usual.hint')],
    ['all', w.say('told.all'), w.say('told.all.hint')],
  ], v.s.preferences.told, (told) => v.act({ type: 'prefer', preferences: { told } }))}
    ${onOff(v, 'sounds', w.say('sounds'), w.say('sounds.hint'))}`;
}

type Settings = Extract<Dialog, { name: 'settings' }>;

function pageOf(v: Scene, w: SettingsText, dialog: Settings): TemplateResult {
  switch (dialog.page) {
    case 'devices':
      return devices(v, w);
    case 'captions':
      return captions(v, w);
    case 'keys':
      return keysPage(v, w, dialog);
    case 'display':
      return display(v, w);
    case 'news':
      return announcements(v, w);
  }
}

export function settings(v: Scene): TemplateResult {
  const w = settingsTextIn(v.s.language);
  const dialog: Settings = v.s.dialog?.name === 'settings' ? v.s.dialog
    : { name: 'settings', page: 'devices', rebinding: null, taken: null };
  return box(v, {
    id: 'settings',
    title: v.t.say('settings.title'),
    look: 'dialog--set',
    content: html`<div class="set">
      <nav class="set__nav" aria-label=${w.say('pages')}
        ${bring('[aria-current]', dialog.page)}>${SETTINGS_PAGES.map((page) => html`<button type="button"
        data-testid="set-page-${page}" aria-current=${page === dialog.page ? 'page' : nothing}
        @click=${() => v.act({ type: 'settings', page })}>${icon(ICONS[page])}<span>${
          w.say(`page.${page}`)}</span></button>`)}</nav>
      <div class="set__b" tabindex="0" role="region" aria-label=${w.say(`page.${dialog.page}`)}>${
        pageOf(v, w, dialog)}</div>
    </div>
    <p class="set__f">${icon('lock')}<span>${w.say('foot')}</span></p>`,
  });
}
