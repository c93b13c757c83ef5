// SPDX-License-Identifier: EUPL-1.2
// One MLS group as one member lives it: asks to be added, takes commits that pass the checks, commits what is wanted
// when it is its turn, catches up, resumes, and asks anew when it cannot. Knows neither socket, clock nor page: inputs
// come one after the other, each is awaited, and `deadline` says when `timeout` wants to be called.
// Invariant: `state` only ever becomes what checks.ts did not object to.

import type { GroupId, KeysFromServer, KeysToServer, ServedGroup } from '../../wire/delivery';
import type { PersonId } from '../../wire/messages';
import { equal, fromBase64, toBase64 } from './bytes';
import { asPlanned, doubt, holder, judge, type Judgement, type Objection, type Plan } from './checks';
import { due, nextSilence, type Offered, rank, RENEW_MS, type Wish, wishes } from './committer';
import { type ClientState, type KeyPackage, type Made, type Mls, type Package, readPackage } from './mls';
import type { Book } from './people';
import { Commits } from './resume';
import { epochOf, type Leaf, leavesOf, ownLeaf, sameLeaf } from './tree';

/** Again when there was no answer. */
const ASK_MS = 10_000;
const CATCH_UP_MS = 1_000;
const COMMIT_MS = 3_000;
/** Of recoveries from what was forged or refused. */
const TRIES = 3;
const TRIES_MS = 60_000;
/** What the server takes: 24,000 letters of a commit, 40,000 of a Welcome. */
const COMMIT_BYTES = 18_000;
const WELCOME_BYTES = 30_000;
/** Own packages for which a Welcome may still come. */
const PACKAGES = 3;

export interface Around {
  readonly group: GroupId;
  readonly mls: Mls;
  readonly book: Book;
  self(): PersonId;
  now(): number;
  random(bytes: number): Uint8Array;
  send(message: KeysToServer): void;
  object(objection: Objection): void;
  /** Keys of people that came in since may verify vouchers now. */
  verify(): Promise<void>;
  /** A new epoch stands; `plan` is null where we came in by creating or by a Welcome. */
  entered(leaves: readonly Leaf[], plan: Plan | null): Promise<void>;
  /** There is no epoch any more. */
  lost(): void;
}

export interface Heard {
  readonly from: Leaf;
  readonly plain: Uint8Array;
  readonly epoch: number;
}

type From<T extends KeysFromServer['type']> = Extract<KeysFromServer, { type: T }>;

interface Pending {
  readonly made: Made;
  readonly message: Extract<KeysToServer, { type: 'key-commit' }>;
  readonly epoch: number;
  readonly plan: Plan;
  sentAt: number;
  sent: number;
}

export class Group {
  state: ClientState | null = null;
  leaves: readonly Leaf[] = [];
  epochAt = 0;
  /** A commit was refused: the others may have moved on without us. */
  refused = false;
  private tag = '';
  private online = false;
  private pending: Pending | null = null;
  private packages: readonly Package[] = [];
  /** Made before it is needed, for whoever we shall be. */
  private spare: { readonly person: PersonId; readonly name: string; readonly package: Package } | null = null;
  private askedAt: number | null = null;
  /** How many times we asked on this line without an answer yet. */
  private unanswered = 0;
  private catchUpAt: number | null = null;
  private catchUps = 0;
  /** The group went on while we were away, perhaps on another branch than ours: then we ask anew, without an alarm. */
  private strange = false;
  private tries: readonly number[] = [];
  private offered: readonly Offered<KeyPackage>[] = [];
  /** Packages with which no commit could be made. */
  private readonly bad = new Set<string>();
  private readonly since = new Map<string, number>();
  private renew = false;
  private readonly log = new Commits();

  constructor(private readonly around: Around) {}

  get epoch(): number | null {
    return this.state === null ? null : epochOf(this.state);
  }

  get own(): number {
    return this.state === null ? -1 : ownLeaf(this.state);
  }

