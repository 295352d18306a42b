import { describe, expect, it } from 'vitest';
import { map } from '../../../operators/flow/map.ts';
import { obeysOperatorLaws } from '../../support/laws.ts';
import { marbles } from '../../support/marbles.ts';

describe('map', () => {
  const double = (x: number): number => 2 * x;

  obeysOperatorLaws(() => map(double), [1, 2, 3], {
    callbacks: [double],
    throwing: () =>
      map((): number => {
        throw new Error('of the callback');
      }),
  });

  it(
    'makes another record of each, at once',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('  -a---b---c--|', { a: 1, b: 2, c: 3 });
      const subs = '        ^-----------!';
      const expected = '    -x---y---z--|';

      expectObservable(source.pipe(map(double))).toBe(expected, { x: 2, y: 4, z: 6 });
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it('rejects what is no function when called', () => {
    expect(() => map('x' as never)).toThrowError(expect.objectContaining({ code: 'ML_ARGUMENT' }));
  });
});
