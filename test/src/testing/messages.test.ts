import { describe, expect, it } from 'vitest';
import type { Processor } from '../../../core/processor.ts';
import { count, type Stream, stream } from '../../../src/index.ts';
import { map } from '../../../operators/index.ts';
import { marbles, type Marbles } from '../../../src/testing/index.ts';
import type { RunHelpers } from 'rxjs/testing';

/** The whole text of what a failing test says. */
function told(body: (helpers: Marbles & RunHelpers) => void): string {
  try {
    marbles(body)();
  } catch (error: unknown) {
    return (error as Error).message;
  }
  return 'nothing';
}

const lines = (...each: readonly string[]): string => each.join('\n');

describe('a failing expectStream', () => {
  it('spells out the fields in which a row differs', () => {
    const message = told(({ source, expectStream }) => {
      const rows = source('-a----b--c|', { a: { k: 'x', t: 1 }, b: { k: 'x', t: 61_000 }, c: { k: 'x', t: 62_000 } })
        .eventTime('t')
        .keyBy('k')
        .tumblingWindow('1m')
        .aggregate({ n: count() });
      expectStream(rows).toBe('------x---(y|)', {
        x: { k: 'x', windowStart: 0, windowEnd: 60_000, n: 1 },
        y: { k: 'y', windowStart: 60_000, windowEnd: 120_000, n: 3 },
      });
    });
    expect(message).toBe(
      lines(
        'expectStream: the stream differs, from frame 10 on',
        '',
        '  expected  ------x---(y|)',
        '  actual    ------x---(A|)',
        '                       ^',
        '  at frame 10',
        "  expected  y = { k: 'y', windowStart: 60000, windowEnd: 120000, n: 3 }",
        "  got       A = { k: 'x', windowStart: 60000, windowEnd: 120000, n: 2 }",
        "    k: expected 'y', got 'x'",
        '    n: expected 3, got 2',
      ),
    );
  });

  it('marks a row that came at another frame', () => {
    const message = told(({ source, expectStream }) => {
      expectStream(source('a--b|', { a: 1, b: 2 })).toBe('a-b-|', { a: 1, b: 2 });
    });
    expect(message).toBe(
      lines(
        'expectStream: the stream differs, from frame 2 on',
        '',
        '  expected  a-b-|',
        '  actual    a--b|',
        '              ^',
        '  at frame 2',
        '  expected  b = 2',
        '  got       nothing',
      ),
    );
  });

  it('marks a row that nobody expected, and names the others', () => {
    const message = told(({ source, expectStream }) => {
      expectStream(source('ab-(ab)', { a: { v: 1 }, b: { v: -0 } })).toBe('a', { a: { v: 1 } });
    });
    expect(message).toBe(
      lines(
        'expectStream: the stream differs, from frame 1 on',
        '',
        '  expected  a------',
        '  actual    aA-(aA)',
        '             ^',
        '  at frame 1',
        '  expected  nothing',
        '  got       A = { v: -0 }',
      ),
    );
  });

  it('names every value that was not expected', () => {
    const message = told(({ source, expectStream }) => {
      const values = { a: new Map([['k', [1, 'two']]]), b: new Date(0), c: new Set([{ 'a b': null }]) };
      expectStream(source<unknown>('(abc)', values)).toBe('A', { A: 'A' });
    });
    expect(message).toBe(
      lines(
        'expectStream: the stream differs, from frame 0 on',
        '',
        '  expected  (A)--',
        '  actual    (BCD)',
        '             ^',
        '  at frame 0',
        "  expected  A = 'A'",
        "  got       B = Map [['k', [1, 'two']]]",
        '  also      C = 1970-01-01T00:00:00.000Z',
        "  also      D = Set [{ 'a b': null }]",
      ),
    );
  });

  it('keeps columns in line over groups and long silences', () => {
    const message = told(({ source, expectStream }) => {
      expectStream(source('(abc) 1s (ab)-|', { a: 1, b: 2, c: 3 })).toBe('(123) 1s 1---#');
    });
    expect(message).toBe(
      lines(
        'expectStream: the stream differs, from frame 1005 on',
        '',
        '  expected  (123) 1000ms (1)-#-',
        '  actual    (123) 1000ms (12)-|',
        '                           ^',
        '  at frame 1005',
        '  expected  nothing',
        '  got       2',
      ),
    );
  });

  it('tells an error, and its cause in its words', () => {
    const message = told(({ source, expectStream }) => {
      const rows = source('a-b', { a: 1, b: 2 }).map((x) => {
        if (x === 2) throw new TypeError('two');
        return x;
      });
      expectStream(rows).toBe('1-#', undefined, { code: 'ML_CONNECTOR' });
    });
    expect(message).toBe(
      lines(
        'expectStream: the stream differs, from frame 2 on',
        '',
        '  expected  1-#',
        '  actual    1-#',
        '              ^',
        '  at frame 2',
        "  expected  # = { code: 'ML_CONNECTOR' }",
        '  got       # = DataError: map: the callback threw TypeError: two',
        "    code: expected 'ML_CONNECTOR', got 'ML_DATA'",
      ),
    );
  });

  it('says so where no error came, and where no end did', () => {
    const message = told(({ source, expectStream }) => {
      expectStream(source('a|', { a: 1 })).toBe('1#');
      expectStream(source('a', { a: 1 })).toBe('1|');
    });
    expect(message).toBe(
      lines(
        'expectStream: the stream differs, from frame 1 on',
        '',
        '  expected  1#',
        '  actual    1|',
        '             ^',
        '  at frame 1',
        '  expected  # (an error)',
        '  got       | (the end)',
        '',
        'expectStream: the stream differs, from frame 1 on',
        '',
        '  expected  1|',
        '  actual    1-',
        '             ^',
        '  at frame 1',
        '  expected  | (the end)',
        '  got       nothing',
      ),
    );
  });

  it('says that it cannot wait for a Promise', () => {
    const message = told(({ source, expectStream }) => {
      expectStream(source('a|', { a: 1 }).through(waits())).toBe('1|');
    });
    expect(message).toContain('\n  the chain still waits for a Promise, which virtual time cannot do');
  });

  it('spells out ten differences, and counts the rest', () => {
    const row = (value: number) => Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`f${i}`, value]));
    const message = told(({ source, expectStream }) => {
      expectStream(source('a', { a: row(1) })).toBe('a', { a: row(2) });
    });
    expect(message).toContain('    f9: expected 2, got 1\n    and 2 more');
    expect(message).toMatch(/^ {2}expected {2}a = \{ f0: 2, .*\}$/m);
  });

  it('cuts long values', () => {
    const message = told(({ source, expectStream }) => {
      expectStream(source('a', { a: 'x'.repeat(1_000) })).toBe('a');
    });
    expect(message.length).toBeLessThan(500);
  });

  it('points to the line of the expectation', () => {
    let stack: string | undefined;
    try {
      marbles(({ source, expectStream }) => expectStream(source('a', { a: 1 })).toBe('b'))();
    } catch (error: unknown) {
      ({ stack } = error as Error);
    }
    expect(stack?.split('\n').find((line) => line.startsWith('    at '))).toContain('messages.test.ts');
  });
});

