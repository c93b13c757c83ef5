// SPDX-License-Identifier: EUPL-1.2
// Are these proceedings what the server signed, and what this browser saw of them? Every entry is hashed anew, every
// checkpoint's root and signature computed; then the heads that this browser kept, and the entries that the report
// shows, are held against them. Pure, over WebCrypto. The names and titles beside the entries are not looked at here:
// `conclavectl log verify` does that too.

import { fromBase64 } from '../record/base64';
import { breakIn, type Handed, handedOn } from '../record/epoch';
import { twoHistories } from '../record/histories';
import type { Kept } from '../record/keeper';
import { isNamedAfter, isSigned, type Note, readNote } from '../record/note';
import { type Bytes, growth, leaf, same, Tree } from '../record/tree';
import { between, id, listOf, object, oneOf, text, time } from '../wire/check';
import type { Entry } from '../wire/messages';

/** As server/proof/audit.c tells them apart: an entry that is missing or stands elsewhere is a gap, and so is a key. */
export type Why =
  | 'unreadable' | 'key' | 'key-gap' | 'key-twice' | 'entry' | 'gap' | 'checkpoint' | 'kept' | 'report';

export type Finding =
  | { readonly whole: true; readonly entries: number; readonly heads: number }
  /** `entry` 0: it is no entry's. */
  | { readonly whole: false; readonly why: Why; readonly entry: number; readonly proof?: string };

interface Line {
  readonly seq: number;
  readonly at: string;
  readonly kind: string;
  readonly by: number;
  readonly body: string;
  readonly leaf: string;
}

interface Transcript {
  readonly format: string;
  readonly server: string;
  readonly key: string;
  readonly meeting: { readonly id: string };
  readonly epochs: readonly { readonly note: string }[];
  readonly checkpoints: readonly { readonly note: string }[];
  readonly entries: readonly Line[];
}

const MANY = 100_000;

const transcript = object<Transcript>({
  format: oneOf(['conclave proceedings 1']),
  server: text,
  key: text,
  meeting: object<Transcript['meeting']>({ id: text }),
  epochs: (u) => listOf(object<Transcript['epochs'][number]>({ note: text }), MANY)(u ?? []),
  checkpoints: listOf(object<Transcript['checkpoints'][number]>({ note: text }), MANY),
  entries: listOf(
    object<Line>({ seq: id, at: time, kind: text, by: between(0, 2 ** 31), body: text, leaf: text }),
    MANY,
  ),
});

const utf8 = new TextEncoder();

function number(bytes: 4 | 8, n: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(bytes));
  if (bytes === 4) view.setUint32(0, n);
  else view.setBigUint64(0, BigInt(n));
  return new Uint8Array(view.buffer);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, p) => sum + p.length, 0));
  parts.reduce((at, part) => {
    whole.set(part, at);
    return at + part.length;
  }, 0);
  return whole;
}

/** As server/proof/leaf.c writes it. */
function record(meeting: string, e: Line): Uint8Array {
  const sized = (s: string): readonly Uint8Array[] => [number(4, utf8.encode(s).length), utf8.encode(s)];
  return joined([
    utf8.encode('conclave event 1'), ...sized(meeting), ...sized(e.kind), ...sized(e.body),
    number(4, e.seq), number(4, e.by), number(8, Date.parse(e.at)),
  ]);
}

function bad(why: Why, entry = 0): Finding {
  return { whole: false, why, entry };
}

/** The roots that must be met on the way, by size. */
interface Due {
  readonly root: Bytes;
  readonly why: 'checkpoint' | 'kept';
  readonly note: string;
}

const BREAKS = { gap: 'key-gap', twice: 'key-twice', other: 'key' } as const;

/** Each key, and what the next was handed with; or what is wrong with them. */
async function keysOf(t: Transcript, key: Bytes, kept: Kept | null): Promise<readonly Handed[] | Why> {
  const first = { number: 0, key, before: null };
  const notes = t.epochs.map((e) => e.note);
  const turns = await handedOn(notes, t.server, first, t.meeting.id);
  if (turns === null) return BREAKS[await breakIn(notes, t.server, first)];
  const known = kept === null || kept.signer === null ? undefined : [first, ...turns][kept.epoch];
  // What this browser saw may be newer than a file whose last checkpoint is of an earlier epoch.
  if (known !== undefined && !same(known.key, fromBase64(kept?.signer ?? '') ?? new Uint8Array())) return 'key';
  return [first, ...turns];
}

/** Whose key signed it: never an earlier one than what stands before it. */
async function epochOf(note: Note, keys: readonly Handed[], from: number): Promise<number | null> {
  for (let at = from; at < keys.length; at++) {
    if ((await isSigned(note, (keys[at] as Handed).key)) !== false) return at;
  }
  return null;
}

