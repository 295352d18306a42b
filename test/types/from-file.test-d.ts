import { describe, expectTypeOf, it } from 'vitest';
import { fromFile } from '../../connectors/files/index.ts';
import { csv, jsonLines, type Source, stream, text } from '../../src/index.ts';

interface Reading {
  readonly deviceId: string;
  readonly temperature: string;
}

describe('fromFile', () => {
  it('gives what its format says', () => {
    expectTypeOf(fromFile('a.csv', { format: csv<Reading>() })).toEqualTypeOf<Source<Reading>>();
    expectTypeOf(fromFile(['a.log', '*.log'], { format: text() })).toEqualTypeOf<Source<string>>();
    const rows = stream(fromFile('a.ndjson', { format: jsonLines<Reading>(), follow: true })).select('deviceId');
    expectTypeOf(rows.toArray).returns.resolves.toEqualTypeOf<{ readonly deviceId: string }[]>();
  });

  it('takes its options one by one', () => {
    const format = text();
    fromFile('a', { format, follow: true, progress: true });
    fromFile('a.gz', { format, compression: 'auto' });
    fromFile(['a', 'b'] as const, { format, partitions: 'file', compression: 'none' });
  });

  it('refuses what it does not know', () => {
    const format = text();
    // @ts-expect-error a format there must be
    fromFile('a', {});
    // @ts-expect-error `json` would be a word of another kind
    fromFile('a', { format: 'json' });
    // @ts-expect-error bzip2 is not read
    fromFile('a', { format, compression: 'bzip2' });
    // @ts-expect-error files are one partition, or one each
    fromFile('a', { format, partitions: 4 });
    // @ts-expect-error follow is yes or no
    fromFile('a', { format, follow: 'yes' });
    // @ts-expect-error a misspelt option
    fromFile('a', { format, folow: true });
    // @ts-expect-error a path is text
    fromFile(5, { format });
  });
});
