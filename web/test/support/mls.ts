// SPDX-License-Identifier: EUPL-1.2
// ts-mls as published, as repaired by our build, and with a fault of an older version put back on purpose; so that a
// test can show that it would notice.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { installed, packageFolder, patched, type Patch, repair } from '../../build/mls';

export type Library = typeof import('ts-mls');

const folder = packageFolder(repair);

/** The fault of 1.6.2: a commit that removes exactly one member carries no new secrets. */
export const unsafe: Patch = {
  ...repair,
  replace: [
    {
      from: 'Object.values(grouped.update).length > 0 || Object.values(grouped.remove).length > 0',
      to: 'Object.values(grouped.update).length > 1 || Object.values(grouped.remove).length > 1',
    },
  ],
};

/** What a removed member would change in its own copy: it goes on although it was cut off, as 1.6.2 did. */
export const stubborn: Patch = {
  ...repair,
  file: 'dist/src/processMessages.js',
  replace: [{ from: 'if (result.selfRemoved) {', to: 'if (result.selfRemoved && content.content.commit.path !== undefined) {' }],
};

/** A copy of the library beside the installed one, with these patches, one after the other. */
export async function library(...patches: readonly Patch[]): Promise<{ readonly mls: Library; remove(): void }> {
  const beside = join(folder, '..', '.conclave-mls');
  mkdirSync(beside, { recursive: true });
  const copy = mkdtempSync(join(beside, 'build-'));
  cpSync(folder, copy, { recursive: true, filter: (path) => !/\.(?:map|d\.ts)$/.test(path) });
  for (const patch of patches) {
    const file = join(copy, patch.file);
    const content = readFileSync(file, 'utf8');
    // A second patch meets what the first one left.
    const sha256 = createHash('sha256').update(content).digest('hex');
    writeFileSync(file, patched(patch === repair ? patch : { ...patch, sha256 }, installed(copy), content));
  }
  const mls = (await import(/* @vite-ignore */ join(copy, 'dist/src/index.js'))) as Library;
  return { mls, remove: () => rmSync(copy, { recursive: true, force: true }) };
}