  /** The line is open; this is the server's idea of the group. */
  async enter(served: ServedGroup | null): Promise<void> {
    this.online = true;
    this.unanswered = 0;
    this.offered = [];
    if (this.state === null) return this.join();
    if (served === null) this.resume();
    else await this.compare(served.epoch, served.tag, served.members);
  }

  /** The line is open again; whatever happened meanwhile is asked for. */
  async back(): Promise<void> {
    this.online = true;
    this.unanswered = 0;
    if (this.state === null) return this.join();
    this.around.send({ type: 'key-since', group: this.around.group, epoch: epochOf(this.state) });
  }

  lineLost(): void {
    this.online = false;
  }

  /** Nothing of the group is kept. */
  forget(): void {
    this.drop();
    this.packages = [];
    this.offered = [];
    this.askedAt = null;
    this.online = false;
  }

  private drop(): void {
    const stood = this.state !== null;
    this.state = null;
    this.leaves = [];
    this.pending = null;
    this.catchUpAt = null;
    this.since.clear();
    if (stood) this.around.lost();
  }

  /** What asking to be added takes the longest for: a package, whose key nobody has seen yet. */
  async prepare(person: PersonId, name: string): Promise<void> {
    if (this.spare?.person === person && this.spare.name === name) return;
    this.spare = { person, name, package: await this.around.mls.package(person, name) };
  }

  async join(): Promise<void> {
    const { around } = this;
    await this.prepare(around.self(), around.book.name(around.self()) ?? '');
    if (this.spare === null) return;
    const { package: own } = this.spare;
    this.spare = null; // a package is offered once
    this.packages = [own, ...this.packages].slice(0, PACKAGES);
    this.askedAt = around.now();
    this.unanswered += 1;
    around.send({ type: 'key-join', group: around.group, package: toBase64(own.bytes) });
  }

  /** Asks to be added anew; what went before was refused or cannot be followed. */
  async anew(): Promise<void> {
    const now = this.around.now();
    this.tries = this.tries.filter((at) => now - at < TRIES_MS);
    const [first] = this.tries;
    this.drop();
    if (this.tries.length >= TRIES && first !== undefined) {
      this.askedAt = first + TRIES_MS - ASK_MS;
      return;
    }
    this.tries = [...this.tries, now];
    await this.join();
  }

  private resume(): void {
    if (this.state === null) return;
    const { around } = this;
    const commits = this.log.newest(epochOf(this.state), around.now()).map(toBase64);
    around.send({ type: 'key-resume', group: around.group, epoch: epochOf(this.state), tag: this.tag, commits });
  }

  private async compare(epoch: number, tag: string, members: readonly PersonId[]): Promise<void> {
    if (this.state === null) return;
    const own = epochOf(this.state);
    if (epoch > own) {
      this.strange = true;
      this.catchUp();
    } else if (epoch < own || tag !== this.tag) await this.anew();
    else if (!members.includes(this.around.self())) await this.anew();
    else if (this.pending !== null) this.sendPending(this.pending);
  }

  async served(m: KeysFromServer): Promise<void> {
    switch (m.type) {
      case 'key-group':
        return this.onGroup(m);
      case 'key-create':
        return this.create();
      case 'key-wanted':
        return this.onWanted(m);
      case 'key-commit':
        return this.onCommit(m);
      case 'key-welcome':
        return this.onWelcome(m);
      case 'key-behind':
        // The winner is on its way, or came already.
        if (this.state !== null && m.epoch > epochOf(this.state)) this.catchUpAt = this.around.now() + CATCH_UP_MS;
        return;
      case 'key-lost':
        this.drop();
        return this.join();
      case 'key-message':
      case 'conversation':
      case 'conversation-left':
      case 'conversation-over':
      case 'voucher':
      case 'roster':
        return;
    }
  }

