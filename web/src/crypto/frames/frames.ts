// SPDX-License-Identifier: EUPL-1.2
// The page's side of the frames worker: puts its transform on the lines of a connection and hears what became of them.
// There is one for a page, whatever becomes of its connections: the worker counts what each key has sealed.
// Invariant: once a frame may have left unsealed, no line of this page is ever laid again.

import type { SourceName } from '../../wire/messages';
import { startWorker } from '../script';
import type { Counts, LineOptions, Opened, OpeningRole, PageMessage, WorkerMessage } from './messages';
import address from './worker.ts?worker&url';

export type FramesEvent =
  | ({ readonly type: 'opened'; readonly mid: string } & Opened)
  /** Nothing that comes on this line can be opened, or it can again. */
  | { readonly type: 'failing'; readonly mid: string; readonly failing: boolean }
  /** Something left that the worker did not seal. The line was stopped; only a new page can send again. */
  | { readonly type: 'unsealed'; readonly source: SourceName }
  /** The worker is gone: nothing is sent and nothing is played. */
  | { readonly type: 'dead' };

export interface Frames {
  /** For the keys worker, to be transferred there: it speaks KeysMessage. */
  readonly keysPort: MessagePort;
  /** In the task that lays the line, before the first local description. Both give the line's number. */
  sealing(sender: RTCRtpSender, source: SourceName): number;
  opening(receiver: RTCRtpReceiver, role: OpeningRole, mid: () => string | null): number;
  /** What became of the lines; null if the worker does not answer in `ms`. */
  counts(ms?: number): Promise<Counts | null>;
  /** How many frames of this line were opened, at the last count; null: nobody has counted it yet. */
  opened(mid: string): number | null;
  unsealed(source: SourceName): void;
  /** Lines of a connection that was closed. */
  forget(lines: readonly number[]): void;
  close(): void;
}

/** A worker that is busy answers later; one that does not answer at all seals nothing either. */
const ANSWER_MS = 2_000;

/** Has this browser what it takes? */
export function canSeal(): boolean {
  return 'RTCRtpScriptTransform' in globalThis && 'transform' in RTCRtpSender.prototype;
}

export function frames(
  tell: (e: FramesEvent) => void,
  start: () => Worker = () => startWorker(address, 'frames'),
): Frames {
  const worker = start();
  const keys = new MessageChannel();
  const mids = new Map<number, () => string | null>();
  const failing = new Set<number>();
  const asked = new Map<number, (counts: Counts | null) => void>();
  let latest: Counts = {};
  let lines = 0;
  let turns = 0;
  let broken = false;

  const post = (m: PageMessage, transfer: Transferable[] = []): void => worker.postMessage(m, transfer);
  post({ type: 'keys-port', port: keys.port1 }, [keys.port1]);

  function lay(on: RTCRtpSender | RTCRtpReceiver, options: LineOptions): number {
    if (broken) throw new Error('a frame may have left unsealed');
    on.transform = new RTCRtpScriptTransform(worker, options);
    return options.line;
  }

  function judge(counts: Counts): void {
    latest = counts;
    for (const [line, mid] of mids) {
      const count = counts[line];
      const name = mid();
      if (count?.direction !== 'open' || name === null || count.failing === failing.has(line)) continue;
      if (count.failing) failing.add(line);
      else failing.delete(line);
      tell({ type: 'failing', mid: name, failing: count.failing });
    }
  }

  worker.onmessage = ({ data }: MessageEvent<WorkerMessage>) => {
    if (data.type === 'counts') {
      judge(data.lines);
      return asked.get(data.turn)?.(data.lines);
    }
    const { line, leaf, epoch, context } = data;
    const mid = mids.get(line)?.() ?? null;
    if (mid !== null) tell({ type: 'opened', mid, leaf, epoch, context });
  };
  worker.onerror = () => tell({ type: 'dead' });

  function counts(ms = ANSWER_MS): Promise<Counts | null> {
    const turn = ++turns;
    return new Promise((done) => {
      const timer = setTimeout(() => answer(null), ms);
      function answer(given: Counts | null): void {
        clearTimeout(timer);
        asked.delete(turn);
        done(given);
      }
      asked.set(turn, answer);
      post({ type: 'count', turn });
    });
  }

  return {
    keysPort: keys.port2,
    sealing: (sender, source) => lay(sender, { direction: 'seal', line: ++lines, source }),
    opening: (receiver, role, mid) => {
      const line = lay(receiver, { direction: 'open', line: ++lines, role });
      mids.set(line, mid);
      return line;
    },
    counts,
    opened: (mid) => {
      const line = [...mids].find(([, name]) => name() === mid)?.[0];
      const count = line === undefined ? undefined : latest[line];
      return count?.direction === 'open' ? count.opened : null;
    },
    unsealed: (source) => {
      broken = true;
      tell({ type: 'unsealed', source });
    },
    forget: (closed) => {
      for (const line of closed) {
        mids.delete(line);
        failing.delete(line);
      }
      post({ type: 'forget', lines: closed });
    },
    close: () => {
      broken = true;
      worker.terminate();
    },
  };
}
