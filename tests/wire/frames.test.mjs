// SPDX-License-Identifier: EUPL-1.2
// WebSocket frames that break the rules, are too large, or too many (ATTACKS C05–C08, C16).
// Frames without a mask are not among them: libwebsockets takes them. A mask protects old proxies on plain HTTP; there
// are none inside TLS, and what such a frame says is judged like any other.

import { check, equal, test } from './lib/check.mjs';
import { request } from './lib/http.mjs';
import { hasRelease, releaseBuild, Server } from './lib/server.mjs';
import { shared, testEnd } from './lib/shared.mjs';
import { arrive, BINARY, CLOSE, frame, PING, PONG, sit, Socket, TEXT } from './lib/socket.mjs';

test('C05 a broken frame ends its connection within a second', async () => {
  const server = await shared();
  const broken = {
    'RSV1, as compression would set it': [frame(TEXT, '{}', { rsv: 4 }), [1002]],
    RSV2: [frame(TEXT, '{}', { rsv: 2 }), [1002]],
    RSV3: [frame(TEXT, '{}', { rsv: 1 }), [1002]],
    'reserved opcode 3': [frame(3, '{}'), [1002]],
    'reserved opcode 11': [frame(11, ''), [1002]],
    'a ping in two frames': [frame(PING, 'a', { fin: false }), [1002]],
    'a ping of 126 bytes': [frame(PING, 'a'.repeat(126)), [1002, 1006]],
    'a continuation of nothing': [frame(0, '{}'), [1002]],
    'a message inside a message': [Buffer.concat([frame(TEXT, '{', { fin: false }), frame(TEXT, '}')]), [1002]],
    'a length with its top bit': [frame(TEXT, '', { length: 1n << 63n }), [1002, 1006]],
    'bad UTF-8': [frame(TEXT, Buffer.from([0x22, 0xc0, 0x80, 0x22])), [1007]],
    'a surrogate in UTF-8': [frame(TEXT, Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])), [1007]],
    'UTF-8 cut short': [frame(TEXT, Buffer.from([0x22, 0xe2, 0x82])), [1007]],
    'close code 1005': [frame(CLOSE, Buffer.from([0x03, 0xed])), [1002]],
    'close code 999': [frame(CLOSE, Buffer.from([0x03, 0xe7])), [1002]],
  };
  for (const [what, [bytes, codes]] of Object.entries(broken)) {
    const s = await Socket.open(server);
    const before = performance.now();
    s.raw.send(bytes);
    const code = await s.closed(3000);
    check(codes.includes(code), `${what}: closed with ${code}`);
    check(performance.now() - before < 1000, `${what}: took ${performance.now() - before} ms`);
    s.end();
  }
});

test('a binary message is closed with 1003', async () => {
  const server = await shared();
  const s = await Socket.open(server);
  s.raw.send(frame(BINARY, 'abc'));
  equal(await s.closed(), 1003);
});

test('C06 64 KiB fit, and one byte more does not, in one frame or in 10,000', async () => {
  const server = await shared();
  const { members } = await server.demo();
  const s = await arrive(server, await sit(server, members[0].token));
  const pad = (size) => `{"type":"no-such-message","x":"${'x'.repeat(size - 33)}"}`;
  equal(pad(65536).length, 65536);
  s.sendAny(pad(65536));
  equal((await s.next('error')).code, 'unknown-type');
  s.sendAny(pad(65537));
  equal((await s.next('error')).code, 'too-large');
  equal(await s.closed(), 1009);

  const many = await Socket.open(server);
  many.raw.send(frame(TEXT, '1234567', { fin: false }));
  for (let i = 0; i < 9999 && !many.raw.over; i++) many.raw.send(frame(0, '1234567', { fin: false }));
  equal((await many.next('error')).code, 'too-large');
  equal(await many.closed(), 1009);

  const announced = await Socket.open(server);
  announced.raw.send(frame(TEXT, 'x', { length: 1n << 40n }));
  equal((await announced.next('error')).code, 'too-large');
  equal(await announced.closed(), 1009);
});

