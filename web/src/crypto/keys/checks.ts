// SPDX-License-Identifier: EUPL-1.2
// Whom a commit may bring in and whom it may take out. Every client asks this of every commit; the server is not asked.
// Pure: what is known goes in, the objection comes out.

import type { PersonId } from '../../wire/messages';
import { toBase64 } from './bytes';
import { readCredential } from './credential';
import type { AlarmKind } from './messages';
import type { Asked, KeyPackage } from './mls';
import type { Book } from './people';
import { type Leaf, sameLeaf } from './tree';

export interface Objection {
  readonly kind: AlarmKind;
  readonly person: PersonId | null;
}

/** What a commit does to the group, once it is known that it does nothing else. */
export interface Plan {
  readonly by: Leaf;
  readonly added: readonly Omit<Leaf, 'leaf'>[];
  readonly removed: readonly Leaf[];
  /** To be told, and taken all the same. */
  readonly warnings: readonly Objection[];
}

export type Judgement = { readonly plan: Plan } | { readonly objection: Objection };

const object = (kind: AlarmKind, person: PersonId | null = null): Judgement => ({ objection: { kind, person } });

/** Who a key package says it is. null: nobody we could show. */
export function holder(p: KeyPackage): Omit<Leaf, 'leaf'> | null {
  const named = readCredential(p.leafNode.credential);
  return named === null ? null : { ...named, device: toBase64(p.leafNode.signaturePublicKey) };
}

/** What speaks against this person with this device, as things stand or stood some moments ago. */
export function doubt(who: Omit<Leaf, 'leaf'>, book: Book, now: number): Objection | null {
  const { person } = who;
  if (!book.belonged(person, now)) return { kind: 'ghost', person };
  if (book.name(person) !== who.name) return { kind: 'false-name', person };
  const trust = book.trust(person, who.device, now);
  return trust === 'fine' ? null : { kind: trust, person };
}

/** The proposals, as what they add and remove; null when there is anything else among them. */
function parts(asked: Asked, leaves: readonly Leaf[]): { added: KeyPackage[]; removed: Leaf[] } | null {
  const added: KeyPackage[] = [];
  const removed: Leaf[] = [];
  for (const { proposal, senderLeafIndex } of asked.proposals) {
    if (senderLeafIndex !== asked.senderLeafIndex) return null;
    if (proposal.proposalType === 'add') added.push(proposal.add.keyPackage);
    else if (proposal.proposalType === 'remove') {
      const leaf = leaves.find((l) => l.leaf === proposal.remove.removed);
      if (leaf === undefined) return null;
      removed.push(leaf);
    } else return null;
  }
  return { added, removed };
}

export function judge(asked: Asked, leaves: readonly Leaf[], book: Book, now: number): Judgement {
  const by = leaves.find((l) => l.leaf === asked.senderLeafIndex);
  const both = parts(asked, leaves);
  if (by === undefined || both === null) return object('forged', by?.person ?? null);
  const stays = leaves.filter((l) => !both.removed.includes(l));
  const added: Omit<Leaf, 'leaf'>[] = [];
  const warnings: Objection[] = [];
  for (const keyPackage of both.added) {
    const who = holder(keyPackage);
    if (who === null) return object('forged', by.person);
    if ([...stays, ...added].some((l) => l.person === who.person || l.device === who.device))
      return object('second-device', who.person);
    const against = doubt(who, book, now);
    if (against?.kind === 'new-device') warnings.push(against);
    else if (against !== null) return { objection: against };
    added.push(who);
  }
  for (const leaf of both.removed) {
    const replaced = added.some((a) => a.person === leaf.person);
    if (!replaced && !book.mayGo(leaf.person, now)) return object('expelled', leaf.person);
  }
  return { plan: { by, added, removed: both.removed, warnings } };
}

/** Whether the tree changed as the plan says and in nothing else: the committer's own leaf keeps name and key. */
export function asPlanned(before: readonly Leaf[], after: readonly Leaf[], plan: Plan): boolean {
  const stays = before.filter((l) => !plan.removed.includes(l));
  const fresh = after.filter((l) => !stays.some((s) => sameLeaf(s, l)));
  return (
    after.length === stays.length + plan.added.length &&
    stays.every((s) => after.some((l) => sameLeaf(s, l))) &&
    plan.added.every((a) => fresh.some((l) => sameLeaf({ ...a, leaf: l.leaf }, l)))
  );
}

/** What is wrong with a leaf that stands in the tree, now. While there is one nothing is sent. */
export function survey(leaves: readonly Leaf[], book: Book, now: number): readonly (Objection & { leaf: number })[] {
  return leaves.flatMap((l) => {
    if (!book.belongs(l.person)) return [{ kind: 'ghost' as const, person: l.person, leaf: l.leaf }];
    if (leaves.some((other) => other !== l && other.person === l.person))
      return [{ kind: 'second-device' as const, person: l.person, leaf: l.leaf }];
    const against = doubt(l, book, now);
    return against === null || against.kind === 'new-device' ? [] : [{ ...against, leaf: l.leaf }];
  });
}
