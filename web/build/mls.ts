// SPDX-License-Identifier: EUPL-1.2
// Repairs ts-mls while it is built, and while it is tested: mls.patch.json says what is replaced in which file of which
// version. A patch that does not fit exactly, or a bundle that took ts-mls past it, stops the build.

import { createHash } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

export interface Patch {
  readonly package: string;
  readonly version: string;
  /** Inside the package. */
  readonly file: string;
  /** Of that file as it was published. */
  readonly sha256: string;
  readonly replace: readonly { readonly from: string; readonly to: string }[];
}

const HERE = fileURLToPath(new URL('.', import.meta.url));
const MODULES = join(HERE, '../node_modules');

export const repair = JSON.parse(readFileSync(join(HERE, 'mls.patch.json'), 'utf8')) as Patch;

/** Where a patch's package lies. */
export const packageFolder = (patch: Patch): string => join(MODULES, patch.package);

/** The file with each replacement made exactly once. */
export function patched(patch: Patch, version: string, content: string): string {
  if (version !== patch.version) throw new Error(`${patch.package} is ${version}, the patch is for ${patch.version}`);
  if (createHash('sha256').update(content).digest('hex') !== patch.sha256)
    throw new Error(`${patch.package}/${patch.file} is not the file that the patch was made for`);
  return patch.replace.reduce((text, { from, to }) => {
    if (text.split(from).length !== 2) throw new Error(`the patch of ${patch.file} does not fit: ${from.trim()}`);
    return text.replace(from, () => to);
  }, content);
}

/** The version of a package as it is installed. */
export function installed(folder: string): string {
  return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
}

export function mls(patch: Patch = repair): Plugin {
  const folder = realpathSync(packageFolder(patch)); // as the bundler names it, also when node_modules is a link
  const file = join(folder, patch.file);
  let done = false;
  return {
    name: 'conclave-mls',
    enforce: 'pre',
    // Neither the development server's bundler nor the test runner may take the package past load().
    config: () => ({
      optimizeDeps: { exclude: [patch.package] },
      test: { server: { deps: { inline: [patch.package] } } },
    }),
    buildStart: () => {
      done = false;
    },
    load(id) {
      const path = id.split('?')[0] ?? id;
      if (!path.startsWith(`${folder}/`) || !path.endsWith('.js')) return null;
      const code = readFileSync(path, 'utf8');
      if (path === file) done = true;
      // Without the line that names a source map: the sources that it points to are not in the package.
      const whole = path === file ? patched(patch, installed(folder), code) : code;
      return { code: whole.replace(/^\/\/# sourceMappingURL=.*$/m, ''), map: null };
    },
    generateBundle() {
      const met = [...this.getModuleIds()].some((id) => id.startsWith(folder));
      if (met && !done) throw new Error(`${patch.package} was bundled without its repair`);
    },
  };
}
