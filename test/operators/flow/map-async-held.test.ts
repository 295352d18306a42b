import { map, Observable, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { balances } from '../../../core/ledger.ts';
import { mapAsync } from '../../../operators/index.ts';
import { count, type Stream } from '../../../src/index.ts';
import { drive } from '../../../src/testing/index.ts';
import { batches } from '../../support/batches.ts';
import { OutsideCalls } from '../../support/outside-calls.ts';

interface Timed {
  readonly at: number;
  readonly id?: string;
}

describe('what mapAsync holds', () => {
  it('is followed by the watermark that came behind it', () => {
    const calls = new OutsideCalls<Timed>();
    const driver = drive((s: Stream<Timed>) =>
      s.eventTime('at').mapAsync(calls.fn).tumblingWindow(10).aggregate({ n: count() }),
    );
    const [a, b] = [{ at: 3 }, { at: 15 }];
    driver.push(a).push(b).watermark(18);
    expect(driver.currentWatermark).toBe(Number.NEGATIVE_INFINITY);
    calls.of(b).answer(b);
    expect(driver.take()).toEqual([]);
    calls.of(a).answer(a);
    expect(driver.currentWatermark).toBe(18);
    expect(driver.take()).toEqual([{ windowStart: 0, windowEnd: 10, n: 1 }]);
  });

  it('keeps key, time and origin', () => {
    const calls = new OutsideCalls<Timed>();
    const { rejections, sweep, rows } = batches((s: Stream<Timed>) =>
      s
        .eventTime('at')
        .keyBy('id')
        .mapAsync(calls.fn)
        .flatMap((record) => [record, record])
        .countWindow({ size: 2 })
        .aggregate({ n: count() })
        .filter(({ id }) => {
          if (id === 'b') throw new Error('of the callback');
          return true;
        }),
    );
    const records = [
      { at: 1, id: 'a' },
      { at: 2, id: 'b' },
      { at: 3, id: 'a' },
    ];
    sweep('p', records.slice(0, 2), 7);
    sweep('q', records.slice(2), 1);
    for (const record of records.toReversed()) calls.of(record).answer(record);
    expect(rows).toMatchObject([
      [{ id: 'a', n: 2 }, 1],
      [{ id: 'a', n: 2 }, 3],
    ]);
    expect(rejections).toMatchObject([{ kind: 'failed', timestamp: 2, origin: { partition: 'p', line: 8 } }]);
  });

  it('tells a step that gives the time of each partition what that partition said', () => {
    const calls = new OutsideCalls<Timed>();
    const driver = drive(
      (s: Stream<Timed>) => s.mapAsync(calls.fn).eventTime('at').tumblingWindow(10).aggregate({ n: count() }),
      { partitions: ['a', 'b'] },
    );
    const [first, second] = [{ at: 25 }, { at: 12 }];
    driver.push(first, { partition: 'a' }).push(second, { partition: 'b' }).idle('b').watermark(100, 'a');
    for (const record of [second, first]) calls.of(record).answer(record);
    // `b` holds the time back at 11 until it is idle; then `a` goes on alone.
    expect(driver.currentWatermark).toBe(100);
    expect(driver.take().map((row) => row.windowStart)).toEqual([10, 20]);
  });

  it('leaves record by record: what one makes fire in pieces goes before the next', () => {
    const calls = new OutsideCalls<Timed>();
    const keys = Array.from({ length: 3_000 }, (_, index) => `k${index}`);
    const { pipeline, rows } = batches(
      (s: Stream<Timed>) =>
        s
          .mapAsync(calls.fn)
          .eventTime('at')
          .flatMap(({ at }) => keys.map((id) => ({ id, at })))
          .keyBy('id')
          .tumblingWindow(10)
          .aggregate({ n: count() }),
      { inPieces: true },
    );
    const head = pipeline.heads[0]!;
    const records = [{ at: 1 }, { at: 11 }, { at: 21 }];
    for (const record of records) head.push(record, Number.NaN, head.partition('p'));
    while (pipeline.fire(100) === 'more');
    for (const record of records.toReversed()) calls.of(record).answer(record);
    let fired = 0;
    while (pipeline.fire(100) === 'more') fired = Math.max(fired, rows.length);
    expect(fired).toBeGreaterThan(3_000);
    expect(rows.map(([row]) => (row as { windowStart: number }).windowStart)).toEqual([
      ...keys.map(() => 0),
      ...keys.map(() => 10),
    ]);
  });

  it('leaves no sooner because others have answered while a step behind was firing', () => {
    const calls = new OutsideCalls<Timed>();
    const keys = Array.from({ length: 3_000 }, (_, index) => `k${index}`);
    const { pipeline, rows } = batches(
      (s: Stream<Timed>) =>
        s
          .mapAsync(calls.fn)
          .eventTime('at')
          .flatMap(({ at }) => (at === 1 ? keys.map((id) => ({ id, at })) : [{ id: 'k0', at }]))
          .keyBy('id')
          .tumblingWindow(10)
          .aggregate({ n: count() }),
      { inPieces: true },
    );
    const head = pipeline.heads[0]!;
    const [one, two, three, four, five] = [1, 11, 21, 31, 41].map((at) => ({ at })) as [
      Timed,
      Timed,
      Timed,
      Timed,
      Timed,
    ];
    for (const record of [one, two, three, four, five]) head.push(record, Number.NaN, head.partition('p'));
    for (const record of [one, two, three, five]) calls.of(record).answer(record);
    while (pipeline.fire(100) === 'more');
    expect(rows).toHaveLength(3_001);
    expect(pipeline.ledger.find(({ step }) => step === 'mapAsync')).toMatchObject({ passed: 3, held: 2 });
  });

  it('remembers one watermark behind a record, however many came', () => {
    const calls = new OutsideCalls<Timed>();
    const driver = drive(
      (s: Stream<Timed>) =>
        s
          .eventTime('at')
          .filter(({ id }) => id === 'x')
          .mapAsync(calls.fn),
      { partitions: ['a', 'b'] },
    );
    driver.push({ at: 1, id: 'x' }, { partition: 'a' });
    for (let at = 2; at < 1_000; at++) driver.push({ at }, { partition: at % 2 === 0 ? 'a' : 'b' });
    const { pipeline } = driver.snapshot() as { pipeline: { steps: Record<string, { state: { marks: unknown }[] }> } };
    expect(pipeline.steps['mapAsync']?.state[0]?.marks).toEqual(Float64Array.of(997));
    calls.open[0]!.answer({ at: 1 });
    expect(driver.currentWatermark).toBe(997);
  });

  it('is counted as held, and the ledger balances at every moment', () => {
    const calls = new OutsideCalls();
    const driver = drive((s: Stream<number>) => s.mapAsync(calls.fn, { concurrency: 2 }).onReject('drop'));
    const line = () => driver.ledger.find(({ step }) => step === 'mapAsync')!;
    driver.push(1).push(2).push(3);
    expect(line()).toMatchObject({ in: 3, held: 3, passed: 0 });
    calls.of(2).fail('broken');
    expect(line()).toMatchObject({ held: 3 });
    calls.of(1).answer('one');
    expect(line()).toMatchObject({ in: 3, held: 1, passed: 1, rejected: { failed: 1 } });
    calls.of(3).answer('three');
    driver.end();
    expect(line()).toMatchObject({ in: 3, held: 0, passed: 2 });
    expect(driver.ledger.every(balances)).toBe(true);
  });

  it('goes on under `fail` in a hand-driven chain: the error comes from the next call', () => {
    const calls = new OutsideCalls();
    const driver = drive((s: Stream<number>) => s.mapAsync(calls.fn, { concurrency: 2 }));
    driver.push(1).push(2).push(3);
    calls.of(1).fail(new Error('broken'));
    expect(() => driver.take()).toThrowError('broken');
    expect(driver.takeRejections()).toHaveLength(1);
    calls.of(2).answer('two');
    calls.of(3).answer('three');
    expect(driver.end().take()).toEqual(['two', 'three']);
  });

  it('is called at the end, if a failure has kept it from being called before', () => {
    const calls = new OutsideCalls();
    const driver = drive((s: Stream<number>) => s.mapAsync(calls.fn, { concurrency: 1 }));
    driver.push(1).push(2);
    calls.of(1).fail(new Error('broken'));
    expect(() => driver.end()).toThrowError('broken');
    driver.end();
    calls.of(2).answer('two');
    expect(driver.take()).toEqual(['two']);
  });

  it('is in order behind what the callback itself feeds back', () => {
    const subject = new Subject<number>();
    const rows: number[] = [];
    subject
      .pipe(
        mapAsync((x) => {
          if (x < 3) subject.next(x + 1);
          return x;
        }),
        map((x) => x * 10),
      )
      .subscribe((row) => rows.push(row));
    subject.next(1);
    expect(rows).toEqual([10, 20, 30]);
  });

  it('may be any number of records where an Observable pushes', () => {
    const calls = new OutsideCalls();
    const rows: unknown[] = [];
    new Observable<number>((subscriber) => {
      for (let n = 0; n < 5_000; n++) subscriber.next(n);
    })
      .pipe(mapAsync(calls.fn, { concurrency: 8 }))
      .subscribe((row) => rows.push(row));
    expect(calls.open).toHaveLength(8);
    while (calls.open.length > 0) calls.open.at(-1)!.answer(0);
    expect([rows.length, calls.most]).toEqual([5_000, 8]);
  });
});
