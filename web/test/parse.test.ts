// SPDX-License-Identifier: EUPL-1.2
// What comes in from the network: understood as the protocol says, refused otherwise; and the schemas agree.
import { describe, expect, it } from 'vitest';
import { ENTRY_KINDS, ERROR_CODES, REQUEST_ACTIONS, type ServerMessage } from '../src/wire/messages';
import { parseMessage, parseSeat, parseSeatError, parseSignIn } from '../src/wire/parse';
import { CLIENT, REQUEST, SERVER, stateMessage } from './support/samples';
import { asDescribed, schemas, wordsOf } from './support/schemas';

/** Fields that a server may leave out: of reasons, and of what an older one does not know. */
const OPTIONAL: readonly unknown[] = [
  'relays',
  'text', 'device', 'caucus', 'keys', 'vouchers', 'conversations', 'key',
];

/** Nothing of the protocol at any place where it could stand. */
const BAD: readonly unknown[] = [
  undefined,
  null,
  true,
  -1,
  0,
  1.5,
  2 ** 31,
  2 ** 63,
  '',
  'x',
  'x'.repeat(100_000),
  [],
  [[]],
  [null],
  {},
  { type: 'lobby' },
  '\u0000',
  '\ud800',
  { toString: 'x' },
  [[[[[[[[[[[[]]]]]]]]]]]],
];

/** Every place in a message: the way to it. */
function places(u: unknown, way: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof u !== 'object' || u === null) return [way];
  return [
    way,
    ...Object.entries(u).flatMap(([key, inner]) => places(inner, [...way, Array.isArray(u) ? Number(key) : key])),
  ];
}

function changed(u: unknown, way: readonly (string | number)[], to: unknown): unknown {
  const [first, ...rest] = way;
  if (first === undefined) return to;
  const copy = structuredClone(u) as Record<string | number, unknown>;
  const inner = changed(copy[first], rest, to);
  if (inner === undefined) delete copy[first];
  else copy[first] = inner;
  return copy;
}

