import { EMPTY, type Observable } from 'rxjs';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { derive } from '../../../operators/flow/derive.ts';
import { obeysOperatorLaws } from '../../support/laws.ts';
import { TestPipeline } from '../../support/pipelines.ts';

interface Box {
  readonly w: number;
  readonly h: number;
}

describe('derive', () => {
  const area = (box: Box): number => box.w * box.h;

  obeysOperatorLaws(
    () => derive<Box, { area: number }>({ area }),
    [
      { w: 1, h: 2 },
      { w: 3, h: 4 },
    ],
    {
      callbacks: [area],
      throwing: () =>
        derive({
          area: (): number => {
            throw new Error('of the callback');
          },
        }),
    },
  );

  it('hands every function the record as it came in, also where it replaces a field', () => {
    const { outcome } = new TestPipeline([derive({ w: (box: Box) => box.w + 1, area })]).push({ w: 2, h: 3, id: 'a' });
    expect(outcome.rows).toEqual([[{ w: 3, h: 3, id: 'a', area: 6 }, Number.NaN]]);
  });

  it('leaves the record itself as it is', () => {
    const box = Object.freeze({ w: 2, h: 3 });
    new TestPipeline([derive({ w: () => 9 })]).push(box);
    expect(box).toEqual({ w: 2, h: 3 });
  });

  it('names the field whose function threw', () => {
    const cause = new Error('of the callback');
    const failing = (): number => {
      throw cause;
    };
    const { outcome } = new TestPipeline([derive({ area, failing })]).push({ w: 2, h: 3 });
    expect(outcome.rejections).toMatchObject([{ kind: 'failed', field: 'failing', cause }]);
  });

  it.each([5, null, undefined, [1]])('rejects %j: it is no object', (value) => {
    const { outcome } = new TestPipeline([derive({ area })]).push(value);
    expect(outcome.rejections).toMatchObject([{ kind: 'invalid', rule: 'an object', value }]);
  });

  it('has the type of the record with its fields added or replaced', () => {
    const rows = (EMPTY as Observable<Box>).pipe(derive({ area: (box) => box.w * box.h, h: (box) => String(box.h) }));
    expectTypeOf(rows).toEqualTypeOf(EMPTY as Observable<{ readonly w: number; area: number; h: string }>);
  });

  it.each([{}, null, [], { area: 5 }])('refuses %j when called', (fields) => {
    expect(() => derive(fields as never)).toThrowError(expect.objectContaining({ code: 'ML_ARGUMENT' }));
  });
});
