import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainSnapshot } from '../../../core/plain-snapshot.ts';
import { balances } from '../../../core/ledger.ts';
import { count, type Stream } from '../../../src/index.ts';
import { checkpoint, crash, drive } from '../../../src/testing/index.ts';
import { batches } from '../../support/batches.ts';
import { marbles } from '../../support/marbles.ts';
import { answerOf, OutsideCalls, settled } from '../../support/outside-calls.ts';

interface Timed {
  readonly at: number;
  readonly id: string;
}

const line = (driver: { readonly ledger: ReturnType<typeof drive>['ledger'] }) =>
  driver.ledger.find(({ step }) => step === 'mapAsync')!;

describe('mapAsync behind a restore', () => {
  const numbered = (calls: OutsideCalls, concurrency: number) => (s: Stream<number>) =>
    s.mapAsync(calls.fn, { concurrency }).onReject('drop');

  it('makes the calls again that had not let their records go', async () => {
    const calls = new OutsideCalls();
    const before = drive(numbered(calls, 3)).push(1).push(2).push(3).push(4).push(5);
    calls.of(1).answer('one');
    calls.of(3).answer('three');
    expect(before.take()).toEqual(['one']);
    const again = new OutsideCalls();
    const after = drive(numbered(again, 3)).restore(before.snapshot());
    // The answer for 3 was there, but its record was not out.
    expect(again.made).toEqual([2, 3, 4]);
    expect(line(after)).toMatchObject({ in: 4, held: 4 });
    for (const value of [4, 3, 2]) again.of(value).answer(value * 10);
    after.push(6);
    for (const value of [5, 6]) again.of(value).answer(value * 10);
    expect(after.take()).toEqual([20, 30, 40, 50, 60]);
    expect(line(after.end())).toMatchObject({ in: 5, passed: 5, held: 0 });
  });

  it('lets out what is there at once when the whole chain has been restored', async () => {
    const smooth =
      (fn: (x: { v: number }) => PromiseLike<{ v: number }> | { v: number }) => (s: Stream<{ v: number }>) =>
        s.mapAsync(fn).ewma('v', { alpha: 0.5, as: 'e' });
    const before = drive(smooth((x) => (x.v === 8 ? answerOf(x, () => {}) : x)));
    before.push({ v: 0 }).push({ v: 8 });
    const after = drive(smooth((x) => x)).restore(before.snapshot());
    expect(after.take()).toEqual([]);
    await settled();
    expect(after.take()).toEqual([{ v: 8, e: 4 }]);
  });

  it(
    'counts its time-outs anew from the restore',
    marbles(({ source, expectStream, expectRejections }) => {
      const never = (): PromiseLike<never> => answerOf(undefined as never, () => {});
      const chain = source('-aC--X----|', { a: 'a', C: checkpoint, X: crash })
        .mapAsync(never, { timeout: 5 })
        .onReject('drop');
      expectStream(chain).toBe('----------|');
      expectRejections(chain).toBe('----------a', { a: { value: 'a', kind: 'failed' } });
    }),
  );

  it('gives each record its own key and origin back, and the watermark behind it', () => {
    const build = (calls: OutsideCalls<Timed>) => (s: Stream<Timed>) =>
      s
        .eventTime('at')
        .keyBy('id')
        .mapAsync(calls.fn)
        .tumblingWindow(10)
        .aggregate({ n: count() })
        .filter(() => {
          throw new Error('of the callback');
        });
    const first = batches(build(new OutsideCalls<Timed>()));
    const records = [
      { at: 1, id: 'a' },
      { at: 2, id: 'b' },
      { at: 13, id: 'a' },
      { at: 14, id: 'b' },
    ];
    first.sweep('p', records, 4);
    const calls = new OutsideCalls<Timed>();
    const second = batches(build(calls));
    second.pipeline.restore(structuredClone(plainSnapshot(first.pipeline.snapshot())));
    for (const record of records) calls.open[0]!.answer(record);
    expect(second.watermarks).toEqual([0, 1, 12, 13]);
    expect(second.rejections).toMatchObject([
      { value: { id: 'a', windowStart: 0, n: 1 }, origin: { line: 6 } },
      { value: { id: 'b', windowStart: 0, n: 1 }, origin: { line: 6 } },
    ]);
  });

  it('waits for a partition again that was idle', () => {
    const build = (calls: OutsideCalls<Timed>) => (s: Stream<Timed>) =>
      s.mapAsync(calls.fn).eventTime('at').tumblingWindow(10).aggregate({ n: count() });
    const partitions = ['a', 'b'];
    const before = drive(build(new OutsideCalls<Timed>()), { partitions });
    before.push({ at: 25, id: 'x' }, { partition: 'a' }).idle('b');
    const calls = new OutsideCalls<Timed>();
    const after = drive(build(calls), { partitions }).restore(before.snapshot());
    calls.open[0]!.answer({ at: 25 });
    expect(after.currentWatermark).toBe(Number.NEGATIVE_INFINITY);
    expect(after.idle('b').currentWatermark).toBe(24);
  });
});

