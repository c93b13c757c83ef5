// SPDX-License-Identifier: EUPL-1.2
// TLS without manners: sends what it is told, byte for byte, and tells what came back.

import { connect } from 'node:tls';

/** One connection. `from` is the address it comes from: each of 127.0.0.x is a source of its own. */
export class Raw {
  static open(server, { from = '127.0.0.1', alpn } = {}) {
    return new Promise((ok, no) => {
      const raw = new Raw();
      raw.received = Buffer.alloc(0);
      raw.over = false;
      raw.wake = () => {};
      raw.socket = connect({
        host: '127.0.0.1',
        port: server.port,
        localAddress: from,
        servername: 'localhost',
        rejectUnauthorized: false,
        ...(alpn ? { ALPNProtocols: alpn } : {}),
      });
      raw.socket.setNoDelay(); // as every browser: what is measured is the server, not Nagle and a delayed ACK (40 ms)
      raw.socket.once('secureConnect', () => ok(raw));
      raw.socket.on('data', (part) => {
        raw.received = Buffer.concat([raw.received, part]);
        raw.wake();
      });
      raw.socket.on('error', (error) => {
        raw.error = error;
        no(error);
      });
      raw.socket.on('close', () => {
        raw.over = true;
        raw.wake();
      });
    });
  }

  send(bytes) {
    if (!this.over && !this.socket.destroyed) this.socket.write(bytes);
  }

  /** Until `found(received)` is true, or the other side has closed, or `ms` are over. */
  async until(found, ms = 5000) {
    const end = performance.now() + ms;
    for (;;) {
      const got = found(this.received);
      const left = end - performance.now();
      if (got || this.over || left <= 0) return got;
      await new Promise((ok) => {
        const timer = setTimeout(ok, left);
        this.wake = () => {
          clearTimeout(timer);
          ok();
        };
      });
    }
  }

  /** All that came until the other side closed; throws when it did not within `ms`. */
  async closed(ms = 5000) {
    await this.until(() => false, ms);
    if (!this.over)
      throw new Error(`still open after ${ms} ms; it had said ${this.received.toString('latin1').slice(0, 200)}`);
    return this.received.toString('latin1');
  }

  end() {
    this.socket.destroy();
  }
}

/** The first complete response in `bytes`: { status, headers, body, rest }, or null. */
export function parseResponse(bytes) {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const [first, ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const headers = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const length = Number(headers['content-length'] ?? 0);
  const start = end + 4;
  if (bytes.length < start + length) return null;
  return {
    status: Number(first.split(' ')[1]),
    first,
    headers,
    body: bytes.subarray(start, start + length).toString(),
    rest: bytes.subarray(start + length),
  };
}

/** A request in good order, on a connection of its own. */
export async function request(server, method, path, { headers = {}, body, from } = {}) {
  const raw = await Raw.open(server, { from });
  const all = { Host: `localhost:${server.port}`, Connection: 'close', ...headers };
  if (body !== undefined) all['Content-Length'] = Buffer.byteLength(body);
  const head = Object.entries(all)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
  raw.send(`${method} ${path} HTTP/1.1\r\n${head}\r\n${body ?? ''}`);
  const answer = await raw.until(parseResponse);
  raw.end();
  if (!answer) throw new Error(`${method} ${path}: no answer; ${raw.received.toString('latin1').slice(0, 200)}`);
  return answer;
}

/** POST to the API as our own page does it; answers with { status, json, cookie }. */
export async function post(server, path, json, { cookies = '', ...more } = {}) {
  const answer = await request(server, 'POST', path, {
    headers: {
      Origin: server.origin,
      'Content-Type': 'application/json',
      'Sec-Fetch-Site': 'same-origin',
      ...(cookies ? { Cookie: cookies } : {}),
      ...more.headers,
    },
    body: typeof json === 'string' ? json : JSON.stringify(json),
    from: more.from,
  });
  return { ...answer, json: JSON.parse(answer.body), cookie: answer.headers['set-cookie'] };
}
