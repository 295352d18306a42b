import { from } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Aggregate } from '../../../operators/aggregate/aggregate.ts';
import type { Operator } from '../../../operators/operator.ts';
import {
  calendarWindow,
  countWindow,
  cumulativeWindow,
  globalWindow,
  sessionWindow,
  slidingWindow,
  sortByTime,
  tumblingWindow,
} from '../../../operators/index.ts';
import { count, mean, type Rejection, stream } from '../../../src/index.ts';
import { TestPipeline } from '../../support/pipelines.ts';

const records: Aggregate<unknown, number> = count();
const aggregate = { n: count(), mean: mean('v') };
const step = (make: (options: never) => unknown, own: object) => (): unknown =>
  make({ time: 'at', aggregate, ...own } as never);
const steps: Readonly<Record<string, () => unknown>> = {
  calendarWindow: step(calendarWindow, { every: 'day', zone: 'Europe/Berlin' }),
  countWindow: step(countWindow, { size: 4 }),
  cumulativeWindow: step(cumulativeWindow, { size: 20, step: 10 }),
  globalWindow: step(globalWindow, {}),
  sessionWindow: step(sessionWindow, { gap: 10 }),
  slidingWindow: step(slidingWindow, { size: 20, slide: 10 }),
  tumblingWindow: step(tumblingWindow, { size: 10 }),
  sortByTime: () => sortByTime({ time: 'at' } as never),
};
const windows = Object.keys(steps).filter((name) => name !== 'sortByTime');
const pipelineOf = (name: string): TestPipeline => new TestPipeline([steps[name]!() as Operator<never, unknown>]);

/** What cannot be a time: nothing, no number, or one that no `Date` can hold. */
const times: readonly unknown[] = [
  undefined,
  null,
  Number.NaN,
  Infinity,
  -Infinity,
  1e300,
  8.64e15 + 2,
  -8.64e15 - 2,
  '2024-01-01T00:00:00Z',
  true,
  5n,
  {},
  new Date(Number.NaN),
];

describe.each(Object.keys(steps))('%s', (name) => {
  it('rejects records without a time by the name of the field, and goes on', () => {
    const pipeline = pipelineOf(name);
    for (const at of times) pipeline.push({ at, v: 1 });
    pipeline.push({ v: 1 });
    const invalid = (value: object, received: unknown): Partial<Rejection> => {
      return {
        kind: 'invalid',
        operator: 'eventTime',
        field: 'at',
        rule: 'a timestamp (epoch ms or a Date)',
        value,
        received,
      };
    };
    expect(pipeline.outcome.rejections).toEqual([
      ...times.map((at) => invalid({ at, v: 1 }, at)),
      invalid({ v: 1 }, undefined),
    ]);
    // None of them has moved the time.
    pipeline
      .push({ at: new Date(5), v: 1 })
      .push({ at: 5, v: 3 })
      .end();
    expect(pipeline.outcome.rejections).toHaveLength(times.length + 1);
    expect(pipeline.outcome.rows.length).toBeGreaterThan(0);
  });
});

describe.each(windows)('%s', (name) => {
  it('rejects a record of which an aggregate cannot use a field, and absorbs nothing of it', () => {
    const pipeline = pipelineOf(name);
    const values = ['7', true, 5n, {}, [1]];
    for (const v of values) pipeline.push({ at: 1, v });
    expect(pipeline.outcome.rejections).toEqual(
      values.map((v) => {
        return {
          kind: 'invalid',
          operator: name,
          field: 'v',
          rule: 'number',
          value: { at: 1, v },
          received: v,
          timestamp: 1,
        };
      }),
    );
    for (const v of [null, undefined, Number.NaN, 3]) pipeline.push({ at: 1, v });
    expect(pipeline.end().outcome.rows[0]).toMatchObject([{ n: 4, mean: 3 }, expect.any(Number)]);
  });
});

describe('sessionWindow with a gap by record', () => {
  it('rejects a record whose gap is none', () => {
    const window = sessionWindow<{ at: number; gap: unknown }, [], { n: typeof records }>({
      gap: ({ gap }) => gap as number,
      time: 'at',
      aggregate: { n: records },
    });
    const pipeline = new TestPipeline([window]);
    const gaps = [0, -5, 0.5, Number.NaN, Infinity, '5', '1.5ms', '0s', '4166667d', null, undefined, {}];
    for (const gap of gaps) pipeline.push({ at: 1, gap });
    const rule = "a gap that is a positive duration such as '5m', in whole ms, at most 100000000h";
    expect(pipeline.outcome.rejections).toEqual(
      gaps.map((gap) => {
        return { kind: 'invalid', operator: 'sessionWindow', rule, value: { at: 1, gap }, received: gap, timestamp: 1 };
      }),
    );
    pipeline.push({ at: 1, gap: '5ms' }).push({ at: 2, gap: 1 }).end();
    expect(pipeline.outcome.rows).toEqual([[{ windowStart: 1, windowEnd: 6, n: 2 }, 5]]);
  });
});

describe('under the policy `fail`', () => {
  const messageOf = (given: readonly object[]): Promise<unknown> =>
    stream(from(given as { at: number; v: number }[]))
      .eventTime('at')
      .tumblingWindow('1s')
      .aggregate(aggregate)
      .toArray()
      .catch((error: Error) => error.message);

  it.each([
    [{ v: 1 }, 'eventTime: `at` must be a timestamp (epoch ms or a Date), got undefined'],
    [{ at: 'now' }, 'eventTime: `at` must be a timestamp (epoch ms or a Date), got "now" (string)'],
    [{ at: Number.NaN }, 'eventTime: `at` must be a timestamp (epoch ms or a Date), got NaN (number)'],
    [{ at: 1, v: '7' }, 'tumblingWindow: `v` must be number, got "7" (string)'],
  ])('%j ends the stream with what was wrong', async (record, message) => {
    expect(await messageOf([{ at: 1, v: 1 }, record])).toBe(message);
  });
});
