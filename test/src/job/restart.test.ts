import { Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { Restarts } from '../../../src/job/restarts.ts';
import { ConnectorError, type JobWarning, stream, sum } from '../../../src/index.ts';
import { testSink, testSource } from '../../../src/testing/index.ts';
import { memorySink } from '../../support/memory-sink.ts';

const numbers = Array.from({ length: 1_000 }, (_, i) => ({ at: i, v: i }));
const quick = { first: 1, longest: 2 };
const passing = new ConnectorError('world', 'is away', { retryable: true });

describe('a job whose source fails in passing', () => {
  it('goes back to its last checkpoint, and counts every record once', async () => {
    const sink = testSink<unknown>();
    const job = stream(testSource(numbers, { failAfter: 500 }))
      .eventTime('at')
      .tumblingWindow(100)
      .aggregate({ sum: sum('v') })
      .to(sink);
    const warned: JobWarning[] = [];
    job.warnings$.subscribe((warning) => warned.push(warning));
    const report = await job.run({ restart: quick });
    expect(report).toMatchObject({ state: 'completed', restarts: 1, balanced: true });
    expect(report.steps[0]).toMatchObject({ step: 'testSource', in: 1_000 });
    expect(sink.committed).toHaveLength(10);
    expect(warned).toMatchObject([{ code: 'ML_RESTARTED' }]);
    expect(warned[0]?.message).toContain('testSource: fails where `failAfter` says so');
  });

  it('gives up after so many attempts without a checkpoint, with the last error', async () => {
    const sink = memorySink<unknown>('cut');
    const job = stream(numbers).to(sink);
    await expect(job.run({ restart: { ...quick, attempts: 3 } })).rejects.toMatchObject({ retryable: true });
    expect(sink.calls.filter((call) => call === 'open')).toHaveLength(4);
    expect(await job.stop()).toMatchObject({ state: 'failed', restarts: 3 });
  });

  it('fails at once where `restart` is false, and where the error will not pass', async () => {
    await expect(
      stream(testSource(numbers, { failAfter: 10 }))
        .to(testSink())
        .run({ restart: false }),
    ).rejects.toThrowError(ConnectorError);
    const broken = stream(numbers)
      .map(() => {
        throw new TypeError('mine');
      })
      .to(testSink());
    await expect(broken.run({ restart: quick })).rejects.toMatchObject({ code: 'ML_DATA' });
    expect(await broken.stop()).toMatchObject({ restarts: 0 });
  });

  it('does not restart what cannot be read again', async () => {
    let subscribed = 0;
    const source = new Observable<number>((subscriber) => {
      subscribed++;
      subscriber.error(passing);
    });
    await expect(stream(source).to(testSink()).run({ restart: quick })).rejects.toBe(passing);
    expect(subscribed).toBe(1);
  });

  it('stops while it waits for the next attempt', async () => {
    const job = stream(numbers).to(memorySink('open'));
    const running = job.run({ restart: { first: '1h', longest: '1h' } });
    await new Promise((resolve) => job.warnings$.subscribe(resolve));
    expect(await job.stop()).toMatchObject({ state: 'stopped', restarts: 1 });
    await running;
  });
});

describe('Restarts', () => {
  it('doubles the pause up to the longest, half of it jittered', () => {
    const settings = { attempts: 4, firstMs: 100, longestMs: 300 };
    const pauses = (random: number): (number | undefined)[] => {
      const restarts = new Restarts(settings, () => random);
      return Array.from({ length: 5 }, () => restarts.pauseAfter(passing));
    };
    expect(pauses(1)).toEqual([100, 200, 300, 300, undefined]);
    expect(pauses(0)).toEqual([50, 100, 150, 150, undefined]);
  });

  it('begins anew behind a checkpoint', () => {
    const restarts = new Restarts({ attempts: 1, firstMs: 10, longestMs: 10 }, () => 1);
    expect([restarts.pauseAfter(passing), restarts.pauseAfter(passing)]).toEqual([10, undefined]);
    restarts.begin();
    expect(restarts.pauseAfter(passing)).toBe(10);
  });
});
