import { describe, expect, it } from 'vitest';
import { ArgumentError, ConnectorError, stream } from '../../../src/index.ts';
import { testSink, testSource } from '../../../src/testing/index.ts';
import { obeysSourceContract, requestOf } from '../../support/connector-contract.ts';

const nothingOpen = () => 0;

obeysSourceContract('testSource', () => testSource([1, 2, 3, 4, 5], { batch: 2 }), {
  expected: { 0: [1, 2, 3, 4, 5] },
  unreachable: () => testSource([1], { failAfter: 0 }),
  openHandles: nothingOpen,
});

describe('testSource', () => {
  it('deals records out to its partitions', async () => {
    const reader = testSource(['a', 'b', 'c'], { partitions: 2, batch: 1 }).open(requestOf());
    const events = [];
    for (let each = await reader.next(); each.done !== true; each = await reader.next()) events.push(each.value);
    const seen = events.map((event) => {
      if (event.kind === 'batch') return [event.batch.partition, event.batch.records, event.batch.origin(0)];
      return event;
    });
    const origin = (partition: string, offset: number) => ({ source: 'testSource', partition, offset });
    expect(seen).toEqual([
      { kind: 'opened', positions: { 0: { offset: 0 }, 1: { offset: 0 } } },
      ['0', ['a'], origin('0', 0)],
      ['1', ['b'], origin('1', 0)],
      ['0', ['c'], origin('0', 1)],
      { kind: 'ended', partition: '1' },
      { kind: 'ended', partition: '0' },
    ]);
  });

  it('gives no second batch of a partition that is held', async () => {
    const stopping = new AbortController();
    const reader = testSource([1, 2, 3, 4], { partitions: 2, batch: 1 }).open(requestOf({ signal: stopping.signal }));
    await reader.next();
    expect(await reader.next(new Set(['0']))).toMatchObject({ value: { batch: { partition: '1' } } });
    const waiting = reader.next(new Set(['0', '1']));
    stopping.abort();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  it('fails once, and a restart gets past it', async () => {
    const source = testSource([1, 2, 3], { failAfter: 2 });
    const job = stream(source).to(testSink<number>());
    await expect(job.run({ restart: false })).rejects.toThrowError(ConnectorError);
    expect((await job.stop()).error).toMatchObject({ retryable: true });
    const sink = testSink<number>();
    await stream(source).to(sink).run();
    expect(sink.rows).toEqual([1, 2, 3]);
  });

  it('hands over exactly the records before it fails', async () => {
    const seen: number[] = [];
    const failing = stream(testSource([1, 2, 3, 4], { batch: 3, failAfter: 2 }));
    await expect(failing.map((x) => seen.push(x)).toArray()).rejects.toThrowError(ConnectorError);
    expect(seen).toEqual([1, 2]);
  });

  it('tells how far it is', async () => {
    const reader = testSource([1, 2, 3], { batch: 2 }).open(requestOf());
    expect(reader.progress?.()).toEqual({ done: 0, total: 3, unit: 'records' });
    await reader.next();
    await reader.next();
    expect(reader.progress?.()).toEqual({ done: 2, total: 3, unit: 'records' });
  });

  it.each([{ partitions: 0 }, { batch: 1.5 }, { failAfter: -1 }, { other: 1 }, 5])('refuses %j', (options) => {
    expect(() => testSource([], options as never)).toThrowError(ArgumentError);
  });

  it('refuses what is no list', () => {
    expect(() => testSource(new Set([1]) as never)).toThrowError(ArgumentError);
  });
});
