// SPDX-License-Identifier: EUPL-1.2
// The commits of the last ten minutes, so that a server that was restarted and kept nothing can be given the group
// back.

export const KEEP_MS = 10 * 60_000;
/** What `key-resume` may carry: 40,000 letters of base64. */
export const COMMITS = 16;
export const BYTES = 29_000;

interface Kept {
  /** The epoch that it ended. */
  readonly epoch: number;
  readonly commit: Uint8Array;
  readonly at: number;
}

export class Commits {
  private kept: readonly Kept[] = [];

  add(epoch: number, commit: Uint8Array, now: number): void {
    const before = this.kept.at(-1)?.epoch === epoch - 1 ? this.kept : [];
    this.kept = [...before, { epoch, commit, at: now }].filter((k) => now - k.at <= KEEP_MS).slice(-COMMITS);
  }

  /** The newest that fit, oldest first, the last of them the one that led to `epoch`. */
  newest(epoch: number, now: number): readonly Uint8Array[] {
    if (this.kept.at(-1)?.epoch !== epoch - 1) return [];
    const taken: Uint8Array[] = [];
    let bytes = 0;
    for (const { commit, at } of [...this.kept].reverse()) {
      bytes += commit.length;
      if (bytes > BYTES || now - at > KEEP_MS) break;
      taken.unshift(commit);
    }
    return taken;
  }
}
