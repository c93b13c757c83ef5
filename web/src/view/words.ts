// SPDX-License-Identifier: EUPL-1.2
// Sentences that more than one view needs. Pure.

import type { News, State, Trouble } from '../state';
import type { Key, Text } from '../text/text';
import type { ErrorCode, Office, Reason, SourceName } from '../wire/messages';

/** "raadslid, Lijst Kouter" */
export function roleOf(t: Text, who: { readonly office: Office; readonly party?: string | null }): string {
  const role = t.say(`office.${who.office}`);
  return who.party ? t.say('person.of', { role, party: who.party }) : role;
}

export function reasonText(t: Text, reason: Reason): string {
  const text = reason.text ?? '';
  if (reason.code === 'written' && text !== '') return text;
  const given = t.say(`reason.${reason.code}`);
  return text === '' ? given : t.say('and', { first: given, second: text });
}

export function troubleText(t: Text, source: SourceName, trouble: Trouble): string {
  return t.say(`trouble.${source === 'screen_sound' ? 'screen' : source}.${trouble}`);
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
  'meeting-full': 'error.meeting-full',
  'ended': 'error.ended',
  'slow-down': 'error.slow-down',
};

function errorText(t: Text, s: State, code: ErrorCode): string {
  if (code === 'too-early' && s.meeting !== null) return t.say('error.too-early', { when: t.moment(s.meeting.starts) });
  const known = ERRORS[code];
  return known === undefined ? t.say('error.other', { code }) : t.say(known);
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
      return t.say(`news.${news.what}`, { name: news.person.name });
    case 'admitted':
    case 'line-lost':
    case 'line-back':
    case 'server-restarted':
    case 'media-lost':
      return t.say(`news.${news.what}`);
    case 'source':
      return t.say(`news.source.${news.source === 'screen_sound' ? 'screen' : news.source}.${news.on ? 'on' : 'off'}`);
    case 'trouble':
      return troubleText(t, news.source, news.trouble);
    case 'end-asked':
      return t.say('news.end-asked', { name: news.by.name });
    case 'request-over':
      return t.say(`news.request-over.${news.outcome}`);
    case 'error':
      return errorText(t, s, news.code);
  }
}
