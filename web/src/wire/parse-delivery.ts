// SPDX-License-Identifier: EUPL-1.2
// The messages of wire/delivery.ts, field by field; a part of wire/parse.ts. What they carry is not looked into here.

import { between, type Check, flag, id, listOf, matching, object, oneOf, orNull, text } from './check';
import type { ConversationOpened, KeysFromServer, ServedGroup, Voucher } from './delivery';

/** More than a meeting holds. */
const MANY = 256;
/** As large as a message may be. */
const LETTERS = 64 * 1_024;

const count = between(0, 2 ** 31 - 1);
const base64: Check<string> = (u) => {
  const letters = matching(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/)(u);
  return letters.length > LETTERS ? matching(/^$/)(u) : letters;
};
const people = listOf(id, MANY);
const kind = oneOf(['private', 'caucus']);

export const device = orNull(base64);
export const caucus = flag;
const voucher = object<Voucher>({ person: id, device: base64, by: id, voucher: base64 });
const servedGroup = object<ServedGroup>({ epoch: count, tag: base64, members: people });
const conversation = object<ConversationOpened & { readonly joined: readonly number[] }>({
  group: id,
  by: id,
  people,
  kind,
  joined: people,
});

export const keysInState = {
  keys: orNull(servedGroup),
  vouchers: listOf(voucher, MANY),
  roster: orNull(text),
  conversations: listOf(conversation, MANY),
};

const wanted = object<{ readonly person: number; readonly package: string }>({ person: id, package: base64 });

type Types = KeysFromServer['type'];
type Fields<T extends Types> = {
  readonly [K in Exclude<keyof Extract<KeysFromServer, { type: T }>, 'type'>]: Check<
    Extract<KeysFromServer, { type: T }>[K]
  >;
};

export const deliveryFields: { readonly [T in Types]: Fields<T> } = {
  'key-group': { group: count, epoch: orNull(count), tag: orNull(base64), members: people },
  'key-create': { group: count },
  'key-wanted': {
    group: count,
    people: listOf(wanted, MANY),
  },
  'key-commit': { group: count, epoch: count, by: count, commit: base64, tag: orNull(base64) },
  'key-welcome': { group: count, epoch: count, by: count, welcome: base64, tag: base64 },
  'key-behind': { group: count, epoch: count },
  'key-lost': { group: count },
  'key-message': { group: count, epoch: count, by: id, body: base64 },
  'conversation': { group: id, by: id, people, kind },
  'conversation-left': { group: id, person: id, why: oneOf(['refused', 'left', 'gone']) },
  'conversation-over': { group: id },
  'roster': { roster: orNull(text) },
  'voucher': { person: id, device: base64, by: id, voucher: base64 },
};