/** A step that never lets go. */
function waits() {
  const operator = map((x: number) => x);
  const make = (options: never, parts: never): Processor => {
    const processor = operator.steps[0]!.make(options, parts);
    return Object.assign(processor, { holding: () => new Promise<void>(() => undefined) });
  };
  const steps = [{ ...operator.steps[0]!, make }];
  return Object.assign((source: Parameters<typeof operator>[0]) => operator(source), { ...operator, steps });
}

describe('a failing expectRejections', () => {
  const doubled = (input: Stream<number>) =>
    input
      .map((x) => {
        if (x > 1) throw new Error(`${x}`);
        return x;
      })
      .onReject('drop');

  it('spells out the fields that were expected, and shows the others', () => {
    const message = told(({ source, expectRejections }) => {
      expectRejections(doubled(source('-ab-b|', { a: 1, b: 2 }))).toBe('--f-g', {
        f: { kind: 'failed', value: 2 },
        g: { kind: 'late', operator: 'map' },
      });
    });
    expect(message).toBe(
      lines(
        'expectRejections: the rejections differ, from frame 4 on',
        '',
        '  expected  --f-g',
        '  actual    --f-f',
        '                ^',
        '  at frame 4',
        "  expected  g = { kind: 'late', operator: 'map' }",
        "  got       f = { kind: 'failed', rule: 'no error from the callback', cause: Error: 2, value: 2, operator: 'map' }",
        "    kind: expected 'late', got 'failed'",
      ),
    );
  });

  it('counts them where no values are given', () => {
    const message = told(({ source, expectRejections }) => {
      expectRejections(doubled(source('-b', { b: 2 }))).toBe('-xx');
    });
    expect(message).toBe(
      lines(
        'expectRejections: the rejections differ, from frame 2 on',
        '',
        '  expected  -xx',
        '  actual    -x-',
        '              ^',
        '  at frame 2',
        '  expected  x',
        '  got       nothing',
      ),
    );
  });
});

