// SPDX-License-Identifier: EUPL-1.2
// The page's side of the keys worker. The page never holds a key: it passes messages between the line and the worker,
// and draws what the worker says.

import { startWorker } from '../script';
import type { KeysToPage, PageMessage } from './messages';
import address from './worker.ts?worker&url';

export interface Keys {
  tell(message: Exclude<PageMessage, { type: 'frames-port' }>): void;
  /** All keys are forgotten. */
  close(): void;
}

/**
 * `framesPort` is the other end of the frames worker's port, and goes to the keys worker for good. `holder` tells the
 * users of one browser apart.
 */
export function keys(framesPort: MessagePort, holder: string, heard: (message: KeysToPage) => void): Keys {
  const worker = startWorker(address, holder);
  worker.addEventListener('message', ({ data }: MessageEvent<KeysToPage>) => heard(data));
  worker.addEventListener('error', () => heard({ type: 'failed', what: 'the keys worker' }));
  const post = (message: PageMessage, transfer: Transferable[] = []): void => worker.postMessage(message, transfer);
  post({ type: 'frames-port', port: framesPort }, [framesPort]);
  return { tell: (message) => post(message), close: () => worker.terminate() };
}
