import { describe, expect, it } from 'vitest';
import type { Aggregate } from '../../../operators/aggregate/aggregate.ts';
import { aggregator } from '../../../operators/aggregate/aggregator.ts';
import { count } from '../../../operators/aggregate/count.ts';
import { first } from '../../../operators/aggregate/first.ts';
import { last } from '../../../operators/aggregate/last.ts';
import { max } from '../../../operators/aggregate/max.ts';
import { mean } from '../../../operators/aggregate/mean.ts';
import { min } from '../../../operators/aggregate/min.ts';
import { sum } from '../../../operators/aggregate/sum.ts';
import { sessionWindow, type SessionWindowOptions } from '../../../operators/window/session-window.ts';
import { type Driver, drive } from '../../../src/testing/index.ts';
import type { Stream } from '../../../src/stream.ts';
import { obeysOperatorLaws } from '../../support/laws.ts';
import { marbles } from '../../support/marbles.ts';
import { TestPipeline } from '../../support/pipelines.ts';
import { type Click as AnyClick, type ClickRow, push, shown } from './shown-rows.ts';
import type { Reading } from './window-model.ts';

const aggregate = {
  records: count(),
  n: count('v'),
  sum: sum('v'),
  mean: mean('v'),
  min: min('v'),
  max: max('v'),
  first: first('v'),
  last: last('v'),
};
const gapByRecord = ({ v }: Reading): number => 3 + (Number.isFinite(v) ? Math.abs(v as number) : 0);
const n: { n: Aggregate<unknown, number> } = { n: count() };

const samples: readonly Reading[] = [
  { key: 'b', at: 3, v: 1 },
  { key: 'a', at: 5, v: null },
  { key: 'a', at: 24, v: 2 },
  { key: 'a', at: 14, v: 3 },
  { key: 'b', at: 12, v: 4 },
  { key: 'a', at: 35, v: 5 },
  { key: 'c', at: 34, v: 6 },
  { key: 'a', at: 2, v: 7 },
  { key: 'b', at: 80, v: 7 },
];

