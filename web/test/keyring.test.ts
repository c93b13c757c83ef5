// SPDX-License-Identifier: EUPL-1.2
// Which key opens and seals what, and when no longer: epochs, leaves, counters, holding; the hostile frames of group E.
import { webcrypto } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Keyring, keyId, keyName, keyring, type SealingKey } from '../src/crypto/frames/keyring';
import { CONTEXTS, type Opened, type OpeningRole } from '../src/crypto/frames/messages';
import { HOLD_MS, type Opener, opener } from '../src/crypto/frames/opener';
import { type Frame, type Sealer, sealer } from '../src/crypto/frames/sealer';
import { header, join, nonce } from '../src/crypto/frames/sframe';
import { bytesOf, copyOf, epochMessage, type FakeClock, fakeClock, frame, settled } from './frames/bench';
import { sealWith } from './frames/suites';

if (globalThis.crypto === undefined) Object.assign(globalThis, { crypto: webcrypto }); // Node 18

const PLAIN = [1, 2, 3, 4, 5];
const ANNA = 0; // who sends
const BERT = 1; // who receives

let clock: FakeClock;
let anna: Keyring;
let bert: Keyring;

beforeEach(() => {
  clock = fakeClock();
  anna = keyring(clock);
  bert = keyring(clock);
});

function both(epoch: number, more: Parameters<typeof epochMessage>[2] = {}): void {
  anna.tell(epochMessage(epoch, ANNA, more));
  bert.tell(epochMessage(epoch, BERT, more));
}

async function counterOf(ring: Keyring, context: 0 | 1 | 2 | 3 = 0): Promise<number> {
  return ((await ring.sealing(context)) as SealingKey).counter;
}

describe('key ids', () => {
  it('name context, leaf and the last bits of the epoch', () => {
    expect(keyId(3, 255, 0x1ff)).toBe(0x3fff);
    expect(keyName(0x3ff1)).toEqual({ context: 3, leaf: 255, epoch: 1 });
    const all = new Set<number>();
    for (const context of Object.values(CONTEXTS))
      for (let leaf = 0; leaf < 256; leaf++) for (let e = 0; e < 16; e++) all.add(keyId(context, leaf, e));
    expect(all.size).toBe(4 * 256 * 16);
  });
});

