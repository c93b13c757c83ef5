// SPDX-License-Identifier: EUPL-1.2
// A WebSocket of our own, friendly and hostile: every bit of a frame can be chosen. Friendly messages are held to the
// schemas of server/protocol in both directions.

import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Raw, parseResponse, post } from './http.mjs';

const require = createRequire(new URL('../../../web/package.json', import.meta.url));
const Ajv = require('ajv/dist/2020');
const folder = new URL('../../../server/protocol/', import.meta.url);

function validators(side) {
  const ajv = new Ajv({ strict: false, allErrors: false });
  return new Map(
    readdirSync(new URL(`${side}/`, folder))
      .filter((name) => name.endsWith('.json'))
      .map((name) => [
        name.slice(0, -5),
        ajv.compile(JSON.parse(readFileSync(new URL(`${side}/${name}`, folder), 'utf8'))),
      ]),
  );
}

export const clientSchemas = validators('client');
export const serverSchemas = validators('server');

export const TEXT = 1;
export const BINARY = 2;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

/** A frame as a client sends it; `length` overrides what the header says. */
export function frame(opcode, payload = '', { fin = true, rsv = 0, masked = true, length } = {}) {
  const data = Buffer.from(payload);
  const size = length ?? data.length;
  const head = [(fin ? 0x80 : 0) | (rsv << 4) | opcode];
  const mask = masked ? 0x80 : 0;
  if (typeof size === 'bigint' || size > 0xffff) {
    const wide = Buffer.alloc(8);
    wide.writeBigUInt64BE(BigInt(size));
    head.push(mask | 127, ...wide);
  } else if (size > 125) {
    head.push(mask | 126, size >> 8, size & 0xff);
  } else {
    head.push(mask | size);
  }
  if (!masked) return Buffer.concat([Buffer.from(head), data]);
  const key = randomBytes(4);
  const hidden = Buffer.from(data.map((byte, i) => byte ^ key[i & 3]));
  return Buffer.concat([Buffer.from(head), key, hidden]);
}

export function upgradeHead(server, changes = {}) {
  const headers = {
    Host: `localhost:${server.port}`,
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    Origin: server.origin,
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    'Sec-WebSocket-Protocol': 'conclave',
    ...changes,
  };
  const lines = Object.entries(headers)
    .filter(([, value]) => value !== null)
    .flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((one) => `${name}: ${one}\r\n`));
  return `GET /ws HTTP/1.1\r\n${lines.join('')}\r\n`;
}

export class Socket {
  /** Opens /ws; throws { status } when it is refused. */
  static async open(server, { cookies, from, headers = {} } = {}) {
    const s = new Socket();
    s.raw = await Raw.open(server, { from });
    s.messages = [];
    s.pings = 0;
    s.pongs = 0;
    s.answersPings = true;
    s.raw.send(upgradeHead(server, { ...(cookies ? { Cookie: cookies } : {}), ...headers }));
    const head = await s.raw.until((bytes) => bytes.includes('\r\n\r\n') && { end: bytes.indexOf('\r\n\r\n') + 4 });
    const status = Number(s.raw.received.toString('latin1').split(' ')[1]);
    if (status !== 101) {
      s.raw.end();
      throw Object.assign(new Error(`refused with ${status}`), { status });
    }
    s.head = parseResponse(s.raw.received.subarray(0, head.end));
    s.raw.received = s.raw.received.subarray(head.end);
    return s;
  }

  send(message) {
    if (typeof message !== 'string') {
      const valid = clientSchemas.get(message.type);
      if (!valid?.(message))
        throw new Error(`our own ${message.type} breaks its schema: ${JSON.stringify(valid?.errors)}`);
    }
    this.sendAny(message);
  }

  /** Without regard to schemas. */
  sendAny(message) {
    this.raw.send(frame(TEXT, typeof message === 'string' ? message : JSON.stringify(message)));
  }

