import { isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe.each(['src/index.ts', 'operators/index.ts', 'src/testing/index.ts'])('%s in a browser', (entry) => {
  it('imports rxjs and nothing of Node', async () => {
    expect(await foreignImports({ entryPoints: [root + entry] })).toEqual([]);
  });
});

describe('the check above', () => {
  it.each(["import 'node:fs';", "import 'fs';", "export const lazy = import('node:worker_threads');"])(
    'catches %s',
    async (contents) => {
      expect(await foreignImports({ stdin: { contents, resolveDir: root } })).toHaveLength(1);
    },
  );
});

/** Bundles for a browser, and answers with what the bundle still imports, rxjs left out. */
async function foreignImports(what: Pick<Parameters<typeof build>[0], 'entryPoints' | 'stdin'>): Promise<string[]> {
  const { metafile } = await build({
    ...what,
    absWorkingDir: root,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['browser'],
    // Left out of the bundle, so that the list below names them; anything else that cannot be found throws.
    packages: 'external',
    external: ['node:*'],
    // What `#engine-text` of package.json says to a browser, before there is a dist/.
    alias: { '#engine-text': './src/engine/text.ts' },
    metafile: true,
    write: false,
    outdir: 'out',
    logLevel: 'silent',
  });
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path));
  return imports.filter((path) => !/^rxjs(\/testing)?$/.test(path) && (isBuiltin(path) || !path.startsWith('.')));
}
