// SPDX-License-Identifier: EUPL-1.2
// The code worker as the keys worker sees it: one code at a time, the newest epoch's next, and in place without it.
import { describe, expect, it } from 'vitest';
import { type CodePort, coding, type Coding } from '../../src/crypto/code/code';

class Fake implements CodePort {
  readonly asked: Uint8Array[] = [];
  onmessage: CodePort['onmessage'] = null;
  postMessage = (a: Uint8Array): void => void this.asked.push(a);
  answer = (code: string | null): void => this.onmessage?.({ data: { code } } as MessageEvent);
}

const of = (n: number): Uint8Array => Uint8Array.of(n);
const inPlace = (a: Uint8Array): Promise<string> => Promise.resolve(`in place ${a[0]}`);

function begun(): Coding & { readonly fake: Fake } {
  const fake = new Fake();
  const coder = coding(inPlace);
  coder.take(fake);
  return { ...coder, fake };
}

describe('the code worker', () => {
  it('computes one at a time; of those who wait only the last is computed', async () => {
    const { fake, code } = begun();
    const [one, two, three] = [code(of(1)), code(of(2)), code(of(3))];
    expect(fake.asked).toEqual([of(1)]);
    fake.answer('first');
    await expect(one).resolves.toBe('first');
    await expect(two).rejects.toThrow('another epoch');
    expect(fake.asked).toEqual([of(1), of(3)]);
    fake.answer('third');
    await expect(three).resolves.toBe('third');
  });
  it('is waited for; of those who wait only the last is computed', async () => {
    const { code, take } = coding(inPlace);
    const [one, two] = [code(of(1)), code(of(2))];
    const fake = new Fake();
    take(fake);
    await expect(one).rejects.toThrow('another epoch');
    expect(fake.asked).toEqual([of(2)]);
    fake.answer('second');
    await expect(two).resolves.toBe('second');
  });
  it('says when a code cannot be computed, and goes on', async () => {
    const { fake, code } = begun();
    const one = code(of(1));
    fake.answer(null);
    await expect(one).rejects.toThrow('no code');
    const two = code(of(2));
    fake.answer('second');
    await expect(two).resolves.toBe('second');
  });
  it('is done without where it does not start or dies', async () => {
    const { fake, ...dying } = begun();
    const [one, two] = [dying.code(of(1)), dying.code(of(2))];
    dying.lost();
    fake.answer('too late');
    expect(await Promise.all([one, two, dying.code(of(3))])).toEqual(['in place 1', 'in place 2', 'in place 3']);
    const never = coding(inPlace);
    const four = never.code(of(4));
    never.lost();
    await expect(four).resolves.toBe('in place 4');
  });
});