  /** Takes frames off what was received. */
  take() {
    for (;;) {
      const b = this.raw.received;
      if (b.length < 2) return;
      const short = b[1] & 0x7f;
      const start = short === 127 ? 10 : short === 126 ? 4 : 2;
      if (b.length < start) return;
      const size = short === 127 ? Number(b.readBigUInt64BE(2)) : short === 126 ? b.readUInt16BE(2) : short;
      if (b.length < start + size) return;
      this.raw.received = b.subarray(start + size);
      this.hear(b[0] & 0x0f, b.subarray(start, start + size));
    }
  }

  hear(opcode, data) {
    if (opcode === CLOSE) {
      this.closeCode = data.length >= 2 ? data.readUInt16BE(0) : 1005;
    } else if (opcode === PING) {
      this.pings++;
      if (this.answersPings) this.raw.send(frame(PONG, data));
    } else if (opcode === PONG) {
      this.pongs++;
    } else {
      const message = JSON.parse(data.toString());
      const valid = serverSchemas.get(message.type);
      if (!valid?.(message))
        throw new Error(
          `the server's ${message.type} breaks its schema: ${JSON.stringify(valid?.errors)} ${data.toString().slice(0, 300)}`,
        );
      this.messages.push(message);
    }
  }

  /** The next message that fits (all before it are passed over), or throws. */
  async next(fits, ms = 5000) {
    const wanted = typeof fits === 'string' ? (m) => m.type === fits : fits;
    const found = await this.raw.until(() => {
      this.take();
      const at = this.messages.findIndex(wanted);
      return at < 0 ? null : this.messages.splice(0, at + 1)[at];
    }, ms);
    if (!found)
      throw new Error(
        `${fits} did not come; there were ${JSON.stringify(this.messages).slice(0, 300)}, close ${this.closeCode}`,
      );
    return found;
  }

  /** The code of the server's close frame, 1006 when the line just ended; throws when it stays open. */
  async closed(ms = 5000) {
    await this.raw.until(() => {
      this.take();
      return this.closeCode !== undefined;
    }, ms);
    if (this.closeCode === undefined && !this.raw.over) throw new Error(`still open after ${ms} ms`);
    return this.closeCode ?? 1006;
  }

  /** True while the server still answers. */
  async answers() {
    this.sendAny({ type: 'no-such-message' });
    return (await this.next((m) => m.type === 'error' && m.code === 'unknown-type')) !== undefined;
  }

  end() {
    this.raw.end();
  }
}

/** A person with a seat: { seat, cookie, answer }. */
export async function sit(server, token, { cookies = '', from } = {}) {
  const answer = await post(server, '/api/link', { token }, { cookies, from });
  if (answer.status !== 200) throw new Error(`no seat: ${answer.body}`);
  return { ...answer.json, cookie: answer.cookie.split(';')[0], setCookie: answer.cookie };
}

/** A person at /ws who has said hello: the socket, with `welcome`. */
export async function arrive(server, seat, { cookies = seat.cookie, from } = {}) {
  const s = await Socket.open(server, { cookies, from });
  s.send({ type: 'hello', version: 1, seat: seat.seat });
  s.welcome = await s.next('welcome');
  return s;
}

/** From the link to inside, or to the lobby. */
export async function enter(server, person, options = {}) {
  const seat = await sit(server, person.token, options);
  const s = await arrive(server, seat, { ...options, cookies: seat.cookie });
  s.seat = seat;
  s.send({ type: 'join' });
  const now = await s.next((m) => m.type === 'state' || m.type === 'lobby');
  s.state = now.type === 'state' ? now : undefined;
  return s;
}

/** Back in the seat, over a new connection, as a client does it by itself. */
export async function returned(server, person) {
  const resumed = await post(server, '/api/resume', { seat: person.seat.seat }, { cookies: person.seat.cookie });
  if (resumed.status !== 200) throw new Error(`the seat: ${resumed.status}`);
  const s = await arrive(server, person.seat, { cookies: resumed.cookie.split(';')[0] });
  if (s.welcome.phase !== 'inside') throw new Error(`back, but ${s.welcome.phase}`);
  s.state = await s.next('state');
  return s;
}
