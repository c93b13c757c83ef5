// SPDX-License-Identifier: EUPL-1.2
// What the pages do about what happens to them: signing in, enrolling, convening, administering, checking files.

import { describe, expect, it } from 'vitest';
import { toBase64 } from '../../src/crypto/keys/bytes';
import { identity, memory } from '../../src/crypto/keys/identity';
import { opened, signed } from '../../src/crypto/keys/roster';
import { type Answer, type Me, type Path, readAnswer, readRefusal, type RefusalCode } from '../../src/pages/api';
import { wrongIn } from '../../src/pages/convene';
import type { Draft, Event } from '../../src/pages/event';
import { readManifest } from '../../src/pages/integrity';
import { calendar, fileName, mailto } from '../../src/pages/invitation';
import { decode, encode } from '../../src/pages/passkey';
import { naming, standing } from '../../src/pages/roster';
import type { BodyList, State } from '../../src/pages/state';
import type { Step } from '../../src/pages/step';
import { initial, type Place, update } from '../../src/pages/update';

const ME: Me = {
  name: 'Hilde Aerts', email: 'hilde@lindebeke.example', password: false, level: null, passkeys: [],
  bodies: [{ id: 'bodyaaaa', name: 'Gemeenteraad', office: 'clerk', party: null }],
};
const OFFER = {
  challenge: 'AAAA', rp: { id: 'localhost', name: 'localhost' }, user: { id: 'AA', name: 'h', displayName: 'H' },
  algorithms: [-7], exclude: [],
};
const SHOWN = { id: 'x', clientDataJSON: 'x', authenticatorData: 'x', signature: 'x', userHandle: 'x' };
const MADE = { id: 'x', clientDataJSON: 'x', attestationObject: 'x' };

/** A page, and what was asked last. */
class Run {
  state: State;
  effects: Step[1] = [];

  constructor(path: string, more: Partial<Place> = {}) {
    this.state = initial('nl', { path, token: null, meeting: null, part: 'meetings', back: null, ...more }, true);
    this.act({ type: 'loaded' });
  }

  act(e: Event): this {
    [this.state, this.effects] = update(this.state, e);
    return this;
  }

  answer(answer: Answer): this {
    return this.act({ type: 'answered', answer });
  }

  refuse(path: Path, code: RefusalCode): this {
    return this.act({ type: 'refused', path, refusal: { code, lines: [], wait: null } });
  }

  /** The path that is asked now; null when nothing is. */
  asked(): string | null {
    const last = this.effects.at(-1);
    return last?.do === 'ask' ? last.path : null;
  }
}

function signedIn(path: string, more: Partial<Place> = {}): Run {
  return new Run(path, more).answer({ path: '/api/me', value: ME });
}

