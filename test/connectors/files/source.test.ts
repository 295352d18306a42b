import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromFile } from '../../../connectors/files/source.ts';
import { csv } from '../../../core/format/csv.ts';
import { json } from '../../../core/format/json.ts';
import { jsonLines } from '../../../core/format/json-lines.ts';
import { text } from '../../../core/format/text.ts';
import { readUntil, requestOf } from '../../support/connector-contract.ts';
import { lastPositions, readAll } from '../../support/read-all.ts';
import { filesIn, tempFolder } from '../../support/temp-folder.ts';

const folder = tempFolder();
const file = filesIn(folder);

describe('fromFile', () => {
  it('tells the line of every record, and of everything that is none', async () => {
    const path = file('a,b\n1,2\n3\n\n"x\ny",4\n5,6,7\n');
    const { batches } = await readAll(fromFile(path, { format: csv() }));
    const [batch] = batches;
    expect(batch?.records).toEqual([
      { a: '1', b: '2' },
      { a: 'x\ny', b: '4' },
    ]);
    expect([0, 1, 2].map((index) => batch?.origin(index))).toEqual([
      { source: path, line: 2 },
      { source: path, line: 5 },
      undefined,
    ]);
    expect(batch?.unreadable).toEqual([
      { before: 1, rule: '2 columns', received: 1, value: '3', origin: { source: path, line: 3 } },
      { before: 2, rule: '2 columns', received: 3, value: '5,6,7', origin: { source: path, line: 7 } },
    ]);
  });

  it('goes on behind what is broken where that came last', async () => {
    const path = file('1\n{\n');
    const read = await readAll(fromFile(path, { format: jsonLines() }));
    expect(read.batches[0]?.positionAfter(1)).toMatchObject({ file: path, state: { offset: 4, line: 3 } });
    appendFileSync(path, '2\n');
    const rest = await readAll(fromFile(path, { format: jsonLines() }), { positions: lastPositions(read) });
    expect(rest.records()).toEqual({ '0': [2] });
    expect(rest.batches[0]?.unreadable).toEqual([]);
    expect(rest.batches[0]?.origin(0)).toEqual({ source: path, line: 3 });
  });

  it('reads large files in chunks, whatever they cut through, and says how far it is', async () => {
    const lines = Array.from({ length: 5000 }, (_, index) => `${index} ${'grün 😀'.repeat(index % 11)}`);
    const path = file(lines.join('\n'));
    const reader = fromFile(path, { format: text() }).open(requestOf());
    const shares: number[] = [];
    const read = await readUntil(
      reader,
      (each) => each.isOver,
      async () => {
        const { done, total, unit } = reader.progress?.() ?? { done: 0, total: 1, unit: '' };
        expect(unit).toBe('bytes');
        shares.push(done / total);
      },
    );
    expect(read.records()).toEqual({ '0': lines });
    expect(read.batches.length).toBeGreaterThan(3);
    expect(shares).toEqual(shares.toSorted((left, right) => left - right));
    expect(shares.at(-1)).toBe(1);
    expect(Math.max(...read.batches.map((batch) => batch.bytes))).toBeLessThan(70_000);
  });

  it('hands over no empty batch of a chunk without a record', async () => {
    const path = file(`${'\n'.repeat(70_000)}"${'x'.repeat(200_000)}"\n\n`);
    const { events } = await readAll(fromFile(path, { format: jsonLines() }));
    expect(events.map((event) => event.kind)).toEqual(['opened', 'batch', 'ended']);
  });

  it.each([
    ['in the middle', 17 * 2 ** 20],
    ['at the end', 2 ** 20],
  ])('gives what a quote had held in small batches, where nobody closes it %s', async (_, length) => {
    const rows = length / 1024;
    const path = file(`a,b\n0,"\n${`1,${'x'.repeat(1021)}\n`.repeat(rows)}`);
    let count = 0;
    let most = 0;
    const { batches } = await readAll(fromFile(path, { format: csv() }));
    for (const batch of batches) {
      count += batch.records.length;
      most = Math.max(most, batch.bytes);
    }
    expect(count).toBe(rows);
    expect(batches.flatMap((batch) => batch.unreadable)).toMatchObject([{ value: '0,"', origin: { line: 2 } }]);
    expect(most).toBeLessThan(200_000);
  });

  it('gives a file its own header, and keeps the fields that are read', async () => {
    const one = file('a,b\n1,2\n', 'header-1.csv');
    const two = file('b,a\n3,4', 'header-2.csv');
    const empty = file('', 'header-3.csv');
    const source = fromFile([two, one, empty], { format: csv() });
    expect((await readAll(source)).records()).toEqual({
      '0': [
        { a: '1', b: '2' },
        { b: '3', a: '4' },
      ],
    });
    expect((await readAll(source, { fields: ['a'] })).records()).toEqual({ '0': [{ a: '1' }, { a: '4' }] });
    expect(source.name).toBe(`${one} (+2)`);
  });

  it('goes on from any position with the rest of any bytes', async () => {
    const content = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', 'é'), maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(content, async (given) => {
        const path = file(`a,b\n${given}`, 'any.csv');
        const source = fromFile(path, { format: csv() });
        const read = await readAll(source);
        const records = read.records()['0'] ?? [];
        let before = 0;
        for (const batch of read.batches) {
          for (let done = 0; done <= batch.records.length; done++) {
            const rest = await readAll(source, { positions: { '0': batch.positionAfter(done) } });
            expect(rest.records()['0']).toEqual(records.slice(before + done));
          }
          before += batch.records.length;
        }
      }),
      { numRuns: 50 },
    );
  });

  it('passes over files before the one of the position, even when they are gone', async () => {
    const two = file('3\n4\n', 'rest-2.txt');
    const source = fromFile([join(folder, 'rest-1.txt'), two], { format: text() });
    const read = await readAll(fromFile(two, { format: text() }));
    const positions = { '0': read.batches[0]?.positionAfter(1) ?? {} };
    expect((await readAll(source, { positions })).records()).toEqual({ '0': ['4'] });
  });
});

describe('fromFile as it is called', () => {
  it.each([
    ['', { format: text() }, 'path'],
    [[], { format: text() }, 'path'],
    [['a', 'b', 'a'], { format: text() }, 'path'],
    [['a', 5], { format: text() }, 'path'],
    ['a\0b', { format: text() }, 'path'],
    ['a', undefined, 'options'],
    ['a', {}, 'format'],
    ['a', { format: json() }, 'format'],
    ['a', { format: 'csv' }, 'format'],
    ['a[', { format: text() }, 'path'],
    ['a{b', { format: text() }, 'path'],
    ['a', { format: text(), follow: 'yes' }, 'follow'],
    ['a', { format: text(), progress: 1 }, 'progress'],
    ['a', { format: text(), partitions: 'files' }, 'partitions'],
    ['a', { format: text(), compression: 'bzip2' }, 'compression'],
    ['a', { format: text(), tail: true }, 'tail'],
    [['a', 'b'], { format: text(), follow: true }, 'partitions'],
    ['*.log', { format: text(), follow: true }, 'partitions'],
    ['a.gz', { format: text(), follow: true }, 'path'],
    ['a', { format: text(), follow: true, compression: 'gzip' }, 'compression'],
  ])('refuses %j with %o', (path, options, option) => {
    const call = fromFile as (...given: unknown[]) => unknown;
    expect(() => call(path, options)).toThrowError(
      expect.objectContaining({ code: 'ML_ARGUMENT', message: expect.stringContaining(`\`${option}\``) as string }),
    );
  });
});
