import { describe, expect, it } from 'vitest';
import { of } from 'rxjs';
import {
  ArgumentError,
  count,
  csv,
  type Job,
  jsonLines,
  mean,
  type Rejection,
  stream,
  toFunction,
} from '../../src/index.ts';
import { fromFile, toFile } from '../../connectors/files/index.ts';
import { MortalWorld } from '../support/mortal-world.ts';

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
      'from source  a list, can be read again',
      '  |  map',
      'from source#2  a list, can be read again',
      '  |  filter',
      '  |  union   with another  <- map, filter',
    ]);
  });

  it('says of a sink why it is no more than at least once', () => {
    const world = new MortalWorld();
    const api = toFunction<unknown>(() => {}, { name: 'an API' });
    const lines = (job: Job): readonly string[] => job.explain().split('\n').slice(1);
    expect(lines(stream([1]).to(api))).toEqual(['  to an API  at least once: it cannot take back what it wrote']);
    const [kafka, postgres] = [world.decidingSink<unknown>('kafka'), world.decidingSink<unknown>('postgres')];
    const file = toFile<unknown>('raw.jsonl', { format: jsonLines() });
    expect(lines(stream([1]).alsoTo(api).alsoTo(file).onReject(api).to(kafka))).toEqual([
      '  to an API  at least once: it is not in the transaction of kafka',
      '  to raw.jsonl  exactly once under a checkpoint, else at least once  <- source',
      '  to kafka  exactly once under a checkpoint, else at least once  <- source',
      '  to an API  dead letters (invalid, failed, late, ahead, evicted), at least once: it is not in the transaction of kafka',
    ]);
    expect(lines(stream([1]).alsoTo(postgres).to(kafka)).at(-1)).toBe(
      '  to kafka  refused under a checkpoint: postgres decides, and one transaction cannot span two systems  <- source',
    );
  });

  it('says of an input whether it can be read again', () => {
    const lost = 'cannot be read again: a crash loses or repeats what came since the last checkpoint';
    async function* pulled(): AsyncGenerator<number> {
      yield 1;
    }
    const first = (input: Parameters<typeof stream>[0]): string => stream(input).explain();
    expect(first([1])).toBe('from source  a list, can be read again');
    expect(first(new Set([1]))).toBe(`from source  a list, ${lost}`);
    expect(first(pulled())).toBe(`from source  an async iterable, ${lost}`);
    expect(first(of(1))).toBe(`from source  an Observable, ${lost}`);
    const held = (replay: 'held' | 'none'): object => ({
      name: 'sensors',
      traits: { timestamps: true, live: true, replay, warning: 'QoS 0 loses' },
      open: () => {},
    });
    expect(first(held('held') as never)).toBe('from sensors  holds what is not acknowledged; QoS 0 loses');
    expect(first(held('none') as never)).toBe(`from sensors  ${lost}; QoS 0 loses`);
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
      [
        'flowchart TD',
        '  n0(["source<br/>a list, can be read again"])',
        '  n1["a #quot;b#quot;<br/>map"]',
        '  n0 --> n1',
      ].join('\n'),
    );
  });

  it('refuses another format', () => {
    expect(() => stream([1]).explain('svg' as never)).toThrowError(ArgumentError);
  });
});
