import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// The second prints how many cases of the oracles hold; .ci/run prints the sums of the JSON report.
const reporters = ['default', './test/support/oracle-reporter.ts'];

export default defineConfig({
  resolve: {
    // test/support/global-setup.ts writes it: the tests run the sources, and need the text of these sources.
    alias: { '#engine-text': fileURLToPath(new URL('build/test/engine-text.js', import.meta.url)) },
  },
  test: {
    include: ['test/**/*.test.ts'],
    // They have scripts of their own: `npm run test:crash`, and against real brokers `test:kafka` and `test:mqtt`.
    exclude: ['test/crash/**', 'test/kafka/**', 'test/mqtt/**'],
    globalSetup: 'test/support/global-setup.ts',
    reporters:
      process.env.CI === undefined ? reporters : [...reporters, ['json', { outputFile: 'build/test/report.json' }]],
    typecheck: { include: ['test/types/**/*.test-d.ts'], tsconfig: 'tsconfig.json' },
    coverage: {
      provider: 'v8',
      include: ['core/**/*.ts', 'operators/**/*.ts', 'connectors/**/*.ts', 'src/**/*.ts'],
      // Most of it needs a broker: vitest.kafka.config.ts.
      exclude: ['connectors/kafka/kafkajs/**'],
      reporter: ['text-summary'],
      thresholds: { lines: 95, branches: 90 },
    },
    // A guard against tests that hang. Property tests under coverage take seconds where the machine has other work.
    testTimeout: 60_000,
  },
});
