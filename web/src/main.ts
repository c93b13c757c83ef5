// SPDX-License-Identifier: EUPL-1.2
// Where every page begins: the address says which client it is. The meeting's is here; the others are loaded when they
// are asked for, so that who opens a link does not wait for them.

import './style/index.css';
import { takeAddress } from './boot';
import { meeting } from './meeting';
import { loaded } from './part';

const address = takeAddress(); // before anything else can fail and leave the secret in the address bar
const root = document.getElementById('app');
if (root === null) throw new Error('the page has no element for the app');

switch (address.place) {
  case 'meeting':
    meeting(address, root);
    break;
  case 'report':
    void loaded('report/main').then(() => import('./report/main')).then(({ report }) => report(address, root));
    break;
  case 'pages':
    void loaded('pages/main').then(() => import('./pages/main')).then(({ pages }) => pages(address, root));
    break;
}
