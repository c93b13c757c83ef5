// SPDX-License-Identifier: EUPL-1.2
// The page at its start, the questions about the state, the pauses, the seal of the build.
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { chooseLanguage, readAddress } from '../src/boot';
import { connectionOf, mayConfirm, mayRefuse, pictureOf, reasonOf, sharer, starting, unheard } from '../src/select';
import { backoff } from '../src/wire/backoff';
import { readServer } from '../src/wire/server';
import { packed, withIntegrity } from '../build/seal';
import { BY_HILDE, connected, GREET, HILDE, OFF, receivedAt, REQUEST, run, SERVER } from './support/samples';

describe('the address', () => {
  const at = (pathname: string, hash = '', search = ''): ReturnType<typeof readAddress> =>
    readAddress({ pathname, hash, search });
  it('names a link, a meeting, a language', () => {
    expect(at('/j', '#abc')).toEqual({
      place: 'meeting', token: 'abc', invitation: null, meeting: null, language: null,
    });
    expect(at('/m/k7f2', '', '?lang=fr')).toEqual({
      place: 'meeting', token: null, invitation: null, meeting: 'k7f2', language: 'fr',
    });
  });
  it('holds what the clerk signed, behind the secret of the link and nowhere else', () => {
    expect(at('/j', '#abc.xyz')).toMatchObject({ token: 'abc', invitation: 'xyz' });
    expect(at('/j', '#.xyz').token).toBeNull();
    expect(at('/m/k7f2', '#abc.xyz')).toMatchObject({ token: null, invitation: null });
  });
  it('names a report, or a page of the accounts', () => {
    expect(at('/m/k7f2/report')).toEqual({
      place: 'report', token: null, invitation: null, meeting: 'k7f2', language: null,
    });
    for (const path of ['/', '/enrol', '/meetings/new', '/admin', '/integrity']) expect(at(path).place).toBe('pages');
    expect(at('/enrol', '#abc').token).toBe('abc');
  });
  it('or nothing', () => {
    for (const path of ['/j', '/m/k7f2', '/m/k7f2/reports', '/enrol/x']) expect(at(path).place).toBe('meeting');
    for (const path of ['/', '/j', '/m/', '/m/a/b', '/m/a%20b', '/jj']) expect(at(path).meeting).toBeNull();
    expect(at('/j').token).toBeNull();
    expect(at('/m/k7f2', '#abc').token).toBeNull();
    expect(at('/', '', '?lang=xx').language).toBeNull();
  });
});

describe('the meeting server', () => {
  it('is named by a page that was exported', () => {
    for (const origin of ['https://meeting.example', 'https://meeting.example:8443', 'https://192.0.2.7'])
      expect(readServer(origin)).toBe(origin);
  });
  it('is the one that the page came from, otherwise', () => {
    const bad = ['', null, undefined, 'http://meeting.example', 'https://meeting.example/', 'https://a b',
      'javascript:0', 'https://meeting.example:0', 'https://user@meeting.example', '//meeting.example'];
    for (const content of bad) expect(readServer(content)).toBe('');
  });
});

describe('the language', () => {
  it("is asked for, chosen before, the browser's, or Dutch", () => {
    expect(chooseLanguage('fr', 'de', ['en'])).toBe('fr');
    expect(chooseLanguage(null, 'de', ['en'])).toBe('de');
    expect(chooseLanguage(null, null, ['it-IT', 'en-GB', 'fr'])).toBe('en');
    expect(chooseLanguage(null, null, ['FR-be'])).toBe('fr');
    expect(chooseLanguage(null, null, ['it'])).toBe('nl');
  });
});

describe('backoff', () => {
  it('grows by 1.6 from a quarter of a second to two seconds', () => {
    expect([1, 2, 3, 4, 5, 6, 40].map((n) => backoff(n, 0.5))).toEqual([250, 400, 640, 1024, 1638, 2000, 2000]);
  });
  it('is scattered by half of itself', () => {
    expect(backoff(1, 0)).toBe(125);
    expect(backoff(1, 0.999)).toBe(375);
    expect(backoff(40, 0)).toBe(1000);
  });
});

