// SPDX-License-Identifier: EUPL-1.2
// The open item and its doors, on our clock. Pure.

import type { SessionState, State } from '../state';
import type { Session } from '../wire/items';

export function sessionOf(s: State, session: Session): SessionState {
  const opensAt = session.seconds === null ? null : s.now + session.seconds * 1_000;
  return { item: session.item, doors: session.doors, opensAt };
}
