// SPDX-License-Identifier: EUPL-1.2
// The buttons of the person's own microphone, camera and screen. Off is the calm state; on is filled, for then others
// hear or see you. Nobody else can press them.

import { html, nothing, type TemplateResult } from 'lit-html';
import { muted, ownTurn, presides, starting, unheard, withdrawn } from '../select';
import type { OwnSource } from '../state';
import { icon, type Icon } from './icon';
import type { Scene } from './scene';

interface Words {
  readonly long: string;
  readonly short: string;
}

interface Control {
  readonly testid: string;
  readonly icon: Icon;
  readonly words: Words;
  readonly own: OwnSource;
  readonly hush?: boolean;
  readonly press: () => void;
}

function control(c: Control): TemplateResult {
  return html`<button class="ctl__b ${c.hush === true ? 'ctl__b--hush' : ''}" type="button" data-testid=${c.testid}
    aria-pressed=${c.own.wanted} aria-busy=${starting(c.own)} @click=${c.press}>
    ${icon(c.icon)}<span class="lg">${c.words.long}</span><span class="sm">${c.words.short}</span></button>`;
}

function microphoneWords(v: Scene): Words {
  const { t } = v;
  const own = v.s.own.microphone;
  if (starting(own)) return { long: t.say('mic.starting'), short: t.say('mic.starting.short') };
  if (muted(v.s)) return { long: t.say('mic.muted'), short: t.say('mic.muted.short') };
  if (!own.wanted) return { long: t.say('mic.off'), short: t.say('mic.off.short') };
  if (unheard(v.s)) return { long: t.say('mic.unheard'), short: t.say('mic.unheard.short') };
  return { long: t.say('mic.on'), short: t.say('mic.on.short') };
}

function cameraWords(v: Scene): Words {
  const { t } = v;
  const own = v.s.own.camera;
  if (starting(own)) return { long: t.say('camera.starting'), short: t.say('camera.starting.short') };
  if (!own.wanted) return { long: t.say('camera.off'), short: t.say('camera.off.short') };
  return { long: t.say('camera.on'), short: t.say('camera.on.short') };
}

export function microphone(v: Scene): TemplateResult {
  const own = v.s.own.microphone;
  return control({
    testid: 'mic',
    icon: own.wanted ? 'mic' : 'mic-off',
    words: microphoneWords(v),
    own,
    hush: muted(v.s) || unheard(v.s) || (own.wanted && withdrawn(v.s)),
    press: () => v.act({ type: 'toggle', source: 'microphone' }),
  });
}

export function camera(v: Scene): TemplateResult {
  const own = v.s.own.camera;
  return control({
    testid: 'camera',
    icon: own.wanted ? 'cam' : 'cam-off',
    words: cameraWords(v),
    own,
    press: () => v.act({ type: 'toggle', source: 'camera' }),
  });
}

function screen(v: Scene): TemplateResult | typeof nothing {
  if (!v.s.canShare) return nothing;
  const { t } = v;
  const own = v.s.own.screen;
  return control({
    testid: 'share',
    icon: own.wanted ? 'stop' : 'share',
    words: own.wanted ? { long: t.say('share.stop'), short: t.say('share.stop.short') }
      : { long: t.say('share.start'), short: t.say('share.start.short') },
    own,
    press: () => v.act({ type: 'toggle', source: 'screen' }),
  });
}

/** Asks for the floor, leaves the queue, or ends the speech. Nobody can take this button away (N11). */
function hand(v: Scene): TemplateResult {
  const { t } = v;
  const turn = ownTurn(v.s);
  const key = `hand.${turn.is}` as const;
  const fill = { n: turn.place };
  return html`<button class="ctl__b ctl__b--word" type="button" data-testid="hand" data-state=${turn.is}
    aria-pressed=${turn.is !== 'none'} @click=${() => v.act({ type: turn.is === 'floor' ? 'floor-end' : 'hand' })}>
    ${icon('hand')}<span class="lg">${t.say(key)}<small>${t.say(`hand.${turn.is}.hint`, fill)}</small></span>
    <span class="sm">${t.say(`hand.${turn.is}.short`, fill)}</span></button>`;
}

/** Clerk and chair are asked whether they leave or end; everybody else leaves, and may come back. */
function leave(v: Scene): TemplateResult {
  const asked = presides(v.s);
  return html`<button class="ctl__b ctl__b--leave" type="button" data-testid="leave"
    aria-haspopup=${asked ? 'dialog' : nothing}
    @click=${() => v.act(asked ? { type: 'open-dialog', dialog: 'leave' } : { type: 'leave' })}>
    ${icon('leave')}<span>${v.t.say('leave')}</span></button>`;
}

export function controlBar(v: Scene): TemplateResult {
  return html`<section class="ctl" aria-label=${v.t.say('controls')} data-region tabindex="-1">
    <div class="ctl__set">
      ${v.s.suspended === null ? html`${microphone(v)}${camera(v)}` : nothing}${hand(v)}
      ${v.s.suspended === null ? screen(v) : nothing}
      <button class="ctl__b" type="button" aria-haspopup="dialog" data-testid="more"
        @click=${() => v.act({ type: 'open-dialog', dialog: 'more' })}>
        ${icon('more')}<span>${v.t.say('more.title')}</span></button>
    </div>
    ${v.s.suspended === null ? nothing
      : html`<p class="ctl__say">${icon('mic-off')}<span>${v.t.say('suspended.controls')}</span></p>`}
    <div class="ctl__end">${leave(v)}</div>
  </section>`;
}
