// SPDX-License-Identifier: EUPL-1.2
// Accounts and administration: signing in, enrolment, my meetings, convening, the server's administration, and the list
// of this client's files. One state, one drawing a frame; loaded when one of their addresses is opened.

import { render } from 'lit-html';
import { type Address, language } from '../boot';
import type { Event } from './event';
import { carryOut } from './hand';
import { canPasskey } from './passkey';
import type { Back } from './state';
import { initial, update } from './update';
import { dressPage, view } from './view/view';

/** What the provider of the house said, which leaves the address bar and the history at once. */
function takeBack(search: URLSearchParams): Back | 'no' | null {
  const [code, state] = [search.get('code'), search.get('state')];
  if (state === null || location.pathname !== '/') return null;
  history.replaceState(null, '', '/');
  if (search.has('error')) return 'no'; // RFC 6749, 4.1.2.1; its words are not ours to show
  return code === null ? null : { code, state, iss: search.get('iss') };
}

export function pages(address: Address, root: HTMLElement): void {
  const search = new URLSearchParams(location.search);
  const meeting = search.get('meeting');
  let state = initial(
    language(address.language),
    {
      path: location.pathname, token: address.token, meeting: /^[\w-]{1,64}$/.test(meeting ?? '') ? meeting : null,
      part: search.get('part') === 'keys' ? 'keys' : 'meetings', back: takeBack(search),
    },
    canPasskey(),
  );
  let drawing = false;

  function draw(): void {
    drawing = false;
    render(view(state, act), root);
    dressPage(document, state);
  }

  function act(e: Event): void {
    const before = state;
    const [after, effects] = update(state, e);
    state = after;
    for (const effect of effects) carryOut(effect, act);
    if (state === before || drawing) return;
    drawing = true;
    // A page that is not to be seen gets no frames.
    if (document.hidden) setTimeout(draw, 100);
    else requestAnimationFrame(draw);
  }

  window.addEventListener('hashchange', () => {
    if (location.pathname === '/enrol' && location.hash.length > 1) location.reload(); // another link in this tab
  });
  window.addEventListener('pageshow', (e) => {
    if (e.persisted) location.reload(); // the browser put an old page back, perhaps of who has signed out
  });
  draw();
  act({ type: 'loaded' });
}