describe('signing in', () => {
  it('asks who one is, and shows the door without complaint at a first visit', () => {
    const run = new Run('/');
    expect(run.asked()).toBe('/api/me');
    run.refuse('/api/me', 'signed-out');
    expect(run.state).toMatchObject({ gate: { name: 'closed', way: 'passkey' }, trouble: null, asking: null });
  });
  it('by passkey: a challenge, the authenticator, the server, who one is, the meetings', () => {
    const run = new Run('/').refuse('/api/me', 'signed-out').act({ type: 'sign-in-passkey' });
    expect(run.asked()).toBe('/api/sign-in');
    run.answer({ path: '/api/sign-in', value: { challenge: 'AAAA', rp: 'localhost' } });
    expect(run.effects).toEqual([{ do: 'show-key', challenge: 'AAAA', rp: 'localhost' }]);
    expect(run.act({ type: 'key-shown', shown: SHOWN }).asked()).toBe('/api/sign-in/passkey');
    run.answer({ path: '/api/sign-in/passkey', value: { name: 'Hilde', reset: true } });
    expect(run.asked()).toBe('/api/me');
    expect(run.answer({ path: '/api/me', value: ME }).asked()).toBe('/api/meetings');
    run.answer({ path: '/api/meetings', value: { meetings: [] } });
    expect(run.state).toMatchObject({ asking: null, reset: true, gate: { name: 'open' }, page: { meetings: [] } });
  });
  it('one question at a time: a second press does nothing', () => {
    const run = new Run('/').refuse('/api/me', 'signed-out').act({ type: 'sign-in-passkey' });
    expect(run.act({ type: 'sign-in-passkey' }).effects).toEqual([]);
    expect(run.act({ type: 'way', way: 'recovery' }).state.gate).toEqual({ name: 'closed', way: 'passkey' });
  });
  it('that the person stopped is told, and can be done again', () => {
    const run = new Run('/').refuse('/api/me', 'signed-out').act({ type: 'sign-in-passkey' });
    run.answer({ path: '/api/sign-in', value: { challenge: 'AAAA', rp: 'x' } }).act({ type: 'no-key', why: 'stopped' });
    expect(run.state).toMatchObject({ asking: null, trouble: { what: 'key', why: 'stopped' } });
    expect(run.act({ type: 'sign-in-passkey' }).asked()).toBe('/api/sign-in');
  });
  it('a recovery code leads to a new passkey, and only then to the meetings', () => {
    const run = new Run('/').refuse('/api/me', 'signed-out');
    run.act({ type: 'sign-in-recovery', email: 'a@b.be', recovery: 'k' });
    run.answer({ path: '/api/sign-in/recovery', value: { reset: false, left: 9 } });
    expect([run.state.gate, run.asked()]).toEqual([{ name: 'renew', left: 9 }, null]);
    run.act({ type: 'add-passkey', label: 'Laptop' });
    run.answer({ path: '/api/me/passkey/begin', value: { passkey: OFFER } });
    expect(run.effects).toEqual([{ do: 'make-key', offer: OFFER }]);
    run.act({ type: 'key-made', made: MADE });
    expect(run.effects).toEqual([
      { do: 'ask', path: '/api/me/passkey', body: { credential: MADE, label: 'Laptop' } },
    ]);
    expect(run.answer({ path: '/api/me/passkey', value: null }).asked()).toBe('/api/me');
  });
  it('by the provider of the house: offered where the server says so, asked, and come back from', () => {
    const run = new Run('/').refuse('/api/me', 'signed-out');
    expect(run.state.provider).toBe(false);
    const refusal = readRefusal({ error: { code: 'signed-out', provider: true } });
    run.act({ type: 'refused', path: '/api/me', refusal });
    expect(run.state.provider).toBe(true);
    expect(run.act({ type: 'sign-in-provider' }).asked()).toBe('/api/sign-in/oidc/begin');
    run.answer({ path: '/api/sign-in/oidc/begin', value: { url: 'https://login.example/ask?x' } });
    expect(run.effects).toEqual([{ do: 'leave', url: 'https://login.example/ask?x' }]);
    const back = { code: 'c', state: 's', iss: null };
    const again = new Run('/', { back });
    expect(again.effects).toEqual([{ do: 'ask', path: '/api/sign-in/oidc', body: back }]);
    expect(again.state.back).toBe(null);
    expect(again.answer({ path: '/api/sign-in/oidc', value: { name: 'Hilde', reset: false } }).asked()).toBe('/api/me');
  });
  it('what the provider said and the server did not take is told at the door, where it can be tried again', () => {
    const run = new Run('/', { back: { code: 'c', state: 's', iss: null } });
    run.refuse('/api/sign-in/oidc', 'sign-on-refused');
    expect(run.state).toMatchObject({
      gate: { name: 'closed' }, provider: true, asking: null, trouble: { refusal: { code: 'sign-on-refused' } },
    });
  });
  it('a provider that signed nobody in is told at the door, once; who has a session is not held up', () => {
    const run = new Run('/', { back: 'no' });
    expect(run.asked()).toBe('/api/me');
    const refusal = readRefusal({ error: { code: 'signed-out', provider: true } });
    expect(run.act({ type: 'refused', path: '/api/me', refusal }).state).toMatchObject({
      gate: { name: 'closed' }, provider: true, back: null, trouble: { what: 'provider' },
    });
    expect(run.act({ type: 'sign-in-provider' }).state.trouble).toBe(null);
    const inside = new Run('/', { back: 'no' }).answer({ path: '/api/me', value: ME });
    expect(inside.state).toMatchObject({ gate: { name: 'open' }, back: null, trouble: null });
  });
  it('a provider is an address of https, and nothing else', () => {
    for (const url of ['javascript:alert(1)', 'http://login.example/', 'https://login.example/ x', '', 3])
      expect(readAnswer('/api/sign-in/oidc/begin', { url })).toBe(null);
    expect(readAnswer('/api/sign-in/oidc/begin', { url: 'https://login.example/ask' })).not.toBe(null);
  });
  it('signing out leaves nothing of the person in the page', () => {
    const run = signedIn('/').answer({ path: '/api/meetings', value: { meetings: [] } }).act({ type: 'sign-out' });
    run.answer({ path: '/api/sign-out', value: null });
    expect(run.state).toMatchObject({
      gate: { name: 'closed' }, page: { me: null, meetings: null }, done: 'signed-out',
    });
  });
  it('a session that ended in between is told', () => {
    const run = signedIn('/').answer({ path: '/api/meetings', value: { meetings: [] } });
    run.act({ type: 'enter', meeting: 'k7f2' }).refuse('/api/enter', 'signed-out');
    expect(run.state).toMatchObject({ gate: { name: 'closed' }, trouble: { refusal: { code: 'signed-out' } } });
  });
});

