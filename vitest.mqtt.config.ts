import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** Tests against a real Mosquitto: `npm run test:mqtt`. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['test/mqtt/**/*.test.ts'],
    exclude: [],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Each test has brokers of its own, and the machine may be small.
    maxWorkers: 2,
  },
});
