// SPDX-License-Identifier: EUPL-1.2
// RIGHTS N2 at the server: whoever reads the whole memory of conclaved and of its media process finds no private word.
// The clients' own encryption is tested with the clients; here a key that never leaves this test stands for it. The
// same search finds what was said in clear, in both processes, or it would prove nothing.

import { createCipheriv, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { check, equal, test } from '../wire/lib/check.mjs';
import { occurrences } from '../wire/lib/memory.mjs';
import { Server, until } from '../wire/lib/server.mjs';
import { enter } from '../wire/lib/socket.mjs';

const tag = `${'A'.repeat(22)}==`;

/** Of the processes that it started, one of that name. */
async function child(pid, name) {
  const list = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ').filter(Boolean);
  const names = await Promise.all(list.map((one) => readFile(`/proc/${one}/comm`, 'utf8').catch(() => '')));
  return Number(list[names.findIndex((one) => one.trim() === name)] ?? 0);
}

/** What a reader's client would send: sealed with a key that only readers have. */
function seal(text, key) {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]).toString('base64');
}

test('N2 no private word in the memory of the server', async () => {
  const server = await Server.start();
  const media = await until('the media process', () => child(server.process.pid, 'conclave-media'));
  const { clerk: c, members } = await server.demo();
  const clerk = await enter(server, c);
  const readers = [];
  for (const member of members.slice(0, 2)) {
    const m = await enter(server, member);
    clerk.send({ type: 'admit', person: m.welcome.you });
    await m.next('state');
    readers.push(m);
  }
  const [one, two] = readers;
  const added = [two.welcome.you];
  one.send({ type: 'conversation-open', people: added, kind: 'private' });
  const { group } = await two.next('conversation');
  for (const s of readers) s.send({ type: 'key-join', group, package: 'AAAA' });
  await one.next('key-create');
  one.send({ type: 'key-create', group, tag });
  await one.next('key-wanted');
  one.send({ type: 'key-commit', group, epoch: 0, commit: 'AAAA', welcome: 'AAAA', added, removed: [], tag });
  await two.next('key-welcome');

  // Made here, so that no file and no command line holds them either.
  const words = ['whisper', 'aloud', 'offered'];
  const [whisper, aloud, offered] = words.map((word) => `${word}-${randomBytes(12).toString('hex')}`);
  const key = randomBytes(32);
  for (let i = 0; i < 20; i++) {
    const body = seal(`${whisper} ${i}`, key);
    one.send({ type: 'key-message', group, epoch: 1, body });
    equal((await two.next('key-message')).body, body);
  }
  two.send({ type: 'object', note: aloud });
  await clerk.next((m) => m.type === 'entry' && m.entry.kind === 'objection');
  two.send({ type: 'offer', sdp: `v=0\r\ns=${offered}\r\n`, roles: {}, restart: false, media: null });
  await two.next((m) => m.type === 'error' && m.code === 'offer-refused');

  check((await occurrences(server.process.pid, [aloud])) > 0, 'the search does not find what conclaved was told');
  check((await occurrences(media, [offered])) > 0, 'the search does not find what the media process was told');
  for (const pid of [server.process.pid, media]) {
    equal(await occurrences(pid, [whisper]), 0, `private words in ${pid === media ? 'conclave-media' : 'conclaved'}`);
    equal(await occurrences(pid, [key.toString('base64'), key.toString('hex')]), 0, 'the key');
  }
  for (const s of [clerk, ...readers]) s.end();
  await server.stop();
}, 90_000);
