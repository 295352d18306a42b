import { from } from 'rxjs';
import { expect, it } from 'vitest';
import { type Fill, fillMissing } from '../../../operators/clean/fill-missing.ts';
import { describeOracle } from '../../support/oracles.ts';

interface Case {
  readonly name: string;
  readonly op: string;
  readonly params: { readonly limit?: number | null; readonly value?: number };
  readonly input: readonly (number | null)[];
  readonly expected: readonly (number | null)[];
}

/** What pandas does there is not what these operators do. */
const elsewhere: Readonly<Record<string, string>> = {
  bfill: '`next` is not among the fills yet',
  interpolate_linear: '`linear` is not among the fills yet',
  drop_duplicates: 'dedupe',
  dedupe_consecutive: 'dedupe',
  diff: 'a moving operator',
  pct_change_nofill: 'a moving operator',
  shift: 'a moving operator',
  cummax: 'a cumulative operator',
  cumsum: 'a cumulative operator',
  rank_dense: 'no operator ranks',
  clip: 'clip',
  to_numeric_coerce: 'cast; see its own test',
  to_datetime_coerce_utc: 'cast; see its own test',
};

describeOracle<readonly Case[]>('pandas fills missing values', 'pandas-cleaning.json', (cases, counted) => {
  const tally = counted('fillMissing');

  it('has only operations that are known here', () => {
    expect(cases.map(({ op }) => op).filter((op) => !(op in elsewhere) && op !== 'ffill' && op !== 'fillna')).toEqual(
      [],
    );
  });

  for (const { op } of cases) if (op in elsewhere) tally.leave(`${op}: ${elsewhere[op]}`);

  it.each(cases.filter(({ op }) => !(op in elsewhere)))('$name', ({ op, params, input, expected }) => {
    tally.check(() => {
      const filled: unknown[] = [];
      from(input.map((x) => ({ x })))
        .pipe(fillMissing({ x: fillOf(op, params) }))
        .subscribe(({ x }) => filled.push(x));
      expect(filled).toEqual(expected);
    });
  });
});

function fillOf(op: string, { limit, value }: Case['params']): Fill<number> {
  if (op === 'fillna') return { value: value as number };
  return typeof limit === 'number' ? { method: 'previous', limit } : 'previous';
}
