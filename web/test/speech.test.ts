// SPDX-License-Identifier: EUPL-1.2
// What a screen reader is told, in virtual time: politely at most once each three seconds, joined and counted; nothing
// urgent is left out, nor any use of a right.

import { describe, expect, it } from 'vitest';
import type { Effect } from '../src/effect';
import type { News, State } from '../src/state';
import { update } from '../src/update';
import { POLITE_MS, URGENT_MS } from '../src/update/speech';
import { announce, type Step } from '../src/update/step';
import type { Entry } from '../src/wire/messages';
import { ENTRY, GREET, HILDE, inside, JAN, run } from './support/samples';

/** The client with the two clocks of its live regions, and all that it told. */
class Reader {
  s: State;
  now = 0;
  readonly polite: { readonly at: number; readonly news: readonly News[] }[] = [];
  readonly urgent: { readonly at: number; readonly news: News; readonly id: number }[] = [];
  readonly #due = new Map<'polite' | 'urgent', number>();

  constructor(s: State) {
    this.s = s;
  }

  news(news: News, urgent = false): void {
    this.#take(announce(this.s, news, urgent));
  }

  /** Until then, every clock in its turn. */
  until(end: number): void {
    for (;;) {
      const [timer, at] = [...this.#due].sort((a, b) => a[1] - b[1])[0] ?? ['polite', Infinity];
      if (at > end) break;
      this.now = at;
      this.#due.delete(timer);
      this.#take(update(this.s, { type: 'timer', now: at, timer }));
    }
    this.now = end;
  }

  #take([s, effects]: Step): void {
    const { polite, urgent } = s.speech;
    if (polite !== this.s.speech.polite && polite.length > 0)
      this.polite.push({ at: this.now, news: polite.map((n) => n.news) });
    for (const n of urgent.filter((u) => !this.s.speech.urgent.includes(u)))
      this.urgent.push({ at: this.now, news: n.news, id: n.id });
    this.s = s;
    for (const e of effects as readonly Effect[])
      if (e.do === 'timer' && (e.timer === 'polite' || e.timer === 'urgent')) this.#due.set(e.timer, this.now + e.ms);
  }
}

const reader = (told: State['preferences']['told'] = 'usual'): Reader => {
  const s = inside();
  return new Reader({ ...s, speech: { polite: [], pausing: false, waiting: [], urgent: [], stood: 0 },
    preferences: { ...s.preferences, told } });
};
const came = (id: number): News => ({ what: 'entered', person: { id, name: `Lid ${id}`, office: 'member' } });
const right = (seq: number): News => ({ what: 'entry', entry: { ...ENTRY, seq, kind: 'muted' } satisfies Entry });
const whats = (r: Reader): string[][] => r.polite.map(({ news }) => news.map((n) => n.what));

describe('the polite region', () => {
  it('speaks at once after a silence, and then not for three seconds', () => {
    const r = reader();
    r.news({ what: 'floor', person: JAN });
    r.until(1_000);
    r.news({ what: 'hand', place: 2 });
    expect(r.polite).toHaveLength(1);
    r.until(POLITE_MS);
    expect(r.polite.map((p) => p.at)).toEqual([0, POLITE_MS]);
    r.until(60_000);
    expect(r.s.speech, 'nothing is left standing').toMatchObject({ polite: [], pausing: false, waiting: [] });
    r.news({ what: 'floor-free' });
    expect(r.polite.at(-1)?.at).toBe(60_000);
  });
  it('tells only the latest about the same thing', () => {
    const r = reader();
    r.news({ what: 'captions', on: true });
    r.news(came(7));
    r.news({ what: 'floor', person: JAN });
    r.news({ what: 'left', person: { id: 7, name: 'Lid 7', office: 'member' } });
    r.news({ what: 'floor', person: GREET });
    r.until(POLITE_MS);
    expect(r.polite[1]?.news).toEqual([
      { what: 'left', person: { id: 7, name: 'Lid 7', office: 'member' } }, { what: 'floor', person: GREET },
    ]);
  });
  it('counts a crowd', () => {
    const r = reader();
    for (let id = 1; id <= 50; id++) r.news(came(id));
    r.until(60_000);
    expect(r.polite.map((p) => p.news)).toEqual([[came(1)], [{ what: 'many', of: 'entered', n: 49 }]]);
  });
  it('names three, the latest, of what only keeps one up to date', () => {
    const r = reader();
    for (const name of ['Jan', 'An', 'Piet', 'Els', 'Luc']) r.news({ what: 'said', name });
    r.until(60_000);
    expect(r.polite[1]?.news).toEqual(['Piet', 'Els', 'Luc'].map((name) => ({ what: 'said', name })));
  });
  it('leaves no use of a right out', () => {
    const r = reader('needed');
    for (let seq = 1; seq <= 30; seq++) r.news(right(seq));
    r.until(60_000);
    const told = r.polite.flatMap(({ news }) => news.map((n) => (n.what === 'entry' ? n.entry.seq : 0)));
    expect(told).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
  });
  it('tells as much as the person chose, and keeps no pause for what it does not tell', () => {
    const all: readonly News[] = [{ what: 'lost', person: JAN }, came(7), right(5)];
    const told = (['needed', 'usual', 'all'] as const).map((level) => {
      const r = reader(level);
      for (const news of all) r.news(news);
      r.until(10_000);
      return whats(r);
    });
    expect(told).toEqual([[['entry']], [['entered'], ['entry']], [['lost'], ['entered', 'entry']]]);
  });
});

