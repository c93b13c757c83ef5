// SPDX-License-Identifier: EUPL-1.2
// What the tests of the frames share: a clock that stands until it is moved, frames, epochs.

import type { Clock } from '../../src/crypto/frames/clock';
import type { KeysMessage } from '../../src/crypto/frames/messages';
import type { Frame } from '../../src/crypto/frames/sealer';

/** Time passes only in pass(). */
export interface FakeClock extends Clock {
  pass(ms: number): void;
}

export function fakeClock(): FakeClock {
  let now = 1_000;
  let due: { readonly at: number; readonly call: () => void }[] = [];
  return {
    now: () => now,
    after: (ms, call) => {
      const mine = { at: now + ms, call };
      due.push(mine);
      return () => {
        due = due.filter((d) => d !== mine);
      };
    },
    pass: (ms) => {
      const end = now + ms;
      for (;;) {
        const next = due.filter((d) => d.at <= end).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        now = Math.max(now, next.at);
        due = due.filter((d) => d !== next);
        next.call();
      }
      now = end;
    },
  };
}

export function frame(bytes: readonly number[], mimeType = 'video/VP9', type = 'delta'): Frame {
  return { data: Uint8Array.from(bytes).buffer, type, getMetadata: () => ({ mimeType }) };
}

export function copyOf(f: Frame, type = f.type ?? 'delta'): Frame {
  return { data: f.data.slice(0), type, getMetadata: () => f.getMetadata() };
}

export function bytesOf(f: Frame): number[] {
  return [...new Uint8Array(f.data)];
}

type Epoch = Extract<KeysMessage, { type: 'epoch' }>;

/** Every epoch has a base key of its own, which `branch` changes. */
export function epochMessage(epoch: number, own: number, more: Partial<Epoch> & { branch?: number } = {}): Epoch {
  const { branch = 0, ...given } = more;
  const baseKey = new Uint8Array(16).fill(epoch % 251).fill(branch, 0, 1);
  const rest = { own, leaves: [0, 1, 2], keepFormer: 10_000, gone: [], baseKey };
  return { type: 'epoch', group: 'meeting', epoch, ...rest, ...given };
}

/** Lets WebCrypto, which knows no fake clock, finish what was begun. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((done) => setImmediate(done));
}
