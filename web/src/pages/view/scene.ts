// SPDX-License-Identifier: EUPL-1.2
// What every view of the pages is given: the state, whom to tell, the words of the frame and those of the pages.

import type { Text } from '../../text/text';
import type { PageText } from '../../text/pages/text';
import type { Act } from '../event';
import type { State } from '../state';

export interface Scene {
  readonly s: State;
  readonly act: Act;
  readonly t: Text;
  readonly w: PageText;
}
