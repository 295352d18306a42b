import { type Observable, of } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import { dropMissing } from '../../operators/clean/drop-missing.ts';
import { fillMissing } from '../../operators/clean/fill-missing.ts';

interface Reading {
  id: string | null;
  t?: number | null;
  unit: string | undefined;
}

const readings$ = of<Reading>();

describe('dropMissing', () => {
  it('gives a row that has the fields', () => {
    const out$ = readings$.pipe(dropMissing('id', 't'));
    expectTypeOf(out$).toEqualTypeOf<Observable<{ id: string; t: number; unit: string | undefined }>>();
  });

  it('refuses a field that the row does not have', () => {
    // @ts-expect-error misspelt
    readings$.pipe(dropMissing('idd'));
  });
});

describe('fillMissing', () => {
  it('takes a constant for sure, and what came before for a maybe', () => {
    const out$ = readings$.pipe(fillMissing({ t: { value: 0 }, unit: 'previous' }));
    expectTypeOf(out$).toEqualTypeOf<Observable<{ id: string | null; t: number; unit: string | undefined }>>();
  });

  it('takes a key in Rx code', () => {
    readings$.pipe(fillMissing({ t: { method: 'previous', limit: 2 } }, { key: 'id' }));
    readings$.pipe(fillMissing({ t: 'previous' }, { key: ['id', 'unit'] }));
    // @ts-expect-error a key that the row does not have
    readings$.pipe(fillMissing({ t: 'previous' }, { key: 'device' }));
  });

  it('refuses what does not fit the field', () => {
    // @ts-expect-error a text for a number
    readings$.pipe(fillMissing({ t: { value: 'none' } }));
    // @ts-expect-error a constant that is missing itself
    readings$.pipe(fillMissing({ t: { value: null } }));
    // @ts-expect-error misspelt, beside one that is not
    readings$.pipe(fillMissing({ t: 'previous', unitt: 'previous' }));
    // @ts-expect-error a method that does not exist
    readings$.pipe(fillMissing({ t: 'linear' }));
  });
});
