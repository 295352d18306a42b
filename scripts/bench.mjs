// npm run bench [-- arguments]: builds, compiles bench/ and runs every family of it.
import { root, runTool } from './run-tool.mjs';

await import('./build.mjs');
runTool('tsc', ['--project', 'tsconfig.programs.json']);
await import(`${root}build/bench/main.js`);
