import { concat, of, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { map } from '../../operators/flow/map.ts';
import { tumblingWindow } from '../../operators/window/tumbling-window.ts';
import { count } from '../../operators/aggregate/count.ts';
import type { Rejection } from '../../core/rejection.ts';
import { ewma } from '../../operators/smooth/ewma.ts';

const same = map((x: number) => x);

describe('an operator in Rx code', () => {
  it('does not recurse, however long its subscriber feeds it from within', () => {
    const source = new Subject<number>();
    let last = -1;
    source.pipe(same).subscribe((x) => {
      last = x;
      if (x < 100_000) source.next(x + 1);
    });
    source.next(0);
    expect(last).toBe(100_000);
  });

  it('takes everything that came before the end, also when all of it came from within an emission', () => {
    const source = new Subject<number>();
    const notes: unknown[] = [];
    source.pipe(same).subscribe({
      next: (x) => {
        notes.push(x);
        if (x > 0) return;
        source.next(1);
        source.next(2);
        source.complete();
      },
      complete: () => notes.push('complete'),
    });
    source.next(0);
    expect(notes).toEqual([0, 1, 2, 'complete']);
  });

  it('takes everything that came before an error, also when it came from within an emission', () => {
    const source = new Subject<number>();
    const notes: unknown[] = [];
    source.pipe(same).subscribe({
      next: (x) => {
        notes.push(x);
        if (x > 0) return;
        source.next(1);
        source.error('broken');
      },
      error: (cause) => notes.push(cause),
    });
    source.next(0);
    expect(notes).toEqual([0, 1, 'broken']);
  });

  it('drops open windows when its source fails', () => {
    const notes: unknown[] = [];
    concat(
      of({ at: 1 }),
      throwError(() => 'broken'),
    )
      .pipe(tumblingWindow({ size: 10, time: 'at', aggregate: { n: count() } }))
      .subscribe({ next: (row) => notes.push(row), error: (cause) => notes.push(cause) });
    expect(notes).toEqual(['broken']);
  });

  it('does with bad records what `onReject` says', () => {
    const told: Rejection[] = [];
    const rows: unknown[] = [];
    of({ x: 1 }, { x: Number.POSITIVE_INFINITY }, { x: 3 })
      .pipe(ewma('x', { alpha: 0.5, as: 'y', onReject: (rejection) => told.push(rejection) }))
      .subscribe((row) => rows.push(row));
    expect(rows).toEqual([
      { x: 1, y: 1 },
      { x: 3, y: 2 },
    ]);
    expect(told).toMatchObject([{ kind: 'invalid', operator: 'ewma', field: 'x' }]);
  });

  it('may be told the same field as time and as value, and a key of several fields', () => {
    const rows: unknown[] = [];
    of({ a: 1, b: 'x', at: 1 }, { a: 1, b: 'x', at: 2 })
      .pipe(tumblingWindow({ size: 10, time: ({ at }) => at, key: ['b', 'a'], aggregate: { n: count('at') } }))
      .subscribe((row) => rows.push(row));
    expect(rows).toEqual([{ b: 'x', a: 1, windowStart: 0, windowEnd: 10, n: 2 }]);
  });
});
