// SPDX-License-Identifier: EUPL-1.2
// The keys worker: a member's keys behind a queue. In a dedicated worker; no key leaves it but over the port to the
// frames worker.

import { coding } from '../code/code';
import type { KeysMessage } from '../frames/messages';
import { toBase64 } from './bytes';
import { clerks, database, fingerprint, identity, office } from './identity';
import { Member, type Surroundings } from './member';
import type { KeysToPage, PageMessage, Tie } from './messages';

/** So that a deadline that has passed and cannot be met is no busy loop. */
const AT_LEAST_MS = 50;
const AT_MOST_MS = 60_000;

const page = globalThis as unknown as {
  /** Of the worker: whose keys these are. */
  readonly name: string;
  postMessage(message: KeysToPage): void;
  addEventListener(type: 'message', listener: (e: MessageEvent<PageMessage | Tie>) => void): void;
};
const { code, take, lost } = coding();
let frames: MessagePort | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
/** Said before the port came. */
let early: readonly KeysMessage[] = [];

function toFrames(message: KeysMessage): void {
  if (frames === null) early = [...early, message];
  else if (message.type === 'epoch') frames.postMessage(message, [message.baseKey.buffer]);
  else frames.postMessage(message);
}

const now = (): number => performance.timeOrigin + performance.now();

async function begin(): Promise<Member> {
  const own = await identity(database(indexedDB, page.name));
  const around: Surroundings = {
    identity: own,
    now,
    random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
    tell: (message) => page.postMessage(message),
    frames: toFrames,
    code,
    clerks: clerks(indexedDB),
    office: () => office(indexedDB, page.name),
  };
  const member = await Member.make(around);
  const print = await fingerprint(own.device);
  page.postMessage({ type: 'device', device: toBase64(own.device), fingerprint: print, kept: own.kept });
  return member;
}

const ready = begin();
let queue: Promise<void> = Promise.resolve();

/** One after the other; what goes wrong is told, and the next input finds the member as it was. */
function inTurn(what: (member: Member) => Promise<void>): void {
  queue = queue
    .then(async () => {
      const member = await ready;
      await what(member);
      clearTimeout(timer);
      const wait = Math.min(AT_MOST_MS, Math.max(AT_LEAST_MS, member.deadline() - now()));
      timer = setTimeout(() => inTurn((m) => m.timeout()), wait);
    })
    .catch((e: unknown) => page.postMessage({ type: 'failed', what: e instanceof Error ? e.message : 'unknown' }));
}

page.addEventListener('message', ({ data }) => {
  switch (data.type) {
    case 'frames-port':
      frames = data.port;
      for (const message of early) toFrames(message);
      early = [];
      return;
    case 'code-port':
      return take(data.port);
    case 'code-lost':
      return lost();
    default:
      return inTurn((member) => member.receive(data));
  }
});
