// SPDX-License-Identifier: EUPL-1.2
// How the tests run: unit tests in node, test/browser and test/view in Debian's browsers.
import { defineConfig } from 'vitest/config';
import { mls } from './build/mls';

export default defineConfig({
  plugins: [mls()],
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'node',
    setupFiles: ['./test/support/node18.ts'],
    reporters: ['default', './test/support/summary.ts'],
    coverage: { include: ['src/**/*.ts'], reporter: ['text'] },
  },
});
