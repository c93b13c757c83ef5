// SPDX-License-Identifier: EUPL-1.2
// The keys worker's side of the code worker, which the page starts and which is at the other end of a port: a worker
// that starts one of its own may stand still for ever in Firefox. Without a code worker the code is computed in place.
// Invariant: one code at a time; of those who ask while one is computed only the last gets an answer, since the epochs
// of the others are over.

import { roomCode } from '../keys/code';

/** null: it could not be computed. */
export interface Coded {
  readonly code: string | null;
}

export type Coder = (epochAuthenticator: Uint8Array) => Promise<string>;

/** As much of a MessagePort as is needed. */
export interface CodePort {
  postMessage(epochAuthenticator: Uint8Array): void;
  onmessage: ((e: MessageEvent<Coded>) => void) | null;
}

export interface Coding {
  /** Who asks before the code worker is there waits for it. */
  readonly code: Coder;
  /** The code worker is at the other end. */
  take(port: CodePort): void;
  /** There is none, or none any more. */
  lost(): void;
}

interface Asked {
  readonly authenticator: Uint8Array;
  readonly done: (code: string) => void;
  readonly failed: (e: Error) => void;
}

export function coding(inPlace: Coder = roomCode): Coding {
  let port: CodePort | null = null;
  let computing: Asked | null = null;
  let next: Asked | null = null;
  let gone = false;

  function turn(): void {
    if (port === null || computing !== null || next === null) return;
    computing = next;
    next = null;
    port.postMessage(computing.authenticator);
  }

  function answered({ code }: Coded): void {
    const asked = computing;
    computing = null;
    if (code === null) asked?.failed(new Error('no code'));
    else asked?.done(code);
    turn();
  }

  return {
    code: (authenticator) =>
      new Promise((done, failed) => {
        if (gone) return void inPlace(authenticator).then(done, failed);
        next?.failed(new Error('another epoch'));
        next = { authenticator, done, failed };
        turn();
      }),
    take: (given) => {
      if (gone) return;
      port = given;
      port.onmessage = ({ data }) => answered(data);
      turn();
    },
    lost: () => {
      gone = true;
      if (port !== null) port.onmessage = null;
      const left = [computing, next];
      computing = next = null;
      for (const asked of left) if (asked !== null) inPlace(asked.authenticator).then(asked.done, asked.failed);
    },
  };
}