describe('sealing', () => {
  it('has no key before the first epoch, nor after one that makes no sense', async () => {
    expect(await anna.sealing(0)).toBe('no-key');
    both(1);
    expect(await anna.sealing(0)).toMatchObject({ kid: keyId(0, ANNA, 1), counter: 0 });
    const bad = [{ baseKey: new Uint8Array(15) }, { own: 9 }, { own: 256, leaves: [256] }, { keepFormer: NaN }];
    for (const more of bad) {
      both(2);
      anna.tell(epochMessage(3, ANNA, more));
      expect(await anna.sealing(0)).toBe('no-key');
    }
  });
  it('overwrites the base key it was given, whether it makes sense or not', () => {
    for (const more of [{}, { own: 9 }]) {
      const m = epochMessage(7, ANNA, more);
      anna.tell(m);
      expect([...m.baseKey]).toEqual(new Array(16).fill(0));
    }
  });
  it('never uses a counter twice: two at once, contexts, epochs told again, gone back to, come back to later', async () => {
    const used = new Set<string>();
    const use = async (context: 0 | 1): Promise<void> => {
      const [a, b] = await Promise.all([anna.sealing(context), anna.sealing(context)]);
      for (const s of [a, b] as SealingKey[]) {
        const name = `${await mark(s)} ${s.kid} ${s.counter}`;
        expect(used.has(name)).toBe(false);
        used.add(name);
      }
    };
    // The same number of another branch has another key: there the counter may begin anew.
    const mark = async (s: SealingKey): Promise<string> => [...s.key.salt].join();
    for (const [epoch, branch] of [[5], [5], [6], [5], [5, 1], [6, 1], [5], [5, 1]] as [number, number?][]) {
      both(epoch, branch === undefined ? { keepFormer: 0 } : { branch, keepFormer: 0 });
      await use(0);
      await use(1);
      clock.pass(20_000);
    }
    expect(used.size).toBe(32);
    expect(await counterOf(anna)).toBeGreaterThan(0);
  });
  it('goes on past 2^32 without a nonce a second time, which a counter of 32 bits would give', async () => {
    const [early, late] = [keyring(clock), keyring(clock, 2 ** 32 - 3)];
    for (const ring of [early, late, bert]) ring.tell(epochMessage(1, ring === bert ? BERT : ANNA));
    const used: string[] = [];
    const cut: string[] = [];
    for (const ring of [early, late])
      for (let i = 0; i < 6; i++) {
        const { key, counter } = (await ring.sealing(1)) as SealingKey;
        used.push([...nonce(key.salt, counter)].join());
        cut.push([...nonce(key.salt, counter >>> 0)].join());
      }
    expect([new Set(used).size, new Set(cut).size]).toEqual([12, 9]);
    anna = keyring(clock, 2 ** 32 - 3);
    both(2);
    const l = line();
    for (let i = 0; i < 6; i++) {
      const f = await sealed(l);
      await take(l, f, copyOf(f));
    }
    expect(l.heard).toEqual(new Array(6).fill(PLAIN));
  });
  it('stops for good when a key is worn out, and a new epoch goes on', async () => {
    anna = keyring(clock, 2 ** 48 - 2);
    both(1);
    expect([await counterOf(anna), await counterOf(anna)]).toEqual([2 ** 48 - 2, 2 ** 48 - 1]);
    for (let i = 0; i < 3; i++) expect(await anna.sealing(0)).toBe('worn-out');
    both(1);
    expect(await anna.sealing(0)).toBe('worn-out');
    both(2);
    expect(await anna.sealing(0)).toMatchObject({ kid: keyId(0, ANNA, 2) });
  });
  it('waits for the key of an epoch that was told, and does not go on with the one before', async () => {
    both(1);
    await anna.sealing(0);
    const asked = anna.sealing(0);
    both(2);
    expect(await asked).toMatchObject({ kid: keyId(0, ANNA, 2) });
  });
  it('stops without a heartbeat, until told to go on or of a new epoch', async () => {
    both(1);
    anna.tell({ type: 'stop', why: 'no heartbeat' });
    expect(await anna.sealing(0)).toBe('stopped');
    anna.tell({ type: 'go' });
    expect(await anna.sealing(0)).toMatchObject({ counter: 0 });
    const asked = anna.sealing(0);
    anna.tell({ type: 'stop', why: 'no heartbeat' });
    expect(await asked).toBe('stopped');
    both(2);
    expect(await anna.sealing(0)).toMatchObject({ kid: keyId(0, ANNA, 2) });
  });
});

/** One sender, one line that receives. */
interface Line {
  readonly sealing: Sealer;
  readonly opening: Opener;
  readonly heard: number[][];
  readonly reports: Opened[];
  asked: number;
}

function line(role: OpeningRole = 'video', source: keyof typeof CONTEXTS = 'camera', holdMs = HOLD_MS): Line {
  const made: Line = {
    sealing: sealer(source, anna),
    opening: opener(role, {
      ring: bert,
      clock,
      holdMs,
      out: (f) => made.heard.push(bytesOf(f)),
      tell: (o) => made.reports.push(o),
      askKeyFrame: () => made.asked++,
    }),
    heard: [],
    reports: [],
    asked: 0,
  };
  return made;
}

async function sealed(l: Line, bytes = PLAIN, mime = 'video/VP8', type = 'delta'): Promise<Frame> {
  const f = frame(bytes, mime, type);
  expect(await l.sealing.seal(f)).toBe('sealed');
  return f;
}

async function take(l: Line, ...frames: readonly Frame[]): Promise<void> {
  for (const f of frames) l.opening.take(f);
  await l.opening.idle();
}

describe.each([
  ['microphone', 'audio', 'audio/opus', 1],
  ['camera', 'video', 'video/VP8', 3],
  ['screen', 'screen', 'video/VP9', 3],
  ['screen', 'screen', 'video/AV1', 5],
  ['screen_sound', 'screen-sound', 'audio/opus', 3],
] as const)('%s on %s as %s', (source, role, mime, headers) => {
  it('comes out as it went in', async () => {
    both(1);
    const l = line(role, source);
    const plain = Array.from({ length: 100 }, (_, i) => i);
    const f = await sealed(l, plain, mime);
    expect(f.data.byteLength).toBe(100 + 16 + headers);
    expect(bytesOf(f).join()).not.toContain(plain.slice(1, 5).join());
    await take(l, f);
    expect(l.heard).toEqual([plain]);
    expect(l.reports).toEqual([{ leaf: ANNA, epoch: 1, context: CONTEXTS[source] }]);
  });
  it('with any byte changed it comes to nothing', async () => {
    both(1);
    const l = line(role, source, 0);
    const f = await sealed(l, PLAIN, mime);
    for (let i = 0; i < f.data.byteLength; i++)
      for (const flip of [1, 0x80]) {
        const bent = copyOf(f);
        const bytes = new Uint8Array(bent.data);
        bytes[i] = (bytes[i] ?? 0) ^ flip;
        await take(l, bent);
      }
    expect(l.heard).toEqual([]);
    await take(l, f);
    expect(l.heard).toEqual([PLAIN]);
  });
});

