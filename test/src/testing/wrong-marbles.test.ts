import { delay, NEVER } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { ArgumentError, stream } from '../../../src/index.ts';
import { checkpoint, crash, marbles, type Marbles, testSource, watermark } from '../../../src/testing/index.ts';

const run = (body: (helpers: Marbles & RunHelpers) => void) => marbles(body);

describe('wrong marbles', () => {
  it.each([
    ['a)', 'source: `marbles` must be with a `(` before each `)`, got "a)" (string)'],
    ['(a', 'source: `marbles` must be with a `)` behind each `(`, got "(a" (string)'],
    ['(a(b))', 'source: `marbles` must be without a group inside a group, got "(a(b))" (string)'],
    ['(a-b)', 'source: `marbles` must be without `-` inside a group, which is one frame, got "(a-b)" (string)'],
    ['( 10ms a)', 'source: `marbles` must be without a time inside a group, got "( 10ms a)" (string)'],
    ['a|b', 'source: `marbles` must be without a sign behind `|` or `#`, got "a|b" (string)'],
    ['a#|', 'source: `marbles` must be without a sign behind `|` or `#`, got "a#|" (string)'],
    ['^a', 'source: `marbles` must be without `^`, which is a sign of subscriptions, got "^a" (string)'],
    ['a!', 'source: `marbles` must be without `!`, which is a sign of subscriptions, got "a!" (string)'],
    ['1.5ms a', 'source: `marbles` must be in whole milliseconds, got "1.5ms a" (string)'],
    [
      'a10ms b',
      'source: `marbles` must be made of `a`, `b` and the signs of time, got "1" (string); a time such as `10ms` has a blank on both sides',
    ],
    [{}, 'source: `marbles` must be a text, or one for each partition, got {} (object)'],
    [5, 'source: `marbles` must be a text such as -a-b-|, got 5 (number)'],
    [{ p: 5 }, 'source: `marbles` must be a text such as -a-b-|, got 5 (number)'],
  ])('%j of a source', (text, message) => {
    const test = run(({ source }) => void source(text as never, { a: 1, b: 2 }));
    expect(test).toThrowError(new ArgumentErrorWith(message));
  });

  it.each([
    [undefined, 'source: `values` must be an object that names a value for each symbol, got undefined'],
    [
      { ab: 1 },
      'source: `values` must be named by one character each, which is none of - ( ) | # ^ !, got "ab" (string)',
    ],
    [
      { '-': 1 },
      'source: `values` must be named by one character each, which is none of - ( ) | # ^ !, got "-" (string)',
    ],
  ])('values %j of a source', (values, message) => {
    expect(run(({ source }) => void source('', values as never))).toThrowError(new ArgumentErrorWith(message));
  });

  it.each([Number.NaN, '5', undefined])('watermark(%j)', (at) => {
    expect(() => watermark(at as never)).toThrowError(ArgumentError);
  });
});

describe('wrong expectations', () => {
  it.each([
    ['a b)', undefined],
    ['ab', { a: 1 }],
    ['a', { '(': 1 }],
    ['a', 5],
  ])('expectStream toBe %j, %j', (text, values) => {
    const test = run(({ source, expectStream }) => {
      expectStream(source('a', { a: 1 })).toBe(text, values as never);
    });
    expect(test).toThrowError(ArgumentError);
  });

  it.each([
    ['-|', undefined, 'rejections have no end of their own'],
    ['-#', undefined, 'rejections have no end of their own'],
    ['r', { r: 5 }, 'some fields of a rejection'],
    ['r', { r: { kind: 'lost' } }, 'one of invalid, failed, late, ahead, evicted'],
  ])('expectRejections toBe %j, %j', (text, values, message) => {
    const test = run(({ source, expectRejections }) => {
      expectRejections(source('a', { a: 1 })).toBe(text, values as never);
    });
    expect(test).toThrowError(message);
  });

  it.each(['expectStream', 'expectRejections'] as const)('%s without toBe', (name) => {
    const test = run((helpers) => void helpers[name](helpers.source('a', { a: 1 })));
    expect(test).toThrowError(`${name}: \`toBe\` must be called`);
  });

  it.each(['expectStream', 'expectRejections', 'expectBalancedLedger'] as const)('%s of an Observable', (name) => {
    const test = run((helpers) => void helpers[name](NEVER as never));
    expect(test).toThrowError('for an Observable there is `expectObservable`');
  });

  it('a body that is none, or that is asynchronous', () => {
    expect(() => marbles(5 as never)).toThrowError(ArgumentError);
    const asynchronous: () => unknown = () => Promise.resolve();
    const test = marbles(asynchronous);
    expect(test).toThrowError('marbles: `body` must be a function that is not async');
  });
});

describe('chains that virtual time cannot run', () => {
  it('reads no sources that answer by Promises', () => {
    for (const input of [testSource([1]), (async function* () {})()]) {
      const test = run(({ expectStream }) => expectStream(stream<unknown>(input)).toBe(''));
      expect(test).toThrowError('virtual time cannot wait for what answers by a Promise');
    }
  });

  it('refuses a chain that is wrong at once', () => {
    const test = run(({ source, expectStream }) => {
      expectStream(
        source('a', { a: { t: 1 } })
          .tumblingWindow('1s')
          .aggregate({}),
      ).toBe('');
    });
    expect(test).toThrowError(ArgumentError);
  });

  it.each([checkpoint, crash])('refuses $signal where an input cannot be read again', (signal) => {
    const test = run(({ source, hot, expectStream }) => {
      expectStream(source('aX', { a: 'a', X: signal }).union(stream(hot('a')))).toBe('');
    });
    expect(test).toThrowError('a chain whose inputs can be read again');
  });

  it('refuses a checkpoint over a foreign operator that is not stateless', () => {
    const test = (stateless: object) =>
      run(({ source, expectStream }) => {
        expectStream(source('aCX', { a: 'a', C: checkpoint, X: crash }).through((x) => x, stateless)).toBe('a');
      });
    expect(test({})).toThrowError('`through` must be stateless under a checkpoint');
    expect(test({ stateless: true })).not.toThrowError();
  });

  it('tells a plain subscriber that it cannot have signals and partitions', () => {
    for (const [text, values] of [
      [{ p: 'a', q: 'a' }, { a: 1 }],
      ['aC', { a: 1, C: checkpoint }],
    ] as const) {
      const told: unknown[] = [];
      run(({ source, expectObservable }) => {
        const observed = source<unknown>(text, values);
        observed.subscribe({ error: (error: unknown) => void told.push(error) });
        expectObservable(observed.pipe(delay(1))).toBe('#', undefined, told[0]);
      })();
      expect(told).toMatchObject([{ code: 'ML_ARGUMENT' }]);
    }
  });
});

/** Compares class and message. */
class ArgumentErrorWith extends ArgumentError {
  constructor(message: string) {
    super('', '', '', '');
    this.message = message;
    this.name = 'ArgumentError';
  }
}
