// SPDX-License-Identifier: EUPL-1.2
// The server as far as keys go, in memory: orders commits, relays, understands nothing (server/PROTOCOL.md, Keys).
// What it sends goes through `out`, where a test may stand in for a dishonest one.

import type { ConversationOpened, KeysFromServer, KeysToServer, ServedGroup, Voucher } from '../../src/wire/delivery';
import type { PageMessage, Seen } from '../../src/crypto/keys/messages';

export const BODY = 'Gemeenteraad';
export type Person = Omit<Seen, 'connected'>;
type Status = 'connected' | 'reconnecting' | 'out';
type Commit = Extract<KeysToServer, { type: 'key-commit' }>;

interface Served {
  readonly group: number;
  epoch: number | null;
  tag: string | null;
  members: Set<number>;
  log: { readonly by: number; readonly message: Commit }[];
  pending: Map<number, string>;
  creator: number | null;
  readonly talk: ConversationOpened | null;
  readers: Set<number>;
}

type Offer = Extract<KeysToServer, { type: 'key-resume' }>;

export class Delivery {
  readonly people = new Map<number, Person>();
  readonly status = new Map<number, Status>();
  readonly vouchers: Voucher[] = [];
  /** As the clerk's page sent it; a dishonest one may put anything here. */
  roster: string | null = null;
  /** What stands in the links by which people came; the server itself never sees it. */
  readonly invitations = new Map<number, string>();
  readonly groups = new Map<number, Served>();
  private last = 0;
  private offers: Map<number, Offer | null> | null = null;
  private restarted = false;
  /** Accepted commits of the meeting's group, in all. */
  commits = 0;
  bytes = 0;

  constructor(
    readonly meeting: string,
    private readonly out: (to: number, input: PageMessage) => void,
    private readonly after: (ms: number, what: () => void) => void,
  ) {
    this.restart();
  }

  /** Everything but the people is forgotten. */
  restart(): void {
    this.groups.clear();
    this.groups.set(0, this.make(0, null));
    this.last = 0;
    this.offers = null;
    this.restarted = this.list().length > 0;
  }

  private make(group: number, talk: ConversationOpened | null): Served {
    return {
      group,
      epoch: null,
      tag: null,
      members: new Set(),
      log: [],
      pending: new Map(),
      creator: null,
      talk,
      readers: new Set(talk?.people),
    };
  }

  private inside = (person: number): boolean => (this.status.get(person) ?? 'out') !== 'out';
  private connected = (person: number): boolean => this.status.get(person) === 'connected';

  list(): Seen[] {
    return [...this.people.values()]
      .filter((p) => this.inside(p.person))
      .map((p) => ({ ...p, connected: this.connected(p.person) }));
  }

  private send(to: number, message: KeysFromServer): void {
    if (this.connected(to)) this.out(to, { type: 'served', message });
  }

  private everyone(input: PageMessage, but?: number): void {
    for (const person of this.people.keys()) if (this.connected(person) && person !== but) this.out(person, input);
  }

  private served(g: Served): ServedGroup | null {
    return g.epoch === null || g.tag === null ? null : { epoch: g.epoch, tag: g.tag, members: [...g.members] };
  }

  /** Comes in, or back. */
  enter(p: Person): void {
    this.people.set(p.person, p);
    this.status.set(p.person, 'connected');
    this.everyone({ type: 'people', people: this.list() }, p.person);
    const main = this.groups.get(0) as Served;
    const conversations = [...this.groups.values()].flatMap((g) =>
      g.talk !== null && g.readers.has(p.person) ? [{ ...g.talk, joined: [...g.members] }] : [],
    );
    const { meeting, vouchers } = this;
    const keys = this.served(main);
    this.out(p.person, {
      type: 'inside',
      meeting,
      self: p.person,
      people: this.list(),
      body: BODY,
      roster: this.roster,
      invitation: this.invitations.get(p.person) ?? null,
      keys,
      vouchers: [...vouchers],
      conversations,
    });
  }

  sign(roster: string): void {
    this.roster = roster;
    this.everyone({ type: 'served', message: { type: 'roster', roster } });
  }

  vouch(voucher: Voucher): void {
    this.vouchers.push(voucher);
    this.everyone({ type: 'served', message: { type: 'voucher', ...voucher } });
  }