describe('questions about the state', () => {
  const s = run(connected(), receivedAt(9, SERVER['slots'])).s;
  it('whose picture is there', () => {
    expect(pictureOf(s, 2)).toBe(false);
    expect(pictureOf({ ...s, pictured: [2] }, 2)).toBe(true);
    expect(pictureOf({ ...s, pictured: [2], slots: [] }, 2)).toBe(false);
    expect(pictureOf({ ...s, own: { ...s.own, camera: { wanted: true, live: true, trouble: null } } }, 1)).toBe(true);
  });
  it('whose screen', () => {
    expect(sharer(s)).toBe(2);
    expect(sharer({ ...s, slots: [] })).toBeNull();
    expect(sharer({ ...s, own: { ...s.own, screen: { wanted: true, live: true, trouble: null } } })).toBe(1);
  });
  it('am I heard', () => {
    const open = { ...s, own: { ...s.own, microphone: { wanted: true, live: true, trouble: null } } };
    const me = (heard: boolean): typeof s => ({
      ...open,
      people: [{ ...HILDE, sources: { ...OFF, microphone: true }, heard }, GREET],
    });
    expect(unheard(me(false))).toBe(true);
    expect(unheard(me(true))).toBe(false);
    expect(unheard(s)).toBe(false);
  });
  it('who confirms, who refuses', () => {
    const asked = run(connected(), receivedAt(9, { type: 'request', request: REQUEST })).s;
    expect([mayConfirm(asked, 9), mayRefuse(asked, 9), mayConfirm(asked, 8)]).toEqual([true, true, false]);
    const own = run(connected(), receivedAt(9, { type: 'request', request: { ...REQUEST, by: BY_HILDE } })).s;
    expect([mayConfirm(own, 9), mayRefuse(own, 9)]).toEqual([false, true]);
    const member = { ...asked, self: { id: 3, name: 'Jan Peeters', office: 'member' as const } };
    expect([mayConfirm(member, 9), mayRefuse(member, 9)]).toEqual([false, false]);
  });
  it('a reason is complete, or none', () => {
    expect(reasonOf('agreed', '  ')).toEqual({ code: 'agreed' });
    expect(reasonOf('written', ' ')).toBeNull();
    expect(reasonOf('written', ' geen lid ')).toEqual({ code: 'written', text: 'geen lid' });
    expect(reasonOf('written', 'een\r\ntwee\u202e')).toEqual({ code: 'written', text: 'een twee' });
    expect(reasonOf(null, 'x')).toBeNull();
    expect(reasonOf('technical', 'é'.repeat(200))).not.toBeNull();
    expect(reasonOf('technical', 'é'.repeat(201))).toBeNull();
  });
  it('what is starting, what is connected', () => {
    expect(starting({ wanted: true, live: false, trouble: null })).toBe(true);
    expect(starting({ wanted: true, live: true, trouble: null })).toBe(false);
    expect(connectionOf(s)).toBe('connected');
  });
});

describe('the seal of the build', () => {
  const files = [
    { path: '/assets/a.js', bytes: 1, sha256: 'x', integrity: 'sha384-A' },
    { path: '/assets/a.css', bytes: 1, sha256: 'x', integrity: 'sha384-B' },
  ];
  it('names the hash of every script and style', () => {
    const html =
      '<link rel="icon" href="/i.svg"><script type="module" crossorigin src="/assets/a.js"></script><link rel="stylesheet" href="/assets/a.css">';
    expect(withIntegrity(html, files)).toBe(
      '<link rel="icon" href="/i.svg">' +
        '<script type="module" crossorigin src="/assets/a.js" integrity="sha384-A"></script><link rel="stylesheet" href="/assets/a.css" integrity="sha384-B">',
    );
  });
  it('packs what shrinks', () => {
    const text = Buffer.from('conclave '.repeat(100));
    expect(gunzipSync(packed(text) ?? Buffer.alloc(0))).toEqual(text);
    expect(packed(Buffer.from('a'))).toBeNull();
  });
  it('stops at one that it does not know', () => {
    expect(() => withIntegrity('<script src="https://elsewhere/x.js"></script>', files)).toThrow(/elsewhere/);
  });
});
