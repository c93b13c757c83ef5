// SPDX-License-Identifier: EUPL-1.2
// Every message of the protocol with every field missing or wrong, from outside (ATTACKS C18; the long form is
// tests/server/test_wire.c): a typed error each time, and the meeting goes on.

import { check, equal, test } from './lib/check.mjs';
import { shared, testEnd } from './lib/shared.mjs';
import { arrive, clientSchemas, enter } from './lib/socket.mjs';

const tag = `${'A'.repeat(22)}==`;
const device = `${'A'.repeat(43)}=`;
const good = {
  hello: { version: 1, seat: 'abcdefgh', device },
  join: { device },
  'stop-waiting': {},
  offer: { sdp: 'v=0\r\n', roles: { 0: 'microphone' }, restart: false, media: null },
  'sound-check': { sdp: 'v=0\r\n' },
  layout: { lines: [{ mid: '4', width: 960, height: 540 }] },
  sources: { microphone: false, camera: false, screen: false, screen_sound: false },
  admit: { person: 1, voucher: `${'A'.repeat(86)}==` },
  'turn-away': { person: 1, reason: { code: 'agreed' } },
  leave: {},
  end: { reason: { code: 'agreed' } },
  confirm: { request: 1 },
  refuse: { request: 1 },
  hand: { raised: true },
  floor: { person: 100 },
  'floor-end': {},
  order: { people: [100, 101] },
  'withdraw-floor': { person: 100, reason: { code: 'agreed' } },
  'restore-floor': { person: 100 },
  mute: { person: 100, reason: { code: 'agreed' } },
  'ask-on': { person: 100, source: 'camera', reason: { code: 'agreed' } },
  'stop-share': { person: 100, reason: { code: 'agreed' } },
  remove: { person: 100, reason: { code: 'agreed' } },
  suspend: { reason: { code: 'agreed' } },
  resume: {},
  'new-link': { person: 100, reason: { code: 'agreed' } },
  invite: { name: 'Els', email: 'els@lindebeke.example', office: 'guest', reason: { code: 'agreed' } },
  fault: { note: 'stil' },
  'clear-fault': { fault: 1, reason: { code: 'agreed' } },
  object: { note: 'orde' },
  proof: { from: 1 },
  'item-open': { item: 1 },
  'item-close': { item: 1 },
  'doors-open': { item: 1, reason: { code: 'agreed' } },
  'doors-close': { item: 1 },
  'declare-alone': { item: 1 },
  recuse: { item: 1 },
  'note-recusal': { item: 1, person: 100, reason: { code: 'agreed' }, contested: false },
  'note-presence': { person: 100, present: true, reason: { code: 'agreed' } },
  'key-join': { group: 0, package: 'AAAA' },
  'key-create': { group: 0, tag },
  'key-commit': { group: 0, epoch: 0, commit: 'AAAA', welcome: 'AAAA', added: [100], removed: [], tag },
  'key-since': { group: 0, epoch: 0 },
  'key-message': { group: 0, epoch: 0, body: 'AAAA' },
  'key-resume': { group: 0, epoch: 0, tag, commits: ['AAAA'] },
  'conversation-open': { people: [100], kind: 'private' },
  'conversation-refuse': { group: 1 },
  'conversation-leave': { group: 1 },
  'code-read': {},
};
const deep = `${'['.repeat(60)}${']'.repeat(60)}`;
const wrong = [
  'null',
  'true',
  '-1',
  '0',
  '1.5',
  '9223372036854775808',
  '1e999',
  '""',
  '[]',
  '{}',
  '"\\u0000"',
  '"\\ud800"',
  deep,
  `"${'x'.repeat(300)}"`,
];
const codes = new Set([
  'bad-json',
  'unknown-type',
  'missing-field',
  'wrong-field',
  'wrong-phase',
  'not-allowed',
  'version',
  'seat-unknown',
  'not-waiting',
  'not-inside',
  'no-fault',
  'no-request',
  'offer-refused',
  'too-large',
]);

function encode(type, fields) {
  return `{"type":${JSON.stringify(type)}${Object.entries(fields)
    .map(([name, text]) => `,${JSON.stringify(name)}:${text}`)
    .join('')}}`;
}

/** What is wrong with it, and whether it has to be told as a wrong or missing field. */
function* variants(type) {
  const texts = Object.fromEntries(Object.entries(good[type]).map(([name, value]) => [name, JSON.stringify(value)]));
  yield [encode(type, { ...texts, more: '1' }), true];
  for (const name of Object.keys(texts)) {
    const { [name]: gone, ...rest } = texts;
    check(gone !== undefined, name);
    const without = encode(type, rest);
    if (!clientSchemas.get(type)(JSON.parse(without))) yield [without, true]; // it may be left out
    yield [`${encode(type, texts).slice(0, -1)},${JSON.stringify(name)}:${texts[name]}}`, true];
    for (const text of wrong) {
      const message = encode(type, { ...texts, [name]: text });
      let valid = false;
      try {
        valid = clientSchemas.get(type)(JSON.parse(message));
      } catch {
        valid = false;
      }
      if (!valid) yield [message, !['1e999', deep, '"\\ud800"', '9223372036854775808'].includes(text)];
    }
  }
}

test('C18 every field of every message, missing and wrong', async () => {
  const server = await shared();
  const { clerk: c, members } = await server.demo();
  equal(
    [...clientSchemas.keys()].filter((type) => !good[type]),
    [],
    'messages without a row here',
  );
  const witness = await enter(server, c);
  const { seat } = await enter(server, members[0]);
  await witness.next('waiting');
  let sent = 0;
  for (const type of Object.keys(good)) {
    let s = await arrive(server, seat);
    let left = 90; // of a burst of 100
    for (const [message, isField] of variants(type)) {
      if (left-- === 0) {
        s.end();
        s = await arrive(server, seat);
        left = 90;
      }
      s.sendAny(message);
      const error = await s.next('error');
      check(codes.has(error.code), `${message.slice(0, 120)}: ${error.code}`);
      if (isField)
        check(
          ['wrong-field', 'missing-field', 'bad-json'].includes(error.code),
          `${message.slice(0, 120)}: ${error.code}`,
        );
      sent++;
    }
    check(await s.answers(), `${type} ended the connection`);
    s.end();
  }
  check(sent > 200, `only ${sent} were tried`);
  check(await witness.answers(), 'the meeting did not survive');
}, 60_000);

test('what is no object, no JSON, or of no type', async () => {
  const server = await shared();
  const { members } = await server.demo();
  const s = await enter(server, members[0]);
  for (const text of [
    '',
    ' ',
    '{',
    '[]',
    '[{}]',
    'null',
    '1',
    '"hello"',
    '{}',
    '{"type":null}',
    '{"type":1}',
    '{"type":""}',
    '{"type":"welcome"}',
    '{"type":"__proto__"}',
    '{"type":"join"}{"type":"join"}',
    '{"type":"join"} x',
    "{'type':'join'}",
    '{"type":"jo\\u0000in"}',
    '\ufeff{"type":"join"}',
    deep,
  ]) {
    s.sendAny(text);
    const error = await s.next('error');
    check(
      ['bad-json', 'unknown-type', 'missing-field', 'wrong-field'].includes(error.code),
      `${text}: ${error.code}`,
    );
  }
  check(await s.answers(), 'the connection did not survive');
  s.end();
});

testEnd('fields');
