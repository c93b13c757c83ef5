// SPDX-License-Identifier: EUPL-1.2
// Layers that nobody watches are left out, and come back; and whatever a server says of layers, nothing is sent that
// the person did not switch on (ATTACKS C23).
import { describe, expect, it } from 'vitest';
import { type Line, outlet } from '../src/media/outlet';
import { connected, receivedAt, run, SERVER } from './support/samples';

const CAMERA = { kind: 'video' } as MediaStreamTrack;

/** Parameters are good for one writing, as in a browser; `sent` is what leaves now. */
class Sender implements Line {
  track: MediaStreamTrack | null = null;
  replaced: (MediaStreamTrack | null)[] = [];
  writes = 0;
  #active = [true, true, true];
  rates: (number | undefined)[] = [15, 24, undefined];
  #read = 0;
  #valid = -1;

  async replaceTrack(track: MediaStreamTrack | null): Promise<void> {
    await Promise.resolve();
    this.track = track;
    this.replaced.push(track);
  }

  getParameters(): RTCRtpSendParameters {
    this.#valid = ++this.#read;
    const encodings = this.#active.map((active, i) => {
      const rate = this.rates[i];
      return rate === undefined ? { active } : { active, maxFramerate: rate };
    });
    return { transactionId: String(this.#read), encodings, codecs: [], headerExtensions: [], rtcp: {} };
  }

  async setParameters(p: RTCRtpSendParameters): Promise<void> {
    await Promise.resolve();
    if (p.transactionId !== String(this.#valid)) throw new Error('InvalidStateError');
    this.#valid = -1;
    this.#active = p.encodings.map((e) => e.active === true);
    this.rates = p.encodings.map((e) => e.maxFramerate);
    this.writes++;
  }

  get sent(): number[] {
    return this.track === null ? [] : this.#active.flatMap((active, i) => (active ? [i + 1] : []));
  }

  get active(): readonly boolean[] {
    return this.#active;
  }
}

describe('an outlet', () => {
  it('sends all layers until the server says otherwise', async () => {
    const line = new Sender();
    await outlet(line).set(CAMERA);
    expect(line.sent).toEqual([1, 2, 3]);
  });

  it('leaves out what nobody watches, and brings it back', async () => {
    const line = new Sender();
    const out = outlet(line);
    await out.set(CAMERA);
    await out.watched([1]);
    expect(line.sent).toEqual([1]);
    await out.watched([]);
    expect(line.sent).toEqual([]);
    await out.watched([1, 3]);
    expect(line.sent).toEqual([1, 3]);
  });

  it('keeps what is watched over a change of camera, and writes nothing that is so already', async () => {
    const line = new Sender();
    const out = outlet(line);
    await out.set(CAMERA);
    await out.watched([2]);
    const { writes } = line;
    await out.watched([2]);
    expect(line.writes).toBe(writes);
    await out.set(null);
    expect(line.active).toEqual([false, false, false]);
    await out.set(CAMERA);
    expect(line.sent).toEqual([2]);
  });

  it('lets changes wait for each other, and the last one of each stands', async () => {
    const line = new Sender();
    const out = outlet(line);
    await Promise.all([out.set(CAMERA), out.watched([1]), out.watched([3]), out.set(null), out.set(CAMERA)]);
    expect(line.sent).toEqual([3]);
  });

  it('makes fewer pictures a second while it is told to, and as many as before afterwards', async () => {
    const line = new Sender();
    const out = outlet(line);
    await out.set(CAMERA);
    await out.watched([1]);
    await out.rate(20);
    expect(line.rates).toEqual([15, 20, 20]);
    const { writes } = line;
    await out.rate(20);
    expect(line.writes, 'it is so already').toBe(writes);
    await out.set(null);
    await out.rate(null);
    expect(line.rates).toEqual([15, 24, undefined]);
    expect(line.active).toEqual([false, false, false]);
  });

  it('goes on after a change that failed', async () => {
    const line = new Sender();
    const out = outlet(line);
    const broken = line.setParameters.bind(line);
    line.setParameters = () => Promise.reject(new Error('gone'));
    await expect(out.set(null)).rejects.toThrow('gone');
    line.setParameters = broken;
    await out.set(CAMERA);
    expect(line.sent).toEqual([1, 2, 3]);
  });
});

describe('a server that wants to see more than the person shows', () => {
  it('switches nothing on by any order of words', async () => {
    const words = [[1, 2, 3], [], [1], [2, 3], [0, 4, -1, Number.NaN], [1, 1, 1]];
    for (let seed = 0; seed < 50; seed++) {
      const line = new Sender();
      const out = outlet(line);
      if (seed % 2 === 0) await out.set(CAMERA);
      await out.set(null);
      const replaced = line.replaced.length;
      for (let i = 0; i < 6; i++) {
        const word = words[(seed * 7 + i * 5) % words.length] ?? [];
        await out.watched(word);
        expect(line.active).toEqual([false, false, false]);
        expect(line.sent).toEqual([]);
      }
      expect(line.replaced).toHaveLength(replaced);
      expect(line.track).toBeNull();
    }
  });

  it('changes nothing that the page knows, and asks for no device', () => {
    const before = connected();
    const { s, effects } = run(before, receivedAt(9, SERVER['watched']));
    expect(s.own).toEqual(before.own);
    expect(effects).toEqual([{ do: 'layers', watched: { camera: [1, 3], screen: [] } }]);
    const outside = { ...before, phase: { name: 'start' } } as unknown as typeof before;
    expect(run(outside, receivedAt(9, SERVER['watched'])).effects).toEqual([]);
  });
});