  /** The line is lost, or the person goes (aside, out). */
  change(person: number, status: Status, removed?: number): void {
    this.status.set(person, status);
    for (const g of this.groups.values()) {
      if (status === 'out') g.pending.delete(person);
      if (status === 'out' && g.talk !== null && g.readers.has(person)) this.part(g, person, 'gone');
    }
    const people = this.list();
    this.everyone({ type: 'people', people, ...(removed === undefined ? {} : { removed }) });
    for (const g of this.groups.values()) this.rescue(g);
  }

  receive(from: number, m: KeysToServer): void {
    if (!this.connected(from)) return;
    if (m.type === 'conversation-open') return this.converse(from, m.people, m.kind);
    const g = this.groups.get(m.group);
    if (g === undefined) return;
    switch (m.type) {
      case 'key-join':
        return this.join(g, from, m.package);
      case 'key-create':
        return this.created(g, from, m.tag);
      case 'key-commit':
        return this.commit(g, from, m);
      case 'key-since':
        return this.since(g, from, m.epoch);
      case 'key-message':
        for (const to of g.members)
          if (to !== from)
            this.send(to, { type: 'key-message', group: g.group, epoch: m.epoch, by: from, body: m.body });
        return;
      case 'key-resume':
        return this.offer(from, m);
      case 'conversation-refuse':
        return this.part(g, from, 'refused');
      case 'conversation-leave':
        return this.part(g, from, 'left');
    }
  }

  private join(g: Served, from: number, letters: string): void {
    g.pending.set(from, letters);
    this.tellGroup(g, from);
    if (g.group === 0 && g.epoch === null) this.await();
    if (g.group === 0 && this.offers !== null) {
      this.offers.set(from, null);
      return this.decideIfAll();
    }
    this.appoint(g);
    this.wanted(g);
    this.rescue(g);
  }

  /** Somebody must make the group. */
  private appoint(g: Served): void {
    if (g.epoch !== null) return;
    const { creator } = g;
    const chosen = creator !== null && this.connected(creator) && g.pending.has(creator) ? [creator] : [];
    // Of a conversation its opener, who need not have asked yet.
    const others = g.talk === null ? g.pending.keys() : [g.talk.by];
    const first = [...chosen, ...others].find(this.connected);
    if (first === undefined) return;
    g.creator = first;
    this.send(first, { type: 'key-create', group: g.group });
  }

  private tellGroup(g: Served, to: number): void {
    const { group, epoch, tag } = g;
    this.send(to, { type: 'key-group', group, epoch, tag, members: [...g.members] });
  }

  private created(g: Served, from: number, tag: string): void {
    if (g.epoch !== null || g.creator !== from) return;
    g.epoch = 0;
    g.tag = tag;
    g.members = new Set([from]);
    g.log = [];
    g.pending.delete(from);
    this.wanted(g);
  }

  private wanted(g: Served): void {
    const people = [...g.pending].map(([person, letters]) => ({ person, package: letters }));
    for (const to of g.members) this.send(to, { type: 'key-wanted', group: g.group, people });
  }

  private commit(g: Served, by: number, m: Commit): void {
    if (!g.members.has(by) || g.epoch === null) return;
    if (m.epoch !== g.epoch) return this.send(by, { type: 'key-behind', group: g.group, epoch: g.epoch });
    const before = [...g.members];
    g.log = [...g.log, { by, message: m }].slice(-64);
    g.epoch += 1;
    g.tag = m.tag;
    for (const person of m.removed) g.members.delete(person);
    for (const person of m.added) {
      g.members.add(person);
      g.pending.delete(person);
    }
    if (g.group === 0) this.commits += 1;
    this.bytes += m.commit.length + (m.welcome?.length ?? 0);
    const { group, epoch, commit, tag } = m;
    for (const to of before) this.send(to, { type: 'key-commit', group, epoch, by, commit, tag });
    const { welcome } = m;
    if (welcome !== null)
      for (const to of m.added)
        this.send(to, { type: 'key-welcome', group, epoch: epoch + 1, by, welcome, tag });
    this.wanted(g);
  }

  private since(g: Served, from: number, epoch: number): void {
    if (!g.members.has(from)) return this.send(from, { type: 'key-lost', group: g.group });
    const missed = g.log.filter((l) => l.message.epoch >= epoch);
    if (g.epoch !== null && epoch + missed.length !== g.epoch) this.send(from, { type: 'key-lost', group: g.group });
    else for (const l of missed) this.again(from, l.message, l.by);
  }

