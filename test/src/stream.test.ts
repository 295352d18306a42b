import {
  bufferCount,
  delay,
  EMPTY,
  firstValueFrom,
  from,
  map as rxMap,
  NEVER,
  Observable,
  of,
  Subject,
  take,
  throwError,
} from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { ArgumentError, count, DataError, mean, type Rejection, Stream, stream, sum } from '../../src/index.ts';

const readings = [
  { k: 'a', t: 1000, v: 1 },
  { k: 'b', t: 2000, v: 2 },
  { k: 'a', t: 61_000, v: 4 },
];

describe('stream', () => {
  it('is a cold Observable', async () => {
    let subscribed = 0;
    const source = new Observable<number>((subscriber) => {
      subscribed++;
      subscriber.next(1);
      subscriber.complete();
    });
    const chain = stream(source).map((x) => x + 1);
    expect(chain).toBeInstanceOf(Observable);
    expect(subscribed).toBe(0);
    expect(await firstValueFrom(chain)).toBe(2);
    expect(await firstValueFrom(chain.pipe(rxMap((x) => x * 10)))).toBe(20);
    expect(subscribed).toBe(2);
  });

  it.each([
    ['a list', [1, 2, 3]],
    ['a set', new Set([1, 2, 3])],
    [
      'a generator',
      (function* () {
        yield* [1, 2, 3];
      })(),
    ],
    ['an Observable', of(1, 2, 3)],
    [
      'an async iterable',
      (async function* () {
        yield* [1, 2, 3];
      })(),
    ],
  ])('reads %s', async (_, input) => {
    expect(
      await stream<number>(input)
        .map((x) => x * 2)
        .toArray(),
    ).toEqual([2, 4, 6]);
  });

  it('reads a Promise', async () => {
    expect(await stream(Promise.resolve(7)).toArray()).toEqual([7]);
  });

  it('sweeps a list within the call of subscribe', () => {
    const rows: number[] = [];
    stream([1, 2]).subscribe((x) => rows.push(x));
    expect(rows).toEqual([1, 2]);
  });

  it('starts every subscription with fresh state', async () => {
    const chain = stream(readings)
      .eventTime('t')
      .keyBy('k')
      .tumblingWindow('1m')
      .aggregate({ s: sum('v') })
      .ewma('s', { alpha: 0.5, as: 'e' });
    expect(await chain.toArray()).toEqual(await chain.toArray());
  });

  it.each([undefined, null, 'text', 5])('refuses %j as input', (input) => {
    expect(() => stream(input as never)).toThrowError(ArgumentError);
  });

  it('refuses an engine that does not exist', () => {
    expect(() => stream([1], { engine: 'other' as never })).toThrowError(/engine/);
  });

  it('gives the same rows on its own copy of the engine', async () => {
    const rows = (engine: 'own' | 'shared') =>
      stream(readings, { engine })
        .eventTime('t')
        .keyBy('k')
        .tumblingWindow('1m')
        .aggregate({ m: mean('v'), n: count() })
        .toArray();
    expect(await rows('own')).toEqual(await rows('shared'));
  });

  it('throws the same error classes from its own copy', async () => {
    const failing = stream([1], { engine: 'own' }).map(() => {
      throw new Error('no');
    });
    await expect(failing.toArray()).rejects.toThrowError(DataError);
  });

  it('stops an endless generator when nobody wants more', async () => {
    let made = 0;
    let closed = false;
    function* endless(): Generator<number> {
      try {
        while (true) yield made++;
      } finally {
        closed = true;
      }
    }
    expect(await firstValueFrom(stream(endless()).map((x) => x))).toBe(0);
    expect(closed).toBe(true);
    expect(made).toBeLessThanOrEqual(1024);
  });

  it('stops within a sweep when the subscriber leaves', () => {
    const seen: number[] = [];
    stream([1, 2, 3])
      .map((x) => {
        seen.push(x);
        return x;
      })
      .pipe(take(1))
      .subscribe();
    expect(seen).toEqual([1]);
  });

  it('unsubscribes from its source', () => {
    const source = new Subject<number>();
    const subscription = stream(source)
      .map((x) => x)
      .subscribe();
    expect(source.observed).toBe(true);
    subscription.unsubscribe();
    expect(source.observed).toBe(false);
  });

  it('leaves an async iterable at once', async () => {
    let returned = false;
    const silent: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => {}),
        return: () => {
          returned = true;
          return Promise.resolve({ done: true, value: undefined });
        },
      }),
    };
    const subscription = stream(silent).subscribe();
    await Promise.resolve();
    subscription.unsubscribe();
    await vi.waitFor(() => expect(returned).toBe(true));
  });

  it('passes the error of its source on, unchanged', async () => {
    const error = new Error('source');
    await expect(stream(throwError(() => error)).toArray()).rejects.toBe(error);
    expect(await stream(EMPTY).toArray()).toEqual([]);
  });
});

