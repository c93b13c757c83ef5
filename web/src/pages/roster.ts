// SPDX-License-Identifier: EUPL-1.2
// The keys of who is signed in, on this device: the public device key that the account is told, and a clerk's office
// key, which signs the list of a body's members and their devices. The page's only door to keys.
// Invariant: nothing is signed but what the clerk was shown.

import { fromBase64, toBase64 } from '../crypto/keys/bytes';
import { database, fingerprint, type Identity, identity } from '../crypto/keys/identity';
import { invitation } from '../crypto/keys/invitation';
import { type Listed, type Opened, opened, signed } from '../crypto/keys/roster';
import { holderOf } from '../secrecy';
import type { Invitation, RosterAnswer } from './api';
import type { BodyList, Convened, ListedDevice, ListedPerson } from './state';

const RENEW_MS = 30 * 24 * 3_600_000;

const deviceKey = (email: string): Promise<Identity> => identity(database(indexedDB, holderOf(email)));
const officeKey = (email: string): Promise<Identity> => identity(database(indexedDB, holderOf(email), 'office'));

/** What to tell the account; null where this browser keeps no key. A clerk's office key is made as well. */
export async function deviceOf(email: string, clerk: boolean): Promise<string | null> {
  if (clerk) await officeKey(email);
  const own = await deviceKey(email);
  return own.kept ? toBase64(own.device) : null;
}

/** In one order, whatever the server's. */
function inOrder(people: readonly Listed[]): Listed[] {
  return people
    .map(({ account, name, office, devices }) => ({ account, name, office, devices: [...devices].sort() }))
    .sort((a, b) => (a.account < b.account ? -1 : 1));
}

/** What stands behind a body now, against what would be signed. Pure. */
export function standing(
  letters: string | null, before: Opened | null, body: string, people: readonly Listed[], key: string, now: number,
): BodyList['standing'] {
  if (letters === null) return 'none';
  if (before === null || before.roster.body !== body) return 'forged';
  if (before.key !== key) return 'other-key';
  const same = JSON.stringify(inOrder(before.roster.people)) === JSON.stringify(inOrder(people));
  return same && Date.parse(before.roster.until) - now > RENEW_MS ? 'same' : 'changed';
}

async function shown(devices: readonly string[], known: ReadonlySet<string>): Promise<ListedDevice[]> {
  const print = (key: string): Promise<string> => fingerprint(fromBase64(key) ?? new Uint8Array());
  return Promise.all(devices.map(async (key) => ({ key, print: await print(key), fresh: !known.has(key) })));
}

/** Members whom the clerk named to stand in for the chair, before or now. Pure. */
export function naming(people: RosterAnswer['people'] & {}, before: readonly Listed[], now: string | null): Listed[] {
  const named = (account: string): boolean =>
    account === now || before.some((p) => p.account === account && p.office === 'substitute');
  return people.map((p) => (p.office === 'member' && named(p.account) ? { ...p, office: 'substitute' as const } : p));
}

async function listed({ office, ...p }: Listed, known: ReadonlySet<string>): Promise<ListedPerson> {
  const substitute = office === 'substitute';
  return { ...p, substitute, office: substitute ? 'member' : office, devices: await shown(p.devices, known) };
}

/** For the clerk to look at. null: this browser keeps no key to sign with. */
export async function looked(
  email: string, body: { readonly id: string; readonly name: string }, answer: RosterAnswer, substitute: string | null,
  now: number,
): Promise<BodyList | null> {
  const office = await officeKey(email);
  if (!office.kept) return null;
  const key = toBase64(office.device);
  const before = answer.roster === null ? null : await opened(answer.roster);
  const mine = before?.key === key && before.roster.body === body.name ? before.roster.people : [];
  const people = inOrder(naming(answer.people ?? [], mine, substitute));
  const is = standing(answer.roster, before, body.name, people, key, now);
  const known = new Set(mine.flatMap((p) => p.devices));
  return {
    ...body,
    standing: is,
    print: await fingerprint(office.device),
    people: await Promise.all(people.map((p) => listed(p, known))),
  };
}

/** Exactly what was shown. */
export async function sign(email: string, list: BodyList, now: number): Promise<string | null> {
  const office = await officeKey(email);
  const people = list.people.map(({ devices, substitute, office: of, ...p }) =>
    ({ ...p, office: substitute ? ('substitute' as const) : of, devices: devices.map((d) => d.key) }));
  return office.kept ? signed(list.name, people, office, now) : null;
}

/** The clerk's signature behind the secret of each link, in the fragment, so that no server learns it. */
export async function signInvitations(
  email: string, { id: meeting, body, invitations }: Convened,
): Promise<readonly Invitation[] | null> {
  const office = await officeKey(email);
  if (!office.kept) return null;
  return Promise.all(invitations.map(async (one) =>
    ({ ...one, link: `${one.link}.${await invitation({ meeting, body, name: one.name }, office)}` })));
}
