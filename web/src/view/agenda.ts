// SPDX-License-Identifier: EUPL-1.2
// The agenda: which item is open, closed or public, who takes no part; and the buttons that chair, clerk and everybody
// for themselves have for it.

import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { may } from '../rights';
import { isRecused, isSelf } from '../select';
import type { Item } from '../wire/items';
import type { PersonId } from '../wire/messages';
import { bring } from './bring';
import { icon, type Icon } from './icon';
import type { Scene } from './scene';

type Drawn = TemplateResult | typeof nothing;

/** The name of whom the room knows; a guest who has not come yet is a number here. */
function nameOf(v: Scene, id: PersonId): string {
  const seen = v.s.people.find((p) => p.id === id) ?? v.s.waiting.find((p) => p.id === id)
    ?? v.s.entries.find((e) => e.who?.id === id)?.who ?? v.s.entries.find((e) => e.by?.id === id)?.by;
  return seen?.name ?? v.t.say('agenda.person', { n: id });
}

function names(v: Scene, ids: readonly PersonId[]): string {
  return ids.map((id) => nameOf(v, id)).join(', ');
}

export function sessionTag(v: Pick<Scene, 't'>, open: boolean, testid = ''): TemplateResult {
  return html`<span class="tag ${open ? 'tag--open' : 'tag--closed'}" data-testid=${testid || nothing}
    data-state=${open ? 'open' : 'closed'}>${icon(open ? 'unlock' : 'lock')}${
    v.t.say(open ? 'session.open' : 'session.closed')}</span>`;
}

interface Doing {
  readonly icon: Icon;
  readonly words: string;
  readonly testid: string;
  readonly main?: boolean;
  readonly asks?: boolean;
  readonly press: () => void;
}

function button(d: Doing): TemplateResult {
  return html`<button class="btn btn--sm ${d.main === true ? 'btn--primary' : ''}" type="button" data-testid=${d.testid}
    aria-haspopup=${d.asks === true ? 'dialog' : nothing} @click=${d.press}>${icon(d.icon)}<span>${
    d.words}</span></button>`;
}

/** The one that is opened next, as the agenda goes: the main action of its panel. */
function isNext(v: Scene, item: Item): boolean {
  const { items, session } = v.s;
  return session.item === null && items.find((other) => other.phase === 'ahead')?.id === item.id;
}

/** Opens and closes the item and its doors. */
function leading(v: Scene, item: Item): Drawn {
  if (!may(v.s, 'open-item')) return nothing;
  const { t } = v;
  const fill = { item: item.id };
  const act = (name: 'item-open' | 'item-close' | 'doors-close', image: Icon, main = false): TemplateResult => button({
    icon: image, testid: name, main,
    words: name === 'doors-close' ? t.say(v.s.session.doors === 'opening' ? 'agenda.do.doors-stop'
      : 'agenda.do.doors-close') : t.say(`agenda.do.${name}`, fill),
    press: () => v.act({ type: 'item', act: name, item: item.id }),
  });
  if (item.phase !== 'open') return act('item-open', 'check', isNext(v, item));
  return html`${v.s.session.doors === 'closed' ? button({
    icon: 'unlock', testid: 'doors-open', asks: true, words: t.say('agenda.do.doors-open'),
    press: () => v.act({ type: 'open-item-dialog', dialog: 'doors-open', item: item.id }),
  }) : act('doors-close', 'lock')}${act('item-close', 'stop')}`;
}

function noting(v: Scene, item: Item): Drawn {
  if (item.phase === 'done' || !may(v.s, 'note-recusal')) return nothing;
  return button({
    icon: 'user-minus', testid: 'note-recusal', asks: true, words: v.t.say('agenda.do.note-recusal'),
    press: () => v.act({ type: 'open-item-dialog', dialog: 'note-recusal', item: item.id }),
  });
}

