// SPDX-License-Identifier: EUPL-1.2
// Holds the server to what it signed: remembers the last heads of each meeting and the key they were signed with,
// pinned at first sight, and lets a new head in only when it follows them, and its key those that were seen.
// Invariant: one head is looked at at a time.

import type { WorldEvent } from '../event';
import type { RecordFault } from '../state';
import type { Head, ItemsFromServer } from '../wire/items';
import { fromBase64 } from './base64';
import { type Epoch, type Handed, handedOn } from './epoch';
import { twoHistories } from './histories';
import { isNamedAfter, isSigned, type Note, readNote } from './note';
import { follows } from './tree';

/** What this browser keeps of a meeting. */
export interface Kept {
  readonly meeting: string;
  readonly server: string;
  /** The server's first, in base64; null as long as the server has not said it. */
  readonly key: string | null;
  /** The last that was seen, and its key in base64; null: the first. */
  readonly epoch: number;
  readonly signer: string | null;
  /** The last ones, rising; the note as it was signed, "" where it was not kept. */
  readonly heads: readonly { readonly size: number; readonly root: string; readonly note: string }[];
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

/** A head that waits for its proof. `chain`: how far the keys are known by now; null: this browser knows none. */
interface Held {
  readonly meeting: string;
  readonly head: Head;
  readonly note: Note;
  readonly chain: Epoch | null;
}

export function keeper(shelf: Shelf, act: (e: WorldEvent) => void): Keeper {
  let held: Held | null = null;
  let queue: Promise<void> = Promise.resolve();

  const inTurn = (next: () => Promise<void>): void => {
    queue = queue.then(next);
  };
  const broken = (fault: RecordFault, proof: string | null = null): void =>
    act({ type: 'record-broken', fault, proof });

  function keep(meeting: string, head: Head, note: Note): void {
    const before = shelf.read(meeting);
    const { size, root } = head;
    const heads = [...(before?.heads ?? []).filter((h) => h.size < size), { size, root, note: head.note }];
    const key = before?.key ?? head.key;
    const signer = head.signer;
    shelf.write({ meeting, server: note.server, key, epoch: head.epoch, signer, heads: heads.slice(-HEADS_KEPT) });
    act({ type: 'record-kept', size });
  }

  async function came(meeting: string, head: Head): Promise<void> {
    held = null;
    const kept = shelf.read(meeting);
    const note = says(meeting, head, kept);
    if (note === null) return broken('unsigned');
    const last = kept?.heads.at(-1);
    if (kept === null || last === undefined) {
      return (await isFirst(head, note)) ? keep(meeting, head, note) : broken('unsigned');
    }
    // The key of an epoch that is over was erased: nothing new is signed with it.
    if (head.epoch < kept.epoch) return broken(head.size < last.size ? 'lost' : 'unsigned');
    const chain = known(kept, head);
    if (head.epoch === kept.epoch && chain !== null && (await isSigned(note, chain.key)) === false) {
      return broken('unsigned');
    }
    if (head.size < last.size) return broken('lost');
    if (head.size === last.size && head.epoch === kept.epoch) {
      return head.root === last.root ? keep(meeting, head, note) : broken('changed', contradiction(kept, last, head));
    }
    held = { meeting, head, note, chain };
    act({ type: 'proof-wanted', from: last.size, epoch: chain?.number ?? head.epoch });
  }

  async function proved(proof: Proof): Promise<void> {
    const kept = held === null ? null : shelf.read(held.meeting);
    const last = kept?.heads.at(-1);
    // A proof up to a newer head than the one at hand: that head is on its way.
    if (held === null || kept === null || last === undefined || proof.size > held.head.size) return;
    const at = held;
    held = null;
    const chain = await further(at, kept, proof);
    if (chain === 'unsigned' || chain === 'changed') return broken(chain);
    if (chain !== null && chain.number < at.head.epoch) {
      held = { ...at, chain };
      return act({ type: 'proof-wanted', from: last.size, epoch: chain.number });
    }
    if (chain !== null && (await isSigned(at.note, chain.key)) === false) return broken('unsigned');
    const { meeting, head, note } = at;
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

/** The note of a head that says what the head says, of the server that was met. */
function says(meeting: string, head: Head, kept: Kept | null): Note | null {
  const note = readNote(head.note);
  const root = fromBase64(head.root);
  if (note === null || root === null || note.meeting !== meeting || note.size !== head.size) return null;
  if (!note.root.every((byte, at) => byte === root[at]) || (kept !== null && kept.server !== note.server)) return null;
  return note;
}

function keyIn(letters: string | null): Epoch['key'] | null {
  const key = letters === null ? null : fromBase64(letters);
  return key !== null && key.length === 32 ? key : null;
}

/** At first sight the server is believed who it is: but its own words must fit each other. */
async function isFirst(head: Head, note: Note): Promise<boolean> {
  if (head.key === null) return true;
  const key = keyIn(head.key);
  const signer = keyIn(head.signer);
  if (key === null || signer === null || !(await isNamedAfter(note.server, key))) return false;
  if (head.epoch === 0 && head.signer !== head.key) return false;
  return (await isSigned(note, signer)) !== false;
}

/** The key that this browser can go on from; as long as the server has not said one, that of this head. */
function known(kept: Kept, head: Head): Epoch | null {
  const key = keyIn(kept.signer ?? (kept.epoch === 0 ? kept.key : null));
  if (key !== null) return { number: kept.epoch, key };
  const first = kept.key === null ? keyIn(head.signer) : null;
  return first === null ? null : { number: head.epoch, key: first };
}

/** Does what the keys were handed on with contradict what was seen? */
function contradicts(kept: Kept, turns: readonly Handed[]): boolean {
  return turns.some(({ before }) =>
    before !== null && kept.heads.some((h) => h.size === before.size && h.root !== before.root));
}

/** How far the keys are known with these notes, too. */
async function further(held: Held, kept: Kept, proof: Proof): Promise<Epoch | null | 'unsigned' | 'changed'> {
  const { chain, head, meeting } = held;
  if (chain === null || chain.number === head.epoch) return chain;
  const turns = await handedOn(proof.epochs.map((e) => e.note), kept.server, chain, meeting);
  const last = turns?.at(-1);
  if (turns === null || last === undefined || last.number > head.epoch) return 'unsigned';
  return contradicts(kept, turns) ? 'changed' : { number: last.number, key: last.key };
}

/** Both notes of one size, signed with one key. */
function contradiction(kept: Kept, last: Kept['heads'][number], head: Head): string | null {
  const signer = kept.signer ?? kept.key;
  if (last.note === '' || signer === null || kept.key === null) return null;
  const { server, key, meeting, epoch } = kept;
  const [first, second] = [last.note, head.note];
  const none = { epochs: [], beginning: '', hashes: '' };
  return twoHistories({ server, key, meeting, epoch, signer, first, second, ...none });
}

/** 32 bytes each, one after the other. */
function hashes(letters: string): readonly Uint8Array[] | null {
  const bytes = fromBase64(letters);
  if (bytes === null || bytes.length % 32 !== 0) return null;
  return Array.from({ length: bytes.length / 32 }, (_, at) => bytes.slice(32 * at, 32 * at + 32));
}
