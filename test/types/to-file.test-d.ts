import { expectTypeOf, it } from 'vitest';
import { directory, fromFile, toFile } from '../../connectors/files/index.ts';
import { type CheckpointStore, csv, jsonLines, type Sink, stream } from '../../src/index.ts';

interface Row {
  readonly day: string;
  readonly n: number;
}

it('takes a path, or one by row, for rows of the type of its format', () => {
  expectTypeOf(toFile<Row>('a', { format: csv() })).toEqualTypeOf<Sink<Row>>();
  expectTypeOf(toFile(({ day }: Row) => `${day}.csv`, { format: csv<Row>() })).toEqualTypeOf<Sink<Row>>();
  toFile<Row>('a.gz', { format: jsonLines(), mode: 'append', roll: { bytes: 1_000_000, every: '1h' } });
  // @ts-expect-error no such mode
  toFile<Row>('a', { format: csv(), mode: 'replace' });
  // @ts-expect-error no such option
  toFile<Row>('a', { format: csv(), roll: { rows: 5 } });
  // @ts-expect-error no duration
  toFile<Row>('a', { format: csv(), roll: { every: '1 hour' } });
  // @ts-expect-error a path is a text
  toFile<Row>(({ n }) => n, { format: csv() });
  // @ts-expect-error a misspelt field
  toFile<Row>(({ days }) => days, { format: csv() });
});

it('ends a chain of such rows', () => {
  const rows = stream(fromFile<Row>('in.csv', { format: csv() }));
  rows.to(toFile(({ day }) => `${day}.csv`, { format: csv() }));
  // @ts-expect-error rows of another type
  rows.to(toFile<{ other: number }>('a', { format: csv() }));
});

it('makes a store of a path', () => {
  expectTypeOf(directory('./state')).toEqualTypeOf<CheckpointStore>();
  // @ts-expect-error a path is a text
  directory(3);
});
