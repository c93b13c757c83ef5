// SPDX-License-Identifier: EUPL-1.2
// What a client knows of people: the server's list, what it said some moments ago, the devices that were vouched for or
// seen. The list decides who is wanted in a group; it never decides who is shown.

import type { Voucher } from '../../wire/delivery';
import type { Office, PersonId } from '../../wire/messages';
import { fromBase64 } from './bytes';
import type { Seen } from './messages';
import type { BodyRoster } from './roster';
import { statement, verify } from './voucher';

/** A commit may name people as they were when it was made. */
const MEMORY_MS = 60_000;
/** Who came back so lately may still be removed for having been away. */
const BACK_MS = 10_000;

interface Known {
  readonly name: string;
  readonly office: Office;
  /** As the list shows it now. */
  readonly device: string | null;
  /** As it showed before, and until when. */
  readonly former: readonly { readonly device: string; readonly until: number }[];
  readonly listed: boolean;
  readonly connected: boolean;
  /** Since when not connected, whether in the list or not. */
  readonly awaySince: number | null;
  /** When it last was not connected. */
  readonly lastAway: number;
  readonly lastListed: number;
}

export type Verdict = 'fine' | 'swapped-key' | 'new-device' | 'not-in-roster';

/** Whether this device counts as that person's from now on. */
export const trusted = (verdict: Verdict): boolean => verdict === 'fine' || verdict === 'new-device';

/** What a group asks. */
export interface Book {
  belongs(person: PersonId): boolean;
  /** Belongs, or did within the last minute. */
  belonged(person: PersonId, now: number): boolean;
  connected(person: PersonId): boolean;
  /** Reconnecting since; null when connected or not in the list. */
  awaySince(person: PersonId): number | null;
  /** Whether to remove that person is right, or was some seconds ago. */
  mayGo(person: PersonId, now: number): boolean;
  name(person: PersonId): string | null;
  office(person: PersonId): Office | null;
  trust(person: PersonId, device: string, now: number): Verdict;
}

const signs = (office: Office | null): boolean => office === 'chair' || office === 'clerk';

export class People implements Book {
  private readonly known = new Map<PersonId, Known>();
  private readonly pins = new Map<PersonId, string>();
  private readonly vouchers = new Map<PersonId, Voucher>();
  private unverified: Voucher[] = [];
  private roster: BodyRoster | null = null;

  /** `fresh`: we just came in, and do not know since when somebody is away. */
  see(list: readonly Seen[], now: number, fresh: boolean): void {
    const before = new Map(this.known);
    for (const [person, k] of before) this.known.set(person, gone(k, now));
    for (const seen of list) this.known.set(seen.person, noted(seen, before.get(seen.person), now, fresh));
  }

  list(): readonly PersonId[] {
    return [...this.known].filter(([, k]) => k.listed).map(([person]) => person);
  }

  /** Everybody is unlisted: we are outside. */
  leave(now: number): void {
    this.see([], now, false);
  }

  belongs = (person: PersonId): boolean => this.known.get(person)?.listed ?? false;

  belonged(person: PersonId, now: number): boolean {
    const k = this.known.get(person);
    return k !== undefined && (k.listed || now - k.lastListed < MEMORY_MS);
  }

  ever = (person: PersonId): boolean => this.known.has(person);
  connected = (person: PersonId): boolean => this.known.get(person)?.connected ?? false;

  awaySince(person: PersonId): number | null {
    const k = this.known.get(person);
    return k?.listed === true ? k.awaySince : null;
  }

  mayGo(person: PersonId, now: number): boolean {
    const k = this.known.get(person);
    return k === undefined || !k.connected || now - k.lastAway < BACK_MS;
  }

  name = (person: PersonId): string | null => this.known.get(person)?.name ?? null;
  office = (person: PersonId): Office | null => this.known.get(person)?.office ?? null;

  /** What the devices of people are checked against from now on; null: vouchers, and what was seen first. */
  check(roster: BodyRoster | null): void {
    this.roster = roster;
  }

