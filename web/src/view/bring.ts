// SPDX-License-Identifier: EUPL-1.2
// Directives for what scrolls. One brings the part of a list that counts now into sight when the list appears and when
// another part counts; one the last of what was said, unless one reads further up; one begins a panel at its top.
// Invariant: nothing but the list itself moves (on a short screen its panel), and not again while the person reads on.

import { Directive, directive, type ElementPart } from 'lit-html/directive.js';

/** So much of what stands before it stays in sight, px: one sees that the list begins earlier. */
const BEFORE = 44;

/** What scrolls: on a short screen the panel does, as a whole. */
function scrollerOf(list: Element): Element {
  return getComputedStyle(list).overflowY === 'visible' ? list.closest('.panel') ?? list : list;
}

function intoSight(list: Element, selector: string): void {
  const part = list.querySelector(selector);
  if (part === null) return;
  const scroller = scrollerOf(list);
  const frame = scroller.getBoundingClientRect();
  const box = part.getBoundingClientRect();
  if (box.top < frame.top || box.bottom > frame.bottom) scroller.scrollTop += box.top - frame.top - BEFORE;
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

function lastOf(list: Element, selector: string): Element | null {
  return [...list.querySelectorAll(selector)].at(-1) ?? null;
}

function seen(list: Element, part: Element | null): boolean {
  if (part === null) return true;
  const frame = scrollerOf(list).getBoundingClientRect();
  const box = part.getBoundingClientRect();
  return box.top < frame.bottom && box.bottom > frame.top;
}

class Follow extends Directive {
  #appearance = '';
  #last = '';

  /** The parts, what changes with the last, what changes when the list comes into sight, and is the last one's own. */
  render(_selector: string, _last: string, _appearance: string, _own: boolean): void {}

  override update(part: ElementPart, [selector, last, appearance, own]: Parameters<this['render']>): void {
    const list = part.element;
    const appears = appearance !== this.#appearance;
    if (!appears && last === this.#last) return;
    // Asked before the new part is drawn: was the one before it read?
    const follows = appears || own || seen(list, lastOf(list, selector));
    this.#appearance = appearance;
    this.#last = last;
    if (follows) queueMicrotask(() => lastOf(list, selector)?.scrollIntoView({ block: 'nearest' }));
  }
}

export const follow = directive(Follow);

/** The same element shows another panel: what was scrolled in the one is not scrolled in the next. */
class FromTop extends Directive {
  #shown = '';

  render(_shown: string): void {}

  override update(part: ElementPart, [shown]: Parameters<this['render']>): void {
    if (shown === this.#shown) return;
    this.#shown = shown;
    part.element.scrollTop = 0;
  }
}

export const fromTop = directive(FromTop);
