// SPDX-License-Identifier: EUPL-1.2
// The last step of the build: index.html names the hash of every script and style it loads (SRI), and manifest.json
// lists every file of the client with its hashes, so that anybody can compare what a server serves with what was
// published. Beside each file that shrinks lies FILE.gz for the server to send; the manifest speaks of the files.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

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

export function sealed(): Plugin {
  let folder = '';
  return {
    name: 'conclave-seal',
    apply: 'build',
    configResolved: (config) => {
      folder = resolve(config.root, config.build.outDir);
    },
    writeBundle: () => {
      const index = join(folder, 'index.html');
      const parts = filesIn(folder)
        .filter((f) => f !== index)
        .map((f) => seal(folder, f));
      const html = withIntegrity(readFileSync(index, 'utf8'), parts);
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
