import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findFiles } from '../../../../connectors/files/input/find-files.ts';
import { globOf, isGlob } from '../../../../connectors/files/input/glob.ts';
import { NamePattern } from '../../../../connectors/files/input/name-pattern.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

const folder = tempFolder();
for (const path of [
  'a.csv',
  'b.csv',
  'c.txt',
  'é.csv',
  '.hidden.csv',
  'a[1].csv',
  '2024/01/a.csv',
  '2024/02/b.csv',
  '2024/02/b.txt',
  '2025/01/a.csv',
  '.git/a.csv',
]) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), '');
}
symlinkSync(join(folder, '2024'), join(folder, 'linked'));
symlinkSync(join(folder, '2024/02/b.csv'), join(folder, 'link.csv'));

/** What matches, from the folder on. */
async function found(pattern: string): Promise<string[]> {
  const files = await findFiles('fromFile', globOf('fromFile', `${folder}/${pattern}`));
  return [...files].map((path) => path.slice(folder.length + 1)).toSorted((a, b) => (a < b ? -1 : 1));
}

describe('a pattern for paths', () => {
  it.each<[string, string[]]>([
    ['*.csv', ['a.csv', 'a[1].csv', 'b.csv', 'link.csv', 'é.csv']],
    ['?.csv', ['a.csv', 'b.csv', 'é.csv']],
    ['[ab].csv', ['a.csv', 'b.csv']],
    ['[!a-c].csv', ['é.csv']],
    ['[^ab].*', ['c.txt', 'é.csv']],
    ['{a,c}.{csv,txt}', ['a.csv', 'c.txt']],
    ['{2024/0{1,2},2025/01}/a.csv', ['2024/01/a.csv', '2025/01/a.csv']],
    ['a[[]1].csv', ['a[1].csv']],
    ['.*.csv', ['.hidden.csv']],
    ['2024/*/*', ['2024/01/a.csv', '2024/02/b.csv', '2024/02/b.txt']],
    ['**/a.csv', ['2024/01/a.csv', '2025/01/a.csv', 'a.csv']],
    ['2024/**', ['2024/01/a.csv', '2024/02/b.csv', '2024/02/b.txt']],
    ['2024/**/0?/**/*.txt', ['2024/02/b.txt']],
    ['linked/*/a.csv', ['linked/01/a.csv']],
    ['20*', []],
    ['nowhere/*.csv', []],
    ['a.csv/*', []],
    ['c.txt', ['c.txt']],
  ])('%s', async (pattern, expected) => {
    expect(await found(pattern)).toEqual(expected);
  });

  it('knows patterns from paths', () => {
    expect(['a.csv', 'C:\\logs\\a.csv', 'a b(1).csv'].filter(isGlob)).toEqual([]);
    expect(['*', 'a?', '[a]', '{a,b}'].filter(isGlob)).toHaveLength(4);
  });

  it.each(['[a', 'x[!]', '{a,b', '{a,{b}', '{a,b,c,d}'.repeat(6)])('refuses %s', (pattern) => {
    expect(() => globOf('fromFile', pattern)).toThrowError(expect.objectContaining({ code: 'ML_ARGUMENT' }));
  });
});

describe('a pattern for names', () => {
  it('matches as a regular expression of the same meaning does', () => {
    const piece = fc.constantFrom('a', 'b', '*', '?', '[ab]', '[!a]', '.', '-', '😀');
    const pattern = fc.array(piece, { minLength: 1, maxLength: 8 });
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '.', '-', '😀'), minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(pattern, name, (pieces, given) => {
        const source = pieces.map((each) => regularOf(each)).join('');
        const isHidden = given.startsWith('.') && pieces[0] !== '.';
        const expected = !isHidden && new RegExp(`^${source}$`, 'u').test(given);
        expect(new NamePattern('fromFile', pieces.join('')).matches(given)).toBe(expected);
      }),
    );
  });

  it('does not take for ever where many stars nearly match', () => {
    const pattern = new NamePattern('fromFile', `${'*a'.repeat(30)}b`);
    expect(pattern.matches('a'.repeat(255))).toBe(false);
  });
});

function regularOf(piece: string): string {
  if (piece === '*') return '.*';
  if (piece === '?') return '.';
  if (piece === '.') return '\\.';
  return piece.replace('[!', '[^');
}
