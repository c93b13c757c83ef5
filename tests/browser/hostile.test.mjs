// SPDX-License-Identifier: EUPL-1.2
// A hostile server: it holds the certificate, reads and rewrites every message (lib/relay.mjs), and the real client
// must stay its person's. ATTACKS C23 (unmute), C24 (media before joining), C25 (muted means muted), E05 (junk), E06
// (downgrade), a withheld removal, a picture under a wrong name. What the keys alone refuse (E01 to E05, E11, E12) is
// shown in virtual time by web/test/crypto/attack.test.ts, frames that are forged or replayed (E07, E08) by
// web/test/keyring.test.ts.

import { after, before, beforeEach, test } from 'node:test';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { get, Server } from './lib/server.mjs';
import { startChromium, startFirefox } from './lib/browsers.mjs';
import { keys } from './lib/keys.mjs';
import { Person } from './lib/person.mjs';
import { Nonces } from './lib/nonces.mjs';
import { Relay } from './lib/relay.mjs';
import * as secret from './lib/secret.mjs';
import { Stranger } from './lib/stranger.mjs';
import { holds, until } from './lib/wait.mjs';

const REASON = { code: 'agreed' };
/** Of every page of this file: E10 looks at all that the tests before it did to them, too. */
const nonces = new Nonces();
let server, relay, chromium, firefox, meeting;
let chair, clerk, marleen, jan, stranger;

before(async () => {
  server = await Server.start();
  relay = await Relay.start(server);
  Object.assign(relay, { file: nonces.script, ask: nonces.answer });
  chromium = await startChromium({ fps: 8 });
  firefox = await startFirefox();
  meeting = await server.demo();
});

after(async () => {
  stranger?.stop();
  await firefox?.close();
  await chromium?.close();
  await relay?.stop();
  await server?.stop();
});

const honest = () => {
  relay.toBrowser = relay.toServer = (message) => message;
};

beforeEach(() => honest());

const packets = async (person) => (await secret.sent(person)).packets;
/** Without what is sent again, and the padding with which a browser measures the line. */
const bytes = async (person) => (await secret.sent(person)).bytes;

/** Tracks that are on a line, and devices that run. */
function attached(person) {
  return person.evaluate(() => window.__connections.flatMap((c) => c.getSenders()).filter((s) => s.track).length);
}

/** For three seconds nothing of this person's leaves. */
async function silent(person) {
  const before = await packets(person);
  await holds(`nothing of ${person.name} leaves`, async () =>
    (await attached(person)) === 0 && (await packets(person)) === before, 3_000, 300);
  return before;
}

/** The same look does see what leaves when the person wants it. */
async function speaks(person, device) {
  const before = await packets(person);
  await person.turn(device, true);
  await until(`${person.name}'s ${device} to leave`, async () => (await packets(person)) > before + 5);
}

/** What was under way has left, and then nothing more does. */
async function falls(person) {
  let last = await bytes(person);
  const still = async () => {
    const before = last;
    last = await bytes(person);
    return last === before;
  };
  await until(`${person.name} to fall silent`, still, 5_000, 500);
  await holds(`nothing of ${person.name} leaves`, still, 3_000);
}

/** Everything a server could say to switch something on. */
function provoke(line) {
  const state = line.heard.findLast((m) => m.type === 'state');
  const self = state.people.find((p) => p.id === line.person);
  const by = { id: line.person + 1000, name: 'Iemand', office: 'clerk' };
  const everything = { microphone: true, camera: true, screen: true, screen_sound: true };
  const answer = line.heard.findLast((m) => m.type === 'answer');
  line.tell({ type: 'asked', source: 'microphone', by, reason: REASON });
  line.tell({ type: 'asked', source: 'camera', by, reason: REASON });
  line.tell({ type: 'person', person: { ...self, sources: everything, heard: true } });
  line.tell({ ...state, sources: everything, media: answer.media });
  for (const type of ['unmute', 'unhold', 'start-camera', 'switch-device', 'sources', 'capture', 'toggle'])
    line.tell({ type, person: line.person, source: 'microphone', device: 'default', ...everything });
  const wants = answer.sdp.replaceAll(/a=(?:recvonly|sendonly|inactive)/g, 'a=sendrecv');
  line.tell({ type: 'offer', sdp: wants, roles: {}, restart: false, media: null });
  line.tell({ ...answer, sdp: wants });
  line.tell({ type: 'floor', floor: { person: line.person, since: state.entries[0].at }, speakers: [] });
  line.tell({ type: 'suspended', suspended: { by, reason: REASON, since: state.entries[0].at } });
  line.tell({ type: 'suspended', suspended: null });
  line.tell({ type: 'media-lost' }); // asks for a new connection, with new lines
}

