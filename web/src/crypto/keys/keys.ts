// SPDX-License-Identifier: EUPL-1.2
// The page's side of the keys worker. The page never holds a key: it passes messages between the line and the worker,
// and draws what the worker says.

import codeAddress from '../code/worker.ts?worker&url';
import { startWorker } from '../script';
import type { KeysToPage, PageMessage, Tie } from './messages';
import address from './worker.ts?worker&url';

export interface Keys {
  tell(message: PageMessage): void;
  /** All keys are forgotten. */
  close(): void;
}

/**
 * `framesPort` is the other end of the frames worker's port, and goes to the keys worker for good. `holder` tells the
 * users of one browser apart.
 */
export function keys(framesPort: MessagePort, holder: string, heard: (message: KeysToPage) => void): Keys {
  const worker = startWorker(address, holder);
  let code: Worker | null = null;
  worker.addEventListener('message', ({ data }: MessageEvent<KeysToPage>) => {
    if (data.type === 'roster' && data.roster.epoch !== null) code ??= beginCode();
    heard(data);
  });
  worker.addEventListener('error', () => heard({ type: 'failed', what: 'the keys worker' }));
  const post = (message: PageMessage | Tie, ports: MessagePort[] = []): void => worker.postMessage(message, ports);
  post({ type: 'frames-port', port: framesPort }, [framesPort]);

  /** When there is something to compute, so that nothing that is needed for the keys waits for it. */
  function beginCode(): Worker {
    const begun = startWorker(codeAddress, 'code');
    const { port1, port2 } = new MessageChannel();
    begun.addEventListener('error', () => {
      begun.terminate();
      post({ type: 'code-lost' });
    });
    begun.postMessage(port1, [port1]);
    post({ type: 'code-port', port: port2 }, [port2]);
    return begun;
  }

  return {
    tell: (message) => post(message),
    close: () => {
      worker.terminate();
      code?.terminate();
    },
  };
}
