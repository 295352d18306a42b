// npm run build: dist/ from nothing. First the compiler, then the engine's text.
import { copyFile, rm } from 'node:fs/promises';
import { writeEngineText } from './engine-text.mjs';
import { root, runTool } from './run-tool.mjs';

await rm(`${root}dist`, { recursive: true, force: true });
runTool('tsc', ['--project', 'tsconfig.build.json']);
await writeEngineText(`${root}dist/src/engine/text-node.js`);
await copyFile(`${root}dist/src/engine/text.d.ts`, `${root}dist/src/engine/text-node.d.ts`);
