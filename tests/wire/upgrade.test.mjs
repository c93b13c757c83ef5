// SPDX-License-Identifier: EUPL-1.2
// Opening the WebSocket: who may, and who may not (ATTACKS C01, C04, C07).

import { check, equal, test } from './lib/check.mjs';
import { parseResponse, Raw } from './lib/http.mjs';
import { shared, testEnd } from './lib/shared.mjs';
import { arrive, sit, Socket, upgradeHead } from './lib/socket.mjs';

async function statusOf(server, changes, head) {
  const raw = await Raw.open(server);
  raw.send(head ?? upgradeHead(server, changes));
  const answer = await raw.until((bytes) =>
    bytes.includes('\r\n\r\n') ? Number(bytes.toString('latin1').split(' ')[1]) : null,
  );
  raw.end();
  return answer ?? 0;
}

test('C01 a cookie that is right does not help a foreign page', async () => {
  const server = await shared();
  const { clerk } = await server.demo();
  const seat = await sit(server, clerk.token);
  const p = server.port;
  for (const origin of [
    null,
    'null',
    '',
    'https://evil.example',
    `https://evil.example:${p}`,
    `https://localhost:${p}.evil.example`,
    `https://evil.localhost:${p}`,
    `https://localhost:${p + 1}`,
    'https://localhost',
    `http://localhost:${p}`,
    `https://localhost:${p}/`,
    `https://localhost:${p}@evil.example`,
    `https://LOCALHOST:${p}`,
  ])
    equal(await statusOf(server, { Origin: origin, Cookie: seat.cookie }), 403, String(origin));
  equal(await statusOf(server, { Origin: [server.origin, 'https://evil.example'], Cookie: seat.cookie }), 400);
  const s = await arrive(server, seat);
  equal(s.welcome.office, 'clerk');
  s.end();
});

test('C04 a handshake is complete or refused', async () => {
  const server = await shared();
  const key = 'dGhlIHNhbXBsZSBub25jZQ==';
  const bad = [
    [{ 'Sec-WebSocket-Key': null }, 400],
    [{ 'Sec-WebSocket-Key': 'short' }, 400],
    [{ 'Sec-WebSocket-Key': [key, key] }, 400],
    [{ 'Sec-WebSocket-Version': '8' }, 426],
    [{ 'Sec-WebSocket-Version': null }, 426],
    [{ 'Sec-WebSocket-Version': '14' }, 426],
    [{ 'Sec-WebSocket-Protocol': null }, 400],
    [{ 'Sec-WebSocket-Protocol': 'loop' }, 400],
    [{ 'Sec-WebSocket-Protocol': 'http' }, 400],
    [{ 'Sec-WebSocket-Protocol': 'conclave, http' }, 400],
    [{ 'Content-Length': '3' }, 400],
    [{ 'Transfer-Encoding': 'chunked' }, 400],
    [{ Host: 'evil.example' }, 421],
    [{ Host: null }, 400],
  ];
  for (const [changes, status] of bad) equal(await statusOf(server, changes), status, JSON.stringify(changes));
  equal(await statusOf(server, {}, upgradeHead(server).replace('GET /ws', 'GET /')), 404);
  equal(await statusOf(server, {}, upgradeHead(server).replace('GET /ws', 'GET /ws/')), 404);
  const posted = await statusOf(
    server,
    {},
    upgradeHead(server, { 'Content-Length': '0' }).replace('GET /ws', 'POST /ws'),
  );
  check(posted !== 101, 'POST was upgraded');
  for (const connection of ['close', null])
    check((await statusOf(server, { Connection: connection })) !== 101, `Connection: ${connection}`);
  equal(await statusOf(server, {}), 101);
});

test('/ws without an upgrade is told so', async () => {
  const server = await shared();
  const raw = await Raw.open(server);
  raw.send(`GET /ws HTTP/1.1\r\nHost: localhost:${server.port}\r\n\r\n`);
  const answer = parseResponse(Buffer.from(await raw.closed(), 'latin1'));
  equal([answer.status, answer.headers.upgrade], [426, 'websocket']);
});

test('C07 compression is not negotiated', async () => {
  const server = await shared();
  const s = await Socket.open(server, {
    headers: { 'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits' },
  });
  equal(s.head.headers['sec-websocket-extensions'], undefined);
  equal(s.head.headers['sec-websocket-protocol'], 'conclave');
  s.end();
});

test('four seats in one cookie header stay four people', async () => {
  const server = await shared();
  const { clerk, members } = await server.demo();
  const seats = [];
  let cookies = '';
  for (const person of [clerk, ...members]) {
    const seat = await sit(server, person.token, { cookies });
    cookies = cookies ? `${cookies}; ${seat.cookie}` : seat.cookie;
    seats.push(seat);
  }
  equal(new Set(seats.map((seat) => seat.seat)).size, 4);
  const tabs = [];
  for (const seat of seats) tabs.push(await arrive(server, seat, { cookies }));
  equal(
    tabs.map((tab) => tab.welcome.name),
    [clerk, ...members].map((person) => person.name),
  );
  for (const tab of tabs) check(await tab.answers(), 'a tab was pushed out by another');
  const again = await sit(server, clerk.token, { cookies });
  equal(again.seat, seats[0].seat, 'the link in the browser that holds the seat');
  for (const tab of tabs) tab.end();
});

test('a seat that is not among the cookies is nobody', async () => {
  const server = await shared();
  const { members } = await server.demo();
  const [one, two] = [await sit(server, members[0].token), await sit(server, members[1].token)];
  const s = await Socket.open(server, { cookies: one.cookie });
  s.send({ type: 'hello', version: 1, seat: two.seat });
  equal((await s.next('error')).code, 'seat-unknown');
  equal(await s.closed(), 1008);
});

testEnd('upgrade');
