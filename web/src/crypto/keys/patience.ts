// SPDX-License-Identifier: EUPL-1.2
// What lasts: things that may mend themselves at once are told only when they are still there after five seconds.

export const PATIENCE_MS = 5_000;

export class Patience {
  private readonly since = new Map<string, number>();
  private readonly told = new Set<string>();

  /** What is the case now, by name. */
  look(names: readonly string[], now: number): void {
    const present = new Set(names);
    for (const name of this.since.keys())
      if (!present.has(name)) {
        this.since.delete(name);
        this.told.delete(name);
      }
    for (const name of present) if (!this.since.has(name)) this.since.set(name, now);
  }

  lasts = (name: string, now: number): boolean => now - (this.since.get(name) ?? now) >= PATIENCE_MS;

  /** True once for each thing that lasts. */
  tell(name: string, now: number): boolean {
    if (!this.lasts(name, now) || this.told.has(name)) return false;
    this.told.add(name);
    return true;
  }

  deadline(now: number): number | null {
    const ends = [...this.since.values()].map((since) => since + PATIENCE_MS).filter((at) => at > now);
    return ends.length === 0 ? null : Math.min(...ends);
  }
}
