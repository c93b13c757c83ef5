// SPDX-License-Identifier: EUPL-1.2
// Runs in a browser, built and under the server's policy: the frames of src/crypto in calls between two ends, which may
// be in different browsers; the test carries the descriptions.

import { runVectors } from '../vectors';
import { audience, crowd, decoded, part, take } from './crowd';
import {
  bare,
  described,
  figures,
  openAll,
  openCount,
  type Party,
  party,
  type PartyOptions,
  seal,
  sealCount,
  until,
  type Video,
} from './party';
import { caught, late, life, missing, product } from './wire';

const violations: string[] = [];
document.addEventListener('securitypolicyviolation', (e) => violations.push(`${e.violatedDirective} ${e.blockedURI}`));

const parties = new Map<string, Party>();

function the(name: string): Party {
  const found = parties.get(name);
  if (found === undefined) throw new Error(`nobody is called ${name}`);
  return found;
}

/** Who sends sound and these codecs; gives the offer. */
async function offer(name: string, codecs: readonly Video[], options: PartyOptions): Promise<string> {
  const p = party(options);
  parties.set(name, p);
  seal(p, 'opus', await bare(p, 'opus'));
  for (const codec of codecs) {
    const offered = RTCRtpSender.getCapabilities('video')?.codecs.some((c) => c.mimeType === `video/${codec}`);
    if (offered === true) seal(p, codec, await bare(p, codec));
  }
  return described(p.pc);
}

async function answer(name: string, sdp: string, options: PartyOptions): Promise<string> {
  const p = party(options);
  parties.set(name, p);
  openAll(p);
  await p.pc.setRemoteDescription({ type: 'offer', sdp });
  return described(p.pc);
}

export interface LineFigures {
  readonly opened: number;
  readonly held: number;
  readonly failed: Readonly<Record<string, number>>;
  readonly decoded: number;
  readonly keyFrames: number;
  readonly energy: number;
}

async function received(name: string): Promise<readonly LineFigures[]> {
  const p = the(name);
  const counts = await p.frames.counts();
  return Promise.all(
    p.opening.map(async ({ line, transceiver }) => {
      const { opened, held, failed } = openCount(counts, line);
      const f = await figures(transceiver.receiver);
      const [decoded, keyFrames, energy] = [f.framesDecoded, f.keyFramesDecoded, f.totalAudioEnergy];
      return { opened, held, failed, decoded, keyFrames, energy };
    }),
  );
}

/** Until each picture was decoded so often, and sound was heard. */
function playing(name: string, frames: number): Promise<readonly LineFigures[]> {
  const good = (all: readonly LineFigures[]): boolean =>
    all.length > 0 && all.every((l, i) => (i === 0 ? l.opened >= frames && l.energy > 0 : l.decoded >= frames));
  return until(() => received(name), good, 60_000);
}

async function sealedSound(name: string): Promise<number> {
  const p = the(name);
  return sealCount(await p.frames.counts(), p.sealing[0]?.line ?? -1).sealed;
}

/** Until nothing of the sound is sealed, or opened, any more. */
async function still(count: () => Promise<number>): Promise<number> {
  let [last, same] = [await count(), 0];
  await until(
    async () => {
      const now = await count();
      same = now === last ? same + 1 : 0;
      last = now;
      return same;
    },
    (n) => n >= 12,
  );
  return last;
}

/** One epoch every 600 ms, beginning after `lag`; nobody waits for anybody. */
function rotate(name: string, first: number, epochs: number, lag: number): Promise<void> {
  return new Promise((done) => {
    for (let i = 0; i < epochs; i++) {
      setTimeout(
        () => {
          the(name).epoch(first + i);
          if (i === epochs - 1) setTimeout(done, 400);
        },
        lag + i * 600,
      );
    }
  });
}

Object.assign(window, {
  loop: {
    vectors: runVectors,
    violations: () => violations,
    offer,
    answer,
    accept: (name: string, sdp: string) => the(name).pc.setRemoteDescription({ type: 'answer', sdp }),
    epoch: (name: string, epoch: number) => the(name).epoch(epoch),
    stop: (name: string, stop: boolean) => the(name).stop(stop),
    received,
    playing,
    rotate,
    sealedStill: (name: string) => still(() => sealedSound(name)),
    openedStill: (name: string) => still(async () => (await received(name))[0]?.opened ?? 0),
    opened: (name: string) => the(name).events.filter((e) => e.type === 'opened'),
    close: (name: string) => {
      the(name).close();
      parties.delete(name);
    },
    life,
    missing,
    late,
    caught,
    product,
    crowd,
    audience,
    take,
    decoded,
    part,
  },
});
