// SPDX-License-Identifier: EUPL-1.2
// Whoever has the server has this: stands between browsers and a real conclaved with its certificate, reads everything,
// keeps what it wants, alters, swallows and invents messages; and relays the media port, keeping every datagram.
// Invariant: without a rule of the test every byte of the protocol passes as it came.

import { createSocket } from 'node:dgram';
import { readFile } from 'node:fs/promises';
import { createServer, request } from 'node:https';
import { join } from 'node:path';
import { WebSocket, WebSocketServer } from 'ws';

/** One page's WebSocket, both halves of it. */
class Line {
  /** Who said hello on it; null before. */
  seat = null;
  person = null;
  /** Messages of the server, as they came, and of the client. */
  heard = [];
  said = [];

  constructor(browser, server) {
    this.browser = browser;
    this.server = server;
  }

  /** Invented by the relay. */
  tell(message) {
    this.browser.send(JSON.stringify(message));
  }

  say(message) {
    this.server.send(JSON.stringify(message));
  }
}

export class Relay {
  lines = [];
  /** Every byte of signalling in clear, as the server's own TLS would show it. */
  signalling = [];
  datagrams = [];
  /** (message, line) => message | null | [messages]; replaced by tests. */
  toBrowser = (message) => message;
  toServer = (message) => message;
  /** (path, text) => text of a script, and (path, body) => answer | null; replaced by tests. */
  file = null;
  ask = () => null;

  static async start(server) {
    const relay = new Relay();
    relay.target = server;
    await relay.listenHttps(server);
    await relay.listenUdp(server);
    return relay;
  }

  async listenHttps(server) {
    const file = (name) => readFile(join(server.state, 'tls', name));
    const own = { cert: await file('cert.pem'), key: await file('key.pem') };
    this.https = createServer(own, (question, answer) => this.pass(question, answer));
    this.sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'conclave' });
    this.https.on('upgrade', (question, socket, head) => this.upgrade(question, socket, head));
    await new Promise((ok) => this.https.listen(0, '127.0.0.1', ok));
    this.origin = `https://localhost:${this.https.address().port}`;
  }

  /** The headers of a browser, as if it had come to the server itself. */
  headers(given) {
    const headers = { ...given, host: `localhost:${this.target.port}` };
    if (headers.origin) headers.origin = this.target.origin;
    return headers;
  }

  async alter(url, got, answer) {
    const parts = [];
    for await (const part of got) parts.push(part);
    const { 'content-length': _, etag: __, ...headers } = got.headers;
    answer.writeHead(got.statusCode, headers);
    answer.end(this.file(url, Buffer.concat(parts).toString()));
  }

  async told(question, answer) {
    const parts = [];
    for await (const part of question) parts.push(part);
    answer.end(this.ask(question.url, Buffer.concat(parts).toString()) ?? '');
  }

  pass(question, answer) {
    const { method, url } = question;
    if (url.startsWith('/test-')) return void this.told(question, answer);
    const headers = this.headers(question.headers);
    const altered = this.file !== null && url.endsWith('.js');
    if (altered) delete headers['accept-encoding'];
    const options = { method, headers, rejectUnauthorized: false };
    const onward = request(`${this.target.origin}${url}`, options, async (got) => {
      if (altered) return this.alter(url, got, answer);
      answer.writeHead(got.statusCode, got.headers);
      got.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    question.on('data', (part) => this.signalling.push(part)).pipe(onward);
  }

  upgrade(question, socket, head) {
    const { cookie = '', origin } = this.headers(question.headers);
    const address = `${this.target.origin.replace('https', 'wss')}/ws`;
    const options = { headers: { cookie }, origin, rejectUnauthorized: false, perMessageDeflate: false };
    const server = new WebSocket(address, 'conclave', options);
    server.on('error', () => socket.destroy());
    server.once('open', () => {
      this.sockets.handleUpgrade(question, socket, head, (browser) => this.join(new Line(browser, server)));
    });
  }

  join(line) {
    this.lines.push(line);
    const { browser, server } = line;
    browser.on('message', (data) => {
      this.signalling.push(Buffer.from(data));
      const message = JSON.parse(data);
      line.said.push(message);
      if (message.type === 'hello') line.seat = message.seat;
      for (const one of [this.toServer(message, line)].flat()) if (one) line.say(one);
    });
    server.on('message', (data) => {
      this.signalling.push(Buffer.from(data));
      const message = JSON.parse(data);
      line.heard.push(message);
      if (message.type === 'welcome') line.person = message.you;
      const mine = message.type === 'answer' ? { ...message, sdp: this.through(message.sdp) } : message;
      for (const one of [this.toBrowser(mine, line)].flat()) if (one) line.tell(one);
    });
    const end = () => {
      browser.close();
      server.close();
    };
    for (const side of [browser, server]) side.on('close', end).on('error', end);
  }

  /** The newest line of a page. */
  line(name) {
    const mine = (l) => l.heard.some((m) => m.type === 'welcome' && m.name === name);
    return this.lines.filter(mine).at(-1);
  }

  /** The link of a person, through here. */
  link(who) {
    return { ...who, link: who.link.replace(this.target.origin, this.origin) };
  }

  async listenUdp(server) {
    this.ends = new Map();
    this.udp = createSocket('udp4');
    this.udp.on('message', (bytes, from) => {
      this.datagrams.push({ to: 'server', port: from.port, at: performance.now(), bytes });
      this.end(from, server.port).send(bytes, server.port, '127.0.0.1');
    });
    await new Promise((ok) => this.udp.bind(0, '127.0.0.1', ok));
    this.mediaPort = this.udp.address().port;
  }

  /** The socket that stands for one browser. */
  end(from) {
    const known = this.ends.get(from.port);
    if (known) return known;
    const end = createSocket('udp4');
    end.on('message', (bytes) => {
      this.datagrams.push({ to: 'browser', port: from.port, at: performance.now(), bytes });
      this.udp.send(bytes, from.port, from.address);
    });
    end.on('error', () => end.close());
    this.ends.set(from.port, end);
    return end;
  }

  /** An answer whose only address is ours. */
  through(sdp) {
    const ours = `a=candidate:1 1 udp 2130706431 127.0.0.1 ${this.mediaPort} typ host`;
    let told = false;
    return sdp.split('\r\n').flatMap((line) => {
      if (!line.startsWith('a=candidate:')) return [line];
      const first = !told;
      told = true;
      return first ? [ours] : [];
    }).join('\r\n');
  }

  async stop() {
    for (const { browser, server } of this.lines) for (const side of [browser, server]) side.terminate();
    for (const end of this.ends.values()) end.close();
    this.udp.close();
    this.https.closeAllConnections();
    await new Promise((ok) => this.https.close(ok));
  }
}
