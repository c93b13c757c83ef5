// SPDX-License-Identifier: EUPL-1.2
// The room code: four groups of five digits (66 bits) by which those present make sure that they share the same keys.
// scrypt makes each try cost a third of a second, so that a server that forks the meeting cannot look for a fork whose
// code is the same while the meeting lasts.

import { scrypt } from '@noble/hashes/scrypt.js';
import { digits } from './bytes';

const SALT = new TextEncoder().encode('conclave-room-code-1');
/** 32 MiB, and about 0.3 s on a laptop, in which the thread hears nothing: it has one of its own (../code). */
const COST = { N: 2 ** 15, r: 8, p: 1, dkLen: 32 };

export function roomCode(epochAuthenticator: Uint8Array): Promise<string> {
  return new Promise((done) => done(digits(scrypt(epochAuthenticator, SALT, COST), 4, 8)));
}
