// SPDX-License-Identifier: EUPL-1.2
// Whom the room knows by number. Pure.

import type { State } from '../state';
import type { Named, Person, PersonId } from '../wire/messages';

export function named(p: Person): Named {
  return { id: p.id, name: p.name, office: p.office };
}

/** Somebody of whom the room knows the number, inside or no longer so. */
export function namedOf(s: State, id: PersonId): Named | null {
  const found = s.people.find((p) => p.id === id) ?? s.entries.filter((e) => e.who?.id === id).at(-1)?.who ?? null;
  return found === null ? null : { id: found.id, name: found.name, office: found.office };
}
