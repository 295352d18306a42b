import { describe, expect, it } from 'vitest';
import { balances } from '../../../core/ledger.ts';
import { aggregator } from '../../../operators/aggregate/aggregator.ts';
import { count } from '../../../operators/aggregate/count.ts';
import { covariance } from '../../../operators/aggregate/covariance.ts';
import { rate } from '../../../operators/aggregate/rate.ts';
import { sum } from '../../../operators/aggregate/sum.ts';
import { timeWeightedMean } from '../../../operators/aggregate/time-weighted-mean.ts';
import { weightedMean } from '../../../operators/aggregate/weighted-mean.ts';
import { tumblingWindow } from '../../../operators/window/tumbling-window.ts';
import { ownEngine, sharedEngine, TestPipeline } from '../../support/pipelines.ts';
import { begun } from './accumulator-laws.ts';

interface Order {
  readonly at: number;
  readonly v: number;
  readonly items?: readonly string[];
}

const boom = new Error('boom');

/** All items of a window, one after the other; records without a list make it throw. */
const items = aggregator({
  create: (): string[] => [],
  add: (all, order: Order) => [...all, ...(order.items as readonly string[])],
  result: (all) => all.join(' '),
  merge: (a, b) => [...a, ...b],
});

const longest = aggregator({
  create: () => 0,
  add: (most, order: Order) => {
    if (order.v < 0) throw boom;
    return Math.max(most, order.v);
  },
  result: (most) => most,
  merge: Math.max,
});

describe.each([sharedEngine, ownEngine])('aggregator in a window, on the %o', (engineOf) => {
  const aggregate = { n: count(), total: sum('v'), items, longest };
  const start = (): TestPipeline =>
    new TestPipeline([tumblingWindow<Order, [], typeof aggregate>({ size: 10, time: 'at', aggregate })], engineOf());

  it('has its own result of whole records', () => {
    const pipeline = start()
      .push({ at: 1, v: 2, items: ['a'] })
      .push({ at: 2, v: 1, items: ['b', 'c'] })
      .end();
    expect(pipeline.outcome.rows).toEqual([
      [{ windowStart: 0, windowEnd: 10, n: 2, total: 3, items: 'a b c', longest: 2 }, 9],
    ]);
  });

  it('rejects a record that a callback throws on, and no aggregate has anything of it', () => {
    const pipeline = start();
    const bad = { at: 1, v: 7 };
    const worse = { at: 3, v: -1, items: ['x'] };
    // The first of all, one in between, and one that would open a window.
    pipeline.push(bad).push({ at: 2, v: 1, items: ['a'] });
    pipeline.push(worse).push({ at: 4, v: 2, items: ['b'] });
    pipeline.push({ at: 11, v: -1, items: [] }).push({ at: 25, v: 3, items: [] }).end();
    expect(pipeline.outcome.rows.map(([row]) => row)).toEqual([
      { windowStart: 0, windowEnd: 10, n: 2, total: 3, items: 'a b', longest: 2 },
      { windowStart: 20, windowEnd: 30, n: 1, total: 3, items: '', longest: 3 },
    ]);
    expect(pipeline.outcome.rejections).toMatchObject([
      { kind: 'failed', value: bad, cause: expect.any(TypeError), timestamp: 1 },
      { kind: 'failed', value: worse, cause: boom, timestamp: 3 },
      { kind: 'failed', cause: boom, timestamp: 11 },
    ]);
    expect(pipeline.ledger.filter((line) => !balances(line))).toEqual([]);
  });

  it('goes on from a snapshot', () => {
    const before = start().push({ at: 1, v: 2, items: ['a'] });
    const after = start()
      .restore(before.snapshot())
      .push({ at: 2, v: 1, items: ['b'] })
      .end();
    expect(after.outcome.rows).toMatchObject([[{ n: 2, items: 'a b', longest: 2 }, 9]]);
  });
});

