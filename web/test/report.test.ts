// SPDX-License-Identifier: EUPL-1.2
// The report: what is taken for one, and what the browser finds out about the signed proceedings by itself.
import { beforeAll, describe, expect, it } from 'vitest';
import type { Kept } from '../src/record/keeper';
import { leaf } from '../src/record/tree';
import { audit } from '../src/report/audit';
import { report } from '../src/report/report';
import { de } from '../src/text/report/de';
import { en } from '../src/text/report/en';
import { fr } from '../src/text/report/fr';
import { nl } from '../src/text/report/nl';
import type { Entry } from '../src/wire/messages';
import { base64, type Line, type Log, record, REPORT, signed } from './support/report';
import { ENTRY, MEETING } from './support/samples';

let log: Log;
let kept: Kept;
let SHOWN: readonly Entry[];
beforeAll(async () => {
  ({ log, kept, shown: SHOWN } = await signed());
});

const changed = (change: (l: Log) => void): string => {
  const copy = structuredClone(log);
  change(copy);
  return JSON.stringify(copy);
};

describe('the audit', () => {
  it('finds nothing wrong with what is right', async () => {
    expect(await audit(JSON.stringify(log), SHOWN, kept)).toEqual({ whole: true, entries: 12, heads: 2 });
    expect(await audit(JSON.stringify(log), SHOWN.slice(3, 6), null)).toEqual({ whole: true, entries: 12, heads: 2 });
  });
  it('names the entry that was changed', async () => {
    for (const [name, change] of Object.entries({
      kind: (e: Line) => { e.kind = 'removed'; },
      body: (e: Line) => { e.body = e.body.replace('é', 'e'); },
      by: (e: Line) => { e.by += 1; },
      at: (e: Line) => { e.at = e.at.replace('.123', '.124'); },
      leaf: (e: Line) => { e.leaf = base64(new Uint8Array(32)); },
    })) {
      const raw = changed((l) => change(l.entries[6] as Line));
      expect(await audit(raw, [], null), name).toEqual({ whole: false, why: 'entry', entry: 7 });
    }
    const moved = changed((l) => { (l.entries[6] as Line).seq += 1; });
    expect(await audit(moved, [], null)).toEqual({ whole: false, why: 'gap', entry: 7 });
    const without = changed((l) => void l.entries.splice(3, 1));
    expect(await audit(without, [], null)).toEqual({ whole: false, why: 'gap', entry: 4 });
  });
  it('finds a history that was rewritten whole, by what was signed and what was seen', async () => {
    const copy = structuredClone(log);
    for (const e of copy.entries.slice(5)) {
      e.kind = 'left';
      e.leaf = base64(await leaf(record('lindebekea', e)));
    }
    const raw = JSON.stringify(copy);
    expect(await audit(raw, [], null)).toEqual({ whole: false, why: 'checkpoint', entry: 10 });
    expect(await audit(raw, [], kept)).toMatchObject({ whole: false, why: 'kept', entry: 7 });
  });
  it('finds what was cut off, and a signature that is none', async () => {
    const short = changed((l) => void l.entries.splice(9));
    expect(await audit(short, [], null)).toEqual({ whole: false, why: 'checkpoint', entry: 0 });
    const unsigned = changed((l) => {
      for (const c of l.checkpoints) c.note = c.note.replace('\n10\n', '\n11\n');
    });
    expect(await audit(unsigned, [], null)).toEqual({ whole: false, why: 'checkpoint', entry: 0 });
  });
  it('follows the key from the first to the last', async () => {
    const two = await signed(true);
    const bent = (change: (l: Log) => void): Promise<unknown> => {
      const copy = structuredClone(two.log);
      change(copy);
      return audit(JSON.stringify(copy), [], null);
    };
    const epochs = (l: Log): { note: string }[] => l.epochs as { note: string }[];
    const whole = { whole: true, entries: 12, heads: 2 };
    expect(await audit(JSON.stringify(two.log), two.shown, two.kept)).toEqual(whole);
    expect(await bent((l) => void epochs(l).pop())).toMatchObject({ why: 'checkpoint' });
    const again = (l: Log): void => void epochs(l).push(epochs(l)[0] as { note: string });
    expect(await bent(again)).toMatchObject({ why: 'key-twice' });
    const listed = (epochs(two.log)[0] as { note: string }).note;
    const later = { note: listed.replace('/epoch\n1\n', '/epoch\n2\n') };
    expect(await bent((l) => void (epochs(l)[0] = later))).toMatchObject({ why: 'key-gap' });
    const lie = { note: listed.replace(' 5 ', ' 6 ') };
    expect(await bent((l) => void (epochs(l)[0] = lie))).toMatchObject({ why: 'key' });
    // The sealed beginning is named by the epoch: without its checkpoint, or with another, it does not fit.
    expect(await bent((l) => void l.checkpoints.shift())).toMatchObject({ why: 'checkpoint' });
    expect(await bent((l) => void l.checkpoints.pop())).toEqual({ whole: true, entries: 12, heads: 1 });
    const other = { ...two.kept, signer: two.kept.key };
    expect(await audit(JSON.stringify(two.log), [], other)).toMatchObject({ why: 'key' });
  });
  it('makes a proof of two histories from what it kept', async () => {
    const two = await signed();
    const copy = structuredClone(two.log);
    const wrong = [{ ...(two.kept.heads[0] as Kept['heads'][number]), root: `${'A'.repeat(43)}=` }];
    const found = await audit(JSON.stringify(copy), [], { ...two.kept, heads: wrong });
    if (found.whole || found.proof === undefined) throw new Error('no proof');
    expect(JSON.parse(found.proof)).toMatchObject({
      format: 'conclave two histories 1', server: two.log.server, key: two.log.key, meeting: 'lindebekea', epoch: 0,
      first: wrong[0]?.note, second: two.log.checkpoints[1]?.note,
    });
    expect(JSON.parse(found.proof).hashes.length).toBeGreaterThan(44);
    const old = [{ ...(wrong[0] as Kept['heads'][number]), note: '' }];
    const without = await audit(JSON.stringify(copy), [], { ...two.kept, heads: old });
    expect(without).toEqual({ whole: false, why: 'kept', entry: 7 });
  });
  it('knows the key that was pinned', async () => {
    const other = { ...kept, key: base64(new Uint8Array(32)) };
    expect(await audit(JSON.stringify(log), [], other)).toEqual({ whole: false, why: 'key', entry: 0 });
    expect(await audit(JSON.stringify(log), [], { ...kept, server: '0' })).toMatchObject({ why: 'key' });
  });
  it('finds a report that tells otherwise', async () => {
    const lies = (change: Partial<Entry>): readonly Entry[] =>
      SHOWN.map((e) => (e.seq === 4 ? { ...e, ...change } : e));
    for (const change of [{ kind: 'left' }, { by: null }, { at: MEETING.starts }] as const)
      expect(await audit(JSON.stringify(log), lies(change), kept)).toEqual({ whole: false, why: 'report', entry: 4 });
    const more = [{ ...ENTRY, seq: 13 }];
    expect(await audit(JSON.stringify(log), more, kept)).toEqual({ whole: false, why: 'report', entry: 13 });
  });
  it.each(['', '{', '[]', '{"format":"other"}'])('%j is unreadable', async (raw) => {
    expect(await audit(raw, [], null)).toEqual({ whole: false, why: 'unreadable', entry: 0 });
  });
});

describe('a report', () => {
  it('is taken field by field', () => {
    const taken = report(JSON.parse(JSON.stringify({ ...REPORT, extra: 1 })));
    expect(taken).toMatchObject({ verified: true, items: [{ title: 'Notulen' }], people: [{ party: null }] });
    expect(taken).not.toHaveProperty('extra');
  });
  it('is none when anything is missing', () => {
    for (const key of Object.keys(REPORT)) expect(() => report({ ...REPORT, [key]: undefined }), key).toThrow();
    for (const bad of [null, [], 'x', {}]) expect(() => report(bad)).toThrow();
  });
});

describe('the texts of the report', () => {
  const holes = (m: unknown): string => [...JSON.stringify(m).matchAll(/\{([a-z]+)\}/g)].map((x) => x[1]).sort().join();
  it.each(Object.entries({ fr, de, en }))('%s has the same keys and holes', (_, messages) => {
    expect(Object.keys(messages)).toEqual(Object.keys(nl));
    for (const [key, m] of Object.entries(messages)) expect(holes(m), key).toBe(holes(nl[key as keyof typeof nl]));
  });
});