describe('what is not sealed', () => {
  it('is not sent: without a key, when stopped, silence, an unknown codec', async () => {
    const l = line();
    expect(await l.sealing.seal(frame(PLAIN))).toBe('no-key');
    both(1);
    expect(await l.sealing.seal(frame([]))).toBe('empty');
    expect(await l.sealing.seal(frame(PLAIN, 'video/H264'))).toBe('codec');
    expect(await l.sealing.seal(frame(PLAIN, 'audio/opus'))).toBe('codec');
    anna.tell({ type: 'stop', why: 'no heartbeat' });
    expect(await l.sealing.seal(frame(PLAIN))).toBe('stopped');
    expect(l.sealing.count()).toEqual({
      direction: 'seal',
      sealed: 0,
      failed: { 'no-key': 1, empty: 1, codec: 2, stopped: 1 },
    });
  });
  it('an error is no way out', async () => {
    both(1);
    const bad: Frame = {
      ...frame(PLAIN),
      getMetadata: () => {
        throw new Error('gone');
      },
    };
    expect(await line().sealing.seal(bad)).toBe('broken');
  });
});

describe('hostile frames', () => {
  beforeEach(() => both(1));
  const failures = (l: Line): object => l.opening.count().failed;

  it('1,000 replayed frames are opened once (E07)', async () => {
    const l = line();
    const frames: Frame[] = [];
    for (let i = 0; i < 1_000; i++) frames.push(await sealed(l, [i % 256, 1, 2]));
    const again = frames.map((f) => copyOf(f));
    for (const f of frames) await take(l, f);
    expect(l.heard).toHaveLength(1_000);
    for (const f of again) await take(l, f);
    expect(l.heard).toHaveLength(1_000);
    expect(failures(l)).toEqual({ replayed: 1_000 });
    expect(l.opening.count().failing).toBe(false);
  });
  it('one frame on two lines at once is opened on one', async () => {
    const [one, two] = [line(), line()];
    const f = await sealed(one);
    one.opening.take(copyOf(f));
    two.opening.take(copyOf(f));
    await Promise.all([one.opening.idle(), two.opening.idle()]);
    expect(one.heard.length + two.heard.length).toBe(1);
  });
  it('reordered frames are opened, each once', async () => {
    const l = line();
    const frames: Frame[] = [];
    for (let i = 0; i < 9; i++) frames.push(await sealed(l, [i, 1]));
    await take(l, ...[3, 0, 8, 1, 7, 2, 6, 4, 5].map((i) => frames[i] as Frame));
    expect(l.heard.map(([first]) => first)).toEqual([3, 0, 8, 1, 7, 2, 6, 4, 5]);
  });
  it('empty ones are padding, and no fault', async () => {
    const l = line();
    await take(l, frame([]));
    expect(failures(l)).toEqual({ empty: 1 });
    expect(l.opening.count().failing).toBe(false);
  });
  it('cut short, at every length, they are refused', async () => {
    const l = line('video', 'camera', 0);
    const f = await sealed(l);
    for (let size = 1; size < f.data.byteLength; size++)
      await take(l, { ...copyOf(f), data: f.data.slice(0, size) });
    expect(l.heard).toEqual([]);
    expect(l.opening.count().opened).toBe(0);
  });
  it('in the clear they are never played (E06)', async () => {
    const l = line('video', 'camera', 0);
    const key = [0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9];
    await take(l, frame(key, 'video/VP8', 'key'), frame(key, 'video/VP9', 'key'), frame(key, 'video/AV1', 'key'));
    const sound = line('audio', 'microphone', 0);
    await take(sound, frame([0x78, ...new Array<number>(80).fill(0x55)], 'audio/opus'));
    expect([l.heard, sound.heard]).toEqual([[], []]);
  });
  it('of an unknown codec they are not opened', async () => {
    const l = line();
    const f = await sealed(l);
    await take(l, { ...copyOf(f), getMetadata: () => ({ mimeType: 'video/H264' }) });
    expect(failures(l)).toEqual({ codec: 1 });
  });
  it('of a leaf that is not in the epoch, or is our own, they are refused', async () => {
    const l = line('video', 'camera');
    anna.tell(epochMessage(1, 7, { leaves: [0, 1, 2, 7] }));
    await take(l, await sealed(l)); // Bert knows no leaf 7
    anna.tell(epochMessage(1, BERT));
    await take(l, await sealed(l)); // his own picture comes back
    expect(failures(l)).toEqual({ leaf: 2 });
    expect(l.opening.count().held).toBe(0);
  });
  it("under another's key id they are forged (E08)", async () => {
    const l = line();
    const f = await sealed(l);
    const bytes = bytesOf(f);
    const wrong = join(Uint8Array.from(bytes.slice(0, 1)), header(keyId(1, 2, 1), 0), Uint8Array.from(bytes.slice(5)));
    await take(l, { ...copyOf(f), data: wrong.buffer });
    expect(failures(l)).toEqual({ forged: 1 });
    expect(l.reports).toEqual([]);
  });
  it.each([
    ['audio', 'microphone'],
    ['video', 'camera'],
    ['screen', 'screen'],
    ['screen-sound', 'screen_sound'],
  ] as const)('on a line for %s only that is opened', async (role, source) => {
    for (const other of Object.keys(CONTEXTS) as (keyof typeof CONTEXTS)[]) {
      if (other === source) continue;
      const l = line(role, other);
      const sound = other === 'microphone' || other === 'screen_sound';
      const f = await sealed(l, PLAIN, sound ? 'audio/opus' : 'video/VP9');
      await take(l, { ...f, data: f.data, getMetadata: () => ({ mimeType: 'video/VP9' }) });
      expect(failures(l)).toEqual({ context: 1 });
    }
  });
  it.each([1, 2, 3, 5])('sealed with suite %s, under the very key, they are refused (E09)', async (suite) => {
    const l = line();
    const clear = Uint8Array.of(1);
    const made = async (by: number): Promise<Frame> => {
      const { baseKey } = epochMessage(1, ANNA);
      const plain = Uint8Array.from({ length: 40 }, () => 3);
      const bytes = await sealWith(by, baseKey, BigInt(keyId(1, ANNA, 1)), 5n, clear, plain);
      return { ...frame([], 'video/VP8'), data: join(clear, bytes).buffer };
    };
    await take(l, await made(suite));
    expect(failures(l)).toEqual({ forged: 1 });
    await take(l, await made(4));
    expect(l.heard).toHaveLength(1); // the harness can make what is opened
  });
  it('more than may wait are refused', async () => {
    const l = line();
    anna.tell(epochMessage(2, ANNA));
    for (let i = 0; i < 300; i++) l.opening.take(await sealed(l));
    bert.tell(epochMessage(2, BERT));
    await l.opening.idle();
    expect(l.heard.length + ((l.opening.count().failed as { full: number }).full ?? 0)).toBe(300);
    expect(l.heard.length).toBeLessThanOrEqual(257);
    expect(l.heard.length).toBeGreaterThanOrEqual(256);
  });
});

