// SPDX-License-Identifier: EUPL-1.2
// The messages of wire/items.ts, field by field; a part of wire/parse.ts.

import { between, type Check, flag, id, listOf, object, oneOf, orNull, text, time } from './check';
import type { Aside, Head, Item, ItemsFromServer, Recusal, Session } from './items';
import type { Named, Reason } from './messages';

/** Items of a meeting, and more than the people of one. */
const ITEMS = 64;
const MANY = 256;
const OPENING_SECONDS = 10;

/** A field that is not there counts as null. */
function orAbsent<T>(check: Check<T>): Check<T | null> {
  return (u) => (u === undefined ? null : orNull(check)(u));
}

const recusal = object<Recusal>({ id, by: orNull(id), contested: flag });
const item = object<Item>({
  id,
  title: text,
  convened: oneOf(['closed', 'open']),
  phase: oneOf(['ahead', 'open', 'done']),
  guests: listOf(id, MANY),
  recused: listOf(recusal, MANY),
  alone: listOf(id, MANY),
});

export const items = listOf(item, ITEMS);
export const session = object<Session>({
  item: orNull(id),
  doors: oneOf(['closed', 'opening', 'open']),
  seconds: orNull(between(0, OPENING_SECONDS)),
});
export const head = object<Head>({
  size: id, root: text, note: text, key: orAbsent(text), epoch: between(0, 2 ** 31), signer: text,
});
const EPOCHS = 1024; // as many as the server says at once

type Types = ItemsFromServer['type'];
type Fields<T extends Types> = {
  readonly [K in Exclude<keyof Extract<ItemsFromServer, { type: T }>, 'type'>]: Check<
    Extract<ItemsFromServer, { type: T }>[K]
  >;
};

export function itemFields(named: Check<Named>, reason: Check<Reason>): { readonly [T in Types]: Fields<T> } {
  return {
    'items': { items, session },
    'aside': {
      why: oneOf(['recused']),
      item: object<Aside['item']>({ id, title: text }),
      by: orNull(named),
      reason: orNull(reason),
      since: time,
    },
    'head': { head },
    'proof': { from: id, size: id, hashes: text, epochs: listOf(object({ note: text }), EPOCHS) },
  };
}
