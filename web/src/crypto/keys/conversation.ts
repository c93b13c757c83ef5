// SPDX-License-Identifier: EUPL-1.2
// A private conversation: an MLS group of exactly its readers, opened when the first word is to be said. What is said
// before the others have their keys waits for them. Nothing is kept by the server, and here only what is on its way.
// SFrame contexts 8 to 11 are kept for a caucus's own sound and picture.

import type { ConversationOpened, KeysFromServer } from '../../wire/delivery';
import type { PersonId } from '../../wire/messages';
import { Group } from './group';
import { verifyVouchers, type World } from './meeting';
import { type KeysToPage, type Talk, TEXT_CHARACTERS } from './messages';
import { pad, type Said, unpad } from './padded';
import { readers, trusted } from './people';
import { Reader, Writer } from './rtt';

/** For readers who do not answer. */
const WAIT_MS = 5_000;
/** Of the epoch before: on its way when the group changed. */
const FORMER_MS = 10_000;

interface Waiting {
  readonly id: number;
  readonly text: string;
  readonly since: number;
}

export class Conversation {
  readonly group: Group;
  private readonly people: Set<PersonId>;
  private state: Talk['state'];
  private waiting: readonly Waiting[] = [];
  private readonly writer = new Writer();
  private readonly drafts = new Map<PersonId, Reader>();
  private shown = '';

  constructor(
    private readonly opened: ConversationOpened,
    private readonly world: World,
    private readonly tell: (m: KeysToPage) => void,
  ) {
    this.people = new Set(opened.people);
    this.state = 'asked';
    this.group = new Group({
      group: opened.group,
      mls: world.mls,
      book: readers(world.people, () => this.people),
      self: () => world.self(),
      now: () => world.now(),
      random: (bytes) => world.random(bytes),
      send: (message) => world.send(message),
      object: ({ kind, person }) => world.alarm(kind, opened.group, person),
      verify: () => verifyVouchers(world),
      entered: async (leaves) => {
        const now = world.now();
        for (const l of leaves)
          if (trusted(world.people.trust(l.person, l.device, now))) world.people.pin(l.person, l.device);
        this.state = 'open';
        this.writer.anew();
        this.show();
      },
      lost: () => this.show(),
    });
    this.show();
  }

  async join(): Promise<void> {
    if (this.state !== 'asked') return;
    this.state = 'joining';
    this.show();
    await this.group.enter(null);
  }

  async back(): Promise<void> {
    if (this.state === 'joining' || this.state === 'open') await this.group.back();
  }

  left(person: PersonId): void {
    this.people.delete(person);
    this.drafts.delete(person);
    this.show();
  }

  over(): void {
    this.state = 'over';
    this.waiting = [];
    this.group.forget();
    this.show();
  }

  say(id: number, text: string): void {
    if (text.length === 0 || text.length > TEXT_CHARACTERS || this.state === 'over') return;
    this.waiting = [...this.waiting, { id, text, since: this.world.now() }];
  }

  write(text: string): void {
    this.writer.write(text.slice(0, TEXT_CHARACTERS));
  }

  async served(m: KeysFromServer): Promise<void> {
    if (m.type === 'key-message') await this.hear(m);
    else await this.group.served(m);
    await this.look();
  }

  private reading(): readonly PersonId[] {
    return this.group.leaves.map((l) => l.person);
  }

  private async hear(m: Extract<KeysFromServer, { type: 'key-message' }>): Promise<void> {
    const { group, world } = this;
    if (group.epoch === null) return;
    if (m.epoch > group.epoch) return group.behind();
    const heard = await group.open(m.body);
    if (heard === null) {
      if (m.epoch === group.epoch) world.alarm('forged', this.opened.group, m.by);
      return;
    }
    if (heard.epoch < group.epoch && world.now() - group.epochAt > FORMER_MS) return;
    const said = unpad(heard.plain, TEXT_CHARACTERS);
    if (said !== null) this.take(heard.from.person, said);
  }

  private take(from: PersonId, said: Said): void {
    const { group } = this.opened;
    const draft = this.drafts.get(from) ?? new Reader();
    this.drafts.set(from, draft);
    if (said.type === 'text') {
      draft.clear();
      this.tell({ type: 'heard', group, from, text: said.text });
    } else {
      const text = draft.take(said, TEXT_CHARACTERS);
      if (text !== null) this.tell({ type: 'writing', group, from, text });
    }
  }

  /** Readers who are here and whose keys are not in the group yet. */
  private missing(): boolean {
    const reading = this.reading();
    return [...this.people].some((p) => this.world.people.belongs(p) && !reading.includes(p));
  }

  private readyAt(): number | null {
    const [first] = this.waiting;
    if (first === undefined || this.group.state === null || this.reading().length < 2) return null;
    return this.missing() ? first.since + WAIT_MS : first.since;
  }

  async look(): Promise<void> {
    const { world, group } = this;
    await group.look();
    const now = world.now();
    const ready = this.readyAt();
    if (ready !== null && now >= ready) await this.flush();
    const due = this.writer.due();
    if (group.state !== null && this.reading().length > 1 && due !== null && now >= due) {
      const piece = this.writer.next(now);
      if (piece !== null) await group.seal(pad(piece));
    }
    this.show();
  }

  private async flush(): Promise<void> {
    const { group } = this.opened;
    const to = this.reading().filter((p) => p !== this.world.self());
    const sending = this.waiting;
    this.waiting = [];
    for (const { id, text } of sending) {
      this.writer.clear();
      await this.group.seal(pad({ type: 'text', text }));
      this.tell({ type: 'said', group, id, to });
    }
  }

  async timeout(): Promise<void> {
    await this.group.timeout();
    await this.look();
  }

  deadline(): number {
    const ready = this.reading().length > 1 ? this.writer.due() : null;
    return Math.min(...[this.group.deadline(), this.readyAt(), ready].filter((at) => at !== null));
  }

  private show(): void {
    const { group, kind, by } = this.opened;
    const { state } = this;
    const talk: Talk = { group, kind, by, people: [...this.people], reading: this.reading(), state };
    const text = JSON.stringify(talk);
    if (text === this.shown) return;
    this.shown = text;
    this.tell({ type: 'talk', talk });
  }
}
