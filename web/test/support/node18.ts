// SPDX-License-Identifier: EUPL-1.2
// WebCrypto where Node 18 keeps it out of the global names that browsers and later versions have it in.

import { webcrypto } from 'node:crypto';

if (!('crypto' in globalThis)) Object.defineProperty(globalThis, 'crypto', { value: webcrypto });
