// npm run example:mqtt: builds, compiles examples/ and runs the one over MQTT, until Ctrl-C.
import { root, runTool } from './run-tool.mjs';

await import('./build.mjs');
runTool('tsc', ['--project', 'tsconfig.programs.json']);
await import(`${root}build/examples/mqtt.js`);