/** The epochs behind `from` up to `to`: the first was handed on with the last checkpoint, the others with nothing. */
function fits(keys: readonly Handed[], from: number, to: number, last: Note | null): boolean {
  return keys.slice(from + 1, to + 1).every(({ before }, at) => {
    if (at > 0 || last === null) return before === null;
    const root = fromBase64(before?.root ?? '');
    return before !== null && before.size === last.size && root !== null && same(root, last.root);
  });
}

async function duties(t: Transcript, keys: readonly Handed[], kept: Kept | null): Promise<Map<number, Due[]> | null> {
  const due = new Map<number, Due[]>();
  const add = (size: number, one: Due): void => void due.set(size, [...(due.get(size) ?? []), one]);
  let epoch = 0;
  let last: Note | null = null;
  for (const { note } of t.checkpoints) {
    const read = readNote(note);
    if (read === null || read.meeting !== t.meeting.id || read.server !== t.server) return null;
    const of = await epochOf(read, keys, epoch);
    if (of === null || !fits(keys, epoch, of, last)) return null;
    add(read.size, { root: read.root, why: 'checkpoint', note });
    [epoch, last] = [of, read];
  }
  if (!fits(keys, epoch, keys.length - 1, last)) return null;
  for (const head of kept?.heads ?? []) {
    const root = fromBase64(head.root);
    if (root !== null) add(head.size, { root, why: 'kept', note: head.note });
  }
  return due;
}

const letters = (hashes: readonly Bytes[]): string =>
  btoa(hashes.map((h) => String.fromCharCode(...h)).join(''));

/** A head that was seen, against the first checkpoint of these proceedings that goes at least as far. */
async function contradiction(t: Transcript, size: number, root: Bytes, seen: Due): Promise<string | undefined> {
  const other = t.checkpoints.find(({ note }) => (readNote(note)?.size ?? 0) >= size);
  const to = readNote(other?.note ?? '');
  if (seen.why !== 'kept' || seen.note === '' || other === undefined || to === null) return undefined;
  const leaves = t.entries.slice(0, to.size).map((e) => fromBase64(e.leaf)).filter((l) => l !== null);
  if (leaves.length !== to.size) return undefined;
  const path = await growth(size, leaves);
  const { server, key, epochs } = t;
  return twoHistories({
    server, key, meeting: t.meeting.id, epoch: 0, signer: key, epochs, first: seen.note, second: other.note,
    beginning: to.size === size ? '' : letters([root]), hashes: letters(path),
  });
}

async function walk(t: Transcript, due: Map<number, Due[]>): Promise<Finding> {
  const tree = new Tree();
  for (const e of t.entries) {
    const hash = await leaf(record(t.meeting.id, e));
    const told = fromBase64(e.leaf);
    if (e.seq !== tree.size + 1) return bad('gap', tree.size + 1);
    if (told === null || !same(hash, told)) return bad('entry', tree.size + 1);
    await tree.add(hash);
    const wanted = due.get(tree.size);
    if (wanted === undefined) continue;
    const root = await tree.root();
    const other = wanted.find((one) => !same(one.root, root));
    if (other !== undefined) {
      const proof = await contradiction(t, tree.size, root, other);
      return { ...bad(other.why, tree.size), ...(proof === undefined ? {} : { proof }) };
    }
    due.delete(tree.size);
  }
  const missing = [...due.values()].flat()[0];
  return missing === undefined ? { whole: true, entries: tree.size, heads: t.checkpoints.length } : bad(missing.why);
}

/** `shown`: the entries of the report, which may be a part of them. */
export async function audit(raw: string, shown: readonly Entry[], kept: Kept | null): Promise<Finding> {
  let t: Transcript;
  try {
    t = transcript(JSON.parse(raw));
  } catch {
    return bad('unreadable');
  }
  const key = fromBase64(t.key);
  const pinned = kept?.key ?? t.key;
  if (key === null || pinned !== t.key || !(await isNamedAfter(t.server, key))) return bad('key');
  if (kept !== null && kept.server !== t.server) return bad('key');
  const keys = await keysOf(t, key, kept);
  if (typeof keys === 'string') return bad(keys);
  const due = await duties(t, keys, kept);
  if (due === null) return bad('checkpoint');
  const found = await walk(t, due);
  if (!found.whole) return found;
  const lies = shown.find((e) => {
    const line = t.entries[e.seq - 1];
    return line === undefined || line.kind !== e.kind || line.at !== e.at || line.by !== (e.by?.id ?? 0);
  });
  return lies === undefined ? found : bad('report', lies.seq);
}
