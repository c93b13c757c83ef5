// SPDX-License-Identifier: EUPL-1.2
// A QR code as a drawing: one path, black on white in every theme, because cameras read it. Nothing leaves the page.

import { generate } from 'lean-qr/nano';
import { html, svg, type TemplateResult } from 'lit-html';

/** Modules of white around it (ISO/IEC 18004, 9.1). */
const QUIET = 4;

export function qr(text: string, name: string): TemplateResult {
  const code = generate(text);
  let path = '';
  for (let y = 0; y < code.size; y++)
    for (let x = 0; x < code.size; x++) if (code.get(x, y)) path += `M${x} ${y}h1v1h-1z`;
  const size = code.size + 2 * QUIET;
  return html`<svg class="qr" role="img" aria-label=${name} data-testid="qr" shape-rendering="crispEdges"
    viewBox="${-QUIET} ${-QUIET} ${size} ${size}">${
      svg`<path class="qr__paper" d="M-4-4h${size}v${size}h-${size}z"/><path class="qr__ink" d=${path}/>`}</svg>`;
}
