// SPDX-License-Identifier: EUPL-1.2
// The script of the frames worker, a file of its own.

import { clock } from './clock';
import { HOLD_MS } from './opener';
import { type Scope, serve } from './serve';

serve(globalThis as unknown as Scope, clock, HOLD_MS);
