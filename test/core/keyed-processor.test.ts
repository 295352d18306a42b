import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { balances } from '../../core/ledger.ts';
import { ewma } from '../../operators/smooth/ewma.ts';
import { movingAverage } from '../../operators/smooth/moving-average.ts';
import { fillMissing } from '../../operators/clean/fill-missing.ts';
import { DataError, type Rejection, type Stream, stream } from '../../src/index.ts';
import { drive } from '../../src/testing/index.ts';
import { batches } from '../support/batches.ts';
import { obeysOperatorLaws } from '../support/laws.ts';
import { patience, runs } from '../support/runs.ts';

interface Reading {
  readonly at: number;
  readonly id: string;
  readonly t: number | null;
}

const at = (time: number, id: string, t: number | null = time): Reading => ({ at: time, id, t });
const records = [at(1, 'a'), at(2, 'b'), at(14, 'c'), at(15, 'a', null), at(40, 'b'), at(41, 'a'), at(90, 'c', 5)];

describe('keys that expire', () => {
  describe('by ttl', () =>
    obeysOperatorLaws(
      () => ewma<Reading, 't', 's'>('t', { alpha: 0.5, as: 's', time: 'at', key: 'id', ttl: 10 }),
      records,
    ));
  describe('by maxKeys', () =>
    obeysOperatorLaws(
      () => movingAverage<Reading, 't', 's'>('t', { over: 2, as: 's', key: 'id', maxKeys: 2 }),
      records,
    ));
  describe('by both', () =>
    obeysOperatorLaws(
      () => fillMissing<Reading, { t: 'previous' }>({ t: 'previous' }, { time: 'at', key: 'id', ttl: 20, maxKeys: 2 }),
      records,
    ));

  const expiring = (input: Stream<Reading>) =>
    input.eventTime('at').keyBy('id').ewma('t', { alpha: 0.5, as: 's', ttl: '1s' });

  it('lose their state when the watermark is `ttl` behind the record that was seen last', () => {
    const driver = drive(expiring)
      .push(at(0, 'a', 10))
      .push(at(500, 'b', 1))
      .push(at(1_000, 'b', 3));
    expect(driver.takeRejections()).toEqual([]);
    driver.push(at(1_001, 'b', 3));
    expect(driver.takeRejections()).toEqual([
      {
        kind: 'evicted',
        operator: 'ewma',
        value: { id: 'a' },
        rule: 'seen within 1s',
        received: { mean: 10, seen: 1 },
        timestamp: 0,
      },
    ]);
    driver.take();
    expect(driver.push(at(1_002, 'a', 20)).take()).toEqual([{ ...at(1_002, 'a', 20), s: 20 }]);
    const line = driver.ledger.find(({ step }) => step === 'ewma')!;
    expect([line.rejected.evicted, balances(line)]).toEqual([1, true]);
  });

  it('count from the newest of their records, also where an older one comes behind it', () => {
    const driver = drive((input: Stream<Reading>) =>
      input.eventTime('at', { outOfOrderness: 100 }).keyBy('id').ewma('t', { alpha: 0.5, as: 's', ttl: 50 }),
    );
    driver.push(at(100, 'a')).push(at(60, 'a')).push(at(250, 'b'));
    expect(driver.takeRejections()).toEqual([]);
    driver.push(at(251, 'b'));
    expect(driver.takeRejections()).toMatchObject([{ value: { id: 'a' }, timestamp: 100 }]);
  });

  it('expire in the order of time, then of the keys, one time only, and not at the end of the input', () => {
    const driver = drive(expiring);
    for (const record of [at(5, 'c'), at(5, 'a'), at(3, 'b'), at(9, 'd'), at(2_000, 'z')]) driver.push(record);
    expect(driver.takeRejections().map(({ value }) => (value as Reading).id)).toEqual(['b', 'c', 'a', 'd']);
    driver.end();
    expect(driver.takeRejections()).toEqual([]);
  });

  it('make room for others, the one that was seen longest ago first', () => {
    const driver = drive((input: Stream<Reading>) =>
      input.keyBy('id').movingAverage('t', { over: 2, as: 's', maxKeys: 2, minPeriods: 1 }),
    );
    for (const record of [at(1, 'a'), at(2, 'b'), at(3, 'a'), at(4, 'c')]) driver.push(record);
    expect(driver.takeRejections()).toEqual([
      {
        kind: 'evicted',
        operator: 'movingAverage',
        value: { id: 'b' },
        rule: 'among the 2 keys seen last',
        received: { sum: 2, count: 1 },
      },
    ]);
    driver.take();
    expect(driver.push(at(5, 'a')).push(at(6, 'b')).take()).toMatchObject([{ s: 4 }, { s: 6 }]);
  });

  it('may end the stream, with a ledger that balances', () => {
    const driver = drive((input: Stream<Reading>) =>
      input.keyBy('id').ewma('t', { alpha: 0.5, as: 's', maxKeys: 1 }).onReject({ evicted: 'fail' }),
    ).push(at(1, 'a'));
    expect(() => driver.push(at(2, 'b'))).toThrowError(DataError);
    for (const line of driver.ledger) expect([line, balances(line)]).toEqual([line, true]);
  });

  it('has no origin, and leaves the record under way its own', () => {
    const { rejections, sweep } = batches((input: Stream<Reading>) =>
      input
        .eventTime('at')
        .keyBy('id')
        .ewma('t', { alpha: 0.5, as: 's', maxKeys: 1, ttl: 5 })
        .filter(() => {
          throw new Error('of the callback');
        }),
    );
    sweep('p', [at(1, 'a'), at(2, 'b'), at(30, 'b')]);
    expect(rejections.map(({ kind, origin }) => [kind, origin?.['line']])).toEqual([
      ['failed', 0],
      ['evicted', undefined],
      ['failed', 1],
      ['failed', 2],
    ]);
  });

  it('take up the limits of a chain that had none, from the first watermark on', () => {
    const unlimited = drive((input: Stream<Reading>) =>
      input.eventTime('at').keyBy('id').ewma('t', { alpha: 0.5, as: 's' }),
    );
    const snapshot = unlimited.push(at(0, 'a')).push(at(5_000, 'b')).snapshot();
    const driver = drive(expiring).restore(snapshot).push(at(5_500, 'b')).push(at(6_499, 'b'));
    expect(driver.takeRejections()).toEqual([]);
    driver.push(at(6_500, 'b'));
    expect(driver.takeRejections()).toMatchObject([{ value: { id: 'a' }, timestamp: 5_499 }]);
  });

  it('are forgotten a piece at a time, the watermark behind the last of them', () => {
    const { pipeline, rejections, watermarks, rows } = batches(expiring, { inPieces: true });
    const head = pipeline.heads[0]!;
    for (let key = 0; key < 3_000; key++) head.push(at(0, `k${key}`), Number.NaN, head.partition('p'));
    head.push(at(5_000, 'z'), Number.NaN, head.partition('p'));
    const counts = [rejections.length];
    while (pipeline.fire(1_000) === 'more') counts.push(rejections.length);
    expect(counts).toEqual([1_024, 2_024]);
    expect([rejections.length, rows.length, watermarks.at(-1)]).toEqual([3_000, 3_001, 4_999]);
  });

  it('do what a plain model does', patience, () => {
    const list = fc.array(fc.record({ at: fc.nat(100), id: fc.constantFrom('a', 'b', 'c', 'd'), t: fc.nat(9) }), {
      maxLength: 60,
    });
    const check = (given: readonly Reading[], ttl: number, maxKeys: number, outOfOrderness: number): void => {
      const driver = drive((input: Stream<Reading>) =>
        input.eventTime('at', { outOfOrderness }).keyBy('id').ewma('t', { alpha: 0.5, as: 's', ttl, maxKeys }),
      );
      for (const record of given) driver.push(record);
      const evicted = driver.takeRejections().map(({ value }: Rejection) => (value as Reading).id);
      const expected = model(given, ttl, maxKeys, outOfOrderness);
      expect(evicted).toEqual(expected.evicted);
      expect(driver.take().map((row) => row.s)).toEqual(expected.averages);
    };
    fc.assert(fc.property(list, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 5 }), fc.nat(20), check), {
      numRuns: runs,
    });
  });

  it.each([{ ttl: 0 }, { ttl: '5' }, { maxKeys: 0 }, { maxKeys: 1.5 }])('refuse %j when called', (limit) => {
    const call = (): unknown => ewma<Reading, 't', 's'>('t', { alpha: 0.5, as: 's', ...(limit as { ttl: number }) });
    expect(call).toThrowError(`ewma: \`${Object.keys(limit)[0]}\` must be`);
  });

  it('need a time for `ttl`, and none for `maxKeys`', () => {
    const keyed = stream([at(1, 'a')]).keyBy('id');
    expect(() => keyed.ewma('t', { alpha: 0.5, as: 's', ttl: '1h' }).explain()).toThrowError(/eventTime/);
    expect(keyed.ewma('t', { alpha: 0.5, as: 's', maxKeys: 5 }).explain()).toContain('ewma');
  });
});

