// SPDX-License-Identifier: EUPL-1.2
// Answers the views' question for a picture: one's own from the devices, another's from the receive lines.

import type { Port } from '../port';
import type { PersonId } from '../wire/messages';
import type { Own } from './own';
import type { Slots } from './slots';

/** `asked`: somebody's picture is being drawn. */
export function port(own: Own, slots: Slots, self: () => PersonId | null, asked: () => void): Port {
  return {
    streamOf: (person, source) => {
      if (person === 'self' || person === self()) return own.stream(source);
      asked();
      return slots.streamOf(person, source);
    },
  };
}
