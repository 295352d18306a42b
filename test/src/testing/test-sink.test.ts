import { describe, expect, it } from 'vitest';
import { ArgumentError, ConnectorError, stream } from '../../../src/index.ts';
import { testSink, type TestSinkOptions } from '../../../src/testing/index.ts';
import { obeysSinkContract, sinkRequestOf } from '../../support/connector-contract.ts';

const rows = [1, 2, 3, 4];

describe.each([{}, { exactlyOnce: true }, { delay: 1 }] satisfies TestSinkOptions[])('%j', (options) => {
  obeysSinkContract(`testSink(${JSON.stringify(options)})`, () => {
    const sink = testSink<number>(options);
    const contract = {
      rows,
      read: () => Promise.resolve([...sink.committed]),
      unreachable: () => testSink<number>({ ...options, failAfter: 0 }),
      openHandles: () => 0,
    };
    return Promise.resolve({ sink: () => sink, contract });
  });
});

describe('testSink', () => {
  it('says what it promises', () => {
    expect(testSink().traits.guarantee).toBe('repeats');
    expect(testSink({ exactlyOnce: true }).traits.guarantee).toBe('decides');
    expect(testSink().decide).toBeUndefined();
  });

  it('takes the rows of a job', async () => {
    const sink = testSink<number>();
    expect(await stream(rows).to(sink).run()).toMatchObject({ state: 'completed', balanced: true });
    expect([sink.rows, sink.committed]).toEqual([rows, rows]);
  });

  it('takes as many rows as come between two checkpoints', async () => {
    const sink = testSink<number>();
    await stream(Array.from({ length: 200_000 }, (_, index) => index))
      .to(sink)
      .run();
    expect(sink.committed).toHaveLength(200_000);
  });

  it('keeps apart what has arrived and what has been committed', async () => {
    const sink = testSink<number>({ exactlyOnce: true });
    const writer = await sink.open(sinkRequestOf());
    writer.write(1, 0);
    await writer.send();
    expect([sink.rows, sink.committed]).toEqual([[1], []]);
    await writer.cut('run-1');
    writer.write(2, 0);
    await expect(writer.send()).rejects.toThrowError('asked to send between `cut` and `commit`');
    expect([sink.rows, sink.committed]).toEqual([[1], []]);
    await writer.commit('run-1');
    expect([sink.rows, sink.committed]).toEqual([[1], [1]]);
    await writer.send();
    await writer.close();
    expect([sink.rows, sink.committed]).toEqual([[1, 2], [1]]);
  });

  it('shuts out its former self, and says what it committed last', async () => {
    const sink = testSink<number>({ exactlyOnce: true });
    const request = sinkRequestOf();
    expect(await sink.decide?.(request)).toBeUndefined();
    const former = await sink.open(request);
    former.write(1, 0);
    await former.cut('run-1');
    await former.commit('run-1');
    former.write(2, 0);
    await former.cut('run-2');
    expect(await sink.decide?.(request)).toBe('run-1');
    await expect(former.commit('run-2')).rejects.toMatchObject({ code: 'ML_CONNECTOR', retryable: false });
    const next = await sink.open(request);
    next.write(2, 0);
    await next.cut('run-3');
    await next.commit('run-3');
    expect(await sink.decide?.(request)).toBe('run-3');
    expect([sink.rows, sink.committed]).toEqual([
      [1, 2, 2],
      [1, 2],
    ]);
  });

  it('fails once, behind so many rows', async () => {
    const sink = testSink<number>({ failAfter: 2 });
    await expect(stream(rows).to(sink).run({ restart: false })).rejects.toThrowError(ConnectorError);
    expect([sink.rows, sink.committed]).toEqual([[1, 2], []]);
    await stream(rows).to(sink).run();
    expect([sink.rows, sink.committed]).toEqual([[1, 2, ...rows], rows]);
  });

  it('takes its time, but not when the job is stopped', async () => {
    const slow = testSink<number>({ delay: '20ms' });
    const began = performance.now();
    await stream(rows).to(slow).run();
    expect(performance.now() - began).toBeGreaterThan(35);
    const stopping = new AbortController();
    const writer = await testSink<number>({ delay: '1h' }).open(sinkRequestOf({ signal: stopping.signal }));
    const sending = writer.send();
    stopping.abort();
    await sending;
    await writer.cut('run-1');
  });

  it('refuses to work when it is closed', async () => {
    const writer = await testSink<number>().open(sinkRequestOf());
    await writer.close();
    await expect(writer.send()).rejects.toThrowError(ConnectorError);
  });

  it.each([{ delay: 'soon' }, { failAfter: 0.5 }, { other: 1 }, 5])('refuses %j', (options) => {
    expect(() => testSink(options as never)).toThrowError(ArgumentError);
  });
});
