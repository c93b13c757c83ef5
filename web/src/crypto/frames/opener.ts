// SPDX-License-Identifier: EUPL-1.2
// Opens the frames of one receive line, in the order in which they came; one whose key is not there yet waits, and
// those behind it. Invariant: what is handed out was sealed by the leaf that is named, for this kind of line, and never
// handed out before.

import type { Clock } from './clock';
import { type Arrived, unwrap } from './envelope';
import { KEY_IDS, type Keyring, keyName, type OpeningKey } from './keyring';
import { CONTEXTS, type Context, type OpenCount, type Opened, type OpeningRole, type Unopened } from './messages';
import { codecIn, type Frame } from './sealer';
import { decrypt, type Header, join, readHeader, TAG_BYTES } from './sframe';

export const HOLD_MS = 1_000;
/** Between two reports of the same leaf, and at least between two reports at all. */
const REPORT_MS = 1_000;
const REPORT_MIN_MS = 40;
/** A second of frames, and a burst. */
const WAITING = 256;
/** So long nothing but undecryptable frames, the last one not longer ago than this. */
const FAILING_MS = 3_000;
const STILL_MS = 1_500;

const CONTEXT_OF: Readonly<Record<OpeningRole, Context>> = {
  audio: CONTEXTS.microphone,
  video: CONTEXTS.camera,
  screen: CONTEXTS.screen,
  'screen-sound': CONTEXTS.screen_sound,
};

export interface Opener {
  take(frame: Frame): void;
  count(): OpenCount;
  /** Everything that was taken is dealt with. */
  idle(): Promise<void>;
}

export interface Outside {
  readonly ring: Keyring;
  readonly clock: Clock;
  readonly holdMs: number;
  /** An opened frame. */
  out(frame: Frame): void;
  tell(opened: Opened): void;
  /** Pictures were lost; only a key frame helps. */
  askKeyFrame(): void;
}

/** A frame's parts, as far as they can be known without a key. */
interface Parsed extends Arrived {
  readonly head: Header;
}

export function opener(role: OpeningRole, outside: Outside): Opener {
  const { ring, clock, holdMs, out, tell, askKeyFrame } = outside;
  const context = CONTEXT_OF[role];
  const sound = role === 'audio' || role === 'screen-sound';
  const queue: { readonly frame: Frame; readonly at: number }[] = [];
  const failed: Partial<Record<Unopened, number>> = {};
  let draining: Promise<void> | null = null;
  let opened = 0;
  let held = 0;
  let lost = false;
  let told: (Opened & { readonly at: number }) | null = null;
  let failing: { readonly since: number; last: number } | null = null;

  function parse(frame: Frame): Parsed | Unopened {
    const data = new Uint8Array(frame.data);
    if (data.length === 0) return 'empty'; // padding
    const codec = codecIn(frame, sound);
    if (codec === null) return 'codec';
    const arrived = unwrap(codec, data);
    const head = arrived === null ? null : readHeader(arrived.body);
    if (arrived === null || head === null || head.kid >= KEY_IDS) return 'malformed';
    if (arrived.body.length < head.size + TAG_BYTES) return 'malformed';
    return keyName(head.kid).context === context ? { ...arrived, head } : 'context';
  }

  async function keyFor(kid: number, at: number): Promise<OpeningKey | Unopened> {
    for (let first = true; ; first = false) {
      const found = ring.opening(kid);
      if (found !== 'no-key') return found;
      const left = at + holdMs - clock.now();
      if (left <= 0) return 'no-key';
      if (first) held++;
      await ring.changed(left);
    }
  }

  async function attempt(frame: Frame, at: number): Promise<Opened | Unopened> {
    const parsed = parse(frame);
    if (typeof parsed === 'string') return parsed;
    const { clear, body, head, keep } = parsed;
    const key = await keyFor(head.kid, at);
    if (typeof key === 'string') return key;
    if (!key.window.fresh(head.counter)) return 'replayed';
    const authenticated = join(body.subarray(0, head.size), clear);
    const plain = await decrypt(key.key, head.counter, authenticated, body.subarray(head.size));
    if (plain === null) return 'forged';
    if (!key.alive()) return 'old-key';
    if (!key.window.accept(head.counter)) return 'replayed';
    frame.data = keep ? join(clear, plain).buffer : plain;
    return { leaf: key.leaf, epoch: key.epoch, context };
  }

  function report(by: Opened): void {
    const now = clock.now();
    const same = told !== null && told.leaf === by.leaf && told.epoch === by.epoch;
    if (told !== null && now - told.at < (same ? REPORT_MS : REPORT_MIN_MS)) return;
    told = { ...by, at: now };
    tell(by);
  }

  function fail(why: Unopened): void {
    failed[why] = (failed[why] ?? 0) + 1;
    if (why === 'empty' || why === 'replayed') return;
    lost = true;
    const now = clock.now();
    failing = { since: failing?.since ?? now, last: now };
  }

  async function open(frame: Frame, at: number): Promise<void> {
    const result = await attempt(frame, at).catch((): Unopened => 'no-key');
    if (typeof result === 'string') return fail(result);
    opened++;
    failing = null;
    report(result);
    if (lost && !sound && frame.type !== 'key') askKeyFrame();
    lost = false;
    out(frame);
  }

  async function drain(): Promise<void> {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await open(next.frame, next.at);
    draining = null;
  }

  return {
    take: (frame) => {
      if (queue.length >= WAITING) return fail('full');
      queue.push({ frame, at: clock.now() });
      draining ??= drain();
    },
    count: () => {
      const now = clock.now();
      const stuck = failing !== null && failing.last - failing.since >= FAILING_MS && now - failing.last < STILL_MS;
      return { direction: 'open', opened, held, failed: { ...failed }, failing: stuck };
    },
    idle: () => draining ?? Promise.resolve(),
  };
}
