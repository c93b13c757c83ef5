// SPDX-License-Identifier: EUPL-1.2
// Holds the server to what it signed: remembers the last heads of each meeting and the key they were signed with,
// pinned at first sight, and lets a new head in only when it follows them. Invariant: one head is looked at at a time.

import type { WorldEvent } from '../event';
import type { RecordFault } from '../state';
import type { Head, ItemsFromServer } from '../wire/items';
import { fromBase64 } from './base64';
import { isSigned, type Note, readNote } from './note';
import { follows } from './tree';

/** What this browser keeps of a meeting. */
export interface Kept {
  readonly meeting: string;
  readonly server: string;
  /** In base64; null as long as the server has not said it. */
  readonly key: string | null;
  /** The last ones, rising. */
  readonly heads: readonly { readonly size: number; readonly root: string }[];
}

export const HEADS_KEPT = 8;

export interface Shelf {
  read(meeting: string): Kept | null;
  write(kept: Kept): void;
}

type Proof = Extract<ItemsFromServer, { type: 'proof' }>;

export interface Keeper {
  head(meeting: string, head: Head): void;
  proof(proof: Proof): void;
}

export function keeper(shelf: Shelf, act: (e: WorldEvent) => void): Keeper {
  let held: { readonly meeting: string; readonly head: Head; readonly note: Note } | null = null;
  let queue: Promise<void> = Promise.resolve();

  const inTurn = (next: () => Promise<void>): void => {
    queue = queue.then(next);
  };
  const broken = (fault: RecordFault): void => act({ type: 'record-broken', fault });

  function keep(meeting: string, head: Head, note: Note): void {
    const before = shelf.read(meeting);
    const heads = [...(before?.heads ?? []).filter((h) => h.size < head.size), { size: head.size, root: head.root }];
    const key = before?.key ?? head.key;
    shelf.write({ meeting, server: note.server, key, heads: heads.slice(-HEADS_KEPT) });
    act({ type: 'record-kept', size: head.size });
  }

  async function came(meeting: string, head: Head): Promise<void> {
    held = null;
    const kept = shelf.read(meeting);
    const note = await signed(meeting, head, kept);
    if (note === null) return broken('unsigned');
    const last = kept?.heads.at(-1);
    if (last === undefined) return keep(meeting, head, note);
    if (head.size < last.size) return broken('lost');
    if (head.size === last.size) return head.root === last.root ? keep(meeting, head, note) : broken('changed');
    held = { meeting, head, note };
    act({ type: 'proof-wanted', from: last.size });
  }

  async function proved(proof: Proof): Promise<void> {
    const last = held === null ? undefined : shelf.read(held.meeting)?.heads.at(-1);
    // A proof up to a newer head than the one at hand: that head is on its way.
    if (held === null || last === undefined || proof.size > held.head.size) return;
    const { meeting, head, note } = held;
    held = null;
    const root = fromBase64(last.root);
    const path = hashes(proof.hashes);
    const asked = proof.from === last.size && proof.size === head.size;
    if (!asked || root === null || path === null) return broken('changed');
    const whole = await follows({ size: last.size, root }, { size: note.size, root: note.root }, path);
    if (whole) keep(meeting, head, note);
    else broken('changed');
  }

  return {
    head: (meeting, head) => inTurn(() => came(meeting, head)),
    proof: (proof) => inTurn(() => proved(proof)),
  };
}

/** The note of a head that says what the head says, signed with the key that was pinned. */
async function signed(meeting: string, head: Head, kept: Kept | null): Promise<Note | null> {
  const note = readNote(head.note);
  const root = fromBase64(head.root);
  if (note === null || root === null || note.meeting !== meeting || note.size !== head.size) return null;
  if (!note.root.every((byte, at) => byte === root[at]) || (kept !== null && kept.server !== note.server)) return null;
  const pinned = kept?.key ?? head.key;
  if (pinned === null) return note;
  const key = fromBase64(pinned);
  return key !== null && key.length === 32 && (await isSigned(note, key)) !== false ? note : null;
}

/** 32 bytes each, one after the other. */
function hashes(letters: string): readonly Uint8Array[] | null {
  const bytes = fromBase64(letters);
  if (bytes === null || bytes.length % 32 !== 0) return null;
  return Array.from({ length: bytes.length / 32 }, (_, at) => bytes.slice(32 * at, 32 * at + 32));
}
