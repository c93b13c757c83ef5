// SPDX-License-Identifier: EUPL-1.2
// The files of this client: what the server's list says of each, and what this browser got.

import { between, type Check, listOf, matching, object } from '../wire/check';
import type { Event } from './event';
import type { Checked, Integrity } from './state';
import { type At, same, type Step, withPage } from './step';

export function integrity(): Integrity {
  return { name: 'integrity', files: null };
}

const files = object<{ files: readonly Omit<Checked, 'found'>[] }>({
  files: listOf(object<Omit<Checked, 'found'>>({
    path: matching(/^\/[\w./-]+$/), bytes: between(0, Number.MAX_SAFE_INTEGER), sha256: matching(/^[0-9a-f]{64}$/),
  }), 1_000),
});

/** /manifest.json; throws when it is none. */
export const readManifest: Check<readonly Checked[]> = (u) => files(u).files.map((f) => ({ ...f, found: null }));

export function checkFiles(s: At<Integrity>): Step {
  if (s.asking !== null) return same(s);
  return [{ ...withPage(s, { files: null }), asking: 'files', trouble: null }, [{ do: 'check-files' }]];
}

export function integrityEvent(s: At<Integrity>, e: Event): Step {
  switch (e.type) {
    case 'check-files':
      return checkFiles(s);
    case 'files':
      return same(withPage(s, { files: e.files }));
    case 'file':
      return same(withPage(s, {
        files: s.page.files?.map((f) => (f.path === e.path ? { ...f, found: e.found } : f)) ?? null,
      }));
    case 'files-done':
      return same({ ...s, asking: null });
    case 'no-files':
      return same({ ...s, asking: null });
    default:
      return same(s);
  }
}