/** What everybody does for themselves. */
function own(v: Scene, item: Item): Drawn {
  const { t, s } = v;
  if (item.phase === 'done' || s.self === null) return nothing;
  if (isRecused(item, s.self.id)) {
    return html`<p class="ag__own">${icon('eye-off')}<span>${t.say('agenda.recused.own')}</span></p>`;
  }
  const declares = item.phase === 'open' && s.session.doors === 'closed' && !item.alone.includes(s.self.id);
  const law = item.phase === 'open' && s.self.office !== 'guest'
    ? html`<p class="small">${t.say('agenda.law')}</p>` : nothing;
  return html`${law}${declares ? button({
    icon: 'check', testid: 'declare-alone', words: t.say('alone.confirm'),
    press: () => v.act({ type: 'item', act: 'declare-alone', item: item.id }),
  }) : nothing}${button({
    icon: 'eye-off', testid: 'recuse', asks: true, words: t.say('agenda.do.recuse', { item: item.id }),
    press: () => v.act({ type: 'open-item-dialog', dialog: 'recuse', item: item.id }),
  })}`;
}

function facts(v: Scene, item: Item): Drawn {
  const { t } = v;
  const out = item.recused.map((r) => r.id);
  const lines = [
    item.guests.length === 0 ? '' : t.say('agenda.guests', { names: names(v, item.guests) }),
    out.length === 0 ? '' : t.say('agenda.recused', { names: names(v, out) }),
    item.phase !== 'open' || item.alone.length === 0 ? '' : t.say('agenda.alone', { n: item.alone.length }),
  ];
  return html`${lines.filter((line) => line !== '').map((line) => html`<p class="ag__m">${line}</p>`)}`;
}

const LOOKS = { ahead: '', open: 'ag__it--now', done: 'ag__it--done' } as const;

function stateSign(v: Scene, item: Item): Drawn {
  const { t, s } = v;
  if (item.phase === 'open') return html`<span class="tag tag--ok">${t.say('agenda.now')}</span>`;
  if (item.phase === 'done') {
    return html`<span class="ag__s" role="img" aria-label=${t.say('agenda.done')}>${icon('check')}</span>`;
  }
  return s.self !== null && isRecused(item, s.self.id)
    ? html`<span class="tag tag--attn">${icon('eye-off')}${t.say('agenda.not-you')}</span>` : nothing;
}

function row(v: Scene, item: Item): TemplateResult {
  const open = item.phase === 'open';
  return html`<li class="ag__it ${LOOKS[item.phase]}" data-testid="item" data-state=${item.phase} data-item=${item.id}
    aria-current=${open ? 'step' : nothing}>
    <span class="ag__n">${item.id}</span><span class="ag__t">${item.title}</span>${stateSign(v, item)}
    ${facts(v, item)}
    <div class="ag__do">${leading(v, item)}${noting(v, item)}${own(v, item)}</div>
  </li>`;
}

/** Items in their order; a heading where the convocation goes from closed to open, or back. */
function parts(items: readonly Item[]): readonly (readonly Item[])[] {
  const found: Item[][] = [];
  for (const item of items) {
    const last = found.at(-1);
    if (last?.[0]?.convened === item.convened) last.push(item);
    else found.push([item]);
  }
  return found;
}

function part(v: Scene, items: readonly Item[]): TemplateResult {
  const first = items[0];
  const open = first?.convened === 'open';
  return html`<h3 class="sub"><span>${v.t.say(open ? 'agenda.part.open' : 'agenda.part.closed')}</span>${
    sessionTag(v, open)}</h3>
    <ol class="ag">${repeat(items, (item) => item.id, (item) => row(v, item))}</ol>`;
}

export function agendaPanel(v: Scene): TemplateResult {
  const { items, sheet } = v.s;
  const now = items.find((i) => i.phase === 'open') ?? items.find((i) => i.phase === 'ahead');
  return html`<div class="panel__b" tabindex="0" role="region" aria-label=${v.t.say('tab.agenda')}
    ${bring(now === undefined ? null : `[data-item="${now.id}"]`, String(sheet))}>
    ${items.length === 0 ? html`<p class="muted">${v.t.say('agenda.empty')}</p>`
      : parts(items).map((list) => part(v, list))}
  </div>`;
}

/** Whether the person here is asked to declare that nobody listens along. */
export function asksAlone(v: Scene, item: Item | null): item is Item {
  const { s } = v;
  if (item === null || item.convened !== 'closed' || s.session.doors !== 'closed' || s.self === null) return false;
  return s.people.some((p) => isSelf(s, p.id)) && !item.alone.includes(s.self.id);
}