describe('for await over a stream', () => {
  it('gives the rows in order', async () => {
    const rows: number[] = [];
    for await (const row of stream(from([1, 2, 3])).map((x) => x * 2)) rows.push(row);
    expect(rows).toEqual([2, 4, 6]);
  });

  it('lets the source wait while nobody asks', async () => {
    let made = 0;
    async function* numbers(): AsyncGenerator<number> {
      while (true) yield made++;
    }
    const iterator = stream(numbers())[Symbol.asyncIterator]();
    expect(await iterator.next()).toEqual({ done: false, value: 0 });
    for (let turns = 0; turns < 2000; turns++) await Promise.resolve();
    expect(made).toBeLessThan(1000);
    await iterator.return?.();
  });

  it('throws what the chain throws', async () => {
    const failing = async (): Promise<void> => {
      for await (const _ of stream(throwError(() => new Error('source')))) throw new Error('no row comes');
    };
    await expect(failing()).rejects.toThrowError('source');
  });
});

describe('through', () => {
  it('takes any RxJS operator', async () => {
    expect(
      await stream([1, 2, 3])
        .through(rxMap((x: number) => x * 2))
        .toArray(),
    ).toEqual([2, 4, 6]);
  });

  it('gives what a foreign operator emits in the call the time and key of the record', async () => {
    const rows = await stream(readings)
      .eventTime('t')
      .keyBy('k')
      .through(rxMap((r: (typeof readings)[number]) => ({ w: r.v })))
      .tumblingWindow('1m')
      .aggregate({ s: sum('w') })
      .toArray();
    expect(rows).toEqual([
      { k: 'a', windowStart: 0, windowEnd: 60_000, s: 1 },
      { k: 'b', windowStart: 0, windowEnd: 60_000, s: 2 },
      { k: 'a', windowStart: 60_000, windowEnd: 120_000, s: 4 },
    ]);
  });

  it('completes when the foreign operator does', async () => {
    expect(await stream([1, 2, 3]).through(take(2)).toArray()).toEqual([1, 2]);
    expect(
      await stream(of(1, 2, 3))
        .through(take(2))
        .toArray(),
    ).toEqual([1, 2]);
  });

  it('lets a foreign operator say what it has at the end, before the windows fire', async () => {
    const rows = await stream(readings)
      .eventTime('t')
      .through(bufferCount(2))
      .map((list) => list.length)
      .toArray();
    expect(rows).toEqual([2, 1]);
  });

  it('passes on what a foreign operator emits later, without a time', async () => {
    const source = new Subject<number>();
    const rows: number[] = [];
    stream(source)
      .through(delay(1))
      .subscribe((x) => rows.push(x));
    source.next(1);
    await vi.waitFor(() => expect(rows).toEqual([1]));
  });

  it('fails with the error of a foreign operator', async () => {
    const failing = stream([1]).through(
      rxMap((): number => {
        throw new Error('foreign');
      }),
    );
    await expect(failing.toArray()).rejects.toThrowError('foreign');
  });

  it('refuses what is no function', () => {
    expect(() => stream([1]).through(5 as never)).toThrowError(ArgumentError);
  });
});

