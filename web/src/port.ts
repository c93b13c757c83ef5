// SPDX-License-Identifier: EUPL-1.2
// What a view may ask for that cannot stand in State: the live streams. Given to view() by app.ts.

import type { PersonId } from './wire/messages';

export interface Port {
  /**
   * The picture of somebody, for the srcObject of a muted <video>; null when there is none at this moment. The same
   * object as long as nothing changed (State.streams rises when it does). `'self'` is the own camera or screen, in the
   * lobby too. Sound is not in it: it is played by media/slots.ts.
   */
  streamOf(person: PersonId | 'self', source: 'camera' | 'screen'): MediaStream | null;
}