describe('a failing expectBalancedLedger', () => {
  it('tells the frame, the step and its sums', () => {
    const forgets = map((x: number) => x);
    const make = (): Processor => {
      const processor = forgets.steps[0]!.make({} as never, {} as never);
      return Object.assign(processor, { record: () => undefined });
    };
    const steps = [{ ...forgets.steps[0]!, make }];
    const wrong = Object.assign((source: Parameters<typeof forgets>[0]) => forgets(source), { ...forgets, steps });
    const message = told(({ source, expectBalancedLedger }) => {
      expectBalancedLedger(source('-a', { a: 1 }).through(wrong).named('forgets'));
    });
    expect(message).toBe(
      lines(
        "expectBalancedLedger: the ledger does not balance at frame 1, in the step 'forgets'",
        '',
        '  in         1',
        '  accounted  0 = 0 passed + 0 absorbed + 0 filtered + 0 duplicate + 0 rejected + 0 held',
      ),
    );
  });
});

describe('a failing expectation of RxJS', () => {
  it('shows both diagrams of an Observable', () => {
    const message = told(({ cold, expectObservable }) => {
      expectObservable(cold('a-b|', { a: { v: 1 }, b: { v: 2 } })).toBe('a-b|', { a: { v: 1 }, b: { v: 3 } });
    });
    expect(message).toBe(
      lines(
        'expectObservable: the Observable differs, from frame 2 on',
        '',
        '  expected  A-B|',
        '  actual    A-C|',
        '              ^',
        '  at frame 2',
        '  expected  B = { v: 3 }',
        '  got       C = { v: 2 }',
        '    v: expected 3, got 2',
      ),
    );
  });

  it('shows both errors', () => {
    const message = told(({ cold, expectObservable }) => {
      expectObservable(cold('#', {}, new Error('one'))).toBe('#', {}, new Error('two'));
    });
    expect(message).toContain("    message: expected 'two', got 'one'");
  });

  it('shows both diagrams of a subscription', () => {
    const message = told(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('a-b|');
      expectObservable(source).toBe('a-b|');
      expectSubscriptions(source.subscriptions).toBe('^----!');
    });
    expect(message).toBe(
      lines(
        'expectSubscriptions: subscription 1 differs, from frame 3 on',
        '',
        '  expected  ^----!',
        '  actual    ^--!--',
        '               ^',
        '  at frame 3',
        '  expected  nothing',
        '  got       ! (unsubscribed)',
      ),
    );
    const missing = told(({ hot, expectSubscriptions }) => {
      expectSubscriptions(hot('a').subscriptions).toBe(['^']);
    });
    expect(missing).toContain('  expected  ^ (subscribed)\n  got       nothing');
  });
});

it('passes where nothing differs', () => {
  expect(told(({ expectStream }) => expectStream(stream([1])).toBe('(1|)'))).toBe('nothing');
});