describe('the urgent region', () => {
  it('tells everything at once, each by itself, for long enough', () => {
    const r = reader('needed');
    r.news({ what: 'line-lost' }, true);
    r.news({ what: 'code-differs' }, true);
    expect(r.s.speech.urgent.map((n) => n.news.what)).toEqual(['line-lost', 'code-differs']);
    r.until(URGENT_MS - 1);
    r.news({ what: 'floor-yours' }, true);
    r.until(2 * URGENT_MS - 2);
    expect(r.s.speech.urgent.map((n) => n.news.what), 'six seconds at least').toContain('floor-yours');
    r.until(3 * URGENT_MS);
    expect(r.s.speech.urgent).toEqual([]);
    expect(r.urgent.map((u) => u.at)).toEqual([0, 0, URGENT_MS - 1]);
  });
  it('does not wait for the polite one', () => {
    const r = reader();
    r.news({ what: 'floor', person: HILDE });
    r.news({ what: 'suspended' }, true);
    expect(r.urgent.map((u) => u.at)).toEqual([0]);
    expect(r.s.speech.waiting).toEqual([]);
  });
});

describe('an evening of thirty minutes', () => {
  it('is told without a flood, and whole where it matters', () => {
    const r = reader('all');
    let urgent = 0;
    let rights = 0;
    let seed = 7;
    const draw = (n: number): number => (seed = (seed * 16_807) % 2_147_483_647) % n;
    for (let at = 0; at < 30 * 60_000; at += draw(900)) {
      r.until(at);
      switch (draw(8)) {
        case 0:
          r.news({ what: 'asked', asked: { source: 'camera', by: HILDE, reason: { code: 'agreed' } } }, true);
          urgent++;
          break;
        case 1:
          r.news(right(++rights));
          break;
        case 2:
          r.news({ what: 'lost', person: JAN });
          break;
        case 3:
          r.news({ what: 'floor', person: GREET });
          break;
        default:
          r.news(came(draw(50) + 1));
      }
    }
    r.until(30 * 60_000 + 60_000);
    const times = r.polite.map((p) => p.at);
    expect(Math.min(...times.slice(1).map((at, i) => at - (times[i] ?? 0)))).toBeGreaterThanOrEqual(POLITE_MS);
    expect(times.length).toBeGreaterThan(400);
    expect(new Set(r.urgent.map((u) => u.id)).size).toBe(urgent);
    expect(r.polite.flatMap((p) => p.news).filter((n) => n.what === 'entry')).toHaveLength(rights);
  });
});

describe('outside of the room', () => {
  it('nothing more is told of it', () => {
    const r = reader();
    r.news(came(7));
    r.news(came(8));
    const message = { type: 'over', why: 'ended', by: null, reason: null } as const;
    const { s } = run(r.s, { type: 'received', now: 9, message });
    expect(s.phase.name).toBe('over');
    expect([...s.speech.polite, ...s.speech.waiting].filter((n) => n.news.what === 'entered')).toEqual([]);
  });
});
