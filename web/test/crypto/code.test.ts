// SPDX-License-Identifier: EUPL-1.2
// The code worker as the keys worker sees it: one code at a time, the newest epoch's next, and in place without it.
import { describe, expect, it } from 'vitest';
import { coder } from '../../src/crypto/code/code';

class Fake {
  readonly asked: Uint8Array[] = [];
  ended = false;
  onmessage: ((e: { data: { code: string | null } }) => void) | null = null;
  onerror: (() => void) | null = null;
  postMessage = (a: Uint8Array): void => void this.asked.push(a);
  terminate = (): void => void (this.ended = true);
  answer = (code: string | null): void => this.onmessage?.({ data: { code } });
}

const of = (n: number): Uint8Array => Uint8Array.of(n);
const inPlace = (a: Uint8Array): Promise<string> => Promise.resolve(`in place ${a[0]}`);

function begun(): { fakes: Fake[]; code: ReturnType<typeof coder> } {
  const fakes: Fake[] = [];
  const begin = (): Worker => {
    fakes.push(new Fake());
    return fakes.at(-1) as unknown as Worker;
  };
  return { fakes, code: coder(begin, inPlace) };
}

describe('the code worker', () => {
  it('computes one at a time; of those who wait only the last is computed', async () => {
    const { fakes, code } = begun();
    const [one, two, three] = [code(of(1)), code(of(2)), code(of(3))];
    const [fake] = fakes;
    expect(fake?.asked).toEqual([of(1)]);
    fake?.answer('first');
    await expect(one).resolves.toBe('first');
    await expect(two).rejects.toThrow('another epoch');
    expect(fake?.asked).toEqual([of(1), of(3)]);
    fake?.answer('third');
    await expect(three).resolves.toBe('third');
    expect(fakes).toHaveLength(1);
  });
  it('says when a code cannot be computed, and goes on', async () => {
    const { fakes, code } = begun();
    const one = code(of(1));
    fakes[0]?.answer(null);
    await expect(one).rejects.toThrow('no code');
    const two = code(of(2));
    fakes[0]?.answer('second');
    await expect(two).resolves.toBe('second');
  });
  it('is done without where it does not start or dies', async () => {
    const dying = begun();
    const [one, two] = [dying.code(of(1)), dying.code(of(2))];
    dying.fakes[0]?.onerror?.();
    expect(dying.fakes[0]?.ended).toBe(true);
    expect(await Promise.all([one, two, dying.code(of(3))])).toEqual(['in place 1', 'in place 2', 'in place 3']);
    const never = coder(() => { throw new Error('no worker in a worker'); }, inPlace);
    await expect(never(of(4))).resolves.toBe('in place 4');
  });
});
