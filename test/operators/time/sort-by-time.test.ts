import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { balances } from '../../../core/ledger.ts';
import { sortByTime } from '../../../operators/time/sort-by-time.ts';
import { count, type Stream, stream } from '../../../src/index.ts';
import { drive } from '../../../src/testing/index.ts';
import { obeysOperatorLaws } from '../../support/laws.ts';
import { marbles } from '../../support/marbles.ts';
import { batches } from '../../support/batches.ts';
import { patience, runs } from '../../support/runs.ts';

interface Timed {
  readonly at: number;
  readonly id?: number;
}

const timed = (...times: readonly number[]): readonly Timed[] => times.map((at, id) => ({ at, id }));

describe('sortByTime', () => {
  obeysOperatorLaws(() => sortByTime<Timed>({ time: 'at', outOfOrderness: 3 }), timed(5, 3, 4, 9, 2, 12, 12, 11));

  describe('with keys, and more records than it may hold', () =>
    obeysOperatorLaws(
      () => sortByTime<Timed>({ time: 'at', outOfOrderness: 30, maxHeld: 3, key: 'id' }),
      timed(5, 3, 4, 9, 2, 12, 12, 11),
    ));

  it(
    'holds records until the watermark has passed them',
    marbles(({ hot, expectObservable }) => {
      const values = { a: { at: 1 }, b: { at: 4 }, c: { at: 3 }, d: { at: 9 } };
      const source = hot('  -a---b---c---d----|', values);
      // watermark           -2  1       6    +Infinity
      const expected = '    -----a-------(cb)-(d|)';

      expectObservable(source.pipe(sortByTime({ time: 'at', outOfOrderness: 2 }))).toBe(expected, values);
    }),
  );

  it('lets ties go as they came, and the watermark behind what it has passed', () => {
    const driver = drive((s: Stream<Timed>) => s.eventTime('at', { outOfOrderness: 2 }).sortByTime());
    for (const record of timed(4, 2, 4, 3, 4)) driver.push(record);
    expect(driver.take()).toEqual([]);
    expect(driver.push({ at: 7 }).take()).toEqual([
      { at: 2, id: 1 },
      { at: 3, id: 3 },
      { at: 4, id: 0 },
      { at: 4, id: 2 },
      { at: 4, id: 4 },
    ]);
    expect(driver.currentWatermark).toBe(4);
  });

  it('rejects what is not later than the watermark', () => {
    const driver = drive((s: Stream<Timed>) => s.eventTime('at').sortByTime());
    driver.push({ at: 5 }).push({ at: 4 }).push({ at: 5 }).end();
    expect(driver.takeRejections()).toMatchObject([
      { kind: 'late', operator: 'sortByTime', timestamp: 4, rule: 'later than the watermark 4' },
    ]);
    expect(driver.take()).toHaveLength(2);
  });

  it('lets the oldest go on when it holds too many, and counts them', () => {
    const driver = drive((s: Stream<Timed>) => s.eventTime('at', { outOfOrderness: 100 }).sortByTime({ maxHeld: 2 }));
    for (const record of timed(5, 3, 4, 1)) driver.push(record);
    expect(driver.take().map(({ at }) => at)).toEqual([3, 1]);
    const line = driver.ledger.find(({ step }) => step === 'sortByTime')!;
    expect(line).toMatchObject({ in: 4, passed: 2, held: 2, hurried: 2 });
    expect(balances(line)).toBe(true);
    expect(
      driver
        .end()
        .take()
        .map(({ at }) => at),
    ).toEqual([4, 5]);
  });

  it('holds no more than it may though a snapshot from before did', () => {
    const build = (maxHeld: number) => (s: Stream<Timed>) =>
      s.eventTime('at', { outOfOrderness: 100 }).sortByTime({ maxHeld });
    const before = drive(build(9));
    for (const record of timed(5, 3, 4, 1, 2)) before.push(record);
    const after = drive(build(2)).restore(before.snapshot()).push({ at: 6 });
    expect(after.take().map(({ at }) => at)).toEqual([1, 2, 3, 4]);
    const line = after.ledger.find(({ step }) => step === 'sortByTime')!;
    expect([line.held, line.hurried, balances(line)]).toEqual([2, 4, true]);
  });

  it('balances its ledger behind a restore', () => {
    const build = (s: Stream<Timed>) => s.eventTime('at').sortByTime();
    const restored = drive(build).restore(drive(build).push({ at: 5 }).push({ at: 7 }).snapshot());
    expect(restored.ledger.find(({ step }) => step === 'sortByTime')).toMatchObject({ in: 1, held: 1 });
    restored.end();
    expect(restored.ledger.find(({ step }) => step === 'sortByTime')).toMatchObject({ in: 1, held: 0, passed: 1 });
  });

  it('hands on each record with its own key and origin, and gives the one under way its own back', () => {
    const { pipeline, rejections, sweep } = batches((s: Stream<Timed>) =>
      s
        .eventTime('at', { outOfOrderness: 1 })
        .keyBy('id')
        // Emits behind what the sort lets go in between.
        .flatMap((record) => [record, { ...record, at: record.at }])
        .sortByTime()
        .filter(() => {
          throw new Error('of the callback');
        }),
    );
    sweep('p', timed(1, 3, 2, 9));
    pipeline.heads[0]!.end();
    const lines = rejections.map(({ value, origin }) => [(value as Timed).id, origin?.['line']]);
    expect(lines).toEqual([0, 0, 2, 2, 1, 1, 3, 3].map((id) => [id, id]));
    const {
      pipeline: late,
      rejections: told,
      sweep: sweepLate,
    } = batches((s: Stream<Timed>) =>
      s.eventTime('at', { outOfOrderness: 1 }).sortByTime().tumblingWindow(5).aggregate({ n: count() }),
    );
    sweepLate('p', timed(1, 30, 2, 40, 7));
    late.heads[0]!.end();
    expect(told.map(({ kind, origin }) => [kind, origin?.['line']])).toEqual([
      ['late', 2],
      ['late', 4],
    ]);
  });

  it('lets them go a piece at a time, the watermark behind the last of them', () => {
    const build = (s: Stream<Timed>) => s.eventTime('at', { outOfOrderness: 5_000 }).sortByTime();
    const { pipeline, rows, watermarks } = batches(build, { inPieces: true });
    const head = pipeline.heads[0]!;
    for (let time = 3_000; time > 0; time--) head.push({ at: time }, Number.NaN, head.partition('p'));
    head.push({ at: 9_000 }, Number.NaN, head.partition('p'));
    const counts = [rows.length];
    while (pipeline.fire(1_000) === 'more') counts.push(rows.length);
    expect([counts, rows.length]).toEqual([[1_024, 2_024], 3_000]);
    expect(rows.map(([, timestamp]) => timestamp)).toEqual(Array.from({ length: 3_000 }, (_, index) => index + 1));
    expect(watermarks.at(-1)).toBe(3_999);
  });

  it('sorts any records as a plain sort does, less those that are late', patience, () => {
    const times = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 60 });
    fc.assert(
      fc.property(times, fc.integer({ min: 0, max: 20 }), (list, outOfOrderness) => {
        const driver = drive((s: Stream<Timed>) => s.eventTime('at', { outOfOrderness }).sortByTime());
        const kept: Timed[] = [];
        let newest = Number.NEGATIVE_INFINITY;
        for (const record of timed(...list)) {
          driver.push(record);
          if (record.at > newest - outOfOrderness - 1) kept.push(record);
          newest = Math.max(newest, record.at);
        }
        expect(driver.end().take()).toEqual(kept.toSorted((a, b) => a.at - b.at));
      }),
      { numRuns: runs },
    );
  });

  it.each([0, 1.5, Number.NaN, '5'])('refuses maxHeld = %j when called', (maxHeld) => {
    expect(() => sortByTime({ maxHeld: maxHeld as number })).toThrowError(
      'sortByTime: `maxHeld` must be a whole number',
    );
  });

  it('needs a time', () => {
    expect(() =>
      stream([{ at: 1 }])
        .sortByTime()
        .explain(),
    ).toThrowError(/eventTime/);
  });
});
