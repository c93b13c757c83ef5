// SPDX-License-Identifier: EUPL-1.2
// The group of the meeting: gives the frames worker its keys, says who is in it and with which code, beats, and keeps
// us silent while the group holds somebody whom the list does not, or while its sign of life is missing.

import type { KeysFromServer, ServedGroup } from '../../wire/delivery';
import type { PersonId, Reason } from '../../wire/messages';
import type { KeysMessage } from '../frames/messages';
import { fromBase64, view } from './bytes';
import { type Plan, survey } from './checks';
import { Group } from './group';
import { Heartbeat, STALE_MS } from './heartbeat';
import { fingerprint } from './identity';
import type { AlarmKind, Change, Roster, Silence, Why } from './messages';
import type { Mls } from './mls';
import { Patience } from './patience';
import { type People, trusted } from './people';
import { readRemoval, Removals, SIGNED_MS, written } from './removal';
import { epochOf, type Leaf } from './tree';

/** A code that is shown should not change under the eyes of who reads it aloud. */
const CODE_AFTER_MS = 2_000;
const FORMER_MS = { joined: 10_000, removed: 2_000 };
const ALIVE = new TextEncoder().encode('{"type":"alive"}');

export interface World {
  readonly mls: Mls;
  readonly people: People;
  self(): number;
  meeting(): string;
  now(): number;
  random(bytes: number): Uint8Array;
  send: ConstructorParameters<typeof Group>[0]['send'];
  alarm(kind: AlarmKind, group: number, person: number | null): void;
  frames(message: KeysMessage): void;
  code(epochAuthenticator: Uint8Array): Promise<string>;
  roster(roster: Roster): void;
}

/** Tells the people whose vouchers do not verify. */
export async function verifyVouchers(world: World): Promise<void> {
  for (const wrong of await world.people.verify(world.meeting())) world.alarm('forged', 0, wrong.person);
}

/** How somebody went, when the server said more than that they are gone. */
type Parting = Pick<Change, 'by'> & { readonly why: 'removed' | 'lost' };

function changeOf(plan: Plan | null, epoch: number, at: number, partings: ReadonlyMap<PersonId, Parting>): Change {
  if (plan === null) return { why: epoch === 0 ? 'created' : 'joined', people: [], at };
  const came = plan.added.filter((a) => !plan.removed.some((r) => r.person === a.person));
  const left = plan.removed.filter((r) => !plan.added.some((a) => a.person === r.person));
  const returned = plan.added.filter((a) => !came.includes(a));
  const kinds: [Why, readonly { person: number; name: string }[]][] = [
    ['came', came],
    ['left', left],
    ['returned', returned],
  ];
  const [first, second] = kinds.filter(([, people]) => people.length > 0);
  const people = [...came, ...left, ...returned].map(({ person, name }) => ({ person, name }));
  const [one] = left;
  const parting = people.length === 1 && one !== undefined ? partings.get(one.person) : undefined;
  if (parting !== undefined) return { ...parting, people, at };
  return { why: second !== undefined ? 'several' : (first?.[0] ?? 'renewed'), people, at };
}

export class Meeting {
  readonly group: Group;
  private readonly heartbeat = new Heartbeat();
  private code: string | null = null;
  private codeFor = -1;
  private change: Change | null = null;
  private silence: Silence | null = 'no-group';
  private online = false;
  private onlineAt = 0;
  private readonly prints = new Map<string, string>();
  private readonly wrong = new Patience();
  private readonly without = new Patience();
  private stale = false;
  private readonly removals = new Removals();
  private readonly partings = new Map<PersonId, Parting>();
  /** Since when all that is said in the group is heard. */
  private hearsSince = 0;
  private shown = '';

  constructor(private readonly world: World) {
    const { mls, people } = world;
    this.group = new Group({
      group: 0,
      mls,
      book: people,
      self: () => world.self(),
      now: () => world.now(),
      random: (bytes) => world.random(bytes),
      send: (message) => world.send(message),
      object: ({ kind, person }) => world.alarm(kind, 0, person),
      verify: () => verifyVouchers(world),
      entered: (leaves, plan) => this.entered(leaves, plan),
      lost: () => this.lost(),
    });
  }

  async enter(served: ServedGroup | null): Promise<void> {
    this.online = true;
    this.onlineAt = this.world.now();
    await this.group.enter(served);
    await this.look();
  }

