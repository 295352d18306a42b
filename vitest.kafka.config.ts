import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Tests against a real broker: `npm run test:kafka`. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['test/kafka/**/*.test.ts'],
    exclude: [],
    globalSetup: ['test/support/global-setup.ts', 'test/support/kafka/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // One broker serves them all, and its machine may be small.
    maxWorkers: 2,
  },
});