  trust(person: PersonId, device: string, now: number): Verdict {
    const k = this.known.get(person);
    const lately = k?.former.some((f) => f.device === device && now - f.until < MEMORY_MS) ?? false;
    if (k !== undefined && k.device !== null && k.device !== device && !lately) return 'swapped-key';
    const vouched = this.vouchers.get(person);
    if (this.roster !== null) {
      const name = this.name(person);
      const listed = this.roster.people.some((p) => p.name === name && p.devices.includes(device));
      return listed || vouched?.device === device ? 'fine' : 'not-in-roster';
    }
    if (vouched !== undefined) return vouched.device === device ? 'fine' : 'swapped-key';
    const pin = this.pins.get(person);
    if (pin === undefined || pin === device) return 'fine';
    return signs(this.office(person)) ? 'new-device' : 'swapped-key';
  }

  /** A device that stands in a tree that was taken. */
  pin(person: PersonId, device: string): void {
    this.pins.set(person, device);
  }

  vouchedBy(person: PersonId, device: string): PersonId | null {
    const voucher = this.vouchers.get(person);
    return voucher?.device === device ? voucher.by : null;
  }

  vouch(voucher: Voucher): void {
    const known = this.vouchers.get(voucher.person);
    if (known?.voucher === voucher.voucher && known.device === voucher.device) return;
    this.unverified = [...this.unverified.filter((v) => v.person !== voucher.person), voucher];
  }

  /** The keys one of which signed this, if it is good; null: not known (yet). */
  private signers(v: Voucher): readonly string[] | null {
    if (this.roster !== null) return this.roster.people.filter((p) => p.office !== 'member').flatMap((p) => p.devices);
    const pin = this.pins.get(v.by);
    return pin === undefined || !signs(this.office(v.by)) ? null : [pin];
  }

  /** Verifies what can be: the signer's key must be known, of the roster or of a tree. Gives what nobody signed. */
  async verify(meeting: string): Promise<readonly Voucher[]> {
    const waiting = this.unverified;
    this.unverified = [];
    const wrong: Voucher[] = [];
    for (const v of waiting) {
      const signers = this.signers(v);
      const signature = fromBase64(v.voucher) ?? new Uint8Array();
      const text = statement(meeting, v.person, v.device);
      let good = false;
      for (const key of signers ?? [])
        good = good || (await verify(fromBase64(key) ?? new Uint8Array(), text, signature));
      if (good) this.vouchers.set(v.person, v);
      else if (signers === null) this.unverified.push(v);
      else wrong.push(v);
    }
    return wrong;
  }
}

function gone(k: Known, now: number): Known {
  if (!k.listed) return k;
  return { ...k, listed: false, connected: false, awaySince: k.awaySince ?? now, lastAway: now, lastListed: now };
}

function noted(seen: Seen, before: Known | undefined, now: number, fresh: boolean): Known {
  const { name, office, connected } = seen;
  const wasAway = before !== undefined && !before.connected;
  // Who was connected when we last knew, is away since now: after a restart of the server everybody is, for a moment.
  const since = before?.listed === true ? (before.awaySince ?? now) : fresh ? -Infinity : now;
  return {
    name,
    office,
    device: seen.device,
    former: formerDevices(before, seen.device, now),
    connected,
    listed: true,
    awaySince: connected ? null : since,
    lastAway: !connected || wasAway || fresh ? now : (before?.lastAway ?? -Infinity),
    lastListed: now,
  };
}

/** The last few, since a commit may name the device that somebody had when it was made. */
function formerDevices(before: Known | undefined, device: string | null, now: number): Known['former'] {
  if (before === undefined || before.device === null || before.device === device) return before?.former ?? [];
  return [...before.former, { device: before.device, until: now }].slice(-3);
}

/** The readers of a conversation among those inside. */
export function readers(people: Book, who: () => ReadonlySet<PersonId>): Book {
  const mine = (person: PersonId): boolean => who().has(person);
  return {
    belongs: (p) => mine(p) && people.belongs(p),
    belonged: (p, now) => mine(p) && people.belonged(p, now),
    connected: (p) => mine(p) && people.connected(p),
    awaySince: (p) => (mine(p) ? people.awaySince(p) : null),
    mayGo: (p, now) => !mine(p) || people.mayGo(p, now),
    name: (p) => people.name(p),
    office: (p) => people.office(p),
    trust: (p, device, now) => people.trust(p, device, now),
  };
}
