// SPDX-License-Identifier: EUPL-1.2
// auth/RIGHTS.md against a real server, over real WebSockets: every message that uses a right, by every office, while
// the meeting is open, while it is suspended, from the lobby and after one has left. What is expected is read from the
// document. In memory, and with every policy, tests/server/test_rights_all.c does the same.

import { readFileSync } from 'node:fs';
import { check, equal, test } from './lib/check.mjs';
import { shared, testEnd } from './lib/shared.mjs';
import { arrive, enter, sit } from './lib/socket.mjs';

const AGREED = { code: 'agreed' };
const OFFICES = ['clerk', 'chair', 'member', 'guest'];

/** What the document says of an action: { clerk: '1', … }. */
const table = new Map(
  readFileSync(new URL('../../auth/RIGHTS.md', import.meta.url), 'utf8')
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter((cells) => cells.length === 8 && /^[12-]$/.test(cells[2]))
    .map(([, action, ...cells]) => [action, Object.fromEntries(OFFICES.map((office, i) => [office, cells[i]]))]),
);
const ALONE = { clerk: '1', chair: '1', member: '1', guest: '1' };

const SUSPEND = { type: 'suspend', reason: AGREED };

/** [row of the document (null: what each person decides alone), message], the most disruptive last. */
const uses = (w) => [
  ['admit an invited person from the lobby', { type: 'admit', person: w.waits }],
  ['ask somebody to switch a microphone or camera on',
    { type: 'ask-on', person: w.jan, source: 'camera', reason: AGREED }],
  ['mute a microphone', { type: 'mute', person: w.jan, reason: AGREED }],
  ['stop a screen share', { type: 'stop-share', person: w.jan, reason: AGREED }],
  ['give the floor, put the speaker list in order', { type: 'order', people: [] }],
  ['give the floor, put the speaker list in order', { type: 'floor', person: w.jan }],
  ['withdraw the floor (not heard until it is given back or the item ends)',
    { type: 'withdraw-floor', person: w.jan, reason: AGREED }],
  ['give the floor, put the speaker list in order', { type: 'floor-end' }],
  ['open and close an agenda item', { type: 'item-open', item: 1 }],
  ['note a recusal', { type: 'note-recusal', item: 2, person: w.jan, contested: false, reason: AGREED }],
  ['note presence, hold a roll call', { type: 'note-presence', person: w.jan, present: false, reason: AGREED }],
  ['open an item to an audience', { type: 'doors-open', item: 1, reason: AGREED }],
  ['close an item', { type: 'doors-close', item: 1 }],
  ['open and close an agenda item', { type: 'item-close', item: 1 }],
  ['invite a person who is not on the list',
    { type: 'invite', name: 'Els Maes', email: 'els@x', office: 'member', reason: AGREED }],
  ['give an invited person a new link', { type: 'new-link', person: w.absent, reason: AGREED }],
  ['turn a person away from the lobby', { type: 'turn-away', person: w.waits, reason: AGREED }],
  [null, { type: 'sources', microphone: true, camera: false, screen: false, screen_sound: false }],
  [null, { type: 'hand', raised: true }],
  [null, { type: 'object', note: 'orde' }],
  ['report a fault', { type: 'fault', note: 'kraakt' }],
  ['remove a member', { type: 'remove', person: w.jan, reason: AGREED }],
  ['suspend and resume the meeting', w.suspended ? { type: 'resume' } : SUSPEND],
  ['end the meeting for all', { type: 'end', reason: AGREED }],
];

async function convene(server) {
  const people = { clerk: 'c@x', chair: 'v@x', member: 'm@x', guest: 'g@x', jan: 'jan@x', waits: 'w@x', absent: 'a@x' };
  const starts = new Date().toISOString().replace(/\.\d+/, '');
  const { meeting } = await server.ctl(
    'meeting', 'create', '--title', 'Raad', '--starts', starts, '--links', 'everyone',
    '--clerk', 'Hilde Aerts <c@x>', '--chair', 'Greet Maes <v@x>', '--member', 'Marleen Goossens <m@x>',
    '--member', 'Jan Peeters <jan@x>', '--member', 'Wim Wacht <w@x>', '--member', 'Anna Afwezig <a@x>',
    '--guest', 'Piet Gast <g@x>', '--item', 'Begroting;closed;guest=g@x', '--item', 'Personeel;closed',
  );
  const token = async (email) => (await server.ctl('invite', meeting, email)).link.split('#')[1];
  return { people, token };
}

