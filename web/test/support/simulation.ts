// SPDX-License-Identifier: EUPL-1.2
// A meeting's keys in virtual time: members as the keys worker runs them, the server's model between them, a network
// with seeded delays. Nothing waits; the same seed gives the same meeting.

import { type Identity, identity, memory } from '../../src/crypto/keys/identity';
import { Member } from '../../src/crypto/keys/member';
import { toBase64 } from '../../src/crypto/keys/bytes';
import { inMemory, type Trust } from '../../src/crypto/keys/roster';
import type { Alarm, KeysToPage, PageMessage, Removing, Roster, Talk } from '../../src/crypto/keys/messages';
import type { KeysMessage } from '../../src/crypto/frames/messages';
import type { KeysToServer } from '../../src/wire/delivery';
import type { Office } from '../../src/wire/messages';
import { Delivery, type Person } from './delivery';
import { hex } from './party';
import { type Random, random } from './random';

export interface Epoch {
  readonly epoch: number;
  readonly baseKey: string;
  readonly own: number;
  readonly leaves: readonly number[];
  readonly keepFormer: number;
  readonly gone: readonly number[];
  readonly at: number;
}

export interface Speaking {
  readonly on: boolean;
  readonly why: string;
  readonly at: number;
}

/** One person's browser. */
export class Client {
  readonly epochs: Epoch[] = [];
  readonly alarms: Alarm[] = [];
  readonly rosters: Roster[] = [];
  readonly talks = new Map<number, Talk>();
  readonly heard: { readonly group: number; readonly from: number; readonly text: string }[] = [];
  readonly written: { readonly from: number; readonly text: string }[] = [];
  readonly said: { readonly id: number; readonly to: readonly number[] }[] = [];
  readonly vouched: Extract<KeysToPage, { type: 'vouched' }>[] = [];
  /** Whether frames are sealed, and since when. */
  speaking: Speaking = { on: false, why: '', at: 0 };
  readonly spoke: Speaking[] = [];
  trust: Trust | null = null;
  /** Why it does not go in. */
  readonly uninvited: string[] = [];
  /** Outlives the page, as the identity does. */
  readonly clerks = inMemory();
  /** A clerk's key, and the links that came back from being signed. */
  office: Identity | null = null;
  readonly links: string[] = [];
  cpu = 0;
  member: Member | null = null;
  /** Deliveries keep their order. */
  arrivesAt = 0;
  line = 0;

  constructor(
    readonly person: Person,
    readonly identity: Identity,
  ) {}

  get id(): number {
    return this.person.person;
  }
  get roster(): Roster {
    return this.rosters.at(-1) as Roster;
  }
  get epoch(): Epoch | undefined {
    return this.epochs.at(-1);
  }
  alarmed = (): string[] => this.alarms.map((a) => a.kind);
}

interface Due {
  readonly at: number;
  readonly order: number;
  readonly what: () => Promise<void> | void;
}

const START = Date.UTC(2026, 10, 22, 20);

export class Simulation {
  now = START;
  readonly server: Delivery;
  readonly clients = new Map<number, Client>();
  readonly r: Random;
  /** What stands between server and client; gives what arrives. */
  hostile: (to: number, input: PageMessage) => readonly PageMessage[] = (_, input) => [input];
  code: (epochAuthenticator: Uint8Array) => Promise<string> = (bytes) => Promise.resolve(hex(bytes).slice(0, 20));
  /** Removals that came to the server, in order. */
  readonly asked: { readonly from: number; readonly message: Removing }[] = [];
  private queue: Due[] = [];
  private order = 0;
  private turns = 0;

  constructor(seed = 1) {
    this.r = random(seed);
    this.server = new Delivery(
      'm'.repeat(22),
      (to, input) => this.deliver(to, input),
      (ms, what) => this.after(ms, what),
    );
  }

  after(ms: number, what: Due['what']): void {
    this.order += 1;
    this.queue.push({ at: this.now + ms, order: this.order, what });
  }

  private delay = (): number => 5 + this.r.below(40);

  private deliver(to: number, input: PageMessage): void {
    const client = this.clients.get(to);
    if (client === undefined) return;
    const { line } = client;
    for (const arriving of this.hostile(to, input)) {
      client.arrivesAt = Math.max(client.arrivesAt, this.now + this.delay());
      this.after(client.arrivesAt - this.now, () => {
        return client.line === line ? this.give(client, (m) => m.receive(arriving)) : undefined;
      });
    }
  }

  private async give(client: Client, what: (m: Member) => Promise<void>): Promise<void> {
    if (client.member === null) return;
    const before = process.cpuUsage();
    await what(client.member);
    const used = process.cpuUsage(before);
    client.cpu += (used.user + used.system) / 1_000;
  }

  /** What the page does with it. */
  private page(client: Client, m: KeysToPage): void {
    const { line } = client;
    if (m.type === 'send') {
      this.after(this.delay(), () => {
        if (client.line === line) this.fromClient(client.id, m.message);
      });
    } else if (m.type === 'roster') client.rosters.push(m.roster);
    else if (m.type === 'trust') client.trust = m.trust;
    else if (m.type === 'uninvited') {
      client.uninvited.push(m.why);
      this.after(this.delay(), () => this.out(client)); // it says that it leaves
    } else if (m.type === 'alarm') client.alarms.push(m.alarm);
    else if (m.type === 'talk') client.talks.set(m.talk.group, m.talk);
    else if (m.type === 'heard') client.heard.push(m);
    else if (m.type === 'writing') client.written.push(m);
    else if (m.type === 'said') client.said.push(m);
    else if (m.type === 'vouched') client.vouched.push(m);
    else if (m.type === 'link') client.links.push(m.link);
  }

