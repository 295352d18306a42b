import fc from 'fast-check';
import { from, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { KeyTable } from '../../../core/key.ts';
import type { Rejection } from '../../../core/rejection.ts';
import type { PipelineSnapshot } from '../../../core/snapshot.ts';
import { type Fill, fillMissing, type FillMissingOptions } from '../../../operators/clean/fill-missing.ts';
import { obeysOperatorLaws } from '../../support/laws.ts';
import { TestPipeline } from '../../support/pipelines.ts';

type Row = Record<string, unknown>;
type Fills = { readonly [field: string]: Fill<unknown> };

function fill(fields: Fills, records: readonly unknown[], options: FillMissingOptions<Row> = {}): unknown[] {
  const rows: unknown[] = [];
  from(records as Row[])
    .pipe(fillMissing(fields, options))
    .subscribe((row) => rows.push(row));
  return rows;
}

const column = (fields: Fills, values: readonly unknown[]): unknown[] =>
  fill(
    fields,
    values.map((t) => ({ t })),
  ).map((row) => (row as Row)['t']);

describe('fillMissing', () => {
  obeysOperatorLaws(
    () => fillMissing<Row, Fills>({ t: { method: 'previous', limit: 1 }, u: { value: 0 } }, { key: 'id' }),
    [
      { id: 'a', t: 1, u: 1 },
      { id: 'b', t: null, u: null },
      { id: 'a', t: null },
      { id: 'b', t: 2 },
      { id: 'a', t: null },
    ],
  );

  it('puts a constant in the place of null, undefined, NaN and a field that is not there', () => {
    const rows = fill({ t: { value: 0 } }, [{ t: null, a: 1 }, { t: undefined, a: 2 }, { t: Number.NaN }, { a: 4 }]);
    expect(JSON.stringify(rows)).toBe('[{"t":0,"a":1},{"t":0,"a":2},{"t":0},{"a":4,"t":0}]');
  });

  it('puts the last value in its place', () => {
    expect(column({ t: 'previous' }, [1, null, undefined, 2, Number.NaN])).toEqual([1, 1, 1, 2, 2]);
  });

  it('leaves as it is what nothing came before', () => {
    expect(fill({ t: 'previous' }, [{ a: 1 }, { t: null }, { t: 1 }, {}])).toEqual([
      { a: 1 },
      { t: null },
      { t: 1 },
      { t: 1 },
    ]);
  });

  it('fills the first records of each gap alone where there is a limit', () => {
    const limited: Fills = { t: { method: 'previous', limit: 2 } };
    expect(column(limited, [null, 1, null, null, null, 2, null, 3])).toEqual([null, 1, 1, 1, null, 2, 2, 3]);
    expect(column({ t: { method: 'previous' } }, [1, null, null])).toEqual([1, 1, 1]);
  });

  it.each(['', ' ', 0, -0, false, 0n, Infinity])('takes %s for a value', (value) => {
    expect(column({ t: 'previous' }, [1, value, null])).toEqual([1, value, value]);
  });

  it('hands on the record itself where nothing is filled, and a copy where something is', () => {
    const whole = { t: 1 };
    const gap = Object.freeze({ t: null, other: 'x' });
    const rows = fill({ t: 'previous' }, [whole, gap]);
    expect(rows[0]).toBe(whole);
    expect(rows[1]).toEqual({ t: 1, other: 'x' });
    expect(gap.t).toBe(null);
  });

  it('fills each field by itself', () => {
    const records = [
      { a: 1, b: null, c: 'x' },
      { a: null, b: 2 },
      { a: null, b: null, c: null },
    ];
    expect(fill({ a: 'previous', b: { value: 0 }, c: { method: 'previous', limit: 1 } }, records)).toEqual([
      { a: 1, b: 0, c: 'x' },
      { a: 1, b: 2, c: 'x' },
      { a: 1, b: 0, c: null },
    ]);
  });

  it('keeps keys apart', () => {
    const records = [
      { id: 'a', t: 1 },
      { id: 'b', t: null },
      { id: 'b', t: 2 },
      { id: 'a', t: null },
      { id: 'b', t: null },
      { id: 'c', t: null },
    ];
    const rows = fill({ t: 'previous' }, records, { key: 'id' }) as Row[];
    expect(rows.map((row) => row['t'])).toEqual([1, null, 2, 1, 2, null]);
  });

  it('starts afresh with each subscription', () => {
    const seen: unknown[] = [];
    const source = new Subject<{ t: number | null }>();
    const filled$ = source.pipe(fillMissing({ t: 'previous' }));
    filled$.subscribe((row) => seen.push(row.t));
    source.next({ t: 1 });
    filled$.subscribe((row) => seen.push(row.t));
    source.next({ t: null });
    expect(seen).toEqual([1, 1, null]);
  });

  it.each([null, undefined, 5, 'text', [1]])('rejects %j, which is no object', (value) => {
    const rejections: Rejection[] = [];
    expect(fill({ t: { value: 0 } }, [value], { onReject: (each) => void rejections.push(each) })).toEqual([]);
    expect(rejections).toEqual([
      { kind: 'invalid', operator: 'fillMissing', rule: 'an object', value, received: value },
    ]);
  });

  it('agrees with a loop, for every key and limit', () => {
    const records = fc.array(
      fc.record({ id: fc.constantFrom('a', 'b', 'c'), t: fc.option(fc.integer(), { freq: 1 }) }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(records, fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }), (given, limit) => {
        const fills: Fills = { t: { method: 'previous', ...(limit === undefined ? {} : { limit }) } };
        const rows = fill(fills, given, { key: 'id' }) as Row[];
        expect(rows.map((row) => row['t'])).toEqual(model(given, limit ?? Infinity));
      }),
    );
  });

  it('goes on after a restore as if nothing had happened, wherever the cut was', () => {
    const record = fc.record({
      id: fc.constantFrom('a', 'b', 'c', 'd'),
      t: fc.option(fc.oneof(fc.integer(), fc.string()), { freq: 1 }),
      u: fc.option(fc.integer(), { freq: 1 }),
    });
    const fills: Fills = { t: 'previous', u: { method: 'previous', limit: 2 } };
    fc.assert(
      fc.property(fc.array(record, { maxLength: 40 }), fc.nat(40), (records, cut) => {
        const whole = run(fills, records);
        const first = run(fills, records.slice(0, cut));
        const second = run(fills, records.slice(cut), first.snapshot());
        expect(rowsOf(first, second)).toEqual(rowsOf(whole));
        expect(second.snapshot()).toEqual(whole.snapshot());
      }),
    );
  });

  it('gives pieces that do not change while records go on', () => {
    const step = fillMissing({ t: 'previous' }).steps[0]!;
    const keys = new KeyTable([]);
    const key = keys.add('a', 'a');
    const processor = step.make(step.recipe.options as never, { processors: {}, accumulators: {} });
    processor.keys = keys;
    processor.record({ t: 1 }, Number.NaN, key);
    const pieces = [...processor.snapshot()];
    const copy = structuredClone(pieces);
    processor.record({ t: 2 }, Number.NaN, key);
    processor.record({ t: 3 }, Number.NaN, keys.add('b', 'b'));
    expect(pieces).toEqual(copy);
  });

  it('has no state with constants alone', () => {
    expect(fillMissing({ t: { value: 0 } }).recipe).toMatchObject({ stateful: false, summary: 't: value' });
    expect(fillMissing({ t: 'previous' }).recipe).toMatchObject({ stateful: true, summary: 't: previous' });
  });

  it.each([
    [{}, 'fillMissing: `fields` must be an object with at least one entry'],
    [{ t: 'next' }, "fillMissing: `t` must be 'previous', `{ value }` or `{ method: 'previous' }`, got \"next\""],
    [{ t: undefined }, "fillMissing: `t` must be 'previous'"],
    [{ t: ['previous'] }, "fillMissing: `t` must be 'previous'"],
    [{ t: {} }, 'fillMissing: `t.method` must be one of `previous`, got undefined'],
    [{ t: { method: 'linear' } }, 'fillMissing: `t.method` must be one of `previous`'],
    [{ t: { method: 'previous', limit: 0 } }, 'fillMissing: `t.limit` must be a whole number of at least 1'],
    [{ t: { method: 'previous', maxGap: '1m' } }, 'fillMissing: `t.maxGap` must be one of `method`, `limit`'],
    [{ t: { value: 1, limit: 2 } }, 'fillMissing: `t.limit` must be one of `value`'],
    [{ t: { value: null } }, 'fillMissing: `t.value` must be a value, got null'],
    [{ t: { value: Number.NaN } }, 'fillMissing: `t.value` must be a value, got NaN'],
  ])('throws when called with %j', (fields, message) => {
    const call = fillMissing as (given: unknown) => unknown;
    expect(() => call(fields)).toThrow(
      expect.objectContaining({ code: 'ML_ARGUMENT', message: expect.stringContaining(message) }),
    );
  });

  it('throws on an option that nobody reads', () => {
    expect(() => fillMissing({ t: 'previous' }, { within: 5 } as never)).toThrow(
      'fillMissing: `within` must be one of the options',
    );
  });
});

function model(records: readonly { readonly id: string; readonly t: unknown }[], limit: number): unknown[] {
  return records.map((record, index) => {
    const mine = records.slice(0, index + 1).filter(({ id }) => id === record.id);
    const gap = mine.toReversed().findIndex(({ t }) => t !== null);
    return gap < 0 || gap > limit ? record.t : mine.at(-1 - gap)?.t;
  });
}

/** Runs records through `keyBy` and `fillMissing`, behind what a snapshot says. */
function run(fills: Fills, records: readonly unknown[], restored?: PipelineSnapshot): TestPipeline {
  const pipeline = new TestPipeline([fillMissing<Row, Fills>(fills, { key: 'id' })]);
  if (restored !== undefined) pipeline.restore(restored);
  for (const record of records) pipeline.push(record);
  return pipeline;
}

function rowsOf(...pipelines: readonly TestPipeline[]): unknown[] {
  return pipelines.flatMap(({ outcome }) => outcome.rows.map(([row]) => row));
}
