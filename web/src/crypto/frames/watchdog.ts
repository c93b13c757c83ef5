// SPDX-License-Identifier: EUPL-1.2
// Does what leaves come from the worker? A browser that takes no notice of a transform says nothing (measured:
// research/e2ee.md, 1.1). Invariant: a line on which something leaves is stopped at the first look if nothing was ever
// sealed on it, and soon if nothing is any more.

import type { SourceName } from '../../wire/messages';
import type { Frames } from './frames';
import type { Counts } from './messages';

const LOOK_MS = 500;

export interface Watched {
  readonly source: SourceName;
  readonly line: number;
  readonly transceiver: RTCRtpTransceiver;
}

/** So many looks after the last sealed frame something may still wait to be sent: a great picture on a narrow link. */
const PATIENCE = { sound: 2, picture: 10 } as const;

/** Of one line, at the last look. */
export interface Look {
  /** Bytes that were sent for the first time, without headers and padding. */
  readonly bytes: number;
  readonly sealed: number;
  /** For how many looks nothing was sealed. */
  readonly idle: number;
}

export const NEVER: Look = { bytes: 0, sealed: 0, idle: Infinity };

/** What leaves must have been sealed a while ago at most. `sealed` is null when the worker did not answer. */
export function look(
  before: Look,
  kind: keyof typeof PATIENCE,
  bytes: number,
  sealed: number | null,
): { readonly now: Look; readonly ok: boolean } {
  const idle = sealed !== null && sealed > before.sealed ? 0 : before.idle + 1;
  return { now: { bytes, sealed: sealed ?? before.sealed, idle }, ok: bytes <= before.bytes || idle < PATIENCE[kind] };
}

function kindOf(source: SourceName): keyof typeof PATIENCE {
  return source === 'microphone' || source === 'screen_sound' ? 'sound' : 'picture';
}

interface Outbound {
  readonly type: string;
  readonly bytesSent?: number;
  readonly retransmittedBytesSent?: number;
}

async function sent(sender: RTCRtpSender): Promise<number> {
  let bytes = 0;
  (await sender.getStats()).forEach((r: Outbound) => {
    if (r.type === 'outbound-rtp') bytes += (r.bytesSent ?? 0) - (r.retransmittedBytesSent ?? 0);
  });
  return bytes;
}

/**
 * Frames that went through the worker, sealed or kept back: while it keeps back all of them, Chromium sends the last
 * sealed ones again, as padding that it counts as sent for the first time (measured: 800 kbit/s).
 */
function handled(counts: Counts | null, line: number): number | null {
  const count = counts?.[line];
  if (count?.direction !== 'seal') return null;
  return Object.values(count.failed).reduce((sum, n) => sum + n, count.sealed);
}

/** Until the returned function is called. `failed`: a line was stopped. */
export function watchdog(frames: Frames, lines: readonly Watched[], failed: (w: Watched) => void): () => void {
  const looks = new Map<number, Look>();
  /** Lines that were stopped; what they had under way may still be counted. */
  const caught = new Set<number>();
  let stopped = false;
  let timer = setTimeout(() => void turn(), LOOK_MS);

  async function inspect(): Promise<void> {
    // In this order: what is sealed in between has not been seen to leave.
    const bytes = await Promise.all(lines.map((w) => sent(w.transceiver.sender)));
    const counts = await frames.counts();
    lines.forEach((w, i) => {
      const { now, ok } = look(
        looks.get(w.line) ?? NEVER,
        kindOf(w.source),
        bytes[i] ?? 0,
        handled(counts, w.line),
      );
      looks.set(w.line, now);
      if (ok || stopped || caught.has(w.line)) return;
      caught.add(w.line);
      w.transceiver.stop();
      frames.unsealed(w.source);
      failed(w);
    });
  }

  async function turn(): Promise<void> {
    try {
      await inspect();
    } catch (e) {
      if (!stopped) console.error('a look at what leaves failed', e);
    }
    if (!stopped) timer = setTimeout(() => void turn(), LOOK_MS);
  }

  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