  fromClient = (from: number, m: KeysToServer | Removing): void => {
    if (m.type === 'remove' || m.type === 'confirm') this.asked.push({ from, message: m });
    else this.server.receive(from, m);
  };

  private frames(client: Client, m: KeysMessage): void {
    const at = this.now;
    if (m.type === 'epoch') {
      client.epochs.push({ ...m, baseKey: hex(m.baseKey), at });
      client.speaking = { on: true, why: '', at };
    } else client.speaking = { on: m.type === 'go', why: m.type === 'stop' ? m.why : m.type, at };
    client.spoke.push(client.speaking);
  }

  async add(person: number, name: string, office: Office = 'member'): Promise<Client> {
    const own = await identity(memory());
    const client = new Client({ person, name, office, device: toBase64(own.device) }, own);
    this.clients.set(person, client);
    await this.start(client);
    return client;
  }

  /** A fresh page with the same device. */
  async start(client: Client): Promise<void> {
    client.speaking = { on: false, why: 'fresh', at: this.now };
    client.member = await Member.make({
      identity: client.identity,
      now: () => this.now,
      random: (bytes) => Uint8Array.from({ length: bytes }, () => this.r.below(256)),
      tell: (m) => this.page(client, m),
      frames: (m) => this.frames(client, m),
      code: (bytes) => this.code(bytes),
      clerks: client.clerks,
      office: () => Promise.resolve(client.office),
    });
  }

  /** Comes in, or back on a new line. */
  enter(client: Client): void {
    client.line += 1;
    this.server.enter(client.person);
  }

  async reload(client: Client): Promise<void> {
    await this.start(client);
    this.enter(client);
  }

  /** Said by the page. */
  input(client: Client, input: PageMessage): void {
    this.after(0, () => this.give(client, (m) => m.receive(input)));
  }

  lose(client: Client): void {
    client.line += 1;
    this.input(client, { type: 'line-lost' });
    this.server.change(client.id, 'reconnecting');
  }

  out(client: Client): void {
    client.line += 1;
    this.input(client, { type: 'outside' });
    this.server.change(client.id, 'out');
  }

  /** The server puts somebody out, and says that they were removed. */
  remove(client: Client): void {
    client.line += 1;
    this.input(client, { type: 'outside' });
    this.server.change(client.id, 'out', client.id);
  }

  /** The server dies and is there again; everyone comes back within so many milliseconds. */
  restart(within: number): void {
    const inside = [...this.clients.values()].filter((c) => this.server.status.get(c.id) === 'connected');
    for (const c of inside) {
      c.line += 1;
      this.input(c, { type: 'line-lost' });
      this.server.status.set(c.id, 'reconnecting');
      this.after(200 + this.r.below(within), () => this.enter(c));
    }
    this.server.restart();
  }

  /** Lets so much time pass. */
  async run(ms: number): Promise<void> {
    const end = this.now + ms;
    for (;;) {
      const timer = [...this.clients.values()]
        .map((client) => ({ client, at: Math.max(client.member?.deadline() ?? Infinity, this.now + 1) }))
        .reduce((a, b) => (b.at < a.at ? b : a), { client: null as Client | null, at: Infinity });
      this.queue.sort((a, b) => a.at - b.at || a.order - b.order);
      const next = this.queue[0];
      if (Math.min(next?.at ?? Infinity, timer.at) > end) break;
      if (next !== undefined && next.at <= timer.at) {
        this.queue.shift();
        this.now = Math.max(this.now, next.at);
        await next.what();
      } else if (timer.client !== null) {
        this.turns = timer.at - this.now <= 1 ? this.turns + 1 : 0;
        if (this.turns > 1_000) throw new Error('a deadline that is never met');
        this.now = timer.at;
        await this.give(timer.client, (m) => m.timeout());
      }
    }
    this.now = end;
  }

  /** Those inside, connected. */
  inside(): Client[] {
    return [...this.clients.values()].filter((c) => this.server.status.get(c.id) === 'connected');
  }

  /** What must be one and the same for all inside. */
  views(): { keys: string[]; codes: (string | null)[]; members: string[]; silent: string[] } {
    const all = this.inside();
    const one = <T>(values: T[]): T[] => [...new Set(values)];
    return {
      keys: one(all.map((c) => `${c.epoch?.epoch} ${c.epoch?.baseKey}`)),
      codes: one(all.map((c) => c.roster.code)),
      members: one(all.map((c) => c.roster.leaves.map((l) => l.person).sort((a, b) => a - b).join())),
      silent: all.filter((c) => !c.speaking.on).map((c) => `${c.id}: ${c.speaking.why}`),
    };
  }
}

/** A council of so many, all inside: 1 is the chair, 2 the clerk. */
export async function council(sim: Simulation, size: number, within = 500): Promise<Client[]> {
  const all: Client[] = [];
  for (let person = 1; person <= size; person += 1) {
    const office: Office = person === 1 ? 'chair' : person === 2 ? 'clerk' : 'member';
    const client = await sim.add(person, `Person ${person}`, office);
    all.push(client);
    sim.after(person === 1 ? 0 : sim.r.below(within), () => sim.enter(client));
  }
  return all;
}
