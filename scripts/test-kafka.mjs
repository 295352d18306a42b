// npm run test:kafka [-- arguments]: builds, compiles the programs that are killed, and runs the tests against a real broker.
import { runTool } from './run-tool.mjs';

await import('./build.mjs');
runTool('tsc', ['--project', 'tsconfig.programs.json']);
runTool('vitest', ['run', '--config', 'vitest.kafka.config.ts', ...process.argv.slice(2)]);
