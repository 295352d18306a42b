import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NEVER, Observable, throwError } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromFile, toFile } from '../../../connectors/files/index.ts';
import {
  ArgumentError,
  ConnectorError,
  count,
  csv,
  DataError,
  jsonLines,
  type JobMetrics,
  type Rejection,
  stream,
} from '../../../src/index.ts';
import { testSink } from '../../../src/testing/index.ts';
import { memorySink } from '../../support/memory-sink.ts';

const numbers = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe('job', () => {
  it('runs a list into a sink', async () => {
    const sink = memorySink<number>();
    const report = await stream([1, 2, 3])
      .filter((x) => x !== 2)
      .to(sink)
      .run();
    expect(sink.rows).toEqual([1, 3]);
    expect(report).toMatchObject({ state: 'completed', balanced: true, restarts: 0 });
    expect(report.steps.map(({ step, in: received, out }) => [step, received, out])).toEqual([
      ['source', 3, 3],
      ['filter', 3, 2],
      ['memory', 2, 0],
    ]);
    expect(sink.calls).toEqual(['open', 'cut', 'commit', 'close']);
  });

  it('fires every window at the end of the input', async () => {
    const sink = testSink<unknown>();
    await stream([{ t: 1 }, { t: 12 }])
      .eventTime('t')
      .tumblingWindow(10)
      .aggregate({ n: count() })
      .to(sink)
      .run();
    expect(sink.committed).toHaveLength(2);
  });

  it('lets a sink empty itself before it reads on', async () => {
    const sink = memorySink<number>();
    const report = await stream(numbers(10_000))
      .to(sink)
      .run({ maxBuffered: { records: 100 } });
    expect(sink.rows).toEqual(numbers(10_000));
    // One sweep may bring more than the bound.
    expect(sink.mostBuffered).toBeLessThan(100 + 256);
    expect(report.balanced).toBe(true);
  });

  it('fires a window larger than the bound', async () => {
    const sink = memorySink<unknown>();
    const rows = numbers(5_000).map((k) => ({ k, t: 1 }));
    await stream(rows)
      .eventTime('t')
      .keyBy('k')
      .tumblingWindow(10)
      .aggregate({ n: count() })
      .to(sink)
      .run({ maxBuffered: { records: 10 } });
    expect(sink.rows).toHaveLength(5_000);
    expect(sink.mostBuffered).toBeLessThanOrEqual(1_024 + 10);
  });

  it('lets the event loop turn while it works', async () => {
    let turns = 0;
    const ticking = setInterval(() => turns++, 1);
    await stream(numbers(300_000))
      .map((x) => Math.sqrt(x))
      .map((x) => JSON.stringify({ x }))
      .to(testSink())
      .run();
    clearInterval(ticking);
    expect(turns).toBeGreaterThan(1);
  });

  it.each(['open', 'send', 'cut', 'commit', 'close'] as const)(
    'fails with the error of a sink that cannot %s, and closes',
    async (call) => {
      const sink = memorySink<number>(call);
      const job = stream(numbers(1_000)).to(sink);
      await expect(job.run({ maxBuffered: { records: 10 }, restart: false })).rejects.toThrowError(ConnectorError);
      expect(sink.calls.at(-1)).toBe(call === 'open' ? 'open' : 'close');
      expect(await job.stop()).toMatchObject({ state: 'failed', error: { code: 'ML_CONNECTOR', retryable: true } });
    },
  );

  it('reads nothing before every sink is open', async () => {
    let subscribed = false;
    const source = new Observable<number>(() => {
      subscribed = true;
    });
    await expect(stream(source).to(memorySink('open')).run({ restart: false })).rejects.toThrowError(ConnectorError);
    expect(subscribed).toBe(false);
  });

  it('fails with a record that no policy covers, its report intact', async () => {
    const job = stream([1, 2])
      .map((x) => {
        if (x === 2) throw new Error('two');
        return x;
      })
      .to(testSink());
    await expect(job.run()).rejects.toThrowError(DataError);
    const report = await job.stop();
    expect(report).toMatchObject({ state: 'failed', balanced: true });
    expect(report.steps[1]).toMatchObject({ step: 'map', in: 2, passed: 1, rejected: { failed: 1 } });
  });

  it('fails with the error of its source as the cause', async () => {
    const error = new Error('source');
    await expect(
      stream(throwError(() => error))
        .to(testSink())
        .run(),
    ).rejects.toMatchObject({ code: 'ML_FAILED', cause: error });
  });

  it('writes dead letters to a sink that is as durable as any other', async () => {
    const [sink, letters] = [memorySink<number>(), memorySink<Rejection>(undefined, 'letters')];
    const job = stream([1, 2, 3])
      .map((x) => {
        if (x === 2) throw new Error('two');
        return x;
      })
      .onReject(letters)
      .to(sink);
    const report = await job.run();
    expect(sink.rows).toEqual([1, 3]);
    const cause = { name: 'Error', message: 'two' };
    expect(letters.rows).toMatchObject([{ kind: 'failed', value: 2, operator: 'map', cause }]);
    expect(letters.calls).toEqual(['open', 'cut', 'commit', 'close']);
    expect(report.balanced).toBe(true);
  });

  it('refuses a dead-letter sink where no job runs', async () => {
    await expect(stream([1]).onReject(memorySink<Rejection>()).toArray()).rejects.toThrowError(ArgumentError);
  });

  it('stops when told to, keeps open windows to itself and makes durable what it has', async () => {
    const sink = memorySink<unknown>();
    const endless = (function* () {
      for (let t = 0; ; t++) yield { t };
    })();
    const job = stream(endless).eventTime('t').tumblingWindow(1_000).aggregate({ n: count() }).to(sink);
    const running = job.run({ maxBuffered: { records: 5 } });
    await new Promise((resolve) => setTimeout(resolve, 30));
    const report = await job.stop();
    expect(await running).toBe(report);
    expect(report).toMatchObject({ state: 'stopped', balanced: true });
    expect(sink.rows.every((row) => (row as { n: number }).n === 1_000)).toBe(true);
    expect(sink.calls.slice(-3)).toEqual(['cut', 'commit', 'close']);
  });

  it('stops by a signal, also one that was given before', async () => {
    const stopping = new AbortController();
    const running = stream(NEVER).to(testSink()).run({ signal: stopping.signal });
    stopping.abort();
    expect((await running).state).toBe('stopped');
    expect((await stream(NEVER).to(testSink()).run({ signal: stopping.signal })).state).toBe('stopped');
  });

  it('runs once', async () => {
    const job = stream([1]).to(testSink());
    await expect(job.stop()).rejects.toThrowError(ArgumentError);
    await job.run();
    await expect(job.run()).rejects.toThrowError(ArgumentError);
  });

  it.each([{ maxBuffered: { records: 0 } }, { maxBuffered: { bytes: 1.5 } }, { nonsense: 1 }, 5])(
    'refuses %j',
    async (options) => {
      const sink = memorySink<number>();
      await expect(
        stream([1])
          .to(sink)
          .run(options as never),
      ).rejects.toThrowError(ArgumentError);
      expect(sink.calls).toEqual([]);
    },
  );

  it('refuses what is no sink', () => {
    expect(() => stream([1]).to({} as never)).toThrowError(ArgumentError);
  });

  it('tells how it does, and once more at the end', async () => {
    const told: JobMetrics[] = [];
    const job = stream([1, 2]).to(testSink());
    job.metrics$.subscribe((metrics) => told.push(metrics));
    await job.run();
    expect(told.at(-1)?.steps[0]).toMatchObject({ step: 'source', in: 2 });
  });
});

