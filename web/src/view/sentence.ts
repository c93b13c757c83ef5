// SPDX-License-Identifier: EUPL-1.2
// An entry of the proceedings as a sentence: the panel draws it, the live regions read it out. Pure.

import { requestedIn } from '../select';
import type { Text } from '../text/text';
import type { Entry, Named, Reason } from '../wire/messages';

export function reasonText(t: Text, reason: Reason): string {
  const text = reason.text ?? '';
  if (reason.code === 'written' && text !== '') return text;
  const given = t.say(`reason.${reason.code}`);
  return text === '' ? given : t.say('and', { first: given, second: text });
}

/** The reason as a sentence of its own: with one full stop, also when whoever wrote it put one. */
export function reasonSentence(t: Text, reason: Reason): string {
  return reasonText(t, reason).replace(/[^.!?…]$/, '$&.');
}

/** How a name is drawn. */
type Draw = (name: string) => unknown;

function person(t: Text, who: Named | null, draw: Draw): unknown {
  if (who === null) return t.say('log.administration');
  const office = who.office === 'chair' || who.office === 'clerk';
  return office ? t.rich('log.person', { name: draw(who.name), role: t.say(`office.${who.office}`) }) : draw(who.name);
}

/** "the removal of Jan Peeters" */
function what(t: Text, entry: Entry): string {
  const action = requestedIn(entry);
  return action === null ? t.say('log.request') : t.say(`request.${action}.what`, { about: entry.who?.name ?? '' });
}

export function sentence(t: Text, entry: Entry, draw: Draw): readonly unknown[] {
  const by = person(t, entry.by, draw);
  const who = person(t, entry.who ?? entry.by, draw);
  switch (entry.kind) {
    case 'invited':
    case 'link-made':
    case 'link-renewed':
    case 'admitted':
    case 'turned-away':
    case 'muted':
    case 'share-stopped':
    case 'floor-given':
    case 'floor-withdrawn':
    case 'floor-restored':
    case 'remove-asked':
    case 'removed':
      return t.rich(`log.${entry.kind}`, { by, who });
    case 'asked-on':
      return t.rich(entry.note === 'camera' ? 'log.asked-on.camera' : 'log.asked-on.microphone', { by, who });
    case 'seat-taken':
    case 'entered':
    case 'left':
    case 'lost':
    case 'returned':
    case 'hand-raised':
    case 'hand-lowered':
    case 'floor-ended':
    case 'substitute-named':
    case 'chair-substituted':
    case 'chair-returned':
      return t.rich(`log.${entry.kind}`, { who });
    case 'meeting-created':
    case 'meeting-opened':
    case 'end-asked':
    case 'end-confirmed':
    case 'ended':
    case 'floor-ordered':
    case 'suspended':
    case 'resumed':
    case 'invite-asked':
    case 'invite-confirmed':
    case 'fault-reported':
    case 'fault-cleared':
    case 'objection':
    case 'code-read':
      return t.rich(`log.${entry.kind}`, { by });
    case 'request-asked':
    case 'request-confirmed':
    case 'request-refused':
      return t.rich(`log.${entry.kind}`, { by, what: what(t, entry) });
    case 'request-expired':
      return t.rich('log.request-expired', { what: what(t, entry) });
    case 'item-created':
    case 'item-opened':
    case 'item-closed':
    case 'doors-asked':
    case 'doors-closed':
      return t.rich(`log.${entry.kind}`, { by, item: entry.item ?? '' });
    case 'doors-announced':
    case 'doors-opened':
      return t.rich(`log.${entry.kind}`, { item: entry.item ?? '' });
    case 'declared-alone':
    case 'recusal-contested':
      return t.rich(`log.${entry.kind}`, { who, item: entry.item ?? '' });
    case 'recused':
      return entry.by === null || entry.who === null || entry.by.id === entry.who.id
        ? t.rich('log.recused', { who, item: entry.item ?? '' })
        : t.rich('log.recused.noted', { by, who, item: entry.item ?? '' });
    case 'recusal-asked':
      return t.rich('log.recusal-asked', { by, who, item: entry.item ?? '' });
    case 'guest-out':
      return t.rich('log.guest-out', { who });
    case 'presence-corrected':
      return t.rich('log.presence-corrected', { by, who });
    case 'server-restarted':
    case 'media-restarted':
      return t.rich(`log.${entry.kind}`);
  }
}

const NOTES = ['alone', 'administration', 'present', 'absent'] as const;

/** The note is what the person wrote. */
function ownWords(entry: Entry): boolean {
  return entry.kind === 'fault-reported' || entry.kind === 'objection';
}

/** What an entry says besides its sentence and its reason. */
export function remark(t: Text, entry: Entry): string | null {
  if (ownWords(entry)) return entry.note;
  const noted = NOTES.find((note) => note === entry.note);
  return noted === undefined ? null : t.say(`log.note.${noted}`);
}

/** The whole entry in words: sentence, remark and reason. */
export function entryText(t: Text, entry: Entry): string {
  const more = remark(t, entry);
  const what = sentence(t, entry, (name) => name).flat().join('');
  const open = (words: string): string => words.replace(/\.$/, '');
  const words = more === null ? what
    : ownWords(entry) ? t.say('news.own-words', { what: open(what), words: more }) : `${what} ${more}`;
  return entry.reason === null ? words
    : t.say('news.because', { what: open(words), reason: reasonText(t, entry.reason) });
}
