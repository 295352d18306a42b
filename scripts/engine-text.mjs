import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as esbuild from 'esbuild';
import { parseAst } from 'vitest/node';
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

/** A module's own constant that is a number. */
const number = /^(export )?const (\w+) = -?(?:0x)?[\da-f_]+(?: \*\* \d+)?;\n/gm;

/**
 * esbuild writes a constant number where its name stands, but only of modules that import nothing; elsewhere the name is a look
 * into memory for each record. So a module's numbers become a module of their own.
 *
 * @type {import('esbuild').Plugin}
 */
const numbersApart = {
  name: 'numbers-apart',
  setup(build) {
    const filter = /\.ts$/;
    build.onLoad({ filter, namespace: 'file' }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const names = Array.from(text.matchAll(number), ([, , name]) => name).join(', ');
      if (names === '') return undefined;
      const rest = text.replace(number, (_, exported, name) => (exported === undefined ? '' : `export { ${name} };\n`));
      return { contents: `import { ${names} } from 'numbers:${path}';\n${rest}`, loader: 'ts' };
    });
    build.onResolve({ filter: /^numbers:/ }, ({ path }) => {
      return { path: path.slice('numbers:'.length), namespace: 'numbers' };
    });
    build.onLoad({ filter, namespace: 'numbers' }, async ({ path }) => {
      const statements = Array.from((await readFile(path, 'utf8')).matchAll(number), ([statement]) => statement);
      return { contents: statements.map((each) => each.replace(/^(export )?/, 'export ')).join(''), loader: 'ts' };
    });
  },
};

/**
 * Gives what is private to a class a name that no other class has. To V8 a private name is a look into the scope, and of a
 * method a check beside it: a tenth of the bytecode of what a record passes through, and what is too long is not compiled into
 * one piece.
 *
 * @param {string} text
 */
function privateNamesApart(text) {
  /** @type {{ start: number, end: number, name: string }[]} */
  const edits = [];
  let classes = 0;
  /**
   * @param {any} node
   * @param {ReadonlyMap<string, string>} names
   */
  const visit = (node, names) => {
    if (node.type === 'ClassBody') {
      classes++;
      const own = node.body.flatMap((/** @type {any} */ { key }) =>
        key?.type === 'PrivateIdentifier' ? [key.name] : [],
      );
      names = new Map([...names, ...own.map((/** @type {string} */ name) => [name, `${name}$${classes}`])]);
    }
    for (const [place, child] of Object.entries(node)) {
      if (child?.type === 'PrivateIdentifier') {
        const { start, end, name } = child;
        const known = names.get(name) ?? name;
        // `#name in object`
        edits.push({ start, end, name: place === 'left' ? `'${known}'` : known });
      } else if (Array.isArray(child))
        child.forEach((each) => each !== null && typeof each === 'object' && visit(each, names));
      else if (child !== null && typeof child === 'object') visit(child, names);
    }
  };
  visit(parseAst(text), new Map());
  edits.sort((one, other) => one.start - other.start);
  let [apart, done] = ['', 0];
  for (const { start, end, name } of edits) {
    const before = text.slice(done, start);
    // Such as `get#name`.
    apart += /\w$/.test(before) ? `${before} ${name}` : before + name;
    done = end;
  }
  return apart + text.slice(done);
}

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
    plugins: [sharedErrors, numbersApart],
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
  return privateNamesApart(bundle.text);
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
