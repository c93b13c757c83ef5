// SPDX-License-Identifier: EUPL-1.2
// What the receive lines carry: pictures for the tiles, sound through <audio> elements that nobody sees.
// Invariant: a line that carries nobody by name is neither shown nor played.

import type { WorldEvent } from '../event';
import type { PersonId, Slot, SlotSource } from '../wire/messages';
import type { ReceivingLine } from './connection';

export interface Carried extends Slot {
  readonly receiver: RTCRtpReceiver;
}

/** A video line and what it shows; null: nobody by name. */
export interface Pictured {
  readonly mid: string;
  readonly stream: MediaStream | null;
  /** Letters have to stay readable. */
  readonly screen?: true;
}

export interface Slots {
  /** The lines of a new connection; none when it was closed. */
  lines(lines: readonly ReceivingLine[]): void;
  assign(slots: readonly Slot[], self: PersonId | null): void;
  streamOf(person: PersonId, source: 'camera' | 'screen'): MediaStream | null;
  /** The lines that carry somebody, for the measurements. */
  carried(): readonly Carried[];
  /** The video lines, each with its picture. */
  pictured(): readonly Pictured[];
  /** In the person's press. */
  allowSound(): void;
  speaker(device: string): void;
}

/** Which lines carry whom: what is ours, what is not there, and a second line of the same source are left out. */
export function carriedBy<L extends { readonly mid: string; readonly kind: 'audio' | 'video' }>(
  lines: readonly L[],
  slots: readonly Slot[],
  self: PersonId | null,
): readonly (readonly [L, Slot])[] {
  const taken = new Set<string>();
  return slots.flatMap((slot) => {
    const line = lines.find((l) => l.mid === slot.mid);
    const key = `${slot.person} ${slot.source}`;
    if (line === undefined || slot.person === self || line.kind !== kindOf(slot.source) || taken.has(key)) return [];
    taken.add(key);
    return [[line, slot] as const];
  });
}

export function kindOf(source: SlotSource): 'audio' | 'video' {
  return source === 'camera' || source === 'screen' ? 'video' : 'audio';
}

interface Picture {
  readonly mid: string;
  readonly track: MediaStreamTrack;
  readonly stream: MediaStream;
  readonly screen?: true;
}

export function slots(act: (e: WorldEvent) => void): Slots {
  let lines: readonly ReceivingLine[] = [];
  let assigned: readonly Slot[] = [];
  let self: PersonId | null = null;
  let carried: readonly Carried[] = [];
  let pictures = new Map<string, Picture>();
  const players = new Map<string, HTMLAudioElement>();
  let sink = '';

  function play(audio: HTMLAudioElement): void {
    audio.play().catch((e: unknown) => {
      if (e instanceof Error && e.name === 'NotAllowedError') act({ type: 'sound-blocked', blocked: true });
    });
  }

  function player(line: ReceivingLine): HTMLAudioElement {
    const audio = document.createElement('audio');
    if (sink !== '') route(audio, sink);
    audio.srcObject = new MediaStream([line.receiver.track]);
    document.body.append(audio); // without controls it is not displayed
    play(audio);
    return audio;
  }

  function silence(mid: string): void {
    const audio = players.get(mid);
    if (audio === undefined) return;
    players.delete(mid);
    audio.srcObject = null;
    audio.remove();
  }

  function update(): void {
    const now = carriedBy(lines, assigned, self);
    const next = new Map<string, Picture>();
    const heard = new Set<string>();
    for (const [line, slot] of now) {
      if (line.kind === 'audio') {
        heard.add(line.mid);
        if (!players.has(line.mid)) players.set(line.mid, player(line));
        continue;
      }
      const key = `${slot.person} ${slot.source}`;
      const old = pictures.get(key);
      const track = line.receiver.track;
      next.set(
        key,
        old?.mid === line.mid && old.track === track
          ? old
          : {
            mid: line.mid, track, stream: new MediaStream([track]),
            ...(slot.source === 'screen' ? { screen: true } : {}),
          },
      );
    }
    for (const mid of [...players.keys()]) if (!heard.has(mid)) silence(mid);
    const changed = next.size !== pictures.size || [...next].some(([key, p]) => pictures.get(key) !== p);
    pictures = next;
    carried = now.map(([line, slot]) => ({ ...slot, receiver: line.receiver }));
    if (changed) act({ type: 'streams-changed' });
  }

  return {
    lines: (given) => {
      lines = given;
      for (const mid of [...players.keys()]) silence(mid); // they played the former connection
      update();
    },
    assign: (given, me) => {
      assigned = given;
      self = me;
      update();
    },
    streamOf: (person, source) => pictures.get(`${person} ${source}`)?.stream ?? null,
    carried: () => carried,
    pictured: () =>
      lines.flatMap(({ mid, kind }) =>
        kind === 'video' ? [[...pictures.values()].find((p) => p.mid === mid) ?? { mid, stream: null }] : [],
      ),
    allowSound: () => {
      act({ type: 'sound-blocked', blocked: false });
      for (const audio of players.values()) play(audio);
    },
    speaker: (device) => {
      sink = device;
      for (const audio of players.values()) route(audio, device);
    },
  };
}

/** A loudspeaker that is gone leaves the sound where it was. */
export function route(audio: HTMLMediaElement, device: string): void {
  if (typeof audio.setSinkId === 'function') audio.setSinkId(device).catch(() => undefined);
}
