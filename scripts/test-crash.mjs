// npm run test:crash [-- arguments]: builds, compiles the programs that are killed, and runs the tests that kill them.
import { runTool } from './run-tool.mjs';

await import('./build.mjs');
runTool('tsc', ['--project', 'tsconfig.programs.json']);
runTool('vitest', ['run', '--config', 'vitest.crash.config.ts', ...process.argv.slice(2)]);
