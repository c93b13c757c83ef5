// SPDX-License-Identifier: EUPL-1.2
// A server that lets in who has not asked to come in (ATTACKS C24): what was only looked at in the lobby is not sent.
import { expect, it } from 'vitest';
import type { Effect } from '../src/effect';
import type { Event } from '../src/event';
import { inLobby, receivedAt, run, SERVER, stateMessage } from './support/samples';

const CAMERA: readonly Event[] = [
  { type: 'toggle', source: 'camera' },
  { type: 'captured', source: 'camera', sound: false },
];
const welcome = (phase: 'inside' | 'lobby'): Event => receivedAt(5, { ...SERVER['welcome'], phase });
const state = receivedAt(6, stateMessage());

/** Whether the server was ever told that the camera is sent. */
function declared(effects: readonly Effect[]): boolean {
  return effects.some((e) => e.do === 'send' && e.message.type === 'sources' && e.message.camera);
}

it.each([
  ['at once', [state]],
  ['after a second welcome', [welcome('inside'), state]],
  ['by way of the lobby', [welcome('lobby'), state]],
])('let in %s, the camera is off and stays off', (_, events) => {
  const looking = run(inLobby(), ...CAMERA).s;
  expect(looking.own.camera.live).toBe(true);
  const { s, effects } = run(looking, ...events);
  expect(s.phase.name).toBe('inside');
  expect(s.own.camera).toEqual({ wanted: false, live: false, trouble: null });
  expect(effects).toContainEqual({ do: 'release', source: 'camera' });
  expect(declared(effects)).toBe(false);
});

it('who asked to come in has the camera on, as chosen', () => {
  const { s, effects } = run(inLobby(), ...CAMERA, { type: 'join' }, state);
  expect(s.own.camera.live).toBe(true);
  expect(declared(effects)).toBe(true);
});
