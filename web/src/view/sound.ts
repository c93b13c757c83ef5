// SPDX-License-Identifier: EUPL-1.2
// The sound check in the lobby: what to do, what is found, and what helps.

import { html, nothing, type TemplateResult } from 'lit-html';
import { icon } from './icon';
import type { Scene } from './scene';

export function soundCheck(v: Scene): TemplateResult {
  const { t, s: { sound, own, line } } = v;
  const running = sound.step === 'running';
  const can = own.microphone.live && line.status === 'open';
  const state = sound.step === 'over' ? (sound.verdict === 'good' ? 'good' : 'bad') : running ? 'busy' : 'none';
  const words = sound.step === 'over' ? t.say(`sound.${sound.verdict}`)
    : t.say(running ? 'sound.running' : can ? 'sound.hint' : 'sound.off');
  const sign = state === 'good' ? icon('check') : state === 'bad' ? icon('warn') : nothing;
  return html`<section class="dev" aria-labelledby="dev-sound" data-testid="check-sound" data-state=${state}
    data-verdict=${sound.step === 'over' ? sound.verdict : nothing}>
    <h2 id="dev-sound">${icon('volume')}${t.say('sound.title')}</h2>
    <p class="dev__is" role="status">${sign}<span>${words}</span></p>
    <button class="btn btn--sm btn--start" type="button" data-testid="check-sound-start"
      aria-disabled=${running || !can} aria-busy=${running}
      @click=${() => (running || !can ? undefined : v.act({ type: 'check-sound' }))}>
      ${icon('mic')}${t.say(sound.step === 'over' ? 'sound.again' : 'sound.start')}</button>
  </section>`;
}
