// SPDX-License-Identifier: EUPL-1.2
// All keys of one member: the meeting's group, the conversations, the device that signs. What the worker runs, without
// the worker: inputs one after the other, each awaited; `deadline` says when `timeout` wants to be called.

import type { Base64, GroupId, KeysFromServer } from '../../wire/delivery';
import type { PersonId } from '../../wire/messages';
import type { KeysMessage } from '../frames/messages';
import { toBase64 } from './bytes';
import { Conversation } from './conversation';
import type { Identity } from './identity';
import { against, invitation } from './invitation';
import { Meeting, verifyVouchers, type World } from './meeting';
import type { KeysToPage, PageMessage } from './messages';
import { mls } from './mls';
import { People } from './people';
import { type Clerks, opened, type Pin, weigh } from './roster';
import { statement } from './voucher';

/** What the member knows of the world. */
export interface Surroundings {
  readonly identity: Identity;
  /** Milliseconds since 1970, never going back. */
  now(): number;
  random(bytes: number): Uint8Array;
  tell(message: KeysToPage): void;
  frames(message: KeysMessage): void;
  code(epochAuthenticator: Uint8Array): Promise<string>;
  /** What this device remembers of clerks. */
  readonly clerks: Clerks;
  /** The clerk's own key; null: this is no clerk, or not on the device that has it. */
  office(): Promise<Identity | null>;
}

type Inside = Extract<PageMessage, { type: 'inside' }>;

export class Member {
  private readonly people = new People();
  private readonly meeting: Meeting;
  private readonly talks = new Map<GroupId, Conversation>();
  private readonly world: World;
  private self: PersonId = 0;
  private id = '';
  /** Conversations that we asked for and that have not been opened yet are joined without being asked. */
  private inside = false;
  private body = '';
  private roster: string | null = null;
  /** Whose key signed the invitation by which we came; null: it was not signed. */
  private invitedBy: Base64 | null = null;
  /** Another clerk's, that the person may accept. */
  private otherClerk: Pin | null = null;

  static async make(around: Surroundings): Promise<Member> {
    return new Member(around, await mls(around.identity));
  }

  private constructor(
    private readonly around: Surroundings,
    library: World['mls'],
  ) {
    this.world = {
      mls: library,
      people: this.people,
      self: () => this.self,
      meeting: () => this.id,
      now: () => around.now(),
      random: (bytes) => around.random(bytes),
      send: (message) => around.tell({ type: 'send', message }),
      alarm: (kind, group, person) =>
        around.tell({ type: 'alarm', alarm: { kind, group, person, at: Math.round(around.now()) } }),
      frames: (message) => around.frames(message),
      code: (epochAuthenticator) => around.code(epochAuthenticator),
      roster: (roster) => around.tell({ type: 'roster', roster }),
    };
    this.meeting = new Meeting(this.world);
  }

  async receive(input: PageMessage): Promise<void> {
    switch (input.type) {
      case 'prepare':
        return this.meeting.group.prepare(input.self, input.name);
      case 'inside':
        return this.enter(input);
      case 'accept-clerk':
        return this.acceptClerk();
      case 'people':
        if (!this.inside) return;
        this.people.see(input.people, this.around.now(), false);
        if (input.removed !== undefined) this.meeting.removed(input.removed);
        return this.look();
      case 'remove':
        if (this.inside) await this.meeting.remove(input.person, input.reason);
        return this.around.tell({ type: 'send', message: input.then });
      case 'line-lost':
        this.meeting.lineLost();
        for (const talk of this.talks.values()) talk.group.lineLost();
        return;
      case 'outside':
        return this.leave();
      case 'served':
        return this.served(input.message);
      case 'refresh':
        return this.meeting.group.refresh();
      case 'vouch':
        return this.vouch(input.meeting, input.person, input.device);
      case 'sign-link':
        return this.signLink(input);
      case 'conversation-open':
        this.world.send(input);
        return;
      case 'conversation-join':
        return this.talks.get(input.group)?.join();
      case 'conversation-refuse':
      case 'conversation-leave':
        return this.part(input.group, input.type);
      case 'say':
        this.talks.get(input.group)?.say(input.id, input.text);
        return this.talks.get(input.group)?.look();
      case 'write':
        this.talks.get(input.group)?.write(input.text);
        return this.talks.get(input.group)?.look();
    }
  }

  /** Nothing is said in a meeting that is not the one to which the clerk's signature invited. */
  private async asInvited(m: Inside): Promise<boolean> {
    this.invitedBy = null;
    if (m.invitation === null) return true;
    const name = m.people.find((p) => p.person === m.self)?.name ?? '';
    const found = await against(m.invitation, { meeting: m.meeting, body: m.body, name }, m.roster);
    if ('key' in found) this.invitedBy = found.key;
    else this.around.tell({ type: 'uninvited', why: found.refusal });
    return 'key' in found;
  }

