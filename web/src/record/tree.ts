// SPDX-License-Identifier: EUPL-1.2
// The tree over the proceedings (RFC 9162, 2.1) as a reader needs it: the hash of an entry, the root over all of them,
// and whether one root is of a beginning of the other. Pure, over WebCrypto.

export type Bytes = Uint8Array<ArrayBuffer>;

export async function sha256(...parts: readonly Uint8Array[]): Promise<Bytes> {
  const whole = new Uint8Array(parts.reduce((sum, p) => sum + p.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest('SHA-256', whole));
}

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export function leaf(record: Uint8Array): Promise<Bytes> {
  return sha256(LEAF, record);
}

function node(left: Uint8Array, right: Uint8Array): Promise<Bytes> {
  return sha256(NODE, left, right);
}

export function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** The root over so many first leaves, one leaf after the other: whole subtrees are folded as soon as they stand. */
export class Tree {
  /** Roots of whole subtrees, the largest first. */
  readonly #peaks: { readonly size: number; readonly root: Bytes }[] = [];
  size = 0;

  async add(hash: Bytes): Promise<void> {
    let peak = { size: 1, root: hash };
    for (let last = this.#peaks.at(-1); last?.size === peak.size; last = this.#peaks.at(-1)) {
      this.#peaks.pop();
      peak = { size: 2 * peak.size, root: await node(last.root, peak.root) };
    }
    this.#peaks.push(peak);
    this.size++;
  }

  async root(): Promise<Bytes> {
    const last = this.#peaks.at(-1);
    if (last === undefined) return sha256();
    let root = last.root;
    for (const peak of this.#peaks.slice(0, -1).reverse()) root = await node(peak.root, root);
    return root;
  }
}

export interface Root {
  readonly size: number;
  readonly root: Uint8Array;
}

async function rootOf(leaves: readonly Bytes[]): Promise<Bytes> {
  const tree = new Tree();
  for (const hash of leaves) await tree.add(hash);
  return tree.root();
}

/** That the first `first` of them are a beginning of all (RFC 9162, 2.1.4.1). */
export async function growth(first: number, leaves: readonly Bytes[], whole = true): Promise<Bytes[]> {
  if (first === leaves.length) return whole ? [] : [await rootOf(leaves)];
  let half = 1;
  while (2 * half < leaves.length) half *= 2;
  return first <= half
    ? [...(await growth(first, leaves.slice(0, half), whole)), await rootOf(leaves.slice(half))]
    : [...(await growth(first - half, leaves.slice(half), false)), await rootOf(leaves.slice(0, half))];
}

/** RFC 9162, 2.1.4.2. */
export async function follows(first: Root, second: Root, path: readonly Uint8Array[]): Promise<boolean> {
  if (first.size < 1 || first.size > second.size) return false;
  if (first.size === second.size) return path.length === 0 && same(first.root, second.root);
  if (path.length === 0) return false;
  const whole = (first.size & (first.size - 1)) === 0; // a power of two is a subtree of its own: its root is known
  const [start, ...rest] = whole ? [first.root, ...path] : path;
  if (start === undefined) return false;
  let [at, end] = [first.size - 1, second.size - 1];
  while ((at & 1) === 1) [at, end] = [at >>> 1, end >>> 1];
  let [one, two] = [start, start];
  for (const next of rest) {
    if (end === 0) return false;
    if ((at & 1) === 1 || at === end) {
      [one, two] = [await node(next, one), await node(next, two)];
      while ((at & 1) === 0 && at !== 0) [at, end] = [at >>> 1, end >>> 1];
    } else {
      two = await node(two, next);
    }
    [at, end] = [at >>> 1, end >>> 1];
  }
  return end === 0 && same(one, first.root) && same(two, second.root);
}