describe('from a link of the room and back', () => {
  it('signs in, then enters that very meeting', () => {
    const run = new Run('/', { meeting: 'k7f2' }).refuse('/api/me', 'signed-out');
    expect(run.state.page).toMatchObject({ target: 'k7f2' });
    run.answer({ path: '/api/sign-in/password', value: { name: 'x', reset: false } });
    run.answer({ path: '/api/me', value: ME });
    expect(run.effects.slice(1)).toEqual([{ do: 'ask', path: '/api/enter', body: { meeting: 'k7f2' } }]);
    run.answer({ path: '/api/enter', value: { seat: 'abcdefgh', meeting: 'k7f2' } });
    expect(run.effects).toEqual([{ do: 'enter', seat: 'abcdefgh', meeting: 'k7f2' }]);
  });
  it('who may not enter sees the list, and why', () => {
    const run = new Run('/', { meeting: 'k7f2' }).answer({ path: '/api/me', value: ME });
    run.refuse('/api/enter', 'not-invited');
    expect(run.asked()).toBe('/api/meetings');
    run.answer({ path: '/api/meetings', value: { meetings: [] } });
    expect(run.state.trouble).toMatchObject({ refusal: { code: 'not-invited' } });
    expect(run.state.page).toMatchObject({ target: null });
  });
});

describe('enrolling', () => {
  const who = { kind: 'account', name: 'Hilde', email: ME.email, passkey: OFFER } as const;
  it('without a token asks nothing', () => {
    expect(new Run('/enrol').effects).toEqual([]);
  });
  it('by passkey, to the codes, which are forgotten once kept', () => {
    const run = new Run('/enrol', { token: 'T' }).answer({ path: '/api/enrol', value: who });
    run.act({ type: 'enrol-passkey', label: 'Laptop' });
    expect(run.effects).toEqual([{ do: 'make-key', offer: OFFER }]);
    run.act({ type: 'key-made', made: MADE });
    expect(run.effects).toEqual([
      { do: 'ask', path: '/api/enrol/passkey', body: { token: 'T', credential: MADE, label: 'Laptop' } },
    ]);
    run.answer({ path: '/api/enrol/passkey', value: { recovery: ['a', 'b'] } });
    expect(run.state.page).toMatchObject({ step: 'codes', codes: ['a', 'b'], token: null });
    expect(run.act({ type: 'codes-kept' }).state.page).toMatchObject({ step: 'ready', codes: [] });
  });
  it('after a refused passkey gets a new challenge, and the reason stays', () => {
    const run = new Run('/enrol', { token: 'T' }).answer({ path: '/api/enrol', value: who });
    run.refuse('/api/enrol/passkey', 'passkey-refused');
    expect(run.asked()).toBe('/api/enrol');
    run.answer({ path: '/api/enrol', value: who });
    expect(run.state).toMatchObject({ asking: null, trouble: { refusal: { code: 'passkey-refused' } } });
  });
  it('by password: the same secret when one comes back to it', () => {
    const run = new Run('/enrol', { token: 'T' }).answer({ path: '/api/enrol', value: who });
    expect(run.act({ type: 'enrol-password' }).asked()).toBe('/api/enrol/password/begin');
    run.answer({ path: '/api/enrol/password/begin', value: { otpauth: 'otpauth://totp/x', secret: 'ABCD' } });
    run.act({ type: 'enrol-back' });
    expect(run.act({ type: 'enrol-password' }).effects).toEqual([]);
    expect(run.state.page).toMatchObject({ step: 'password' });
  });
});