  private async enter(m: Inside): Promise<void> {
    if (!(await this.asInvited(m))) return this.leave();
    if (m.meeting !== this.id) {
      this.leave();
      this.people.check(null);
    }
    this.id = m.meeting;
    this.self = m.self;
    this.inside = true;
    this.people.see(m.people, this.around.now(), true);
    this.body = m.body;
    this.roster = m.roster;
    // Whoever holds no keys asks for them first: nothing can be judged before a Welcome comes.
    const keyless = this.meeting.group.state === null;
    if (keyless) await this.meeting.enter(m.keys);
    await this.weigh();
    for (const voucher of m.vouchers) this.people.vouch(voucher);
    await verifyVouchers(this.world);
    const standing = new Set(m.conversations.map((c) => c.group));
    for (const [group, talk] of this.talks) if (!standing.has(group)) this.end(group, talk);
    if (!keyless) await this.meeting.enter(m.keys);
    for (const opened of m.conversations) {
      const talk = this.talks.get(opened.group);
      if (talk !== undefined) await talk.back();
      else this.talks.set(opened.group, new Conversation(opened, this.world, this.around.tell));
    }
  }

  /** What the clerk signed is good, or was never there; anything else is told. */
  private async weigh(): Promise<void> {
    const { around, body, people, invitedBy } = this;
    const now = around.now();
    const known = (await around.clerks.get(body)) ?? (invitedBy === null ? null : { key: invitedBy, made: '' });
    const { roster, trust, pin } = await weigh(this.roster, body, known, now);
    // What was good in this meeting stays: a server that takes it back weakens nothing.
    if (roster !== null) people.check(roster);
    this.otherClerk = roster === null ? pin : null;
    if (roster !== null && pin !== null) await around.clerks.set(body, pin);
    around.tell({ type: 'trust', trust });
    if (trust.by === 'nobody') this.world.alarm(trust.why === 'other-clerk' ? 'other-clerk' : 'roster', 0, null);
  }

  private async acceptClerk(): Promise<void> {
    if (this.otherClerk === null) return;
    await this.around.clerks.set(this.body, this.otherClerk);
    await this.weighAgain();
  }

  private async weighAgain(): Promise<void> {
    await this.weigh();
    await verifyVouchers(this.world);
    await this.look();
  }

  private leave(): void {
    this.inside = false;
    this.people.leave(this.around.now());
    for (const [group, talk] of this.talks) this.end(group, talk);
    this.meeting.forget();
  }

  private end(group: GroupId, talk: Conversation): void {
    talk.over();
    this.talks.delete(group);
  }

  private part(group: GroupId, type: 'conversation-refuse' | 'conversation-leave'): void {
    const talk = this.talks.get(group);
    if (talk === undefined) return;
    this.world.send({ type, group });
    this.end(group, talk);
  }

  private async vouch(meeting: string, person: PersonId, device: string): Promise<void> {
    const signature = await this.around.identity.sign(statement(meeting, person, device));
    this.around.tell({ type: 'vouched', person, device, voucher: toBase64(signature) });
  }

  /** Under the roster of another key than this clerk's, who comes by a link signed with this one would not go in. */
  private async signLink({ person, link }: Extract<PageMessage, { type: 'sign-link' }>): Promise<void> {
    const { around, id: meeting, body } = this;
    const office = await around.office();
    const stands = this.roster === null ? null : await opened(this.roster);
    const mine = office !== null && stands?.key === toBase64(office.device) && stands.roster.body === body;
    const letters = mine ? `.${await invitation({ meeting, body, name: person.name }, office)}` : '';
    around.tell({ type: 'link', person, link: `${link}${letters}` });
  }

  private async served(m: KeysFromServer): Promise<void> {
    if (!this.inside) return;
    switch (m.type) {
      case 'voucher':
        this.people.vouch(m);
        await verifyVouchers(this.world);
        return this.look();
      case 'roster':
        this.roster = m.roster;
        return this.weighAgain();
      case 'conversation':
        return this.converse(m);
      case 'conversation-left':
        this.talks.get(m.group)?.left(m.person);
        return this.talks.get(m.group)?.look();
      case 'conversation-over': {
        const talk = this.talks.get(m.group);
        if (talk !== undefined) this.end(m.group, talk);
        return;
      }
      case 'key-group':
      case 'key-create':
      case 'key-wanted':
      case 'key-commit':
      case 'key-welcome':
      case 'key-behind':
      case 'key-lost':
      case 'key-message':
        return m.group === 0 ? this.meeting.served(m) : this.talks.get(m.group)?.served(m);
    }
  }

  private async converse(m: Extract<KeysFromServer, { type: 'conversation' }>): Promise<void> {
    if (this.talks.has(m.group) || !m.people.includes(this.self)) return;
    const talk = new Conversation(m, this.world, this.around.tell);
    this.talks.set(m.group, talk);
    if (m.by === this.self) await talk.join();
  }

  private async look(): Promise<void> {
    await this.meeting.look();
    for (const talk of this.talks.values()) await talk.look();
  }

  async timeout(): Promise<void> {
    if (!this.inside) return;
    await this.meeting.timeout();
    for (const talk of this.talks.values()) await talk.timeout();
  }

  /** Infinity: nothing is waited for. */
  deadline(): number {
    if (!this.inside) return Number.POSITIVE_INFINITY;
    return Math.min(this.meeting.deadline(), ...[...this.talks.values()].map((talk) => talk.deadline()));
  }
}
