// SPDX-License-Identifier: EUPL-1.2
// Members without a page: the client's own keys (lib/keys.mjs) on a real WebSocket to the real server. In the browser
// tests. Invariant: inputs of one member are dealt with one after the other, as in the keys worker.

import { request } from 'node:https';
import { WebSocket } from 'ws';
import { until } from './wait.mjs';

const AGAIN_MS = 150;
const KEYS = /^(?:key-|conversation|voucher$)/;
const hex = (bytes) => Promise.resolve(Buffer.from(bytes).toString('hex'));

/** POST of JSON; { status, json, cookie }. */
function post(server, path, body, cookie = '') {
  const headers = { 'content-type': 'application/json', 'origin': server.origin, cookie };
  return new Promise((ok, no) => {
    const options = { method: 'POST', headers, rejectUnauthorized: false };
    const call = request(`${server.origin}${path}`, options, (answer) => {
      let text = '';
      answer.on('data', (part) => (text += part)).on('end', () => ok({
        status: answer.statusCode, json: JSON.parse(text), cookie: answer.headers['set-cookie']?.[0].split(';')[0],
      }));
    });
    call.on('error', no).end(JSON.stringify(body));
  });
}

export class Simulated {
  people = new Map();
  waiting = [];
  roster = null;
  epochs = 0;
  alarms = [];
  heardBytes = 0;
  saidBytes = 0;
  inside = false;
  over = false;
  #queue = Promise.resolve();

  /** `frames` is given what the keys tell a frames worker, `heard` whatever the server says that is not about keys. */
  static async make(keys, server, link, { frames = () => undefined, heard = () => undefined } = {}) {
    const s = new Simulated();
    s.heard = heard;
    s.server = server;
    const own = await keys.identity(keys.memory());
    s.device = keys.toBase64(own.device);
    s.member = await keys.Member.make({
      identity: own, now: Date.now, random: (n) => crypto.getRandomValues(new Uint8Array(n)),
      clerks: { get: () => Promise.resolve(null), set: () => Promise.resolve() },
      office: () => Promise.resolve(null),
      tell: (told) => s.told(told), code: hex,
      frames: (m) => {
        s.epochs += m.type === 'epoch' ? 1 : 0;
        frames(m);
      },
    });
    const { json, cookie } = await post(server, '/api/link', { token: link.split('#')[1] });
    Object.assign(s, { seat: json.seat, name: json.name, cookie });
    s.open();
    return s;
  }

  /** The epoch authenticator of a settled epoch. */
  get authenticator() {
    return this.roster?.code ?? null;
  }

  open() {
    const address = `${this.server.origin.replace('https', 'wss')}/ws`;
    const options = { headers: { cookie: this.cookie }, origin: this.server.origin, rejectUnauthorized: false };
    const line = new WebSocket(address, 'conclave', { ...options, perMessageDeflate: false });
    this.line = line;
    line.on('open', () => this.send({ type: 'hello', version: 1, seat: this.seat, device: this.device }));
    line.on('message', (data) => this.hear(JSON.parse(data), data.length));
    line.on('error', () => undefined); // `close` follows
    line.on('close', () => this.lost(line));
  }

  /** As a page does: asks for the seat, opens a line, until it stands. */
  async lost(line) {
    if (line !== this.line || this.over) return;
    if (this.inside) this.input({ type: 'line-lost' });
    await new Promise((ok) => setTimeout(ok, AGAIN_MS * (1 + Math.random())));
    const answer = await post(this.server, '/api/resume', { seat: this.seat }, this.cookie).catch(() => null);
    if (answer === null || answer.status !== 200) return this.lost(line);
    this.cookie = answer.cookie;
    this.open();
  }

  send(message) {
    if (this.line.readyState !== WebSocket.OPEN) return;
    const text = JSON.stringify(message);
    if (KEYS.test(message.type)) this.saidBytes += text.length;
    this.line.send(text);
  }

  told(told) {
    if (told.type === 'send') this.send(told.message);
    else if (told.type === 'roster') this.roster = told.roster;
    else if (told.type === 'alarm') this.alarms.push(told.alarm.kind);
    else if (told.type === 'vouched') this.send({ type: 'admit', person: told.person, voucher: told.voucher });
  }

  input(input) {
    this.#queue = this.#queue.then(async () => {
      await (input === null ? this.member.timeout() : this.member.receive(input));
      clearTimeout(this.timer);
      const wait = Math.max(20, this.member.deadline() - Date.now());
      if (!this.over && Number.isFinite(wait)) this.timer = setTimeout(() => this.input(null), Math.min(wait, 60_000));
    });
  }

  list() {
    return [...this.people.values()].map((p) => ({
      person: p.id, name: p.name, office: p.office, device: p.device, connected: p.connection === 'connected',
    }));
  }

  hear(m, size) {
    if (KEYS.test(m.type)) {
      this.heardBytes += size;
      return this.input({ type: 'served', message: m });
    }
    switch (m.type) {
      case 'welcome':
        this.id = m.you;
        if (m.phase === 'outside') this.send({ type: 'join', device: this.device });
        return undefined;
      case 'state':
        this.inside = true;
        this.people = new Map(m.people.map((p) => [p.id, p]));
        this.waiting = m.waiting;
        return this.input({
          type: 'inside', meeting: m.meeting.id, self: m.you, people: this.list(), body: m.meeting.body,
          roster: m.roster ?? null, invitation: null, keys: m.keys, vouchers: m.vouchers,
          conversations: m.conversations,
        });
      case 'person':
        this.people.set(m.person.id, m.person);
        return this.input({ type: 'people', people: this.list() });
      case 'gone':
        this.people.delete(m.id);
        return this.input({ type: 'people', people: this.list() });
      case 'waiting':
        this.waiting = m.people;
        return undefined;
      default:
        return this.heard(m);
    }
  }

  /** Signs for the device of each who waits, and lets them in. */
  admit(names) {
    for (const who of this.waiting.filter((w) => names.includes(w.name)))
      this.input({ type: 'vouch', meeting: this.meeting, person: who.id, device: who.device });
  }

  stop() {
    this.over = true;
    clearTimeout(this.timer);
    this.line.terminate();
  }
}

/** Until all of these, and nobody else, are in one epoch with one authenticator; gives the epoch. */
export function agree(all, ms = 20_000) {
  return until(`${all.length} members to agree`, () => {
    const [first] = all;
    const odd = all.filter((s) => s.roster?.leaves.length !== all.length || s.authenticator === null ||
      s.authenticator !== first.authenticator);
    const shown = (s) => `${s.name}: epoch ${s.roster?.epoch} of ${s.roster?.leaves.length}`;
    if (odd.length > 0) throw new Error(odd.map(shown).join());
    return first.roster.epoch;
  }, ms, 20);
}