describe('a key that is not there yet', () => {
  it('is waited for, in order, and then nothing is lost', async () => {
    both(1);
    const l = line();
    await take(l, await sealed(l, [1, 0]));
    anna.tell(epochMessage(2, ANNA));
    for (const n of [2, 3, 4]) l.opening.take(await sealed(l, [n, 0]));
    await settled();
    expect(l.heard).toHaveLength(1);
    clock.pass(HOLD_MS - 1);
    bert.tell(epochMessage(2, BERT));
    await l.opening.idle();
    expect(l.heard.map(([n]) => n)).toEqual([1, 2, 3, 4]);
    expect(l.opening.count()).toMatchObject({ held: 1, failed: {} });
    expect(l.asked).toBe(0);
  });
  it('is not waited for longer than a second, by each; then a key frame is asked for, once', async () => {
    both(1);
    const l = line();
    anna.tell(epochMessage(2, ANNA));
    l.opening.take(await sealed(l, [1, 0]));
    clock.pass(600);
    l.opening.take(await sealed(l, [2, 0]));
    await settled();
    clock.pass(400);
    await settled();
    expect(l.opening.count().failed).toEqual({ 'no-key': 1 });
    clock.pass(599);
    await settled();
    expect(l.opening.count().failed).toEqual({ 'no-key': 1 });
    clock.pass(1);
    await l.opening.idle();
    expect(l.opening.count().failed).toEqual({ 'no-key': 2 });
    bert.tell(epochMessage(2, BERT));
    await take(l, await sealed(l, [3, 0]), await sealed(l, [4, 0]));
    expect(l.heard.map(([n]) => n)).toEqual([3, 4]);
    expect(l.asked).toBe(1);
  });
  it('before the first epoch too', async () => {
    anna.tell(epochMessage(1, ANNA));
    const l = line();
    l.opening.take(await sealed(l));
    await settled();
    bert.tell(epochMessage(1, BERT));
    await l.opening.idle();
    expect(l.heard).toHaveLength(1);
  });
  it('of an epoch that is over is not waited for', async () => {
    both(9);
    const l = line();
    anna.tell(epochMessage(8, ANNA));
    const old = await sealed(l);
    await take(l, old);
    expect(l.opening.count()).toMatchObject({ held: 0, failed: { 'old-key': 1 } });
    anna.tell(epochMessage(17, ANNA)); // 8 ahead
    l.opening.take(await sealed(l));
    await settled();
    expect(l.opening.count().held).toBe(1);
    clock.pass(HOLD_MS);
    await l.opening.idle();
  });
  /** Six epochs in four seconds, 20 ms of sound a frame; the receiver hears of each 150 ms later. */
  async function rotate(holdMs: number): Promise<Line> {
    const l = line('audio', 'microphone', holdMs);
    both(1);
    for (let ms = 0; ms < 4_000; ms += 20) {
      const epoch = 2 + Math.floor(ms / 600);
      if (ms % 600 === 0) anna.tell(epochMessage(epoch, ANNA));
      if (ms >= 150 && (ms - 160) % 600 === 0) bert.tell(epochMessage(2 + (ms - 160) / 600, BERT));
      l.opening.take(await sealed(l, [ms / 20, 0], 'audio/opus'));
      await settled();
      clock.pass(20);
    }
    await l.opening.idle();
    return l;
  }
  it('six times in four seconds: no frame of sound is lost', async () => {
    const l = await rotate(HOLD_MS);
    expect(l.heard.map(([n]) => n)).toEqual(Array.from({ length: 200 }, (_, i) => i));
    expect(l.opening.count().held).toBeGreaterThan(0);
  });
  it('without waiting, frames are lost (so this test would notice)', async () => {
    const l = await rotate(0);
    expect(l.heard.length).toBeLessThan(180);
    expect(l.opening.count().failed['no-key']).toBeGreaterThan(20);
  });
});

