import { readFileSync, readdirSync } from 'node:fs';
import { root } from './run-tool.mjs';

/**
 * A fenced block of code in a page or in a doc comment.
 *
 * @typedef {object} Block
 * @property {string} file from the root of the repository
 * @property {number} line of the first line of its code
 * @property {string} code
 * @property {boolean} run false if its fence says `no-run`
 * @property {string | undefined} output the `text` block that follows it, if one does
 */

/** Every `ts` block of README.md, docs/ (without the generated docs/api/) and the library's doc comments. */
export function docBlocks() {
  const pages = ['README.md', ...files('docs', '.md').filter((file) => !file.startsWith('docs/api/'))];
  const sources = ['core', 'operators', 'connectors', 'src'].flatMap((folder) => files(folder, '.ts'));
  return [
    ...pages.flatMap((file) => blocksOf(file, read(file).split('\n'))),
    ...sources.flatMap((file) => blocksOf(file, docComments(read(file)))),
  ];
}

/** @param {string} file */
const read = (file) => readFileSync(root + file, 'utf8');

/**
 * @param {string} folder
 * @param {string} ending
 */
function files(folder, ending) {
  const entries = readdirSync(root + folder, { recursive: true, withFileTypes: true });
  const found = entries.filter((entry) => entry.isFile() && entry.name.endsWith(ending));
  return found.map((entry) => `${entry.parentPath}/${entry.name}`.slice(root.length)).toSorted();
}

/**
 * The lines of a source, those outside doc comments empty and those inside without their star, so that a line keeps its number.
 *
 * @param {string} source
 */
function docComments(source) {
  let inside = false;
  return source.split('\n').map((line) => {
    if (/^\s*\/\*\*/.test(line)) inside = true;
    const kept = inside ? line.replace(/^\s*(\/\*\*|\*(?!\/)) ?/, '') : '';
    if (line.includes('*/')) inside = false;
    return kept;
  });
}

/**
 * @param {string} file
 * @param {readonly string[]} lines
 */
function blocksOf(file, lines) {
  /** @type {Block[]} */
  const blocks = [];
  /** @type {Block | undefined} the `ts` block before, with nothing but empty lines since */
  let before;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const [, indent = '', fence = '', info = ''] = /^(\s*)(`{3,})(.*)$/.exec(line) ?? [];
    if (fence === '') {
      if (line.trim() !== '') before = undefined;
      continue;
    }
    const start = at + 1;
    while (++at < lines.length && lines[at]?.trim() !== fence);
    if (at === lines.length) throw new Error(`${file}:${start}: this block is never closed`);
    const code = lines.slice(start, at).map((inner) => inner.slice(inner.startsWith(indent) ? indent.length : 0));
    const [language, ...flags] = info.trim().split(/\s+/);
    if (language === 'text' && before !== undefined) before.output = code.join('\n');
    const isTs = language === 'ts';
    before = undefined;
    if (isTs) {
      before = { file, line: start + 1, code: code.join('\n'), run: !flags.includes('no-run'), output: undefined };
      blocks.push(before);
    }
  }
  return blocks;
}
