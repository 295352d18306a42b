import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { fromFile, type FromFileOptions } from '../../../connectors/files/source.ts';
import { csv } from '../../../core/format/csv.ts';
import { jsonLines } from '../../../core/format/json-lines.ts';
import { obeysSourceContract } from '../../support/connector-contract.ts';
import { openFilesIn, tempFolder } from '../../support/temp-folder.ts';

const folder = tempFolder();
const openHandles = (): number => openFilesIn(folder);
const inFolder = (name: string): string => join(folder, name);

const rows = Array.from({ length: 30 }, (_, index) => ({
  id: `device-${index}`,
  value: `${index}\n"${'x'.repeat(index)}"`,
}));
const csvText = `id,value\n${rows.map(({ id, value }) => `${id},"${value.replaceAll('"', '""')}"`).join('\r\n')}`;
writeFileSync(inFolder('rows.csv'), `\ufeff${csvText}`);
obeysSourceContract('fromFile of CSV', () => fromFile(inFolder('rows.csv'), { format: csv<(typeof rows)[number]>() }), {
  expected: { '0': rows },
  unreachable: () => fromFile(inFolder('nowhere/x.csv'), { format: csv() }),
  openHandles,
});

// More than a chunk, so that some records are cut through.
const numbers = Array.from({ length: 12 }, (_, index) => ({ n: index, text: 'é'.repeat(9000) }));
const parts = [numbers.slice(0, 5), [], numbers.slice(5)];
const linesOf = (part: readonly unknown[]): string => part.map((row) => JSON.stringify(row)).join('\n');
mkdirSync(inFolder('parts'));
mkdirSync(inFolder('packed'));
for (const [index, part] of parts.entries()) {
  writeFileSync(inFolder(`parts/${index}.ndjson`), linesOf(part));
  // Each line a member of its own, and the last one without an end.
  const members = part.map((row, line) => gzipSync(JSON.stringify(row) + (line + 1 < part.length ? '\n' : '')));
  writeFileSync(inFolder(`packed/${index}.ndjson.gz`), members.length === 0 ? gzipSync('') : Buffer.concat(members));
}
const paths = (pattern: string): string[] => parts.map((_, index) => inFolder(pattern.replace('*', `${index}`)));
const byPath = (pattern: string) => Object.fromEntries(paths(pattern).map((path, index) => [path, parts[index] ?? []]));

type Row = (typeof numbers)[number];
const reading = (path: string | string[], options: Partial<FromFileOptions<Row>> = {}) =>
  fromFile<Row>(path, { format: jsonLines(), ...options });
const unreachable = (options: Partial<FromFileOptions<Row>>) => (): ReturnType<typeof reading> =>
  reading(inFolder('nowhere/*.ndjson'), options);

const modes: Record<string, { path: string | string[]; options: Partial<FromFileOptions<Row>>; byPath?: string }> = {
  'several files': { path: paths('parts/*.ndjson').toReversed(), options: {} },
  'files that match': { path: inFolder('{parts,other}/*.ndjson'), options: {} },
  'packed files': { path: inFolder('packed/*.gz'), options: {} },
  'files side by side': { path: inFolder('parts/*'), options: { partitions: 'file' }, byPath: 'parts/*.ndjson' },
  'packed files side by side': {
    path: inFolder('packed/*'),
    options: { partitions: 'file' },
    byPath: 'packed/*.ndjson.gz',
  },
};
for (const [name, { path, options, byPath: pattern }] of Object.entries(modes)) {
  obeysSourceContract(`fromFile of ${name}`, () => reading(path, options), {
    expected: pattern === undefined ? { '0': numbers } : byPath(pattern),
    unreachable: unreachable(options),
    openHandles,
  });
}

// A file that is followed gives only whole lines.
mkdirSync(inFolder('logs'));
for (const [index, part] of parts.entries()) writeFileSync(inFolder(`logs/${index}.log`), `${linesOf(part)}\n`);
const ends = false;
obeysSourceContract('fromFile that follows', () => reading(inFolder('logs/2.log'), { follow: true }), {
  expected: { '0': parts[2] as Row[] },
  unreachable: unreachable({ follow: true, partitions: 'one' }),
  openHandles,
  ends,
});
obeysSourceContract(
  'fromFile that follows side by side',
  () => reading(inFolder('logs/*.log'), { follow: true, partitions: 'file' }),
  {
    expected: byPath('logs/*.log'),
    unreachable: unreachable({ follow: true, partitions: 'file' }),
    openHandles,
    ends,
  },
);
