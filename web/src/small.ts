// SPDX-License-Identifier: EUPL-1.2
// The small window: opened and closed as the state says, drawn with the same views as the room.
// Invariant: it stands no longer than it is wanted, not even when it was still opening; once closed it holds no stream.

import { nothing, render } from 'lit-html';
import { float } from './floating';
import type { Port } from './port';
import type { State } from './state';
import { dress } from './view/dress';
import type { Act } from './view/scene';
import { small } from './view/small';

const WIDTH = 400;
const HEIGHT = 290;

export interface SmallWindow {
  /** In the person's press. */
  open(): void;
  close(): void;
  /** Nothing, while it is not open. */
  draw(s: State, act: Act, port: Port): void;
}

/** A page of its own has none of our styles; their addresses are made whole, for it has no address itself. */
function style(page: Document): void {
  for (const sheet of document.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"]')) {
    const copy = page.importNode(sheet);
    copy.href = sheet.href;
    page.head.append(copy);
  }
}

/** `opened`: it is to be drawn. `closed`: by the person or the browser, or it could not be opened. */
export function smallWindow(told: { opened(): void; closed(): void }): SmallWindow {
  let turn = 0;
  let open: Window | null = null;

  /** What stands in it lets go of its streams. */
  function clear(): void {
    if (open !== null) render(nothing, open.document.body);
    open = null;
  }

  function made(by: number, now: Window): void {
    if (by !== turn) return now.close(); // not wanted any more
    open = now;
    style(now.document);
    now.addEventListener('pagehide', () => {
      if (open !== now) return;
      clear();
      told.closed();
    });
    told.opened();
  }

  return {
    open: () => {
      const mine = ++turn;
      float(WIDTH, HEIGHT).then((now) => made(mine, now), () => mine === turn && told.closed());
    },
    close: () => {
      turn++;
      const old = open;
      clear();
      old?.close();
    },
    draw: (s, act, port) => {
      if (open === null) return;
      render(small(s, act, port), open.document.body, { creationScope: open.document });
      dress(open.document, s);
    },
  };
}