describe('a job over files', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-job-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('reads, windows and writes, the same bytes each time', async () => {
    const [input, output] = [join(folder, 'in.csv'), join(folder, 'out.jsonl')];
    await writeFile(input, 'k,t,v\na,0,1\nb,1000,2\na,60000,3\n');
    const run = () =>
      stream(fromFile(input, { format: csv() }))
        .cast({ t: { type: 'timestamp', format: 'epoch-ms' } })
        .eventTime('t')
        .keyBy('k')
        .tumblingWindow('1m')
        .aggregate({ n: count() })
        .to(toFile(output, { format: jsonLines(), mode: 'overwrite' }))
        .run();
    const report = await run();
    const first = await readFile(output, 'utf8');
    expect(
      first
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { k: 'a', windowStart: 0, windowEnd: 60_000, n: 1 },
      { k: 'b', windowStart: 0, windowEnd: 60_000, n: 1 },
      { k: 'a', windowStart: 60_000, windowEnd: 120_000, n: 1 },
    ]);
    expect(report.balanced).toBe(true);
    await run();
    expect(await readFile(output, 'utf8')).toBe(first);
  });

  it('rejects a broken row with file and line, in its place among the others', async () => {
    const input = join(folder, 'in.csv');
    await writeFile(input, 'k,v\na,1\nb\nc,x\nd,4\n');
    const told: Rejection[] = [];
    const rows = await stream(fromFile(input, { format: csv<{ k: string; v: string }>() }))
      .cast({ v: 'number' })
      .onReject((rejection) => told.push(rejection))
      .toArray();
    expect(rows).toEqual([
      { k: 'a', v: 1 },
      { k: 'd', v: 4 },
    ]);
    expect(told).toMatchObject([
      { kind: 'invalid', operator: input, origin: { source: input, line: 3 } },
      {
        kind: 'invalid',
        operator: 'cast',
        field: 'v',
        rule: 'number',
        received: 'x',
        origin: { source: input, line: 4 },
      },
    ]);
  });

  it('fails on a file that is not there, naming it', async () => {
    const missing = join(folder, 'none.csv');
    const job = stream(fromFile(missing, { format: csv() })).to(memorySink());
    await expect(job.run()).rejects.toMatchObject({
      code: 'ML_FILE_NOT_FOUND',
      retryable: false,
      message: expect.stringContaining(missing),
    });
  });

  it('writes a dead letter as text where the format cannot write the record', async () => {
    const letters = join(folder, 'letters.jsonl');
    const report = await stream([{ a: 3n, at: 'huh' }])
      .cast({ at: 'timestamp' })
      .onReject(toFile(letters, { format: jsonLines() }))
      .to(memorySink())
      .run();
    expect(report.balanced).toBe(true);
    expect(JSON.parse(await readFile(letters, 'utf8'))).toMatchObject({
      kind: 'invalid',
      field: 'at',
      received: '"huh" (string)',
      value: '{"a":"3n","at":"huh"} (object)',
    });
  });

  it('decodes only the fields that the chain reads', async () => {
    const input = join(folder, 'in.csv');
    await writeFile(input, 'k,t,v,w\na,0,1,9\n');
    const seen: unknown[] = [];
    await stream(fromFile(input, { format: csv<Record<'k' | 't' | 'v' | 'w', string>>() }))
      .map((row) => seen.push(row))
      .toArray();
    expect(seen).toEqual([{ k: 'a', t: '0', v: '1', w: '9' }]);
  });

  it('closes its file when the subscriber leaves', async () => {
    const input = join(folder, 'in.csv');
    await writeFile(input, `k\n${'a\n'.repeat(100_000)}`);
    const iterator = stream(fromFile(input, { format: csv() }))[Symbol.asyncIterator]();
    expect((await iterator.next()).value).toEqual({ k: 'a' });
    await iterator.return?.();
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });
});
