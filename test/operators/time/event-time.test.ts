import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventTime } from '../../../operators/time/event-time.ts';
import type { Stream } from '../../../src/index.ts';
import { obeysOperatorLaws } from '../../support/laws.ts';
import { marbles } from '../../support/marbles.ts';
import { TestPipeline } from '../../support/pipelines.ts';
import { patience, runs } from '../../support/runs.ts';
import { cutting, play, stepsOf } from '../../support/script.ts';
import { act, actsOf, partitions, setting } from '../window/drawn-acts.ts';
import type { Numbered } from '../window/window-model.ts';

interface Timed {
  readonly at: number | Date;
}

describe('eventTime', () => {
  const at = (record: { readonly seconds: number }): number => 1_000 * record.seconds;

  describe('by a field', () =>
    obeysOperatorLaws(
      () => eventTime<Timed>('at', { outOfOrderness: 5 }),
      [{ at: 10 }, { at: 7 }, { at: new Date(20) }],
    ));

  describe('by a function', () =>
    obeysOperatorLaws(() => eventTime(at), [{ seconds: 1 }, { seconds: 3 }, { seconds: 2 }], {
      callbacks: [at],
      throwing: () =>
        eventTime((): number => {
          throw new Error('of the callback');
        }),
    }));

  it(
    'lets every record go on as it came, at once',
    marbles(({ hot, expectObservable }) => {
      const values = { a: { at: 1 }, b: { at: 9 }, c: { at: 3 } };
      const source = hot('  -a---b---c--|', values);
      const expected = '    -a---b---c--|';

      expectObservable(source.pipe(eventTime('at'))).toBe(expected, values);
    }),
  );

  it('gives records the time of their field, a number or a Date', () => {
    const { outcome } = new TestPipeline([eventTime<Timed>('at')]).push({ at: 5 }).push({ at: new Date(7) });
    expect(outcome.rows.map(([, timestamp]) => timestamp)).toEqual([5, 7]);
  });

  it('says behind each record how far time has come: a record of the very same time may still come', () => {
    const pipeline = new TestPipeline([eventTime<Timed>('at', { outOfOrderness: '1s' })]);
    for (const each of [5_000, 3_000, 5_000, 7_500]) pipeline.push({ at: each });
    expect(pipeline.end().outcome.watermarks).toEqual([3_999, 6_499, Number.POSITIVE_INFINITY]);
  });

  it('follows the slowest partition, and leaves out one that is idle until it has caught up', () => {
    const pipeline = new TestPipeline([eventTime<Timed>('at')]);
    pipeline.push({ at: 11 }, 'a').push({ at: 6 }, 'b');
    expect(pipeline.outcome.watermarks).toEqual([10]);
    pipeline.push({ at: 21 }, 'a').idle('b').push({ at: 8 }, 'b').push({ at: 31 }, 'a').push({ at: 41 }, 'b');
    pipeline.push({ at: 51 }, 'a');
    expect(pipeline.outcome.watermarks).toEqual([10, 20, 30, 40]);
  });

  it.each([null, undefined, '5', Number.NaN, Number.POSITIVE_INFINITY, new Date(Number.NaN), 8.64e15 + 1, -9e15])(
    'rejects %j as a time, and does not move the watermark by it',
    (value) => {
      const { outcome } = new TestPipeline([eventTime<Timed>('at')]).push({ at: value });
      expect(outcome.rejections).toMatchObject([
        { kind: 'invalid', field: 'at', rule: 'a timestamp (epoch ms or a Date)', received: value },
      ]);
      expect(outcome.watermarks).toEqual([]);
    },
  );

  it('names no field where a function gives the time', () => {
    const { outcome } = new TestPipeline([eventTime<Timed>(() => Number.NaN)]).push({ at: 5 });
    expect(outcome.rejections).toMatchObject([{ kind: 'invalid', operator: 'eventTime', value: { at: 5 } }]);
    expect(outcome.rejections[0]).not.toHaveProperty('field');
  });

  it('rejects what is too far ahead of the clock, and does not move the watermark by it', () => {
    const { outcome } = new TestPipeline([eventTime<Timed>('at', { maxAhead: '1s' })])
      .push({ at: 1_001 })
      .push({ at: 1_000 });
    expect(outcome.rejections).toMatchObject([{ kind: 'ahead', field: 'at', received: 1_001, timestamp: 1_001 }]);
    expect(outcome.watermarks).toEqual([999]);
  });

  it('never takes the watermark back, whatever comes, from whom, and wherever it is restored', patience, () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 12 }), setting, cutting(12), (acts, given, cuts) => {
        const steps = stepsOf(actsOf(acts, { unit: 1, origin: 0 }, given.partitions), cuts);
        const { outOfOrderness, maxAhead } = given;
        const ahead = Number.isFinite(maxAhead) ? maxAhead : 'off';
        const chain = (input: Stream<Numbered>): Stream<unknown> =>
          input.eventTime('at', { outOfOrderness, maxAhead: ahead }) as unknown as Stream<unknown>;
        const told = play(chain, steps, { partitions: partitions.slice(0, given.partitions) });
        const marks = told.flatMap((each) => (each[0] === 'watermark' ? [each[1]] : []));
        expect(marks).toEqual([...new Set(marks)].toSorted((a, b) => a - b));
        expect(marks.at(-1)).toBe(Number.POSITIVE_INFINITY);
        const records = steps.flatMap((step) => (step.kind === 'batch' ? step.records : []));
        expect(told.filter(([kind]) => kind !== 'watermark')).toHaveLength(records.length);
      }),
      { numRuns: runs },
    );
  });

  it.each([
    [['', {}], 'time'],
    [[5, {}], 'time'],
    [['at', { outOfOrderness: -1 }], 'outOfOrderness'],
    [['at', { outOfOrderness: '5' }], 'outOfOrderness'],
    [['at', { maxAhead: 0 }], 'maxAhead'],
    [['at', { lateness: 5 }], 'lateness'],
  ])('refuses %j when called', (given, option) => {
    const call = (): unknown => eventTime<Timed>(...(given as ['at']));
    expect(call).toThrowError(expect.objectContaining({ code: 'ML_ARGUMENT' }));
    expect(call).toThrowError(`eventTime: \`${option}\``);
  });
});
