// SPDX-License-Identifier: EUPL-1.2
// The keys worker in both browsers, from the built files under the server's policy: one group of Chromium, Firefox and
// Node, the device's key, and what is loaded for it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sealed } from '../../build/seal';
import { toBase64 } from '../../src/crypto/keys/bytes';
import { identity, memory } from '../../src/crypto/keys/identity';
import { roomCode } from '../../src/crypto/keys/code';
import { Member } from '../../src/crypto/keys/member';
import type { KeysToPage, PageMessage, Roster } from '../../src/crypto/keys/messages';
import type { KeysToServer } from '../../src/wire/delivery';
import { inMemory } from '../../src/crypto/keys/roster';
import { AUTHENTICATOR, CODE } from '../support/code';
import { Delivery } from '../support/delivery';
import { hex } from '../support/party';
import { BROWSERS, type Page } from './browsers';
import { type Built, built } from './framed';

let client: Built;
const pages = {} as Record<keyof typeof BROWSERS, Page>;
const NAMES = Object.keys(BROWSERS) as (keyof typeof BROWSERS)[];

beforeAll(async () => {
  client = await built('test/keys/page');
  await Promise.all(NAMES.map(async (name) => (pages[name] = await BROWSERS[name](client.url))));
}, 120_000);
afterAll(async () => {
  await Promise.all(Object.values(pages).map((p) => p.close()));
  client.close();
});

