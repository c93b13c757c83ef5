// SPDX-License-Identifier: EUPL-1.2
// A whole meeting through PROTOCOL.md, without media: lobby, admission, coming and going, the end; and links that are
// no good. Every message is held to its schema, in both directions (lib/socket.mjs).

import { check, equal, test } from './lib/check.mjs';
import { post } from './lib/http.mjs';
import { shared, testEnd } from './lib/shared.mjs';
import { arrive, enter, sit, Socket } from './lib/socket.mjs';

const names = (people) => people.map((p) => p.name).sort();

async function admitted(clerk, member) {
  clerk.send({ type: 'admit', person: member.welcome.you });
  member.state = await member.next('state');
}

test('a meeting from the first link to the end', async () => {
  const server = await shared();
  const { meeting, clerk: c, chair: h, members } = await server.demo();
  const clerk = await enter(server, c);
  equal(clerk.state.meeting.phase, 'open');
  equal(names(clerk.state.people), [c.name]);

  const marleen = await enter(server, members[0]);
  equal(marleen.state, undefined, 'a member walked in');
  const waiting = await clerk.next((m) => m.type === 'waiting' && m.people.length === 1);
  equal(waiting.people[0].name, members[0].name);
  await admitted(clerk, marleen);
  equal(names(marleen.state.people), [c.name, members[0].name].sort());
  equal(marleen.state.waiting, []);
  await clerk.next((m) => m.type === 'person' && m.person.name === members[0].name);

  const chair = await enter(server, h);
  equal(names(chair.state.people), [c.name, h.name, members[0].name].sort());
  const jan = await enter(server, members[1]);
  await clerk.next((m) => m.type === 'waiting' && m.people.length === 1);
  clerk.send({ type: 'turn-away', person: jan.welcome.you, reason: { code: 'not-invited' } });
  const away = await jan.next('over');
  equal([away.why, away.by.name, away.reason.code], ['turned-away', c.name, 'not-invited']);
  equal(await jan.closed(), 1000);

  marleen.send({ type: 'sources', microphone: true, camera: false, screen: false, screen_sound: false });
  const speaking = await clerk.next(
    (m) => m.type === 'person' && m.person.id === marleen.welcome.you && m.person.sources.microphone,
  );
  equal(speaking.person.sources.camera, false);
  marleen.send({ type: 'leave' });
  equal((await marleen.next('over')).why, 'left');
  equal((await clerk.next('gone')).why, 'left');

  clerk.send({ type: 'end', reason: { code: 'agreed' } });
  const request = await chair.next('request');
  clerk.send({ type: 'confirm', request: request.request.id });
  equal((await clerk.next('error')).code, 'own-request');
  chair.send({ type: 'confirm', request: request.request.id });
  equal((await clerk.next('over')).why, 'ended');
  equal((await chair.next('over')).why, 'ended');
  equal(await clerk.closed(), 1000);

  const shown = await server.ctl('meeting', 'show', meeting);
  check(JSON.stringify(shown).includes('ended'), 'conclavectl does not know of the end');
  const late = await post(server, '/api/link', { token: members[2].token });
  equal([late.status, late.json.error.code], [403, 'link-ended']);
});

test('who waits hears of nothing, whatever he asks for', async () => {
  const server = await shared();
  const { clerk: c, members } = await server.demo();
  const clerk = await enter(server, c);
  const outsider = await enter(server, members[0]);
  await clerk.next('waiting');
  const attempts = [
    { type: 'offer', sdp: 'v=0\r\n', roles: { 0: 'microphone' }, restart: false, media: null },
    { type: 'sources', microphone: true, camera: true, screen: true, screen_sound: true },
    { type: 'admit', person: outsider.welcome.you },
    { type: 'turn-away', person: outsider.welcome.you, reason: { code: 'agreed' } },
    { type: 'end', reason: { code: 'agreed' } },
    { type: 'confirm', request: 1 },
    { type: 'join' },
  ];
  for (const attempt of attempts) {
    outsider.send(attempt);
    const error = await outsider.next('error');
    check(['wrong-phase', 'not-allowed'].includes(error.code), `${attempt.type}: ${error.code}`);
  }
  const heard = new Set(outsider.messages.map((m) => m.type));
  for (const kind of heard)
    check(['welcome', 'lobby', 'over', 'error'].includes(kind), `a person who waits was told ${kind}`);
  check(!JSON.stringify(outsider.messages).includes(c.name), 'a person who waits learned a name');
  clerk.send({ type: 'admit', person: 2_000_000_000 });
  equal((await clerk.next('error')).code, 'not-waiting');
  clerk.end();
  outsider.end();
});

