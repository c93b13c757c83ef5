// SPDX-License-Identifier: EUPL-1.2
// All media of this page together: the own sources, the connection that carries them, what it brings, the measurements.
// Invariant: nothing is told of a connection that was closed, nor of an offer that came after.

import type { Frames } from '../crypto/frames/frames';
import type { WorldEvent } from '../event';
import type { Port } from '../port';
import type { PersonId, Relay, Slot, SourceName, Watched } from '../wire/messages';
import { type Connection, connection, type ConnectionStatus, type Offer } from './connection';
import { type SoundChecks, soundChecks } from './echo';
import { layout } from './layout';
import { meter } from './level';
import { type Own, own as ownSources } from './own';
import { type Slots, slots as receiveSlots } from './slots';
import { port } from './streams';
import { watch } from './watch';

export interface Session {
  readonly own: Own;
  readonly slots: Slots;
  readonly sound: SoundChecks;
  readonly port: Port;
  /** A new connection, the former one closed, without tracks; it takes its first offer when it is opened. */
  prepare(): void;
  /** Offers what was prepared, or a new connection, the former one closed. */
  open(): void;
  /** An ICE restart. */
  restart(): void;
  answer(sdp: string): void;
  /** Of the own pictures. */
  layers(watched: Watched): void;
  /** See the effect of this name. */
  economise(on: boolean): void;
  /** Say again how large everything is drawn. */
  drawn(): void;
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
  /** Of the house, as the server last said. */
  relays(): readonly Relay[];
  /** Should this line bring something at this moment? */
  expected(slot: Slot): boolean;
  /** Seals what leaves and opens what comes; null: there are no keys, and so no connection. */
  frames(): Frames | null;
}

/** Of a connection that has lines, but no track, no address and no packet yet (ATTACKS C24). */
interface Prepared {
  readonly frames: Frames;
  readonly relays: readonly Relay[];
}

/** Who waits in the lobby knows of no relay: where the house has one, `open` begins anew with it. */
const alike = (a: readonly Relay[], b: readonly Relay[]): boolean => a === b || a.length + b.length === 0;

const SOURCES: readonly SourceName[] = ['microphone', 'camera', 'screen', 'screen_sound'];

/** Of the own camera while this machine does not keep up. */
const THRIFTY_RATE = 15;

function unheard(e: unknown): void {
  console.error('a line could not be changed', e);
}

function setLayers(pc: Connection | null, { camera, screen }: Watched): void {
  pc?.setWatched('camera', camera).catch(unheard);
  pc?.setWatched('screen', screen).catch(unheard);
}

function setRate(pc: Connection | null, thrifty: boolean): void {
  pc?.setRate('camera', thrifty ? THRIFTY_RATE : null).catch(unheard);
}

export function session(around: Around): Session {
  const { act, clock } = around;
  let pc: Connection | null = null;
  let prepared: Prepared | null = null;
  let thrifty = false;
  let stopWatching = (): void => undefined;
  let stopMeter = (): void => undefined;
  const slots = receiveSlots(act);
  const own = ownSources(act, sourceChanged);
  const drawn = layout(slots.pictured, (lines) => act({ type: 'drawn', lines }));

  function sourceChanged(source: SourceName, track: MediaStreamTrack | null): void {
    if (prepared === null) pc?.setTrack(source, track).catch(unheard); // else it has to wait for `open`
    if (source !== 'microphone') return;
    stopMeter();
    stopMeter = track === null ? () => undefined : meter(track, act);
  }

  function failed(mine: Connection | null, e: unknown): void {
    if (mine !== pc) return;
    console.error('the media connection', e);
    act({ type: 'media', now: clock(), status: 'failed' });
  }

  function close(): void {
    stopWatching();
    drawn.stop();
    slots.lines([]);
    pc?.close();
    pc = null;
    prepared = null;
  }

  function told(mine: Connection, status: ConnectionStatus): void {
    if (mine !== pc) return;
    if (prepared === null) act({ type: 'media', now: clock(), status });
    else close(); // nothing was told of it, and `open` makes another
  }

  /** What was prepared like this, or else a new connection. */
  function lay(frames = around.frames(), relays = around.relays()): Connection {
    if (pc !== null && prepared?.frames === frames && alike(prepared.relays, relays)) return pc;
    close();
    if (frames === null) throw new Error('no media without keys');
    const mine = connection(around.phone, (status) => told(mine, status), frames, relays);
    [pc, prepared] = [mine, { frames, relays }];
    setRate(mine, thrifty);
    mine.prepare();
    return mine;
  }

  function prepare(): void {
    try {
      lay();
    } catch {
      close(); // as it will again in `open`, which tells
    }
  }

  function open(): void {
    try {
      const mine = lay();
      prepared = null;
      stopWatching = watch(mine, slots.carried, around);
      Promise.all(SOURCES.map((source) => mine.setTrack(source, own.track(source))))
        .then(() => propose(mine, false), (e: unknown) => failed(mine, e));
    } catch (e) {
      failed(pc, e);
    }
  }

  const propose = (mine: Connection, restart: boolean): Promise<void> =>
    mine.offer(restart).then((made) => offered(mine, made, restart)).catch((e: unknown) => failed(mine, e));

  function offered(mine: Connection, { sdp, roles }: Offer, restart: boolean): void {
    if (mine !== pc) return;
    slots.lines(mine.receiving());
    act({ type: 'offered', now: clock(), sdp, roles, restart });
  }

  return {
    own,
    slots,
    sound: soundChecks(() => own.track('microphone'), act),
    port: port(own, slots, around.self, drawn.look),
    prepare,
    open,
    restart: () => (pc === null ? undefined : void propose(pc, true)),
    answer: (sdp) => {
      const mine = pc;
      mine?.answer(sdp).then(drawn.again, (e: unknown) => failed(mine, e));
    },
    layers: (watched) => setLayers(pc, watched),
    economise: (on) => {
      thrifty = on;
      drawn.economise(on);
      setRate(pc, on);
    },
    drawn: drawn.again,
    close,
  };
}
