// SPDX-License-Identifier: EUPL-1.2
// The building blocks of wire/parse.ts: each takes something unknown and gives a value of its type, or throws
// Malformed. Objects are built anew from the fields that are named here; what else was in them is left behind.

export class Malformed extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'Malformed';
  }
}

export type Check<T> = (u: unknown) => T;

/** An id or a count from 1: below 2^31 (PROTOCOL). */
export const id: Check<number> = (u) => {
  if (typeof u !== 'number' || !Number.isInteger(u) || u < 1 || u >= 2 ** 31) throw new Malformed('id');
  return u;
};

export function between(low: number, high: number): Check<number> {
  return (u) => {
    if (typeof u !== 'number' || !(u >= low && u <= high)) throw new Malformed('number');
    return u;
  };
}

export const flag: Check<boolean> = (u) => {
  if (typeof u !== 'boolean') throw new Malformed('flag');
  return u;
};

export const text: Check<string> = (u) => {
  if (typeof u !== 'string') throw new Malformed('text');
  return u;
};

export function matching(shape: RegExp): Check<string> {
  return (u) => {
    if (!shape.test(text(u))) throw new Malformed('shape');
    return text(u);
  };
}

/** ISO 8601 in UTC with milliseconds. */
export const time: Check<string> = (u) => {
  const t = matching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)(u);
  if (Number.isNaN(Date.parse(t))) throw new Malformed('time');
  return t;
};

export function oneOf<const T extends string | number>(values: readonly T[]): Check<T> {
  return (u) => {
    const found = values.find((v) => v === u);
    if (found === undefined) throw new Malformed('word');
    return found;
  };
}

export function orNull<T>(check: Check<T>): Check<T | null> {
  return (u) => (u === null ? null : check(u));
}

export function listOf<T>(check: Check<T>, atMost: number): Check<readonly T[]> {
  return (u) => {
    if (!Array.isArray(u) || u.length > atMost) throw new Malformed('list');
    return u.map((x) => check(x));
  };
}

/** The own property of a plain object; undefined when it has none of that name. */
export function field(u: unknown, name: string): unknown {
  if (typeof u !== 'object' || u === null || Array.isArray(u)) throw new Malformed('object');
  return Object.getOwnPropertyDescriptor(u, name)?.value;
}

export function object<T extends object>(fields: { readonly [K in keyof T]: Check<T[K]> }): Check<T> {
  return (u) => {
    const made: Partial<T> = {};
    for (const name in fields) made[name] = fields[name](field(u, name));
    return made as T;
  };
}