test('who does not answer for 5 s is shown as reconnecting, and then as back', async () => {
  const server = await shared();
  const { clerk: c, members } = await server.demo();
  const clerk = await enter(server, c);
  const member = await enter(server, members[0]);
  await clerk.next('waiting');
  await admitted(clerk, member);
  const is = (connection) => (m) =>
    m.type === 'person' && m.person.id === member.welcome.you && m.person.connection === connection;
  await clerk.next(is('connected'));
  member.answersPings = false;
  const began = performance.now();
  await clerk.next(is('reconnecting'), 12_000);
  const took = performance.now() - began;
  check(took > 3000 && took < 9000, `after ${took} ms`);
  member.answersPings = true;
  const quiet = performance.now();
  const pings = member.pings;
  await member.raw.until(() => {
    member.take();
    return member.pings > pings;
  });
  await clerk.next(is('connected'));
  check(performance.now() - quiet < 5000, 'it took long to be back');
  clerk.end();
  member.end();
});

test('a link makes one seat, wherever it is pressed again', async () => {
  const server = await shared();
  const { meeting, members } = await server.demo();
  const seat = await sit(server, members[0].token);
  equal((await post(server, '/api/link', { token: members[0].token })).json.error.code, 'link-used');
  const back = await sit(server, members[0].token, { cookies: seat.cookie });
  equal(back.seat, seat.seat);
  const { link } = await server.ctl('invite', meeting, members[0].email);
  check(link.startsWith(`${server.origin}/j#`), link);
  const fresh = await sit(server, link.split('#')[1]);
  check(fresh.seat !== seat.seat, 'a new link led to the old seat');
});

test('C22 a seat is taken up again with a new secret, and the old one ends when the new one is used', async () => {
  const server = await shared();
  const { clerk: c } = await server.demo();
  const clerk = await enter(server, c);
  const old = clerk.seat.cookie;
  const resumed = await post(server, '/api/resume', { seat: clerk.seat.seat }, { cookies: old });
  equal(resumed.status, 200);
  const fresh = resumed.cookie.split(';')[0];
  check(fresh !== old, 'the secret did not change');
  const first = await arrive(server, clerk.seat, { cookies: old }); // the answer may have been lost on its way
  equal(first.welcome.phase, 'inside');
  equal((await clerk.next('over')).why, 'replaced');
  equal(await clerk.closed(), 1000);
  const second = await arrive(server, clerk.seat, { cookies: fresh });
  equal((await first.next('over')).why, 'replaced');
  equal(second.welcome.phase, 'inside');
  equal(names((await second.next('state')).people), [c.name]);
  equal(
    (await post(server, '/api/resume', { seat: clerk.seat.seat }, { cookies: old })).status,
    403,
    'the old one afterwards',
  );
  const other = await post(
    server,
    '/api/resume',
    { seat: clerk.seat.seat },
    { cookies: `__Host-seat-${clerk.seat.seat}=${'A'.repeat(43)}` },
  );
  equal([other.status, other.json.error.code], [403, 'seat-unknown']);
  second.end();
});

test('the first message is hello, of this version, and nothing else', async () => {
  const server = await shared();
  const { members } = await server.demo();
  const seat = await sit(server, members[0].token);
  const first = async (message) => {
    const { Socket } = await import('./lib/socket.mjs');
    const s = await Socket.open(server, { cookies: seat.cookie });
    s.sendAny(message);
    const { code } = await s.next('error');
    return [code, await s.closed()];
  };
  equal(await first({ type: 'join' }), ['wrong-phase', 1008]);
  equal(await first({ type: 'hello', version: 2, seat: seat.seat }), ['version', 1008]);
  equal(await first('not json'), ['bad-json', 1008]);
  equal(await first({ type: 'hello', version: 1, seat: 'abcdefgh' }), ['seat-unknown', 1008]);
});