describe('a key that is over', () => {
  it('opens for as long as was told, and not longer', async () => {
    both(1);
    const l = line();
    const [early, late] = [await sealed(l), await sealed(l)];
    both(2, { keepFormer: 2_000 });
    clock.pass(1_999);
    await take(l, early);
    clock.pass(1);
    await take(l, late);
    expect(l.heard).toHaveLength(1);
    expect(l.opening.count().failed).toEqual({ 'old-key': 1 });
  });
  it('a removal shortens what a join had promised', async () => {
    both(1);
    const l = line();
    const late = await sealed(l);
    both(2, { keepFormer: 10_000 });
    both(3, { keepFormer: 2_000 });
    clock.pass(2_000);
    await take(l, late);
    expect(l.heard).toEqual([]);
  });
  it('is forgotten, with all others, when we are out of the group', async () => {
    both(1);
    const l = line('video', 'camera', 0);
    const early = [await sealed(l), await sealed(l)];
    both(2);
    const late = [await sealed(l), await sealed(l)];
    await take(l, early[0] as Frame, late[0] as Frame);
    const asked = anna.sealing(0);
    for (const ring of [anna, bert]) ring.tell({ type: 'forget' });
    expect(await asked).toBe('no-key');
    await take(l, early[1] as Frame, late[1] as Frame);
    expect(l.opening.count()).toMatchObject({ opened: 2, failed: { 'no-key': 2 } });
    both(3);
    await take(l, await sealed(l));
    expect(l.heard).toHaveLength(3);
  });
  it('of a leaf that was cut opens nothing any more, in any epoch, even what is being opened (E11)', async () => {
    both(1);
    const l = line();
    const frames = [await sealed(l), await sealed(l)];
    both(2);
    frames.push(await sealed(l), await sealed(l));
    const [f1, f2, f3, f4] = frames as [Frame, Frame, Frame, Frame];
    await take(l, f1, f3);
    expect(l.heard).toHaveLength(2);
    l.opening.take(f2);
    await Promise.resolve();
    bert.tell(epochMessage(3, BERT, { leaves: [1, 2], gone: [ANNA], keepFormer: 2_000 }));
    await take(l, f4);
    expect(l.heard).toHaveLength(2);
  });
  it('the number of a leaf that was cut may be used again, in the new epoch only', async () => {
    both(1);
    const l = line();
    const before = await sealed(l);
    both(2, { gone: [ANNA], leaves: [0, 1, 2] });
    await take(l, before, await sealed(l));
    expect(l.opening.count()).toMatchObject({ opened: 1, failed: { leaf: 1 } });
    expect(l.reports).toEqual([{ leaf: ANNA, epoch: 2, context: 1 }]);
  });
  it('a newcomer has no key of what came before (E12)', async () => {
    anna.tell(epochMessage(1, ANNA));
    const l = line();
    const before = await sealed(l);
    both(2);
    await take(l, before);
    expect(l.heard).toEqual([]);
    expect(l.opening.count()).toMatchObject({ held: 0, failed: { 'old-key': 1 } });
  });
  it('an epoch that is told twice goes on: nothing is replayed, nothing is lost', async () => {
    both(1);
    const l = line();
    const f = await sealed(l);
    await take(l, copyOf(f));
    both(1);
    await take(l, f, await sealed(l));
    expect(l.opening.count()).toMatchObject({ opened: 2, failed: { replayed: 1 } });
  });
  it('the same number in another branch is another epoch', async () => {
    both(5);
    both(6);
    const l = line();
    const lost = await sealed(l);
    await take(l, await sealed(l));
    both(6, { branch: 1 });
    await take(l, lost, await sealed(l));
    expect(l.opening.count()).toMatchObject({ opened: 2, failed: { forged: 1 } });
    both(4, { branch: 1 });
    l.opening.take(await sealed(l));
    await l.opening.idle();
    expect(l.opening.count()).toMatchObject({ opened: 3 });
  });
  it('40 epochs, whose numbers come round, are all opened', async () => {
    const l = line();
    for (let epoch = 1; epoch <= 40; epoch++) {
      both(epoch);
      await take(l, await sealed(l, [epoch, 0]));
    }
    expect(l.heard).toHaveLength(40);
  });
});