for (const kind of ['Chromium', 'Firefox']) {
  const browser = () => (kind === 'Chromium' ? chromium : firefox);
  // Chair and clerk need nobody to be let in: the server alone can bring them into the room.
  const who = () => (kind === 'Chromium' ? meeting.clerk : meeting.chair);
  const keep = (person) => (kind === 'Chromium' ? (clerk = person) : (chair = person));

  test(`C24 ${kind}: let into the room without having asked, nothing is sent`, async () => {
    const person = keep(await Person.at(browser(), relay.link(who())));
    await person.sees('join');
    await person.turn('camera', true); // only to look at oneself
    await until('the preview', async () => (await person.pixels(person.name)) !== null ||
      person.evaluate(() => [...document.querySelectorAll('video')].some((v) => v.videoWidth > 0)));
    const line = relay.line(person.name);
    line.tell({ type: 'lobby', opened: true });
    line.tell({ type: 'asked', source: 'camera', by: { id: 99, name: 'Iemand', office: 'clerk' }, reason: REASON });
    assert.equal(await person.evaluate(() => window.__connections.length), 0);
    line.say({ type: 'join' }); // the server's own doing
    await person.sees('leave');
    await until('its media connection', async () => (await person.connection()) === 'connected' &&
      person.evaluate(() => window.__connections.some((c) => c.connectionState === 'connected')), 20_000);
    assert.equal(await silent(person), 0);
    assert.equal(await person.attribute('camera', 'aria-pressed'), 'false');
    await speaks(person, 'camera');
    await person.turn('camera', false);
  });

  test(`C23 ${kind}: whatever the server says, only a person switches on`, async () => {
    const person = kind === 'Chromium' ? clerk : chair;
    const before = await packets(person);
    const offers = await person.offers();
    provoke(relay.line(person.name));
    await until('the new connection', async () => (await person.offers()) > offers);
    await silent(person);
    assert.ok((await packets(person)) <= before, 'packets left');
    for (const device of ['mic', 'camera', 'share'])
      assert.notEqual(await person.attribute(device, 'aria-pressed'), 'true', device);
    await until('its connection again', async () =>
      person.evaluate(() => window.__connections.some((c) => c.connectionState === 'connected')), 30_000);
    await speaks(person, 'mic');
    await person.turn('mic', false);
  });
}

test('C25: off means off at the receiver, whatever the server declares', async () => {
  await secret.oneCode([chair, clerk], { ms: 20_000 });
  await speaks(chair, 'mic');
  await speaks(chair, 'camera');
  await clerk.seesMoving(chair.name, 30_000);
  /** What the clerk's browser got of her, opened: loudness, packets of sound, pictures. */
  const heard = async () => {
    const { audioEnergy, audioPackets, videoFrames, videoBytes } = await clerk.stats();
    return { audioEnergy, audioPackets, videoFrames, videoBytes };
  };
  const first = await heard();
  await until('sound and picture to arrive', async () => {
    const now = await heard();
    return now.audioEnergy > first.audioEnergy && now.videoFrames > first.videoFrames + 5;
  });
  const line = relay.line(chair.name);
  // The server forwards all the same, and tells everybody that she is on, from before she switches off.
  relay.toServer = (m, of) => (of === line && m.type === 'sources' ? { ...m, microphone: true, camera: true } : m);
  await chair.turn('mic', false);
  await chair.turn('camera', false);
  let last = await heard();
  const change = async () => {
    const now = await heard();
    // Not what is played: a receiver fills a gap with noise of its own, and decodes what it had kept back. Nor packets
    // of pictures: the server measures the way with some that are empty.
    const by = { sound: now.audioPackets - last.audioPackets, picture: now.videoBytes - last.videoBytes };
    last = now;
    return by;
  };
  const nothing = { sound: 0, picture: 0 };
  let calm = 0; // of two looks one after the other, the second is a second long
  await until('what was under way to have arrived', async () => {
    calm = JSON.stringify(await change()) === JSON.stringify(nothing) ? calm + 1 : 0;
    return calm >= 2;
  }, 15_000, 1_000);
  const stays = async () => {
    for (const end = performance.now() + 3_000; performance.now() < end;)
      assert.deepEqual(await change(), nothing);
  };
  await stays();
  // E14: nor is silence taken for hers if the server says that it passes her sound on.
  const toClerk = relay.line(clerk.name);
  const declared = await until('the server to declare her on', () => toClerk.heard.findLast((m) =>
    m.type === 'person' && m.person.name === chair.name && m.person.sources.microphone));
  toClerk.tell({ type: 'person', person: { ...declared.person, heard: true } });
  const missing = () => clerk.evaluate((name) => {
    const tile = [...document.querySelectorAll('[data-testid="tile"]')].find((e) => e.dataset.person === name);
    return [tile.querySelector('[data-testid="no-sound"]') !== null, tile.classList.contains('tile--frozen')].join();
  }, chair.name);
  await until('the clerk to see that her sound is missing and her picture stands still', async () =>
    (await missing()) === 'true,true');
  // A screen too, which gives the page another layout: nothing comes on new lines either.
  line.say({ type: 'sources', microphone: true, camera: true, screen: true, screen_sound: true });
  await until('the clerk to be told of her screen', () => toClerk.heard.some((m) =>
    m.type === 'person' && m.person.name === chair.name && m.person.sources.screen));
  await stays();
  await silent(chair);
  line.say({ type: 'sources', microphone: false, camera: false, screen: false, screen_sound: false });
  await until('the clerk to miss nothing any more', async () => (await missing()) === 'false,false');
});