test('who comes early is told so, and who comes to an ended meeting too', async () => {
  const server = await shared();
  const soon = new Date(Date.now() + 48 * 3600 * 1000).toISOString();
  const { meeting } = await server.ctl(
    'meeting',
    'create',
    '--title',
    'Gemeenteraad',
    '--starts',
    soon,
    '--clerk',
    'Hilde Aerts <hilde@lindebeke.example>',
    '--member',
    'jan@lindebeke.example',
  );
  const { link } = await server.ctl('invite', meeting, 'jan@lindebeke.example');
  const early = await post(server, '/api/link', { token: link.split('#')[1] });
  equal([early.status, early.json.error.code], [403, 'link-early']);
  check(!early.body.includes('Gemeenteraad'), 'the title was told');
  await server.ctl('meeting', 'end', meeting, '--reason', 'verplaatst');
  const ended = await post(server, '/api/link', { token: link.split('#')[1] });
  equal([ended.status, ended.json.error.code], [403, 'link-ended']);
});

test('the administration ends a meeting for everyone', async () => {
  const server = await shared();
  const { meeting, clerk: c } = await server.demo();
  const clerk = await enter(server, c);
  await server.ctl('meeting', 'end', meeting, '--reason', 'brand');
  const over = await clerk.next('over');
  equal([over.why, over.by, over.reason.text], ['ended', null, 'brand']);
  equal(await clerk.closed(), 1000);
});

/** All that anybody is told from now on, as it came, until the second is called. */
function listen() {
  const { hear } = Socket.prototype;
  const told = [];
  Socket.prototype.hear = function (opcode, data) {
    told.push(data.toString());
    hear.call(this, opcode, data);
  };
  return [told, () => (Socket.prototype.hear = hear)];
}

test('N7 N12 nobody is told of a name that one gives oneself, nor of anybody’s network address', async () => {
  const server = await shared();
  const { clerk: c, members } = await server.demo();
  const [told, deaf] = listen();
  try {
    const clerk = await enter(server, c, { from: '127.0.9.1' });
    const marleen = await enter(server, members[0], { from: '127.0.9.2' });
    await admitted(clerk, marleen);
    const named = { name: 'Koning Boudewijn' };
    for (const message of [{ type: 'join', ...named }, { type: 'hand', raised: true, ...named }]) {
      marleen.sendAny(message);
      const refused = await marleen.next('error');
      equal([refused.code, refused.field], ['wrong-field', 'name']);
    }
    marleen.send({ type: 'sources', microphone: true, camera: false, screen: false, screen_sound: false });
    await clerk.next((m) => m.type === 'person' && m.person.sources.microphone);
    const back = await arrive(server, marleen.seat, { from: '127.0.9.3' });
    await back.next('state');
    const says = (word) => told.some((text) => text.includes(word));
    check(says(members[0].name), 'nobody was told of her at all');
    for (const word of ['127.0.9.', 'Koning']) check(!says(word), `somebody was told of ${word}`);
    back.send({ type: 'fault', note: 'ik zit op 127.0.9.3' }); // the same search finds what is told
    await clerk.next((m) => m.type === 'entry' && m.entry.note?.includes('127.0.9.'));
    check(says('127.0.9.'), 'the search finds nothing');
    for (const s of [clerk, marleen, back]) s.end();
  } finally {
    deaf();
  }
});

test('C27 the log names nobody, no link and no title', async () => {
  const server = await shared();
  const { clerk: c, chair, members } = await server.demo();
  const clerk = await enter(server, c);
  for (const word of [
    c.name,
    chair.name,
    ...members.map((m) => m.name),
    c.email,
    c.token,
    clerk.seat.cookie.split('=')[1],
    'Gemeenteraad',
    '127.0.0.1',
  ])
    check(!server.log.includes(word), `the log says ${word}`);
  clerk.end();
});

testEnd('meeting');
