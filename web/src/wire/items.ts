// SPDX-License-Identifier: EUPL-1.2
// The agenda and what keeps somebody out of an item of it (server/PROTOCOL.md, Items), and the heads of the proceedings
// to which this client holds the server, as types.

import type { Named, PersonId, Reason } from './messages';

export interface Recusal {
  readonly id: PersonId;
  /** Who noted it; null: the person's own word. */
  readonly by: PersonId | null;
  readonly contested: boolean;
}

export interface Item {
  /** Its place on the agenda, from 1. */
  readonly id: number;
  readonly title: string;
  /** As the convocation says. */
  readonly convened: 'closed' | 'open';
  readonly phase: 'ahead' | 'open' | 'done';
  readonly guests: readonly PersonId[];
  readonly recused: readonly Recusal[];
  /** Who declared, for the present opening, that nobody listens along. */
  readonly alone: readonly PersonId[];
}

export type Doors = 'closed' | 'opening' | 'open';

export interface Session {
  /** The open one. */
  readonly item: number | null;
  readonly doors: Doors;
  /** Until they open; null unless they are opening. */
  readonly seconds: number | null;
}

/** To whom takes no part in the open item. */
export interface Aside {
  readonly why: 'recused';
  readonly item: { readonly id: number; readonly title: string };
  /** null: the person's own word. */
  readonly by: Named | null;
  readonly reason: Reason | null;
  readonly since: string;
}

/** What the server signed of the proceedings. */
export interface Head {
  /** How many entries. */
  readonly size: number;
  /** Of their tree (RFC 6962), in base64. */
  readonly root: string;
  /** The checkpoint (C2SP tlog-checkpoint), as it was signed. */
  readonly note: string;
  /** The server's first Ed25519 key, in base64, after which it is named; null where the server does not say it. */
  readonly key: string | null;
  /** Whose key signed the note; 0 is the first. */
  readonly epoch: number;
  /** That key, in base64. */
  readonly signer: string;
}

export type ItemsFromServer =
  | { readonly type: 'items'; readonly items: readonly Item[]; readonly session: Session }
  | ({ readonly type: 'aside' } & Aside)
  | { readonly type: 'head'; readonly head: Head }
  /** That the entries up to `from` are a beginning of those up to `size`; base64 of hashes, one after the other. */
  | {
      readonly type: 'proof';
      readonly from: number;
      readonly size: number;
      readonly hashes: string;
      /** How the key was handed on since the epoch that was asked for: signed notes. */
      readonly epochs: readonly { readonly note: string }[];
    };

/** What needs no more than the item. */
export type ItemAct = 'item-open' | 'item-close' | 'doors-close' | 'declare-alone' | 'recuse';

export type ItemsToServer =
  | { readonly [T in ItemAct]: { readonly type: T; readonly item: number } }[ItemAct]
  | { readonly type: 'doors-open'; readonly item: number; readonly reason: Reason }
  | {
      readonly type: 'note-recusal';
      readonly item: number;
      readonly person: PersonId;
      readonly reason: Reason;
      readonly contested: boolean;
    }
  | {
      readonly type: 'note-presence';
      readonly person: PersonId;
      readonly present: boolean;
      readonly reason: Reason;
    }
  | { readonly type: 'proof'; readonly from: number; readonly epoch: number };
