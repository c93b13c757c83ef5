// SPDX-License-Identifier: EUPL-1.2
// The icons, as templates: the drawings of style/icons.svg (a test compares them), so that no second file has to be
// fetched and allowed by the content policy. Every icon stands beside its word, so it is hidden from screen readers.

import { html, svg, type TemplateResult } from 'lit-html';

export const DRAWINGS = {
  chat: svg`<path d="M5 4.5h14A1.5 1.5 0 0 1 20.5 6v9.5A1.5 1.5 0 0 1 19 17h-7l-4.5 3.5V17H5a1.5 1.5 0 0 1-1.5-1.5V6A1.5 1.5 0 0 1 5 4.5zM7.5 9h9M7.5 12.5h5.5"/>`,
  send: svg`<path d="M20.5 3.5 10 14M20.5 3.5 14 20.5 10 14 3.5 10z"/>`,
  download: svg`<path d="M12 3.5V15M7.5 11l4.5 4.5 4.5-4.5M4.5 20h15"/>`,
  'arrow-r': svg`<path d="M4 12h16M14 6l6 6-6 6"/>`,
  'chev-l': svg`<path d="M15 5.5 8.5 12l6.5 6.5"/>`,
  shield: svg`<path d="m12 3 7.5 2.8v5.4c0 4.6-3 8-7.5 9.8-4.5-1.8-7.5-5.2-7.5-9.8V5.8z"/>`,
  'shield-check': svg`<path d="m12 3 7.5 2.8v5.4c0 4.6-3 8-7.5 9.8-4.5-1.8-7.5-5.2-7.5-9.8V5.8zM8.7 12l2.4 2.4 4.3-4.6"/>`,
  print: svg`<path d="M7 8.5V3.5h10v5M7 17H5a1.5 1.5 0 0 1-1.5-1.5V10A1.5 1.5 0 0 1 5 8.5h14A1.5 1.5 0 0 1 20.5 10v5.5A1.5 1.5 0 0 1 19 17h-2M7 14h10v6.5H7z"/>`,
  unlock: svg`<rect x="5" y="10.5" width="14" height="10" rx="2"/><path d="M8 10.5V8a4 4 0 0 1 7.5-1.9M12 14.5v2"/>`,
  'eye-off': svg`<path d="M9.9 5.8A9.3 9.3 0 0 1 12 5.5c5 0 8.3 4 9.5 6.5a13 13 0 0 1-2.7 3.6M6.5 7.3A13.6 13.6 0 0 0 2.5 12c1.2 2.5 4.5 6.5 9.5 6.5 1.8 0 3.4-.5 4.7-1.3M10.2 10.1a2.6 2.6 0 0 0 3.7 3.7M4 4l16 16"/>`,
  agenda: svg`<path d="m3.5 6 1.3 1.3L7 4.8M10.5 6H20.5M10.5 12H20.5M10.5 18H20.5M4.5 12H6M4.5 18H6"/>`,
  cam: svg`<rect x="3" y="6.5" width="12" height="11" rx="2.5"/><path d="m15 10.7 5-3a.65.65 0 0 1 1 .55v7.5a.65.65 0 0 1-1 .55l-5-3"/>`,
  'cam-off': svg`<path d="m15 13.3 5 3a.65.65 0 0 0 1-.55v-7.5a.65.65 0 0 0-1-.55l-5 3V9a2.5 2.5 0 0 0-2.5-2.5H9.2M4.7 6.7C3.7 7.1 3 8 3 9v6a2.5 2.5 0 0 0 2.5 2.5h7c.8 0 1.5-.4 2-1M3.5 3.5l17 17"/>`,
  check: svg`<path d="m4.5 12.5 5 5L19.5 7"/>`,
  clock: svg`<circle cx="12" cy="12" r="8.7"/><path d="M12 7v5.2l3.3 2"/>`,
  hand: svg`<path d="M7.5 12.8V6.9a1.4 1.4 0 0 1 2.8 0v4.3M10.3 10.8V4.9a1.4 1.4 0 0 1 2.8 0v5.7M13.1 10.7V6a1.4 1.4 0 0 1 2.8 0v6M15.9 11.5V8.7a1.4 1.4 0 0 1 2.8 0v5.5A6.8 6.8 0 0 1 11.9 21c-2.6 0-4.2-1.1-5.5-3.2l-2.6-4.5a1.35 1.35 0 0 1 2.2-1.5l1.5 2"/>`,
  more: svg`<path d="M5 12h.01M12 12h.01M19 12h.01" stroke-width="3"/>`,
  queue: svg`<circle cx="6.5" cy="7" r="2.6"/><path d="M2.8 14.5c0-2.2 1.6-3.6 3.7-3.6s3.7 1.4 3.7 3.6M13.5 6.5h7M13.5 11.5h7M3 18.5h17.5"/>`,
  help: svg`<circle cx="12" cy="12" r="8.7"/><path d="M9.5 9.5a2.5 2.5 0 1 1 3.7 2.2c-.8.5-1.2 1-1.2 1.8M12 16.5h.01"/>`,
  info: svg`<circle cx="12" cy="12" r="8.7"/><path d="M12 11v5.5M12 7.7h.01"/>`,
  leave: svg`<path d="M12.5 4h-6A1.5 1.5 0 0 0 5 5.5v13A1.5 1.5 0 0 0 6.5 20h6M10.5 12H20.5M17 8.5l3.5 3.5-3.5 3.5"/>`,
  link: svg`<path d="M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-.8.8M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l.8-.8"/>`,
  lock: svg`<rect x="5" y="10.5" width="14" height="10" rx="2"/><path d="M8 10.5V8a4 4 0 0 1 8 0v2.5M12 14.5v2"/>`,
  mic: svg`<rect x="9" y="3" width="6" height="11" rx="3"/><path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3M8.5 21h7"/>`,
  'mic-off': svg`<path d="M15 9.8V6a3 3 0 0 0-5.9-.8M9 9v2a3 3 0 0 0 4.8 2.4M5.5 11.5a6.5 6.5 0 0 0 10.7 5M18.5 11.5c0 .9-.2 1.7-.5 2.5M12 18v3M8.5 21h7M4 3l16 18"/>`,
  people: svg`<circle cx="9" cy="8" r="3.3"/><path d="M3 19.5c0-3.2 2.6-5.4 6-5.4s6 2.2 6 5.4M15.5 4.9a3.3 3.3 0 0 1 0 6.2M17.6 14.6c2.1.8 3.4 2.6 3.4 4.9"/>`,
  pause: svg`<circle cx="12" cy="12" r="8.7"/><path d="M9.7 9v6M14.3 9v6"/>`,
  refresh: svg`<path d="M19.5 12a7.5 7.5 0 1 1-2.2-5.3L20 9.3M20 4.5v4.8h-4.8"/>`,
  share: svg`<rect x="3" y="4" width="18" height="12.5" rx="2"/><path d="M12 13V7.5M9.3 10 12 7.3l2.7 2.7M8.5 20.5h7"/>`,
  'shield-x': svg`<path d="m12 3 7.5 2.8v5.4c0 4.6-3 8-7.5 9.8-4.5-1.8-7.5-5.2-7.5-9.8V5.8zM9.5 9.5l5 5M14.5 9.5l-5 5"/>`,
  'sig-1': svg`<path d="M5 19v-3" stroke-width="3"/><path d="M12 19v-7.5M19 19V5" stroke-width="3" opacity=".28"/>`,
  'sig-3': svg`<path d="M5 19v-3M12 19v-7.5M19 19V5" stroke-width="3"/>`,
  sliders: svg`<path d="M4 7h9M17 7h3M4 12h3M11 12h9M4 17h7M15 17h5"/><circle cx="15" cy="7" r="2"/><circle cx="9" cy="12" r="2"/><circle cx="13" cy="17" r="2"/>`,
  stop: svg`<rect x="6" y="6" width="12" height="12" rx="2"/>`,
  user: svg`<circle cx="12" cy="8" r="3.8"/><path d="M4.5 20.5c0-3.9 3.2-6.3 7.5-6.3s7.5 2.4 7.5 6.3"/>`,
  'user-minus': svg`<circle cx="9.5" cy="8" r="3.5"/><path d="M3 20c0-3.6 2.8-6 6.5-6s6.5 2.4 6.5 6M15.5 11h6"/>`,
  'user-plus': svg`<circle cx="9.5" cy="8" r="3.5"/><path d="M3 20c0-3.6 2.8-6 6.5-6s6.5 2.4 6.5 6M18.5 8v6M15.5 11h6"/>`,
  verloop: svg`<path d="M6 3.5v2M6 9v2M6 14.5v2M6 20v.5M11 7.2h9.5M11 12.8h9.5M11 18.3h6"/><circle cx="6" cy="7.2" r="1.7"/><circle cx="6" cy="12.8" r="1.7"/><circle cx="6" cy="18.3" r="1.7"/>`,
  volume: svg`<path d="M4 9.5h3.5L12 5.5v13l-4.5-4H4zM15.5 9a4.2 4.2 0 0 1 0 6M18.3 6.5a8 8 0 0 1 0 11"/>`,
  warn: svg`<path d="M12 4 3 19.5h18zM12 10v4.5M12 17h.01"/>`,
  'wifi-off': svg`<path d="M8.5 16.2a5 5 0 0 1 7 0M5.3 12.8A9.6 9.6 0 0 1 9.5 10.3M14.6 10.3c1.5.4 2.9 1.3 4.1 2.5M2.5 9.3A13.6 13.6 0 0 1 6.5 6.6M11 5.5a13.7 13.7 0 0 1 10.5 3.8M12 19.5h.01M4 3.5l16 17"/>`,
  window: svg`<rect x="3" y="4.5" width="18" height="15" rx="2"/><path d="M3 9h18M6 6.8h.01M8.7 6.8h.01"/>`,
  x: svg`<path d="m6 6 12 12M18 6 6 18"/>`,
  gavel: svg`<path d="m13.8 3.5 6.7 6.7M9.3 8l6.7 6.7M15.1 4.8l-4.5 4.5M19.2 8.9l-4.5 4.5M12.3 11.7 4 20"/>`,
  server: svg`<rect x="3.5" y="4" width="17" height="6.5" rx="1.5"/><rect x="3.5" y="13.5" width="17" height="6.5" rx="1.5"/><path d="M7 7.2h.01M7 16.7h.01M11 7.2h6M11 16.7h6"/>`,
  captions: svg`<rect x="3" y="5" width="18" height="14" rx="2.5"/><path d="M6.8 11.5h4M13.7 11.5h3.5M6.8 15h6.7M16.3 15h.9"/>`,
  'chev-r': svg`<path d="m9 5.5 6.5 6.5L9 18.5"/>`,
  edit: svg`<path d="m4 20 .8-4L16 4.8a1.7 1.7 0 0 1 2.4 0l.8.8a1.7 1.7 0 0 1 0 2.4L8 19.2zM14 6.8l3.2 3.2"/>`,
  globe: svg`<circle cx="12" cy="12" r="8.7"/><path d="M3.5 12h17M12 3.3c2.5 2.5 3.7 5.4 3.7 8.7s-1.2 6.2-3.7 8.7c-2.5-2.5-3.7-5.4-3.7-8.7s1.2-6.2 3.7-8.7z"/>`,
  grid: svg`<rect x="3.5" y="4" width="7.3" height="7" rx="1.5"/><rect x="13.2" y="4" width="7.3" height="7" rx="1.5"/><rect x="3.5" y="13.5" width="7.3" height="7" rx="1.5"/><rect x="13.2" y="13.5" width="7.3" height="7" rx="1.5"/>`,
  pin: svg`<path d="M8.5 3.5h7M10 3.5V9.5l-3.2 3.6V14.5h10.4v-1.4L14 9.5v-6M12 14.5v6.5"/>`,
  seat: svg`<path d="M7 12V5a1.5 1.5 0 0 1 1.5-1.5h7A1.5 1.5 0 0 1 17 5v7M5 12h14v4H5zM7 16v4.5M17 16v4.5"/>`,
  'sig-2': svg`<path d="M5 19v-3M12 19v-7.5" stroke-width="3"/><path d="M19 19V5" stroke-width="3" opacity=".28"/>`,
  stage: svg`<rect x="3.5" y="4" width="17" height="10.5" rx="1.5"/><path d="M3.5 18v2.5h4V18zM10 18v2.5h4V18zM16.5 18v2.5h4V18z"/>`,
  sun: svg`<circle cx="12" cy="12" r="4"/><path d="M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4"/>`,
} as const;

export type Icon = keyof typeof DRAWINGS;

export function icon(name: Icon): TemplateResult {
  return html`<svg class="i" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${DRAWINGS[name]}</svg>`;
}

/** The mark of the product: a hemicycle of seats around a keyhole. */
export function mark(): TemplateResult {
  return html`<svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <path d="M4 20.5a12 12 0 0 1 24 0" fill="none" stroke="currentColor" stroke-width="5.5"
      stroke-dasharray="6.06 1.85"/>
    <path d="M16 15.2a3.7 3.7 0 0 1 2 6.8l1.1 5.5h-6.2l1.1-5.5a3.7 3.7 0 0 1 2-6.8z" fill="currentColor"/></svg>`;
}
