// SPDX-License-Identifier: EUPL-1.2
// The record: roots and proofs of every size, notes as the server writes them, and a server that changes its mind.
import { webcrypto } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { WorldEvent } from '../src/event';
import { fromBase64 } from '../src/record/base64';
import { HEADS_KEPT, type Kept, keeper, type Shelf } from '../src/record/keeper';
import { isSigned, readNote } from '../src/record/note';
import { type Bytes, follows, leaf, same, sha256, Tree } from '../src/record/tree';
import { shelf } from '../src/store/shelf';
import type { Head } from '../src/wire/items';
import { signedNote, turn } from './support/report';

const utf8 = new TextEncoder();
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const entries = (n: number, name = 'entry'): Promise<Bytes[]> =>
  Promise.all(Array.from({ length: n }, (_, at) => leaf(utf8.encode(`${name} ${at}`))));

/** The definition of RFC 9162, 2.1.1 and 2.1.4.1, word by word. */
async function rootOf(hashes: readonly Bytes[]): Promise<Bytes> {
  const [first] = hashes;
  if (first === undefined) return sha256();
  if (hashes.length === 1) return first;
  const k = half(hashes.length);
  return sha256(Uint8Array.of(1), await rootOf(hashes.slice(0, k)), await rootOf(hashes.slice(k)));
}
function half(n: number): number {
  let k = 1;
  while (2 * k < n) k *= 2;
  return k;
}
async function proofOf(m: number, d: readonly Bytes[], whole = true): Promise<Bytes[]> {
  if (m === d.length) return whole ? [] : [await rootOf(d)];
  const k = half(d.length);
  return m <= k
    ? [...(await proofOf(m, d.slice(0, k), whole)), await rootOf(d.slice(k))]
    : [...(await proofOf(m - k, d.slice(k), false)), await rootOf(d.slice(0, k))];
}

describe('the tree', () => {
  const MOST = 33;
  it('has the roots of the standard', async () => {
    const all = await entries(MOST);
    const tree = new Tree();
    expect(await tree.root()).toEqual(await rootOf([]));
    for (let n = 1; n <= MOST; n++) {
      await tree.add(all[n - 1] as Bytes);
      expect([tree.size, same(await tree.root(), await rootOf(all.slice(0, n)))]).toEqual([n, true]);
    }
  });
  it('proves every beginning of every size, and no other', async () => {
    const all = await entries(MOST);
    const other = await entries(MOST, 'other');
    for (let m = 1; m <= MOST; m++) {
      for (let n = m; n <= MOST; n++) {
        const first = { size: m, root: await rootOf(all.slice(0, m)) };
        const second = { size: n, root: await rootOf(all.slice(0, n)) };
        const path = await proofOf(m, all.slice(0, n));
        expect(await follows(first, second, path), `${m} of ${n}`).toBe(true);
        const forged = { size: n, root: await rootOf([...all.slice(0, m - 1), ...other.slice(m - 1, n)]) };
        expect(await follows(first, forged, path)).toBe(false);
        const own = await proofOf(m, [...all.slice(0, m - 1), ...other.slice(m - 1, n)]);
        expect(await follows(first, forged, own)).toBe(false);
        if (path.length > 0) expect(await follows(first, second, path.slice(1))).toBe(false);
        expect(await follows(first, second, [...path, first.root])).toBe(false);
        if (m < n) expect(await follows(second, first, path)).toBe(false);
      }
    }
    expect(await follows({ size: 0, root: await rootOf([]) }, { size: 1, root: all[0] as Bytes }, [])).toBe(false);
  }, 60_000);
});

