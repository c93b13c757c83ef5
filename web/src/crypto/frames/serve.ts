// SPDX-License-Identifier: EUPL-1.2
// The frames worker: every transform of the page runs in it, over one keyring. worker.ts starts it.
// Invariant: an error on one line ends nothing, and nothing goes through a line but what its sealer or opener let pass.

import type { Clock } from './clock';
import { type Keyring, keyring } from './keyring';
import type { Counts, KeysMessage, LineOptions, PageMessage, WorkerMessage } from './messages';
import { type Opener, opener } from './opener';
import { type Frame, type Sealer, sealer } from './sealer';

/** RTCRtpScriptTransformer, as far as it is needed here; the names of a worker are not in the types of a page. */
interface Transformer {
  readonly options: LineOptions;
  readonly readable: ReadableStream<Frame>;
  readonly writable: WritableStream<Frame>;
  sendKeyFrameRequest(): Promise<void>;
}

/** The worker's own global object. */
export interface Scope {
  onrtctransform: ((e: { readonly transformer: Transformer }) => void) | null;
  onmessage: ((e: MessageEvent<PageMessage>) => void) | null;
  postMessage(m: WorkerMessage): void;
}

const nothing = (): undefined => undefined;

/** Until the connection ends, with or without an error. */
async function each(from: ReadableStream<Frame>, take: (frame: Frame) => Promise<void> | void): Promise<void> {
  const reader = from.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) await take(next.value);
}

function sealLine(t: Transformer, mine: Sealer): void {
  const writer = t.writable.getWriter();
  each(t.readable, async (frame) => {
    if ((await mine.seal(frame)) === 'sealed') writer.write(frame).catch(nothing);
  }).catch(nothing);
}

export function serve(scope: Scope, clock: Clock, holdMs: number): void {
  const ring: Keyring = keyring(clock);
  const lines = new Map<number, Sealer | Opener>();

  function openLine(t: Transformer, options: Extract<LineOptions, { direction: 'open' }>): Opener {
    const writer = t.writable.getWriter();
    const mine = opener(options.role, {
      ring,
      clock,
      holdMs,
      out: (frame) => void writer.write(frame).catch(nothing),
      tell: (opened) => scope.postMessage({ type: 'opened', line: options.line, ...opened }),
      askKeyFrame: () => void t.sendKeyFrameRequest().catch(nothing),
    });
    each(t.readable, mine.take).catch(nothing);
    return mine;
  }

  scope.onrtctransform = ({ transformer }) => {
    const { options } = transformer;
    if (options.direction === 'open') {
      lines.set(options.line, openLine(transformer, options));
      return;
    }
    const mine = sealer(options.source, ring);
    lines.set(options.line, mine);
    sealLine(transformer, mine);
  };

  function counts(): Counts {
    return Object.fromEntries([...lines].map(([line, mine]) => [line, mine.count()]));
  }

  scope.onmessage = ({ data }) => {
    switch (data.type) {
      case 'keys-port':
        data.port.onmessage = (e: MessageEvent<KeysMessage>) => ring.tell(e.data);
        return;
      case 'count':
        return scope.postMessage({ type: 'counts', turn: data.turn, lines: counts() });
      case 'forget':
        for (const line of data.lines) lines.delete(line);
        return;
    }
  };
}