/** The clerk, the chair, Marleen, Piet and Jan are inside, Wim waits; item 1, whose guest Piet is, is open. */
async function gather(server) {
  const { people, token } = await convene(server);
  const w = {};
  for (const who of ['clerk', 'chair']) w[who] = await enter(server, { token: await token(people[who]) });
  w.clerk.send({ type: 'item-open', item: 1 });
  for (const who of ['member', 'guest', 'jan', 'waits']) {
    w[who] = await enter(server, { token: await token(people[who]) });
    if (who === 'waits') continue;
    w.clerk.send({ type: 'admit', person: w[who].welcome.you });
    await w[who].next('state');
  }
  const shown = await sit(server, await token(people.absent));
  const absent = await arrive(server, shown);
  absent.end();
  w.jan.send({ type: 'sources', microphone: true, camera: false, screen: true, screen_sound: false });
  return { sockets: w, ids: { jan: w.jan.welcome.you, waits: w.waits.welcome.you, absent: absent.welcome.you } };
}

/** What the server makes of a message: 'no', '2' (somebody else is asked), or '1', which is also what does not fit. */
async function verdict(socket, message, chain) {
  socket.send(message);
  socket.sendAny({ type: 'no-such-message' });
  const mine = socket.welcome.you;
  let found = '1';
  let code = null;
  for (;;) {
    const m = await socket.next(() => true);
    if (m.type === 'error' && m.code === 'unknown-type') return { found, code };
    if (m.type === 'error') code = m.code;
    if (m.type === 'error' && m.code === 'not-allowed') found = 'no';
    if (m.type === 'request' && m.request.by.id === mine) found = '2';
    if (m.type === 'entry' && m.entry.by === mine) chain.push(m.entry.kind);
    if (m.type === 'over') return { found, code };
  }
}

const WORDS = { '-': 'no', 1: '1', 2: '2' };

for (const office of OFFICES) {
  for (const suspended of [false, true]) {
    const state = suspended ? 'suspended' : 'open';
    test(`C29 every message of a ${office} is answered as RIGHTS.md says, while the meeting is ${state}`, async () => {
      const { sockets, ids } = await gather(await shared());
      const actor = sockets[office];
      if (suspended) {
        sockets.clerk.send(SUSPEND);
        await actor.next('suspended');
      }
      for (const [action, message] of uses({ ...ids, suspended })) {
        const row = action === null ? ALONE : table.get(action);
        check(row !== undefined, `${action} is no row of the document`);
        const chain = [];
        const { found, code } = await verdict(actor, message, chain);
        const wanted = WORDS[row[office]];
        // Where the state alone forbids it, that may be said first; done it never is.
        const refused = wanted === 'no' && suspended ? code !== null : found === 'no';
        if (wanted === 'no') {
          check(refused, `${message.type} was not refused but ${found} (${code})`);
          equal(chain, [], `what a refused ${message.type} left in the proceedings`);
        } else if (code === null) {
          equal(found, wanted, message.type);
        } else {
          check(found !== 'no', `${message.type} was refused`);
        }
      }
      for (const s of Object.values(sockets)) s.end();
    });
  }
}

test('C29 who waits in the lobby, or has left, uses no right at all', async () => {
  const { sockets, ids } = await gather(await shared());
  sockets.member.send({ type: 'leave' });
  await sockets.member.next('over');
  for (const [action, message] of uses(ids)) {
    const { code } = await verdict(sockets.waits, message, []);
    equal(code, 'wrong-phase', `${action ?? message.type} from the lobby`);
  }
  equal(await sockets.member.closed(), 1000, 'who has left has no connection to use a right by');
  for (const s of Object.values(sockets)) s.end();
});

testEnd('rights');
