// SPDX-License-Identifier: EUPL-1.2
// A signed invitation: the clerk's office key signs to whom, to which meeting and of which body a link is. It stands
// behind the link's secret, in the fragment, which no browser sends to a server: base64url (RFC 4648, 5) of the key and
// the signature. Whoever came by such a link goes into no meeting whose roster another key signed.

import type { Base64 } from '../../wire/delivery';
import { concat, fromBase64, toBase64 } from './bytes';
import type { Identity } from './identity';
import { opened } from './roster';
import { verify } from './voucher';

export interface Invited {
  readonly meeting: string;
  /** The body's name, as every meeting of it shows. */
  readonly body: string;
  /** The invited person's. */
  readonly name: string;
}

/** Why a meeting is not entered. `other-meeting`: the invitation is of another meeting or person, or nobody's. */
export type Refusal = 'other-meeting' | 'other-clerk';

const KEY = 32;
const SIGNATURE = 64;
/** Both together, without padding. */
export const INVITATION = /^[\w-]{128}$/;

function statement({ meeting, body, name }: Invited, key: Base64): Uint8Array {
  return new TextEncoder().encode(`conclave-invitation-1\n${key}\n${JSON.stringify({ meeting, body, name })}\n`);
}

/** What stands behind the secret of that person's link. */
export async function invitation(who: Invited, clerk: Identity): Promise<string> {
  const mark = await clerk.sign(statement(who, toBase64(clerk.device)));
  return toBase64(concat(clerk.device, mark)).replaceAll('+', '-').replaceAll('/', '_');
}

/** The key that signed this for exactly that; null: none did. */
export async function inviter(letters: string, who: Invited): Promise<Base64 | null> {
  if (!INVITATION.test(letters)) return null;
  const bytes = fromBase64(letters.replaceAll('-', '+').replaceAll('_', '/'));
  if (bytes?.length !== KEY + SIGNATURE) return null;
  const device = bytes.slice(0, KEY);
  const key = toBase64(device);
  return (await verify(device, statement(who, key), bytes.slice(KEY))) ? key : null;
}

/** What speaks against a meeting with this roster, to somebody with this invitation; else whose invitation it is. */
export async function against(
  letters: string, who: Invited, roster: string | null,
): Promise<{ readonly refusal: Refusal } | { readonly key: Base64 }> {
  const key = await inviter(letters, who);
  if (key === null) return { refusal: 'other-meeting' };
  const found = roster === null ? null : await opened(roster);
  return found?.key === key && found.roster.body === who.body ? { key } : { refusal: 'other-clerk' };
}
