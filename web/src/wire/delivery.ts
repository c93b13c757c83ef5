// SPDX-License-Identifier: EUPL-1.2
// The messages that carry keys and conversations (server/PROTOCOL.md, Keys), as types. The page passes them on between
// the line and the keys worker; only the worker looks inside.

import type { PersonId } from './messages';

/** 0 is the meeting's group; the others are conversations. */
export type GroupId = number;
/** With padding (RFC 4648, 4). */
export type Base64 = string;

/** Who let a person in signed which device is theirs: what the signature says stands in crypto/keys. */
export interface Voucher {
  readonly person: PersonId;
  readonly device: Base64;
  readonly by: PersonId;
  readonly voucher: Base64;
}

export type ConversationKind = 'private' | 'caucus';

export interface ConversationOpened {
  readonly group: GroupId;
  readonly by: PersonId;
  /** All readers, `by` included. */
  readonly people: readonly PersonId[];
  readonly kind: ConversationKind;
}

/** As the server has it; the truth about who is in it is in the group's tree. */
export interface ServedGroup {
  readonly epoch: number;
  readonly tag: Base64;
  readonly members: readonly PersonId[];
}

export type KeysFromServer =
  | {
      readonly type: 'key-group';
      readonly group: GroupId;
      readonly epoch: number | null;
      readonly tag: Base64 | null;
      readonly members: readonly PersonId[];
    }
  | { readonly type: 'key-create'; readonly group: GroupId }
  | {
      readonly type: 'key-wanted';
      readonly group: GroupId;
      readonly people: readonly { readonly person: PersonId; readonly package: Base64 }[];
    }
  | {
      readonly type: 'key-commit';
      readonly group: GroupId;
      readonly epoch: number;
      /** 0: replayed after a restart of the server. */
      readonly by: PersonId;
      readonly commit: Base64;
      /** null: replayed, and the server was not told. */
      readonly tag: Base64 | null;
    }
  | {
      readonly type: 'key-welcome';
      readonly group: GroupId;
      readonly epoch: number;
      readonly by: PersonId;
      readonly welcome: Base64;
      readonly tag: Base64;
    }
  | { readonly type: 'key-behind'; readonly group: GroupId; readonly epoch: number }
  | { readonly type: 'key-lost'; readonly group: GroupId }
  | {
      readonly type: 'key-message';
      readonly group: GroupId;
      readonly epoch: number;
      readonly by: PersonId;
      readonly body: Base64;
    }
  | ({ readonly type: 'conversation' } & ConversationOpened)
  | {
      readonly type: 'conversation-left';
      readonly group: GroupId;
      readonly person: PersonId;
      readonly why: 'refused' | 'left' | 'gone';
    }
  | { readonly type: 'conversation-over'; readonly group: GroupId }
  /** The clerk signed another. */
  | { readonly type: 'roster'; readonly roster: string | null }
  | ({ readonly type: 'voucher' } & Voucher);

export type KeysToServer =
  | { readonly type: 'key-join'; readonly group: GroupId; readonly package: Base64 }
  | { readonly type: 'key-create'; readonly group: GroupId; readonly tag: Base64 }
  | {
      readonly type: 'key-commit';
      readonly group: GroupId;
      /** The one it ends. */
      readonly epoch: number;
      readonly commit: Base64;
      readonly welcome: Base64 | null;
      readonly added: readonly PersonId[];
      readonly removed: readonly PersonId[];
      readonly tag: Base64;
    }
  | { readonly type: 'key-since'; readonly group: GroupId; readonly epoch: number }
  | { readonly type: 'key-message'; readonly group: GroupId; readonly epoch: number; readonly body: Base64 }
  | {
      readonly type: 'key-resume';
      readonly group: GroupId;
      readonly epoch: number;
      readonly tag: Base64;
      /** The newest, ending at `epoch`. */
      readonly commits: readonly Base64[];
    }
  | { readonly type: 'conversation-open'; readonly people: readonly PersonId[]; readonly kind: ConversationKind }
  | { readonly type: 'conversation-refuse'; readonly group: GroupId }
  | { readonly type: 'conversation-leave'; readonly group: GroupId };
