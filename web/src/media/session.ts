// SPDX-License-Identifier: EUPL-1.2
// All media of this page together: the own sources, the connection that carries them, what it brings, the measurements.
// Invariant: nothing is told of a connection that was closed, nor of an offer that came after.

import type { Frames } from '../crypto/frames/frames';
import type { WorldEvent } from '../event';
import type { Port } from '../port';
import type { PersonId, SourceName } from '../wire/messages';
import { type Connection, connection, type ConnectionStatus } from './connection';
import { meter } from './level';
import { type Own, own as ownSources } from './own';
import { type Slots, slots as receiveSlots } from './slots';
import { port } from './streams';
import { watch } from './watch';

export interface Session {
  readonly own: Own;
  readonly slots: Slots;
  readonly port: Port;
  /** A new connection, the former one closed. */
  open(): void;
  /** An ICE restart. */
  restart(): void;
  answer(sdp: string): void;
  close(): void;
}

/** What the media must know of the rest. */
export interface Around {
  readonly phone: boolean;
  act(e: WorldEvent): void;
  clock(): number;
  self(): PersonId | null;
  /** Of the own microphone, as the meter last said. */
  level(): number;
  /** Seals what leaves and opens what comes; null: there are no keys, and so no connection. */
  frames(): Frames | null;
}

const SOURCES: readonly SourceName[] = ['microphone', 'camera', 'screen', 'screen_sound'];

export function session(around: Around): Session {
  const { act, clock } = around;
  let pc: Connection | null = null;
  let stopWatching = (): void => undefined;
  let stopMeter = (): void => undefined;
  const slots = receiveSlots(act);
  const own = ownSources(act, sourceChanged);

  function sourceChanged(source: SourceName, track: MediaStreamTrack | null): void {
    pc?.setTrack(source, track).catch((e: unknown) => console.error('a source could not be exchanged', e));
    if (source !== 'microphone') return;
    stopMeter();
    stopMeter = track === null ? () => undefined : meter(track, (level) => act({ type: 'level', level }));
  }

  function failed(mine: Connection | null, e: unknown): void {
    if (mine !== pc) return;
    console.error('the media connection', e);
    act({ type: 'media', now: clock(), status: 'failed' });
  }

  function close(): void {
    stopWatching();
    slots.lines([]);
    pc?.close();
    pc = null;
  }

  function open(): void {
    close();
    try {
      const frames = around.frames();
      if (frames === null) throw new Error('no media without keys');
      const told = (status: ConnectionStatus): void => {
        if (mine === pc) act({ type: 'media', now: clock(), status });
      };
      const mine = connection(around.phone, told, frames);
      pc = mine;
      stopWatching = watch(mine, slots.carried, around);
      const set = SOURCES.map((source) => mine.setTrack(source, own.track(source)));
      Promise.all(set)
        .then(() => offer(mine, false))
        .catch((e: unknown) => failed(mine, e));
    } catch (e) {
      failed(pc, e);
    }
  }

  async function offer(mine: Connection, restart: boolean): Promise<void> {
    const { sdp, roles } = await mine.offer(restart);
    if (mine !== pc) return;
    slots.lines(mine.receiving());
    act({ type: 'offered', now: clock(), sdp, roles, restart });
  }

  return {
    own,
    slots,
    port: port(own, slots, around.self),
    open,
    restart: () => {
      const mine = pc;
      if (mine !== null) offer(mine, true).catch((e: unknown) => failed(mine, e));
    },
    answer: (sdp) => {
      const mine = pc;
      mine?.answer(sdp).catch((e: unknown) => failed(mine, e));
    },
    close,
  };
}
