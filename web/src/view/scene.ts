// SPDX-License-Identifier: EUPL-1.2
// What every view is given: the state to draw, whom to tell what the person does, the streams, the words.

import type { PersonEvent } from '../event';
import type { Port } from '../port';
import type { State } from '../state';
import type { Text } from '../text/text';

export type Act = (event: PersonEvent) => void;

export interface Scene {
  readonly s: State;
  readonly act: Act;
  readonly port: Port;
  readonly t: Text;
}
