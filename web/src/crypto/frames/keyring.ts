// SPDX-License-Identifier: EUPL-1.2
// The keys of all frames: one of each leaf and context in each epoch, named by a key id (research/e2ee.md, 5.4).
// Invariant: no counter is ever used twice with a key, whatever epochs are told, and however often; a key is one leaf's
// in one epoch; what is cut or over opens nothing from that moment on.

import type { Clock } from './clock';
import type { Context, KeysMessage } from './messages';
import { replay, type Replay } from './replay';
import { BASE_KEY_BYTES, derivation, type FrameKey, frameKey, importBase } from './sframe';

/** Epochs whose number differs by less than this can be told apart by its 4 bits, and the next ones from the last. */
const EPOCHS = 8;
const LEAVES = 256;
/** RFC 9605, 9.3 leaves 2^64; a meeting of 14 hours needs 2^22. */
const COUNTERS = 2 ** 48;
/** No key id of ours is greater: context 4 bits, leaf 8, epoch 4. */
export const KEY_IDS = 2 ** 16;

export function keyId(context: number, leaf: number, epoch: number): number {
  return context * 4096 + leaf * 16 + (epoch % 16);
}

export interface KeyName {
  readonly context: number;
  readonly leaf: number;
  /** Its last 4 bits. */
  readonly epoch: number;
}

export function keyName(kid: number): KeyName {
  return { context: kid >> 12, leaf: (kid >> 4) & 255, epoch: kid & 15 };
}

export interface SealingKey {
  readonly key: FrameKey;
  readonly kid: number;
  /** Nobody else gets it. */
  readonly counter: number;
}

export interface OpeningKey {
  readonly key: FrameKey;
  readonly leaf: number;
  readonly epoch: number;
  readonly window: Replay;
  /** Is it still allowed to open anything? */
  alive(): boolean;
}

export interface Keyring {
  tell(m: KeysMessage): void;
  sealing(context: Context): Promise<SealingKey | 'no-key' | 'stopped' | 'worn-out'>;
  opening(kid: number): Promise<OpeningKey> | 'no-key' | 'old-key' | 'leaf';
  /** Resolves with the next epoch, or after so many milliseconds. */
  changed(ms: number): Promise<void>;
}

/** What comes of one base key. */
interface Base {
  readonly secret: CryptoKey;
  /** Tells base keys apart without keeping them. */
  readonly mark: string;
  readonly keys: Map<number, Promise<FrameKey>>;
  readonly windows: Map<number, Replay>;
}

interface Epoch {
  readonly number: number;
  readonly own: number;
  readonly leaves: Set<number>;
  readonly base: Promise<Base>;
  /** Infinity for the current one. */
  until: number;
}

type Told = Extract<KeysMessage, { type: 'epoch' }>;

function isLeaf(n: number): boolean {
  return Number.isInteger(n) && n >= 0 && n < LEAVES;
}

function makesSense(m: Told): boolean {
  const { baseKey, epoch, own, leaves, gone, keepFormer } = m;
  if (baseKey.length !== BASE_KEY_BYTES || !Number.isSafeInteger(epoch) || epoch < 0) return false;
  return leaves.every(isLeaf) && leaves.includes(own) && gone.every(isLeaf) && keepFormer >= 0;
}

async function baseOf(imported: Promise<CryptoKey>): Promise<Base> {
  const secret = await imported;
  const info = new TextEncoder().encode('Conclave mark of a base key');
  const mark = new Uint8Array(await crypto.subtle.deriveBits(derivation(info), secret, 128));
  return { secret, mark: mark.join(), keys: new Map(), windows: new Map() };
}

/** An epoch that is told again goes on with what it has opened; one of that number in another branch begins anew. */
async function baseAfter(before: Epoch | null, imported: Promise<CryptoKey>): Promise<Base> {
  const base = await baseOf(imported);
  const former = await before?.base.catch(() => undefined);
  return former?.mark === base.mark ? former : base;
}

function derived(base: Base, kid: number): Promise<FrameKey> {
  const found = base.keys.get(kid) ?? frameKey(base.secret, kid);
  base.keys.set(kid, found);
  return found;
}

/** The epochs whose frames are opened, by the last 4 bits of their numbers. */
interface Epochs {
  begin(m: Told): Epoch;
  forget(): void;
  get(lastBits: number): Epoch | undefined;
}