test('E06: a client that is told of no keys sends nothing, ever', async () => {
  const hers = (line) => line === relay.line(meeting.members[0].name);
  relay.toBrowser = (message, line) => {
    if (!hers(line)) return message;
    if (message.type === 'state') return { ...message, keys: null };
    return message.type.startsWith('key-') ? null : message;
  };
  relay.toServer = (message, line) => (hers(line) && message.type.startsWith('key-') ? null : message);
  marleen = await Person.at(chromium, relay.link(meeting.members[0]));
  await marleen.waits();
  await clerk.admit(marleen.name);
  await marleen.sees('leave');
  await marleen.press('camera');
  await marleen.press('mic');
  await holds('she is not sealed and nothing leaves', async () =>
    (await secret.sealed(marleen)) === 'off' && (await packets(marleen)) === 0, 5_000);
  await until('the others to see that she has no key', async () =>
    (await secret.cannotFollow(clerk)).join() === marleen.name);
  honest();
  await marleen.page.reload();
  await marleen.sees('leave');
  await secret.oneCode([chair, clerk, marleen], { ms: 20_000 });
  await speaks(marleen, 'camera');
  await clerk.seesMoving(marleen.name, 30_000);
});

test('E06: told in the middle that there are no keys any more, she falls silent', async () => {
  const who = meeting.members[2];
  stranger = new Stranger(server.origin, who, 20); // receives what the server has
  await stranger.event('waiting');
  await clerk.admit(who.name);
  await stranger.event('connected', 20_000);
  const seen = (await clerk.stats()).videoFrames;
  await until('her picture to flow for a while', async () => (await clerk.stats()).videoFrames > seen + 30, 15_000);
  const line = relay.line(marleen.name);
  relay.toBrowser = (message, to) => (to === line && message.type.startsWith('key-') ? null : message);
  line.tell({ type: 'key-group', group: 0, epoch: null, tag: null, members: [] });
  await until('her keys to be gone', async () => (await secret.sealed(marleen)) === 'off');
  // Not what her browser counts as sent: it fills the line with sealed packets of before.
  let last = (await clerk.stats()).videoFrames;
  const still = async () => {
    const before = last;
    last = (await clerk.stats()).videoFrames;
    return last === before;
  };
  await until('her picture to stand still', still, 10_000, 1_000);
  await holds('nothing of hers can be opened', still, 6_000);
  const { sealed, plain, frames } = await stranger.event('done', 30_000);
  assert.ok(sealed.video > 0, 'the one without keys received her picture, sealed');
  assert.deepEqual([plain, frames.video], [{ audio: 0, video: 0 }, 0], 'something left in the clear');
  assert.ok((await marleen.text()).includes('We maken de sleutels'), 'it waits for keys, and is not broken');
  honest();
  await marleen.page.reload();
  await marleen.sees('leave');
  await secret.oneCode([chair, clerk, marleen], { ms: 20_000 });
});

