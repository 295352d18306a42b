import { EMPTY, type Observable } from 'rxjs';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { filter } from '../../../operators/flow/filter.ts';
import { TestPipeline } from '../../support/pipelines.ts';
import { obeysOperatorLaws } from '../../support/laws.ts';
import { marbles } from '../../support/marbles.ts';

describe('filter', () => {
  const large = (x: number): boolean => x > 1;

  obeysOperatorLaws(() => filter(large), [1, 2, 1, 3], {
    callbacks: [large],
    throwing: () =>
      filter((): boolean => {
        throw new Error('of the callback');
      }),
  });

  it(
    'lets a record go on only if the function says so',
    marbles(({ hot, expectObservable }) => {
      const source = hot('  -a---b---c--|', { a: 1, b: 2, c: 3 });
      const expected = '    -----b---c--|';

      expectObservable(source.pipe(filter(large))).toBe(expected, { b: 2, c: 3 });
    }),
  );

  it('narrows the type by a guard', () => {
    const rows = (EMPTY as Observable<string | number>).pipe(filter((value) => typeof value === 'string'));
    expectTypeOf(rows).toEqualTypeOf<Observable<string>>();
  });

  it('counts what does not go on as filtered', () => {
    const { ledger } = new TestPipeline([filter(large)]).push(1).push(2).push(0);
    expect(ledger.at(-1)).toMatchObject({ step: 'filter', in: 3, passed: 1, filtered: 2, out: 1 });
  });

  it('rejects what is no function when called', () => {
    expect(() => filter(undefined as never)).toThrowError(expect.objectContaining({ code: 'ML_ARGUMENT' }));
  });
});
