// SPDX-License-Identifier: EUPL-1.2
// The only file that knows all: gives events to update(), carries out its effects, and says when to draw.
// Invariant: one event at a time, its effects in order, in the same task, so that a press is still one to the browser.

import { type Secrets, secrets as openSecrets } from './crypto/secrets';
import type { Effect } from './effect';
import type { Event, Timer } from './event';
import { bell, chime } from './media/bell';
import { list } from './media/devices';
import { type Session, session } from './media/session';
import type { Port } from './port';
import { type Keeper, keeper } from './record/keeper';
import { expected } from './select';
import type { SmallWindow } from './small';
import type { Language, State } from './state';
import { shelf } from './store/shelf';
import {
  forgetSeat, storeDevice, storeInvitation, storeLanguage, storePreferences, storeSeat,
} from './store/store';
import { initial, update } from './update';
import type { PersonId } from './wire/messages';
import { backoff } from './wire/backoff';
import { type Socket, socket } from './wire/socket';

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
  readonly small: Pick<SmallWindow, 'open' | 'close'>;
}

/** Whom an effect can be given to. */
interface Hands {
  readonly line: Socket;
  readonly media: Session;
  readonly secrets: Secrets;
  readonly clocks: Clocks;
  readonly record: Keeper;
  readonly small: World['small'];
  act(e: Event): void;
}

export function app(world: World): App {
  let state = initial(world.language);
  let busy = false;
  const queue: Event[] = [];
  const { clock } = world;
  const line = socket(act, clock);
  const secrets = openSecrets({ act, clock, send: line.send });
  const { phone } = world;
  const self = (): PersonId | null => state.self?.id ?? null;
  const hands: Hands = {
    line,
    secrets,
    media: session({
      act,
      clock,
      phone,
      self,
      level: () => state.level,
      expected: (slot) => expected(state, slot),
      relays: () => state.relays,
      frames: secrets.frames,
    }),
    clocks: clocks((timer) => act({ type: 'timer', now: clock(), timer })),
    record: keeper(shelf(() => window.localStorage), act),
    small: world.small,
    act,
  };

  function act(e: Event): void {
    queue.push(e);
    if (busy) return; // an effect that has an answer at once
    busy = true;
    const before = state;
    try {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const [after, effects] = update(state, next);
        state = after;
        for (const effect of effects) carryOut(effect, hands);
      }
    } finally {
      busy = false;
    }
    if (state !== before) world.changed();
  }

  return { act, state: () => state, port: hands.media.port };
}

interface Clocks {
  start(timer: Timer, ms: number): void;
  stop(timer: Timer): void;
}

function clocks(due: (timer: Timer) => void): Clocks {
  const running = new Map<Timer, ReturnType<typeof setTimeout>>();
  const stop = (timer: Timer): void => clearTimeout(running.get(timer));
  return {
    start: (timer, ms) => {
      stop(timer);
      running.set(
        timer,
        setTimeout(() => due(timer), ms),
      );
    },
    stop,
  };
}

function carryOut(e: Effect, { line, media, secrets, clocks, record, small, act }: Hands): void {
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
      storeInvitation(e.invitation, e.meeting);
      return history.replaceState(null, '', `/m/${e.meeting}${location.search}`);
    case 'forget-seat':
      return forgetSeat();
    case 'sign-in':
      if (e.invitation !== null) storeInvitation(e.invitation, e.meeting);
      return location.assign(`/?meeting=${e.meeting}`);
    case 'remember-language':
      return storeLanguage(e.language);
    case 'remember-preferences':
      return storePreferences(e.preferences);
    case 'remember-device':
      return storeDevice(e.kind, e.id);
    case 'timer':
      return clocks.start(e.timer, e.ms);
    case 'retry-line':
      return clocks.start('line', backoff(e.attempt, Math.random()));
    case 'stop-timer':
      return clocks.stop(e.timer);
    case 'capture':
      return media.own.capture(e.source, e.device, e.sound);
    case 'release':
      return media.own.release(e.source);
    case 'list-devices':
      return listDevices(act);
    case 'prepare-media':
      return media.prepare();
    case 'open-media':
      return media.open();
    case 'restart-media':
      return media.restart();
    case 'answer':
      return media.answer(e.sdp);
    case 'close-media':
      return media.close();
    case 'slots':
      return media.slots.assign(e.slots, e.self);
    case 'measure':
      return media.drawn();
    case 'layers':
      return media.layers(e.watched);
    case 'economise':
      return media.economise(e.on);
    case 'open-small':
      return small.open();
    case 'close-small':
      return small.close();
    case 'speaker':
      return media.slots.speaker(e.device);
    case 'test-sound':
      return bell(e.device, () => act({ type: 'test-sound-over' }));
    case 'check-sound':
      return media.sound.begin();
    case 'sound-check-answer':
      return media.sound.answer(e.sdp);
    case 'stop-sound-check':
      return media.sound.stop();
    case 'chime':
      return chime(e.device);
    case 'allow-sound':
      return media.slots.allowSound();
    case 'open-keys':
      return secrets.open(e.holder);
    case 'keys':
      return secrets.tell(e.message);
    case 'close-keys':
      return secrets.close();
    case 'head':
      return record.head(e.meeting, e.head);
    case 'proof':
      return record.proof(e.proof);
    case 'reload':
      return location.reload();
  }
}

function listDevices(act: (e: Event) => void): void {
  list().then(
    (devices) => act({ type: 'devices', ...devices }),
    (e: unknown) => console.error('no list of devices', e),
  );
}
