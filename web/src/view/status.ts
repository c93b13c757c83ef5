// SPDX-License-Identifier: EUPL-1.2
// Full-page screens: the start, whatever stands in the way, the end. Each says what happened and what to do next.

import { html, nothing, type TemplateResult } from 'lit-html';
import { keyed } from 'lit-html/directives/keyed.js';
import type { PersonEvent } from '../event';
import type { Phase, Problem } from '../state';
import { presides } from '../select';
import type { Actor, OverReason, Reason } from '../wire/messages';
import { arrive } from './focus';
import { frame } from './frame';
import { icon, type Icon } from './icon';
import type { Scene } from './scene';
import { reasonText } from './sentence';

type Over = Extract<Phase, { name: 'over' }>;
type Drawn = TemplateResult | typeof nothing;

interface Status {
  readonly id: string;
  readonly icon: Icon;
  readonly tone: 'attn' | 'danger' | 'ok' | 'plain';
  readonly title: string;
  readonly lead: string;
  readonly body?: Drawn;
  readonly actions?: Drawn;
}

function status(v: Scene, what: Status): TemplateResult {
  return frame(v, keyed(what.id, html`<section class="full" aria-labelledby="status" data-status=${what.id}>
    <div class="full__box">
      <span class="full__ic full__ic--${what.tone}">${icon(what.icon)}</span>
      <div class="stack stack--3">
        <h1 id="status" tabindex="-1" ${arrive()}>${what.title}</h1>
        <p class="full__lead">${what.lead}</p>
      </div>
      ${what.body ?? nothing}
      ${what.actions ?? nothing}
    </div>
  </section>`));
}

function action(v: Scene, event: PersonEvent, name: Icon, words: string, testid?: string): TemplateResult {
  return html`<div class="btn-row">
    <button class="btn btn--primary btn--lg" type="button" data-testid=${testid ?? nothing}
      @click=${() => v.act(event)}>${icon(name)}${words}</button>
  </div>`;
}

export function opening(v: Scene, step: 'seat' | 'line'): TemplateResult {
  return frame(v, html`<section class="full" aria-labelledby="status" data-status="opening">
    <div class="full__box" role="status">
      <span class="wait__d wait__d--page" aria-hidden="true"><i></i><i></i><i></i></span>
      <div class="stack stack--3">
        <h1 id="status">${v.t.say(`opening.${step}.title`)}</h1>
        <p class="full__lead">${v.t.say(`opening.${step}.lead`)}</p>
      </div>
    </div>
  </section>`);
}

const PROBLEM_ICONS: Readonly<Record<Problem, Icon>> = {
  'no-link': 'link',
  'link-unknown': 'link',
  'link-used': 'lock',
  'link-early': 'clock',
  'link-ended': 'clock',
  'seat-unknown': 'user',
  'slow-down': 'clock',
  'unreachable': 'wifi-off',
  'full': 'people',
  'version': 'refresh',
  'other-clerk': 'lock',
  'other-meeting': 'lock',
  'browser': 'window',
};

function lacks(v: Scene): TemplateResult {
  return html`<ul class="ticks ticks--no">${v.s.lacks.map((lack) => html`
    <li>${icon('x')}<span>${v.t.say(`lack.${lack}`)}</span></li>`)}</ul>`;
}

function problemAction(v: Scene, which: Problem): Drawn {
  switch (which) {
    case 'full':
    case 'other-clerk':
    case 'slow-down':
    case 'unreachable':
      return action(v, { type: 'try-again' }, 'refresh', v.t.say('action.try-again'));
    case 'version':
      return action(v, { type: 'try-again' }, 'refresh', v.t.say('action.load-again'));
    case 'no-link':
    case 'link-unknown':
    case 'link-used':
    case 'link-early':
    case 'link-ended':
    case 'other-meeting':
    case 'seat-unknown':
    case 'browser':
      return nothing;
  }
}

export function problem(v: Scene, which: Problem): TemplateResult {
  return status(v, {
    id: which,
    icon: PROBLEM_ICONS[which],
    tone: which === 'link-ended' || which === 'no-link' ? 'plain' : 'attn',
    title: v.t.say(`problem.${which}.title`),
    lead: v.t.say(`problem.${which}.lead`),
    body: html`${which === 'browser' ? lacks(v) : nothing}
      <div class="notice">${icon('info')}<p>${v.t.say(`problem.${which}.next`)}</p></div>`,
    actions: problemAction(v, which),
  });
}

