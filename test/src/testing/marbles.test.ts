import { delay, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { Processor } from '../../../core/processor.ts';
import type { Piece } from '../../../core/snapshot.ts';
import { map } from '../../../operators/index.ts';
import { count, DataError, type Stream, stream } from '../../../src/index.ts';
import { checkpoint, crash, marbles, watermark } from '../../../src/testing/index.ts';

interface Reading {
  readonly k: string;
  readonly t: number;
}

const counted = (input: Stream<Reading>) =>
  input.eventTime('t').keyBy('k').tumblingWindow(10).aggregate({ n: count() });
const row = (k: string, windowStart: number, n: number) => ({ k, windowStart, windowEnd: windowStart + 10, n });

describe('marbles', () => {
  it('is called with nothing and answers nothing, as any runner calls a test', () => {
    const body = marbles(() => undefined);
    expect(body).toHaveLength(0);
    expect(body()).toBeUndefined();
  });

  it(
    'plays a source frame by frame',
    marbles(({ source, expectStream }) => {
      const numbers = source('-a--(bc)--a|', { a: 1, b: 2, c: 3 });
      expectStream(numbers.map((x) => x * 2)).toBe('-2--(46)--2|');
    }),
  );

  it('runs the body anew each time', () => {
    let runs = 0;
    const test = marbles(({ source, expectStream }) => {
      runs++;
      expectStream(source('a|', { a: 1 })).toBe('1|');
    });
    test();
    test();
    expect(runs).toBe(2);
  });

  it(
    'lets time go by',
    marbles(({ source, expectStream }) => {
      const values = { a: 'a', b: 'b' };
      expectStream(source('a 10ms b 2s a 1m |', values)).toBe('a----- 5ms b 2s a 1m |');
    }),
  );

  it(
    'ends at |, fails at #, and is silent without either',
    marbles(({ source, expectStream }) => {
      const values = { a: 'a' };
      expectStream(source('a-|', values)).toBe('a-|');
      expectStream(source('|', values)).toBe('|');
      expectStream(source('--', values)).toBe('');
      expectStream(source('', values)).toBe('');
      expectStream(source('a-#', values)).toBe('a-#', undefined, { code: 'ML_CONNECTOR' });
    }),
  );

  it(
    'runs a chain once, whatever is expected of it',
    marbles(({ source, expectStream, expectRejections, expectBalancedLedger, flush }) => {
      let calls = 0;
      const numbers = source('ab|', { a: 1, b: 2 }).map((x) => {
        calls++;
        return x;
      });
      expectStream(numbers).toBe('12|');
      expectStream(numbers).toBe('12|');
      expectRejections(numbers).toBe('');
      expectBalancedLedger(numbers);
      flush();
      expect(calls).toBe(2);
    }),
  );

  it(
    'hands over the helpers of RxJS, in the same time',
    marbles(({ cold, hot, source, time, expectObservable, expectSubscriptions, expectStream }) => {
      const there = hot('  -a-b-|');
      const other = hot('  -a-b-|');
      const numbers = source('1-2|', { 1: 1, 2: 2 });
      expectObservable(there).toBe('-a-b-|');
      expectSubscriptions(there.subscriptions).toBe('^----!');
      expectObservable(cold('a|').pipe(delay(time('--|')))).toBe('--(a|)');
      // A stream is an Observable: RxJS may subscribe to it, too.
      expectObservable(numbers.map((x) => x + 1)).toBe('a-b|', { a: 2, b: 3 });
      expectStream(stream(other).map((x) => x + x)).toBe('-a-b-|', { a: 'aa', b: 'bb' });
    }),
  );

  it(
    'reads lists in the first frame',
    marbles(({ expectStream }) => {
      expectStream(stream([1, 2, 3])).toBe('(123|)');
    }),
  );

  it(
    'joins sources, lists and Observables',
    marbles(({ source, hot, expectStream }) => {
      const all = source('-a---|', { a: 'a' }).union(stream(['l']), stream(hot('--h----|')));
      expectStream(all).toBe('lah----|');
    }),
  );

  it(
    'fails with the error of an Observable',
    marbles(({ hot, expectStream }) => {
      expectStream(stream(hot('-a-#', {}, new Error('there'))).map(() => 1)).toBe('-1-#', undefined, {
        message: 'there',
      });
    }),
  );

  it(
    'ends early where a step wants no more, and lets foreign operators take their time',
    marbles(({ source, expectStream }) => {
      const numbers = source('a-a-a-a', { a: 1 });
      expectStream(numbers.through(delay(3))).toBe('---1-1-1-1');
      expectStream(numbers.through(take(2))).toBe('1-(1|)');
      expectStream(numbers.through(take(2)).through(delay(3))).toBe('---1-(1|)');
      expectStream(source('a-a|', { a: 1 }).through(delay(3))).toBe('---1-(1|)');
    }),
  );
});

describe('event time in marbles', () => {
  const values = {
    a: { k: 'x', t: 1 },
    b: { k: 'x', t: 12 },
    c: { k: 'x', t: 25 },
    w: watermark(19),
  };
  const rows = { x: row('x', 0, 1), y: row('x', 10, 1), z: row('x', 20, 1) };

  it(
    'closes windows, rejects late records, and balances',
    marbles(({ source, expectStream, expectRejections, expectBalancedLedger }) => {
      const windows = counted(source('-a--b-a---c-|', values));
      expectStream(windows).toBe('----x-----y-(z|)', rows);
      expectRejections(windows).toBe('------l', { l: { kind: 'late', timestamp: 1, value: values.a } });
      expectBalancedLedger(windows);
    }),
  );

  it(
    'takes a watermark of the source itself',
    marbles(({ source, expectStream }) => {
      expectStream(counted(source('-(ab)--w---', values))).toBe('-x-----y', rows);
    }),
  );

  it(
    'holds time at the slowest partition until it has ended',
    marbles(({ source, expectStream }) => {
      const windows = counted(source({ fast: 'b-c--|', slow: '---a---|' }, values));
      expectStream(windows).toBe('-------(xyz|)', rows);
      const one = counted(source({ fast: 'b-c', slow: '---a--|' }, values));
      expectStream(one).toBe('------(xy)', rows);
    }),
  );

  describe('a silent partition', () => {
    const idling = (input: Stream<Reading>) =>
      input.eventTime('t', { idleAfter: 5 }).keyBy('k').tumblingWindow(10).aggregate({ n: count() });

    it(
      'is idle after so many frames',
      marbles(({ source, expectStream }) => {
        expectStream(idling(source({ fast: '(ab)', slow: '----------' }, values))).toBe('-----x', rows);
        // A record in the very frame has broken the silence.
        expectStream(idling(source({ fast: '(ab)', slow: '-----a----' }, values))).toBe(' 10ms x', {
          x: row('x', 0, 2),
        });
        expectStream(idling(source({ fast: '(ab)', slow: '----w' }, { ...values, w: watermark(-5) }))).toBe(
          '---------x',
          rows,
        );
      }),
    );

    it(
      'holds time again when it has caught up; what it brings from before is late',
      marbles(({ source, expectStream, expectRejections }) => {
        const all = { ...values, d: { k: 'x', t: 13 }, e: { k: 'x', t: 31 } };
        const windows = idling(source({ fast: '(ab)-----c-e', slow: '-------ad---' }, all));
        // At 9 `slow` holds time at 12; at 13 it is idle once more.
        expectStream(windows).toBe('-----x-------(yz)', { ...rows, y: row('x', 10, 2) });
        expectRejections(windows).toBe('-------l', { l: { kind: 'late', timestamp: 1 } });
      }),
    );

    it(
      'is counted anew after a crash, and nobody else when it has ended',
      marbles(({ source, hot, expectStream }) => {
        const all = { ...values, C: checkpoint, X: crash };
        expectStream(idling(source({ fast: '(abC)', slow: '---X' }, all))).toBe('--------x', rows);
        expectStream(idling(source({ fast: '(ab)', slow: '---|' }, values))).toBe('---x', rows);
        expectStream(idling(source('ab', values).union(stream(hot<Reading>('-'))))).toBe('-----x', rows);
      }),
    );
  });

  it(
    'takes the partition that is furthest behind first, ties by name',
    marbles(({ source, expectStream }) => {
      const marked = (name: string, t: number) => ({ k: name, t });
      const all = { a: marked('a', 5), b: marked('b', 3), c: marked('c', 9), d: marked('d', 4) };
      const names = source({ two: '(bd)-', one: '(ac)-' }, all)
        .eventTime('t')
        .map(({ k }) => k);
      // While neither has a time `one` goes first, by its name; from then on `two` is behind.
      expectStream(names).toBe('(abdc)');
    }),
  );

  it(
    'sees rejections under every policy, at their frame',
    marbles(({ source, expectStream, expectRejections }) => {
      const failing = source('a-b-a|', { a: 1, b: 2 }).map((x) => {
        if (x === 2) throw new Error('two');
        return x;
      });
      const value = { b: { kind: 'failed', operator: 'map', value: 2 } } as const;
      expectRejections(failing).toBe('--b', value);
      expectStream(failing).toBe('1-#', undefined, { code: 'ML_DATA', name: 'DataError' });
      const dropped = failing.onReject('drop');
      expectRejections(dropped).toBe('--b', value);
      expectRejections(dropped).toBe('--b');
      expectStream(dropped).toBe('1---1|');
      const told: unknown[] = [];
      expectRejections(failing.onReject((rejection) => told.push(rejection))).toBe('--b', value);
    }),
  );

  it('knows the error of a stream by its fields, by itself, or not at all', () => {
    const run = (error: unknown) =>
      marbles(({ source, expectStream }) => {
        const failing = source('a', { a: 1 }).map(() => {
          throw new Error('one');
        });
        expectStream(failing).toBe('#', undefined, error);
      });
    for (const right of [undefined, { code: 'ML_DATA' }, { name: 'DataError' }]) run(right)();
    expect(run({ code: 'ML_ARGUMENT' })).toThrowError('code: expected');
    expect(run(new Error('one'))).toThrowError('name: expected');
    const same = new DataError({
      kind: 'failed',
      operator: 'map',
      rule: 'no error from the callback',
      value: 1,
      cause: new Error('one'),
    });
    expect(run(same)).not.toThrowError('message');
  });
});

describe('checkpoint and crash in marbles', () => {
  const values = { a: { k: 'x', t: 1 }, b: { k: 'x', t: 12 }, c: { k: 'x', t: 25 }, C: checkpoint, X: crash };

  it(
    'replays everything where there is no checkpoint',
    marbles(({ source, expectStream }) => {
      const windows = counted(source('a-b--X-|', values));
      expectStream(windows).toBe('--x--x-(y|)', { x: row('x', 0, 1), y: row('x', 10, 1) });
    }),
  );

  it(
    'restores the last checkpoint: rows since it come again',
    marbles(({ source, expectStream, expectBalancedLedger }) => {
      const windows = counted(source('aCa-b--X-c|', values));
      expectStream(windows).toBe('----x--x-y(z|)', {
        x: row('x', 0, 2),
        y: row('x', 10, 1),
        z: row('x', 20, 1),
      });
      expectBalancedLedger(windows);
    }),
  );

  it(
    'shows rows once that were emitted before the checkpoint',
    marbles(({ source, expectStream }) => {
      const windows = counted(source('a-bC-X-|', values));
      expectStream(windows).toBe('--x----(y|)', { x: row('x', 0, 1), y: row('x', 10, 1) });
    }),
  );

  it(
    'takes each checkpoint and each crash once',
    marbles(({ source, expectStream }) => {
      const seen = source('a-CbXbXC-X-|', { a: 'a', b: 'b', C: checkpoint, X: crash });
      expectStream(seen).toBe('a--bbb(bb)-|');
    }),
  );

  it(
    'replays all partitions and sources of the chain, lists included',
    marbles(({ source, expectStream }) => {
      const all = { a: 'a', b: 'b', c: 'c', C: checkpoint, X: crash };
      const one = source({ p: 'a-----C---X', q: '-----b-c---' }, all);
      const two = source('        ---------b-', all);
      // Partitions that are equally far go by name: that of the list and of `two` is '0'.
      expectStream(one.union(two, stream(['l']))).toBe('(la)-b-c-b(bc)');
    }),
  );

  it(
    'restores steps of every kind, processing time going on',
    marbles(({ source, expectStream }) => {
      const records = { a: { v: 1 }, C: checkpoint, X: crash };
      const smoothed = source('a-Ca-X-a|', { ...records, b: { v: 5 } }).ewma('v', { alpha: 0.5, as: 's' });
      expectStream(smoothed.map(({ s }) => s ?? 0)).toBe('1--1-1-1|');
    }),
  );
});

describe('processing time in marbles', () => {
  it(
    'moves with the frames, what is due going before what comes',
    marbles(({ source, expectStream }) => {
      const echoed = source('a--b---|', { a: 'a', b: 'b' }).through(echo(3));
      // The echo of `a` at 3, before `b`; that of `b` at 6.
      expectStream(echoed).toBe('---A--B|');
    }),
  );

  it(
    'goes on after a crash: what was due since the checkpoint comes again',
    marbles(({ source, expectStream }) => {
      const values = { a: 'a', C: checkpoint, X: crash };
      expectStream(source('aC----X--|', values).through(echo(4))).toBe('----A-A--|');
    }),
  );
});

/** Says the last record once more, in capitals, so many milliseconds after it came. */
function echo(ms: number) {
  const operator = map((x: string) => x);
  const [step] = operator.steps;
  class Echo extends Processor {
    #said: string | undefined;
    #at = 0;

    override record(value: unknown): void {
      this.counts.absorbed++;
      this.#said = String(value);
      this.#at = this.context.clock.now() + ms;
      this.context.wakeAt(this, this.#at);
    }

    override onTime(): void {
      this.counts.made++;
      this.next.record(this.#said?.toUpperCase(), Number.NaN, this.keys!.at(0));
    }

    override snapshot(): Iterable<Piece> {
      return [{ said: this.#said, at: this.#at }];
    }

    override restore(pieces: Iterable<Piece>): void {
      for (const { said, at } of pieces) {
        this.#said = said as string;
        this.context.wakeAt(this, at as number);
      }
    }
  }
  const steps = [{ recipe: { ...step!.recipe, stateful: true }, make: () => new Echo() }];
  return Object.assign((source: Parameters<typeof operator>[0]) => operator(source), { ...operator, steps });
}
