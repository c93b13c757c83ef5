// SPDX-License-Identifier: EUPL-1.2
// Another certificate, or the end of one, while a meeting is held (G12, G13). The confined server: its sandbox is what
// makes a renewal difficult.

import { execFile } from 'node:child_process';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { promisify } from 'node:util';
import { check, equal, test } from '../wire/lib/check.mjs';
import { goesOn, movedBy, moveClock, smallMeeting } from '../wire/lib/goes-on.mjs';
import { request } from '../wire/lib/http.mjs';
import { plainBuild, Server, until } from '../wire/lib/server.mjs';

const run = promisify(execFile);
const DAY = 86_400;

/** A pair in DIR/NAME.pem and DIR/NAME.key: of a kind, for names, for so many days. */
async function pair(dir, name, { kind = 'ec -pkeyopt ec_paramgen_curve:P-256', host = 'localhost', days = 90 } = {}) {
  const into = { cert: join(dir, `${name}.pem`), key: join(dir, `${name}.key`) };
  const made = `req -x509 -newkey ${kind} -nodes -days ${days} -subj /CN=${name}`.split(' ');
  await run('openssl', [...made, '-addext', `subjectAltName=DNS:${host}`, '-keyout', into.key, '-out', into.cert]);
  return into;
}

/** Whom a new connection is greeted by: the CN. Without a session ticket, so that it is shown at all. */
const shown = (server) =>
  new Promise((ok, no) => {
    const to = { host: '127.0.0.1', port: server.port, servername: 'localhost' };
    const socket = connect({ ...to, rejectUnauthorized: false });
    socket.once('secureConnect', () => {
      ok(socket.getPeerCertificate().subject.CN);
      socket.destroy();
    });
    socket.once('error', no);
  });

async function put(server, from) {
  await copyFile(from.cert, join(server.state, 'cert.pem'));
  await copyFile(from.key, join(server.state, 'key.pem'));
}

const reload = (server) =>
  server.ctl('reload').then(
    (answer) => ({ ...answer, said: '' }),
    (error) => ({ ok: false, said: error.stderr }),
  );

const metric = async (server, name) => {
  const body = await fetch(`http://127.0.0.1:${server.metricsPort}/metrics`).then((answer) => answer.text());
  return Number(body.split('\n').find((line) => line.startsWith(`${name} `))?.split(' ')[1]);
};

test('G12: a new certificate is shown at once, of whatever kind; a wrong pair is not; the meeting hears nothing', async () => {
  const server = await Server.start({ from: plainBuild });
  const { clerk, member } = await smallMeeting(server);
  const [second, rsa, third] = [
    await pair(server.state, 'second'),
    await pair(server.state, 'rsa', { kind: 'rsa:2048' }),
    await pair(server.state, 'third'),
  ];
  const faults = [
    [{ ...second, key: rsa.key }, /were not made for each other/],
    [await pair(server.state, 'elsewhere', { host: 'elsewhere.example' }), /does not stand for the first host/],
    [{ cert: second.key, key: second.key }, /no chain of certificates/],
    [{ cert: second.cert, key: second.cert }, /no private key/],
    [await pair(server.state, 'weak', { kind: 'rsa:1024' }), /too weak/],
  ];
  equal(await shown(server), 'localhost');

  await put(server, second);
  const answer = await reload(server);
  equal(answer.ok, true, answer.said);
  check(Math.abs(answer.ends - Date.now() / 1000 - 90 * DAY) < 3600, `it ends at ${answer.ends}`);
  equal(await shown(server), 'second');

  // Of another kind: the one of before must not be left beside it. And back.
  await put(server, rsa);
  equal((await reload(server)).ok, true);
  equal(await shown(server), 'rsa');
  await put(server, third);
  server.process.kill('SIGHUP');
  await until('the third one', async () => (await shown(server)) === 'third', 2000);

  for (const [wrong, why] of faults) {
    await put(server, wrong);
    const refused = await reload(server);
    equal(refused.ok, false, `${why}`);
    check(why.test(refused.said) && /still shown/.test(refused.said), refused.said);
    equal(await shown(server), 'third');
  }
  equal(await metric(server, 'conclave_certificate_reloads_total{result="done"}'), 3);
  equal(await metric(server, 'conclave_certificate_reloads_total{result="refused"}'), faults.length);
  check(/certificate-refused what=/.test(server.log), server.log);
  await goesOn({ clerk, member });
  clerk.end();
  member.end();
  await server.stop();
}, 60_000);

test('G13: warned 30, 14, 7 and 1 days before; when the certificate has run out, the meeting goes on', async () => {
  const server = await Server.start({ from: plainBuild });
  await server.kill();
  await put(server, await pair(server.state, 'ninety'));
  const clock = join(server.state, 'clock');
  await writeFile(clock, Buffer.alloc(8));
  server.before = movedBy(clock);
  server.log = '';
  await server.launch();
  const { clerk, member } = await smallMeeting(server);
  const said = () => [...server.log.matchAll(/ (?:warn|error) certificate-(ends days=\d+|ended)/g)].map((m) => m[1]);
  equal(said(), [], 'before its time');
  const expected = [];
  for (const [days, word] of [[60.1, 'ends days=30'], [76.1, 'ends days=14'], [83.1, 'ends days=7'],
    [89.1, 'ends days=1'], [90.1, 'ended']]) {
    await moveClock(clock, days * DAY);
    expected.push(word);
    await reload(server); // the wall clock is looked at once a minute, and at once when asked for something new
    await until(() => `${word}; it said ${said()}`, () => said().length >= expected.length, 5000);
    equal(said(), expected);
  }
  await goesOn({ clerk, member });
  equal((await request(server, 'GET', '/healthz')).status, 200);
  equal(await shown(server), 'ninety', 'whoever looks away from the warning still gets in');
  clerk.end();
  member.end();
  await server.stop();
}, 60_000);
