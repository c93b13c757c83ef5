// SPDX-License-Identifier: EUPL-1.2
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'node',
    reporters: ['default', './test/support/summary.ts'],
    coverage: { include: ['src/**/*.ts'], reporter: ['text'] },
  },
});
