// SPDX-License-Identifier: EUPL-1.2
// What concerns this person or everybody, in the flow between tiles and controls: not heard and why, asked to switch
// something on, interrupted by a fault. The live regions of news.ts read it out.

import { html, nothing, type TemplateResult } from 'lit-html';
import { may } from '../rights';
import { asksAlone } from './agenda';
import { isSelf, muted, openItem, ownTurn, unheard, withdrawalOf, withdrawn } from '../select';
import type { Device } from '../state';
import type { Fault, Named, Reason } from '../wire/messages';
import { icon, type Icon } from './icon';
import type { Scene } from './scene';
import { alarmText } from './words';
import { reasonSentence } from './sentence';

type Drawn = TemplateResult | typeof nothing;

interface Bulletin {
  readonly id: string;
  readonly icon: Icon;
  readonly title: string;
  readonly text: unknown;
  readonly buttons?: unknown;
}

function bulletin(b: Bulletin): TemplateResult {
  return html`<section class="bul" aria-labelledby="bul-${b.id}" data-testid="bulletin" data-bulletin=${b.id}>
    <span class="full__ic full__ic--sm full__ic--attn">${icon(b.icon)}</span>
    <div class="bul__t"><h2 id="bul-${b.id}">${b.title}</h2><p>${b.text}</p></div>
    ${b.buttons === undefined || b.buttons === nothing ? nothing : html`<div class="btn-row bul__a">${b.buttons}</div>`}
  </section>`;
}

/** The reason, before what follows from it. */
export function because(v: Scene, reason: Reason | null): unknown {
  return reason === null ? nothing : html`<b>${v.t.say('reason')}:</b> ${reasonSentence(v.t, reason)} `;
}

function button(look: string, name: Icon | null, words: unknown, press: () => void, testid: string): TemplateResult {
  return html`<button class="btn ${look}" type="button" data-testid=${testid} @click=${press}>${
    name === null ? nothing : icon(name)}${words}</button>`;
}

/** An office switched it off; the person may switch it on again at once. */
function silenced(v: Scene): Drawn {
  const { t, s } = v;
  if (s.silenced === null) return nothing;
  const { source, by, reason } = s.silenced;
  return bulletin({
    id: `silenced-${source}`,
    icon: source === 'microphone' ? 'mic-off' : 'stop',
    title: t.say(`silenced.${source}.title`, { name: by.name }),
    text: html`${because(v, reason)}${t.say(`silenced.${source}.text`)}`,
    buttons: html`${button('btn--primary', source === 'microphone' ? 'mic' : 'share',
      html`<span class="lg">${t.say(`silenced.${source}.on`)}</span><span class="sm">${
        t.say(`silenced.${source}.on.short`)}</span>`,
      () => v.act({ type: 'toggle', source }), 'switch-on')}
      ${button('', null, t.say(`silenced.${source}.stay`), () => v.act({ type: 'silenced-read' }), 'stay-off')}`,
  });
}

function asked(v: Scene): Drawn {
  const { t, s } = v;
  if (s.asked === null) return nothing;
  const { source, by, reason } = s.asked;
  return bulletin({
    id: `asked-${source}`,
    icon: source === 'microphone' ? 'mic' : 'cam',
    title: t.say(`asked.${source}.title`, { name: by.name }),
    text: html`${because(v, reason)}${t.say('asked.text')}`,
    buttons: html`${button('btn--primary', source === 'microphone' ? 'mic' : 'cam', t.say(`asked.${source}.on`),
      () => v.act({ type: 'toggle', source }), 'switch-on')}
      ${button('', null, t.say('asked.no'), () => v.act({ type: 'asked-read' }), 'stay-off')}`,
  });
}

function byWhom(v: Scene, by: Named | null): string {
  return by === null ? v.t.say('withdrawn.title.plain') : v.t.say('withdrawn.title', { name: by.name });
}

