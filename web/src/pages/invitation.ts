// SPDX-License-Identifier: EUPL-1.2
// What an invitation is handed out as: a text, a letter to send by one's own mail, an entry for a calendar. Pure.

import type { Convened } from './state';

/** A meeting without an announced end stands in calendars for this long. */
const HOURS = 3;
/** Octets in a line of a calendar (RFC 5545, 3.1). */
const LINE = 75;

export interface Letter {
  readonly subject: string;
  readonly text: string;
}

export function mailto(email: string, letter: Letter): string {
  // RFC 6068: the address too, since its first part may hold almost anything.
  const [local = '', domain = ''] = email.split(/@(?=[^@]*$)/);
  const line = (text: string): string => encodeURIComponent(text.replace(/\r?\n/g, '\r\n'));
  return `mailto:${encodeURIComponent(local)}@${encodeURIComponent(domain)}?subject=${
    line(letter.subject)}&body=${line(letter.text)}`;
}

function escaped(text: string): string {
  return text.replace(/[\\;,]/g, (mark) => `\\${mark}`).replace(/\r?\n/g, '\\n');
}

/** Lines of at most 75 octets, not cut inside of a letter. */
function folded(line: string): string {
  const encoder = new TextEncoder();
  let out = '';
  let size = 0;
  for (const letter of line) {
    const more = encoder.encode(letter).length;
    if (size + more > LINE) {
      out += '\r\n ';
      size = 1;
    }
    out += letter;
    size += more;
  }
  return out;
}

function stamp(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:]|\.\d{3}/g, '');
}

/** A calendar (RFC 5545) with the meeting of one invited person. The link is in it: it is as secret as the letter. */
export function calendar(meeting: Convened, link: string, description: string, now: number): string {
  const starts = Date.parse(meeting.starts);
  return [
    'BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Conclave//Conclave//NL', 'METHOD:PUBLISH', 'BEGIN:VEVENT',
    `UID:${meeting.id}@${new URL(link).hostname}`, `DTSTAMP:${stamp(now)}`, `DTSTART:${stamp(starts)}`,
    `DTEND:${stamp(starts + HOURS * 3_600_000)}`, `SUMMARY:${escaped(meeting.title)}`,
    `DESCRIPTION:${escaped(description)}`, `URL:${link}`, 'CLASS:CONFIDENTIAL', 'END:VEVENT', 'END:VCALENDAR', '',
  ].map(folded).join('\r\n');
}

/** A name for a file, of letters that every system takes. */
export function fileName(title: string, ending: string): string {
  const plain = title.normalize('NFD').replace(/[^\w]+/g, '-').replace(/^-+|-+$/g, '').toLowerCase().slice(0, 60);
  return `${plain === '' ? 'conclave' : plain}.${ending}`;
}