  lineLost(): void {
    this.online = false;
    this.group.lineLost();
  }

  forget(): void {
    this.online = false;
    this.group.forget();
    this.removals.forget();
    this.partings.clear();
    this.world.frames({ type: 'forget' });
    this.change = null;
    this.wrong.look([], 0);
    this.without.look([], 0);
    this.tell();
  }

  async served(m: KeysFromServer): Promise<void> {
    if (m.type === 'key-message') await this.hear(m);
    else await this.group.served(m);
    await this.look();
  }

  private async entered(leaves: readonly Leaf[], plan: Plan | null): Promise<void> {
    const { world, group } = this;
    const now = world.now();
    const { state, own } = group;
    if (state === null) return;
    for (const l of leaves) {
      if (trusted(world.people.trust(l.person, l.device, now))) world.people.pin(l.person, l.device);
      if (!this.prints.has(l.device))
        this.prints.set(l.device, await fingerprint(fromBase64(l.device) ?? new Uint8Array()));
    }
    this.heartbeat.epoch(now);
    if (plan === null) this.hearsSince = epochOf(state) === 0 ? -Infinity : now;
    this.change = changeOf(plan, epochOf(state), now, this.partings);
    for (const { person } of plan?.removed ?? []) {
      this.partings.delete(person);
      // Whoever only came back with another page is not out.
      if (!plan?.added.some((a) => a.person === person)) this.removals.done(person);
    }
    this.code = null;
    this.codeFor = -1;
    const removed = plan?.removed ?? [];
    world.frames({
      type: 'epoch',
      group: 'meeting',
      epoch: epochOf(state),
      baseKey: view(await world.mls.baseKey(state)),
      own,
      leaves: leaves.map((l) => l.leaf),
      keepFormer: removed.length > 0 ? FORMER_MS.removed : FORMER_MS.joined,
      gone: removed.map((l) => l.leaf),
    });
    // The frames worker speaks again at a new epoch; what keeps us silent is said anew behind it.
    this.silence = null;
    this.hush(now);
    this.tell();
  }

  private lost(): void {
    this.code = null;
    this.hush(this.world.now());
    this.tell();
  }

  private async hear(m: Extract<KeysFromServer, { type: 'key-message' }>): Promise<void> {
    const { group, world } = this;
    const { epoch } = group;
    // Of the epoch before a removal may have been signed, of all others nothing counts any more.
    if (epoch === null || m.epoch < epoch - 1) return;
    if (m.epoch > epoch) return group.behind();
    const heard = await group.open(m.body);
    if (heard === null) return m.epoch < epoch ? undefined : world.alarm('forked', 0, m.by);
    const removal = readRemoval(heard.plain);
    if (removal !== null) this.removals.hear(heard.from, removal, world.now());
    if (heard.epoch === epoch) this.heartbeat.hear(heard.from, world.now());
  }

  /** Signs the removal, as a message of the group: what goes to the server after it arrives after it. */
  async remove(person: PersonId, reason: Reason): Promise<void> {
    const { group, world, removals } = this;
    const leaf = group.leaves.find((l) => l.person === person);
    const own = group.leaves.find((l) => l.leaf === group.own);
    if (leaf === undefined || own === undefined) return;
    const removal = { person, device: leaf.device, reason };
    removals.hear(own, removal, world.now());
    await group.seal(written(removal));
  }

  /** The server says that this person was removed. Whoever came in since it was asked cannot know better. */
  removed(person: PersonId): void {
    const { group, world, removals, partings } = this;
    const now = world.now();
    const leaf = group.leaves.find((l) => l.person === person);
    if (leaf === undefined) return;
    const signers = removals.signers(leaf, world.people, now);
    const by = signers?.map((l) => ({ person: l.person, name: l.name }));
    partings.set(person, by === undefined ? { why: 'lost' } : { why: 'removed', by });
    if (signers === null && now - this.hearsSince >= SIGNED_MS) world.alarm('unsigned-removal', 0, person);
  }

  private why(now: number): Silence | null {
    const { group, world } = this;
    if (group.refused) return 'refused';
    if (group.state === null) return 'no-group';
    if (survey(group.leaves, world.people, now).length > 0) return 'unlisted';
    const stale = this.heartbeat.staleAt(group.leaves, group.own, world.people);
    return stale !== null && now >= stale ? 'withheld' : null;
  }