  private again(to: number, { group, epoch, commit, tag }: Commit, by: number): void {
    this.send(to, { type: 'key-commit', group, epoch, by, commit, tag });
  }

  /** A group in which nobody is left who could commit is made anew. */
  private rescue(g: Served): void {
    if (g.epoch === null || g.pending.size === 0) return;
    const able = [...g.members].filter((p) => this.inside(p) && !g.pending.has(p));
    if (able.some(this.connected)) return;
    const anew = (): void => {
      const still = [...g.members].some((p) => this.connected(p) && !g.pending.has(p));
      if (g.epoch === null || still || this.groups.get(g.group) !== g) return;
      g.epoch = null;
      g.tag = null;
      g.members = new Set();
      g.log = [];
      g.creator = null;
      for (const to of this.people.keys()) if (g.talk === null || g.readers.has(to)) this.tellGroup(g, to);
      this.appoint(g);
    };
    if (able.length === 0) anew();
    else this.after(10_000, anew);
  }

  /** After a restart those who were inside may bring the group back: two seconds are given to them. */
  private await(): void {
    if (!this.restarted || this.offers !== null) return;
    this.restarted = false;
    this.offers = new Map();
    this.after(2_000, () => this.decide());
  }

  private offer(from: number, m: Offer): void {
    const g = this.groups.get(0) as Served;
    if (g.epoch !== null) return this.tellGroup(g, from);
    this.await();
    this.offers?.set(from, m);
    this.decideIfAll();
  }

  private decideIfAll(): void {
    const { offers } = this;
    if (offers !== null && [...this.people.keys()].every((p) => !this.inside(p) || offers.has(p))) this.decide();
  }

  private decide(): void {
    const offers = [...(this.offers ?? [])].flatMap(([from, offer]) => (offer === null ? [] : [{ from, offer }]));
    this.offers = null;
    const g = this.groups.get(0) as Served;
    if (offers.length === 0) return this.appoint(g);
    const epoch = Math.max(...offers.map((o) => o.offer.epoch));
    if (g.epoch !== null) return;
    const highest = offers.filter((o) => o.offer.epoch === epoch);
    const votes = (tag: string): number => highest.filter((o) => o.offer.tag === tag).length;
    const order = [...highest].sort(
      (a, b) => votes(b.offer.tag) - votes(a.offer.tag) || (a.offer.tag < b.offer.tag ? -1 : 1),
    );
    const { tag } = (order[0] as (typeof order)[0]).offer;
    const best = highest
      .filter((o) => o.offer.tag === tag)
      .sort((a, b) => b.offer.commits.length - a.offer.commits.length)[0] as (typeof order)[0];
    const { commits } = best.offer;
    g.epoch = epoch;
    g.tag = tag;
    g.members = new Set(offers.map((o) => o.from));
    g.log = commits.map((commit, at) => {
      const ended = epoch - commits.length + at;
      const message = { type: 'key-commit' as const, group: 0, epoch: ended, commit, tag };
      return { by: 0, message: { ...message, welcome: null, added: [], removed: [] } };
    });
    for (const { from, offer } of offers)
      if (offer.epoch < epoch && offer.epoch >= epoch - commits.length)
        for (const l of g.log) if (l.message.epoch >= offer.epoch) this.again(from, l.message, 0);
    for (const person of this.people.keys()) this.tellGroup(g, person);
    this.wanted(g);
  }

  private converse(by: number, others: readonly number[], kind: ConversationOpened['kind']): void {
    this.last += 1;
    const people = [by, ...others].filter((p) => this.inside(p));
    const talk = { group: this.last, by, people, kind };
    this.groups.set(this.last, this.make(this.last, talk));
    for (const to of people) this.send(to, { type: 'conversation', ...talk });
  }

  private part(g: Served, person: number, why: 'refused' | 'left' | 'gone'): void {
    g.readers.delete(person);
    g.pending.delete(person);
    for (const to of g.readers) this.send(to, { type: 'conversation-left', group: g.group, person, why });
    if (g.readers.size >= 2) return;
    for (const to of g.readers) this.send(to, { type: 'conversation-over', group: g.group });
    this.groups.delete(g.group);
  }
}
