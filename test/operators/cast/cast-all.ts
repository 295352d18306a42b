import { from } from 'rxjs';
import type { Rejection } from '../../../core/rejection.ts';
import { cast, type CastName, type CastRule, type CastSpec } from '../../../operators/cast/cast.ts';

export interface CastResult {
  readonly rows: readonly unknown[];
  readonly rejections: readonly Rejection[];
}

/** Casts all of these records, and gives back the rows and the rejections. */
export function castAll(spec: CastSpec<Record<string, unknown>>, records: readonly unknown[]): CastResult {
  const rows: unknown[] = [];
  const rejections: Rejection[] = [];
  const onReject = (rejection: Rejection): void => void rejections.push(rejection);
  from(records as Record<string, unknown>[])
    .pipe(cast(spec, { onReject }))
    .subscribe((row) => rows.push(row));
  return { rows, rejections };
}

/** What one value becomes; a value that does not fit becomes `{ rule }`. */
export function castOne(rule: CastName | CastRule, value: unknown): unknown {
  const { rows, rejections } = castAll({ x: rule }, [{ x: value }]);
  return rejections.length > 0 ? { rule: rejections[0]?.rule } : (rows[0] as { x: unknown }).x;
}
