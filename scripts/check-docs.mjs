// npm run docs: every `ts` block of the documentation compiles against dist/; one followed by a `text` block prints that text.
// A block is one module and stands alone. It runs in a folder of its own that holds a copy of docs/samples/.
import { execFile, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { docBlocks } from './doc-blocks.mjs';
import { root } from './run-tool.mjs';

const folder = `${root}build/docs`;
const blocks = docBlocks();
const programs = [...blocks.entries()].filter(([, { run, output }]) => run && output !== undefined);

if (!existsSync(`${root}dist/src/index.js`)) {
  console.error('dist/ is missing: run `npm run build` first');
  process.exit(1);
}
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

let faults = compile();
if (faults.length === 0) faults = await runAll();
for (const fault of faults) console.error(fault);
console.log(`${blocks.length} blocks of code compiled, ${programs.length} to run, ${faults.length} faults`);
if (faults.length > 0) process.exit(1);

/** Compiles all blocks in one run of the compiler, and answers with its errors. */
function compile() {
  for (const [index, { code, line }] of blocks.entries()) {
    // As many empty lines as stand above the block in its page: the compiler's line numbers are those of the page.
    writeFileSync(`${folder}/block-${index}.ts`, '\n'.repeat(line - 1) + code);
  }
  const compilerOptions = {
    rootDir: '.',
    outDir: '.',
    noEmit: false,
    allowJs: false,
    checkJs: false,
    moduleDetection: 'force',
    noUnusedLocals: false,
    noUnusedParameters: false,
  };
  const config = { extends: '../../tsconfig.json', compilerOptions, include: ['*.ts'], exclude: [] };
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify(config));

  const args = ['--project', folder, '--pretty', 'false'];
  const { status, stdout } = spawnSync(`${root}node_modules/.bin/tsc`, args, { cwd: folder, encoding: 'utf8' });
  if (status === 0) return [];
  return stdout
    .trimEnd()
    .replaceAll(/^block-(\d+)\.ts\((\d+),\d+\)/gm, (_, index, line) => {
      return `${blocks[Number(index)]?.file}:${line}`;
    })
    .split('\n');
}

/** Runs the programs, two at a time, and answers with what went wrong. */
async function runAll() {
  /** @type {string[]} */
  const wrong = [];
  const waiting = programs.values();
  const worker = async () => {
    for (const [index, { file, line, output }] of waiting) {
      const { printed, failure } = await runBlock(index);
      if (failure !== undefined) wrong.push(`${file}:${line}: the program fails\n${failure}`);
      else if (printed.trimEnd() !== output?.trimEnd()) {
        wrong.push(
          `${file}:${line}: the page and the program differ\n--- the page says\n${output}\n--- it prints\n${printed}`,
        );
      }
    }
  };
  await Promise.all([worker(), worker()]);
  return wrong;
}

/**
 * @param {number} index
 * @returns {Promise<{ printed: string, failure?: string }>}
 */
function runBlock(index) {
  const cwd = `${folder}/run-${index}`;
  mkdirSync(cwd);
  if (existsSync(`${root}docs/samples`)) cpSync(`${root}docs/samples`, cwd, { recursive: true });
  return new Promise((done) => {
    execFile(process.execPath, [`${folder}/block-${index}.js`], { cwd, timeout: 60_000 }, (error, stdout, stderr) => {
      done(error === null ? { printed: stdout } : { printed: stdout, failure: stderr || error.message });
    });
  });
}
