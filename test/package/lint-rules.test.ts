import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** A tiny file for each rule: where it lies, what it says, and the one rule that must reject it. */
const bad: readonly (readonly [file: string, text: string, rule: string])[] = [
  ['core/now.ts', 'export const t: number = Date.now();', 'no-restricted-properties'],
  ['core/date.ts', 'export const t: Date = new Date();', 'no-present-date'],
  ['core/date-call.ts', 'export const t: string = Date();', 'no-present-date'],
  ['core/performance.ts', 'export const t: number = performance.now();', 'no-restricted-globals'],
  ['core/global.ts', 'export const t: number = globalThis.performance.now();', 'no-restricted-globals'],
  ['core/timeout.ts', 'setTimeout(() => undefined, 1);', 'no-restricted-globals'],
  ['core/interval.ts', 'setInterval(() => undefined, 1);', 'no-restricted-globals'],
  ['core/immediate.ts', 'setImmediate(() => undefined);', 'no-restricted-globals'],
  ['core/process.ts', 'export const p: string = process.platform;', 'no-restricted-globals'],
  ['core/console.ts', 'console.log(1);', 'no-restricted-globals'],
  ['core/any.ts', 'export const a: any = 1;', 'no-explicit-any'],
  ['core/rxjs.ts', "export { of } from 'rxjs';", 'import-direction'],
  ['core/node.ts', "export { readFile } from 'node:fs';", 'import-direction'],
  ['core/bare-node.ts', "export { readFile } from 'fs';", 'import-direction'],
  ['core/driver.ts', "export const driver: Promise<unknown> = import('kafkajs');", 'import-direction'],
  ['core/itself.ts', "export * from 'millrace';", 'import-direction'],
  ['core/to-operators.ts', "export { good } from '../operators/good.ts';", 'import-direction'],
  ['core/to-connectors.ts', "export type { Good } from '../connectors/files/good.ts';", 'import-direction'],
  ['core/to-src.ts', "export type Good = import('../src/good.ts').Good;", 'import-direction'],
  ['core/cycle-a.ts', "import { b } from './cycle-b.ts';\nexport const a = (): unknown => b;", 'no-cycle'],
  ['core/cycle-b.ts', "import { a } from './cycle-a.ts';\nexport const b = (): unknown => a;", 'no-cycle'],
  ['operators/smooth/now.ts', 'export const t: number = Date.now();', 'no-restricted-properties'],
  ['operators/smooth/date.ts', 'export const t: Date = new Date();', 'no-present-date'],
  ['operators/smooth/timeout.ts', 'setTimeout(() => undefined, 1);', 'no-restricted-globals'],
  ['operators/smooth/any.ts', 'export const a: any = 1;', 'no-explicit-any'],
  ['operators/smooth/rxjs.ts', "export type { OperatorFunction } from 'rxjs';", 'import-direction'],
  ['operators/smooth/operator.ts', "export { of } from 'rxjs';", 'import-direction'],
  ['operators/smooth/node.ts', "export { readFile } from 'node:fs';", 'import-direction'],
  ['operators/to-connectors.ts', "export { good } from '../connectors/files/good.ts';", 'import-direction'],
  ['operators/to-src.ts', "export { good } from '../src/good.ts';", 'import-direction'],
  ['connectors/files/any.ts', 'export const a: any = 1;', 'no-explicit-any'],
  ['connectors/files/rxjs.ts', "export { of } from 'rxjs';", 'import-direction'],
  ['connectors/files/itself.ts', "export { of } from 'millrace/operators';", 'import-direction'],
  ['connectors/files/to-operators.ts', "export { good } from '../../operators/good.ts';", 'import-direction'],
  ['connectors/files/to-src.ts', "export { good } from '../../src/good.ts';", 'import-direction'],
  ['src/any.ts', 'export const a: any = 1;', 'no-explicit-any'],
  ['src/to-connectors.ts', "export { good } from '../connectors/files/good.ts';", 'import-direction'],
  ['src/lazy.ts', "export const lazy: Promise<unknown> = import('../connectors/files/good.ts');", 'import-direction'],
  [
    'src/mixed.ts',
    "import { type Good } from '../connectors/files/good.ts';\nexport type G = Good;",
    'import-direction',
  ],
  ['src/dev.ts', "export { readFile } from 'csv-parse';", 'import-direction'],
  ['src/floating.ts', 'Promise.resolve(1);', 'no-floating-promises'],
  ['test/rxjs-internal.ts', "export { x } from 'rxjs/internal/Observable';", 'import-direction'],
  ['test/floating.ts', 'Promise.resolve(1);', 'no-floating-promises'],
];

/** What the rules must let through, so that none of them passes above by rejecting everything. */
const good: Readonly<Record<string, string>> = {
  'core/good.ts': 'export const good: Date = new Date(0);',
  'operators/good.ts': "export { good } from '../core/good.ts';",
  'operators/operator.ts': "export { of } from 'rxjs';",
  'connectors/files/good.ts':
    "export { readFile } from 'node:fs';\nexport { good } from '../../core/good.ts';\nexport type Good = 1;",
  'connectors/files/driver.ts': "export const driver: Promise<unknown> = import('kafkajs');",
  'connectors/files/observable.ts': "export { of } from 'rxjs';",
  'src/good.ts':
    "export { good } from '../operators/good.ts';\nexport type { Good } from '../connectors/files/good.ts';",
  'src/clock.ts': "export { of } from 'rxjs';\nexport const now: number = Date.now();",
  'test/good.ts': "export { good } from '../src/good.ts';",
};

describe('the lint rules', () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-lint-'));
  /** The rules that each file broke. */
  let broken: ReadonlyMap<string, readonly string[]>;

  beforeAll(() => {
    broken = lint(folder, { ...good, ...Object.fromEntries(bad.map(([file, text]) => [file, text])) });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(bad)('reject %s: %s', (file, _text, rule) => {
    expect(broken.get(file)).toEqual([rule]);
  });

  it.each(Object.keys(good))('accept %s', (file) => {
    expect(broken.get(file)).toBeUndefined();
  });
});

/** Writes `files` into `folder` and runs oxlint there with the configuration of this repository. */
function lint(folder: string, files: Readonly<Record<string, string>>): Map<string, string[]> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  for (const name of ['.oxlintrc.json', 'tsconfig.json', 'package.json', 'scripts']) {
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), `${text}\n`);
  }
  const args = ['--type-aware', '--format=json', ...Object.keys(files)];
  const { stdout } = spawnSync(join(root, 'node_modules/.bin/oxlint'), args, { cwd: folder, encoding: 'utf8' });
  const broken = new Map<string, string[]>();
  for (const { filename, code } of (JSON.parse(stdout) as { diagnostics: { filename: string; code: string }[] })
    .diagnostics) {
    broken.set(filename, [...(broken.get(filename) ?? []), code.replace(/^.*\(|\)$/g, '')]);
  }
  return broken;
}