describe('where I am signed in', () => {
  const session = {
    id: 4, browser: 'edge', system: 'windows', created: '2026-03-12T18:30:00.000Z', used: '2026-03-12T18:31:00.000Z',
    current: false,
  } as const;

  it('is asked for with the keys, every time anew; what is ended there is asked for again', () => {
    const run = signedIn('/').answer({ path: '/api/meetings', value: { meetings: [] } });
    expect(run.act({ type: 'part', part: 'keys' }).asked()).toBe('/api/me/sessions');
    run.answer({ path: '/api/me/sessions', value: { sessions: [session] } });
    expect(run.state.page).toMatchObject({ sessions: [session] });
    run.act({ type: 'end-session', id: 4 });
    expect(run.effects).toEqual([{ do: 'ask', path: '/api/me/sessions/end', body: { id: 4 } }]);
    expect(run.answer({ path: '/api/me/sessions/end', value: null }).asked()).toBe('/api/me/sessions');
    expect(run.state.done).toBe('session-ended');
    run.answer({ path: '/api/me/sessions', value: { sessions: [] } });
    expect(run.act({ type: 'end-other-sessions' }).asked()).toBe('/api/me/sessions/end-others');
    run.answer({ path: '/api/me/sessions/end-others', value: null });
    run.answer({ path: '/api/me/sessions', value: { sessions: [] } });
    run.act({ type: 'part', part: 'meetings' });
    expect(run.act({ type: 'part', part: 'keys' }).asked()).toBe('/api/me/sessions');
  });
  it('is asked for as soon as something else was answered', () => {
    const run = signedIn('/');
    expect(run.act({ type: 'part', part: 'keys' }).effects).toEqual([]);
    expect(run.answer({ path: '/api/meetings', value: { meetings: [] } }).asked()).toBe('/api/me/sessions');
  });
  it('is where the link of another page leads', () => {
    const run = signedIn('/', { part: 'keys' });
    expect(run.state.page).toMatchObject({ part: 'keys' });
    expect(run.answer({ path: '/api/meetings', value: { meetings: [] } }).asked()).toBe('/api/me/sessions');
  });
  it('is told in words that the client knows, or not at all', () => {
    const read = (more: object): Answer | null =>
      readAnswer('/api/me/sessions', { sessions: [{ ...session, ...more }] });
    expect(read({})).toEqual({ path: '/api/me/sessions', value: { sessions: [session] } });
    expect(read({ browser: '<b>Netscape</b>' })).toBeNull();
    expect(read({ system: 'Windows' })).toBeNull();
  });
});

const DRAFT: Draft = {
  body: 'bodyaaaa', title: 'Raad', starts: '2026-04-09T19:30', guests: [], substitute: null,
  items: [{ title: 'Notulen', convened: 'closed', guests: [] }],
};
const LIST: BodyList = {
  id: 'bodyaaaa', name: 'Gemeenteraad', standing: 'none', print: '00000', people: [],
};
const NOW = Date.parse('2026-04-01T10:00:00.000Z');

