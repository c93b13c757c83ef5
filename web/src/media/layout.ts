// SPDX-License-Identifier: EUPL-1.2
// How large the page draws what it receives, told to the server so that nobody is sent more than they see.
// Invariant: at most one message each PACE_MS; a picture that comes into view is asked for with the next one, and when
// the page itself comes back into view, at once.

import { floatingPage } from '../floating';
import type { Drawn } from '../wire/messages';
import type { Pictured } from './slots';

const PACE_MS = 250;
/** A glance at another window costs nobody their picture. */
const AWAY_MS = 5_000;
/** Of a line that carries nobody yet: who comes is seen at once, small, until it is known how large. */
const EXPECTED = { width: 480, height: 270 } as const;
const MOST = 16_384;

export interface Layout {
  /** A drawing asked for pictures: elements may have come and gone. */
  look(): void;
  /** Say all of it again: there is a new connection, or the line was away. */
  again(): void;
  /** Of cameras, a middling size at most; a shared screen is as large as it is drawn. */
  economise(on: boolean): void;
  /** There is no connection. */
  stop(): void;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

const NOTHING: Size = { width: 0, height: 0 };

/** One of several drawings of the same picture counts: the largest. */
function larger(a: Size, b: Size): Size {
  return a.width * a.height >= b.width * b.height ? a : b;
}

function pixels(css: number, ratio: number): number {
  return Math.min(MOST, Math.ceil(css * ratio));
}

/** The same shape, no larger than this. */
function within(size: Size, most: Size): Size {
  const by = Math.min(1, Math.max(most.width / size.width, most.height / size.height));
  return { width: Math.ceil(size.width * by), height: Math.ceil(size.height * by) };
}

/** What is to be said of each video line. `sizes` in CSS pixels, of every element that shows the stream. */
export function drawnLines(
  lines: readonly Pictured[],
  sizes: (stream: MediaStream) => readonly Size[],
  ratio: number,
  away: boolean,
  thrifty = false,
): readonly Drawn[] {
  return lines.map(({ mid, stream, screen }) => {
    if (stream === null) return { mid, ...(away ? NOTHING : EXPECTED) };
    const size = sizes(stream).reduce(larger, NOTHING);
    const whole = { width: pixels(size.width, ratio), height: pixels(size.height, ratio) };
    return { mid, ...(thrifty && screen !== true && whole.width > 0 ? within(whole, EXPECTED) : whole) };
  });
}

function same(a: readonly Drawn[], b: readonly Drawn[]): boolean {
  return (
    a.length === b.length &&
    a.every((x, i) => x.mid === b[i]?.mid && x.width === b[i]?.width && x.height === b[i]?.height)
  );
}

/** Where an element is, as the two observers last said: reading it from the page would make the browser lay it out. */
class Sights {
  readonly #sizes = new Map<Element, Size>();
  readonly #seen = new Map<Element, boolean>();
  readonly #resize: ResizeObserver;
  readonly #cross: IntersectionObserver;

  constructor(changed: () => void) {
    this.#resize = new ResizeObserver((entries) => {
      for (const e of entries)
        this.#sizes.set(e.target, { width: e.contentRect.width, height: e.contentRect.height });
      changed();
    });
    this.#cross = new IntersectionObserver((entries) => {
      for (const e of entries) this.#seen.set(e.target, e.isIntersecting);
      changed();
    });
  }

  /** Before an observer has spoken of an element, it is in view. */
  size(video: HTMLVideoElement, away: boolean): Size {
    // In the small window, or the browser's own: seen whatever becomes of the page, and small.
    const apart = document.pictureInPictureElement === video || video.ownerDocument !== document;
    if (!apart && (away || this.#seen.get(video) === false)) return NOTHING;
    const size = this.#sizes.get(video);
    return apart || size === undefined ? larger(EXPECTED, size ?? NOTHING) : size;
  }

  follow(videos: readonly HTMLVideoElement[]): void {
    const now = new Set<Element>(videos);
    for (const old of this.#sizes.keys()) if (!now.has(old)) this.#leave(old);
    for (const video of videos) {
      if (this.#sizes.has(video)) continue;
      this.#sizes.set(video, EXPECTED);
      this.#resize.observe(video);
      this.#cross.observe(video);
    }
  }

  #leave(video: Element): void {
    this.#resize.unobserve(video);
    this.#cross.unobserve(video);
    this.#sizes.delete(video);
    this.#seen.delete(video);
  }
}

export function layout(lines: () => readonly Pictured[], tell: (drawn: readonly Drawn[]) => void): Layout {
  let said: readonly Drawn[] | null = null;
  let saidAt = -PACE_MS;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let leaving: ReturnType<typeof setTimeout> | undefined;
  let away = false;
  let thrifty = false;
  const sights = new Sights(look);

  function shown(): HTMLVideoElement[] {
    const pages = [document, floatingPage()].filter((page) => page !== null);
    return pages.flatMap((page) => [...page.querySelectorAll('video')])
      .filter((v) => v.srcObject instanceof MediaStream);
  }

  function say(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const pictured = lines();
    if (pictured.length === 0) return;
    const videos = shown();
    sights.follow(videos);
    const sizes = (stream: MediaStream): Size[] =>
      videos.filter((v) => v.srcObject === stream).map((v) => sights.size(v, away));
    const drawn = drawnLines(pictured, sizes, window.devicePixelRatio, away, thrifty);
    if (said !== null && same(said, drawn)) return;
    said = drawn;
    saidAt = performance.now();
    tell(drawn);
  }

  function look(): void {
    if (timer !== null || lines().length === 0) return;
    timer = setTimeout(say, Math.max(PACE_MS / 5, saidAt + PACE_MS - performance.now()));
  }

  document.addEventListener('visibilitychange', () => {
    clearTimeout(leaving);
    if (document.hidden) {
      leaving = setTimeout(() => {
        away = true;
        say();
      }, AWAY_MS);
    } else if (away) {
      away = false;
      say();
    }
  });

  return {
    look,
    again: () => {
      said = null;
      look();
    },
    economise: (on) => {
      thrifty = on;
      look();
    },
    stop: () => {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      said = null;
    },
  };
}
