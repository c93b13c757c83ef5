// SPDX-License-Identifier: EUPL-1.2
// Who is not in the picture: a seat for everybody under the pictures of a large meeting, the empty chairs among the
// tiles of a small one, and the dialog that says why, group by group, so that nobody is left out.

import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { hasFloor, isSelf, placeOf } from '../select';
import type { Named, Person } from '../wire/messages';
import { box } from './box';
import { chairs, everywhere, listsSeats, seats, stepsAside, type Seat, type Whereabouts } from './grid';
import { icon } from './icon';
import { initials, shortName } from './name';
import type { Scene } from './scene';

type Drawn = TemplateResult | typeof nothing;

const LOOKS: Readonly<Record<Whereabouts, string>> = {
  'seen': 'zs--in', 'elsewhere': '', 'camera-off': 'zs--nocam', 'lost': 'zs--lost', 'absent': 'zs--out',
};
/** In the order in which they are told. */
const GROUPS = ['elsewhere', 'camera-off', 'lost', 'absent'] as const;

function count(of: readonly Seat[], is: Whereabouts): number {
  return of.filter((seat) => seat.is === is).length;
}

function sentence(v: Scene, of: readonly Seat[]): string {
  const told = (['seen', ...GROUPS] as const).flatMap((is) => {
    const n = count(of, is);
    return n === 0 ? [] : [v.t.say(`seats.${is}`, { n })];
  });
  return told.join(', ');
}

function place(v: Scene, who: Named): Drawn {
  const n = placeOf(v.s, who.id);
  return n === 0 ? nothing : html`<span class="zs__n">${n}</span>`;
}

function described(v: Scene, { who, is }: Seat): string {
  const { t, s } = v;
  const at = placeOf(s, who.id);
  const parts = [who.name, hasFloor(s, who.id) ? t.say('floor.has') : t.say(`seat.${is}`)];
  if (at > 0) parts.push(t.say('tile.hand', { n: at }));
  return parts.join(', ');
}

function seatOf(v: Scene, seat: Seat): TemplateResult {
  const { who, is } = seat;
  const { s } = v;
  const look = `zs ${hasFloor(s, who.id) ? 'zs--floor' : LOOKS[is]}`;
  const content = html`<b>${initials(who.name)}</b>${place(v, who)}<span class="sr"> ${described(v, seat)}</span>`;
  if (is === 'absent' || isSelf(s, who.id)) {
    return html`<li><span class=${look} title=${who.name}>${content}</span></li>`;
  }
  return html`<li><button class=${look} type="button" data-testid="seat" data-person=${who.name} title=${who.name}
    aria-pressed=${s.pins.includes(who.id)} @click=${() => v.act({ type: 'pin', person: who.id })}>${
      content}</button></li>`;
}

export function seatRow(v: Scene): Drawn {
  if (!listsSeats(v.s)) return nothing;
  const all = seats(v.s);
  return html`<section class="zet ${all.length > 39 ? 'zet--55' : ''}" aria-labelledby="seats" data-testid="seats">
    <div class="zet__h"><b id="seats">${v.t.say('seats', { n: all.length })}</b><span>${sentence(v, all)}</span>
      <button class="btn btn--quiet btn--sm" type="button" aria-haspopup="dialog" data-testid="unseen"
        @click=${() => v.act({ type: 'open-dialog', dialog: 'unseen' })}>${v.t.say('unseen')}</button></div>
    <ul class="zet__l">${repeat(all, ({ who }) => who.id, (seat) => seatOf(v, seat))}</ul>
  </section>`;
}

/** Absent members in the last cells of the grid. */
export function emptyChairs(v: Scene, tiles: readonly Person[]): Drawn {
  const { own, more } = chairs(v.s, tiles);
  return html`${repeat(own, (who) => `empty ${who.id}`, (who) => html`<li class="tile tile--absent"
    data-testid="empty-chair" data-person=${who.name}>${icon('seat')}<b><span class="nm">${who.name}</span><span
      class="nm-s" aria-hidden="true">${shortName(who.name)}</span></b><span>${
        v.t.say(stepsAside(v.s, who.id) ? 'seat.aside' : 'seat.absent')}</span></li>`)}${more === 0 ? nothing
    : html`<li class="tile tile--absent">${icon('seat')}<b>${v.t.say('seats.more', { n: more })}</b></li>`}`;
}

function group(v: Scene, is: (typeof GROUPS)[number], of: readonly Seat[]): Drawn {
  const here = of.filter((seat) => seat.is === is);
  if (here.length === 0) return nothing;
  return html`<section data-testid="unseen-group" data-group=${is}>
    <h3 class="sub"><span>${v.t.say(`unseen.${is}`)}</span><span>${here.length}</span></h3>
    <p class="small muted">${v.t.say(`unseen.${is}.text`)}</p>
    <ul class="chips">${here.map(({ who }) => html`<li>${who.name}${is === 'absent' && stepsAside(v.s, who.id)
      ? html` <span class="muted">(${v.t.say('seat.aside')})</span>` : nothing}</li>`)}</ul></section>`;
}

export function unseen(v: Scene): TemplateResult {
  const { t, s } = v;
  const all = everywhere(s);
  const chairsOf = seats(s).length;
  const { many } = s.preferences;
  return box(v, {
    id: 'unseen',
    title: t.say('unseen.title'),
    look: 'dialog--wide',
    content: html`<div class="dialog__b">
        <p class="muted">${t.say('unseen.lead')} ${t.say('unseen.sum', {
          all: all.length, seen: count(all, 'seen'), rest: all.length - count(all, 'seen'),
        })} ${all.length > chairsOf ? t.say('unseen.others', { n: all.length - chairsOf }) : nothing}</p>
        ${GROUPS.map((is) => group(v, is, all))}
      </div>
      <div class="dialog__f"><button class="btn btn--primary" type="button" data-testid="cancel"
          @click=${() => v.act({ type: 'close-dialog' })}>${t.say('close')}</button>
        ${s.people.length > 25 ? html`<button class="btn" type="button" data-testid="many"
          aria-pressed=${many} @click=${() => v.act({ type: 'prefer', preferences: { many: !many } })}>${
            icon('grid')}${t.say(many ? 'unseen.fewer' : 'unseen.more')}</button>` : nothing}</div>`,
  });
}
