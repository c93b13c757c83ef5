// SPDX-License-Identifier: EUPL-1.2
// The roster of a body: who belongs to it and with which devices, signed by its clerk's office key. The server keeps
// and passes on the letters and can change nothing in them. Written in exactly one way, so that two readings cannot
// differ: the JSON, the clerk's public key, the signature over both, a line each.

import type { Base64 } from '../../wire/delivery';
import { fromBase64, toBase64 } from './bytes';
import { fingerprint, type Identity } from './identity';
import { verify } from './voucher';

/** `substitute`: a member whom the clerk names to stand in for the chair; their word lets people in as the chair's. */
const OFFICES = ['chair', 'clerk', 'member', 'substitute'] as const;

export interface Listed {
  /** The address that the account has. */
  readonly account: string;
  readonly name: string;
  readonly office: (typeof OFFICES)[number];
  readonly devices: readonly Base64[];
}

export interface BodyRoster {
  readonly version: 1;
  /** Its name, as every meeting of it shows. */
  readonly body: string;
  /** ISO 8601 in UTC with milliseconds. */
  readonly made: string;
  readonly until: string;
  readonly people: readonly Listed[];
}

/** What a device remembers of a body's clerk, from the first sight on. */
export interface Pin {
  readonly key: Base64;
  /** Of the newest roster that was seen: an older one is not taken again. */
  readonly made: string;
}

/** Where it remembers that. */
export interface Clerks {
  get(body: string): Promise<Pin | null>;
  set(body: string, pin: Pin): Promise<void>;
}

/** Why a roster is not taken: alarms, all of them. `missing`: this device has seen one of this body before. */
export type RosterFault = 'missing' | 'forged' | 'other-clerk' | 'old' | 'expired';

/** What the meeting's devices are checked against. `print`: six groups of five digits of the clerk's key. */
export type Trust =
  | { readonly by: 'clerk'; readonly print: string; readonly first: boolean; readonly made: string }
  | { readonly by: 'first-sight' }
  | { readonly by: 'nobody'; readonly why: Exclude<RosterFault, 'other-clerk'> }
  | { readonly by: 'nobody'; readonly why: 'other-clerk'; readonly print: string };

export const FIRST_SIGHT: Trust = { by: 'first-sight' };

/** As large as the server lets it be. */
export const ROSTER_LETTERS = 32_000;
const YEAR_MS = 366 * 24 * 3_600_000;

function canonical({ body, made, until, people }: BodyRoster): string {
  const list = people.map(({ account, name, office, devices }) => ({ account, name, office, devices }));
  return JSON.stringify({ version: 1, body, made, until, people: list });
}

function statement(text: string, key: Base64): Uint8Array {
  return new TextEncoder().encode(`conclave-roster-1\n${key}\n${text}\n`);
}

const isText = (u: unknown): u is string => typeof u === 'string';
const isTime = (u: unknown): boolean => isText(u) && !Number.isNaN(Date.parse(u)) && new Date(u).toISOString() === u;
const isDevice = (u: unknown): boolean => isText(u) && fromBase64(u)?.length === 32;

function isListed(u: unknown): u is Listed {
  if (typeof u !== 'object' || u === null) return false;
  const { account, name, office, devices } = u as Record<keyof Listed, unknown>;
  const known = OFFICES.some((o) => o === office);
  return isText(account) && isText(name) && known && Array.isArray(devices) && devices.every(isDevice);
}

function read(text: string): BodyRoster | null {
  try {
    const u = JSON.parse(text) as Partial<Record<keyof BodyRoster, unknown>>;
    if (u.version !== 1 || !isText(u.body) || !isTime(u.made) || !isTime(u.until)) return null;
    if (!Array.isArray(u.people) || !u.people.every(isListed)) return null;
    const roster = u as BodyRoster;
    return canonical(roster) === text ? roster : null;
  } catch {
    return null;
  }
}

/** For the server to keep, until it is a year old. */
export async function signed(body: string, people: readonly Listed[], clerk: Identity, now: number): Promise<string> {
  const at = (ms: number): string => new Date(ms).toISOString();
  const text = canonical({ version: 1, body, made: at(now), until: at(now + YEAR_MS), people });
  const key = toBase64(clerk.device);
  return `${text}\n${key}\n${toBase64(await clerk.sign(statement(text, key)))}\n`;
}

export interface Opened {
  readonly roster: BodyRoster;
  readonly key: Base64;
}

/** Whose key it is stands in it; whether that is the clerk's is another question. null: nobody signed this. */
export async function opened(letters: string): Promise<Opened | null> {
  const [text, key, signature, rest, ...more] = letters.split('\n');
  if (text === undefined || key === undefined || signature === undefined || rest !== '' || more.length > 0) return null;
  const roster = read(text);
  const signer = fromBase64(key);
  const mark = fromBase64(signature);
  if (roster === null || signer === null || mark === null) return null;
  return (await verify(signer, statement(text, key), mark)) ? { roster, key } : null;
}

export interface Weighed {
  /** null: devices are checked against first sight and vouchers alone. */
  readonly roster: BodyRoster | null;
  readonly trust: Trust;
  /** To be remembered, once this is taken. */
  readonly pin: Pin | null;
}

const without = (trust: Trust): Weighed => ({ roster: null, trust, pin: null });

/** What the letters are worth in a meeting of this body, to a device that remembers this. */
export async function weigh(letters: string | null, body: string, pin: Pin | null, now: number): Promise<Weighed> {
  if (letters === null) return without(pin === null ? FIRST_SIGHT : { by: 'nobody', why: 'missing' });
  const found = await opened(letters);
  if (found === null || found.roster.body !== body) return without({ by: 'nobody', why: 'forged' });
  const { roster, key } = found;
  const print = await fingerprint(fromBase64(key) ?? new Uint8Array());
  if (Date.parse(roster.until) < now) return without({ by: 'nobody', why: 'expired' });
  const next = { key, made: roster.made };
  // It may be taken all the same, by the person, who has compared it with the paper.
  if (pin !== null && pin.key !== key) return { ...without({ by: 'nobody', why: 'other-clerk', print }), pin: next };
  if (pin !== null && roster.made < pin.made) return without({ by: 'nobody', why: 'old' });
  return { roster, trust: { by: 'clerk', print, first: pin === null, made: roster.made }, pin: next };
}

/** Kept as long as the page. */
export function inMemory(): Clerks {
  const known = new Map<string, Pin>();
  return {
    get: (body) => Promise.resolve(known.get(body) ?? null),
    set: (body, pin) => Promise.resolve(void known.set(body, pin)),
  };
}
