// SPDX-License-Identifier: EUPL-1.2
// What the build leaves out, so that less is loaded before the room: the names of the texts, which stand once instead
// of once a language (French, German and English become lists in the order of the Dutch texts), the indentation inside
// the templates of the views, where a line break says the same, and how a library spells out its fields for browsers
// that knew none. The sources stay as they are written.

import { readFileSync } from 'node:fs';
import { join, dirname } from 'node:path';
import { type Plugin, transformWithEsbuild } from 'vite';

type Messages = Readonly<Record<string, unknown>>;

/** The messages that a file of src/text holds. It imports types only, so that it can be evaluated by itself. */
async function messagesIn(file: string, language: string): Promise<Messages> {
  const { code } = await transformWithEsbuild(readFileSync(file, 'utf8'), file);
  const address = `data:text/javascript,${encodeURIComponent(code)}`;
  const messages = ((await import(address)) as Readonly<Record<string, Messages>>)[language];
  if (messages === undefined) throw new Error(`${file} holds no texts called ${language}`);
  return messages;
}

/** The module to be built instead of the file of a language. */
export async function listed(file: string, language: string): Promise<string> {
  const dutch = Object.keys(await messagesIn(join(dirname(file), 'nl.ts'), 'nl'));
  const own = await messagesIn(file, language);
  const missing = dutch.filter((key) => !(key in own));
  if (missing.length > 0 || Object.keys(own).length !== dutch.length)
    throw new Error(`${file} differs: ${missing.join()}`);
  const values = JSON.stringify(dutch.map((key) => own[key]));
  return `import { nl } from './nl';
const values = ${values};
export const ${language} = Object.fromEntries(Object.keys(nl).map((key, at) => [key, values[at]]));`;
}

const PLAIN = ['enumerable: true', 'configurable: true', 'writable: true', 'value: ([^{}]+?)'].join(',\\s+');
const SPELLED = new RegExp(`Object\\.defineProperty\\(this, "(\\w+)", \\{\\s+${PLAIN}\\s+\\}\\);`, 'g');

/** The same fields by assignment, which does the same: they are plain, and no class above has an accessor for them. */
export const assigned = (code: string): string => code.replace(SPELLED, 'this.$1 = $2;');

/** Of what a worker loads too. */
export function plain(): Plugin {
  return {
    name: 'conclave-plain',
    apply: 'build',
    transform: (code, id) => (id.includes('/@hpke/') ? { code: assigned(code), map: null } : null),
  };
}

export function slim(): Plugin {
  return {
    name: 'conclave-slim',
    apply: 'build',
    enforce: 'pre',
    async load(id) {
      const language = /\/src\/text\/(fr|de|en)\.ts$/.exec(id)?.[1];
      return language === undefined ? null : { code: await listed(id, language), map: null };
    },
    transform: (code, id) =>
      id.includes('/src/view/') ? { code: code.replace(/\n[ \t]+/g, '\n'), map: null } : null,
  };
}
