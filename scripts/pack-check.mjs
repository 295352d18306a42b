// npm run pack:check: packs the package once and looks at the tarball as a stranger would.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { root, runTool } from './run-tool.mjs';

/** What may be in it: compiled code with its types, and four papers. */
const allowed = [
  /^dist\/(core|operators|connectors|src)\/.*\.(js|d\.ts)$/,
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/,
];
const required = ['dist/src/index.js', 'dist/src/engine/text-node.js', 'README.md', 'LICENSE', 'CHANGELOG.md'];

const folder = `${root}build/pack/`;
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const answer = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], { cwd: root, encoding: 'utf8' });
const [{ filename, files }] = JSON.parse(answer);
/** @type {string[]} */
const paths = files.map((/** @type {{ path: string }} */ { path }) => path);

const faults = [
  ...paths
    .filter((path) => !allowed.some((pattern) => pattern.test(path)))
    .map((path) => `${path} must not be in the package`),
  ...required.filter((path) => !paths.includes(path)).map((path) => `${path} is missing in the package`),
];
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
console.log(`${filename}: ${paths.length} files`);

runTool('publint', ['--strict', folder + filename]);
runTool('attw', [folder + filename, '--profile', 'esm-only']);
runTool('size-limit', []);
