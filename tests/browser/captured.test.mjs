// SPDX-License-Identifier: EUPL-1.2
// A whole meeting is captured between browsers and server, with the server's own certificate, datagrams included; then
// everything that the server has is searched: signalling, database, WAL, logs, the memory of its processes (RIGHTS N2,
// ATTACKS E15). No private word is in it. The same searches find what was said in clear. That every frame is sealed is
// shown by encrypted.test.mjs, with a client that receives what the server has.

import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { forms, occurrences } from '../wire/lib/memory.mjs';
import { Server } from './lib/server.mjs';
import { startChromium, startFirefox } from './lib/browsers.mjs';
import { Person } from './lib/person.mjs';
import { Relay } from './lib/relay.mjs';
import * as secret from './lib/secret.mjs';
import { until } from './lib/wait.mjs';

// Made here, so that no file and no command line holds them either.
const canary = (name) => `${name}${randomBytes(14).toString('hex')}`;
const words = { whisper: canary('gefluister'), letters: canary('letters'), caucus: canary('overleg') };
const clear = { note: canary('storing'), offered: canary('aanbod'), packet: canary('pakje') };
const SILENT = Object.values(words);
let server, relay, chromium, firefox, chair, jan, marleen;

before(async () => {
  server = await Server.start();
  relay = await Relay.start(server);
  chromium = await startChromium({ fps: 8 });
  firefox = await startFirefox();
});

after(async () => {
  await firefox?.close();
  await chromium?.close();
  await relay?.stop();
  await server?.stop();
});

/** How often one of these stands in these bytes, in any form. */
function found(buffers, texts) {
  const needles = texts.flatMap(forms);
  let sum = 0;
  for (const bytes of buffers) for (const needle of needles) if (bytes.includes(needle)) sum++;
  return sum;
}

/** Every file of the server's state. */
async function files(folder) {
  const all = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) all.push(...(await files(path)));
    else if (entry.isFile() && (await stat(path)).size > 0) all.push({ path, bytes: await readFile(path) });
  }
  return all;
}

test('three people meet, see each other and write privately, all through the relay', async () => {
  const meeting = await server.demo();
  relay.toServer = (m) => (m.type === 'offer' ? { ...m, sdp: m.sdp.replace(/^s=.*$/m, `s=${clear.offered}`) } : m);
  chair = await Person.at(chromium, relay.link(meeting.chair));
  await chair.enter();
  jan = await Person.at(firefox, relay.link(meeting.members[1]));
  marleen = await Person.at(chromium, relay.link(meeting.members[0]));
  for (const person of [jan, marleen]) {
    await person.waits();
    await chair.admit(person.name);
    await person.sees('leave');
  }
  await secret.oneCode([chair, jan, marleen], { ms: 20_000 });
  for (const person of [chair, jan]) await person.turn('camera', true);
  await jan.turn('mic', true);
  for (const person of [jan, marleen]) await person.seesMoving(chair.name, 30_000);
  await chair.seesMoving(jan.name, 30_000);

  await secret.writesTo(marleen, jan.name);
  await secret.opensThread(jan, marleen.name);
  for (let i = 0; i < 3; i++) {
    await secret.says(marleen, `${i} ${words.whisper}`);
    await secret.reads(jan, marleen.name, `${i} ${words.whisper}`);
  }
  await jan.press('real-time');
  await jan.fill('message-text', words.letters);
  await until('the letters', async () => (await secret.typing(marleen)) === words.letters);
  await secret.converses(chair, [jan.name, marleen.name], 'caucus');
  await chair.sees('message-text');
  await secret.says(chair, words.caucus);

  await chair.press('fault');
  await chair.fill('reason', clear.note);
  await chair.press('confirm');
  await until('the fault to be told', async () => (await marleen.text()).includes(clear.note));
  const stranger = createSocket('udp4');
  await new Promise((ok) => stranger.send(clear.packet, relay.mediaPort, '127.0.0.1', ok));
  await until('its datagram to be captured', () => relay.datagrams.some((d) => d.bytes.includes(clear.packet)));
  stranger.close();
});

test('no private word passed the line, as bytes, UTF-16 or base64', () => {
  const bytes = relay.signalling;
  assert.ok(bytes.length > 100, `${bytes.length} messages`);
  assert.ok(found(bytes, [clear.note]) > 0, 'the search does not find what was said in clear');
  assert.equal(found(bytes, SILENT), 0);
  const sealed = relay.lines.flatMap((l) => l.said).filter((m) => m.type === 'key-message' && m.group > 0);
  assert.ok(sealed.length >= 4, 'the words did pass, sealed');
  for (const { body } of sealed) assert.equal(found([Buffer.from(body, 'base64')], SILENT), 0);
});

test('no datagram holds any of it, and every one is STUN, DTLS or SRTP', () => {
  const bytes = relay.datagrams.map((d) => d.bytes);
  const mine = bytes.filter((b) => !b.includes(clear.packet));
  console.log(`# ${relay.signalling.length} messages and ${mine.length} datagrams captured`);
  assert.equal(found(bytes, [clear.packet]), 1, 'the search does not find what was sent in clear');
  assert.equal(found(mine, [...SILENT, clear.note]), 0);
  const kinds = { stun: 0, dtls: 0, srtp: 0, other: 0 };
  for (const [first] of mine)
    kinds[first < 4 ? 'stun' : first >= 20 && first < 64 ? 'dtls' : first >= 128 && first < 192 ? 'srtp' : 'other']++;
  assert.ok(kinds.srtp > 500 && kinds.dtls > 0 && kinds.stun > 0, JSON.stringify(kinds));
  assert.equal(kinds.other, 0);
});

test('nor does the database, its WAL, or any other file of the server', async () => {
  const all = await files(server.state);
  assert.ok(all.some(({ path }) => path.endsWith('-wal')), all.map(({ path }) => path).join(' '));
  assert.ok(found(all.map((f) => f.bytes), [clear.note]) > 0, 'the search does not find what was noted in clear');
  for (const { path, bytes } of all) assert.equal(found([bytes], SILENT), 0, path);
});

test('nor does the log, which tells no note either', () => {
  const log = [Buffer.from(server.log)];
  assert.ok(found(log, ['peer-connected']) > 0, server.log);
  assert.equal(found(log, [...SILENT, ...Object.values(clear)]), 0);
});

test('nor does the memory of conclaved and conclave-media', async () => {
  const [conclaved] = await server.pids('conclaved');
  const [media] = await server.pids('conclave-media');
  assert.ok((await occurrences(conclaved, [clear.note])) > 0, 'the search does not find what conclaved was told');
  assert.ok((await occurrences(media, [clear.offered])) > 0, 'the search does not find what the media worker was told');
  for (const pid of [conclaved, media]) assert.equal(await occurrences(pid, SILENT), 0, `process ${pid}`);
  for (const person of [chair, jan, marleen]) assert.deepEqual(person.errors, []);
});
