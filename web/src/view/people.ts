// SPDX-License-Identifier: EUPL-1.2
// Who is inside, with office, party, sound and connection; and for clerk and chair, who waits to be let in.

import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { alike } from '../alike';
import { may, personActions } from '../rights';
import { absent, hasFloor, isSelf } from '../select';
import type { Named, Person, PersonId, Waiting } from '../wire/messages';
import { icon } from './icon';
import { initials } from './name';
import type { Scene } from './scene';
import { inOrder } from './grid';
import { soundSign, turnSign } from './tile';
import { roleOf } from './words';

type Drawn = TemplateResult | typeof nothing;

/** Whose name looks like whose, among all whom a row may name. */
type Alike = ReturnType<typeof alike>;

function alikeSign(v: Scene, id: PersonId, names: Alike): Drawn {
  const others = names.get(id);
  return others === undefined ? nothing : html`<span class="tag tag--attn" data-testid="alike">${icon('warn')}${
    v.t.say('people.alike', { names: v.t.list(others) })}</span>`;
}

function waitingRow(v: Scene, who: Waiting, names: Alike): TemplateResult {
  const { t } = v;
  const busy = v.s.admitting.includes(who.id);
  return html`<li class="admit" data-person=${who.name}>
    <div class="admit__who"><span class="av" aria-hidden="true">${initials(who.name)}</span><b>${who.name}</b>
      <span class="muted small">${roleOf(t, who)}${who.known === 'link' ? html` · <span data-testid="by-link">${
        t.say('people.by-link')}</span>` : nothing}</span>${alikeSign(v, who.id, names)}</div>
    <div class="btn-row btn-row--2">
      <button class="btn btn--primary btn--sm" type="button" data-testid="admit" data-person=${who.name}
        aria-disabled=${busy} aria-busy=${busy}
        @click=${() => (busy ? undefined : v.act({ type: 'admit', person: who.id }))}>
        ${icon('check')}${t.say(busy ? 'people.admitting' : 'people.admit')}<span
          class="sr">, ${who.name}</span></button>
      <button class="btn btn--sm" type="button" data-testid="turn-away" data-person=${who.name} aria-haspopup="dialog"
        @click=${() => v.act({ type: 'open-turn-away', person: who.id })}>${t.say('people.turn-away')}<span
          class="sr">, ${who.name}</span></button>
    </div>
  </li>`;
}

function waitingRoom(v: Scene, names: Alike): Drawn {
  const { waiting } = v.s;
  if (waiting.length === 0 && !may(v.s, 'admit')) return nothing;
  return html`<h3 class="sub"><span>${v.t.say('people.waiting')}</span><span>${waiting.length}</span></h3>
    ${waiting.length === 0 ? html`<p class="muted">${v.t.say('people.waiting.none')}</p>`
      : html`<ul>${repeat(waiting, (who) => who.id, (who) => waitingRow(v, who, names))}</ul>`}`;
}

function signs(v: Scene, p: Person): Drawn {
  const { t } = v;
  if (p.connection === 'reconnecting') return nothing;
  return html`${p.sources.screen ? html`<span role="img" aria-label=${t.say('people.sharing')}>${icon('share')}</span>`
    : nothing}${p.sources.camera ? html`<span role="img" aria-label=${t.say('people.camera-on')}>${icon('cam')}</span>`
    : nothing}${hasFloor(v.s, p.id) ? nothing : turnSign(v, p)}${soundSign(v, p)}`;
}

/** What is said in words stands under the name, which keeps its width. */
function standing(v: Scene, p: Person): Drawn {
  if (p.connection === 'reconnecting') return html`<span class="tag tag--attn">${v.t.say('tile.reconnecting')}</span>`;
  return hasFloor(v.s, p.id) ? html`<span class="tag tag--floor">${v.t.say('people.floor')}</span>` : nothing;
}

