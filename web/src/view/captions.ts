// SPDX-License-Identifier: EUPL-1.2
// The band under the pictures: what is written to this person at this moment, character by character (EN 301 549, 6.2),
// and the last whole lines. It has its own place, so that it covers no face, plate or button.

import { html, nothing, type TemplateResult } from 'lit-html';
import { isSelf } from '../select';
import type { State } from '../state';
import type { PersonId } from '../wire/messages';
import type { Scene } from './scene';

const LINES = 2;
/** A line that was said stays for as long as it takes to read it. */
const STAYS_MS = 20_000;

interface Line {
  readonly from: PersonId;
  readonly text: string;
  readonly typing: boolean;
}

/** The newest last; what is being typed comes after what was said. */
export function lines(s: State): readonly Line[] {
  const joined = s.secrecy.conversations.filter((c) => c.state === 'open');
  const said = joined.flatMap((c) => c.said).filter((x) => !isSelf(s, x.from) && s.now - x.at < STAYS_MS)
    .sort((a, b) => a.id - b.id).map(({ from, text }): Line => ({ from, text, typing: false }));
  const typing = joined.flatMap((c) => Object.entries(c.writing)).map(([from, text]): Line =>
    ({ from: Number(from), text, typing: true })).filter((x) => x.text !== '' && !isSelf(s, x.from));
  return [...said, ...typing].slice(-LINES);
}

export function captions(v: Scene): TemplateResult | typeof nothing {
  const { t, s } = v;
  if (!s.preferences.captions) return nothing;
  const now = lines(s);
  const name = (id: PersonId): string => s.secrecy.names[id] ?? '';
  return html`<section class="caps ${s.preferences.captionSize === 'large' ? 'caps--large' : ''}" data-testid="captions"
    aria-label=${t.say('captions')}>${now.length === 0 ? html`<span class="caps__none">${t.say('captions.none')}</span>`
    : now.map((x) => html`<span class=${x.typing ? 'caps__rtt' : ''}><b>${x.typing
      ? t.say('captions.typing', { name: name(x.from) }) : name(x.from)}</b> ${x.text}</span>`)}</section>`;
}
