// SPDX-License-Identifier: EUPL-1.2
// Boots the page: the address, the app, one drawing a frame.

import './style/index.css';
import { render } from 'lit-html';
import { app } from './app';
import { canChooseSpeaker, canShare, isPhone, lacks, language, readAddress, takeAddress } from './boot';
import { list } from './media/devices';
import { storedDevices, storedSeat } from './store/store';
import { dress } from './view/dress';
import { bindKeys } from './view/keys';
import { view } from './view/view';

const address = takeAddress(); // before anything else can fail and leave the secret in the address bar
const clock = (): number => performance.now();
const spoken = language(address.language);
const root = document.getElementById('app');
if (root === null) throw new Error('the page has no element for the app');

let drawing = false;
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
});

function draw(): void {
  drawing = false;
  render(view(conclave.state(), conclave.act, conclave.port), root as HTMLElement);
  dress(document, conclave.state());
}

bindKeys(document, conclave.state, conclave.act);
window.addEventListener('online', () => conclave.act({ type: 'online', now: clock() }));
window.addEventListener('offline', () => conclave.act({ type: 'offline', now: clock() }));
window.addEventListener('hashchange', () => {
  if (readAddress(location).token !== null) location.reload(); // another link was opened in this tab
});
window.addEventListener('pageshow', (e) => {
  if (e.persisted) location.reload(); // the browser put an old page back, its line is dead
});

conclave.act({ type: 'preferred', devices: storedDevices() });
const missing = lacks();
conclave.act({
  type: 'loaded',
  now: clock(),
  token: address.token,
  meeting: address.meeting,
  seat: storedSeat(address.meeting),
  language: spoken,
  lacks: missing,
  canShare: canShare(),
  canChooseSpeaker: canChooseSpeaker(),
});
if (missing.length === 0) {
  navigator.mediaDevices.addEventListener('devicechange', () => {
    list().then(
      (devices) => conclave.act({ type: 'devices', ...devices }),
      () => undefined,
    );
  });
}
