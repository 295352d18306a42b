import { describe, expect, expectTypeOf, it } from 'vitest';
import { EMPTY, type Observable } from 'rxjs';
import { select } from '../../../operators/flow/select.ts';
import { obeysOperatorLaws } from '../../support/laws.ts';
import { TestPipeline } from '../../support/pipelines.ts';

interface Reading {
  readonly id: string;
  readonly t: number;
  readonly note?: string;
}

describe('select', () => {
  obeysOperatorLaws(
    () => select<Reading, 'id' | 't'>('id', 't'),
    [
      { id: 'a', t: 1, note: 'x' },
      { id: 'b', t: 2 },
    ],
  );

  it('keeps the named fields, in the order of their names', () => {
    const { outcome } = new TestPipeline([select('note', 'id')])
      .push({ id: 'a', t: 1, note: 'x' })
      .push({ id: 'b', t: 2 });
    expect(outcome.rows.map(([row]) => JSON.stringify(row))).toEqual(['{"note":"x","id":"a"}', '{"id":"b"}']);
  });

  it.each([5, 'text', null, undefined, [1]])('rejects %j: it is no object', (value) => {
    const { outcome } = new TestPipeline([select('id')]).push(value);
    expect(outcome.rejections).toMatchObject([{ kind: 'invalid', rule: 'an object', value }]);
  });

  it('has the type of its fields', () => {
    const rows = (EMPTY as Observable<Reading>).pipe(select('id', 'note'));
    expectTypeOf(rows).toEqualTypeOf<Observable<{ readonly id: string; readonly note?: string }>>();
    // @ts-expect-error there is no such field
    (EMPTY as Observable<Reading>).pipe(select('name'));
  });

  it('reads its fields and drops the others', () => {
    expect(select<{ a: 1; b: 2 }, 'a' | 'b'>('a', 'b').recipe.fields).toEqual({
      reads: ['a', 'b'],
      writes: [],
      keepsOthers: false,
    });
  });

  it.each([[[]], [['a', 'a']], [['']], [[5]]])('refuses the names %j when called', (names) => {
    expect(() => select(...(names as never[]))).toThrowError(expect.objectContaining({ code: 'ML_ARGUMENT' }));
  });
});
