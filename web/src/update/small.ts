// SPDX-License-Identifier: EUPL-1.2
// The small window, which keeps who speaks in sight above other windows. Pure. Invariant: it is wanted only by the
// person's own press, and no longer than they are inside a room that is not suspended.

import type { State } from '../state';
import { andThen, stay, type Step } from './step';

function mayFloat(s: State): boolean {
  return s.canFloat && s.phase.name === 'inside' && s.suspended === null;
}

export function toggleSmall(s: State): Step {
  return stay(mayFloat(s) ? { ...s, small: !s.small, dialog: null } : s);
}

/** Whatever led out of the room, or stopped it, ends the window with it. */
export function smallSettled(before: State, step: Step): Step {
  return andThen(step, (s) => {
    const small = s.small && mayFloat(s);
    const next = small === s.small ? s : { ...s, small };
    return small === before.small ? stay(next) : [next, [{ do: small ? 'open-small' : 'close-small' }]];
  });
}