  private async onGroup(m: From<'key-group'>): Promise<void> {
    const answer = this.unanswered > 0;
    if (answer) this.unanswered -= 1;
    // It tells how things stood when we asked. Somebody else's question may have made us the creator meanwhile.
    if (answer && this.state !== null) return;
    if (this.state === null) {
      if (this.askedAt === null) await this.join();
    } else if (m.epoch === null || m.tag === null) {
      this.drop();
      await this.join();
    } else await this.compare(m.epoch, m.tag, m.members);
  }

  private async create(): Promise<void> {
    const { around } = this;
    const [own] = this.packages;
    if (this.state !== null || own === undefined) return;
    this.packages = [];
    const state = await around.mls.create(around.random(16), own);
    await this.enterEpoch(state, null);
    around.send({ type: 'key-create', group: around.group, tag: this.tag });
  }

  private async onWanted(m: From<'key-wanted'>): Promise<void> {
    this.offered = m.people.flatMap(({ person, package: letters }) => {
      const bytes = fromBase64(letters);
      const read = bytes === null ? null : readPackage(bytes);
      if (read !== null && holder(read)?.person === person) return [{ person, key: letters, package: read }];
      this.objectOnce(letters, { kind: 'forged', person });
      return [];
    });
    await this.look();
  }

  private objectOnce(letters: string, objection: Objection): void {
    if (this.bad.has(letters)) return;
    this.bad.add(letters);
    this.around.object(objection);
  }

  private async onCommit(m: From<'key-commit'>): Promise<void> {
    const bytes = fromBase64(m.commit);
    if (this.state === null || bytes === null) return;
    const epoch = epochOf(this.state);
    if (m.epoch < epoch) return;
    if (m.epoch > epoch) return this.catchUp();
    const { pending } = this;
    if (pending !== null && equal(fromBase64(pending.message.commit) ?? new Uint8Array(), bytes)) {
      this.log.add(epoch, bytes, this.around.now());
      return this.enterEpoch(pending.made.settle(this.state), pending.plan);
    }
    return this.take(this.state, bytes, m.by === 0 || this.strange);
  }

  /** `perhaps`: it may be of another branch than ours (after a restart of the server). */
  private async take(state: ClientState, commit: Uint8Array, perhaps: boolean): Promise<void> {
    const { around, leaves } = this;
    // null: it did not come so far, since it does not verify.
    const verdict: { is: Judgement | null } = { is: null };
    await around.verify();
    const next = await around.mls
      .take(state, commit, (asked) => {
        const judgement = judge(asked, leaves, around.book, around.now());
        verdict.is = judgement;
        return 'plan' in judgement;
      })
      .catch(() => null);
    const judged = verdict.is;
    if (judged !== null && 'objection' in judged) return this.refuse(judged.objection);
    // We asked twice, and both were heard: this one takes our leaf for the second. The library cannot follow where the
    // new leaf stands in the place of the old one; a member signed it, and the Welcome is on its way.
    if (judged?.plan.removed.some((l) => l.leaf === this.own) === true) return this.replaced();
    if (next === null || judged === null)
      return perhaps ? this.anew() : this.refuse({ kind: 'forged', person: null });
    const { plan } = judged;
    if (!asPlanned(leaves, leavesOf(next), plan)) return this.refuse({ kind: 'forged', person: plan.by.person });
    this.log.add(epochOf(state), commit, around.now());
    for (const warning of plan.warnings) around.object(warning);
    await this.enterEpoch(next, plan);
  }

  /** Our leaf is out; a Welcome may be on its way, when we had asked. */
  private async replaced(): Promise<void> {
    this.drop();
    if (this.packages.length === 0) return this.anew();
    this.askedAt = this.around.now();
  }

  private async refuse(objection: Objection): Promise<void> {
    this.refused = true;
    this.around.object(objection);
    await this.anew();
  }

