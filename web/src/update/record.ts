// SPDX-License-Identifier: EUPL-1.2
// The server is held to what it signed of the proceedings: each new head goes to the keeper (record/keeper.ts), which
// remembers the last ones and asks for the proof that they belong together. Pure.

import type { RecordFault, State } from '../state';
import type { Head } from '../wire/items';
import type { ServerMessage } from '../wire/messages';
import { announce, send, stay, type Step } from './step';

export const NO_RECORD: State['record'] = { status: 'none', size: 0, fault: null, proof: null };

/** A record that was broken once stays so: what was seen cannot be mended by what comes after. */
export function headCame(s: State, head: Head | null): Step {
  if (head === null || s.meeting === null || s.record.status === 'broken') return stay(s);
  return [{ ...s, record: { ...s.record, status: 'checking' } }, [{ do: 'head', meeting: s.meeting.id, head }]];
}

export function proofWanted(s: State, from: number, epoch: number): Step {
  return s.record.status === 'checking' ? send(s, { type: 'proof', from, epoch }) : stay(s);
}

export function proofCame(s: State, m: Extract<ServerMessage, { type: 'proof' }>): Step {
  return s.record.status === 'checking' ? [s, [{ do: 'proof', proof: m }]] : stay(s);
}

export function recordKept(s: State, size: number): Step {
  if (s.record.status === 'broken') return stay(s);
  return stay({ ...s, record: { status: 'checked', size, fault: null, proof: null } });
}

export function recordBroken(s: State, fault: RecordFault, proof: string | null): Step {
  if (s.record.status === 'broken') return stay(s);
  return announce({ ...s, record: { ...s.record, status: 'broken', fault, proof } }, { what: 'record-broken' }, true);
}
