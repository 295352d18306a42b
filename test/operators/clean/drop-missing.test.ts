import { from, type Observable, of, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { dropMissing } from '../../../operators/clean/drop-missing.ts';
import { obeysOperatorLaws } from '../../support/laws.ts';
import { TestPipeline } from '../../support/pipelines.ts';

const all = <T>(rows$: Observable<T>): T[] => {
  const rows: T[] = [];
  rows$.subscribe((row) => rows.push(row));
  return rows;
};

describe('dropMissing', () => {
  obeysOperatorLaws(() => dropMissing<{ x: number | null }, 'x'>('x'), [{ x: 1 }, { x: null }, { x: 2 }]);

  it('lets go on what has every field, as it came', () => {
    const whole = { id: 'x', t: 1, note: null };
    const records = [whole, { id: null, t: 1 }, { id: 'x' }, { t: 1 }, { id: 'x', t: Number.NaN }, {}];
    const rows = all(from(records as { id?: string | null; t?: number }[]).pipe(dropMissing('id', 't')));
    expect(rows).toEqual([whole]);
    expect(rows[0]).toBe(whole);
  });

  it.each([null, undefined, Number.NaN])('takes %s for missing', (value) => {
    expect(all(of<{ x: unknown }>({ x: value }).pipe(dropMissing('x')))).toEqual([]);
  });

  it.each(['', ' ', 0, -0, false, 0n, Infinity, 'NaN', [], {}])('takes %s for a value', (value) => {
    expect(all(of<{ x: unknown }>({ x: value }).pipe(dropMissing('x')))).toEqual([{ x: value }]);
  });

  it.each([null, undefined, 5, 'text'])('drops %j, which has no fields', (value) => {
    expect(all(of(value as unknown as { x: number }).pipe(dropMissing('x')))).toEqual([]);
  });

  it('counts what it drops as filtered', () => {
    const pipeline = new TestPipeline([dropMissing<{ x: unknown }, 'x'>('x')]);
    for (const x of [1, null, 2, undefined]) pipeline.push({ x });
    expect(pipeline.ledger.at(-1)).toMatchObject({ in: 4, passed: 2, filtered: 2, out: 2 });
  });

  it('completes and fails with its source', () => {
    const seen: string[] = [];
    const observer = { complete: () => seen.push('complete'), error: (cause: unknown) => seen.push(String(cause)) };
    of({ x: null }).pipe(dropMissing('x')).subscribe(observer);
    const source = new Subject<{ x: number }>();
    source.pipe(dropMissing('x')).subscribe(observer);
    source.error('gone');
    expect(seen).toEqual(['complete', 'gone']);
  });

  it('throws when it is called without fields, with one twice or with something else', () => {
    const call = dropMissing as (...fields: unknown[]) => unknown;
    expect(() => call()).toThrow('dropMissing: `fields` must be the name of at least one field');
    expect(() => call('x', 'x')).toThrow('dropMissing: `fields` must be different names');
    expect(() => call(['x'])).toThrow('dropMissing: `fields` must be the name of a field');
    expect(() => call('')).toThrow(expect.objectContaining({ code: 'ML_ARGUMENT' }));
  });
});