  private async onWelcome(m: From<'key-welcome'>): Promise<void> {
    const { around } = this;
    const bytes = fromBase64(m.welcome);
    if (bytes === null || (this.epoch !== null && m.epoch <= this.epoch)) return;
    for (const [at, own] of this.packages.entries()) {
      const state = await around.mls.join(bytes, own).catch(() => null);
      if (state === null) continue;
      if (epochOf(state) !== m.epoch || toBase64(await around.mls.tag(state)) !== m.tag) {
        around.object({ kind: 'forked', person: null });
        return;
      }
      this.unanswered = 0;
      // What was asked after it may be answered too.
      this.packages = this.packages.slice(0, at);
      await this.enterEpoch(state, null);
      return;
    }
  }

  private async enterEpoch(state: ClientState, plan: Plan | null): Promise<void> {
    const { around } = this;
    this.state = state;
    this.leaves = leavesOf(state);
    this.epochAt = around.now();
    this.tag = toBase64(await around.mls.tag(state));
    this.pending = null;
    this.askedAt = null;
    this.catchUpAt = null;
    this.catchUps = 0;
    this.strange = false;
    this.refused = false;
    this.renew = false;
    const added = new Set(plan?.added.map((a) => a.person));
    this.offered = this.offered.filter((o) => !added.has(o.person));
    await around.entered(this.leaves, plan);
    await this.look();
  }

  /** A message came from an epoch that we have not seen: its commit must be on its way. */
  behind(): void {
    this.catchUpAt ??= this.around.now() + CATCH_UP_MS;
  }

  /** Seals for everybody in the group. */
  async seal(plain: Uint8Array): Promise<void> {
    if (this.state === null) return;
    const { state, sealed } = await this.around.mls.seal(this.state, plain);
    this.state = state;
    const { group } = this.around;
    this.around.send({ type: 'key-message', group, epoch: epochOf(state), body: toBase64(sealed) });
  }

  /** null: it does not verify, or is of an epoch that is not kept. Who sent it is told by the key that signed it. */
  async open(body: string): Promise<Heard | null> {
    const bytes = fromBase64(body);
    if (this.state === null || bytes === null) return null;
    const heard = await this.around.mls.open(this.state, bytes).catch(() => null);
    if (heard === null) return null;
    this.state = heard.state;
    const from = this.leaves.find((l) => sameLeaf(l, heard.from));
    return from === undefined ? null : { from, plain: heard.plain, epoch: heard.epoch };
  }

  private catchUp(): void {
    const { around } = this;
    if (this.state === null || (this.catchUpAt !== null && this.catchUps > 0 && around.now() < this.catchUpAt)) return;
    this.catchUps += 1;
    this.catchUpAt = around.now() + 2 * CATCH_UP_MS;
    around.send({ type: 'key-since', group: around.group, epoch: epochOf(this.state) });
  }

  /** A fresh epoch, whoever's turn it is. */
  async refresh(): Promise<void> {
    this.renew = true;
    await this.look();
  }

  private wanted(now: number): readonly Wish<KeyPackage>[] {
    if (this.state === null) return [];
    const { book } = this.around;
    const offered = this.offered.filter((o) => !this.bad.has(o.key));
    const list = wishes(this.leaves, this.own, offered, book, now);
    const renewing = this.renew || now - this.epochAt >= RENEW_MS;
    return renewing && list.length === 0
      ? [{ key: 'renew', add: null, remove: null, urgent: false }]
      : list;
  }

  private dueAt(list: readonly Wish<KeyPackage>[]): number | null {
    const renewing = list.some((w) => w.key === 'renew');
    const place = rank(this.leaves, this.own, this.around.book, renewing ? (this.epoch ?? 0) : 0);
    if (place === null || !this.online || this.pending !== null || this.catchUpAt !== null) return null;
    return due(list, (key) => this.since.get(key) ?? this.around.now(), this.epochAt, place);
  }

  /** Notes what is wanted and since when, and commits when it is our turn. Also called when the list changed. */
  async look(): Promise<void> {
    const { around } = this;
    const now = around.now();
    const list = this.wanted(now);
    for (const key of this.since.keys()) if (!list.some((w) => w.key === key)) this.since.delete(key);
    for (const w of list) if (!this.since.has(w.key)) this.since.set(w.key, now);
    const at = this.dueAt(list);
    if (at === null || now < at || this.state === null) return;
    await around.verify();
    await this.commit(this.state, this.sound(list, now));
  }