const PEOPLE = [
  { account: 'luc@lindebeke.example', name: 'Luc Desmedt', office: 'chair', devices: [] },
  { account: 'marleen@lindebeke.example', name: 'Marleen Goossens', office: 'member', devices: [] },
] as const;

/** The form, with who may stand in for the chair. */
function convening(): Run {
  return signedIn('/meetings/new').answer({ path: '/api/roster', value: { roster: null, people: PEOPLE } });
}

describe('convening', () => {
  it('offers the members of the body that is chosen as the substitute, and signs nothing for it', () => {
    const run = signedIn('/meetings/new');
    expect(run.effects.at(-1)).toEqual({ do: 'ask', path: '/api/roster', body: { body: 'bodyaaaa' } });
    run.answer({ path: '/api/roster', value: { roster: null, people: PEOPLE } });
    expect(run.effects).toEqual([]);
    const people = [{ email: 'marleen@lindebeke.example', name: 'Marleen Goossens' }];
    expect(run.state.page).toMatchObject({ members: { body: 'bodyaaaa', people }, roster: null });
    run.act({ type: 'choose-body', body: 'bodybbbb' });
    expect(run.effects.at(-1)).toEqual({ do: 'ask', path: '/api/roster', body: { body: 'bodybbbb' } });
    expect(run.state.page).toMatchObject({ members: { body: 'bodybbbb', people: null } });
  });
  it('finds the first thing that is wrong', () => {
    const wrong = (more: Partial<Draft>): unknown => wrongIn({ ...DRAFT, ...more }, NOW)?.field;
    expect(wrongIn(DRAFT, NOW)).toBeNull();
    expect(wrong({ title: '' })).toBe('title');
    expect(wrong({ starts: '' })).toBe('starts');
    expect(wrong({ starts: '2026-03-01T10:00' })).toBe('starts');
    expect(wrong({ items: [] })).toBe('items');
    expect(wrong({ items: [...DRAFT.items, { title: '', convened: 'open', guests: [] }] })).toBe('item-1');
    expect(wrong({ guests: [{ name: 'x', email: 'no' }] })).toBe('guest-email-0');
  });
  it('sends what is right, in the language of the page, and shows the invitations', () => {
    const run = convening().act({ type: 'convene', draft: DRAFT, now: NOW });
    expect(run.effects).toEqual([{
      do: 'ask', path: '/api/convene',
      body: { ...DRAFT, starts: new Date(DRAFT.starts).toISOString(), language: 'nl' },
    }]);
    run.answer({ path: '/api/convene', value: { meeting: 'k7f4', invitations: [] } });
    expect(run.state.page).toMatchObject({ result: { id: 'k7f4', title: 'Raad', body: 'Gemeenteraad' } });
  });
  it('tells the account which device this is, and makes the office key of a clerk', () => {
    for (const path of ['/', '/meetings/new'])
      expect(signedIn(path).effects[0]).toEqual({ do: 'bind-device', email: ME.email, clerk: true });
    const none = new Run('/').answer({ path: '/api/me', value: { ...ME, bodies: [] } });
    expect(none.effects[0]).toMatchObject({ clerk: false });
    expect(new Run('/admin').answer({ path: '/api/me', value: { ...ME, bodies: [] } }).effects
      .filter((e) => e.do === 'bind-device')).toEqual([]);
  });
  it('shows the list of members with the invitations, and signs only what was shown, when the clerk says so', () => {
    const run = convening().act({ type: 'convene', draft: DRAFT, now: NOW });
    run.answer({ path: '/api/convene', value: { meeting: 'k7f4', invitations: [] } });
    expect(run.effects).toEqual([{ do: 'ask', path: '/api/roster', body: { body: 'bodyaaaa' } }]);
    const answer = { roster: null, people: [] };
    run.answer({ path: '/api/roster', value: answer });
    const substitute = null;
    expect(run.effects).toEqual([{ do: 'look-at-roster', email: ME.email, body: ME.bodies[0], answer, substitute }]);
    run.act({ type: 'sign-roster' });
    expect(run.effects).toEqual([]);
    run.act({ type: 'roster-looked', list: LIST });
    expect(run.state).toMatchObject({ asking: null, page: { roster: LIST, result: { id: 'k7f4' } } });
    run.act({ type: 'sign-roster' });
    expect(run.effects).toEqual([{ do: 'sign-roster', email: ME.email, list: LIST }]);
    run.act({ type: 'roster-signed', letters: 'signed' });
    expect(run.effects).toEqual([
      { do: 'ask', path: '/api/roster', body: { body: 'bodyaaaa', roster: 'signed' } },
    ]);
    run.answer({ path: '/api/roster', value: { roster: null, people: null } });
    expect(run.effects).toEqual([{ do: 'ask', path: '/api/roster', body: { body: 'bodyaaaa' } }]);
  });
  const INVITED = [{ name: 'A', email: 'a@b.c', office: 'member', link: 'https://raad.example/j#secret' }] as const;
  const SIGNED = [{ ...INVITED[0], link: `${INVITED[0].link}.letters` }];
  const shown = (standing: BodyList['standing']): Run => {
    const run = convening().act({ type: 'convene', draft: DRAFT, now: NOW });
    run.answer({ path: '/api/convene', value: { meeting: 'k7f4', invitations: INVITED } });
    run.answer({ path: '/api/roster', value: { roster: 'letters', people: [] } });
    return run.act({ type: 'roster-looked', list: { ...LIST, standing } });
  };
  it('puts the clerk’s signature into the links, once the list behind them is the clerk’s', () => {
    for (const standing of ['none', 'other-key', 'forged'] as const) expect(shown(standing).effects).toEqual([]);
    for (const standing of ['same', 'changed'] as const) {
      const run = shown(standing);
      expect(run.effects).toMatchObject([{
        do: 'sign-invitations', email: ME.email, meeting: { id: 'k7f4', body: 'Gemeenteraad', invitations: INVITED },
      }]);
      run.act({ type: 'invitations-signed', invitations: SIGNED });
      expect(run.state.page).toMatchObject({ result: { signed: true, invitations: SIGNED } });
      run.act({ type: 'roster-looked', list: { ...LIST, standing } });
      expect(run.effects).toEqual([]);
    }
  });
  it('takes no signature for links that are others by now, and says when none can be made', () => {
    const run = shown('same');
    const other = { ...INVITED[0], link: 'https://raad.example/j#other.x' };
    run.act({ type: 'invitations-signed', invitations: [other] });
    expect(run.state.page).toMatchObject({ result: { signed: false, invitations: INVITED } });
    run.act({ type: 'invitations-signed', invitations: null });
    expect(run.state).toMatchObject({ trouble: { why: 'unkept' }, page: { result: { signed: false } } });
  });
  it('names who may stand in for the chair: as the form said, as was signed before, or as the clerk ticks', () => {
    const before = [{ ...PEOPLE[1], office: 'substitute' as const, devices: [] }];
    const marleen = PEOPLE[1].account;
    const offices = (list: ReturnType<typeof naming>): string[] => list.map((p) => p.office);
    expect(offices(naming(PEOPLE, [], null))).toEqual(['chair', 'member']);
    expect(offices(naming(PEOPLE, before, null))).toEqual(['chair', 'substitute']);
    expect(offices(naming(PEOPLE, [], marleen))).toEqual(['chair', 'substitute']);
    expect(offices(naming(PEOPLE, [], PEOPLE[0].account))).toEqual(['chair', 'member']);
    const run = convening().act({ type: 'convene', draft: { ...DRAFT, substitute: marleen }, now: NOW });
    run.answer({ path: '/api/convene', value: { meeting: 'k7f4', invitations: [] } });
    run.answer({ path: '/api/roster', value: { roster: null, people: [] } });
    expect(run.effects).toMatchObject([{ do: 'look-at-roster', substitute: marleen }]);
    const listed = { account: marleen, name: 'M', office: 'member', substitute: false, devices: [] } as const;
    run.act({ type: 'roster-looked', list: { ...LIST, standing: 'same', people: [listed] } });
    run.act({ type: 'name-substitute', account: marleen, named: true });
    const people = [{ ...listed, substitute: true }];
    expect(run.state.page).toMatchObject({ roster: { standing: 'changed', people } });
  });
  it('a browser that keeps no key signs nothing, and says why', () => {
    const run = convening().act({ type: 'look-roster', body: 'bodyaaaa' });
    run.answer({ path: '/api/roster', value: { roster: null, people: [] } });
    run.act({ type: 'roster-looked', list: null });
    expect(run.state).toMatchObject({ asking: null, trouble: { field: 'roster', why: 'unkept' } });
    run.act({ type: 'roster-signed', letters: null });
    expect(run.effects).toEqual([]);
  });
  it('reads a list with its devices, and what was stored as nothing to show', () => {
    const person = { account: 'a@b.c', name: 'A', office: 'member', devices: [`${'A'.repeat(43)}=`] };
    const read = (body: unknown): unknown => readAnswer('/api/roster', body)?.value;
    expect(read({ roster: null, people: [person] })).toEqual({ roster: null, people: [person] });
    expect(read({})).toEqual({ roster: null, people: null });
    expect(read({ roster: null, people: [{ ...person, devices: ['short'] }] })).toBeUndefined();
  });
  it('says what stands behind a body now', async () => {
    const clerk = await identity(memory());
    const key = toBase64(clerk.device);
    const people = [
      { account: 'b@x.y', name: 'B', office: 'member' as const, devices: ['B', 'A'].map((l) => `${l.repeat(42)}A=`) },
      { account: 'a@x.y', name: 'A', office: 'clerk' as const, devices: [] },
    ];
    const letters = await signed('Raad', people, clerk, NOW);
    const before = await opened(letters);
    const turned = people.map((p) => ({ ...p, devices: [...p.devices].reverse() })).reverse();
    const is = (who = turned, now = NOW, by = key): string => standing(letters, before, 'Raad', who, by, now);
    expect(is()).toBe('same');
    expect(is(people.slice(1))).toBe('changed');
    expect(is(turned, NOW + 350 * 24 * 3_600_000)).toBe('changed');
    expect(is(turned, NOW, 'another')).toBe('other-key');
    expect(standing(letters, before, 'Commissie', people, key, NOW)).toBe('forged');
    expect(standing('x', await opened('x'), 'Raad', people, key, NOW)).toBe('forged');
    expect(standing(null, null, 'Raad', people, key, NOW)).toBe('none');
  });
  it('a refusal leaves the form', () => {
    const run = convening().act({ type: 'convene', draft: DRAFT, now: NOW });
    run.refuse('/api/convene', 'wrong-field');
    expect(run.state).toMatchObject({ page: { result: null }, trouble: { refusal: { code: 'wrong-field' } } });
  });
  it('a link in a letter, a calendar, a name of a file', () => {
    const meeting = {
      id: 'k7f4', title: 'Raad; deel 1, met een heel lange titel over élke straat van de gemeente Lindebeke', body: 'x',
      starts: '2026-04-09T17:30:00.000Z', substitute: null, invitations: [], signed: false, shown: null,
    };
    expect(mailto('a+b@c.be', { subject: 'é & x', text: 'een\ntwee' }))
      .toBe('mailto:a%2Bb@c.be?subject=%C3%A9%20%26%20x&body=een%0D%0Atwee');
    const ics = calendar(meeting, 'https://lindebeke.example/j#AA', 'een\ntwee', NOW);
    expect(ics).toContain('DTSTART:20260409T173000Z\r\nDTEND:20260409T203000Z\r\n');
    expect(ics).toContain('DESCRIPTION:een\\ntwee\r\n');
    expect(ics.replace(/\r\n /g, '')).toContain('SUMMARY:Raad\\; deel 1\\, met een heel lange titel over élke straat');
    for (const line of ics.split('\r\n')) expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75);
    expect(fileName('Gemeenteraad van 9 april: André', 'ics')).toBe('gemeenteraad-van-9-april-andre.ics');
  });
});

