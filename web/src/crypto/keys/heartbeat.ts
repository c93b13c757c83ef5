// SPDX-License-Identifier: EUPL-1.2
// The sign of life of an epoch. A server that keeps a removal from somebody leaves that person sending under keys which
// the removed one has; so the lead says every ten seconds, as a message of the group, that this epoch is the present
// one, and who has not heard it for thirty stops sending. The message itself is signed over epoch and tree by MLS.

import type { Book } from './people';
import type { Leaf } from './tree';

export const BEAT_MS = 10_000;
export const STALE_MS = 30_000;
/** Two clients may for a while differ over who leads. */
const LATELY_MS = 20_000;

/** The chair, else the lowest leaf that is connected, to whom all listen; and the next one, to whom the lead does. */
export function leads(leaves: readonly Leaf[], book: Book): readonly Leaf[] {
  const able = leaves.filter((l) => book.connected(l.person));
  const chair = able.find((l) => book.office(l.person) === 'chair');
  return (chair === undefined ? able : [chair, ...able.filter((l) => l !== chair)]).slice(0, 2);
}

export class Heartbeat {
  private heardAt = 0;
  private sentAt = -Infinity;
  /** By device: whom we listened to, and until when. */
  private readonly heeded = new Map<string, number>();

  /** A new epoch counts as heard: whoever made it was alive. */
  epoch(now: number): void {
    this.heardAt = now;
  }

  look(leaves: readonly Leaf[], own: number, book: Book, now: number): void {
    const lead = leads(leaves, book).find((l) => l.leaf !== own);
    if (lead !== undefined) this.heeded.set(lead.device, now);
  }

  hear(from: Leaf, now: number): void {
    if (now - (this.heeded.get(from.device) ?? -Infinity) <= LATELY_MS) this.heardAt = now;
  }

  /** When we must speak; null: it is not ours. */
  due(leaves: readonly Leaf[], own: number, book: Book): number | null {
    return leads(leaves, book).some((l) => l.leaf === own) ? this.sentAt + BEAT_MS : null;
  }

  sent(now: number): void {
    this.sentAt = now;
  }

  /** Whoever is alone, or the only one connected, waits for nobody. */
  staleAt(leaves: readonly Leaf[], own: number, book: Book): number | null {
    return leads(leaves, book).some((l) => l.leaf !== own) ? this.heardAt + STALE_MS : null;
  }
}
