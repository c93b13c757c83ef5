// SPDX-License-Identifier: EUPL-1.2
// One person in the picture: the picture, and under it, never over it, the name plate with what is to be known.
// The <video> is always there, so that a camera that comes on needs no new element; a cover lies over it until then.

import { html, nothing, type TemplateResult } from 'lit-html';
import { hasFloor, isSelf, lineTrouble, pictureOf, placeOf } from '../select';
import type { Person } from '../wire/messages';
import { drawn, withoutLine } from './grid';
import { icon, type Icon } from './icon';
import { live } from './live';
import { initials, shortName } from './name';
import type { Scene } from './scene';
import { elapsed } from './words';

type Drawn = TemplateResult | typeof nothing;

/** Three bars that move while somebody speaks. */
export function speakingBars(name: string): TemplateResult {
  return html`<span class="lvl" role="img" aria-label=${name}><i></i><i></i><i></i></span>`;
}

const SOUND_TROUBLE = { sealed: 'tile.sound-sealed', quiet: 'tile.no-sound' } as const;

function mark(look: string, name: Parameters<typeof icon>[0], words: string): TemplateResult {
  return html`<span class="st ${look}" role="img" aria-label=${words}>${icon(name)}</span>`;
}

function speaks(v: Scene, p: Person): boolean {
  return p.sources.microphone && p.connection === 'connected' && v.s.speaking.includes(p.id);
}

/** The sound of a person in one sign: speaks, microphone off, on but not passed on or not to be heard, on. */
export function soundSign(v: Scene, p: Person): Drawn {
  const { t } = v;
  if (!p.sources.microphone) return mark('st--off', 'mic-off', t.say('tile.mic-off'));
  if (!p.heard) return mark('st--warn', 'mic-off', t.say('tile.unheard'));
  const trouble = lineTrouble(v.s, p.id, 'microphone');
  if (trouble !== null) return mark('st--warn', 'mic-off', t.say(SOUND_TROUBLE[trouble]));
  if (speaks(v, p)) return speakingBars(t.say('tile.speaking'));
  return nothing;
}

const COVERS = {
  'camera.off': 'cam-off', 'tile.camera-starting': 'cam', 'tile.no-signal': 'warn', 'tile.not-shown': 'eye-off',
  'tile.self-hidden': 'eye-off',
} as const satisfies Readonly<Record<string, Icon>>;

/** Why there is no picture; null: there is one. */
function coverOf(v: Scene, p: Person): keyof typeof COVERS | null {
  const own = isSelf(v.s, p.id);
  const on = own ? v.s.own.camera.wanted : p.sources.camera;
  if (!on) return 'camera.off';
  if (!drawn(v.s, p)) return own ? 'tile.self-hidden' : 'tile.not-shown';
  if (pictureOf(v.s, p.id)) return null;
  if (withoutLine(v.s, p)) return 'tile.not-shown';
  return lineTrouble(v.s, p.id, 'camera') === 'quiet' ? 'tile.no-signal' : 'tile.camera-starting';
}

function cover(v: Scene, p: Person): Drawn {
  const why = coverOf(v, p);
  if (why === null) return nothing;
  return html`<div class="tile__cover"><span class="tile__mono" aria-hidden="true">${initials(p.name)}</span>
    <span class="tile__nocam" data-testid=${why === 'tile.no-signal' ? 'no-signal' : nothing}>${
      icon(COVERS[why])}<span>${v.t.say(why)}</span></span></div>`;
}

/** What comes cannot be opened, or no sound comes; that no picture comes, its cover says. */
function trouble(v: Scene, p: Person): Drawn {
  const tag = (testid: string, sign: Icon, words: string): TemplateResult =>
    html`<span class="tag tag--attn" data-testid=${testid}>${icon(sign)}<span>${words}</span></span>`;
  if (lineTrouble(v.s, p.id, 'camera') === 'sealed') return tag('undecryptable', 'shield-x', v.t.say('tile.sealed'));
  const sound = p.sources.microphone && p.heard ? lineTrouble(v.s, p.id, 'microphone') : null;
  if (sound === null) return nothing;
  const words = v.t.say(SOUND_TROUBLE[sound]);
  return sound === 'sealed' ? tag('sound-undecryptable', 'shield-x', words) : tag('no-sound', 'mic-off', words);
}