function keptEpochs(clock: Clock): Epochs {
  const kept = new Map<number, Epoch>();
  let cancelPurge = (): void => undefined;

  function drop(epoch: Epoch): void {
    kept.delete(epoch.number % 16);
    epoch.leaves.clear();
    epoch.base.then(({ keys }) => keys.clear()).catch(() => undefined); // a base that failed has none
  }

  function purge(): void {
    cancelPurge();
    const now = clock.now();
    for (const e of [...kept.values()]) if (e.until <= now) drop(e);
    const next = Math.min(...[...kept.values()].map((e) => e.until));
    if (Number.isFinite(next)) cancelPurge = clock.after(next - now, purge);
  }

  /** What was before this epoch lives on for a while, without those who were cut. */
  function retire(m: Told): void {
    const until = clock.now() + m.keepFormer;
    for (const e of [...kept.values()]) {
      e.until = Math.min(e.until, until);
      for (const leaf of m.gone) e.leaves.delete(leaf);
      // The number comes round, or a fork was lost: what the other branch called by these numbers is not this.
      if (e.number >= m.epoch || e.number <= m.epoch - EPOCHS) drop(e);
    }
  }

  function begin(m: Told): Epoch {
    const imported = importBase(m.baseKey);
    const same = kept.get(m.epoch % 16);
    const before = same?.number === m.epoch ? same : null;
    if (before !== null) kept.delete(m.epoch % 16);
    retire(m);
    const base = baseAfter(before, imported);
    base.catch(() => undefined); // whoever needs it hears of it
    const mine = { number: m.epoch, own: m.own, leaves: new Set(m.leaves), base, until: Infinity };
    kept.set(m.epoch % 16, mine);
    purge();
    return mine;
  }

  function forget(): void {
    for (const e of [...kept.values()]) drop(e);
    purge();
  }

  return { begin, forget, get: (lastBits) => kept.get(lastBits) };
}

/** Those who wait for something to change, each for a while. */
function waitingRoom(clock: Clock): { wait(ms: number): Promise<void>; wakeAll(): void } {
  const waiting = new Set<() => void>();
  return {
    wait: (ms) =>
      new Promise((done) => {
        const wake = (): void => {
          cancel();
          waiting.delete(wake);
          done();
        };
        const cancel = clock.after(ms, wake);
        waiting.add(wake);
      }),
    wakeAll: () => {
      for (const wake of [...waiting]) wake();
    },
  };
}

async function openingKey(of: Epoch, leaf: number, kid: number, clock: Clock): Promise<OpeningKey> {
  const base = await of.base;
  const key = await derived(base, kid);
  const window = base.windows.get(kid) ?? replay();
  base.windows.set(kid, window);
  const alive = (): boolean => of.leaves.has(leaf) && of.until > clock.now();
  return { key, leaf, epoch: of.number, window, alive };
}

/** `first`: what a key's counter begins with; only a test has another beginning. */
export function keyring(clock: Clock, first = 0): Keyring {
  let current: Epoch | null = null;
  let stopped = false;
  const epochs = keptEpochs(clock);
  const room = waitingRoom(clock);
  /** By mark and key id; never forgotten. */
  const counters = new Map<string, number>();

  function epoch(m: Told): void {
    // What could be sealed after one that makes no sense would be sealed for the wrong people.
    current = makesSense(m) ? epochs.begin(m) : null;
    m.baseKey.fill(0);
    stopped = false;
    room.wakeAll();
  }

  function count(mark: string, kid: number): number {
    const name = `${mark} ${kid}`;
    const counter = counters.get(name) ?? first;
    counters.set(name, counter + 1);
    return counter;
  }

  async function sealing(context: Context): Promise<SealingKey | 'no-key' | 'stopped' | 'worn-out'> {
    for (;;) {
      const mine = current;
      if (stopped) return 'stopped';
      if (mine === null) return 'no-key';
      const kid = keyId(context, mine.own, mine.number);
      const base = await mine.base;
      const key = await derived(base, kid);
      if (current !== mine || stopped) continue;
      const counter = count(base.mark, kid);
      return counter < COUNTERS ? { key, kid, counter } : 'worn-out';
    }
  }

  function opening(kid: number): Promise<OpeningKey> | 'no-key' | 'old-key' | 'leaf' {
    const name = keyName(kid);
    const found = epochs.get(name.epoch);
    if (found === undefined || found.until <= clock.now()) {
      const ahead = current === null ? 1 : (name.epoch - (current.number % 16) + 16) % 16;
      return ahead <= EPOCHS ? 'no-key' : 'old-key';
    }
    if (name.leaf === found.own || !found.leaves.has(name.leaf)) return 'leaf';
    return openingKey(found, name.leaf, kid, clock);
  }

  return {
    tell: (m) => {
      switch (m.type) {
        case 'epoch':
          return epoch(m);
        case 'forget':
          current = null;
          return epochs.forget();
        case 'stop':
        case 'go':
          stopped = m.type === 'stop';
      }
    },
    sealing,
    opening,
    changed: room.wait,
  };
}
