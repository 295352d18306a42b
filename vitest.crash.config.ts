import { defineConfig } from 'vitest/config';

// Tests that kill real processes: they take minutes, and run one after the other.
export default defineConfig({
  test: {
    include: ['test/crash/**/*.test.ts'],
    fileParallelism: false,
    disableConsoleIntercept: true,
    reporters:
      process.env.CI === undefined ? ['default'] : ['default', ['json', { outputFile: 'build/test/report.json' }]],
  },
});