describe('mapAsync with any delays and failures', () => {
  /** What happens next: a record comes, the call at this place is answered, or the process dies and is restored. */
  const acts = fc.array(
    fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({ kind: fc.constant('record' as const), fails: fc.boolean(), atOnce: fc.boolean() }),
      },
      { weight: 5, arbitrary: fc.record({ kind: fc.constant('answer' as const), place: fc.nat(50) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('restore' as const) }) },
    ),
    { maxLength: 80 },
  );

  it('gives what a plain map gives, each record once, whatever is restored when', async () => {
    await fc.assert(
      fc.asyncProperty(acts, fc.integer({ min: 1, max: 6 }), async (list, concurrency) => {
        const records = list.flatMap((act, n) => (act.kind === 'record' ? [{ n, at: n - (n % 3), ...act }] : []));
        let calls = new OutsideCalls<(typeof records)[number]>();
        let most = 0;
        const answer = ({ n, fails }: (typeof records)[number]): number => {
          if (fails) throw new Error(`failed on ${n}`);
          return n * 10;
        };
        const start = (current: typeof calls) =>
          drive((s: Stream<(typeof records)[number]>) =>
            s
              .eventTime('at', { outOfOrderness: 2 })
              .mapAsync<number>(
                (x, context) =>
                  x.atOnce ? answer(x) : (current.fn(x, context) as PromiseLike<unknown> as PromiseLike<number>),
                { concurrency },
              )
              .onReject('drop'),
          );
        let driver = start(calls);
        const rows: number[] = [];
        const failed: unknown[] = [];
        const look = (): void => {
          rows.push(...driver.take());
          failed.push(...driver.takeRejections().map(({ value }) => (value as { n: number }).n));
          expect(driver.ledger.every(balances)).toBe(true);
          most = Math.max(most, calls.most);
        };
        const settle = (call: (typeof calls)['open'][number] | undefined): void => {
          if (call === undefined) return;
          try {
            call.answer(answer(call.value));
          } catch (cause: unknown) {
            call.fail(cause);
          }
        };
        for (const [n, act] of list.entries()) {
          if (act.kind === 'record') driver.push(records.find((record) => record.n === n)!);
          else if (act.kind === 'answer') settle(calls.open[act.place % Math.max(1, calls.open.length)]);
          else {
            const snapshot = driver.snapshot();
            calls = new OutsideCalls();
            driver = start(calls).restore(snapshot);
          }
          look();
        }
        driver.end();
        while (calls.open.length > 0) settle(calls.open.at(-1));
        await settled();
        while (calls.open.length > 0) settle(calls.open.at(-1));
        look();
        expect(rows).toEqual(records.flatMap(({ n, fails }) => (fails ? [] : [n * 10])));
        expect(failed).toEqual(records.flatMap(({ n, fails }) => (fails ? [n] : [])));
        expect(most).toBeLessThanOrEqual(concurrency);
        expect(driver.currentWatermark).toBe(Number.POSITIVE_INFINITY);
      }),
      { numRuns: 500 },
    );
  });
});