test('P6: the server puts another name on a line, the key does not', async () => {
  await speaks(marleen, 'camera');
  await clerk.seesMoving(marleen.name, 30_000);
  const other = await Promise.all([chair, marleen].map((p) => relay.line(p.name).person));
  const lies = (slots) => slots.map((slot) => (slot.person === other[1] ? { ...slot, person: other[0] } : slot));
  relay.toBrowser = (message, line) =>
    line === relay.line(clerk.name) && message.slots ? { ...message, slots: lies(message.slots) } : message;
  const truth = relay.line(clerk.name).heard.findLast((m) => m.type === 'slots');
  relay.line(clerk.name).tell({ ...truth, slots: lies(truth.slots) });
  const under = async (name) => ((await clerk.pixels(name)) === null ? 'nothing' : 'a picture');
  for (let look = 0; look < 8; look++) {
    assert.deepEqual([await under(chair.name), await under(marleen.name)], ['nothing', 'a picture']);
    await clerk.seesMoving(marleen.name);
  }
  await clerk.seesMoving(marleen.name);
  honest();
  relay.line(clerk.name).tell(truth);
});

test('E05: junk for a commit is told, and all find together again', async () => {
  await secret.watchNotices(clerk);
  const former = await secret.oneCode([chair, clerk, marleen]);
  const line = relay.line(clerk.name);
  const asked = () => line.said.filter((m) => m.type === 'key-join' && m.group === 0).length;
  const before = asked();
  const told = line.heard.findLast((m) => ['key-commit', 'key-welcome'].includes(m.type) && m.group === 0);
  const epoch = told.type === 'key-welcome' ? told.epoch : told.epoch + 1;
  const tag = `${'A'.repeat(22)}==`;
  line.tell({ type: 'key-commit', group: 0, epoch, by: relay.line(chair.name).person, commit: 'AAEAAg==', tag });
  await until('the clerk to be warned', async () =>
    (await secret.notices(clerk)).some((n) => /niemand hier maakte/.test(n)));
  await secret.oneCode([chair, clerk, marleen], { former, ms: 20_000 });
  assert.ok(asked() - before >= 1 && asked() - before <= 3, `${asked() - before} tries`);
});

test('E01: another clerk’s key behind the meeting: who came by a signed link is told, and does not go in', async () => {
  const parts = await keys();
  try {
    const [town, thief] = await Promise.all([1, 2].map(() => parts.identity(parts.memory())));
    const body = 'Gemeenteraad Lindebeke';
    const list = (office) => parts.signed(body, [], office, Date.now());
    const other = await server.demo();
    const letters = await parts.invitation({ meeting: other.meeting, body, name: other.clerk.name }, town);
    const [good, swapped] = await Promise.all([town, thief].map(list));
    const given = (roster) => {
      relay.toBrowser = (message) => (message.type === 'state' ? { ...message, roster } : message);
    };
    given(swapped);
    const { link } = relay.link(other.clerk);
    const invited = await Person.at(firefox, { ...other.clerk, link: `${link}.${letters}` });
    await invited.join();
    const page = (status) => invited.evaluate((s) => document.querySelector(`[data-status="${s}"]`)?.innerText, status);
    const told = await until('to be told', () => page('other-clerk'));
    assert.match(told, /niet de secretaris die u uitnodigde[^]*Bel de secretaris, niet via deze site/);
    const line = relay.line(invited.name);
    assert.deepEqual(line.said.map((m) => m.type).filter((type) => /^key-|^offer/.test(type)), []);
    for (const m of line.said.filter(({ type }) => type === 'sources'))
      assert.deepEqual([m.microphone, m.camera, m.screen], [false, false, false]);
    assert.equal(line.said.at(-1).type, 'leave');
    assert.equal(await packets(invited), 0);
    assert.ok(!relay.signalling.some((bytes) => bytes.includes(letters)), 'the fragment reached the server');
    assert.ok(relay.signalling.some((bytes) => bytes.includes(link.split('#')[1])), 'the secret before it did');
    await invited.page.reload(); // the tab remembers what was signed
    await invited.join();
    await until('to be told again', () => page('other-clerk'));
    given(good);
    await invited.page.reload();
    await invited.enter();
    await until('the keys', async () => (await secret.sealed(invited)) === 'on');
    assert.deepEqual(invited.errors, []);
    await invited.close();
  } finally {
    await parts.close();
  }
});