  /** Without those whom the others would refuse. */
  private sound(list: readonly Wish<KeyPackage>[], now: number): readonly Wish<KeyPackage>[] {
    return list.filter((w) => {
      const who = w.add === null ? null : holder(w.add.package);
      const against = who === null ? null : doubt(who, this.around.book, now);
      if (against === null || against.kind === 'new-device') return true;
      this.objectOnce(w.key.slice(1), against);
      return false;
    });
  }

  private async commit(state: ClientState, list: readonly Wish<KeyPackage>[]): Promise<void> {
    if (list.length === 0) return;
    const add = list.flatMap((w) => (w.add === null ? [] : [w.add.package]));
    const removed = list.flatMap((w) => (w.remove === null ? [] : [w.remove]));
    const { around } = this;
    const made = await around.mls.commit(state, add, removed.map((l) => l.leaf)).catch(() => null);
    if (made === null) return this.single(state, list);
    const tooLarge = made.commit.length > COMMIT_BYTES || (made.welcome?.length ?? 0) > WELCOME_BYTES;
    if (tooLarge && list.length > 1) return this.commit(state, list.slice(0, list.length >> 1));
    const by = this.leaves.find((l) => l.leaf === this.own);
    const added = add.map(holder).filter((who) => who !== null);
    if (by === undefined) return;
    const epoch = epochOf(state);
    const message = {
      type: 'key-commit' as const,
      group: around.group,
      epoch,
      commit: toBase64(made.commit),
      welcome: made.welcome === null ? null : toBase64(made.welcome),
      added: added.map((a) => a.person),
      removed: removed.map((l) => l.person).filter((person) => !added.some((a) => a.person === person)),
      tag: toBase64(await made.tag()),
    };
    this.pending = { made, message, epoch, plan: { by, added, removed, warnings: [] }, sentAt: 0, sent: 0 };
    this.sendPending(this.pending);
  }

  /** No commit could be made of all together: one at a time, and what fails alone is not tried again. */
  private async single(state: ClientState, list: readonly Wish<KeyPackage>[]): Promise<void> {
    const [first, ...rest] = list;
    if (first === undefined) return;
    if (rest.length > 0) {
      await this.commit(state, [first]);
      return this.pending === null ? this.commit(state, rest) : undefined;
    }
    if (first.add !== null) this.objectOnce(first.key.slice(1), { kind: 'forged', person: first.add.person });
  }

  private sendPending(pending: Pending): void {
    pending.sentAt = this.around.now();
    pending.sent += 1;
    this.around.send(pending.message);
  }

  async timeout(): Promise<void> {
    const now = this.around.now();
    if (this.online && this.askedAt !== null && now >= this.askedAt + ASK_MS && this.state === null) await this.join();
    if (this.online && this.catchUpAt !== null && now >= this.catchUpAt) {
      if (this.catchUps >= TRIES) return this.anew();
      this.catchUp();
    }
    const { pending } = this;
    if (this.online && pending !== null && now >= pending.sentAt + COMMIT_MS) {
      // Without any answer we are no member for the server.
      if (pending.sent >= TRIES) return this.anew();
      this.sendPending(pending);
    }
    await this.look();
  }

  deadline(): number {
    const now = this.around.now();
    const times: (number | null)[] = [this.dueAt(this.wanted(now))];
    if (this.state !== null) {
      times.push(nextSilence(this.leaves, this.own, this.around.book, now));
      if (now < this.epochAt + RENEW_MS) times.push(this.epochAt + RENEW_MS);
    }
    if (this.online) {
      times.push(this.askedAt === null || this.state !== null ? null : this.askedAt + ASK_MS, this.catchUpAt);
      times.push(this.pending === null ? null : this.pending.sentAt + COMMIT_MS);
    }
    return Math.min(...times.filter((at) => at !== null));
  }
}