const OVER_LOOKS: Readonly<Record<OverReason, Pick<Status, 'icon' | 'tone'>>> = {
  'left': { icon: 'leave', tone: 'plain' },
  'turned-away': { icon: 'user-minus', tone: 'attn' },
  'removed': { icon: 'user-minus', tone: 'danger' },
  'ended': { icon: 'check', tone: 'ok' },
  'replaced': { icon: 'window', tone: 'attn' },
  'seat-ended': { icon: 'clock', tone: 'attn' },
  'signed-out': { icon: 'leave', tone: 'attn' },
};

function decided(v: Scene, by: Actor | null, reason: Reason | null): Drawn {
  if (reason === null && by === null) return nothing;
  return html`<div class="preview">
    ${reason === null ? nothing : html`<div><p class="small muted">${v.t.say('reason')}</p>
      <p>${reasonText(v.t, reason)}</p></div>`}
    <p class="small muted">${by === null ? v.t.say('over.by-administration')
      : v.t.say('over.by', { name: by.name, role: v.t.say(`office.${by.office}`) })}</p>
  </div>`;
}

function endTicks(v: Scene): TemplateResult {
  return html`<ul class="ticks ticks--yes">
    <li>${icon('check')}<span>${v.t.say('over.ticks.off')}</span></li>
    <li>${icon('check')}<span>${v.t.say('over.ticks.not-recorded')}</span></li>
    <li>${icon('check')}<span>${v.t.say('over.ticks.log')}</span></li>
  </ul>`;
}

/** Guests have no report (RIGHTS.md). */
function toReport(v: Scene): Drawn {
  const { self, meetingId } = v.s;
  if (self === null || self.office === 'guest' || meetingId === null) return nothing;
  return html`<div class="btn-row"><a class="btn btn--primary btn--lg" href="/m/${meetingId}/report"
    data-testid="report">${icon('agenda')}${v.t.say('over.ended.report')}</a></div>`;
}

function back(v: Scene, words: string): TemplateResult {
  return action(v, { type: 'come-back' }, 'refresh', words, 'come-back');
}

/** Through the door, and from there straight into the same meeting. */
function signInAgain(v: Scene): TemplateResult {
  const { meetingId } = v.s;
  return html`<div class="btn-row"><a class="btn btn--primary btn--lg" href=${
    meetingId === null ? '/' : `/?meeting=${meetingId}`} data-testid="sign-in-again">${icon('lock')}${
    v.t.say('over.signed-out.back')}</a></div>`;
}

function overDetails(v: Scene, phase: Over): Pick<Status, 'lead' | 'body' | 'actions'> {
  const { t } = v;
  switch (phase.why) {
    case 'left':
      return {
        lead: t.say(presides(v.s) ? 'over.left.lead-office' : 'over.left.lead'),
        actions: back(v, t.say('over.left.back')),
      };
    case 'turned-away':
    case 'removed':
      return {
        lead: t.say(`over.${phase.why}.lead`),
        body: decided(v, phase.by, phase.reason),
        actions: back(v, t.say(`over.${phase.why}.back`)),
      };
    case 'ended':
      return {
        lead: t.say('over.ended.lead'),
        body: html`${endTicks(v)}${decided(v, phase.by, phase.reason)}`,
        actions: toReport(v),
      };
    case 'replaced':
      return { lead: t.say('over.replaced.lead'), actions: back(v, t.say('over.replaced.back')) };
    case 'seat-ended':
      return {
        lead: t.say('over.seat-ended.lead'),
        body: html`<div class="notice">${icon('info')}<p>${t.say('over.seat-ended.next')}</p></div>`,
      };
    case 'signed-out':
      return { lead: t.say('over.signed-out.lead'), actions: signInAgain(v) };
  }
}

export function over(v: Scene, phase: Over): TemplateResult {
  return status(v, {
    id: phase.why,
    title: v.t.say(`over.${phase.why}.title`),
    ...OVER_LOOKS[phase.why],
    ...overDetails(v, phase),
  });
}
