// SPDX-License-Identifier: EUPL-1.2
// The keys worker's side of the code worker, which it starts when the first code is asked for. Where a worker cannot
// start one of its own, the code is computed in place. Invariant: one code at a time; of those who ask while one is
// computed only the last gets an answer, since the epochs of the others are over.

import { roomCode } from '../keys/code';
import { startWorker } from '../script';
import address from './worker.ts?worker&url';

/** null: it could not be computed. */
export interface Coded {
  readonly code: string | null;
}

export type Coder = (epochAuthenticator: Uint8Array) => Promise<string>;

interface Asked {
  readonly authenticator: Uint8Array;
  readonly done: (code: string) => void;
  readonly failed: (e: Error) => void;
}

const start = (): Worker => startWorker(address, 'code');

export function coder(begin: () => Worker = start, inPlace: Coder = roomCode): Coder {
  let worker: Worker | null = null;
  let computing: Asked | null = null;
  let next: Asked | null = null;
  let gone = false;

  function fall(): void {
    gone = true;
    worker?.terminate();
    worker = null;
    const left = [computing, next];
    computing = next = null;
    for (const asked of left) if (asked !== null) inPlace(asked.authenticator).then(asked.done, asked.failed);
  }

  function ready(): Worker {
    if (worker !== null) return worker;
    worker = begin();
    worker.onmessage = ({ data }: MessageEvent<Coded>) => {
      const asked = computing;
      computing = null;
      if (data.code === null) asked?.failed(new Error('no code'));
      else asked?.done(data.code);
      const waiting = next;
      next = null;
      if (waiting !== null) ask(waiting);
    };
    worker.onerror = fall;
    return worker;
  }

  function ask(asked: Asked): void {
    computing = asked;
    try {
      ready().postMessage(asked.authenticator);
    } catch {
      fall();
    }
  }

  return (authenticator) =>
    new Promise((done, failed) => {
      const asked = { authenticator, done, failed };
      if (gone) inPlace(authenticator).then(done, failed);
      else if (computing === null) ask(asked);
      else {
        next?.failed(new Error('another epoch'));
        next = asked;
      }
    });
}