test('a removal that the server withholds: whoever does not hear of it stops sending within half a minute', async () => {
  jan = await Person.at(firefox, relay.link(meeting.members[1]));
  await jan.waits();
  await clerk.admit(jan.name);
  await jan.sees('leave');
  const former = await secret.oneCode([chair, clerk, marleen, jan], { ms: 20_000 });
  await speaks(jan, 'mic');
  const line = relay.line(jan.name);
  relay.toBrowser = (message, to) =>
    (to === line && (message.type.startsWith('key-') || ['gone', 'person'].includes(message.type)) ? null : message);
  await marleen.press('leave');
  if (await marleen.has('confirm')) await marleen.press('confirm');
  await secret.oneCode([chair, clerk], { former, ms: 15_000 });
  assert.equal(await secret.code(jan), former, 'he still has the old keys');
  await until('Jan to be told that nothing of his leaves', async () =>
    (await secret.sealed(jan)) === 'off', 45_000, 500);
  await falls(jan);
  honest();
  await jan.page.reload();
  await jan.sees('leave');
  await secret.oneCode([chair, clerk, jan], { ms: 20_000 });
  for (const person of [chair, clerk, jan]) assert.deepEqual(person.errors, []);
});

/** Sealed frames of this person's leave, under a key that nothing was sealed with before. */
async function seals(person) {
  await until(`${person.name} to be sealed`, async () => (await secret.sealed(person)) === 'on', 30_000);
  const busy = nonces.busy(20);
  await person.turn('camera', true);
  await person.turn('mic', true);
  await until(`a fresh key of ${person.name}'s to be used`, () => nonces.busy(20) > busy, 30_000);
}

/** The same seat in another tab, as if the tab had been copied. */
async function copied(person) {
  const seat = await person.evaluate(() => [sessionStorage.getItem('conclave-seat'), location.href]);
  const other = new Person(person.browser, person.who);
  other.page = await person.browser.newPage();
  await other.page.goto(`${relay.origin}/integrity`);
  await other.evaluate((text) => sessionStorage.setItem('conclave-seat', text), seat[0]);
  await other.page.goto(seat[1]);
  return other;
}

test('E16: a worker that whoever has the server changed runs in every browser, and conclavectl web verify names it', async () => {
  const { files } = JSON.parse((await get(`${server.origin}/manifest.json`)).body);
  const workers = files.filter((f) => f.path.startsWith('/assets/worker-'));
  assert.equal(workers.length, 3);
  assert.ok(nonces.calls > 0, 'the lines that were put before them have run');
  const verify = (origin) => server.ctl('web', 'verify', origin, '--ca', join(server.state, 'tls', 'cert.pem'));
  assert.equal((await verify(server.origin)).ok, true);
  for (const { path } of workers) {
    // One byte, of one worker.
    relay.file = (asked, text) => (asked === path ? `${text.slice(0, -2)} ${text.slice(-1)}` : text);
    await assert.rejects(verify(relay.origin), (error) =>
      `${error.stdout}${error.stderr}`.includes(`${path} has another content`));
  }
  relay.file = (_, text) => text;
  assert.equal((await verify(relay.origin)).ok, true);
  relay.file = nonces.script;
});

/** Leaves, and says so again while asked; a page of its own follows. */
async function leaves(person) {
  await until(`${person.name} to be out`, async () => {
    if (await person.has('come-back')) return true;
    await person.evaluate(() => (document.querySelector('[data-testid="confirm"]') ??
      document.querySelector('[data-testid="leave"]'))?.click());
    return false;
  }, 30_000, 500);
}

test('E10: reload, leaving and coming back, two tabs of one seat: no nonce twice under a key, in both browsers', async () => {
  for (const person of [chair, clerk]) {
    await seals(person);
    await person.page.reload();
    await person.sees('leave');
    await seals(person);
    await leaves(person);
    await person.press('come-back');
    await person.enter();
    await seals(person);
    const other = await copied(person);
    await other.sees('leave', 20_000);
    await seals(other);
    await person.press('come-back'); // the other tab took the seat, and now this one takes it back
    await person.sees('leave', 20_000);
    await seals(person);
    await other.close();
  }
  console.log(`# ${nonces.calls} calls under ${nonces.keys.size} keys, ${nonces.busy(20)} of them of frames`);
  assert.ok(nonces.calls > 2_000 && nonces.busy(20) >= 10);
  assert.deepEqual(nonces.repeated(), []);
  nonces.stuck = true; // and what it would look like
  await until('the seeded fault to be found', () => nonces.repeated().length >= 2, 10_000);
});
