// SPDX-License-Identifier: EUPL-1.2
// A directive for <video>: gives it the stream of a person as its srcObject. Asked again at every drawing, so a stream
// that changed reaches the element in the same frame. Invariant: an element that left the page holds no stream.

import { AsyncDirective, directive, type ElementPart } from 'lit-html/async-directive.js';
import { PartType, type PartInfo } from 'lit-html/directive.js';
import type { Port } from '../port';
import type { PersonId } from '../wire/messages';

class Live extends AsyncDirective {
  #video: HTMLVideoElement | null = null;

  constructor(info: PartInfo) {
    super(info);
    if (info.type !== PartType.ELEMENT) throw new Error('live() stands on an element');
  }

  render(_port: Port, _whose: PersonId | 'self', _source: 'camera' | 'screen'): void {}

  override update(part: ElementPart, [port, whose, source]: Parameters<this['render']>): void {
    const video = part.element as HTMLVideoElement;
    const stream = port.streamOf(whose, source);
    this.#video = video;
    if (video.srcObject === stream) return;
    video.srcObject = stream;
    // A muted video may always play; a refusal means that it left the page, or changed its stream, meanwhile.
    if (stream !== null) video.play().catch(() => undefined);
  }

  protected override disconnected(): void {
    if (this.#video !== null) this.#video.srcObject = null;
  }
}

export const live = directive(Live);