it('each worker is one file with a hash in its name, in the manifest; the keys worker holds suite 1 and no other', () => {
  const { files } = JSON.parse(readFileSync(join(client.folder, 'manifest.json'), 'utf8')) as { files: Sealed[] };
  const scripts = files.filter((f) => f.path.endsWith('.js'));
  const workers = scripts.filter((f) => /^\/assets\/worker-[\w-]{8}\.js$/.test(f.path));
  const [scrypt, keys, ...others] = workers.sort((a, b) => a.bytes - b.bytes);
  expect(others).toEqual([]);
  // The page, the workers, and nothing in place of a module that only an old Node would ask for.
  expect(scripts.filter((f) => f.bytes > 50)).toHaveLength(3);
  const code = readFileSync(join(client.folder, keys?.path as string), 'utf8');
  const ofPage = scripts.filter((f) => !workers.includes(f));
  const page = ofPage.map((f) => readFileSync(join(client.folder, f.path), 'utf8'));
  for (const worker of [scrypt, keys]) expect(page.join()).toContain(worker?.path.split('/').at(-1));
  expect(code, 'in Firefox a worker that starts a worker may stand still').not.toMatch(/new Worker\b/);
  expect(code).toContain('MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519');
  // The other suites would come with a dynamic import, or with what noble implements.
  const late = [...code.matchAll(/\bimport\(\s*["'`]([^"'`]*)/g)].map((m) => m[1]);
  expect(late.filter((l) => !l?.includes('vite-browser-external'))).toEqual([]);
  expect(code).not.toMatch(/ml_dsa|secp521r1|chacha20poly1305\(/);
  expect(keys?.bytes).toBeLessThan(150_000);
  expect(scrypt?.bytes).toBeLessThan(15_000);
});

/** What one member of the group is to this test. */
interface End {
  readonly rosters: Roster[];
  readonly alarms: string[];
  give(input: PageMessage): void;
  epochs(): Promise<string[]>;
}

type Wanted = (from: number, message: KeysToPage, end: End) => void;

async function inBrowser(page: Page, person: number, hear: Wanted): Promise<End & { device: string; stop(): void }> {
  await page.ask('loop.begin()');
  const [first] = await page.ask<KeysToPage[]>('loop.next()');
  if (first?.type !== 'device') throw new Error(JSON.stringify(first));
  expect(first).toMatchObject({ kept: true });
  let going = true;
  let order: Promise<unknown> = Promise.resolve();
  const end: End = {
    rosters: [],
    alarms: [],
    give: (input) => (order = order.then(() => page.ask(`loop.tell(${JSON.stringify(input)})`))),
    epochs: () => page.ask('loop.epochs()'),
  };
  const listen = async (): Promise<void> => {
    while (going) for (const m of await page.ask<KeysToPage[]>('loop.next()')) hear(person, m, end);
  };
  listen().catch(() => (going = false));
  return { ...end, device: first.device, stop: () => (going = false) };
}

async function inNode(person: number, hear: Wanted): Promise<End & { device: string; stop(): void }> {
  const own = await identity(memory());
  const epochs: string[] = [];
  let order: Promise<void> = Promise.resolve();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const inTurn = (what: (m: Member) => Promise<void>): void => {
    order = order.then(async () => {
      await what(member);
      clearTimeout(timer);
      const wait = Math.max(20, Math.min(5_000, member.deadline() - Date.now()));
      timer = setTimeout(() => inTurn((m) => m.timeout()), wait);
    });
  };
  const end: End = {
    rosters: [],
    alarms: [],
    give: (input) => inTurn((m) => m.receive(input)),
    epochs: () => Promise.resolve(epochs),
  };
  const member = await Member.make({
    identity: own,
    now: () => Date.now(),
    random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
    tell: (m) => hear(person, m, end),
    frames: (m) => m.type === 'epoch' && epochs.push(`${m.epoch} ${hex(m.baseKey)}`),
    code: roomCode,
    clerks: inMemory(),
    office: () => Promise.resolve(null),
  });
  const stop = (): void => clearTimeout(timer);
  return { ...end, device: toBase64(own.device), stop };
}

describe('one group', () => {
  it('of Chromium, Firefox and Node: one key, one code, one list', async () => {
    const ends = new Map<number, End & { device: string; stop(): void }>();
    let told = (): void => undefined;
    const server = new Delivery(
      'm'.repeat(22),
      (to, input) => ends.get(to)?.give(input),
      (ms, what) => void setTimeout(what, ms),
    );
    const hear: Wanted = (from, m, end) => {
      const removing = m.type === 'send' && (m.message.type === 'remove' || m.message.type === 'confirm');
      if (m.type === 'send' && !removing) server.receive(from, m.message as KeysToServer);
      if (m.type === 'alarm') end.alarms.push(m.alarm.kind);
      if (m.type === 'roster') end.rosters.push(m.roster);
      told();
    };
    ends.set(1, await inBrowser(pages.Chromium, 1, hear));
    ends.set(2, await inBrowser(pages.Firefox, 2, hear));
    ends.set(3, await inNode(3, hear));
    for (const [person, { device }] of ends)
      server.enter({ person, name: `Person ${person}`, office: person === 1 ? 'chair' : 'member', device });
    const codes = (): (string | null | undefined)[] => [...ends.values()].map((e) => e.rosters.at(-1)?.code);
    const ready = (): boolean =>
      [...ends.values()].every((e) => e.rosters.at(-1)?.leaves.length === 3 && e.rosters.at(-1)?.code !== null);
    while (!ready()) await new Promise<void>((done) => (told = done));
    expect(new Set(codes()).size).toBe(1);
    expect(codes()[0]).toMatch(/^(?:\d{5} ){3}\d{5}$/);
    const last = await Promise.all([...ends.values()].map(async (e) => (await e.epochs()).at(-1)));
    expect(new Set(last).size).toBe(1);
    for (const e of ends.values()) {
      expect(e.alarms).toEqual([]);
      expect(e.rosters.at(-1)?.leaves.map((l) => l.name).sort()).toEqual(['Person 1', 'Person 2', 'Person 3']);
      e.stop();
    }
  }, 60_000);
});

describe.each(NAMES)('%s', (name) => {
  it('keeps the device’s key, gives it to nobody, and finds it again', async () => {
    expect(await pages[name].ask('loop.kept()')).toEqual({ extractable: false, got: 'InvalidAccessError' });
    const again = (): Promise<string> =>
      pages[name].ask(`(async () => {
        loop.begin();
        for (;;) for (const m of await loop.next()) if (m.type === 'device') return m.device;
      })()`);
    expect(await again()).toBe(await again());
  }, 30_000);
  it('keeps an account’s key, and throws a seat’s away a month after it was last wanted', async () => {
    expect(await pages[name].ask('loop.afterAMonth()')).toEqual(['account a@example.org', 'keys-test', 'new 1']);
  }, 30_000);
  it('computes the code that Node computes, and breaks no rule of the policy', async () => {
    expect(await pages[name].ask(`loop.code(${JSON.stringify([...AUTHENTICATOR])})`)).toBe(CODE);
    expect(await pages[name].ask('loop.violations()')).toEqual([]);
  }, 30_000);
});
