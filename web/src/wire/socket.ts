// SPDX-License-Identifier: EUPL-1.2
// The line to conclaved: HTTPS for the seat, one WebSocket for the rest. It parses, and tells; it decides nothing.

import type { WorldEvent } from '../event';
import type { ClientMessage } from './messages';
import { parseMessage, parseSeat, parseSeatError, parseSignIn } from './parse';
import { apiAddress, socketAddress } from './server';

/** A request without an answer after this long counts as none. */
const REQUEST_MS = 5_000;
/** A WebSocket that is not open after this long will not be. */
const OPEN_MS = 5_000;

export interface Socket {
  redeem(token: string): void;
  resume(which: { readonly seat: string } | { readonly meeting: string }): void;
  connect(): void;
  send(message: ClientMessage): void;
  disconnect(): void;
}

export function socket(act: (e: WorldEvent) => void, clock: () => number): Socket {
  let ws: WebSocket | null = null;
  let asking: AbortController | null = null;

  async function ask(path: string, body: object): Promise<void> {
    asking?.abort();
    const mine = new AbortController();
    asking = mine;
    const late = setTimeout(() => mine.abort(), REQUEST_MS);
    const answer = await post(path, body, mine.signal);
    clearTimeout(late);
    if (asking !== mine) return; // another request, or a disconnect, came after it
    asking = null;
    const seat = answer?.ok === true ? parseSeat(answer.text) : null;
    const meeting = seat === null && answer !== null ? parseSignIn(answer.text) : null;
    if (seat !== null) act({ type: 'seat', now: clock(), seat });
    else if (meeting !== null) act({ type: 'sign-in', meeting });
    else act({ type: 'no-seat', now: clock(), error: answer === null ? null : parseSeatError(answer.text) });
  }

  function disconnect(): void {
    asking?.abort();
    asking = null;
    const old = ws;
    ws = null; // its events are no longer ours
    old?.close();
  }

  function connect(): void {
    disconnect();
    const mine = new WebSocket(socketAddress(), 'conclave');
    ws = mine;
    const late = setTimeout(() => mine.close(), OPEN_MS);
    mine.onopen = () => {
      clearTimeout(late);
      if (ws === mine) act({ type: 'line-open', now: clock() });
    };
    mine.onmessage = (m: MessageEvent<unknown>) => {
      if (ws !== mine) return;
      const message = parseMessage(m.data);
      // what this client does not speak passes: a newer server may say more
      if (message !== null) act({ type: 'received', now: clock(), message });
    };
    mine.onclose = () => {
      clearTimeout(late);
      if (ws !== mine) return;
      ws = null;
      act({ type: 'line-closed', now: clock() });
    };
  }

  return {
    redeem: (token) => void ask('/api/link', { token }),
    resume: (which) => void ask('/api/resume', which),
    connect,
    send: (message) => {
      if (ws?.readyState === WebSocket.OPEN) ws.send(JSON.stringify(message));
    },
    disconnect,
  };
}

async function post(path: string, body: object, signal: AbortSignal): Promise<{ ok: boolean; text: string } | null> {
  try {
    const response = await fetch(apiAddress(path), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      credentials: 'include',
      cache: 'no-store',
      redirect: 'error',
      signal,
    });
    return { ok: response.ok, text: await response.text() };
  } catch {
    return null;
  }
}
