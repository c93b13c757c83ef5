// SPDX-License-Identifier: EUPL-1.2
// The frames worker and the keys worker, which belong together: the one's port is at the other's end. A worker whose
// file could not be fetched (the server was just away) is started again; one that ran and died is told.
// Invariant: nothing is told to the keys worker before both are known to run, and then everything in order.

import { type Frames, type FramesEvent, frames as startFrames } from './frames/frames';
import { type Keys, keys as startKeys } from './keys/keys';
import type { KeysToPage, PageMessage } from './keys/messages';

export interface Workers {
  tell(message: PageMessage): void;
  /** For the media connection, once there are keys. */
  frames(): Frames;
  close(): void;
}

interface Heard {
  keys(told: KeysToPage): void;
  frames(e: FramesEvent): void;
}

export interface Start {
  readonly frames: typeof startFrames;
  readonly keys: typeof startKeys;
}

export const RETRY_MS = 500;
/** Many tabs that start on a slow machine take seconds; what could not be fetched is told at once. */
const START_MS = 15_000;

const START: Start = { frames: startFrames, keys: startKeys };

export function workers(holder: string, heard: Heard, start: Start = START): Workers {
  let waiting: PageMessage[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let closed = false;
  let pair = begin();

  function begin(): { readonly frames: Frames; readonly keys: Keys; runs: boolean } {
    let alive = 0;
    const mine = (): boolean => !closed && pair.frames === frames;
    const frames = start.frames((e) => {
      if (!mine()) return;
      if (e.type === 'dead' && !pair.runs) again();
      else heard.frames(e);
    });
    const keys = start.keys(frames.keysPort, holder, (told) => {
      if (!mine()) return;
      if (told.type === 'failed' && !pair.runs) return again();
      heard.keys(told);
      if (told.type === 'device') lives();
    });
    void frames.counts(START_MS).then((counts) => {
      if (!mine()) return;
      if (counts === null) again();
      else lives();
    });

    function lives(): void {
      if (++alive < 2) return;
      pair.runs = true;
      const early = waiting;
      waiting = [];
      early.forEach(keys.tell);
    }

    return { frames, keys, runs: false };
  }

  function end(): void {
    pair.keys.close();
    pair.frames.close();
  }

  function again(): void {
    end();
    clearTimeout(timer);
    timer = setTimeout(() => (pair = begin()), RETRY_MS);
  }

  return {
    tell: (message) => {
      if (pair.runs) pair.keys.tell(message);
      else waiting.push(message);
    },
    frames: () => pair.frames,
    close: () => {
      closed = true;
      clearTimeout(timer);
      end();
    },
  };
}
