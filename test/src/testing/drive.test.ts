import { describe, expect, it } from 'vitest';
import { map as rxMap } from 'rxjs';
import { ArgumentError, count, DataError, mean, sum } from '../../../src/index.ts';
import { drive } from '../../../src/testing/index.ts';
import type { Stream } from '../../../src/stream.ts';

interface Reading {
  readonly k: string;
  readonly t: number;
  readonly v: number;
}

const windowed = (input: Stream<Reading>) =>
  input
    .eventTime('t', { outOfOrderness: 1000 })
    .keyBy('k')
    .tumblingWindow('5s')
    .aggregate({ n: count(), s: sum('v') });

describe('drive', () => {
  it('moves the watermark with every push', () => {
    const driver = drive(windowed);
    expect(driver.currentWatermark).toBe(Number.NEGATIVE_INFINITY);
    driver.push({ k: 'a', t: 3000, v: 1 });
    expect(driver.currentWatermark).toBe(1999);
    driver.push({ k: 'a', t: 2500, v: 1 });
    expect(driver.currentWatermark).toBe(1999);
    expect(driver.push({ k: 'a', t: 5999, v: 1 }).take()).toEqual([]);
    expect(driver.push({ k: 'a', t: 6000, v: 1 }).take()).toEqual([
      { k: 'a', windowStart: 0, windowEnd: 5000, n: 2, s: 2 },
    ]);
  });

  it('takes the larger of the watermark set by hand and the generated one', () => {
    const driver = drive(windowed).push({ k: 'a', t: 100, v: 1 });
    expect(driver.watermark(4999).take()).toHaveLength(1);
    driver.push({ k: 'a', t: 5500, v: 1 });
    expect(driver.currentWatermark).toBe(4999);
    expect(driver.watermark(10).currentWatermark).toBe(4999);
    driver.push({ k: 'a', t: 7000, v: 1 });
    expect(driver.currentWatermark).toBe(5999);
  });

  it('holds the watermark at the slowest partition, until it is idle', () => {
    const driver = drive(windowed, { partitions: ['x', 'y'] });
    driver.push({ k: 'a', t: 9000, v: 1 }, { partition: 'x' });
    expect(driver.currentWatermark).toBe(Number.NEGATIVE_INFINITY);
    driver.push({ k: 'a', t: 7000, v: 1 }, { partition: 'y' });
    expect(driver.currentWatermark).toBe(5999);
    driver.idle('y');
    expect(driver.currentWatermark).toBe(7999);
    // From before the merged watermark: late, and it holds nobody back.
    driver.push({ k: 'a', t: 2000, v: 1 }, { partition: 'y' });
    driver.push({ k: 'a', t: 12000, v: 1 }, { partition: 'x' });
    expect(driver.currentWatermark).toBe(10999);
    expect(driver.takeRejections().map(({ kind, timestamp }) => [kind, timestamp])).toEqual([['late', 2000]]);
  });

  it('goes to the largest watermark when all are idle', () => {
    const driver = drive(windowed, { partitions: ['x', 'y'] });
    driver.push({ k: 'a', t: 9000, v: 1 }, { partition: 'x' }).push({ k: 'a', t: 3000, v: 1 }, { partition: 'y' });
    expect(driver.idle('x').idle('y').currentWatermark).toBe(7999);
  });

  it('keeps timestamps that a push brings', () => {
    const driver = drive((input: Stream<{ v: number }>) => input.tumblingWindow(10).aggregate({ m: mean('v') }));
    driver.push({ v: 1 }, { timestamp: 3 }).push({ v: 2 }, { timestamp: 4 });
    expect(driver.push({ v: 9 }, { timestamp: 10 }).take()).toEqual([{ windowStart: 0, windowEnd: 10, m: 1.5 }]);
  });

  it('rejects what has no timestamp where one is needed', () => {
    const driver = drive((input: Stream<{ v: number }>) =>
      input
        .onReject('drop')
        .tumblingWindow(10)
        .aggregate({ m: mean('v') }),
    );
    driver.push({ v: 1 });
    expect(driver.takeRejections()).toMatchObject([{ kind: 'invalid', operator: 'tumblingWindow', value: { v: 1 } }]);
  });

  it('throws a DataError under fail, and shows the rejection too', () => {
    const driver = drive((input: Stream<number>) =>
      input.map((x) => {
        if (x === 2) throw new RangeError('two');
        return x;
      }),
    );
    driver.push(1);
    expect(() => driver.push(2)).toThrowError(DataError);
    expect(driver.takeRejections()).toMatchObject([
      { kind: 'failed', operator: 'map', value: 2, cause: new RangeError('two') },
    ]);
    expect(driver.ledger[1]).toMatchObject({ in: 2, passed: 1, rejected: { failed: 1 } });
  });

  it('fires every window at the end', () => {
    const driver = drive(windowed).push({ k: 'b', t: 12, v: 1 }).push({ k: 'a', t: 13, v: 5 }).end();
    expect(driver.take().map(({ k, s }) => [k, s])).toEqual([
      ['b', 1],
      ['a', 5],
    ]);
    expect(driver.currentWatermark).toBe(Number.POSITIVE_INFINITY);
  });

  it('goes on from a snapshot in a fresh driver, clock and watermark included', () => {
    const first = drive(windowed).push({ k: 'b', t: 3000, v: 1 }).push({ k: 'a', t: 4000, v: 2 }).advanceTo(77);
    const second = drive(windowed).restore(structuredClone(first.snapshot()));
    expect(second.currentWatermark).toBe(2999);
    for (const driver of [first, second]) driver.push({ k: 'a', t: 4100, v: 3 }).push({ k: 'c', t: 9000, v: 3 }).end();
    expect(second.take()).toEqual(first.take());
    expect(() => second.advanceTo(76)).toThrowError(ArgumentError);
  });

  it('refuses a snapshot of another chain, naming the steps', () => {
    const snapshot = drive(windowed).push({ k: 'a', t: 1, v: 1 }).snapshot();
    const other = drive((input: Stream<Reading>) => input.eventTime('t').keyBy('k').ewma('v', { alpha: 0.5, as: 'e' }));
    expect(() => other.restore(snapshot)).toThrowError(/ewma.*tumblingWindow/);
  });

  it('does not compare steps without state', () => {
    const snapshot = drive((input: Stream<Reading>) => windowed(input.map((r) => r)))
      .push({ k: 'a', t: 1, v: 1 })
      .snapshot();
    const driver = drive((input: Stream<Reading>) => windowed(input.filter(() => true))).restore(snapshot);
    expect(driver.end().take()).toEqual([{ k: 'a', windowStart: 0, windowEnd: 5000, n: 1, s: 1 }]);
  });

  it('balances the ledger after every push', () => {
    const driver = drive((input: Stream<Reading>) => windowed(input.filter((r) => r.v > 0)));
    for (const t of [1, 8000, 2, 9000, 20_000]) driver.push({ k: 'a', t, v: t % 2 });
    for (const line of driver.ledger) {
      const { invalid, failed, late, ahead } = line.rejected;
      const out =
        line.passed + line.absorbed + line.filtered + line.duplicate + invalid + failed + late + ahead + line.held;
      expect([line.step, line.in]).toEqual([line.step, out]);
    }
  });

  it('refuses a chain that needs time and was given a foreign Observable', () => {
    expect(() => drive(() => rxMap((x: number) => x) as never)).toThrowError(ArgumentError);
  });

  it('puts the rows that fire together in the order in which keys were first seen', () => {
    const driver = drive((input: Stream<Reading>) =>
      input.eventTime('t').keyBy('k').tumblingWindow(10).aggregate({ n: count() }),
    );
    driver
      .push({ k: 'b', t: 1, v: 1 })
      .push({ k: 'a', t: 2, v: 1 })
      .push({ k: 'a', t: 11, v: 1 })
      .push({ k: 'b', t: 12, v: 1 });
    expect(
      driver
        .end()
        .take()
        .map(({ k }) => k),
    ).toEqual(['b', 'a', 'b', 'a']);
  });
});