  /** Silences us, or lets us speak. */
  private hush(now: number): void {
    const why = this.why(now);
    if (why === this.silence) return;
    this.silence = why;
    this.world.frames(why === null ? { type: 'go' } : { type: 'stop', why });
  }

  /** Alarms: what is wrong with a leaf and stays so; a sign of life that does not come although the line is open. */
  private async watch(now: number): Promise<void> {
    const { group, world } = this;
    // Without a line nothing could be mended.
    const found = this.online ? survey(group.leaves, world.people, now) : [];
    const wrong = found.map((w) => ({ ...w, name: `${w.kind} ${w.leaf}` }));
    this.wrong.look(wrong.map((w) => w.name), now);
    for (const w of wrong) {
      // Who was here and has gone is no ghost: what does not come is the removal.
      const kind = w.kind === 'ghost' && world.people.ever(w.person ?? 0) ? 'withheld' : w.kind;
      if (this.wrong.tell(w.name, now)) world.alarm(kind, 0, w.person);
    }
    const stale = this.online && this.silence === 'withheld' && now - this.onlineAt >= STALE_MS;
    const fresh = stale && !this.stale;
    this.stale = stale;
    if (!fresh) return;
    world.alarm('withheld', 0, null);
    await group.anew();
  }

  private cannotFollow(now: number): readonly number[] {
    const { group, world } = this;
    const without = world.people.list().filter((person) => !group.leaves.some((l) => l.person === person));
    this.without.look(without.map(String), now);
    return without.filter((person) => this.without.lasts(String(person), now));
  }

  private compute(): void {
    const { state, epoch } = this.group;
    if (state === null || epoch === null || this.codeFor === epoch) return;
    this.codeFor = epoch;
    const { change } = this;
    const authenticator = Uint8Array.from(state.keySchedule.epochAuthenticator);
    const done = (code: string): void => {
      if (this.group.state === null || this.change !== change) return; // another epoch, or this number again
      this.code = code;
      this.tell();
    };
    this.world.code(authenticator).then(done, () => undefined);
  }

  /** Beats, watches, tells. Called after every input and at the deadline. */
  async look(): Promise<void> {
    const { group, world, heartbeat } = this;
    // Before a commit is made, which takes a while: nothing is sent to whom the list does not hold any more.
    this.hush(world.now());
    await group.look();
    const now = world.now();
    heartbeat.look(group.leaves, group.own, world.people, now);
    const beat = heartbeat.due(group.leaves, group.own, world.people);
    if (this.online && group.state !== null && beat !== null && now >= beat) {
      heartbeat.sent(now);
      await group.seal(ALIVE);
    }
    this.hush(now);
    await this.watch(now);
    if (group.state !== null && now >= group.epochAt + CODE_AFTER_MS) this.compute();
    this.tell();
  }

  async timeout(): Promise<void> {
    await this.group.timeout();
    await this.look();
  }

  deadline(): number {
    const { group, world, heartbeat } = this;
    const times: (number | null)[] = [group.deadline()];
    times.push(this.wrong.deadline(world.now()), this.without.deadline(world.now()));
    if (group.state !== null) {
      if (this.codeFor !== group.epoch) times.push(group.epochAt + CODE_AFTER_MS);
      if (this.online) times.push(heartbeat.due(group.leaves, group.own, world.people));
      if (this.online && this.silence === 'withheld' && !this.stale) times.push(this.onlineAt + STALE_MS);
      if (this.silence === null) times.push(heartbeat.staleAt(group.leaves, group.own, world.people));
    }
    return Math.min(...times.filter((at) => at !== null));
  }

  private tell(): void {
    const { group, world } = this;
    const leaves = group.leaves.map((l) => ({
      ...l,
      fingerprint: this.prints.get(l.device) ?? '',
      vouchedBy: world.people.vouchedBy(l.person, l.device),
      own: l.leaf === group.own,
    }));
    const { code, change, silence } = this;
    const cannotFollow = this.cannotFollow(world.now());
    const roster: Roster = { epoch: group.epoch, leaves, cannotFollow, code, change, silence };
    const text = JSON.stringify(roster);
    if (text === this.shown) return;
    this.shown = text;
    world.roster(roster);
  }
}