describe('sessionWindow', () => {
  obeysOperatorLaws(
    () =>
      sessionWindow<Reading, 'key', typeof aggregate>({
        gap: 10,
        time: 'at',
        key: 'key',
        outOfOrderness: 9,
        aggregate,
      }),
    samples,
  );
  describe('with a gap by record, early firings and allowed lateness', () => {
    obeysOperatorLaws(
      () =>
        sessionWindow<Reading, 'key', typeof aggregate>({
          gap: gapByRecord,
          time: 'at',
          key: 'key',
          allowedLateness: 20,
          early: { count: 2 },
          aggregate,
        }),
      samples,
      {
        callbacks: [gapByRecord],
        throwing: () =>
          sessionWindow<Reading, 'key', typeof n>({
            gap: () => {
              throw new Error('of the callback');
            },
            time: 'at',
            key: 'key',
            aggregate: n,
          }),
      },
    );
  });

  it(
    'fires a session when the watermark has passed the gap behind its last record',
    marbles(({ hot, expectObservable }) => {
      // gap 3      |a    |b (joins)  |c: 8 is more than 3 after 4, its watermark is 7
      const source = hot('  -a---b---c---d--|', { a: { at: 1 }, b: { at: 4 }, c: { at: 8 }, d: { at: 11 } });
      const expected = '    ---------x------(y|)';

      const rows = source.pipe(sessionWindow({ gap: 3, time: 'at', aggregate: n }));
      expectObservable(rows).toBe(expected, {
        x: { windowStart: 1, windowEnd: 7, n: 2 },
        y: { windowStart: 8, windowEnd: 14, n: 2 },
      });
    }),
  );

  describe('driven by hand', () => {
    interface Click extends AnyClick {
      readonly gap?: unknown;
    }
    type Options = SessionWindowOptions<Click>;
    /** Time goes on only when the watermark is moved by hand. */
    const clicks = (options: Options): Driver<Click, ClickRow> =>
      drive((input: Stream<Click>) =>
        input
          .onReject('drop')
          .eventTime('at', { outOfOrderness: '1d' })
          .keyBy('user')
          .sessionWindow(options)
          .aggregate({ n: count(), first: first('at') }),
      );

    it('makes one session of two that are exactly one gap apart, and two of more', () => {
      expect(shown(push(clicks({ gap: 10 }), 0, 10, 21).end())).toEqual(['a 0-20 2', 'a 21-31 1']);
    });

    it.each([
      [0, ['a 0-10 1', 'b 10-20 1', 'a 10-20 1']],
      [1, ['a 0-20 2', 'b 10-20 1']],
    ])(
      'lets another key close it at its very end, unless records may be out of order by %i',
      (outOfOrderness, rows) => {
        const driver: Driver<Click, ClickRow> = drive((input: Stream<Click>) =>
          input
            .eventTime('at', { outOfOrderness })
            .keyBy('user')
            .sessionWindow({ gap: 10 })
            .aggregate({ n: count(), first: first('at') }),
        );
        driver.push({ user: 'a', at: 0 }).push({ user: 'b', at: 10 }).push({ user: 'a', at: 10 }).end();
        expect(shown(driver).toSorted()).toEqual(rows.toSorted());
      },
    );

    it('joins sessions when a late record comes between them, of however many', () => {
      expect(shown(push(clicks({ gap: 10 }), 0, 20, 40, 10, 30).end())).toEqual(['a 0-50 5']);
      const wide = clicks({ gap: ({ gap }) => (gap ?? 10) as number });
      push(wide, 0, 20, 40, 60).push({ user: 'a', at: 1, gap: 70 });
      expect(shown(wide.end())).toEqual(['a 0-71 5']);
    });

    it('closes a session when the watermark reaches its last moment, and rejects who comes after', () => {
      const driver = push(clicks({ gap: 10 }), 0).watermark(8);
      expect(shown(driver)).toEqual([]);
      expect(shown(push(driver, 9).watermark(17))).toEqual([]);
      expect(shown(driver.watermark(18))).toEqual(['a 0-19 2']);
      // 8 would touch what is forgotten, 9 ends behind the watermark.
      push(driver, 8, 9, 10);
      expect(driver.takeRejections()).toMatchObject([
        { kind: 'late', value: { at: 8 }, timestamp: 8 },
        { kind: 'late', value: { at: 9 } },
      ]);
      expect(shown(driver.end())).toEqual(['a 10-20 1']);
    });

    it('updates sessions that have fired as long as lateness is allowed, and joins them with open ones', () => {
      const driver = push(clicks({ gap: 10, allowedLateness: 20 }), 0, 15).watermark(12);
      expect(shown(driver)).toEqual(['a 0-10 1 on-time 0']);
      expect(shown(push(driver, 2))).toEqual(['a 0-12 2 late 1']);
      // Joins what has fired with what has not: it fires when the whole of it is over.
      expect(shown(push(driver, 8))).toEqual([]);
      expect(shown(driver.watermark(24))).toEqual(['a 0-25 4 on-time 2']);
      expect(shown(driver.watermark(43))).toEqual([]);
      expect(shown(push(driver, 14))).toEqual(['a 0-25 5 late 3']);
      expect(shown(push(driver.watermark(44), 14))).toEqual([]);
      expect(driver.takeRejections()).toMatchObject([{ kind: 'late', value: { at: 14 } }]);
      expect(shown(driver.end())).toEqual([]);
    });

    it('opens a session again that a record extends, in the very moment of its end', () => {
      const driver = push(clicks({ gap: 10, allowedLateness: 20 }), 0).watermark(9);
      expect(shown(driver)).toEqual(['a 0-10 1 on-time 0']);
      expect(shown(push(driver, 5).watermark(13))).toEqual([]);
      expect(shown(driver.watermark(14))).toEqual(['a 0-15 2 on-time 1']);
    });

    it('lets a late record begin a session of its own, which fires at once', () => {
      const driver = push(clicks({ gap: 10, allowedLateness: 20 }), 100).watermark(60);
      expect(shown(push(driver, 40))).toEqual(['a 40-50 1 late 0']);
      // Its own session would be forgotten, but it touches one that is not.
      expect(shown(push(driver, 31))).toEqual(['a 31-50 2 late 1']);
      push(driver, 20);
      expect(driver.takeRejections()).toMatchObject([{ kind: 'late', value: { at: 20 } }]);
    });

    it('goes on with the largest pane index, and adds up what is new, when sessions merge', () => {
      const driver = push(clicks({ gap: 10, early: { count: 2 }, panes: 'discarding' }), 0, 1, 2, 3, 40, 41, 42);
      expect(shown(driver)).toEqual(['a 0-11 2 early 0', 'a 0-13 2 early 1', 'a 40-51 2 early 0']);
      // 42 is new, and the three that join: the second of them makes two.
      expect(shown(push(driver, 12, 22))).toEqual(['a 0-32 2 early 2']);
      expect(shown(push(driver, 31))).toEqual(['a 0-52 2 early 3']);
      expect(shown(driver.end())).toEqual([]);
    });

    it('goes on with the largest pane index also where the younger session has it', () => {
      const driver = push(clicks({ gap: 10, early: { count: 2 } }), 40, 41, 42, 43, 10, 20);
      expect(shown(driver)).toEqual(['a 40-51 2 early 0', 'a 40-53 4 early 1', 'a 10-30 2 early 0']);
      expect(shown(push(driver, 30).end())).toEqual(['a 10-53 7 on-time 2']);
    });

    it('fires early in event time from windowStart, once for whatever has passed', () => {
      const driver = push(clicks({ gap: 10, early: { every: 5 } }), 3, 12, 21).watermark(6);
      expect(shown(driver)).toEqual([]);
      expect(shown(driver.watermark(7))).toEqual(['a 3-31 3 early 0']);
      expect(shown(driver.watermark(20))).toEqual([]);
      expect(shown(push(driver, 25).watermark(21))).toEqual([]);
      expect(shown(driver.watermark(29))).toEqual(['a 3-35 4 early 1']);
      expect(shown(driver.watermark(34))).toEqual(['a 3-35 4 on-time 2']);
    });

    it('fires early in processing time from the first record of the session, also of one that was joined', () => {
      const options: Options = { gap: 10, early: { every: 5, time: 'processing' } };
      const driver = push(clicks(options).advanceTo(100), 0);
      driver.push({ user: 'b', at: 1 });
      push(driver.advanceTo(103), 20);
      expect(shown(driver.advanceTo(105))).toEqual(['a 0-10 1 early 0', 'b 1-11 1 early 0']);
      // From 103 on there is no session of its own any more: 100 counts.
      push(driver.advanceTo(106), 10);
      const restored = clicks(options).restore(driver.snapshot());
      for (const each of [driver, restored]) {
        expect(shown(each.advanceTo(109))).toEqual([]);
        expect(shown(each.advanceTo(110))).toEqual(['a 0-30 3 early 1']);
        expect(shown(each.advanceTo(200).end())).toEqual(['b 1-11 1 on-time 1', 'a 0-30 3 on-time 2']);
      }
    });

    it('counts from the first record that came, also where that is in the younger session', () => {
      const driver = push(clicks({ gap: 10, early: { every: 5, time: 'processing' } }).advanceTo(100), 20);
      push(driver.advanceTo(103), 0, 10);
      expect(shown(driver.advanceTo(104))).toEqual([]);
      expect(shown(driver.advanceTo(105))).toEqual(['a 0-30 3 early 0']);
    });

    it('cuts processing time by when records come, late or not', () => {
      const byClock = (input: Stream<Click>): Stream<ClickRow> =>
        input
          .keyBy('user')
          .sessionWindow({ gap: 10, clock: 'processing' })
          .aggregate({ n: count(), first: first('at') }) as never;
      const driver = push(drive(byClock).advanceTo(50), 7, 7).advanceTo(59);
      push(driver, 1);
      const restored = drive(byClock).restore(driver.snapshot());
      for (const each of [driver, restored]) {
        expect(shown(each.advanceTo(68))).toEqual([]);
        expect(shown(each.advanceTo(69))).toEqual(['a 50-69 3']);
        // At the moment in which the session is over a new one begins.
        expect(shown(push(each, 1).advanceTo(70))).toEqual([]);
        expect(shown(each.end())).toEqual(['a 69-79 1']);
      }
    });

    it('waits for the end of the last partition where nobody before it gives the time', () => {
      const input = drive(
        (all: Stream<Click>) => all.keyBy('user').sessionWindow({ gap: 10, clock: 'processing' }).aggregate(n),
        { partitions: ['0', '1'] },
      );
      input.push({ user: 'a', at: 1 }, { partition: '1' }).watermark(Number.POSITIVE_INFINITY, '1');
      expect(input.take()).toEqual([]);
      input.watermark(Number.POSITIVE_INFINITY, '0');
      expect(input.take()).toEqual([{ user: 'a', windowStart: 0, windowEnd: 10, n: 1 }]);
    });

    it('rejects a record whose gap is wrong or whose gap throws, and absorbs nothing of it', () => {
      const driver = clicks({
        gap: ({ gap }) => {
          if (gap === 'throw') throw new Error('no gap');
          return gap as number;
        },
      });
      const gaps = [0, -1, Number.NaN, Number.POSITIVE_INFINITY, '1 minute', undefined, 'throw', '5ms'];
      gaps.forEach((gap, index) => driver.push({ user: 'a', at: index, gap }));
      const rejections = driver.takeRejections();
      expect(rejections.map(({ kind }) => kind)).toEqual([...gaps.slice(0, 6).map(() => 'invalid'), 'failed']);
      expect(rejections[4]).toMatchObject({
        rule: "a gap that is a positive duration such as '5m', in whole ms, at most 100000000h",
        received: '1 minute',
      });
      expect(rejections[6]?.cause).toEqual(new Error('no gap'));
      expect(shown(driver.end())).toEqual(['a 7-12 1']);
      expect(driver.ledger.at(-1)).toMatchObject({ in: 8, absorbed: 1, rejected: { invalid: 6, failed: 1 } });
    });

    it('lets sessions that are due together leave by windowEnd, then in the order in which their keys were first seen', () => {
      const driver = clicks({ gap: ({ gap }) => gap as number });
      for (const [user, time, gap] of [
        ['z', 15, 10],
        ['y', 20, 5],
        ['x', 5, 6],
        ['w', 24, 1],
        ['z', 1, 10],
      ] as const) {
        driver.push({ user, at: time, gap });
      }
      expect(shown(driver.watermark(24))).toEqual(['z 1-11 1', 'x 5-11 1', 'z 15-25 1', 'y 20-25 1', 'w 24-25 1']);
    });

    it('fires all that is due before the next record of a step that emits in a loop', () => {
      const users = Array.from({ length: 3_000 }, (_, user) => ({ user: String(user), at: 0 }));
      const driver = drive((input: Stream<readonly Click[]>) =>
        input
          .flatMap((list) => list)
          .eventTime('at')
          .keyBy('user')
          .sessionWindow({ gap: 10 })
          .aggregate({ n: count(), first: first('at') }),
      );
      driver.push([...users, { user: 'x', at: 1_000 }, { user: '2999', at: 5 }]);
      expect(driver.take()).toHaveLength(3_000);
      expect(driver.takeRejections()).toMatchObject([{ kind: 'late', value: { user: '2999' } }]);
    });

    it('fires any number of sessions in pieces', () => {
      const driver = clicks({ gap: 10 });
      for (let user = 0; user < 5_000; user++) driver.push({ user: String(user), at: user % 3 });
      driver.watermark(100);
      expect(driver.take()).toHaveLength(5_000);
      expect(driver.currentWatermark).toBe(100);
    });
  });

  it('merges aggregates of the user, and rejects a record on which one throws', () => {
    const longest = aggregator<Reading, { words: string[] }, string>({
      create: () => ({ words: [] }),
      add: (state, { key, v }) => {
        if (v === 13) throw new Error('unlucky');
        state.words.push(`${key}${String(v)}`);
        return state;
      },
      result: ({ words }) => words.join(' '),
      merge: (a, b) => ({ words: [...a.words, ...b.words] }),
    });
    const pipeline = new TestPipeline([
      sessionWindow<Reading, [], { words: typeof longest; n: typeof n.n }>({
        gap: 10,
        time: 'at',
        outOfOrderness: 1_000,
        aggregate: { words: longest, n: count() },
      }),
    ]);
    for (const [at, v] of [
      [40, 4],
      [0, 1],
      [20, 2],
      [10, 13],
      [10, 3],
      [30, 13],
    ] as const) {
      pipeline.push({ key: 'k', at, v });
    }
    pipeline.end();
    expect(pipeline.outcome.rows).toMatchObject([
      [{ windowStart: 0, windowEnd: 30, words: 'k1 k2 k3', n: 3 }, 29],
      [{ windowStart: 40, windowEnd: 50, words: 'k4', n: 1 }, 49],
    ]);
    expect(pipeline.outcome.rejections).toMatchObject([
      { kind: 'failed', value: { at: 10, v: 13 } },
      { kind: 'failed', value: { at: 30, v: 13 } },
    ]);
  });

  it.each([
    [{ gap: 0 }, 'gap'],
    [{ gap: -1 }, 'gap'],
    [{ gap: Number.NaN }, 'gap'],
    [{ gap: Number.POSITIVE_INFINITY }, 'gap'],
    [{ gap: '1 minute' }, 'gap'],
    [{ gap: undefined }, 'gap'],
    [{ gap: 9e15 }, 'gap'],
  ])('refuses %j when called', (wrong, option) => {
    const call = (): unknown => sessionWindow({ time: 'at', aggregate, ...wrong } as never);
    expect(call).toThrowError(expect.objectContaining({ code: 'ML_ARGUMENT' }));
    expect(call).toThrowError(`sessionWindow: \`${option}\``);
  });

  it('refuses to be subscribed to without a time, but in processing time', () => {
    const pipeline = (): unknown => new TestPipeline([sessionWindow({ gap: 3, aggregate: n })]);
    expect(pipeline).toThrowError(expect.objectContaining({ code: 'ML_ARGUMENT' }));
    expect(() => new TestPipeline([sessionWindow({ gap: 3, clock: 'processing', aggregate: n })])).not.toThrow();
  });
});
