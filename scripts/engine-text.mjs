import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as esbuild from 'esbuild';
import { root } from './run-tool.mjs';

const errors = `${root}core/errors.ts`;

/**
 * The text keeps one import, as `require("millrace:errors")`: an error thrown by a copy of the engine must be an
 * `instanceof` of the class that the user has imported.
 *
 * @type {import('esbuild').Plugin}
 */
const sharedErrors = {
  name: 'shared-errors',
  setup(build) {
    build.onResolve({ filter: /errors\.ts$/ }, async ({ path, pluginData, ...where }) => {
      if (pluginData === sharedErrors) return undefined; // our own question, below
      const found = await build.resolve(path, { ...where, pluginData: sharedErrors });
      return found.path === errors ? { path: 'millrace:errors', external: true } : found;
    });
  },
};

/**
 * Bundles src/engine/entry.ts into one CommonJS text.
 *
 * @returns {Promise<string>}
 */
export async function engineText() {
  const { outputFiles, metafile } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: ['src/engine/entry.ts'],
    bundle: true,
    format: 'cjs',
    platform: 'neutral',
    target: 'es2022',
    packages: 'external',
    minifyWhitespace: true,
    minifySyntax: true, // but not the names: they stand in stack traces and profiles
    legalComments: 'none',
    plugins: [sharedErrors],
    metafile: true,
    write: false,
    logLevel: 'silent', // what fails is thrown
  });
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path));
  const foreign = imports.filter((path) => path !== 'millrace:errors');
  if (foreign.length > 0) {
    throw new Error(
      `src/engine/entry.ts must import nothing but core/ and operators/ without rxjs, got ${foreign.join(', ')}`,
    );
  }
  const [bundle] = outputFiles;
  if (bundle === undefined) throw new Error('esbuild wrote no bundle of src/engine/entry.ts');
  return bundle.text;
}

/**
 * Writes the text as a module that exports `engineText`, as src/engine/text.ts does.
 *
 * @param {string} file
 */
export async function writeEngineText(file) {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `export const engineText = ${JSON.stringify(await engineText())};\n`);
}
