// SPDX-License-Identifier: EUPL-1.2
// A scan of the running server, as an auditor would make it: what its answers carry, what its TLS takes, where its
// processes listen. What is expected stands in scan.json; `main.mjs wire scan` with CONCLAVE_SCAN=write writes it.

import { readFileSync, writeFileSync } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { createServer, Socket } from 'node:net';
import { join } from 'node:path';
import { connect, createServer as createTlsServer, getCiphers } from 'node:tls';
import { check, equal, test } from './lib/check.mjs';
import { request } from './lib/http.mjs';
import { Server } from './lib/server.mjs';

const file = new URL('./scan.json', import.meta.url);
const expected = JSON.parse(readFileSync(file, 'utf8'));
const found = {};

/** Held against the file, or written there. */
function compare(part, value) {
  found[part] = value;
  if (process.env.CONCLAVE_SCAN === 'write')
    writeFileSync(file, `${JSON.stringify({ ...expected, ...found }, null, 2)}\n`);
  else equal(value, expected[part], part);
}

/** Without what differs from run to run. */
const steady = (server, text) =>
  text
    .replaceAll(String(server.port), 'PORT')
    .replaceAll(String(server.metricsPort), 'PORT+1000')
    .replaceAll(String(server.adminPort), 'PORT+1001');

async function headersOf(server, method, path, headers = {}) {
  const answer = await request(server, method, path, { headers });
  const lines = Object.entries(answer.headers)
    .map(([name, value]) => (['etag', 'date', 'content-length'].includes(name) ? `${name}: *` : `${name}: ${value}`))
    .sort();
  return { status: answer.status, headers: lines.map((line) => steady(server, line)) };
}

/** What this offer leads to: { version, cipher }, or the alert. */
function handshake(port, options) {
  return new Promise((ok) => {
    let socket;
    try {
      socket = connect({ host: '127.0.0.1', port, servername: 'localhost', rejectUnauthorized: false, ...options });
    } catch (error) {
      return ok({ error: error.code });
    }
    socket.setTimeout(10_000, () => socket.destroy(new Error('timeout')));
    socket.once('secureConnect', () => {
      const { standardName } = socket.getCipher();
      ok({
        version: socket.getProtocol(), cipher: standardName, group: socket.getEphemeralKeyInfo(),
        alpn: socket.alpnProtocol,
      });
      socket.destroy();
    });
    socket.on('error', (error) => ok({ error: error.code ?? error.message }));
    socket.on('close', () => ok({ error: 'closed' }));
  });
}

/** Every cipher that it takes in this version, one offer each. */
async function ciphersOf(port, version, names) {
  const taken = [];
  for (const name of names) {
    const ciphers = name.startsWith('TLS_') ? name : `${name}:@SECLEVEL=0`;
    const options = { minVersion: version, maxVersion: version, ciphers };
    const got = await handshake(port, options);
    if (got.cipher) taken.push(got.cipher);
  }
  return [...new Set(taken)].sort();
}

