// SPDX-License-Identifier: EUPL-1.2
// The life of the media connection: offered, answered, connected, mended by an ICE restart, else made anew. Pure.
// Invariant: `none` exactly while the person is not inside.

import type { Media, State } from '../state';
import { send, stay, andThen, type Step } from './step';
import type { Role } from '../wire/messages';

/** A short silence mends itself; ARCHITECTURE's 5 s would be too late for speech. */
export const RESTART_AFTER_MS = 2_000;
/** 50 kB of offer at 100 kbit/s, then answer, checks and DTLS … */
export const GIVE_UP_AFTER_MS = 10_000;
/** … for which a slow machine may need longer: it would begin anew for ever. */
export const GIVE_UP_AGAIN_AFTER_MS = 20_000;
const RETRY_MS = 500;
const RETRY_AT_MOST_MS = 5_000;

export const NO_MEDIA: Media = { status: 'none', id: null, attempt: 0, lostAt: null };

/** Lays the lines and makes the offer, so that only the keys have to be waited for. */
export function prepareMedia(s: State): Step {
  return [s, [{ do: 'prepare-media' }]];
}

/** What the lines of a connection brought means nothing on those of another. */
function withoutLines(s: State): State {
  const secrecy = { ...s.secrecy, opened: {}, failing: [] };
  return { ...s, secrecy, slots: [], pictured: [], frozen: [], quiet: [], speaking: [] };
}

/**
 * Not before the keys: who receives pictures that they cannot open asks for key frames in vain, until the server has
 * none left for them (measured: 3.5 to 14 s to the first picture instead of one).
 */
export function openMedia(s: State): Step {
  const { attempt, lostAt } = s.media;
  if (s.secrecy.roster.epoch === null)
    return prepareMedia({ ...withoutLines(s), media: { status: 'keyless', id: null, attempt, lostAt } });
  const media: Media = { status: 'offering', id: null, attempt, lostAt };
  return [
    { ...withoutLines(s), media, streams: s.streams + 1 },
    [
      { do: 'stop-timer', timer: 'media-restart' },
      { do: 'slots', slots: [], self: s.self?.id ?? null }, // what the lines of the former connection carried
      { do: 'open-media' },
      { do: 'timer', timer: 'media-anew', ms: attempt === 0 ? GIVE_UP_AFTER_MS : GIVE_UP_AGAIN_AFTER_MS },
    ],
  ];
}

/** Also of what was only prepared. */
export function closeMedia(s: State): Step {
  if (s.media.status === 'none') return [s, [{ do: 'close-media' }]];
  return [
    { ...s, media: NO_MEDIA },
    [{ do: 'stop-timer', timer: 'media-restart' }, { do: 'stop-timer', timer: 'media-anew' }, { do: 'close-media' }],
  ];
}

function lost(s: State): State {
  return { ...s, media: { ...s.media, status: 'broken', lostAt: s.media.lostAt ?? s.now } };
}

/** The keys are there. */
export function mediaKeyed(s: State): Step {
  return s.media.status === 'keyless' ? openMedia(s) : stay(s);
}

function isWaiting(s: State): boolean {
  return s.media.status === 'none' || s.media.status === 'keyless';
}

/** After a while that grows with the attempts, a new connection. */
export function retryMedia(s: State): Step {
  if (isWaiting(s)) return stay(s);
  const attempt = s.media.attempt + 1;
  const broken = lost(s);
  return [
    { ...broken, media: { ...broken.media, attempt } },
    [
      { do: 'stop-timer', timer: 'media-restart' },
      { do: 'timer', timer: 'media-anew', ms: Math.min(RETRY_MS * attempt, RETRY_AT_MOST_MS) },
    ],
  ];
}

function restartMedia(s: State): Step {
  if (s.line.status !== 'open') return stay(lost(s)); // the `state` that follows the next `welcome` goes on from here
  return [
    { ...s, media: { ...lost(s).media, status: 'restarting' } },
    [{ do: 'restart-media' }, { do: 'timer', timer: 'media-anew', ms: GIVE_UP_AFTER_MS }],
  ];
}

/** What became of the connection while there was no line. `theirs`: the one that the server still knows. */
export function resumeMedia(s: State, theirs: string | null): Step {
  if (s.media.id === null || s.media.id !== theirs) return openMedia(s);
  switch (s.media.status) {
    case 'connected':
    case 'connecting':
      return stay(s);
    case 'restarting':
    case 'broken':
      return restartMedia(s);
    case 'offering':
    case 'keyless':
    case 'none':
      return openMedia(s);
  }
}

export function mediaLost(s: State): Step {
  return isWaiting(s) ? stay(s) : openMedia(lost(s));
}

export function mediaOffered(s: State, sdp: string, roles: Readonly<Record<string, Role>>, restart: boolean): Step {
  if (s.media.status !== (restart ? 'restarting' : 'offering')) return stay(s);
  return send(s, { type: 'offer', sdp, roles, restart, media: restart ? s.media.id : null });
}

export function mediaAnswered(s: State, id: string, sdp: string): Step {
  switch (s.media.status) {
    case 'offering':
      return [{ ...s, media: { ...s.media, status: 'connecting', id } }, [{ do: 'answer', sdp }]];
    case 'restarting':
      if (id !== s.media.id) return stay(s);
      return [{ ...s, media: { ...s.media, status: 'connecting' } }, [{ do: 'answer', sdp }]];
    case 'none':
    case 'keyless':
    case 'connecting':
    case 'connected':
    case 'broken':
      return stay(s); // an answer to an offer that was given up
  }
}

export function mediaChanged(s: State, status: 'connected' | 'disconnected' | 'failed'): Step {
  if (isWaiting(s)) return stay(s);
  switch (status) {
    case 'connected':
      return [
        { ...s, media: { ...s.media, status: 'connected', attempt: 0, lostAt: null } },
        [
          { do: 'stop-timer', timer: 'media-restart' },
          { do: 'stop-timer', timer: 'media-anew' },
        ],
      ];
    case 'disconnected':
      if (s.media.status !== 'connected') return stay(s);
      return [lost(s), [{ do: 'timer', timer: 'media-restart', ms: RESTART_AFTER_MS }]];
    case 'failed':
      return s.media.status === 'connected' || s.media.status === 'broken'
        ? andThen([s, [{ do: 'stop-timer', timer: 'media-restart' }]], restartMedia)
        : retryMedia(s);
  }
}

/** The system says that the network is another, or there again: what the connection went through may be gone. */
export function networkChanged(s: State): Step {
  const { id, status } = s.media;
  if (id === null || (status !== 'connected' && status !== 'broken')) return stay(s);
  return andThen([s, [{ do: 'stop-timer', timer: 'media-restart' }]], restartMedia);
}

export function mediaRestartDue(s: State): Step {
  return s.media.status === 'broken' && s.media.id !== null ? restartMedia(s) : stay(s);
}

/** An offer that got no answer at all: then it is the line that is dead, whatever the WebSocket says. */
export function unanswered(s: State): boolean {
  return s.line.status === 'open' && (s.media.status === 'offering' || s.media.status === 'restarting');
}

export function mediaAnewDue(s: State): Step {
  if (isWaiting(s) || s.media.status === 'connected') return stay(s);
  if (s.line.status !== 'open') return stay({ ...s, media: { ...lost(s).media, id: null } });
  return openMedia({ ...lost(s), media: { ...lost(s).media, attempt: s.media.attempt + 1 } });
}
