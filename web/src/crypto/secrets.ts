// SPDX-License-Identifier: EUPL-1.2
// The two workers that hold keys, as one thing for the page: made before the room is entered, gone with it. It passes
// messages on, and says by name whose key opened a line.
// Invariant: a line bears the name that the group's tree gave the leaf in the very epoch of the frame.

import type { WorldEvent } from '../event';
import type { KeysToServer } from '../wire/delivery';
import type { PersonId } from '../wire/messages';
import type { Frames, FramesEvent } from './frames/frames';
import type { KeysToPage, PageMessage, Removing, Roster } from './keys/messages';
import { type Start, type Workers, workers } from './workers';

export interface Secrets {
  /** Starts the workers, unless they run. */
  open(holder: string): void;
  tell(message: PageMessage): void;
  /** For the media connection; null while closed: then nothing may be sent. */
  frames(): Frames | null;
  /** Every key is forgotten. */
  close(): void;
}

interface Around {
  act(e: WorldEvent): void;
  clock(): number;
  send(message: KeysToServer | Removing): void;
  /** Other workers, in a test. */
  readonly start?: Start;
}

/** As many as SFrame's key ids tell apart. */
const EPOCHS = 16;

type Opened = Extract<FramesEvent, { type: 'opened' }>;

export function secrets({ act, clock, send, start }: Around): Secrets {
  let running: Workers | null = null;
  let leaves = new Map<number, ReadonlyMap<number, PersonId>>();
  let early: Opened[] = [];
  let failing = new Set<string>();

  function learn({ epoch, leaves: named }: Roster): void {
    if (epoch === null) return;
    leaves.delete(epoch);
    leaves.set(epoch, new Map(named.map((l) => [l.leaf, l.person])));
    for (const old of [...leaves.keys()].slice(0, -EPOCHS)) leaves.delete(old);
    const waiting = early;
    early = [];
    waiting.forEach(name);
  }

  /** A frame may be opened before the page has heard of its epoch. */
  function name(e: Opened): void {
    const known = leaves.get(e.epoch);
    if (known === undefined) early = [...early.filter((other) => other.mid !== e.mid), e];
    else act({ type: 'opened', mid: e.mid, person: known.get(e.leaf) ?? null });
  }

  function fromKeys(told: KeysToPage): void {
    if (told.type === 'send') return send(told.message);
    act({ type: 'keys', now: clock(), told });
    if (told.type === 'roster') learn(told.roster);
  }

  function fromFrames(e: FramesEvent): void {
    switch (e.type) {
      case 'opened':
        return name(e);
      case 'failing':
        failing = new Set([...failing].filter((mid) => mid !== e.mid).concat(e.failing ? [e.mid] : []));
        return act({ type: 'undecryptable', mids: [...failing] });
      case 'unsealed':
      case 'dead':
        return act({ type: 'unsealed' });
    }
  }

  function open(holder: string): void {
    if (running !== null) return;
    running = workers(holder, { keys: fromKeys, frames: fromFrames }, start);
  }

  return {
    open,
    tell: (message) => running?.tell(message),
    frames: () => running?.frames() ?? null,
    close: () => {
      running?.close();
      running = null;
      leaves = new Map();
      early = [];
      failing = new Set();
    },
  };
}
