import { describe, expect, it } from 'vitest';
import { ArgumentError, count, csv, jsonLines, mean, type Rejection, stream } from '../../src/index.ts';
import { fromFile, toFile } from '../../connectors/files/index.ts';

const rows = stream(fromFile('readings.csv', { format: csv<{ id: string; at: string; v: string }>() }))
  .cast({ v: 'number', at: 'timestamp' })
  .eventTime('at', { outOfOrderness: '5s' })
  .keyBy('id')
  .tumblingWindow('1m')
  .aggregate({ m: mean('v'), n: count() });

describe('explain', () => {
  it('prints a line a step, the source first and the sink last', () => {
    expect(rows.to(toFile('out.jsonl', { format: jsonLines() })).explain()).toBe(
      [
        'from readings.csv    can be read again',
        '  |  cast            v: number, at: timestamp',
        '  |  eventTime       at, out of order by 5s',
        '  |  keyBy           id',
        '  |  tumblingWindow  1m: m = mean(v), n = count()',
        '  to out.jsonl       exactly once under a checkpoint, else at least once',
      ].join('\n'),
    );
  });

  it('says which steps a step reads from where that is not the line above', () => {
    const joined = stream([1])
      .map((x) => x)
      .union(stream([2]).filter(() => true))
      .explain();
    expect(joined.split('\n').map((line) => line.trimEnd())).toEqual([
      'from source  a list',
      '  |  map',
      'from source#2  a list',
      '  |  filter',
      '  |  union   with another  <- map, filter',
    ]);
  });

  it('shows where dead letters go', () => {
    const letters = toFile<Rejection>('letters.jsonl', { format: jsonLines() });
    expect(stream([1]).onReject({ invalid: letters, late: letters }).explain().split('\n')[1]).toBe(
      '  to letters.jsonl  dead letters (invalid, late), exactly once under a checkpoint, else at least once',
    );
  });

  it('draws a Mermaid flowchart', () => {
    expect(
      stream(['"'])
        .map((x) => x)
        .named('a "b"')
        .explain('mermaid'),
    ).toBe(
      ['flowchart TD', '  n0(["source<br/>a list"])', '  n1["a #quot;b#quot;<br/>map"]', '  n0 --> n1'].join('\n'),
    );
  });

  it('refuses another format', () => {
    expect(() => stream([1]).explain('svg' as never)).toThrowError(ArgumentError);
  });
});
