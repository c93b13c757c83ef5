// SPDX-License-Identifier: EUPL-1.2
// Sentences that more than one view needs. Pure.

import type { Alarm } from '../crypto/keys/messages';
import type { News, State, Trouble } from '../state';
import type { Key, Text } from '../text/text';
import type { ErrorCode, Office, SourceName } from '../wire/messages';
import { entryText, reasonText } from './sentence';

/** "raadslid, Lijst Kouter" */
export function roleOf(t: Text, who: { readonly office: Office; readonly party?: string | null }): string {
  const role = t.say(`office.${who.office}`);
  return who.party ? t.say('person.of', { role, party: who.party }) : role;
}

export function troubleText(t: Text, source: SourceName, trouble: Trouble): string {
  return t.say(`trouble.${source === 'screen_sound' ? 'screen' : source}.${trouble}`);
}

/** "4:21", and "1:02:05" for who speaks long. */
export function elapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (n: number): string => String(n).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** The office whose confirmation a request needs. */
export function otherOffice(office: Office): Office {
  return office === 'chair' ? 'clerk' : 'chair';
}

const ERRORS: Partial<Record<ErrorCode, Exclude<Key & `error.${string}`, 'error.too-early' | 'error.other'>>> = {
  'not-allowed': 'error.not-allowed',
  'not-waiting': 'error.not-waiting',
  'no-request': 'error.no-request',
  'own-request': 'error.own-request',
  'media-unavailable': 'error.media-unavailable',
  'not-recorded': 'error.not-recorded',
  'not-inside': 'error.not-inside',
  'is-self': 'error.is-self',
  'not-on': 'error.not-on',
  'too-many': 'error.too-many',
  'no-fault': 'error.no-fault',
  'wrong-phase': 'error.wrong-phase',
  'meeting-full': 'error.meeting-full',
  'ended': 'error.ended',
  'slow-down': 'error.slow-down',
};

function errorText(t: Text, s: State, code: ErrorCode): string {
  if (code === 'too-early' && s.meeting !== null) return t.say('error.too-early', { when: t.moment(s.meeting.starts) });
  const known = ERRORS[code];
  return known === undefined ? t.say('error.other', { code }) : t.say(known);
}

/** What is wrong with the keys, and what to do. */
export function alarmText(t: Text, s: State, alarm: Alarm): string {
  const known = alarm.person === null ? undefined : s.secrecy.names[alarm.person];
  const name = known ?? t.say('alarm.somebody');
  switch (alarm.kind) {
    case 'forked':
    case 'withheld':
    case 'roster':
    case 'other-clerk':
      return t.say(`alarm.${alarm.kind}`);
    case 'ghost':
    case 'swapped-key':
    case 'second-device':
    case 'false-name':
    case 'new-device':
    case 'not-in-roster':
    case 'expelled':
    case 'unsigned-removal':
    case 'forged':
      return t.say(`alarm.${alarm.kind}`, { name });
  }
}

/** What just happened, as a sentence. */
export function newsText(t: Text, s: State, news: News): string {
  switch (news.what) {
    case 'entered':
    case 'left':
    case 'knocked':
    case 'turned-away':
    case 'lost':
    case 'returned':
    case 'sharing':
    case 'floor':
      return t.say(`news.${news.what}`, { name: news.person.name });
    case 'many':
      return t.say(`news.many.${news.of}`, { n: news.n });
    case 'admitted':
    case 'floor-yours':
    case 'floor-free':
    case 'suspended':
    case 'resumed':
    case 'line-lost':
    case 'line-back':
    case 'server-restarted':
    case 'media-lost':
    case 'aside-over':
    case 'guest-out':
    case 'record-broken':
    case 'speaker-gone':
      return t.say(`news.${news.what}`);
    case 'silent':
      return t.say('silent.title');
    case 'pinned':
      return t.say(news.on ? 'news.pinned.on' : 'news.pinned.off', { name: news.person.name });
    case 'power':
      return t.say(news.low ? 'news.power.low' : 'news.power.full');
    case 'captions':
      return t.say(news.on ? 'news.captions.on' : 'news.captions.off');
    case 'item':
      return t.say(news.opened ? 'news.item.open' : 'news.item.closed', { item: news.item.id, title: news.item.title });
    case 'doors':
      return t.say(`news.doors.${news.doors}`);
    case 'aside':
      return t.say('news.aside', { item: news.item.id });
    case 'source':
      return t.say(`news.source.${news.source === 'screen_sound' ? 'screen' : news.source}.${news.on ? 'on' : 'off'}`);
    case 'trouble':
      return troubleText(t, news.source, news.trouble);
    case 'asked-second':
      return t.say('request.title', { name: news.by.name, what: t.say(`request.${news.action}.what`, news) });
    case 'request-over':
      return t.say(`news.request-over.${news.outcome}`, { what: t.say(`request.${news.action}.what`, news) });
    case 'silenced':
      return t.say('news.because', {
        what: t.say(`silenced.${news.silenced.source}.title`, { name: news.silenced.by.name }),
        reason: reasonText(t, news.silenced.reason),
      });
    case 'asked':
      return t.say('news.because', {
        what: t.say(`asked.${news.asked.source}.title`, { name: news.asked.by.name }),
        reason: reasonText(t, news.asked.reason),
      });
    case 'hand':
      return news.place === 0 ? t.say('news.hand.none') : t.say('news.hand.place', { n: news.place });
    case 'said':
      return t.say('news.said', { name: news.name });
    case 'invited-to-talk':
      return t.say(`news.invited-to-talk.${news.kind}`, { name: news.name });
    case 'alarm':
      return alarmText(t, s, news.alarm);
    case 'code-differs':
      return t.say('code.differs');
    case 'entry':
      return entryText(t, news.entry);
    case 'error':
      return errorText(t, s, news.code);
  }
}
