import { describe, expect, it } from 'vitest';
import type { Aggregate } from '../../../operators/aggregate/aggregate.ts';
import type { Operator } from '../../../operators/operator.ts';
import { sessionWindow } from '../../../operators/window/session-window.ts';
import { slidingWindow } from '../../../operators/window/sliding-window.ts';
import { count } from '../../../src/index.ts';
import { type Outcome, TestPipeline } from '../../support/pipelines.ts';

interface Click {
  readonly at: number;
  readonly id: string;
}

interface Shown {
  readonly id: string;
  readonly windowStart: number;
  readonly windowEnd: number;
  readonly n: number;
  readonly pane?: { readonly timing: string; readonly index: number };
}

const aggregate: { n: Aggregate<unknown, number> } = { n: count() };
const clicks = (id: string, ...times: readonly number[]): Click[] => times.map((at) => ({ at, id }));
const shown = ({ rows, rejections }: Outcome): string[] => [
  ...rows.map(([row]) => {
    const { id, windowStart, windowEnd, n, pane } = row as Shown;
    return `${id} ${windowStart}-${windowEnd} ${n}${pane === undefined ? '' : ` ${pane.timing} ${pane.index}`}`;
  }),
  ...rejections.map(({ kind, timestamp }) => `${kind} ${timestamp}`),
];

/** The rows, then the rejections, of one run; the same of every run that was cut behind one of the records. */
function behindAnyRecord(window: Operator<Click, unknown>, records: readonly Click[]): string[] {
  const run = (cut: number): string[] => {
    const before = new TestPipeline([window]);
    for (const record of records.slice(0, cut)) before.push(record);
    const after = new TestPipeline([window]).restore(before.snapshot());
    for (const record of records.slice(cut)) after.push(record);
    after.end();
    const [first, second] = [before.outcome, after.outcome];
    return shown({
      ...first,
      rows: [...first.rows, ...second.rows],
      rejections: [...first.rejections, ...second.rejections],
    });
  };
  const whole = run(0);
  for (let cut = 1; cut <= records.length; cut++) expect([cut, run(cut)]).toEqual([cut, whole]);
  return whole;
}

describe('a snapshot behind any record', () => {
  it('keeps sessions that will merge, that have fired, and that a late record extends', () => {
    const window = sessionWindow<Click, 'id', typeof aggregate>({
      gap: 10,
      allowedLateness: 30,
      early: { count: 3 },
      time: 'at',
      key: 'id',
      outOfOrderness: 5,
      aggregate,
    });
    const records = [
      ...clicks('a', 0, 20, 40),
      // Joins the first, which has fired, with the second; then these with the third.
      ...clicks('a', 10, 30),
      ...clicks('b', 50, 52, 70, 61),
      ...clicks('a', 45, 12),
      ...clicks('b', 120, 60),
    ];
    expect(behindAnyRecord(window, records)).toEqual([
      'a 0-10 1 on-time 0',
      'a 20-30 1 on-time 0',
      'a 0-30 3 late 1',
      'a 0-50 5 on-time 2',
      'b 50-62 2 on-time 0',
      'a 0-55 6 late 3',
      'a 0-55 7 late 4',
      'b 50-80 4 on-time 1',
      'b 120-130 1 on-time 0',
      'late 60',
    ]);
  });

  it('keeps windows that have fired, with the panes of each', () => {
    const window = slidingWindow<Click, 'id', typeof aggregate>({
      size: 20,
      slide: 10,
      allowedLateness: 15,
      time: 'at',
      key: 'id',
      aggregate,
    });
    expect(behindAnyRecord(window, clicks('a', 5, 31, 4, 18, 40, 19, 16, 60))).toEqual([
      'a -10-10 1 on-time 0',
      'a 0-20 1 on-time 0',
      'a 0-20 2 late 1',
      'a 0-20 3 late 2',
      'a 10-30 1 late 0',
      'a 20-40 1 on-time 0',
      'a 10-30 2 late 1',
      'a 10-30 3 late 2',
      'a 30-50 2 on-time 0',
      'a 40-60 1 on-time 0',
      'a 50-70 1 on-time 0',
      'a 60-80 1 on-time 0',
    ]);
  });
});
