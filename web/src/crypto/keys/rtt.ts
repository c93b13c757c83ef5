// SPDX-License-Identifier: EUPL-1.2
// Real-time text (EN 301 549, 6.2; after ITU-T T.140): the line that somebody writes is seen as it is written. What
// changed is sent at most every 300 ms; every tenth piece, and the first that new readers get, is the whole line.

import type { Said } from './padded';

export const FLUSH_MS = 300;
const WHOLE_EVERY = 10;
type Piece = Extract<Said, { type: 'rtt' }>;

/** One's own line. */
export class Writer {
  private line = '';
  private sent = '';
  private seq = 0;
  private whole = true;
  private at = -Infinity;

  write(line: string): void {
    this.line = line;
  }

  /** The line was said, or given up by the reader's going. */
  clear(): void {
    this.line = '';
    this.sent = '';
    this.whole = true;
  }

  /** Somebody came who saw nothing of the line yet. */
  anew(): void {
    this.whole = true;
  }

  due = (): number | null => (this.line === this.sent ? null : this.at + FLUSH_MS);

  next(now: number): Piece | null {
    const { line, sent } = this;
    if (line === sent) return null;
    this.seq += 1;
    const all = this.whole || this.seq % WHOLE_EVERY === 0;
    this.whole = false;
    this.sent = line;
    this.at = now;
    if (all) return { type: 'rtt', seq: this.seq, all, erase: 0, put: line };
    let same = 0;
    while (same < line.length && same < sent.length && line[same] === sent[same]) same += 1;
    return { type: 'rtt', seq: this.seq, all, erase: sent.length - same, put: line.slice(same) };
  }
}

/** Another's line, as far as it was seen. */
export class Reader {
  private line = '';
  /** null: a piece was missed; the next whole line mends it. */
  private seq: number | null = null;

  clear(): void {
    this.line = '';
  }

  /** null: nothing can be made of it. */
  take(piece: Piece, characters: number): string | null {
    const follows = this.seq !== null && piece.seq === this.seq + 1;
    this.seq = piece.all || follows ? piece.seq : null;
    if (this.seq === null) return null;
    const kept = piece.all ? '' : this.line.slice(0, Math.max(0, this.line.length - piece.erase));
    this.line = `${kept}${piece.put}`.slice(0, characters);
    return this.line;
  }
}
