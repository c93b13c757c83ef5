// SPDX-License-Identifier: EUPL-1.2
// The last step of the build: index.html names the hash of every script and style it loads (SRI), and of the modules
// that it imports later (src/part.ts); manifest.json
// lists every file of the client with its hashes, so that anybody can compare what a server serves with what was
// published. Beside each file that shrinks lies FILE.gz for the server to send; the manifest speaks of the files.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Plugin, Rollup } from 'vite';

export interface Sealed {
  readonly path: string;
  readonly bytes: number;
  /** Hexadecimal, as sha256sum prints it. */
  readonly sha256: string;
  /** As the `integrity` attribute wants it. */
  readonly integrity: string;
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((e) =>
    e.isDirectory() ? filesIn(join(folder, e.name)) : [join(folder, e.name)],
  );
}

function seal(folder: string, file: string): Sealed {
  const content = readFileSync(file);
  return {
    path: `/${relative(folder, file).split(sep).join('/')}`,
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
    integrity: `sha384-${createHash('sha384').update(content).digest('base64')}`,
  };
}

/** Smaller, or nothing. */
export function packed(content: Buffer): Buffer | null {
  const small = gzipSync(content, { level: 9 });
  return small.length < content.length ? small : null;
}

/** Every `<script src>` and `<link href>` of ours gets its hash; one that is not among the files stops the build. */
export function withIntegrity(html: string, files: readonly Sealed[]): string {
  return html.replace(
    /<(script|link)\b[^>]*?\b(?:src|href)="([^"]+)"[^>]*>/g,
    (tag: string, name: string, path: string) => {
      if (name === 'link' && !/\brel="(?:stylesheet|modulepreload)"/.test(tag)) return tag;
      const file = files.find((f) => f.path === path);
      if (file === undefined) throw new Error(`${path} is not among the files that were built`);
      return tag.replace(/\s*>$/, ` integrity="${file.integrity}">`);
    },
  );
}

type Bundle = Rollup.OutputBundle;

/** A chunk and what it imports, the imported first, without those in `had`. */
function withImports(bundle: Bundle, name: string, had: Set<string>): string[] {
  const chunk = bundle[name];
  if (chunk?.type !== 'chunk' || had.has(name)) return [];
  had.add(name);
  return [...chunk.imports.flatMap((other) => withImports(bundle, other, had)), name];
}

/** The links of index.html for the parts that are imported later: `data-part` is PART of `import('./PART')`. */
export function later(bundle: Bundle, source: string, files: readonly Sealed[]): string[] {
  const chunks = Object.values(bundle).filter((c) => c.type === 'chunk');
  const entries = chunks.filter((c) => c.isEntry).map((c) => c.fileName);
  return chunks
    .filter((c) => c.isDynamicEntry)
    .sort((a, b) => (a.fileName < b.fileName ? -1 : 1))
    .flatMap((c) => {
      const part = relative(source, c.facadeModuleId ?? '').split(sep).join('/').replace(/\.ts$/, '');
      const had = new Set<string>();
      for (const entry of entries) withImports(bundle, entry, had);
      return withImports(bundle, c.fileName, had).map((name) => {
        const file = files.find((f) => f.path === `/${name}`);
        if (file === undefined || !/^[a-z/]+$/.test(part)) throw new Error(`${name} cannot be imported by its hash`);
        return `<link rel="later" data-part="${part}" href="${file.path}" integrity="${file.integrity}">`;
      });
    });
}

export function sealed(): Plugin {
  let source = '';
  let folder = '';
  return {
    name: 'conclave-seal',
    apply: 'build',
    configResolved: (config) => {
      folder = resolve(config.root, config.build.outDir);
      source = resolve(config.root, 'src');
    },
    writeBundle: (_, bundle) => {
      const index = join(folder, 'index.html');
      const parts = filesIn(folder)
        .filter((f) => f !== index)
        .map((f) => seal(folder, f));
      const links = later(bundle, source, parts).map((link) => `  ${link}\n`);
      const html = withIntegrity(readFileSync(index, 'utf8'), parts).replace('</head>', `${links.join('')}</head>`);
      if (/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/.test(html))
        throw new Error('index.html holds inline script or style');
      writeFileSync(index, html);
      const files = [...parts, seal(folder, index)].sort((a, b) => (a.path < b.path ? -1 : 1));
      writeFileSync(join(folder, 'manifest.json'), `${JSON.stringify({ version: 1, files }, null, 1)}\n`);
      for (const file of filesIn(folder)) {
        const small = packed(readFileSync(file));
        if (small !== null) writeFileSync(`${file}.gz`, small);
      }
    },
  };
}
