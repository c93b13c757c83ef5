// SPDX-License-Identifier: EUPL-1.2
// A voucher: who admits somebody signs with the own device key which device is that person's. Every client verifies it,
// the server only passes it on.

import type { Base64 } from '../../wire/delivery';
import { view } from './bytes';

/** What is signed. */
export function statement(meeting: string, person: number, device: Base64): Uint8Array {
  return new TextEncoder().encode(`conclave-admit-1\n${meeting}\n${person}\n${device}\n`);
}

export async function verify(signer: Uint8Array, statement: Uint8Array, signature: Uint8Array): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey('raw', view(signer), 'Ed25519', false, ['verify']);
    return await crypto.subtle.verify('Ed25519', key, view(signature), view(statement));
  } catch {
    return false;
  }
}