/** Not heard although one might think so: the floor was withdrawn, or eight other microphones are open. */
function notHeard(v: Scene): Drawn {
  const { t, s } = v;
  if (withdrawn(s) && s.self !== null) {
    const entry = withdrawalOf(s, s.self.id);
    return bulletin({
      id: 'withdrawn',
      icon: 'mic-off',
      title: byWhom(v, entry?.by ?? null),
      text: html`${because(v, entry?.reason ?? null)}${t.say('withdrawn.text')}`,
    });
  }
  if (!unheard(s) || muted(s) || s.suspended !== null) return nothing;
  return bulletin({
    id: 'unheard',
    icon: 'volume',
    title: t.say('unheard.title'),
    text: t.say('unheard.text'),
    buttons: html`${ownTurn(s).is === 'none'
      ? button('btn--primary', 'hand', t.say('hand.none'), () => v.act({ type: 'hand' }), 'ask-floor') : nothing}
      ${button('', 'mic-off', t.say('unheard.off'), () => v.act({ type: 'toggle', source: 'microphone' }),
        'stay-off')}`,
  });
}

function faultLine(v: Scene, fault: Fault): TemplateResult {
  return html`<span class="bul__f"><b>${fault.by.name}, ${v.t.time(fault.at)}:</b> ${fault.note}</span>`;
}

/** Whoever has it too says so here; each of them once. */
function alsoHere(v: Scene): Drawn {
  const { t, s } = v;
  return s.faults.some((fault) => isSelf(s, fault.by.id)) ? nothing
    : button('', 'warn', t.say('interrupted.too'), () => v.act({ type: 'open-dialog', dialog: 'fault' }), 'fault-too');
}

/** The oldest fault is dealt with first; the others wait below it. */
function interrupted(v: Scene): Drawn {
  const { t, s } = v;
  const first = s.faults[0];
  if (first === undefined) return nothing;
  return bulletin({
    id: 'fault',
    icon: 'warn',
    title: t.say('interrupted.title', { n: s.faults.length }),
    text: html`${s.faults.map((fault) => faultLine(v, fault))} ${t.say('interrupted.text')}`,
    buttons: may(s, 'clear-fault') ? button('', 'check', t.say('interrupted.clear'),
      () => v.act({ type: 'open-clear-fault', fault: first.id }), 'clear-fault') : alsoHere(v),
  });
}

/** A device that stopped in the middle of the meeting: only the person switches another on. */
function deviceGone(v: Scene, source: 'microphone' | 'camera'): Drawn {
  const { t, s } = v;
  if (s.own[source].trouble !== 'ended' || s.suspended !== null) return nothing;
  const next = (source === 'microphone' ? s.devices.microphones : s.devices.cameras)[0];
  const take = (device: Device): void => {
    v.act({ type: 'choose-device', kind: source, id: device.id });
    v.act({ type: 'toggle', source });
  };
  const again = next === undefined || next.label === '' ? t.say(`gone.${source}.on`)
    : t.say('gone.on', { device: next.label });
  return bulletin({
    id: `gone-${source}`,
    icon: source === 'microphone' ? 'mic-off' : 'cam-off',
    title: t.say(`gone.${source}.title`),
    text: t.say(next === undefined ? `gone.${source}.none` : `gone.${source}.text`),
    buttons: html`${next === undefined ? nothing : button('btn--primary', source === 'microphone' ? 'mic' : 'cam',
      again, () => take(next), 'switch-on')}
      ${button('', 'sliders', t.say('gone.choose'), () => v.act({ type: 'settings', page: 'devices' }), 'choose')}`,
  });
}

/** On, and giving nothing: the person talks to nobody and does not know it. */
function silent(v: Scene): Drawn {
  const { t, s } = v;
  if (!s.silent || !s.own.microphone.live) return nothing;
  return bulletin({
    id: 'silent', icon: 'mic', title: t.say('silent.title'), text: t.say('silent.text'),
    buttons: button('', 'sliders', t.say('gone.choose'), () => v.act({ type: 'settings', page: 'devices' }), 'choose'),
  });
}

function blockedSound(v: Scene): Drawn {
  const { t, s } = v;
  if (!s.soundBlocked) return nothing;
  return html`<div role="alert">${bulletin({
    id: 'sound',
    icon: 'volume',
    title: t.say('sound.blocked'),
    text: t.say('sound.blocked.text'),
    buttons: button('btn--primary', 'volume', t.say('sound.allow'),
      () => v.act({ type: 'allow-sound' }), 'allow-sound'),
  })}</div>`;
}

