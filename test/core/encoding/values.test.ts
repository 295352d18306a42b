import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ValueDecoder } from '../../../core/encoding/value-decoder.ts';
import { ValueEncoder } from '../../../core/encoding/value-encoder.ts';

function chunksOf(value: unknown): Uint8Array[] {
  // A chunk is valid until the next one is asked for.
  return Array.from(new ValueEncoder().encode(value), (chunk) => chunk.slice());
}

/** In chunks as they were written, or all in one. */
function decoded(chunks: readonly Uint8Array[]): unknown {
  const rest = chunks.values();
  const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  return new ValueDecoder(() => rest.next().value, size).decode();
}

function faultOf(act: () => unknown): unknown {
  try {
    act();
    return undefined;
  } catch (cause) {
    return cause;
  }
}

const roundTrip = (value: unknown): unknown => decoded(chunksOf(value));

describe('an encoded value', () => {
  it('comes back as structuredClone would copy it', { timeout: 60_000 }, () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: true,
      withNullPrototype: true,
      stringUnit: 'binary',
      maxDepth: 4,
    });
    fc.assert(
      fc.property(anything, (value) => {
        expect(roundTrip(value)).toStrictEqual(structuredClone(value));
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    0,
    -0,
    1,
    -1,
    2 ** 31 - 1,
    2 ** 31,
    -(2 ** 31),
    -(2 ** 31) - 1,
    2 ** 53,
    0.1,
    Number.NaN,
    Infinity,
    -Infinity,
    5e-324,
    0n,
    -1n,
    2n ** 64n,
    -(2n ** 100n),
    true,
    false,
    null,
    undefined,
    '',
    'ä😀',
    '\ud800',
    'a\udc00b',
    'x'.repeat(63),
    'x'.repeat(65),
    'é'.repeat(64),
    '\0',
    new Date(0),
    new Date(Number.NaN),
  ])('keeps %s', (value) => {
    expect(roundTrip(value)).toStrictEqual(value);
    expect(roundTrip([value, { value }])).toStrictEqual([value, { value }]);
  });

  it('keeps memory of every kind, of a part of a buffer just the part', () => {
    const buffer = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]).buffer;
    const views = [
      buffer,
      new DataView(buffer, 1, 3),
      new Uint8Array(buffer, 5, 2),
      new Float64Array(buffer, 8, 1),
      new BigUint64Array([2n ** 64n - 1n]),
      new Float32Array(),
    ];
    expect(roundTrip(views)).toStrictEqual(structuredClone(views));
    expect(roundTrip(Buffer.from('ab'))).toStrictEqual(new Uint8Array([97, 98]));
  });

  it('keeps holes, names that objects of ours do not have, and texts as long as there is', () => {
    // eslint-disable-next-line no-sparse-arrays
    const sparse = [, 1, , undefined, ,];
    expect(roundTrip(sparse)).toStrictEqual(sparse);
    const odd = JSON.parse('{"__proto__": {"a": 1}, "constructor": 2, "": 3}') as object;
    expect(Object.entries(roundTrip(odd) as object)).toEqual(Object.entries(odd));
    const long = ['ö'.repeat(100_000), `${'x'.repeat(200_000)}\ud800`];
    expect(roundTrip(long)).toEqual(long);
  });

  it('remembers names of rows, and not those of a dictionary', () => {
    const rows = Array.from({ length: 1000 }, (_, index) => ({ temperature: index, humidity: index }));
    expect(chunksOf(rows).reduce((sum, chunk) => sum + chunk.length, 0)).toBeLessThan(13_000);
    const dictionary = Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`key ${index}`, { a: index }]));
    expect(roundTrip([dictionary, dictionary])).toStrictEqual([dictionary, dictionary]);
  });

  it('comes in chunks that are not long, memory as it lies', () => {
    const numbers = new Float64Array(400_000).map((_, index) => index);
    const value = { keys: Array.from({ length: 100_000 }, (_, index) => `key-${index}`), numbers };
    const sizes: number[] = [];
    let shared = 0;
    for (const chunk of new ValueEncoder().encode(value)) {
      sizes.push(chunk.length);
      if (chunk.buffer === numbers.buffer) shared += chunk.length;
    }
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1024 * 1024);
    expect(shared).toBe(numbers.byteLength);
    expect(isDeepStrictEqual(roundTrip(value), value)).toBe(true);
  });

  it('gives a plain object for an instance of a class', () => {
    class Point {
      readonly x = 1;
      get y(): number {
        return 2;
      }
    }
    expect(roundTrip(new Point())).toStrictEqual({ x: 1 });
  });

  it.each([
    [() => 1, 'cannot store an unnamed function (function), at .state[1 of array].f'],
    [Symbol('s'), 'cannot store Symbol(s) (symbol), at .state[1 of array].f'],
    [new Error('x'), 'cannot store Error: x, at .state[1 of array].f'],
    [/x/, 'cannot store {} (object), at .state[1 of array].f'],
    [Promise.resolve(), 'cannot store {} (object), at .state[1 of array].f'],
  ])('refuses what is no data, and says where it stands: %s', (wrong, message) => {
    expect(() => chunksOf({ state: [1, { a: 1, f: wrong }] })).toThrowError(new TypeError(message));
  });

  it('takes what is nested 256 times, and no deeper', () => {
    const nested = (depth: number): unknown => (depth === 0 ? 'end' : [nested(depth - 1)]);
    expect(roundTrip(nested(256))).toEqual(nested(256));
    expect(() => chunksOf(nested(257))).toThrowError('nested deeper than 256');
  });

  it('refuses what holds itself', () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    expect(() => chunksOf({ cycle })).toThrowError(/nested deeper than 256, or holds itself/);
  });
});

describe('bytes that are no encoded value', () => {
  it('are refused without asking for more memory than there are bytes', () => {
    const bytes = fc.uint8Array({ minLength: 0, maxLength: 200 });
    fc.assert(
      fc.property(bytes, (given) => {
        expect(faultOf(() => decoded([given])) ?? new RangeError()).toBeInstanceOf(RangeError);
      }),
      { numRuns: 2000 },
    );
  });

  it('are refused where they are cut anywhere', () => {
    const whole = Buffer.concat(
      chunksOf({ a: [1, 'two', 3.5], b: new Map([[1n, new Set([new Date(1)])]]), c: new Uint16Array(9) }),
    );
    for (let length = 0; length < whole.length; length++) {
      expect(() => decoded([whole.subarray(0, length)])).toThrowError(RangeError);
    }
    expect(() => decoded([Buffer.from([16, 1, 255, 255, 255, 255, 7])])).toThrowError('a length is beyond the end');
    const deep = Buffer.alloc(4096, Buffer.from([10, 1]));
    expect(() => decoded([deep])).toThrowError('something is nested deeper than 256');
  });
});
