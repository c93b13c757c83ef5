// SPDX-License-Identifier: EUPL-1.2
// The only file that knows all: gives events to update(), carries out its effects, and says when to draw.
// Invariant: one event at a time, its effects in order, in the same task, so that a press is still a press for the browser.

import type { Effect } from './effect';
import type { Event, Timer } from './event';
import { type Connection, connection } from './media/connection';
import { bell } from './media/bell';
import { list } from './media/devices';
import { meter } from './media/level';
import { own as ownSources } from './media/own';
import { slots as receiveSlots } from './media/slots';
import { port as streamPort } from './media/streams';
import { watch } from './media/watch';
import type { Port } from './port';
import type { Language, State } from './state';
import { forgetSeat, storeDevice, storeLanguage, storeSeat } from './store/store';
import { initial, update } from './update';
import { backoff } from './wire/backoff';
import type { SourceName } from './wire/messages';
import { socket } from './wire/socket';

export interface App {
  act(e: Event): void;
  state(): State;
  readonly port: Port;
}

/** What the app may know of the browser it runs in. */
export interface World {
  readonly language: Language;
  /** Fewer pictures are received. */
  readonly phone: boolean;
  clock(): number;
  /** The state changed. */
  changed(): void;
}

const SOURCES: readonly SourceName[] = ['microphone', 'camera', 'screen', 'screen_sound'];

export function app(world: World): App {
  let state = initial(world.language);
  const queue: Event[] = [];
  let busy = false;
  const timers = new Map<Timer, ReturnType<typeof setTimeout>>();
  let pc: Connection | null = null;
  let stopWatching = (): void => undefined;
  let stopMeter = (): void => undefined;

  const line = socket(act, () => world.clock());
  const slots = receiveSlots(act);
  const own = ownSources(act, sourceChanged);
  const self = (): number | null => state.self?.id ?? null;

  function act(e: Event): void {
    queue.push(e);
    if (busy) return; // an effect that has an answer at once
    busy = true;
    const before = state;
    try {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const [after, effects] = update(state, next);
        state = after;
        effects.forEach(carryOut);
      }
    } finally {
      busy = false;
    }
    if (state !== before) world.changed();
  }

  function sourceChanged(source: SourceName, track: MediaStreamTrack | null): void {
    pc?.setTrack(source, track).catch((e: unknown) => console.error('a source could not be exchanged', e));
    if (source !== 'microphone') return;
    stopMeter();
    stopMeter = track === null ? () => undefined : meter(track, (level) => act({ type: 'level', level }));
  }

  function carryOut(e: Effect): void {
    switch (e.do) {
      case 'redeem':
        return line.redeem(e.token);
      case 'resume':
        return line.resume('seat' in e ? { seat: e.seat } : { meeting: e.meeting });
      case 'connect':
        return line.connect();
      case 'disconnect':
        return line.disconnect();
      case 'send':
        return line.send(e.message);
      case 'remember-seat':
        storeSeat(e.seat, e.meeting);
        return history.replaceState(null, '', `/m/${e.meeting}${location.search}`);
      case 'forget-seat':
        return forgetSeat();
      case 'remember-language':
        return storeLanguage(e.language);
      case 'remember-device':
        return storeDevice(e.kind, e.id);
      case 'timer':
        return startTimer(e.timer, e.ms);
      case 'retry-line':
        return startTimer('line', backoff(e.attempt, Math.random()));
      case 'stop-timer':
        return clearTimeout(timers.get(e.timer));
      case 'capture':
        return own.capture(e.source, e.device);
      case 'release':
        return own.release(e.source);
      case 'list-devices':
        return listDevices();
      case 'open-media':
        return openMedia();
      case 'restart-media':
        return offer(true);
      case 'answer':
        return answer(e.sdp);
      case 'close-media':
        return closeMedia();
      case 'slots':
        return slots.assign(e.slots, e.self);
      case 'speaker':
        return slots.speaker(e.device);
      case 'test-sound':
        return bell(e.device, () => act({ type: 'test-sound-over' }));
      case 'allow-sound':
        return slots.allowSound();
      case 'reload':
        return location.reload();
    }
  }

  function startTimer(timer: Timer, ms: number): void {
    clearTimeout(timers.get(timer));
    timers.set(timer, setTimeout(() => act({ type: 'timer', now: world.clock(), timer }), ms));
  }

  function listDevices(): void {
    list().then((devices) => act({ type: 'devices', ...devices }), (e: unknown) => console.error('no list of devices', e));
  }

  function mediaFailed(mine: Connection | null, e: unknown): void {
    if (mine !== pc) return;
    console.error('the media connection', e);
    act({ type: 'media', now: world.clock(), status: 'failed' });
  }

  function closeMedia(): void {
    stopWatching();
    slots.lines([]);
    pc?.close();
    pc = null;
  }

  function openMedia(): void {
    closeMedia();
    try {
      const mine = connection(world.phone, (status) => {
        if (mine === pc) act({ type: 'media', now: world.clock(), status });
      });
      pc = mine;
      stopWatching = watch(mine, slots.carried, self, act, () => world.clock());
      const set = SOURCES.map((source) => mine.setTrack(source, own.track(source)));
      Promise.all(set).then(() => offer(false), (e: unknown) => mediaFailed(mine, e));
    } catch (e) {
      mediaFailed(pc, e);
    }
  }

  function offer(restart: boolean): void {
    const mine = pc;
    if (mine === null) return;
    mine.offer(restart).then(
      ({ sdp, roles }) => {
        if (mine !== pc) return;
        slots.lines(mine.receiving());
        act({ type: 'offered', now: world.clock(), sdp, roles, restart });
      },
      (e: unknown) => mediaFailed(mine, e),
    );
  }

  function answer(sdp: string): void {
    const mine = pc;
    mine?.answer(sdp).catch((e: unknown) => mediaFailed(mine, e));
  }

  return { act, state: () => state, port: streamPort(own, slots, self) };
}
