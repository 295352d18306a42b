import { type Observable, of } from 'rxjs';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { rename } from '../../../operators/flow/rename.ts';
import { obeysOperatorLaws } from '../../support/laws.ts';
import { TestPipeline } from '../../support/pipelines.ts';

describe('rename', () => {
  obeysOperatorLaws(
    () => rename<{ t: number; u: number }, { t: 'temp' }>({ t: 'temp' }),
    [
      { t: 1, u: 2 },
      { t: 3, u: 4 },
    ],
  );

  it.each([
    { names: { t: 'temp' }, from: { t: 1, u: 2 }, to: '{"temp":1,"u":2}' },
    { names: { t: 'temp' }, from: { u: 2 }, to: '{"u":2}' },
    { names: { t: 'u', u: 't' }, from: { t: 1, u: 2 }, to: '{"u":1,"t":2}' },
    { names: { t: 't' }, from: { t: 1, u: 2 }, to: '{"t":1,"u":2}' },
    { names: { t: 'u' }, from: { u: 2, t: 1 }, to: '{"u":1}' },
    { names: { t: 'u' }, from: { u: 2 }, to: '{"u":2}' },
    { names: { t: 'u', u: 'v' }, from: { t: 1, u: 2, v: 3 }, to: '{"u":1,"v":2}' },
  ])('makes $to of $from by $names', ({ names, from, to }) => {
    const { outcome } = new TestPipeline([rename(names as never)]).push(from);
    expect(outcome.rows.map(([row]) => JSON.stringify(row))).toEqual([to]);
  });

  it.each([5, null, undefined, [1]])('rejects %j: it is no object', (value) => {
    const { outcome } = new TestPipeline([rename({ a: 'b' } as never)]).push(value);
    expect(outcome.rejections).toMatchObject([{ kind: 'invalid', rule: 'an object', value }]);
  });

  it('has the type of the record under its new names', () => {
    const rows = of({ a: 1, b: 'x' }).pipe(rename({ a: 'c' }));
    expectTypeOf(rows).toEqualTypeOf<Observable<{ c: number; b: string }>>();
    // @ts-expect-error there is no such field
    of({ a: 1 }).pipe(rename({ x: 'c' }));
    // @ts-expect-error nor beside one that is there
    of({ a: 1 }).pipe(rename({ a: 'b', x: 'c' }));
  });

  it('reads the old names, and the new ones that it may replace', () => {
    expect(rename({ a: 'b', c: 'a' } as never).recipe.fields).toEqual({
      reads: ['a', 'b', 'c'],
      writes: ['b', 'a'],
      keepsOthers: true,
    });
  });

  it.each([{}, null, { a: 5 }, { a: '' }, { a: 'c', b: 'c' }])('refuses %j when called', (names) => {
    expect(() => rename(names as never)).toThrowError(expect.objectContaining({ code: 'ML_ARGUMENT' }));
  });
});
