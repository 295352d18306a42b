// npm start: builds, compiles examples/ and runs the first one.
import { root, runTool } from './run-tool.mjs';

await import('./build.mjs');
runTool('tsc', ['--project', 'tsconfig.programs.json']);
await import(`${root}build/examples/weather.js`);
