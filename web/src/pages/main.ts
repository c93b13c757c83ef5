// SPDX-License-Identifier: EUPL-1.2
// Accounts and administration. What they need is not here yet: the page says what Conclave is, and how to get in.

import { render } from 'lit-html';
import { type Address, language } from '../boot';
import { storeLanguage } from '../store/store';
import type { Language, State } from '../state';
import { initial } from '../update';
import { dress } from '../view/dress';
import { view } from '../view/view';

export function pages(address: Address, root: HTMLElement): void {
  draw(language(address.language), root);
}

function draw(spoken: Language, root: HTMLElement): void {
  const state: State = { ...initial(spoken), phase: { name: 'problem', problem: 'no-link' } };
  const act: Parameters<typeof view>[1] = (e) => {
    if (e.type !== 'language') return;
    storeLanguage(e.language);
    draw(e.language, root);
  };
  render(view(state, act, { streamOf: () => null }), root);
  dress(document, state);
}