describe('union', () => {
  it('reads all its inputs', async () => {
    const rows = await stream([1, 2])
      .union(stream(of('x')))
      .union(stream([true]))
      .toArray();
    expect(rows).toEqual([1, 2, 'x', true]);
  });

  it('is as far in time as its slowest input', () => {
    const [a, b] = [new Subject<{ t: number }>(), new Subject<{ t: number }>()];
    const rows: unknown[] = [];
    const both = stream(a).eventTime('t').union(stream(b).eventTime('t')).tumblingWindow(10).aggregate({ n: count() });
    both.subscribe((row) => rows.push(row));
    a.next({ t: 3 });
    a.next({ t: 50 });
    expect(rows).toEqual([]);
    b.next({ t: 12 });
    expect(rows).toEqual([{ windowStart: 0, windowEnd: 10, n: 1 }]);
    b.complete();
    expect(rows).toHaveLength(2);
    a.complete();
    expect(rows).toHaveLength(3);
  });

  it('leaves the time to an eventTime behind it', async () => {
    const rows = stream([{ t: 3 }, { t: 30 }])
      .union(stream([{ t: 5 }]))
      .eventTime('t')
      .tumblingWindow(10)
      .aggregate({ n: count() });
    expect(await rows.toArray()).toEqual([
      { windowStart: 0, windowEnd: 10, n: 2 },
      { windowStart: 30, windowEnd: 40, n: 1 },
    ]);
  });
});

describe('onReject', () => {
  const fails = (x: number): number => {
    if (x === 2) throw new Error('two');
    return x;
  };

  it('fails by default, with the step and the cause', async () => {
    const error = await stream([1, 2, 3])
      .map(fails)
      .toArray()
      .catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(DataError);
    expect(error).toMatchObject({
      code: 'ML_DATA',
      cause: new Error('two'),
      rejection: { operator: 'map', kind: 'failed', value: 2 },
    });
  });

  it('covers the whole chain, wherever it stands', async () => {
    expect(await stream([1, 2, 3]).onReject('drop').map(fails).toArray()).toEqual([1, 3]);
    expect(
      await stream([1, 2, 3])
        .map(fails)
        .onReject('drop')
        .map((x) => x)
        .toArray(),
    ).toEqual([1, 3]);
  });

  it('of several covers the steps up to the next, the first also those before', async () => {
    const told: string[] = [];
    const tell = (name: string) => (rejection: Rejection) =>
      void told.push(`${name} ${rejection.operator} ${String(rejection.value)}`);
    const fail = (bad: number) => (x: number) => {
      if (x === bad) throw new Error('bad');
      return x;
    };
    await stream([1, 2, 3, 4])
      .map(fail(1))
      .onReject(tell('first'))
      .map(fail(2))
      .onReject(tell('second'))
      .map(fail(3))
      .map((x) => x)
      .toArray();
    expect(told).toEqual(['first map 1', 'first map#2 2', 'second map#3 3']);
  });

  it('chooses by kind', async () => {
    const late: unknown[] = [];
    const rows = stream([{ t: 0 }, { t: 100 }, { t: 5 }])
      .eventTime('t')
      .tumblingWindow(10)
      .aggregate({ n: count() });
    expect(await rows.onReject({ late: (rejection) => late.push(rejection.value) }).toArray()).toHaveLength(2);
    expect(late).toEqual([{ t: 5 }]);
    await expect(rows.onReject({ late: 'fail' }).toArray()).rejects.toThrowError(DataError);
  });

  it.each(['skip', 5, { wrong: 'drop' }, { late: 'skip' }])('refuses %j', (policy) => {
    expect(() => stream([1]).onReject(policy as never)).toThrowError(ArgumentError);
  });
});

describe('named', () => {
  it('names the last step; others are called after their operator', () => {
    const chain = stream([1])
      .map((x) => x)
      .map((x) => x)
      .named('double')
      .map((x) => x);
    expect(
      chain
        .explain()
        .split('\n')
        .map((line) => line.slice(5).trim().split(' ')[0]),
    ).toEqual(['source', 'map', 'double', 'map#2']);
  });

  it('refuses to name what is no step', () => {
    expect(() => stream([1]).named('x')).toThrowError(ArgumentError);
    expect(() =>
      stream([1])
        .map((x) => x)
        .named(''),
    ).toThrowError(ArgumentError);
  });
});

describe('a chain that needs time', () => {
  it('is refused over a source that has none', () => {
    const windows = stream([{ t: 1 }])
      .tumblingWindow('1m')
      .aggregate({ n: count() });
    return expect(windows.toArray()).rejects.toThrowError(/eventTime/);
  });

  it('costs nothing before anybody subscribes', () => {
    expect(
      new Stream<number>({ kind: 'input', name: 'x', timestamps: false, input: { kind: 'push', observable: NEVER } }),
    ).toBeDefined();
  });
});