test('a message in pieces, with pings between them, is one message', async () => {
  const server = await shared();
  const { members } = await server.demo();
  const s = await arrive(server, await sit(server, members[0].token));
  const pongs = s.pongs;
  s.raw.send(frame(TEXT, '{"type":', { fin: false }));
  s.raw.send(frame(PING, 'in between'));
  s.raw.send(frame(0, '"no-such', { fin: false }));
  s.raw.send(frame(0, '-message"}'));
  equal((await s.next('error')).code, 'unknown-type');
  check(s.pongs > pongs, 'the ping was not answered');
  s.end();
});

test('C08 a flood of pings is not hoarded', async () => {
  const server = await shared();
  const { members } = await server.demo();
  const s = await arrive(server, await sit(server, members[0].token));
  const before = (await server.usage()).resident;
  const flood = Buffer.concat(Array.from({ length: 1000 }, () => frame(PING, 'p'.repeat(125))));
  for (let i = 0; i < 5; i++) s.raw.send(flood);
  check(await s.answers(), 'the connection did not survive');
  const grown = (await server.usage()).resident - before;
  check(grown < 4 * 1024 * 1024, `grown by ${grown} bytes`);
  s.raw.send(Buffer.concat(Array.from({ length: 1000 }, () => frame(PONG, 'x'))));
  check(await s.answers(), 'pongs that nobody asked for');
  s.end();
});

// What the kernel takes on both sides is its own; conclaved's part is what its memory grows by. A pong of 127 bytes for
// each of 40,000 pings would be 5 MB.
// In a sanitizer's build, memory that was freed would be counted with it.
test('C08 whoever pings and stops reading has nothing hoarded for them', async () => {
  check(hasRelease(), `${releaseBuild} holds no conclaved`);
  const server = await Server.start({ from: releaseBuild });
  const { members } = await server.demo();
  const s = await arrive(server, await sit(server, members[0].token));
  const flood = Buffer.concat(Array.from({ length: 1000 }, () => frame(PING, 'p'.repeat(125))));
  for (let i = 0; i < 5; i++) s.raw.send(flood); // what every connection needs once
  check(await s.answers(), 'the connection did not survive');
  const before = (await server.usage()).resident;
  s.raw.socket.pause();
  for (let i = 0; i < 40 && !s.raw.over; i++) {
    s.raw.send(flood);
    check((await request(server, 'GET', '/healthz')).status === 200, 'it answers nobody else');
  }
  const grown = (await server.usage()).resident - before;
  check(grown < 1024 * 1024, `grown by ${grown} bytes`);
  s.end();
  await server.stop();
});

test('C16 who floods is told so and closed with 1008; who keeps to the pace is not', async () => {
  const server = await shared();
  const { members } = await server.demo();
  const s = await arrive(server, await sit(server, members[0].token));
  for (let i = 0; i < 90; i++) s.sendAny({ type: 'no-such-message' });
  for (let i = 0; i < 90; i++) equal((await s.next('error')).code, 'unknown-type');
  for (let i = 0; i < 5000; i++) s.sendAny({ type: 'no-such-message' });
  await s.next((m) => m.type === 'error' && m.code === 'slow-down');
  equal(await s.closed(), 1008);
  const again = await Socket.open(server);
  again.end();
});

test('a close is answered with a close', async () => {
  const server = await shared();
  const s = await Socket.open(server);
  s.raw.send(frame(CLOSE, Buffer.from([0x03, 0xe8])));
  equal(await s.closed(), 1000);
});

test('who says nothing for 10 s is closed with 1008', async () => {
  const server = await shared();
  const s = await Socket.open(server);
  const before = performance.now();
  equal(await s.closed(15_000), 1008);
  const took = performance.now() - before;
  check(took > 8000 && took < 13_000, `after ${took} ms`);
  check(s.pings >= 3, `pings: ${s.pings}`);
});

testEnd('frames');
