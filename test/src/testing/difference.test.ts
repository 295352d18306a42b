import { describe, expect, it } from 'vitest';
import { differences } from '../../../src/testing/difference.ts';
import { written } from '../../../src/testing/written.ts';

const circle: { self?: unknown } = {};
circle.self = circle;

class Point {
  readonly x = 1;
}

describe('differences', () => {
  it.each([
    [1, 1],
    [Number.NaN, Number.NaN],
    [{ a: undefined }, {}],
    [
      [1, { b: [2] }],
      [1, { b: [2] }],
    ],
    [new Date(5), new Date(5)],
    [new Date(Number.NaN), new Date(Number.NaN)],
    [new Map([['a', 1]]), new Map([['a', 1]])],
    [new Set([1]), new Set([1])],
    [Float64Array.of(1, 2), Float64Array.of(1, 2)],
    [new Error('a'), new Error('a')],
    [circle, { self: circle }],
    [new Point(), { x: 1 }],
  ])('finds none between %o and %o', (expected, actual) => {
    expect(differences(expected, actual)).toEqual([]);
  });

  it.each([
    [0, -0, ''],
    [1, '1', ''],
    [null, undefined, ''],
    [{}, [], ''],
    [new Date(5), new Date(6), ''],
    [new Date(5), 5, ''],
    [{ a: { b: 1 } }, { a: { b: 2 } }, 'a.b'],
    [{ a: [1, 2] }, { a: [1, 3] }, 'a[1]'],
    [[1], [1, 2], '[1]'],
    [{}, { a: null }, 'a'],
    [new Map([['a', 1]]), new Map([['a', 2]]), 'a'],
    [new Map([[5, 1]]), new Map([[5, 2]]), '[5]'],
    [new Set([1]), new Set([2]), '[1]'],
    [Float64Array.of(1, 2), Float64Array.of(1, 3), '[1]'],
    [Float64Array.of(1), Float32Array.of(1), ''],
    [new Error('a'), new TypeError('a'), 'name'],
  ])('finds one between %o and %o', (expected, actual, path) => {
    expect(differences(expected, actual)[0]?.path).toBe(path);
  });

  it('looks only at what is expected where it is partial', () => {
    expect(differences({ kind: 'late' }, { kind: 'late', field: 'x' }, true)).toEqual([]);
    expect(differences({ value: { a: 1 } }, { value: { a: 1, b: 2 } }, true)).toHaveLength(1);
    expect(differences({ message: 'a' }, new Error('a'), true)).toEqual([]);
    expect(differences('a', new Error('a'), true)).toHaveLength(1);
    expect(differences(new Date(1), { other: 1 }, true)).toHaveLength(1);
  });
});

describe('written', () => {
  it.each([
    ["it's", String.raw`'it\'s'`],
    ['a "b"\n', String.raw`'a "b"\n'`],
    [5n, '5n'],
    [-0, '-0'],
    [undefined, 'undefined'],
    [new Date(Number.NaN), 'an invalid Date'],
    [Uint8Array.of(1, 2), 'Uint8Array [1, 2]'],
    [new Point(), 'Point { x: 1 }'],
    [Object.create(null), '{}'],
    [Object.assign(Object.create(null), { a: 1 }), '{ a: 1 }'],
    [circle, '{ self: [circular] }'],
    [written, 'written function'],
    [() => 1, 'an unnamed function'],
    [Symbol('s'), 'Symbol(s)'],
    [new TypeError('no'), 'TypeError: no'],
  ])('says %o as a program would', (value: unknown, text) => {
    expect(written(value)).toBe(text);
  });

  it('cuts what is long', () => {
    expect(written('x'.repeat(500))).toHaveLength(201);
  });
});