describe('aggregator', () => {
  it('ends the stream with what `result` throws', () => {
    const aggregate = {
      x: aggregator({
        create: () => 0,
        add: (state) => state,
        result: () => {
          throw boom;
        },
        merge: (a) => a,
      }),
    };
    const pipeline = new TestPipeline([
      tumblingWindow<Order, [], typeof aggregate>({ size: 10, time: 'at', aggregate }),
    ]);
    pipeline.push({ at: 1, v: 1 });
    expect(() => pipeline.end()).toThrow(boom);
  });

  it('adds by itself where nobody has prepared it', () => {
    const accumulators = begun(longest);
    accumulators.add(0, { at: 0, v: 5 }, 0);
    expect(() => accumulators.add(0, { at: 0, v: -1 }, 0)).toThrow(boom);
    accumulators.add(0, { at: 0, v: 3 }, 0);
    expect(accumulators.result(0)).toBe(5);
    expect(accumulators.result(1)).toBe(null);
  });

  it('forgets what was prepared for a record that was then refused', () => {
    const accumulators = begun(longest);
    accumulators.prepare?.(0, { at: 0, v: 5 }, 0);
    expect(() => accumulators.prepare?.(0, { at: 0, v: -5 }, 0)).toThrow(boom);
    accumulators.add(0, { at: 0, v: 3 }, 0);
    expect(accumulators.result(0)).toBe(3);
  });

  it('is handed a state of its own to merge from', () => {
    const lists = aggregator({
      create: (): { of: number[] } => ({ of: [] }),
      add: (state, value: number) => {
        state.of.push(value);
        return state;
      },
      result: ({ of }) => of.join(),
      // It keeps a part of `b`.
      merge: (a, b) => {
        for (const each of a.of) b.of.push(each);
        return b;
      },
    });
    const accumulators = begun(lists);
    accumulators.add(0, 1, 0);
    accumulators.add(1, 2, 0);
    accumulators.merge(0, 1);
    accumulators.add(0, 3, 0);
    expect([accumulators.result(0), accumulators.result(1)]).toEqual(['2,1,3', '2']);
  });
});

describe('aggregates of several fields, and of the length of the window', () => {
  interface Sample {
    readonly at: number;
    readonly a?: number | null;
    readonly b?: number | string;
  }
  const aggregate = {
    cov: covariance('a', 'b'),
    mean: weightedMean('a', 'b'),
    held: timeWeightedMean('a'),
    records: rate({ per: '1ms' }),
    amounts: rate('a', { per: 10 }),
  };
  const start = (): TestPipeline =>
    new TestPipeline([tumblingWindow<Sample, [], never>({ size: 10, time: 'at', aggregate } as never)]);

  it('skip records that miss one of the fields, and know the borders', () => {
    const pipeline = start();
    pipeline.push({ at: 2, a: 1, b: 1 }).push({ at: 3, b: 7 }).push({ at: 4, a: null, b: 7 });
    pipeline.push({ at: 6, a: 4, b: 2 }).push({ at: 7 }).end();
    expect(pipeline.outcome.rows.map(([row]) => row)).toEqual([
      { windowStart: 0, windowEnd: 10, cov: 1.5, mean: 3, held: 2.5, records: 0.5, amounts: 5 },
    ]);
  });

  it('reject a record whose second field holds no number', () => {
    const pipeline = start();
    pipeline.push({ at: 2, a: 1, b: 'x' }).push({ at: 3, a: 1, b: 1 }).end();
    expect(pipeline.outcome.rejections).toMatchObject([{ kind: 'invalid', field: 'b', rule: 'number', received: 'x' }]);
    expect(pipeline.outcome.rows).toMatchObject([[{ records: 0.1 }, 9]]);
  });

  it('say what they read', () => {
    const { fields, summary } = tumblingWindow<Sample, [], never>({ size: 10, time: 'at', aggregate } as never).recipe;
    expect(fields).toMatchObject({ reads: ['a', 'b'] });
    expect(summary).toContain('cov = covariance(a, b), mean = weightedMean(a, b), held = timeWeightedMean(a)');
    const whole = tumblingWindow<Order, [], never>({ size: 10, time: 'at', aggregate: { items } } as never).recipe;
    expect(whole.fields.reads).toBe('all');
  });
});