const any = 'ALL:@SECLEVEL=0';
async function tlsOf(port) {
  const versions = {};
  for (const version of ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'])
    versions[version] = Boolean(
      (await handshake(port, { minVersion: version, maxVersion: version, ciphers: any })).version,
    );
  const groups = {};
  for (const group of ['X25519', 'P-256', 'P-384', 'P-521', 'X448'])
    groups[group] = Boolean((await handshake(port, { ecdhCurve: group })).version);
  const all = getCiphers().map((name) => name.toUpperCase());
  const alpn = {};
  for (const name of ['http/1.1', 'h2', 'http/1.0'])
    alpn[name] = (await handshake(port, { ALPNProtocols: [name] })).alpn || 'none';
  return {
    versions,
    'TLSv1.2': await ciphersOf(port, 'TLSv1.2', all.filter((name) => !name.startsWith('TLS_'))),
    'TLSv1.3': await ciphersOf(port, 'TLSv1.3', all.filter((name) => name.startsWith('TLS_'))),
    groups,
    alpn,
  };
}

async function childrenOf(pid) {
  const list = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const below = await Promise.all(list.trim().split(' ').filter(Boolean).map(childrenOf));
  return [pid, ...below.flat()];
}

/** Of the kernel's books: inode → "udp 0.0.0.0:PORT" of every socket that waits for somebody. */
async function waiting() {
  const sockets = new Map();
  for (const kind of ['tcp', 'tcp6', 'udp', 'udp6', 'raw', 'raw6', 'udplite', 'packet']) {
    const lines = (await readFile(`/proc/net/${kind}`, 'utf8').catch(() => '')).split('\n').slice(1);
    for (const line of lines) {
      const words = line.trim().split(/\s+/);
      if (words.length < 10 || (kind.startsWith('tcp') && words[3] !== '0A')) continue;
      const [address, port] = words[1].split(':');
      const loopback = ['0100007F', '00000000000000000000000001000000'].includes(address);
      const all = /^0+$/.test(address);
      sockets.set(words[9], `${kind} ${all ? 'all' : loopback ? 'loopback' : address}:${parseInt(port, 16)}`);
    }
  }
  return sockets;
}

/** By the name of each process: where it listens. */
async function listeners(pid) {
  const sockets = await waiting();
  const where = {};
  for (const one of await childrenOf(pid)) {
    const name = (await readFile(`/proc/${one}/comm`, 'utf8').catch(() => '')).trim();
    if (!name) continue;
    where[name] ??= [];
    for (const fd of await readdir(`/proc/${one}/fd`).catch(() => [])) {
      const target = await readlink(`/proc/${one}/fd/${fd}`).catch(() => '');
      const socket = sockets.get(/^socket:\[(\d+)\]$/.exec(target)?.[1]);
      if (socket) where[name].push(socket);
    }
    where[name] = [...new Set(where[name])].sort();
  }
  return where;
}

let server;

test('scan: what every answer carries', async () => {
  server = await Server.start();
  const answers = {};
  for (const [name, ...question] of [
    ['the page', 'GET', '/'],
    ['a file', 'GET', '/assets/large-0a1b2c3d.js'],
    ['health', 'GET', '/healthz'],
    ['nothing', 'GET', '/nowhere'],
    ['another method', 'PUT', '/'],
    ['another host', 'GET', '/', { Host: 'evil.example' }],
    ['an API without origin', 'POST', '/api/link', { 'Content-Length': '0' }],
    ['the socket without an upgrade', 'GET', '/ws'],
    ['what belongs to the administration', 'GET', '/admin'],
    ['what belongs to the metrics', 'GET', '/metrics'],
  ])
    answers[name] = await headersOf(server, ...question);
  const all = Object.values(answers);
  const common = all[0].headers.filter((line) => all.every((one) => one.headers.includes(line)));
  for (const one of all) one.headers = one.headers.filter((line) => !common.includes(line));
  compare('in every answer', common);
  compare('answers', answers);
});

test('scan: what its TLS takes, and nothing else', async () => {
  compare('tls', await tlsOf(server.port));
}, 120_000);

test('scan: it would see an old version and a weak cipher', async () => {
  const [key, cert] = await Promise.all(['key.pem', 'cert.pem'].map((name) => readFile(join(server.state, name))));
  const old = createTlsServer({ key, cert, minVersion: 'TLSv1', ciphers: any, ecdhCurve: 'P-256' });
  old.on('tlsClientError', () => {});
  await new Promise((ok) => old.listen(0, '127.0.0.1', ok));
  const tls = await tlsOf(old.address().port);
  old.close();
  check(tls.versions.TLSv1 && tls.versions['TLSv1.1'], JSON.stringify(tls.versions));
  check(tls['TLSv1.2'].includes('TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA'), JSON.stringify(tls['TLSv1.2']));
  check(tls.groups['P-256'] && !tls.groups.X25519, JSON.stringify(tls.groups));
}, 120_000);

test('scan: no word of HTTP without TLS', async () => {
  const said = await new Promise((ok) => {
    const plain = new Socket().connect(server.port, '127.0.0.1', () =>
      plain.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
    );
    let bytes = Buffer.alloc(0);
    plain.on('data', (part) => (bytes = Buffer.concat([bytes, part])));
    plain.on('error', () => {});
    plain.on('close', () => ok(bytes));
  });
  // An alert of TLS at most: content type 21.
  check(said.length === 0 || said[0] === 21, `it said ${said.toString('latin1').slice(0, 80)}`);
});

test('scan: where its processes listen', async () => {
  const where = await listeners(server.process.pid);
  compare('listeners', JSON.parse(steady(server, JSON.stringify(where))));
});

test('scan: it would see a port more', async () => {
  const more = createServer();
  await new Promise((ok) => more.listen(0, '127.0.0.1', ok));
  const where = await listeners(process.pid);
  const { port } = more.address();
  await new Promise((ok) => more.close(ok));
  check(
    Object.values(where).flat().includes(`tcp loopback:${port}`),
    `a listener of this process is not seen: ${JSON.stringify(where)}`,
  );
});

test('scan: the server ends in order', async () => {
  await server.stop();
});
