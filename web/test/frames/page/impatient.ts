// SPDX-License-Identifier: EUPL-1.2
// A frames worker that waits for no key: the fault that the test of the rotation has to notice.

import { clock } from '../../../src/crypto/frames/clock';
import { type Scope, serve } from '../../../src/crypto/frames/serve';

serve(globalThis as unknown as Scope, clock, 0);