describe('reports', () => {
  it('name whose key opened it: when it changes, else once a second, and never faster than 40 ms', async () => {
    both(1);
    const l = line();
    const from = async (leaf: number): Promise<void> => {
      anna.tell(epochMessage(1, leaf));
      await take(l, await sealed(l));
    };
    for (let i = 0; i < 50; i++) {
      await from(0);
      clock.pass(20);
    }
    expect(l.reports.map((r) => r.leaf)).toEqual([0]);
    await from(0);
    expect(l.reports).toHaveLength(2);
    clock.pass(40);
    await from(2);
    expect(l.reports.map((r) => r.leaf)).toEqual([0, 0, 2]);
    for (let i = 0; i < 20; i++) {
      await from(i % 2 === 0 ? 0 : 2);
      clock.pass(1);
    }
    expect(l.reports.length).toBeLessThanOrEqual(4);
  });
  it('a line fails after three seconds of nothing but what cannot be opened, until something can', async () => {
    both(1);
    const l = line();
    anna.tell(epochMessage(1, ANNA, { branch: 9 }));
    for (let i = 0; i < 31; i++) {
      expect(l.opening.count().failing).toBe(false);
      await take(l, await sealed(l));
      if (i < 30) clock.pass(100);
    }
    expect(l.opening.count().failing).toBe(true);
    clock.pass(1_600);
    expect(l.opening.count().failing).toBe(false); // nothing comes: that is somebody else's finding
    await take(l, await sealed(l));
    expect(l.opening.count().failing).toBe(true);
    anna.tell(epochMessage(1, ANNA));
    await take(l, await sealed(l));
    expect(l.opening.count().failing).toBe(false);
  });
});
