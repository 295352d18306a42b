import { type Observable, of } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import { cast } from '../../operators/cast/cast.ts';

interface Reading {
  readonly id: string;
  readonly t: string;
  readonly at: string | null;
}

const readings$ = of<Reading>();

describe('cast', () => {
  it('gives the row with the fields as they are after the cast', () => {
    const out$ = readings$.pipe(cast({ t: 'number', at: { type: 'timestamp?', zone: 'UTC' } }));
    expectTypeOf(out$).toEqualTypeOf<Observable<{ readonly id: string; t: number; at: number | null }>>();
  });

  it('knows every type', () => {
    const out$ = of({ a: '', b: '', c: '', d: '', e: '' }).pipe(
      cast({ a: 'number?', b: 'integer', c: 'string', d: 'boolean?', e: { type: 'timestamp', format: 'epoch-s' } }),
    );
    expectTypeOf(out$).toEqualTypeOf<
      Observable<{ a: number | null; b: number; c: string; d: boolean | null; e: number }>
    >();
  });

  it('takes rows of any fields, as csv gives them', () => {
    const out$ = of<Record<string, string>>().pipe(cast({ t: 'number' }));
    out$.subscribe((row) => {
      expectTypeOf(row.t).toEqualTypeOf<number>();
      expectTypeOf(row['other']).toEqualTypeOf<string | undefined>();
    });
  });

  it('refuses what the row or the operator does not have', () => {
    // @ts-expect-error a field that the row does not have
    readings$.pipe(cast({ t: 'number', att: 'timestamp' }));
    // @ts-expect-error a type that does not exist
    readings$.pipe(cast({ t: 'numbr' }));
    // @ts-expect-error a format that does not exist
    readings$.pipe(cast({ at: { type: 'timestamp', format: 'epoch' } }));
  });
});