/** Key by key: the average, when it was seen last, and in which turn. */
function model(given: readonly Reading[], ttl: number, maxKeys: number, outOfOrderness: number) {
  const keys = new Map<string, { mean: number; seenAt: number; turn: number }>();
  const orders = new Map<string, number>();
  const evicted: string[] = [];
  const averages: number[] = [];
  let watermark = Number.NEGATIVE_INFINITY;
  given.forEach(({ at: time, id, t }, turn) => {
    if (!orders.has(id)) orders.set(id, orders.size);
    if (!keys.has(id) && keys.size === maxKeys) {
      const [oldest] = [...keys].toSorted(([, a], [, b]) => a.turn - b.turn)[0]!;
      keys.delete(oldest);
      evicted.push(oldest);
    }
    const before = keys.get(id);
    const mean = before === undefined ? t! : before.mean + 0.5 * (t! - before.mean);
    keys.set(id, { mean, seenAt: Math.max(time, before?.seenAt ?? time), turn });
    averages.push(mean);
    if (time - outOfOrderness - 1 <= watermark) return;
    watermark = time - outOfOrderness - 1;
    const due = [...keys].filter(([, { seenAt }]) => seenAt + ttl <= watermark);
    for (const [each] of due.toSorted(([a, x], [b, y]) => x.seenAt - y.seenAt || orders.get(a)! - orders.get(b)!)) {
      keys.delete(each);
      evicted.push(each);
    }
  });
  return { evicted, averages };
}
