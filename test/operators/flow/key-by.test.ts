import { describe, expect, it } from 'vitest';
import { count } from '../../../operators/aggregate/count.ts';
import { keyBy } from '../../../operators/flow/key-by.ts';
import { eventTime } from '../../../operators/time/event-time.ts';
import { tumblingWindow } from '../../../operators/window/tumbling-window.ts';
import { obeysOperatorLaws } from '../../support/laws.ts';
import { TestPipeline } from '../../support/pipelines.ts';

type Any = Readonly<Record<string, unknown>>;

/** How many records of each key there were, told by a window behind the `keyBy`. */
function counted(key: readonly unknown[], records: readonly Any[]): TestPipeline {
  const window = tumblingWindow<Any>({ size: 10, aggregate: { n: count() } });
  const pipeline = new TestPipeline([eventTime<Any>(() => 0), keyBy<Any>(...(key as [string])), window] as never);
  for (const record of records) pipeline.push(record);
  return pipeline.end();
}

function rowsOf(pipeline: TestPipeline): unknown[] {
  return pipeline.outcome.rows.map(([row]) => {
    const { windowStart: _, windowEnd: __, ...rest } = row as Any;
    return rest;
  });
}

describe('keyBy', () => {
  const region = (record: Any): string => String(record['site']).slice(0, 2);

  describe('by a field', () =>
    obeysOperatorLaws(() => keyBy<Any>('id'), [{ id: 1 }, { id: '1' }, { id: 1 }, { id: true }]));

  describe('by functions', () =>
    obeysOperatorLaws(() => keyBy<Any>({ region }), [{ site: 'de-1' }, { site: 'fr-2' }, { site: 'de-3' }], {
      callbacks: [region],
      throwing: () =>
        keyBy<Any>({
          region: () => {
            throw new Error('of the callback');
          },
        }),
    }));

  it('keeps 1, "1", true and 1n apart', () => {
    const records = [1, '1', true, 1n, 1].map((id) => ({ id }));
    expect(rowsOf(counted(['id'], records))).toEqual([
      { id: 1, n: 2 },
      { id: '1', n: 1 },
      { id: true, n: 1 },
      { id: 1n, n: 1 },
    ]);
    expect(
      rowsOf(
        counted(
          ['id', 'id2'],
          records.map(({ id }) => ({ id, id2: 0 })),
        ),
      ),
    ).toHaveLength(4);
  });

  it('keeps lists of parts apart that read the same in one line', () => {
    const records = [
      { a: 'x', b: 's1:y' },
      { a: 'xs1:', b: 'y' },
      { a: 'x', b: 's1:y' },
    ];
    expect(rowsOf(counted(['a', 'b'], records))).toEqual([
      { a: 'x', b: 's1:y', n: 2 },
      { a: 'xs1:', b: 'y', n: 1 },
    ]);
  });

  it('makes keys by functions, under their names', () => {
    const records = [{ site: 'de-1' }, { site: 'fr-2' }, { site: 'de-3' }];
    expect(rowsOf(counted([{ region }], records))).toEqual([
      { region: 'de', n: 2 },
      { region: 'fr', n: 1 },
    ]);
  });

  it.each([
    { key: ['id'], record: { id: null }, rule: 'not missing' },
    { key: ['id'], record: {}, rule: 'not missing' },
    { key: ['id'], record: { id: Number.NaN }, rule: 'not missing' },
    { key: ['id'], record: { id: {} }, rule: 'a string, number, bigint or boolean' },
    { key: ['id'], record: 5, rule: 'not missing' },
    { key: ['id'], record: null, rule: 'not missing' },
    { key: ['other', 'id'], record: { other: 1, id: [1] }, rule: 'a string, number, bigint or boolean' },
  ])('rejects $record as having no key', ({ key, record, rule }) => {
    const { outcome } = counted(key, [record as never]);
    expect(outcome.rejections).toMatchObject([
      { kind: 'invalid', operator: 'keyBy', field: 'id', rule, value: record },
    ]);
  });

  it('names the field whose function threw', () => {
    const cause = new Error('of the callback');
    const failing = (): never => {
      throw cause;
    };
    expect(counted([{ region, failing }], [{ site: 'x' }]).outcome.rejections).toMatchObject([
      { kind: 'failed', field: 'failing', cause },
    ]);
  });

  it('restores more keys with state than it remembers without', () => {
    const records = Array.from({ length: 25_000 }, (_, id) => ({ id }));
    const operators = [
      eventTime<Any>(() => 0),
      keyBy<Any>('id'),
      tumblingWindow<Any>({ size: 10, aggregate: { n: count() } }),
    ] as never[];
    const before = new TestPipeline(operators);
    for (const record of records) before.push(record);
    const after = new TestPipeline(operators).restore(before.snapshot());
    for (const record of records) after.push(record);
    const { rows } = after.end().outcome;
    expect(rows).toHaveLength(25_000);
    expect(rows.every(([row], id) => (row as Any)['id'] === id && (row as Any)['n'] === 2)).toBe(true);
  });

  it.each([[[]], [['a', 'a']], [[{}]], [[{ a: 5 }]], [['']]])('refuses %j when called', (key) => {
    expect(() => keyBy(...(key as never as ['x']))).toThrowError(expect.objectContaining({ code: 'ML_ARGUMENT' }));
  });
});
