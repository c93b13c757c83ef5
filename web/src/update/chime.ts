// SPDX-License-Identifier: EUPL-1.2
// A short sound that asks for attention. Pure.

import type { State } from '../state';
import type { Step } from './step';

export function chime(s: State): Step {
  return s.preferences.sounds ? [s, [{ do: 'chime', device: s.devices.speaker }]] : [s, []];
}
