// SPDX-License-Identifier: EUPL-1.2
// The client of a meeting: the app, one drawing a frame, and what the browser tells the page.

import { render } from 'lit-html';
import { type App, app } from './app';
import { type Address, canChooseSpeaker, canShare, isPhone, lacks, language, readAddress } from './boot';
import { list } from './media/devices';
import { canFloat } from './floating';
import { smallWindow } from './small';
import { storedDevices, storedInvitation, storedPreferences, storedSeat } from './store/store';
import { dress } from './view/dress';
import { bindKeys } from './view/keys';
import { view } from './view/view';

const clock = (): number => performance.now();

export function meeting(address: Address, root: HTMLElement): void {
  const spoken = language(address.language);
  let drawing = false;
  const small = smallWindow({ opened: draw, closed: () => conclave.act({ type: 'small-closed' }) });
  const conclave = app({
    language: spoken,
    phone: isPhone(),
    clock,
    changed: () => {
      if (drawing) return;
      drawing = true;
      // A page that is not to be seen gets no frames, but its title and its streams must follow.
      if (document.hidden) setTimeout(draw, 100);
      else requestAnimationFrame(draw);
    },
    small,
  });

  function draw(): void {
    drawing = false;
    const { act, port } = conclave;
    const state = conclave.state();
    render(view(state, act, port), root);
    dress(document, state);
    small.draw(state, act, port);
  }

  // The frame that was asked for does not come any more, and the small window is seen all the same.
  document.addEventListener('visibilitychange', () => {
    if (document.hidden && drawing) draw();
  });
  bindKeys(document, conclave.state, conclave.act);
  bindWindow(conclave);
  conclave.act({ type: 'preferred', devices: storedDevices(), preferences: storedPreferences() });
  const missing = lacks();
  conclave.act({
    type: 'loaded',
    now: clock(),
    token: address.token,
    invitation: address.token === null ? storedInvitation(address.meeting) : address.invitation,
    meeting: address.meeting,
    seat: storedSeat(address.meeting),
    language: spoken,
    lacks: missing,
    canShare: canShare(),
    canChooseSpeaker: canChooseSpeaker(),
    canFloat: canFloat(),
  });
  if (missing.length === 0) followDevices(conclave);
}

function bindWindow(conclave: App): void {
  window.addEventListener('online', () => conclave.act({ type: 'online', now: clock() }));
  window.addEventListener('offline', () => conclave.act({ type: 'offline', now: clock() }));
  window.addEventListener('hashchange', () => {
    if (readAddress(location).token !== null) location.reload(); // another link was opened in this tab
  });
  window.addEventListener('pageshow', (e) => {
    if (e.persisted) location.reload(); // the browser put an old page back, its line is dead
  });
}

function followDevices(conclave: App): void {
  navigator.mediaDevices.addEventListener('devicechange', () => {
    list().then(
      (devices) => conclave.act({ type: 'devices', ...devices }),
      () => undefined,
    );
  });
}