/** What may be done about somebody; no button where nothing may be done. */
function menuButton(v: Scene, p: Person): Drawn {
  if (isSelf(v.s, p.id) && personActions(v.s, p).length === 0) return nothing;
  return html`<button class="btn btn--quiet btn--icon" type="button" data-testid="person-menu" data-person=${p.name}
    aria-haspopup="dialog" aria-label=${v.t.say('person.menu', { name: p.name })}
    @click=${() => v.act({ type: 'open-person', person: p.id })}>${icon('more')}</button>`;
}

/** Not here, though the proceedings know them: a new link may bring them in. */
function absentRow(v: Scene, who: Named): TemplateResult {
  return html`<li class="pp pp--away" data-testid="absent" data-person=${who.name}>
    <span class="av" aria-hidden="true">${initials(who.name)}</span>
    <span class="pp__n">${who.name}<span class="pp__r">${roleOf(v.t, who)}</span></span>
    <button class="btn btn--sm" type="button" data-testid="new-link" data-person=${who.name} aria-haspopup="dialog"
      @click=${() => v.act({ type: 'open-right', right: 'new-link', person: who.id })}>${
        v.t.say('people.new-link')}<span class="sr">, ${who.name}</span></button>
  </li>`;
}

function absentees(v: Scene): Drawn {
  const people = may(v.s, 'new-link') ? absent(v.s) : [];
  if (people.length === 0) return nothing;
  return html`<h3 class="sub"><span>${v.t.say('people.absent')}</span><span>${people.length}</span></h3>
    <ul>${repeat(people, (p) => p.id, (p) => absentRow(v, p))}</ul>`;
}

function cannotFollow(v: Scene, p: Person): boolean {
  return v.s.secrecy.roster.cannotFollow.includes(p.id);
}

function row(v: Scene, p: Person, names: Alike): TemplateResult {
  return html`<li class="pp ${p.connection === 'reconnecting' ? 'pp--away' : ''}" data-testid="person"
    data-person=${p.name} data-office=${p.office}>
    <span class="av" aria-hidden="true">${initials(p.name)}</span>
    <span class="pp__n">${p.name}${isSelf(v.s, p.id) ? html` <span class="muted">${v.t.say('you')}</span>` : nothing}
      <span class="pp__r">${roleOf(v.t, p)}</span>${standing(v, p)}${p.hush === null ? nothing
        : html`<span class="tag tag--attn">${icon('mic-off')}${v.t.say(`hush.${p.hush}`)}</span>`}${
      p.caucus ? html`<span class="tag tag--private" data-testid="in-caucus">${v.t.say('people.caucus')}</span>`
        : nothing}${cannotFollow(v, p) ? html`<span class="tag tag--attn" data-testid="cannot-follow">${
        icon('shield-x')}${v.t.say('follow.person')}</span>` : nothing}${alikeSign(v, p.id, names)}</span>
    <span class="pp__s">${signs(v, p)}${menuButton(v, p)}</span>
  </li>`;
}

function group(
  v: Scene, name: 'members' | 'support' | 'guests', people: readonly Person[], names: Alike,
): Drawn {
  if (people.length === 0) return nothing;
  return html`<h3 class="sub"><span>${v.t.say(`people.${name}`)}</span><span>${people.length}</span></h3>
    <ul>${repeat(people, (p) => p.id, (p) => row(v, p, names))}</ul>`;
}

export function peoplePanel(v: Scene): TemplateResult {
  const people = inOrder(v.s);
  const names = alike([...people, ...v.s.waiting, ...absent(v.s)]);
  return html`<div class="panel__b" tabindex="0" role="region" aria-label=${v.t.say('tab.people')}>
    ${waitingRoom(v, names)}
    ${group(v, 'members', people.filter((p) => p.office === 'chair' || p.office === 'member'), names)}
    ${group(v, 'support', people.filter((p) => p.office === 'clerk'), names)}
    ${group(v, 'guests', people.filter((p) => p.office === 'guest'), names)}
    ${absentees(v)}
  </div>`;
}
