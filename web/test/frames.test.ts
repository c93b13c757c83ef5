// SPDX-License-Identifier: EUPL-1.2
// The bytes of SFrame, the envelopes of the codecs, the replay window, the watchdog's arithmetic.
import { readFileSync } from 'node:fs';
import { webcrypto } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { codecOf, framing, split, unwrap } from '../src/crypto/frames/envelope';
import { replay } from '../src/crypto/frames/replay';
import { importBase, join, readHeader } from '../src/crypto/frames/sframe';
import { look, NEVER } from '../src/crypto/frames/watchdog';
import { ownScript } from '../src/crypto/script';
import { runVectors, type Vectors } from './frames/vectors';

if (globalThis.crypto === undefined) Object.assign(globalThis, { crypto: webcrypto }); // Node 18

describe('SFrame', () => {
  it('agrees with the vectors of RFC 9605', async () => {
    const file = new URL('data/sframe-vectors.json', import.meta.url);
    const outcome = await runVectors(JSON.parse(readFileSync(file, 'utf8')) as Vectors);
    // 289 headers, 3 of CTR with HMAC, 5 suites; of these the product has 14 x 14 headers and its one suite.
    expect(outcome).toEqual({ product: 197, full: 297, refused: 97, wrong: [] });
  });
  it.each([
    ['nothing', []],
    ['a key id that is cut off', [0x90, 0x01]],
    ['a counter that is cut off', [0x0a, 0x01, 0x02]],
    ['a key id longer than need be', [0x90, 0x00, 0xff]],
    ['a long form of a short number', [0x80, 0x07]],
    ['a counter longer than need be', [0x09, 0x00, 0xff]],
    ['a number that is too great', [0x0f, 0, 0x20, 0, 0, 0, 0, 0, 1]],
  ])('refuses a header with %s', (_, bytes) => expect(readHeader(Uint8Array.from(bytes))).toBeNull());
  it('overwrites the base key', async () => {
    const key = new Uint8Array(16).fill(7);
    await importBase(key);
    expect([...key]).toEqual(new Array(16).fill(0));
  });
});

describe('envelopes', () => {
  const data = Uint8Array.from({ length: 300 }, (_, i) => i % 256);
  it.each([
    ['audio/opus', 0, 0],
    ['video/VP8', 1, 0],
    ['video/VP9', 0, 0],
    ['video/AV1', 1, 2],
  ])('%s leaves %s bytes in the clear', (mime, clear, between) => {
    const codec = codecOf(mime);
    if (codec === null) throw new Error('unknown');
    const parts = split(codec, true, data);
    expect(parts.clear).toHaveLength(clear);
    expect(framing(codec, parts.body.length)).toHaveLength(between);
    const back = unwrap(codec, join(parts.clear, framing(codec, parts.body.length), parts.body));
    expect(back?.body).toEqual(parts.body);
    expect(join(back?.keep === true ? back.clear : new Uint8Array(), back?.body ?? new Uint8Array())).toEqual(data);
  });
  it.each(['video/H264', 'audio/red', 'video/H265', '', undefined])('%s is not sent', (mime) => {
    expect(codecOf(mime)).toBeNull();
  });
  it("AV1's header says whether it is a key frame", () => {
    expect([...split('av1', true, data).clear]).toEqual([0x0a]);
    expect([...split('av1', false, data).clear]).toEqual([0x32]);
  });
  it.each([
    ['another header', [0x12, 1, 9]],
    ['no length', [0x0a]],
    ['a length that does not end', [0x0a, 0x80, 0x80, 0x80, 0x80, 0x01, 9]],
    ['more than its length', [0x0a, 1, 9, 9]],
    ['less than its length', [0x32, 3, 9, 9]],
  ])('AV1 with %s is refused', (_, bytes) => expect(unwrap('av1', Uint8Array.from(bytes))).toBeNull());
});

describe('the replay window', () => {
  it('takes each counter once', () => {
    const window = replay();
    for (const counter of [0, 5, 3, 4, 1]) expect(window.accept(counter)).toBe(true);
    for (const counter of [0, 5, 3, 4, 1]) expect(window.accept(counter)).toBe(false);
    expect(window.fresh(2)).toBe(true);
  });
  it('begins wherever the first frame is, and leaps', () => {
    const window = replay();
    expect(window.accept(2 ** 33)).toBe(true);
    expect(window.accept(2 ** 33 - 1023)).toBe(true);
    expect(window.accept(2 ** 33 - 1024)).toBe(false); // too old to tell
    expect(window.accept(2 ** 33 + 5000)).toBe(true);
    expect(window.accept(2 ** 33)).toBe(false);
    expect(window.accept(2 ** 33 + 5000 - 1023)).toBe(true);
  });
  it('agrees with a list, whatever comes', () => {
    const window = replay();
    const seen = new Set<number>();
    let [seed, top] = [42, -1];
    for (let i = 0; i < 20_000; i++) {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      const counter = Math.max(0, top + 40 - (seed % (i % 100 === 0 ? 3_000 : 90)));
      const should = !seen.has(counter) && top - counter < 1024;
      expect(window.fresh(counter)).toBe(should);
      expect(window.accept(counter)).toBe(should);
      if (should) seen.add(counter);
      top = should ? Math.max(top, counter) : top;
    }
    expect(seen.size).toBeGreaterThan(5_000);
  });
});

describe('the watchdog', () => {
  /** Looks at (bytes, sealed) pairs; which of them alarm. */
  const looks = (kind: 'sound' | 'picture', ...given: readonly (readonly [number, number | null])[]): boolean[] => {
    let state = NEVER;
    return given.map(([bytes, sealed]) => {
      const { now, ok } = look(state, kind, bytes, sealed);
      state = now;
      return !ok;
    });
  };
  it('is content with what is sealed, and with nothing', () => {
    expect(looks('sound', [0, 0], [0, 0], [100, 5], [200, 9])).toEqual([false, false, false, false]);
  });
  it('hears at the first look that a transform is passed by', () => {
    expect(looks('sound', [100, 0])).toEqual([true]);
    expect(looks('picture', [0, 0], [100, 0])).toEqual([false, true]);
  });
  it('hears of one that stops, sooner for sound than for a picture that may still be under way', () => {
    const later = Array.from({ length: 10 }, (_, i) => [200 + i, 5] as const);
    expect(looks('sound', [100, 5], ...later).indexOf(true)).toBe(2);
    expect(looks('picture', [100, 5], ...later).indexOf(true)).toBe(10);
  });
  it('takes no answer for no seal', () => {
    expect(looks('sound', [100, null])).toEqual([true]);
    expect(looks('sound', [100, 5], [200, null], [300, null])).toEqual([false, false, true]);
  });
});

describe('scripts of workers', () => {
  const base = 'https://raad.example:8443/m/abc';
  it('are our own', () => {
    expect(ownScript('/assets/worker-1.js', base)).toBe('https://raad.example:8443/assets/worker-1.js');
  });
  it.each(['https://elsewhere.example/w.js', 'blob:https://raad.example:8443/1', 'data:text/javascript,1', '//x/w.js'])(
    '%s is not',
    (address) => expect(() => ownScript(address, base)).toThrow(TypeError),
  );
});
