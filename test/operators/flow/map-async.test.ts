import { asyncScheduler } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { balances } from '../../../core/ledger.ts';
import { type CallContext, mapAsync } from '../../../operators/index.ts';
import { DataError, type Rejection, type Stream, StreamError } from '../../../src/index.ts';
import { drive } from '../../../src/testing/index.ts';
import { obeysOperatorLaws } from '../../support/laws.ts';
import { marbles } from '../../support/marbles.ts';
import { answerOf, OutsideCalls, settled, thenable } from '../../support/outside-calls.ts';

/** Answers so many frames later. */
const inFrames = <T>(frames: number, value: T): PromiseLike<T> =>
  answerOf(value, (act) => void asyncScheduler.schedule(act, frames));
const never = (): PromiseLike<never> => answerOf(undefined as never, () => {});

describe('mapAsync', () => {
  const double = (x: number): Promise<number> => Promise.resolve(2 * x);
  const throwing = () =>
    mapAsync((): number => {
      throw new Error('of the callback');
    });

  obeysOperatorLaws(() => mapAsync(double), [1, 2, 3, 4, 5], { callbacks: [double], settled, throwing });

  describe('one at a time', () =>
    obeysOperatorLaws(() => mapAsync(double, { concurrency: 1, timeout: '1s' }), [1, 2, 3], {
      callbacks: [double],
      settled,
      throwing: () => mapAsync(() => Promise.reject(new Error('of the callback'))),
    }));

  describe('where some answers are there at once', () => {
    const half = (x: number): number | Promise<number> => (x % 2 === 0 ? x / 2 : Promise.resolve(x / 2));
    obeysOperatorLaws(() => mapAsync(half, { concurrency: 2 }), [2, 4, 1, 6, 8, 3, 5], {
      callbacks: [half],
      settled,
      throwing,
    });
  });

  it(
    'lets rows leave in the order of the records, and calls at most so many at a time',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const frames: Record<string, number> = { a: 5, b: 1, c: 4 };
      const source = hot('  -a-b-c-----|');
      const subs = '        ^----------!';
      const expected = '    ------(ab)c|';

      const lookUp = (x: string): PromiseLike<string> => inFrames(frames[x]!, x);
      expectObservable(source.pipe(mapAsync(lookUp, { concurrency: 2 }))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'waits for its calls when the source has completed, not when it has failed',
    marbles(({ source, expectStream }) => {
      const lookUp = (x: string): PromiseLike<string> => inFrames(4, x);
      expectStream(source('-a|', { a: 'a' }).mapAsync(lookUp)).toBe('-----(a|)');
      expectStream(source('-a#', { a: 'a' }).mapAsync(lookUp)).toBe('--#');
    }),
  );

  it(
    'rejects in its turn what takes too long, by processing time',
    marbles(({ source, expectStream, expectRejections, expectBalancedLedger }) => {
      const lookUp = (x: string): PromiseLike<string> => (x === 'b' ? never() : inFrames(x === 'a' ? 9 : 2, x));
      const drop = source('-ab-c|', { a: 'a', b: 'b', c: 'c' }).mapAsync(lookUp, { timeout: 8 }).onReject('drop');
      expectStream(drop).toBe('----------(c|)');
      expectRejections(drop).toBe('---------ab', {
        a: { kind: 'failed', value: 'a', rule: 'an answer within 8ms', operator: 'mapAsync' },
        b: { kind: 'failed', value: 'b' },
      });
      expectBalancedLedger(drop);
    }),
  );

  it('says what happened when a call takes too long', () => {
    let signal: AbortSignal | undefined;
    const hang = (_: number, context: CallContext): PromiseLike<never> => {
      ({ signal } = context);
      return never();
    };
    const driver = drive((s: Stream<number>) => s.mapAsync(hang, { timeout: '2s' }));
    driver.push(7).advanceTo(1_999);
    expect([driver.takeRejections(), signal?.aborted]).toEqual([[], false]);
    expect(() => driver.advanceTo(2_000)).toThrowError(DataError);
    const [{ cause }] = driver.takeRejections() as [Rejection];
    expect(cause).toBeInstanceOf(StreamError);
    expect(cause).toMatchObject({ code: 'ML_TIMEOUT', message: 'mapAsync: no answer within 2s' });
    expect([signal?.aborted, signal?.reason]).toEqual([true, cause]);
  });

  it('measures each call from its own start', () => {
    const calls = new OutsideCalls();
    const driver = drive((s: Stream<number>) => s.mapAsync(calls.fn, { timeout: 10, concurrency: 2 }).onReject('drop'));
    driver.push(1).advanceTo(4).push(2).push(3).advanceTo(9);
    calls.of(1).answer('a');
    // The first two began at 0 and 4, the third when the first had left.
    expect(driver.advanceTo(13).takeRejections()).toEqual([]);
    expect(driver.advanceTo(14).takeRejections()).toMatchObject([{ value: 2 }]);
    expect(driver.advanceTo(18).takeRejections()).toEqual([]);
    expect(driver.advanceTo(19).takeRejections()).toMatchObject([{ value: 3 }]);
    expect(driver.take()).toEqual(['a']);
  });

  it('takes the first answer of a call only', () => {
    const calls = new OutsideCalls();
    const answers: ((value: unknown) => void)[] = [];
    const twice = thenable<number>((answered, failed) => answers.push(answered, failed));
    const driver = drive((s: Stream<number>) => s.mapAsync((x, context) => (x === 1 ? calls.fn(x, context) : twice)));
    driver.push(1).push(2);
    const [answered, failed] = answers as [(typeof answers)[0], (typeof answers)[0]];
    answered('first');
    failed('second');
    answered('third');
    calls.of(1).answer('one');
    answered('late');
    expect([driver.take(), driver.takeRejections()]).toEqual([['one', 'first'], []]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken'))],
    [
      'answers something whose `then` throws',
      () =>
        thenable(() => {
          throw new Error('broken');
        }),
    ],
  ] as const)('rejects, in its turn, a record whose call %s', async (_, broken) => {
    const calls = new OutsideCalls();
    const driver = drive((s: Stream<number>) =>
      s.mapAsync((x, context) => (x === 1 ? calls.fn(x, context) : x === 2 ? broken() : x)).onReject('drop'),
    );
    driver.push(1).push(2).push(3);
    await settled();
    expect([driver.take(), driver.takeRejections()]).toEqual([[], []]);
    calls.of(1).answer('one');
    expect(driver.take()).toEqual(['one', 3]);
    expect(driver.takeRejections()).toMatchObject([
      {
        kind: 'failed',
        value: 2,
        operator: 'mapAsync',
        rule: 'no error from the callback',
        cause: { message: 'broken' },
      },
    ]);
    await settled();
    expect(driver.ledger.every(balances)).toBe(true);
  });

  it('passes what is no Promise on at once, unless something waits before it', () => {
    const calls = new OutsideCalls();
    const cached = drive((s: Stream<number>) =>
      s.mapAsync((x, context) => (x < 0 ? calls.fn(x, context) : [x, undefined, null][x])),
    );
    expect(cached.push(0).push(1).push(2).take()).toEqual([0, undefined, null]);
    expect(cached.push(-1).push(0).take()).toEqual([]);
    calls.of(-1).answer('later');
    expect(cached.take()).toEqual(['later', 0]);
  });

  it.each([0, 1.5, Number.NaN, '5'])('refuses concurrency = %j when called', (concurrency) => {
    expect(() => mapAsync(double, { concurrency: concurrency as number })).toThrowError(
      'mapAsync: `concurrency` must be a whole number of at least 1',
    );
  });

  it('refuses other wrong calls', () => {
    expect(() => mapAsync(5 as never)).toThrowError('mapAsync: `fn` must be a function');
    expect(() => mapAsync(double, { timeout: 0 })).toThrowError('mapAsync: `timeout` must be a positive duration');
    expect(() => mapAsync(double, { parallel: 3 } as never)).toThrowError('mapAsync: `parallel` must be one of');
    expect(() => mapAsync(double, { onReject: 'ignore' as never })).toThrowError(/onReject/);
  });
});
