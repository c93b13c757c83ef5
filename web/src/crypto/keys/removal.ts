// SPDX-License-Identifier: EUPL-1.2
// A removal as those who want it sign it: a message of the group, so signed by the device key of who asks or confirms,
// for this group and epoch, and never taken twice. It names person, device and reason. Whoever hears both says who
// removed somebody; without them it is only the server's word. Invariant: a member is removed by chair and clerk, in
// the same words; a guest by one of them; nobody else's signature counts.

import type { PersonId, Reason } from '../../wire/messages';
import type { Book } from './people';
import type { Leaf } from './tree';

/** A request stands for two minutes, and its confirmation has a way to go. */
export const SIGNED_MS = 150_000;

export interface Removal {
  readonly person: PersonId;
  /** Of the leaf that is to go. */
  readonly device: string;
  readonly reason: Reason;
}

const write = ({ person, device, reason }: Removal): string =>
  JSON.stringify({ type: 'remove', person, device, code: reason.code, text: reason.text ?? '' });

export const written = (removal: Removal): Uint8Array => new TextEncoder().encode(write(removal));

/** null: something else, or not written as we write it. */
export function readRemoval(plain: Uint8Array): Removal | null {
  try {
    const words = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(plain);
    const { person, device, code, text } = JSON.parse(words) as Record<string, unknown>;
    if (typeof person !== 'number' || typeof device !== 'string') return null;
    if (typeof code !== 'string' || typeof text !== 'string') return null;
    const removal = { person, device, reason: { code, text } as Reason };
    return write(removal) === words ? removal : null;
  } catch {
    return null;
  }
}

interface Signed {
  readonly from: Leaf;
  readonly words: string;
  readonly removal: Removal;
  readonly at: number;
}

export class Removals {
  private said: readonly Signed[] = [];

  hear(from: Leaf, removal: Removal, now: number): void {
    const others = this.said.filter((s) => now - s.at < SIGNED_MS && s.from.device !== from.device);
    // The last few of each, since both may ask for several people within two minutes.
    const own = this.said.filter((s) => now - s.at < SIGNED_MS && s.from.device === from.device).slice(-7);
    this.said = [...others, ...own, { from, words: write(removal), removal, at: now }];
  }

  /** Who removed the holder of this leaf; null: not enough of those who may have signed it. */
  signers(leaf: Leaf, book: Book, now: number): readonly Leaf[] | null {
    const fresh = this.said.filter(
      ({ removal, at }) => removal.person === leaf.person && removal.device === leaf.device && now - at < SIGNED_MS,
    );
    const office = book.office(leaf.person);
    const by = (which: 'chair' | 'clerk'): readonly Signed[] =>
      fresh.filter((s) => book.office(s.from.person) === which);
    if (office === 'guest') {
      const [one] = [...by('chair'), ...by('clerk')];
      return one === undefined ? null : [one.from];
    }
    if (office !== 'member') return null;
    for (const clerk of by('clerk')) {
      const chair = by('chair').find((s) => s.words === clerk.words && s.from.person !== clerk.from.person);
      if (chair !== undefined) return [clerk.from, chair.from];
    }
    return null;
  }

  /** They are out: what was signed is done, should they come back. */
  done(person: PersonId): void {
    this.said = this.said.filter((s) => s.removal.person !== person);
  }

  forget(): void {
    this.said = [];
  }
}
