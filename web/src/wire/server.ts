// SPDX-License-Identifier: EUPL-1.2
// Where the meeting server is: behind the page's own address, or, when the client was exported to another web server,
// where the page itself says (`<meta name="conclave-server">`, written by `conclavectl web export`).

const ORIGIN = /^https:\/\/[a-z0-9.-]+(?::[1-9]\d{0,4})?$/;

/** Pure; '' when it is the page's own. What is no origin counts as none: the page then asks its own server. */
export function readServer(content: string | null | undefined): string {
  return content !== null && content !== undefined && ORIGIN.test(content) ? content : '';
}

function server(): string {
  return readServer(document.querySelector('meta[name="conclave-server"]')?.getAttribute('content'));
}

/** Of a request, from its path. */
export const apiAddress = (path: string): string => server() + path;

export function socketAddress(): string {
  const elsewhere = server();
  if (elsewhere !== '') return `${elsewhere.replace(/^https/, 'wss')}/ws`;
  return `${location.protocol === 'http:' ? 'ws' : 'wss'}://${location.host}/ws`;
}
