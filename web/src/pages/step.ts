// SPDX-License-Identifier: EUPL-1.2
// What every part of the pages' update() is made of.

import type { Path } from './api';
import type { Effect } from './effect';
import type { Page, State } from './state';

export type Step = readonly [State, readonly Effect[]];
/** The state while this page is open. */
export type At<P extends Page> = State & { readonly page: P };

export function same(s: State): Step {
  return [s, []];
}

/** One question at a time: a second press while the first is under way does nothing. */
export function asks(s: State, path: Path, body: object): Step {
  return s.asking === null ? [{ ...s, asking: path, trouble: null, done: null }, [{ do: 'ask', path, body }]] : same(s);
}

/** As asks(), of what an answer has just led to. (A module that exports `then` could not be awaited.) */
export function follow(s: State, path: Path, body: object): Step {
  return asks({ ...s, asking: null }, path, body);
}

export function withPage<P extends Page>(s: At<P>, more: Partial<P>): At<P> {
  return { ...s, page: { ...s.page, ...more } };
}
