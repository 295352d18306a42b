import { of, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { DataError } from '../../../core/errors.ts';
import { eventTime } from '../../../operators/time/event-time.ts';
import { count } from '../../../operators/aggregate/count.ts';
import { flatMap } from '../../../operators/flow/flat-map.ts';
import { keyBy } from '../../../operators/flow/key-by.ts';
import { tumblingWindow } from '../../../operators/window/tumbling-window.ts';
import { stream } from '../../../src/stream.ts';
import { obeysOperatorLaws } from '../../support/laws.ts';
import { marbles } from '../../support/marbles.ts';
import { TestPipeline } from '../../support/pipelines.ts';

describe('flatMap', () => {
  const all = (rows: readonly number[]): readonly number[] => rows;

  obeysOperatorLaws(() => flatMap(all), [[1, 2], [], [3], [4, 5, 6]], {
    callbacks: [all],
    throwing: () =>
      flatMap((): number[] => {
        throw new Error('of the callback');
      }),
  });

  it(
    'makes any number of records of each, at once',
    marbles(({ hot, expectObservable }) => {
      const source = hot('  -a-----b---c--|', { a: [1, 2], b: [], c: [3] });
      const expected = '    -(xy)------z--|';

      expectObservable(source.pipe(flatMap(all))).toBe(expected, { x: 1, y: 2, z: 3 });
    }),
  );

  it('counts the first row as passed, further ones as made, and a record without rows as filtered', () => {
    const { ledger } = new TestPipeline([flatMap(all)]).push([1, 2, 3]).push([]).push([4]);
    expect(ledger.at(-1)).toMatchObject({ in: 3, passed: 2, filtered: 1, made: 2, out: 4 });
  });

  it('asks a generator for no row that nobody wants, and closes it', () => {
    const asked: number[] = [];
    let closed = false;
    function* endless(from: number): Iterable<number> {
      try {
        for (let row = from; ; row++) {
          asked.push(row);
          yield row;
        }
      } finally {
        closed = true;
      }
    }
    const rows: number[] = [];
    of(7)
      .pipe(flatMap(endless), take(3))
      .subscribe((row) => rows.push(row));
    expect({ rows, asked, closed }).toEqual({ rows: [7, 8, 9], asked: [7, 8, 9], closed: true });
  });

  it('fails a record whose iterator throws; the rows before that have left', () => {
    const cause = new Error('of the iterator');
    function* broken(): Iterable<number> {
      yield 1;
      yield 2;
      throw cause;
    }
    const pipeline = new TestPipeline([flatMap(broken)]).push('a');
    expect(pipeline.outcome.rows.map(([row]) => row)).toEqual([1, 2]);
    expect(pipeline.outcome.rejections).toMatchObject([{ kind: 'failed', value: 'a', cause }]);
    expect(pipeline.ledger.at(-1)).toMatchObject({ in: 1, passed: 0, made: 2, rejected: { failed: 1 }, out: 2 });
  });

  it('fails a record for which the function answers nothing iterable', () => {
    const pipeline = new TestPipeline([flatMap(() => 5 as never)]).push('a');
    expect(pipeline.outcome.rejections).toMatchObject([{ kind: 'failed', cause: expect.any(TypeError) }]);
  });

  it('does not take for its own what is thrown behind it, and closes its iterator', () => {
    const cause = new Error('further down');
    let closed = false;
    function* rows(): Iterable<number> {
      try {
        yield 1;
        yield 2;
      } finally {
        closed = true;
      }
    }
    const seen: DataError[] = [];
    stream(of('a'))
      .flatMap(rows)
      .map((): number => {
        throw cause;
      })
      .subscribe({ error: (error: DataError) => seen.push(error) });
    expect(seen).toMatchObject([{ cause, rejection: { operator: 'map', value: 1 } }]);
    expect(closed).toBe(true);
  });

  it('lets windows that are due fire before its next row comes in', () => {
    const keys = Array.from({ length: 3_000 }, (_, key) => ({ key, at: 1 }));
    // The second row closes the first window, whose rows leave in several pieces; the third is late for it.
    const rows = [...keys, { key: 1, at: 20 }, { key: 2, at: 2 }];
    const chain = [
      flatMap((list: typeof rows) => list),
      eventTime<(typeof rows)[0]>('at'),
      keyBy<(typeof rows)[0]>('key'),
    ];
    const window = tumblingWindow({ size: 10, aggregate: { n: count() } });
    const pipeline = new TestPipeline([...chain, window] as never).push(rows).end();
    expect(pipeline.outcome.rejections).toMatchObject([{ kind: 'late', value: { key: 2, at: 2 } }]);
    expect(pipeline.outcome.rows).toHaveLength(3_001);
    expect(pipeline.outcome.rows[2]).toEqual([{ key: 2, windowStart: 0, windowEnd: 10, n: 1 }, 9]);
  });

  it('rejects what is no function when called', () => {
    expect(() => flatMap([] as never)).toThrowError(expect.objectContaining({ code: 'ML_ARGUMENT' }));
  });
});
