import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as files from '../connectors/files/index.ts';
import * as kafka from '../connectors/kafka/index.ts';
import * as mqtt from '../connectors/mqtt/index.ts';
import * as operators from '../operators/index.ts';
import { parts } from '../src/engine/parts.ts';
import * as millrace from '../src/index.ts';
import * as testing from '../src/testing/index.ts';

/** Methods of `Stream` that make no step. */
const noSteps = ['through', 'onReject', 'named', 'alsoTo', 'to', 'toArray', 'explain'];

const root = new URL('../', import.meta.url);
const pages = (folder: string): string[] =>
  readdirSync(new URL(folder, root), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? pages(`${folder}${entry.name}/`)
      : entry.name.endsWith('.md')
        ? [`${folder}${entry.name}`]
        : [],
  );
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const tests = (folder: string): string[] =>
  readdirSync(new URL(folder, root), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, 'utf8'));

const names = (module: object): string[] =>
  Object.entries(module).flatMap(([name, value]) => (typeof value === 'function' ? [name] : []));
const methods = Object.getOwnPropertyNames(millrace.Stream.prototype).filter(
  (name) => name !== 'constructor' && !name.startsWith('_'),
);

describe('the two faces', () => {
  it.each(names(operators))('%s has its method', (name) => {
    expect(methods).toContain(name);
  });

  it.each(methods.filter((name) => !noSteps.includes(name)))('%s has its operator', (name) => {
    expect(names(operators)).toContain(name);
  });

  it.each(names(operators))('%s has its processor in every copy of the engine', (name) => {
    expect(Object.keys(parts.processors)).toContain(name);
  });

  it.each(Object.keys(parts.accumulators))('%s is exported as an aggregate', (name) => {
    expect(names(millrace)).toContain(name);
  });
});

describe('the laws of operators', () => {
  const all = tests('test/operators/');
  it.each(names(operators))('are asked of %s', (name) => {
    const asked = new RegExp(`obeysOperatorLaws\\(\\s*\\(\\) =>\\s*${name}[(<]`);
    expect(all.some((text) => asked.test(text))).toBe(true);
  });
});

describe('the tables of README.md', () => {
  const readme = read('README.md');

  it.each([...names(operators), ...Object.keys(parts.accumulators)])('name %s', (name) => {
    expect(readme).toContain(`\`${name}\``);
  });
});

describe('every exported name has a page', () => {
  const operatorPages = pages('docs/operators/').map(read).join('\n');
  const allPages = pages('docs/').map(read).join('\n');
  const anchor = (name: string): RegExp => new RegExp(`^##+ \`?${name}\`?$`, 'm');

  it.each(names(operators))('the operator %s', (name) => {
    expect(operatorPages).toMatch(anchor(name));
  });

  it.each([...names(millrace), ...names(files), ...names(kafka), ...names(mqtt), ...names(testing)])('%s', (name) => {
    expect(allPages).toMatch(anchor(name));
  });

  it.each(millrace.errorCodes)('the code %s', (code) => {
    expect(read('docs/concepts/errors.md')).toMatch(anchor(code));
  });
});
