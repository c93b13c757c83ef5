// SPDX-License-Identifier: EUPL-1.2
// Directives that say where the keyboard is: arrive() puts the focus on a heading when its screen appears, modal()
// shows a <dialog> as modal and returns the focus to whoever opened it when the dialog goes.

import { AsyncDirective, directive, type ElementPart } from 'lit-html/async-directive.js';
import { Directive } from 'lit-html/directive.js';

/** After this drawing, when the element stands in the page. */
function soon(element: Element, work: () => void): void {
  queueMicrotask(() => {
    if (element.isConnected) work();
  });
}

class Arrive extends Directive {
  #done = false;

  render(): void {}

  override update(part: ElementPart): void {
    if (this.#done) return;
    this.#done = true;
    const element = part.element as HTMLElement;
    soon(element, () => element.focus({ preventScroll: true }));
  }
}

class Modal extends AsyncDirective {
  #dialog: HTMLDialogElement | null = null;
  #opener: Element | null = null;

  render(): void {}

  override update(part: ElementPart): void {
    if (this.#dialog !== null) return;
    const dialog = part.element as HTMLDialogElement;
    this.#dialog = dialog;
    this.#opener = document.activeElement;
    soon(dialog, () => dialog.showModal());
  }

  protected override disconnected(): void {
    const opener = this.#opener instanceof HTMLElement && this.#opener.isConnected ? this.#opener : null;
    // The room may have gone with its dialog; then the next screen takes the focus itself.
    if (opener !== null) queueMicrotask(() => opener.focus());
  }
}

export const arrive = directive(Arrive);
export const modal = directive(Modal);
