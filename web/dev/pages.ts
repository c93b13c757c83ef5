// SPDX-License-Identifier: EUPL-1.2
// Draws one sample of the pages for accounts and administration: pages.html?sample=sign-in&lang=nl. For developers and
// for the tests; never part of a release. Window.acted lists what the views told, Window.sample() draws another.

import '../src/style/index.css';
import { render } from 'lit-html';
import type { PersonEvent } from '../src/pages/event';
import { dressPage, view } from '../src/pages/view/view';
import { LANGUAGES, type Language } from '../src/state';
import { PAGES } from './pages-samples';

declare global {
  interface Window {
    told: PersonEvent[];
    page(name: string, language: Language): void;
  }
}

const root = document.getElementById('app') as HTMLElement;

window.told = [];
window.page = (name, language) => {
  const found = PAGES[name];
  if (found === undefined) throw new Error(`no sample is called ${name}`);
  const state = { ...found, language };
  window.told = [];
  render(view(state, (e) => window.told.push(e)), root);
  dressPage(document, state);
};

const query = new URLSearchParams(location.search);
window.page(query.get('sample') ?? 'sign-in', LANGUAGES.find((l) => l === query.get('lang')) ?? 'nl');
