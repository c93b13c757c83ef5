// SPDX-License-Identifier: EUPL-1.2
// A whole page as a pure function of the state: the door when it is closed, else the page.

import { html, type TemplateResult } from 'lit-html';
import { type PlainKey, pageTextIn } from '../../text/pages/text';
import { textIn } from '../../text/text';
import type { Act } from '../event';
import type { State } from '../state';
import { administration } from './admin';
import { convene } from './convene';
import { enrol } from './enrol';
import { door, ROOM, SERVER } from './frame';
import { integrity } from './integrity';
import { keys } from './keys';
import { meetings } from './meetings';
import { loading } from './parts';
import type { Scene } from './scene';
import { renew, signIn } from './sign-in';

function opened(v: Scene): TemplateResult {
  const { page } = v.s;
  switch (page.name) {
    case 'home':
      return page.part === 'keys' ? keys(v, page) : meetings(v, page);
    case 'enrol':
      return enrol(v, page);
    case 'convene':
      return convene(v, page);
    case 'admin':
      return administration(v, page);
    case 'integrity':
      return integrity(v, page);
  }
}

export function view(s: State, act: Act): TemplateResult {
  const v: Scene = { s, act, t: textIn(s.language), w: pageTextIn(s.language) };
  switch (s.gate.name) {
    case 'asking':
      return door(v, s.page.name === 'admin' ? SERVER : ROOM, html`<h1 class="sr" id="heading">${
        v.w.say('gate.title')}</h1>${loading(v, 'gate.asking')}`);
    case 'closed':
      return signIn(v, s.gate.way);
    case 'renew':
      return renew(v, s.gate.left);
    case 'free':
    case 'open':
      return opened(v);
  }
}

function titleOf(s: State): PlainKey {
  if (s.gate.name === 'closed' || s.gate.name === 'renew' || s.gate.name === 'asking') return 'title.sign-in';
  return s.page.name === 'home' && s.page.part === 'keys' ? 'title.keys' : `title.${s.page.name}`;
}

export function dressPage(page: Document, s: State): void {
  const t = textIn(s.language);
  const title = t.say('title.page', { page: pageTextIn(s.language).say(titleOf(s)) });
  if (page.documentElement.lang !== t.locale) page.documentElement.lang = t.locale;
  if (page.title !== title) page.title = title;
}
