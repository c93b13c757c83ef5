// SPDX-License-Identifier: EUPL-1.2
// A directive for a list that scrolls: brings the part that counts now into sight when the list appears and when
// another part counts. Invariant: nothing but the list itself moves, and not again while the person reads on.

import { Directive, directive, type ElementPart } from 'lit-html/directive.js';

/** So much of what stands before it stays in sight, px: one sees that the list begins earlier. */
const BEFORE = 44;

function intoSight(list: Element, selector: string): void {
  const part = list.querySelector(selector);
  if (part === null) return;
  const frame = list.getBoundingClientRect();
  const box = part.getBoundingClientRect();
  if (box.top < frame.top || box.bottom > frame.bottom) list.scrollTop += box.top - frame.top - BEFORE;
  if (box.left < frame.left || box.right > frame.right) list.scrollLeft += box.left - frame.left - BEFORE;
}

class Bring extends Directive {
  #for = '';

  /** The part, and what changes whenever the list comes into sight. */
  render(_selector: string | null, _appearance: string): void {}

  override update(part: ElementPart, [selector, appearance]: Parameters<this['render']>): void {
    const now = `${appearance} ${selector ?? ''}`;
    if (now === this.#for) return;
    this.#for = now;
    if (selector !== null) queueMicrotask(() => intoSight(part.element, selector));
  }
}

export const bring = directive(Bring);
