import { expect, it } from 'vitest';
import { ewma, type EwmaOptions } from '../../../operators/smooth/ewma.ts';
import { movingAverage } from '../../../operators/smooth/moving-average.ts';
import type { Operator } from '../../../operators/operator.ts';
import { applicable, describeOracle } from '../../support/oracles.ts';
import { TestPipeline } from '../../support/pipelines.ts';

interface Case {
  readonly name: string;
  readonly family: string;
  readonly op: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly input: readonly (number | string | null)[];
  readonly expected: readonly (number | null)[];
  readonly tolerance: { readonly rtol: number; readonly atol: number };
}

interface InvalidCase {
  readonly params: Readonly<Record<string, number>>;
  readonly ok?: true;
}

/** What pandas calls our decays. */
const decays = { alpha: 'alpha', span: 'span', com: 'centerOfMass', halflife: 'halfLife' } as const;

function decayOf(params: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(
    Object.entries(decays).flatMap(([theirs, ours]) => (theirs in params ? [[ours, params[theirs]]] : [])),
  );
}

/** A mean needs a value: pandas, too, takes 0 as 1. */
function minPeriodsOf(given: unknown): number {
  return Math.max(1, given as number);
}

/** What the operator gives for the case, where it is not what pandas gives: nothing, if all is well. */
function differences(operator: Operator<number | null, number | null>, each: Case): unknown[] {
  const { input, expected, tolerance, params } = each;
  const pipeline = new TestPipeline([operator]);
  for (const item of input) pipeline.push(item);
  const step = (params['step'] as number | null | undefined) ?? 1;
  const rows = pipeline.outcome.rows.map(([row]) => row as number | null).filter((_, index) => index % step === 0);
  const near = (row: number | null, wanted: number | null | undefined): boolean =>
    typeof row === 'number' && typeof wanted === 'number'
      ? Math.abs(row - wanted) <= tolerance.atol + tolerance.rtol * Math.abs(wanted)
      : row === wanted;
  const lengths = rows.length === expected.length ? [] : [{ rows: rows.length, expected: expected.length }];
  const wrong = rows.flatMap((row, index) =>
    near(row, expected[index]) ? [] : [{ index, row, wanted: expected[index] }],
  );
  return [...pipeline.outcome.rejections, ...lengths, ...wrong];
}

function whyNoEwma({ op, params }: Case): string | undefined {
  if (op !== 'mean') return `${op}: an operator of its own, which is not there yet`;
  return 'halflife_ms' in params ? 'a half-life in event time, which is not there yet' : undefined;
}

function whyNoMovingAverage({ family, op, params }: Case): string | undefined {
  const { window, closed, center } = params;
  if (family !== 'rolling') return `${family}: an operator of its own, which is not there yet`;
  if (op !== 'mean') return 'another aggregate than the mean: for `rolling`, which is not there yet';
  if (window === undefined) return 'a look-back of event time, which is not there yet';
  if (center === true) return '`center`: for `rolling`, which is not there yet';
  return closed === null || closed === 'right' ? undefined : '`closed`: for `rolling`, which is not there yet';
}

describeOracle<{
  readonly cases: readonly Case[];
  readonly invalid_params: { readonly cases: readonly InvalidCase[] };
}>('ewma as pandas has it', 'pandas-ewm.json', ({ cases, invalid_params: { cases: calls } }, counted) => {
  const tally = counted('ewma');

  it.each(applicable(cases, tally, whyNoEwma))('$name', (each) =>
    tally.check(() => {
      const { params } = each;
      const options = {
        ...decayOf(params),
        adjust: params['adjust'],
        missing: params['ignore_na'] === true ? 'skip' : 'decay',
        minPeriods: minPeriodsOf(params['min_periods']),
      };
      expect(differences(ewma(options as EwmaOptions), each)).toEqual([]);
    }),
  );

  it.each(calls.filter(({ ok }) => ok))('takes $params', ({ params }) =>
    tally.check(() => expect(() => ewma(decayOf(params) as EwmaOptions)).not.toThrow()),
  );

  it.each(calls.filter(({ ok }) => !ok))('refuses $params', ({ params }) =>
    tally.check(() => expect(() => ewma(decayOf(params) as EwmaOptions)).toThrowError(/^ewma: /)),
  );
});

describeOracle<{ readonly cases: readonly Case[] }>(
  'movingAverage as pandas has it',
  'pandas-rolling.json',
  ({ cases }, counted) => {
    const tally = counted('movingAverage');

    it.each(applicable(cases, tally, whyNoMovingAverage))('$name', (each) =>
      tally.check(() => {
        const over = each.params['window'] as number;
        const given = each.params['min_periods'];
        const minPeriods = given === null ? over : minPeriodsOf(given);
        expect(differences(movingAverage({ over, minPeriods }), each)).toEqual([]);
      }),
    );
  },
);
