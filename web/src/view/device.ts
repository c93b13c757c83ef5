// SPDX-License-Identifier: EUPL-1.2
// Choosing and testing microphone, camera and loudspeaker; drawn in the lobby and in the settings.

import { html, nothing, type TemplateResult } from 'lit-html';
import { live as asNow } from 'lit-html/directives/live.js';
import { starting } from '../select';
import type { Device } from '../state';
import { icon } from './icon';
import type { Scene } from './scene';
import { troubleText } from './words';

type Kind = 'microphone' | 'camera' | 'speaker';

const SEGMENTS = 20;
const LEVELS = 10;
/** The last segments are drawn as loud. */
const LOUD_FROM = 17;

export function meter(level: number): TemplateResult {
  const lit = Math.round((level / LEVELS) * SEGMENTS);
  return html`<div class="meter" aria-hidden="true">${Array.from({ length: SEGMENTS }, (_, at) => html`<i
    class=${at >= lit ? '' : at >= LOUD_FROM ? 'on hi' : 'on'}></i>`)}</div>`;
}

function listOf(v: Scene, kind: Kind): { devices: readonly Device[]; chosen: string | null } {
  const d = v.s.devices;
  switch (kind) {
    case 'microphone':
      return { devices: d.microphones, chosen: d.microphone };
    case 'camera':
      return { devices: d.cameras, chosen: d.camera };
    case 'speaker':
      return { devices: d.speakers, chosen: d.speaker };
  }
}

/** Nothing to choose from, no list. */
export function chooser(v: Scene, kind: Kind): TemplateResult | typeof nothing {
  const { devices, chosen } = listOf(v, kind);
  if (devices.length === 0 || (kind === 'speaker' && !v.s.canChooseSpeaker)) return nothing;
  const known = devices.some((device) => device.id === chosen) ? chosen : '';
  const choose = (e: Event): void => {
    v.act({ type: 'choose-device', kind, id: (e.target as HTMLSelectElement).value });
  };
  return html`<label class="sr" for="choose-${kind}">${v.t.say(`device.choose.${kind}`)}</label>
    <select class="input input--md" id="choose-${kind}" .value=${asNow(known ?? '')} @change=${choose}>
      <option value="" ?selected=${known === ''}>${v.t.say('device.default')}</option>
      ${devices.map((device, at) => html`<option value=${device.id} ?selected=${device.id === known}>${
        device.label === '' ? v.t.say('device.numbered', { kind: v.t.say(`device.${kind}`), n: at + 1 }) : device.label
      }</option>`)}
    </select>`;
}

export function microphoneHint(v: Scene): string {
  const own = v.s.own.microphone;
  if (own.trouble !== null) return troubleText(v.t, 'microphone', own.trouble);
  if (starting(own)) return v.t.say('mic.starting');
  if (!own.live) return v.t.say('device.microphone.off');
  if (v.s.silent) return v.t.say('silent.text');
  return v.t.say(v.s.level > 0 ? 'device.microphone.heard' : 'device.microphone.quiet');
}

function cameraHint(v: Scene): string {
  const own = v.s.own.camera;
  if (own.trouble !== null) return troubleText(v.t, 'camera', own.trouble);
  if (starting(own)) return v.t.say('camera.starting');
  return v.t.say(own.live ? 'device.camera.on' : 'device.camera.off');
}

export function microphoneCheck(v: Scene): TemplateResult {
  return html`<section class="dev" aria-labelledby="dev-mic">
    <h2 id="dev-mic">${icon('mic')}${v.t.say('device.microphone')}</h2>
    ${meter(v.s.own.microphone.live ? v.s.level : 0)}
    <p>${microphoneHint(v)}</p>
    ${chooser(v, 'microphone')}
  </section>`;
}

export function cameraCheck(v: Scene): TemplateResult {
  return html`<section class="dev" aria-labelledby="dev-cam">
    <h2 id="dev-cam">${icon('cam')}${v.t.say('device.camera')}</h2>
    <p>${cameraHint(v)}</p>
    ${chooser(v, 'camera')}
  </section>`;
}

export function soundTest(v: Scene): TemplateResult {
  const playing = v.s.testing;
  return html`<button class="btn btn--sm btn--start" type="button" aria-disabled=${playing}
    @click=${() => (playing ? undefined : v.act({ type: 'test-sound' }))}>
    ${icon('volume')}${v.t.say(playing ? 'device.speaker.testing' : 'device.speaker.test')}</button>`;
}

export function speakerCheck(v: Scene): TemplateResult {
  return html`<section class="dev" aria-labelledby="dev-speaker">
    <h2 id="dev-speaker">${icon('volume')}${v.t.say('device.speaker')}</h2>
    ${soundTest(v)}
    <p>${v.t.say('device.speaker.hint')}</p>
    ${chooser(v, 'speaker')}
  </section>`;
}