function loadAgain(v: Scene): TemplateResult {
  return button('btn--primary', 'refresh', v.t.say('e2ee.reload'), () => v.act({ type: 'try-again' }), 'reload');
}

/** The keys are not there yet, or not as they should be: what leaves, and what to do. */
function keys(v: Scene): Drawn {
  const { t, s } = v;
  const { status, alarm } = s.secrecy;
  const wrong = alarm === null ? nothing : bulletin({
    id: 'alarm', icon: 'shield-x', title: t.say('alarm.title'), text: alarmText(t, s, alarm),
    buttons: button('', 'check', t.say('alarm.read'), () => v.act({ type: 'alarm-read' }), 'alarm-read'),
  });
  if (status === 'off' || status === 'on') return wrong;
  return html`${wrong}${bulletin({
    id: `keys-${status}`, icon: 'shield-x', title: t.say(`e2ee.${status}.title`), text: t.say(`e2ee.${status}.text`),
    ...(status === 'broken' ? { buttons: loadAgain(v) } : {}),
  })}`;
}

/** Ten seconds in which everybody knows, and whoever presides can still keep them closed. */
/** What was heard is not what stands here: it stays on the screen until it is compared again. */
function otherDigits(v: Scene): Drawn {
  const { t, s } = v;
  if (s.secrecy.compared !== 'different') return nothing;
  return bulletin({
    id: 'code',
    icon: 'shield-x',
    title: t.say('code.different.title'),
    text: t.say('code.different.text'),
    buttons: button('btn--primary', 'refresh', t.say('code.different.again'),
      () => v.act({ type: 'open-dialog', dialog: 'code' }), 'compare-again'),
  });
}

function doorsOpening(v: Scene): Drawn {
  const { t, s } = v;
  if (s.session.opensAt === null) return nothing;
  const item = s.session.item;
  return bulletin({
    id: 'doors',
    icon: 'unlock',
    title: t.say('doors.opening.title', { n: Math.max(0, Math.ceil((s.session.opensAt - s.now) / 1_000)) }),
    text: t.say('doors.opening.text'),
    ...(item !== null && may(s, 'doors-close')
      ? {
          buttons: button('btn--primary', 'lock', t.say('agenda.do.doors-stop'),
            () => v.act({ type: 'item', act: 'doors-close', item }), 'doors-stop'),
        }
      : {}),
  });
}

function alone(v: Scene): Drawn {
  const { t, s } = v;
  const item = openItem(s);
  if (!asksAlone(v, item)) return nothing;
  return bulletin({
    id: 'alone',
    icon: 'lock',
    title: t.say('alone.title'),
    text: t.say('alone.text', { item: item.id }),
    buttons: button('btn--primary', 'check', t.say('alone.confirm'),
      () => v.act({ type: 'item', act: 'declare-alone', item: item.id }), 'declare-alone'),
  });
}

/** The server does not keep to what it signed. */
function brokenRecord(v: Scene): Drawn {
  const { t, s } = v;
  if (s.record.fault === null) return nothing;
  return html`<div role="alert">${bulletin({
    id: 'record',
    icon: 'shield-x',
    title: t.say('record.broken.title'),
    text: html`${t.say(`record.broken.${s.record.fault}`)} ${t.say('record.broken.next')}${
      s.record.proof === null ? nothing : html` <a data-testid="record-proof" download="conclave-two-histories.json"
        href=${`data:application/json;charset=utf-8,${encodeURIComponent(s.record.proof)}`}>${
        t.say('record.broken.proof')}</a>`}`,
  })}</div>`;
}

export function bulletins(v: Scene): TemplateResult {
  return html`${brokenRecord(v)}${doorsOpening(v)}${keys(v)}${otherDigits(v)}${interrupted(v)}${blockedSound(v)}${
    silenced(v)}${asked(v)}${deviceGone(v, 'microphone')}${deviceGone(v, 'camera')}${silent(v)}${notHeard(v)}${
    alone(v)}`;
}