describe('administering', () => {
  it('one new person: the link, above the list as it is now', () => {
    const run = new Run('/admin').answer({ path: '/api/me', value: { ...ME, level: 'operate' } });
    expect(run.asked()).toBe('/api/admin/overview');
    run.act({ type: 'refused', path: '/api/admin/overview', refusal: { code: 'unavailable', lines: [], wait: null } });
    const user = { name: 'An', email: 'an@b.be', body: null, office: null, party: null };
    run.act({ type: 'manage', manage: { act: 'add-user', user } });
    run.answer({ path: '/api/admin/users/add', value: { link: 'https://x/enrol#A' } });
    expect(run.asked()).toBe('/api/admin/users');
    run.answer({ path: '/api/admin/users', value: { users: [] } });
    expect(run.asked()).toBe('/api/admin/bodies');
    run.answer({ path: '/api/admin/bodies', value: { bodies: [] } });
    expect(run.state.page).toMatchObject({ links: [{ email: 'an@b.be', name: 'An', link: 'https://x/enrol#A' }] });
    expect(run.act({ type: 'section', section: 'security' }).state.page).toMatchObject({ links: [] });
  });
  it('closes nobody before it was asked again', () => {
    const run = new Run('/admin').answer({ path: '/api/me', value: { ...ME, level: 'operate' } });
    run.refuse('/api/admin/overview', 'unavailable');
    run.act({ type: 'confirming', what: { act: 'close-user', email: 'an@b.be' } });
    expect(run.effects).toEqual([]);
    run.act({ type: 'confirm', reason: '' });
    expect(run.effects).toEqual([{ do: 'ask', path: '/api/admin/users/close', body: { email: 'an@b.be' } }]);
    expect(run.act({ type: 'confirm', reason: '' }).effects).toEqual([]);
  });
});

