// SPDX-License-Identifier: EUPL-1.2
// People who sign in with a password and six digits.

import { createHmac } from 'node:crypto';
import { equal } from './check.mjs';
import { post } from './http.mjs';

export const password = 'vier groene fietsen';

/** RFC 6238 with SHA-1, six digits, 30 s. */
export function digits(secret, at = Date.now()) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret].map((c) => letters.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const hash = createHmac('sha1', key).update(step).digest();
  const from = hash[19] & 15;
  return String((hash.readUInt32BE(from) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** From the enrolment link to an account with a password: { secret (of the digits), cookie }. */
export async function enrol(server, link, { from, headers } = {}) {
  const token = link.split('#')[1];
  const begun = await post(server, '/api/enrol/password/begin', { token }, { from });
  equal(begun.status, 200);
  // The step before: then the one of now is still good for signing in.
  const code = digits(begun.json.secret, Date.now() - 30_000);
  const done = await post(server, '/api/enrol/password', { token, password, code }, { from, headers });
  equal(done.status, 200, JSON.stringify(done.json));
  equal(done.json.recovery.length, 10);
  return { secret: begun.json.secret, cookie: done.cookie };
}
