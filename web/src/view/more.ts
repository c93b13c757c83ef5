// SPDX-License-Identifier: EUPL-1.2
// The menu of everything that has no button of its own, and the choice of how the pictures are laid out.

import { html, nothing, type TemplateResult } from 'lit-html';
import type { Preferences } from '../preferences';
import { may } from '../rights';
import { layoutOf, openItem } from '../select';
import { box, menuItem } from './box';
import { icon, type Icon } from './icon';
import type { Scene } from './scene';

type Opens = 'object' | 'fault' | 'invite' | 'suspend' | 'help' | 'layout' | 'unseen' | 'code';

function opens(v: Scene, dialog: Opens, image: Icon, hint?: string): TemplateResult {
  return menuItem({
    icon: image, words: v.t.say(`more.${dialog}`), testid: `more-${dialog}`, ...(hint === undefined ? {} : { hint }),
    press: () => v.act({ type: 'open-dialog', dialog }),
  });
}

/** For the item that is open; the agenda has it for those to come. */
function takingNoPart(v: Scene): TemplateResult | typeof nothing {
  const item = openItem(v.s);
  if (item === null) return nothing;
  return menuItem({
    icon: 'eye-off', words: v.t.say('agenda.do.recuse', { item: item.id }), testid: 'more-recuse',
    press: () => v.act({ type: 'open-item-dialog', dialog: 'recuse', item: item.id }),
  });
}

export function more(v: Scene): TemplateResult {
  const { t, s } = v;
  const { captions } = s.preferences;
  return box(v, {
    id: 'more',
    title: t.say('more.title'),
    look: 'dialog--menu',
    content: html`<div class="dialog__b">
      ${opens(v, 'layout', 'grid', t.say(`layout.${layoutOf(s)}`))}
      ${menuItem({
        icon: 'captions', words: t.say('captions'), hint: t.say(captions ? 'on' : 'off'), testid: 'more-captions',
        press: () => v.act({ type: 'prefer', preferences: { captions: !captions } }),
      })}
      ${s.canFloat && s.suspended === null ? menuItem({
        icon: 'window', words: t.say('small'), hint: t.say(s.small ? 'small.open' : 'small.hint'),
        testid: 'more-small', press: () => v.act({ type: 'small' }),
      }) : nothing}
      ${opens(v, 'unseen', 'people')}
      ${opens(v, 'code', 'shield')}
      ${takingNoPart(v)}${opens(v, 'object', 'gavel')}${opens(v, 'fault', 'warn')}
      ${may(s, 'invite') ? opens(v, 'invite', 'user-plus') : nothing}
      ${may(s, 'suspend') && s.suspended === null ? opens(v, 'suspend', 'pause') : nothing}
      ${opens(v, 'help', 'help')}
      ${menuItem({
        icon: 'sliders', words: t.say('settings'), testid: 'more-settings',
        press: () => v.act({ type: 'settings', page: 'devices' }),
      })}
    </div>`,
  });
}

const LAYOUTS: readonly (readonly [Preferences['layout'], Icon])[] = [
  ['grid', 'grid'], ['speaker', 'stage'], ['low', 'sig-2'],
];

export function layouts(v: Scene): TemplateResult {
  const { t, s } = v;
  return box(v, {
    id: 'layout',
    title: t.say('more.layout'),
    look: 'dialog--menu',
    content: html`<div class="dialog__b" role="group" aria-label=${t.say('more.layout')}>
      ${LAYOUTS.map(([layout, image]) => html`<button class="menu__i" type="button" data-testid="layout-${layout}"
        aria-pressed=${layoutOf(s) === layout}
        @click=${() => v.act({ type: 'prefer', preferences: { layout } })}>${icon(image)}<span>${
          t.say(`layout.${layout}`)}<small>${t.say(`layout.${layout}.hint`)}</small></span></button>`)}
    </div>`,
  });
}
