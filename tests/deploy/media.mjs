// SPDX-License-Identifier: EUPL-1.2
// A meeting of four with sound and picture, played by the load tool (CONCLAVE_PLAIN) against a server of its own: what
// outbound.sh watches besides tests/wire. Ends with 0 when the tool saw everybody's media.

import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { plainBuild, Server } from '../wire/lib/server.mjs';

const server = await Server.start();
const { clerk, chair, members } = await server.demo();
const people = [clerk, chair, ...members].slice(0, 4);
const links = join(server.state, 'links');
await writeFile(links, people.map((p) => `${p.link}\n`).join(''));
const words = ['--server', 'conclave', '--at', `127.0.0.1:${server.port}`, '--people', people.length, '--links', links];
const { stdout } = await promisify(execFile)(
  join(plainBuild, 'tests/load/load'),
  [...words, '--seconds', 3, '--settle', 500, '--patience', 60].map(String),
);
console.log(stdout.trim());
await server.stop();
