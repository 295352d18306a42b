import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { writeEngineText } from '../../scripts/engine-text.mjs';

const file = fileURLToPath(new URL('../../build/test/engine-text.js', import.meta.url));

/** Before any test: the engine's text, bundled from the sources that the tests import. Again on each rerun of a watch. */
export default async function setup(project: TestProject): Promise<void> {
  await writeEngineText(file);
  project.onTestsRerun(() => writeEngineText(file));
}