function sameShape(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

describe('messages of the server', () => {
  for (const [type, message] of Object.entries(SERVER)) {
    it(`${type} is understood as it is`, () => {
      expect(parseMessage(JSON.stringify(message))).toEqual(message);
    });
    it(`${type} with anything wrong in it is refused, or comes out whole`, () => {
      for (const way of places(message)) {
        for (const bad of BAD) {
          const raw = changed(message, way, bad);
          const parsed = parseMessage(raw === undefined ? 'undefined' : JSON.stringify(raw));
          if (parsed !== null)
            expect(sameShape(parseMessage(JSON.stringify(parsed)), parsed), way.join('.')).toBe(true);
          if (way.length > 0 && (bad === undefined || (Array.isArray(bad) && bad.length > 0))) {
            const optional = OPTIONAL.includes(way.at(-1)) || typeof way.at(-1) === 'number';
            if (!optional) expect(parsed, `${way.join('.')} = ${JSON.stringify(bad)}`).toBeNull();
          }
        }
      }
    });
    it(`${type} leaves behind what is not in the protocol`, () => {
      const more = JSON.stringify({ ...message, extra: 1 }).replace('{', '{"__proto__":{"polluted":true},');
      expect(parseMessage(more)).toEqual(message);
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    });
  }
  it.each([
    ['a number that is no id', { ...SERVER['gone'], id: 0 }],
    ['a version of another time', { ...SERVER['welcome'], version: 2 }],
    ['an office that does not exist', { ...SERVER['welcome'], office: 'host' }],
    [
      'a time that is none',
      stateMessage({ meeting: { ...SERVER['welcome'].meeting, starts: '2026-13-45T99:99:99.000Z' } }),
    ],
    ['a kind that does not exist', { type: 'entry', entry: { ...SERVER['entry'].entry, kind: 'unmuted' } }],
    ['a request for what does not exist', { type: 'request', request: { ...REQUEST, action: 'unmute' } }],
    ['a hush that does not exist', { type: 'person', person: { ...SERVER['person'].person, hush: 'gagged' } }],
    ['an inherited type', { type: 'toString' }],
    [
      'an endless list',
      { type: 'slots', slots: Array.from({ length: 300 }, () => ({ mid: '1', person: 1, source: 'camera' })) },
    ],
    ['more time than there is', { type: 'request', request: { ...SERVER['request'].request, seconds: 1e9 } }],
  ])('%s is refused', (_, message) => {
    expect(parseMessage(JSON.stringify(message))).toBeNull();
  });
  it.each(['', '{', 'null', '[]', '"lobby"', '{"type":"lobby"', '\u0000', '{"type":"lobby","opened":1e999}'])(
    '%j is refused',
    (raw) => {
      expect(parseMessage(raw)).toBeNull();
    },
  );
  it('anything but text is refused', () => {
    expect(parseMessage(new ArrayBuffer(4))).toBeNull();
    expect(parseMessage(undefined)).toBeNull();
  });
});

describe('seats', () => {
  const seat = { seat: 'abcdefgh', meeting: 'k7f2', name: 'Hilde Aerts', office: 'clerk' };
  it('are understood, and nothing that only looks like one', () => {
    expect(parseSeat(JSON.stringify({ ...seat, extra: 1 }))).toEqual(seat);
    for (const bad of [
      { ...seat, seat: 'abc' },
      { ...seat, seat: 'abcdefg;' },
      { ...seat, meeting: '../x' },
      { ...seat, office: 1 },
      [],
      null,
    ]) {
      expect(parseSeat(JSON.stringify(bad))).toBeNull();
    }
    expect(parseSeat('<html>')).toBeNull();
  });
  it('errors too', () => {
    expect(parseSeatError('{"error":{"code":"link-used"}}')).toBe('link-used');
    expect(parseSignIn('{"error":{"code":"sign-in-required","meeting":"k7f2"}}')).toBe('k7f2');
    for (const bad of ['', '{}', '{"error":{"code":"link-used","meeting":"k7f2"}}',
      '{"error":{"code":"sign-in-required","meeting":"//elsewhere"}}']) expect(parseSignIn(bad)).toBeNull();
    for (const bad of ['{"error":{"code":"other"}}', '{"error":null}', '{}', '[]', '<html>'])
      expect(parseSeatError(bad)).toBeNull();
  });
});

describe('the schemas of server/protocol', () => {
  it('describe every message that the server sends, and ours alike', () => {
    const all = schemas('server');
    expect([...all.keys()].sort()).toEqual(Object.keys(SERVER).sort());
    for (const [name, check] of all) {
      const message = asDescribed('server', name, SERVER[name as ServerMessage['type']]);
      expect(check(message), `${name} ${JSON.stringify(check.errors)}`).toBe(true);
    }
  });
  it('agree with the parser about what is wrong', () => {
    for (const [name, check] of schemas('server')) {
      const message = asDescribed('server', name, SERVER[name as ServerMessage['type']]);
      for (const way of places(message)) {
        for (const bad of BAD) {
          const raw = changed(message, way, bad);
          if (raw === undefined) continue;
          const plain: unknown = JSON.parse(JSON.stringify(raw));
          if (check(plain))
            expect(
              parseMessage(JSON.stringify(plain)),
              `${name} ${way.join('.')} = ${JSON.stringify(bad)?.slice(0, 40)}`,
            ).not.toBeNull();
        }
      }
    }
  });
  it('know the same words', () => {
    for (const code of ERROR_CODES)
      expect(schemas('server').get('error')?.({ ...SERVER['error'], code }), code).toBe(true);
    expect(ENTRY_KINDS).toEqual(expect.arrayContaining([...wordsOf('server', 'entry', 'kind')]));
    expect(REQUEST_ACTIONS).toEqual(expect.arrayContaining([...wordsOf('server', 'request', 'action')]));
  });
  it('take everything that we send', () => {
    const all = schemas('client');
    expect([...all.keys()].sort()).toEqual(Object.keys(CLIENT).sort());
    for (const [name, messages] of Object.entries(CLIENT)) {
      for (const m of all.has(name) ? messages : [])
        expect(
          all.get(name)?.(asDescribed('client', name, m)),
          `${name} ${JSON.stringify(all.get(name)?.errors)}`,
        ).toBe(true);
    }
  });
});