describe('the files of this client', () => {
  it('are read from the list, and compared one by one', () => {
    const sha256 = 'a'.repeat(64);
    const files = readManifest({ version: 1, files: [{ path: '/index.html', bytes: 9, sha256, integrity: 'x' }] });
    expect(() => readManifest({ files: [{ path: 'https://x/', bytes: 9, sha256 }] })).toThrow();
    const run = new Run('/integrity');
    expect(run.effects).toEqual([{ do: 'check-files' }]);
    run.act({ type: 'files', files }).act({ type: 'file', path: '/index.html', found: sha256 });
    expect(run.act({ type: 'files-done' }).state).toMatchObject({ asking: null, page: { files: [{ found: sha256 }] } });
  });
});

describe('answers', () => {
  it('are what was asked for, or nothing', () => {
    const challenge = { challenge: 'AA', rp: 'x' };
    expect(readAnswer('/api/sign-in', { ...challenge, more: 1 })?.value).toEqual(challenge);
    expect(readAnswer('/api/sign-in', { challenge: 7 })).toBeNull();
    expect(readAnswer('/api/sign-out', {})).toEqual({ path: '/api/sign-out', value: null });
  });
  it('refusals are words that the pages know', () => {
    expect(readRefusal({ error: { code: 'bad-lines' }, lines: [{ line: 3, code: 'taken' }] }))
      .toEqual({ code: 'bad-lines', lines: [{ line: 3, code: 'taken' }], wait: null });
    expect(readRefusal({ error: { code: 'slow-down' } }, '5')).toMatchObject({ code: 'slow-down', wait: 5 });
    for (const after of ['', '0', '-1', '5 ', '1e3', '99999', 'Sun, 22 Nov 2026 08:00:00 GMT'])
      expect(readRefusal({ error: { code: 'slow-down' } }, after).wait, after).toBeNull();
    for (const body of [null, {}, { error: 1 }, { error: { code: 'x' } }])
      expect(readRefusal(body)).toEqual({ code: 'unknown', lines: [], wait: null });
  });
  it('bytes go to base64url and back', () => {
    const bytes = Uint8Array.from([0, 251, 255, 254, 62]);
    expect(encode(bytes.buffer)).toBe('APv__j4');
    expect(decode('APv__j4')).toEqual(bytes);
  });
});
