// SPDX-License-Identifier: EUPL-1.2
// A room code whose digits are known: the same in Node, Chromium and Firefox, today and later.

export const AUTHENTICATOR = Uint8Array.from({ length: 32 }, (_, at) => at);
export const CODE = '88647 63591 33414 48433';
