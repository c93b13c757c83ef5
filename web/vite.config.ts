// SPDX-License-Identifier: EUPL-1.2
// Output: static files in dist/, hashes in their names, nothing inline, nothing from elsewhere.

import { defineConfig } from 'vite';
import { mls } from './build/mls';
import { sealed } from './build/seal';
import { plain, slim } from './build/slim';

export default defineConfig({
  base: '/',
  plugins: [mls(), slim(), sealed()],
  // A worker is one file: no browser checks the hash of what a worker imports.
  worker: { format: 'es', plugins: () => [mls(), plain()], rollupOptions: { output: { inlineDynamicImports: true } } },
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0, // the content security policy allows no data: addresses
    cssCodeSplit: false,
    modulePreload: false, // src/part.ts does it, with hashes
    sourcemap: false,
    reportCompressedSize: false,
  },
});