let keys: webcrypto.CryptoKeyPair;
let others: webcrypto.CryptoKeyPair;
const ed25519 = async (): Promise<webcrypto.CryptoKeyPair> =>
  (await webcrypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
beforeAll(async () => {
  keys = await ed25519();
  others = await ed25519();
});

async function raw(pair: webcrypto.CryptoKeyPair): Promise<Bytes> {
  return new Uint8Array(await webcrypto.subtle.exportKey('raw', pair.publicKey));
}

/** As server/proof/checkpoint.c writes it. */
async function noteOf(size: number, root: Uint8Array, pair = keys, meeting = 'lindebekea'): Promise<string> {
  const key = await raw(pair);
  const id = Buffer.from(await sha256(key)).toString('hex').slice(0, 16);
  const text = `conclave/${id}/meeting/${meeting}\n${size}\n${base64(root)}\n`;
  const hash = (await sha256(utf8.encode(`conclave/${id}\n`), Uint8Array.of(1), key)).slice(0, 4);
  const signature = new Uint8Array(await webcrypto.subtle.sign('Ed25519', pair.privateKey, utf8.encode(text)));
  return `${text}\n\u2014 conclave/${id} ${base64(Buffer.concat([hash, signature]))}\n`;
}

async function headOf(hashes: readonly Bytes[], pair = keys, key: Bytes | null = null): Promise<Head> {
  const root = await rootOf(hashes);
  const said = base64(key ?? (await raw(pair)));
  return {
    size: hashes.length, root: base64(root), note: await noteOf(hashes.length, root, pair), key: said, epoch: 0,
    signer: said,
  };
}

describe('a note', () => {
  it('is read and known by its key', async () => {
    const root = await sha256();
    const note = readNote(await noteOf(7, root));
    expect(note).toMatchObject({ meeting: 'lindebekea', size: 7 });
    if (note === null) throw new Error('no note');
    expect(await isSigned(note, await raw(keys))).toBe(true);
    expect(await isSigned(note, await raw(others))).toBe(false);
  });
  it('with a byte changed is none, or not signed', async () => {
    const whole = await noteOf(7, await sha256());
    const key = await raw(keys);
    for (let at = 0; at < whole.length; at++) {
      const bad = whole.slice(0, at) + (whole[at] === 'x' ? 'y' : 'x') + whole.slice(at + 1);
      const note = readNote(bad);
      const ok = note !== null && note.meeting === 'lindebekea' && (await isSigned(note, key)) === true;
      // one more line after the signature is what others may add
      if (ok) expect(at).toBe(whole.length - 1);
    }
  });
  it('others may have signed below', async () => {
    const note = readNote(`${await noteOf(7, await sha256())}\u2014 witness ${base64(new Uint8Array(68))}\n`);
    expect(note !== null && (await isSigned(note, await raw(keys)))).toBe(true);
  });
  it.each(['', '\n\n', 'conclave/x/meeting/y\n1\n\n\n', 'a\n\n'])('%j is none', (text) => {
    expect(readNote(text)).toBeNull();
  });
  it('base64 is written one way', () => {
    expect(fromBase64('AA==')).toEqual(Uint8Array.of(0));
    for (const bad of ['AB==', 'A', 'AA', 'AA=', 'A===', 'AAA*']) expect(fromBase64(bad)).toBeNull();
  });
});

/** A browser that looks at heads; `next` is what its keeper tells next. */
function browser(): {
  readonly kept: Map<string, Kept>;
  readonly next: () => Promise<WorldEvent>;
  readonly keep: ReturnType<typeof keeper>;
} {
  const kept = new Map<string, Kept>();
  let wake: (e: WorldEvent) => void = () => undefined;
  const mine: Shelf = { read: (m) => kept.get(m) ?? null, write: (k) => void kept.set(k.meeting, k) };
  const keep = keeper(mine, (e) => {
    wake(e);
  });
  const next = (): Promise<WorldEvent> => new Promise((done) => {
    wake = done;
  });
  return { kept, next, keep };
}

describe('the keeper', () => {
  it('remembers the first, and asks for proof of each next', async () => {
    const all = await entries(20);
    const b = browser();
    let told = b.next();
    b.keep.head('lindebekea', await headOf(all.slice(0, 5)));
    expect(await told).toEqual({ type: 'record-kept', size: 5 });
    for (let n = 6; n <= 20; n++) {
      told = b.next();
      b.keep.head('lindebekea', await headOf(all.slice(0, n)));
      expect(await told).toEqual({ type: 'proof-wanted', from: n - 1, epoch: 0 });
      told = b.next();
      const path = await proofOf(n - 1, all.slice(0, n));
      b.keep.proof({ type: 'proof', from: n - 1, size: n, hashes: base64(Buffer.concat(path)), epochs: [] });
      expect(await told).toEqual({ type: 'record-kept', size: n });
    }
    const heads = b.kept.get('lindebekea')?.heads;
    expect(heads?.map((h) => h.size)).toEqual([13, 14, 15, 16, 17, 18, 19, 20]);
    expect(heads).toHaveLength(HEADS_KEPT);
  });
  const answers = async (
    first: Head, second: Head, proof?: Uint8Array, epochs: { note: string }[] = [],
  ): Promise<WorldEvent> => {
    const b = browser();
    let told = b.next();
    b.keep.head('lindebekea', first);
    await told;
    told = b.next();
    b.keep.head('lindebekea', second);
    const asked = await told;
    if (asked.type !== 'proof-wanted' || proof === undefined) return asked;
    told = b.next();
    b.keep.proof({ type: 'proof', from: first.size, size: second.size, hashes: base64(proof), epochs });
    return told;
  };
  const changedRecord = { type: 'record-broken', fault: 'changed' };
  it('alarms when what was signed is no beginning of what is shown', async () => {
    const all = await entries(9);
    const changed = [...(await entries(3, 'other')), ...all.slice(3)];
    const first = await headOf(all.slice(0, 5));
    const path = Buffer.concat(await proofOf(5, changed));
    const right = Buffer.concat(await proofOf(5, all));
    expect(await answers(first, await headOf(changed), path)).toMatchObject(changedRecord);
    expect(await answers(first, await headOf(all), path)).toMatchObject(changedRecord);
    expect(await answers(first, await headOf(all), right)).toEqual({ type: 'record-kept', size: 9 });
    const rewritten = await headOf(changed.slice(0, 5));
    expect(await answers(first, rewritten)).toMatchObject(changedRecord);
  });
  it('alarms when entries are gone', async () => {
    const all = await entries(9);
    const gone = await answers(await headOf(all), await headOf(all.slice(0, 8)));
    expect(gone).toEqual({ type: 'record-broken', fault: 'lost', proof: null });
  });
  it('alarms at another key, another meeting, another size or root than the note says', async () => {
    const all = await entries(9);
    const first = await headOf(all.slice(0, 5));
    const unsigned = { type: 'record-broken', fault: 'unsigned', proof: null };
    expect(await answers(first, await headOf(all, others))).toEqual(unsigned);
    expect(await answers(first, { ...(await headOf(all, others)), key: base64(await raw(keys)) })).toEqual(unsigned);
    const good = await headOf(all);
    for (const bad of [
      { ...good, size: 8 }, { ...good, root: first.root }, { ...good, note: first.note }, { ...good, root: 'x' },
      { ...good, note: await noteOf(9, await rootOf(all), keys, 'elsewhere') }, { ...good, note: '' },
    ]) expect(await answers(first, bad)).toEqual(unsigned);
  });
  it('holds the server to the key of the first sight, whatever it says later', async () => {
    const all = await entries(6);
    const first = await headOf(all.slice(0, 5));
    const second = await headOf(all);
    expect(await answers(first, { ...second, key: base64(await raw(others)) })).toMatchObject({ type: 'proof-wanted' });
    const b = browser();
    const told = b.next();
    b.keep.head('lindebekea', { ...first, key: base64(await raw(others)) });
    expect(await told).toEqual({ type: 'record-broken', fault: 'unsigned', proof: null });
  });
});

/** Heads as a server signs them whose key was handed on. */
describe('the keeper, when the key is handed on', () => {
  let server: string;
  beforeAll(async () => {
    server = Buffer.from(await sha256(await raw(keys))).toString('hex').slice(0, 16);
  });
  async function later(hashes: readonly Bytes[], epoch = 1, pair = others): Promise<Head> {
    const root = base64(await rootOf(hashes));
    const note = await signedNote(pair, server, `conclave/${server}/meeting/lindebekea\n${hashes.length}\n${root}\n`);
    return {
      size: hashes.length, root, note, key: base64(await raw(keys)), epoch, signer: base64(await raw(pair)),
    };
  }
  /** What the keeper says to the second head, and to the answer to what it then asks. */
  async function said(first: Head, second: Head, all: readonly Bytes[], notes: string[]): Promise<WorldEvent[]> {
    const b = browser();
    let told = b.next();
    b.keep.head('lindebekea', first);
    await told;
    told = b.next();
    b.keep.head('lindebekea', second);
    const asked = await told;
    if (asked.type !== 'proof-wanted') return [asked];
    told = b.next();
    const path = await proofOf(first.size, all);
    b.keep.proof({
      type: 'proof', from: first.size, size: second.size, hashes: base64(Buffer.concat(path)),
      epochs: notes.map((note) => ({ note })),
    });
    return [asked, await told];
  }
  it('goes on with the next key when the one before signed it', async () => {
    const all = await entries(9);
    const first = await headOf(all.slice(0, 5));
    const note = await turn(keys, others, server, 1, `5 ${first.root}`);
    const wanted = { type: 'proof-wanted', from: 5, epoch: 0 };
    expect(await said(first, await later(all), all, [note])).toEqual([wanted, { type: 'record-kept', size: 9 }]);
    const third = await ed25519();
    const more = [note, await turn(others, third, server, 2, '')];
    const kept = { type: 'record-kept', size: 9 };
    expect(await said(first, await later(all, 2, third), all, more)).toEqual([wanted, kept]);
    // The server may say them in parts.
    expect(await said(first, await later(all, 2, third), all, [note])).toEqual([wanted, { ...wanted, epoch: 1 }]);
  });
  it('alarms at a key that nobody handed on, at a gap, at a key of before, at another history', async () => {
    const all = await entries(9);
    const first = await headOf(all.slice(0, 5));
    const second = await later(all);
    const unsigned = { type: 'record-broken', fault: 'unsigned', proof: null };
    const good = await turn(keys, others, server, 1, `5 ${first.root}`);
    for (const notes of [
      [], [await turn(others, others, server, 1, '')], [await turn(keys, others, server, 2, '')], [good, good],
      [await turn(keys, keys, server, 1, '')], [good.replace(server, '0'.repeat(16))], ['x'],
    ]) expect((await said(first, second, all, notes))[1], notes[0]).toEqual(unsigned);
    const changed = { type: 'record-broken', fault: 'changed', proof: null };
    const lie = await turn(keys, others, server, 1, `5 ${base64(await rootOf(await entries(5, 'other')))}`);
    expect((await said(first, second, all, [lie]))[1]).toEqual(changed);
    const before = { ...(await headOf(all)), epoch: 0 };
    expect(await said(await later(all.slice(0, 5)), before, all, [])).toEqual([unsigned]);
    expect(await said(await later(all), await headOf(all.slice(0, 5)), all, [])).toEqual([
      { type: 'record-broken', fault: 'lost', proof: null },
    ]);
  });
  it('offers two signatures of one size as a proof that stands alone', async () => {
    const all = await entries(5);
    const first = await headOf(all);
    const second = await headOf(await entries(5, 'other'));
    const [found] = await said(first, second, all, []);
    if (found?.type !== 'record-broken' || found.proof === null) throw new Error('no proof');
    expect(JSON.parse(found.proof)).toEqual({
      format: 'conclave two histories 1', server, key: first.key, meeting: 'lindebekea', epoch: 0, signer: first.key,
      epochs: [], first: first.note, second: second.note, beginning: '', hashes: '',
    });
  });
});

describe('the shelf', () => {
  function storage(): Storage {
    const held = new Map<string, string>();
    return {
      getItem: (k) => held.get(k) ?? null,
      setItem: (k, v) => void held.set(k, v),
      removeItem: (k) => void held.delete(k),
      clear: () => held.clear(),
      key: () => null,
      length: 0,
    };
  }
  const one: Kept = {
    meeting: 'lindebekea', server: 'a', key: null, epoch: 2, signer: 'b', heads: [{ size: 3, root: 'x', note: 'n' }],
  };
  it('gives back what was put there, of the last meetings', () => {
    const s = storage();
    const mine = shelf(() => s);
    mine.write(one);
    expect(mine.read('lindebekea')).toEqual(one);
    expect(mine.read('elsewhere')).toBeNull();
    for (let at = 0; at < 40; at++) mine.write({ ...one, meeting: `m${at}` });
    expect([mine.read('lindebekea'), mine.read('m0'), mine.read('m39')?.meeting]).toEqual([null, null, 'm39']);
  });
  it('takes what a browser kept before there were epochs', () => {
    const s = storage();
    s.setItem('conclave-heads', '[{"meeting":"m","server":"a","key":"k","heads":[{"size":3,"root":"x"}]}]');
    expect(shelf(() => s).read('m')).toEqual({
      meeting: 'm', server: 'a', key: 'k', epoch: 0, signer: null, heads: [{ size: 3, root: 'x', note: '' }],
    });
  });
  it('takes what makes no sense for nothing, and a browser that stores nothing for empty', () => {
    for (const bad of ['', '{', '[1]', '[{"meeting":"a/b"}]', '[{"meeting":"a","server":1,"key":null,"heads":[]}]']) {
      const s = storage();
      s.setItem('conclave-heads', bad);
      expect(shelf(() => s).read('a')).toBeNull();
    }
    const refused = shelf(() => {
      throw new Error('denied');
    });
    refused.write(one);
    expect(refused.read('lindebekea')).toBeNull();
  });
});
