import { EMPTY, of, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { union } from '../../../operators/flow/union.ts';
import { obeysOperatorLaws } from '../../support/laws.ts';
import { marbles } from '../../support/marbles.ts';

describe('union', () => {
  obeysOperatorLaws(() => union<number>(EMPTY), [1, 2, 3]);

  it(
    'lets the records of all inputs through as they come, and ends with the last of them',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('  -a-------b--|');
      const other = hot('   ---x--y--------|');
      const expected = '    -a-x--y--b-----|';

      expectObservable(source.pipe(union(other))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe('^-----------!');
      expectSubscriptions(other.subscriptions).toBe(' ^--------------!');
    }),
  );

  it(
    'fails with the first error of any input',
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('  -a-------b--|');
      const other = hot('   ---x--#');
      const expected = '    -a-x--#';

      expectObservable(source.pipe(union(other))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe('^-----!');
    }),
  );

  it('takes one input after the other where they emit at once', () => {
    const seen: number[] = [];
    of(1, 2)
      .pipe(union(of(3), of(4)))
      .subscribe((x) => seen.push(x));
    expect(seen).toEqual([1, 2, 3, 4]);
  });

  it('keeps the order of what its subscriber feeds into another input from within an emission', () => {
    const fed: number[] = [];
    const other = new Subject<number>();
    const source = new Subject<number>();
    source.pipe(union(other)).subscribe((x) => {
      fed.push(x);
      if (x === 1) {
        other.next(2);
        source.next(3);
        other.next(4);
      }
    });
    source.next(1);
    expect(fed).toEqual([1, 2, 3, 4]);
  });
});