/** The picture stands still; one that is not drawn is not sent either, and nothing is wrong with it. */
function stands(v: Scene, p: Person): boolean {
  return v.s.frozen.includes(p.id) && drawn(v.s, p);
}

function tags(v: Scene, p: Person): Drawn {
  const away = p.connection === 'reconnecting';
  const frozen = stands(v, p) && pictureOf(v.s, p.id);
  const wrong = trouble(v, p);
  if (wrong !== nothing) return html`<div class="tile__tags">${wrong}</div>`;
  const pinned = v.s.pins.includes(p.id);
  if (!away && !frozen && !pinned && p.hush === null) return nothing;
  return html`<div class="tile__tags">${pinned ? html`<span class="tag tag--pin" data-testid="pinned">${
    icon('pin')}<span>${v.t.say('tile.pinned')}</span></span>` : nothing}${away || frozen ? html`<span
    class="tag tag--pin">${icon(away ? 'wifi-off' : 'pause')}<span>${
      v.t.say(away ? 'tile.reconnecting' : 'tile.frozen')}</span></span>`
    : nothing}${p.hush === null ? nothing : html`<span class="tag tag--attn" data-testid="hush" data-hush=${
      p.hush}>${icon('mic-off')}<span>${v.t.say(`hush.${p.hush}`)}</span></span>`}</div>`;
}

/** The time of who has the floor, or the place of who asks for it. */
export function turnSign(v: Scene, p: Person): Drawn {
  if (hasFloor(v.s, p.id)) {
    const time = elapsed(v.s.now - v.s.floor.since);
    return html`<b class="plate__t" role="img" aria-label=${v.t.say('floor.since', { time })}>${time}</b>`;
  }
  const n = placeOf(v.s, p.id);
  return n === 0 ? nothing : html`<span class="handno" role="img" aria-label=${v.t.say('tile.hand', { n })}>${
    icon('hand')}<b>${n}</b></span>`;
}

function plate(v: Scene, p: Person): TemplateResult {
  return html`<div class="plate">
    <span class="plate__who">
      <b><span class="nm">${p.name}</span><span class="nm-s" aria-hidden="true">${shortName(p.name)}</span>${
        isSelf(v.s, p.id) ? html` <span class="plate__you">${v.t.say('you')}</span>` : nothing}</b>
      <span class="plate__role">${v.t.say(`office.${p.office}`)}${p.party === null ? nothing : html`<span
        class="plate__party"><span aria-hidden="true"> · </span>${p.party}</span>`}</span>
    </span>
    <span class="plate__st">${placeOf(v.s, p.id) > 0 ? turnSign(v, p) : nothing}${soundSign(v, p)}${
      hasFloor(v.s, p.id) ? turnSign(v, p) : nothing}</span>
  </div>`;
}

/** `lead`: large, in the view of who speaks. */
export function tile(v: Scene, p: Person, lead = false): TemplateResult {
  const own = isSelf(v.s, p.id);
  const picture = drawn(v.s, p);
  const still = p.connection === 'reconnecting' || stands(v, p);
  return html`<li class="tile ${own ? 'tile--self' : ''} ${still ? 'tile--frozen' : ''} ${
    hasFloor(v.s, p.id) ? 'tile--floor' : ''} ${v.s.pins.includes(p.id) ? 'tile--pin' : ''} ${
    lead ? 'tile--lead' : ''}" data-testid="tile"
    data-person=${p.name} ?data-floor=${hasFloor(v.s, p.id)} ?data-speaking=${speaks(v, p)}
    ?data-muted=${!p.sources.microphone}>
    <div class="tile__view">
      <video autoplay playsinline .muted=${true} aria-hidden="true" ?hidden=${!picture}
        ${picture ? live(v.port, own ? 'self' : p.id, 'camera') : nothing}></video>
      ${cover(v, p)}${tags(v, p)}
    </div>
    ${plate(v, p)}
  </li>`;
}
