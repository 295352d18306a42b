// npm run check: every check in order, stopping at the first that fails. `--skip=build,test` leaves out what has run.
import { spawnSync } from 'node:child_process';
import { root } from './run-tool.mjs';

/** Each script of package.json, and what to do when it fails. */
const steps = {
  format: 'run `npm run format:fix`',
  lint: 'mend what oxlint names above; `npx oxlint --type-aware --fix` does the simple ones',
  types: 'mend the compiler errors above',
  build: 'mend the compiler errors above, or what scripts/build.mjs says',
  test: 'run the failing file alone, `npx vitest run test/<path>`; `npm run coverage` lists the lines that no test reaches',
  docs: 'mend the block at the file and line above; its output is what a reader would see',
  api: 'if the change of the public surface is meant, run `npm run api:fix` and commit docs/api/',
  'pack:check': 'mend package.json or the file named above; a bundle may outgrow .size-limit.json only on purpose',
};

const skipped =
  process.argv
    .find((argument) => argument.startsWith('--skip='))
    ?.slice('--skip='.length)
    .split(',') ?? [];

for (const [step, fix] of Object.entries(steps)) {
  if (skipped.includes(step)) continue;
  const start = performance.now();
  // Without the `pre` scripts: the step before `test` is the build.
  const { status } = spawnSync('npm', ['run', '--silent', '--ignore-scripts', step], { cwd: root, stdio: 'inherit' });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${step.padEnd(10)} ${seconds.padStart(6)} s`);
  if (status !== 0) {
    console.log(`How to fix it: ${fix}.`);
    process.exit(status ?? 1);
  }
}
