// SPDX-License-Identifier: EUPL-1.2
// What just happened: always in a live region for screen readers; for the eye in a line of its own when something asks
// for attention, otherwise in the note under the tiles.

import { html, nothing, type TemplateResult } from 'lit-html';
import { keyed } from 'lit-html/directives/keyed.js';
import { repeat } from 'lit-html/directives/repeat.js';
import type { News, Notice } from '../state';
import { icon, type Icon } from './icon';
import type { Scene } from './scene';
import { newsText } from './words';

function sentence(v: Scene, { news }: Notice): string {
  return newsText(v.t, v.s, news);
}

/**
 * Two live regions that are always in the page: a region that appears with its text is not read by every reader. The
 * urgent one reads what is added to it, so that of two that come at once neither is lost; what is written while the
 * meeting goes on stands in logs of its own (proceedings, conversations).
 */
export function announcements(v: Scene): TemplateResult {
  const { polite, urgent } = v.s.speech;
  return html`<div class="sr" data-testid="notice">
    <p role="status" aria-live="polite">${polite.length === 0 ? nothing : keyed(polite.at(-1)?.id, html`<span>${
      polite.map((n) => sentence(v, n)).join('. ')}</span>`)}</p>
    <div role="alert" aria-atomic="false">${repeat(urgent, (n) => n.id, (n) => html`<p>${sentence(v, n)}</p>`)}</div>
  </div>`;
}

/** Something did not happen, or a device stopped: it stands in the flow until it is closed or its time is over. */
function asksAttention(news: News): boolean {
  return ['error', 'trouble', 'speaker-gone'].includes(news.what);
}

export function calm(notice: Notice | null): Notice | null {
  return notice === null || asksAttention(notice.news) ? null : notice;
}

export function flash(v: Scene): TemplateResult | typeof nothing {
  const { notice } = v.s;
  if (notice === null || !asksAttention(notice.news)) return nothing;
  return html`<div class="flash">
    ${icon('warn')}
    <p>${newsText(v.t, v.s, notice.news)}</p>
    <button class="btn btn--quiet btn--icon" type="button" aria-label=${v.t.say('close')}
      @click=${() => v.act({ type: 'notice-read' })}>${icon('x')}</button>
  </div>`;
}

export function newsIcon(news: News): Icon {
  switch (news.what) {
    case 'many':
      return 'people';
    case 'entered':
    case 'admitted':
    case 'returned':
      return 'user-plus';
    case 'left':
    case 'turned-away':
      return 'user-minus';
    case 'knocked':
      return 'user';
    case 'sharing':
      return 'share';
    case 'asked-second':
    case 'request-over':
    case 'entry':
      return 'gavel';
    case 'said':
    case 'invited-to-talk':
      return 'chat';
    case 'alarm':
    case 'code-differs':
      return 'shield-x';
    case 'silenced':
      return 'mic-off';
    case 'asked':
      return 'mic';
    case 'floor-yours':
    case 'floor':
    case 'floor-free':
    case 'hand':
      return 'hand';
    case 'suspended':
    case 'resumed':
      return 'pause';
    case 'item':
      return 'agenda';
    case 'doors':
      return news.doors === 'closed' ? 'lock' : 'unlock';
    case 'aside':
    case 'guest-out':
      return 'eye-off';
    case 'aside-over':
      return 'user-plus';
    case 'record-broken':
      return 'warn';
    case 'pinned':
      return 'pin';
    case 'power':
      return 'sig-2';
    case 'captions':
      return 'captions';
    case 'speaker-gone':
      return 'volume';
    case 'silent':
      return 'mic';
    case 'source':
    case 'line-back':
      return 'check';
    case 'lost':
    case 'line-lost':
    case 'media-lost':
      return 'wifi-off';
    case 'server-restarted':
      return 'server';
    case 'trouble':
    case 'error':
      return 'warn';
  }
}
