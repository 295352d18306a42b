import { concatMap, firstValueFrom, mergeMap, retry, Subject, takeUntil } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { deliveries } from '../../src/index.ts';
import { testSource } from '../../src/testing/index.ts';
import { settled } from '../support/outside-calls.ts';
import { RecordedSource } from '../support/recorded-source.ts';
import { at, numbers, recorded, subscribed } from '../support/subscribed-deliveries.ts';

describe('whoever leaves deliveries', () => {
  it('stops the reading at once, and may acknowledge for a while what it was given', async () => {
    const each = recorded(100, { inFlight: 50 });
    const { given, subscription, ends } = subscribed(each);
    await settled();
    for (const { ack } of given.slice(0, 20)) ack();
    subscription.unsubscribe();
    await settled();
    expect([each.committed, each.closed]).toEqual([at(20), 0]);
    for (const { ack } of given.slice(20).toReversed()) ack();
    await settled();
    expect([each.committed, each.closed, ends, given.length]).toEqual([at(50), 1, [], 50]);
  });

  it('leaves unacknowledged what is not acknowledged in time', async () => {
    vi.useFakeTimers();
    try {
      const each = recorded(10);
      const { given, subscription } = subscribed(each, { drainWithin: '2s' });
      await vi.advanceTimersByTimeAsync(1);
      given[0]!.ack();
      subscription.unsubscribe();
      await vi.advanceTimersByTimeAsync(1_990);
      expect(each.closed).toBe(0);
      given[1]!.ack();
      await vi.advanceTimersByTimeAsync(20);
      expect([each.closed, each.committed]).toEqual([1, at(2)]);
      given[2]!.ack();
      await vi.advanceTimersByTimeAsync(1);
      expect(each.committed).toEqual(at(2));
    } finally {
      vi.useRealTimers();
    }
  });

  it('closes behind a commit that is under way', async () => {
    let done = (): void => {};
    const each = recorded(4, { onCommit: () => new Promise((resolve) => (done = resolve)) });
    const { subscription } = subscribed(each, {}, ({ ack }) => ack());
    await settled();
    subscription.unsubscribe();
    await settled();
    expect([each.committing, each.closed]).toEqual([1, 0]);
    done();
    await settled();
    expect([each.committing, each.closed]).toEqual([0, 1]);
  });

  it('closes at once where nothing is in flight, also while the source is silent or has not been opened', async () => {
    const silent = new RecordedSource<number>({
      ...testSource<number>([]),
      open: ({ signal }) => ({
        next: () =>
          new Promise((resolve) =>
            signal.addEventListener('abort', () => resolve({ done: true, value: undefined }), { once: true }),
          ),
        commit: () => Promise.resolve(),
        close: () => Promise.resolve(),
      }),
    });
    const one = subscribed(silent);
    await settled();
    one.subscription.unsubscribe();
    await settled();
    expect([silent.opened, silent.closed, one.ends]).toEqual([1, 1, []]);
    deliveries(silent).subscribe().unsubscribe();
    await settled();
    expect([silent.opened, silent.closed]).toEqual([1, 1]);
  });

  it('loses no acknowledgement to operators that let go of their source early', async () => {
    const first = recorded(10);
    const delivery = await firstValueFrom(deliveries(first));
    await settled();
    delivery.ack();
    await settled();
    expect([first.committed, first.closed]).toEqual([at(1), 1]);
    const each = recorded(100, { inFlight: 8 });
    const stop = new Subject<void>();
    const done: number[] = [];
    deliveries(each)
      .pipe(
        takeUntil(stop),
        mergeMap(async ({ value, ack }) => {
          await settled();
          ack();
          done.push(value);
        }),
      )
      .subscribe();
    await vi.waitFor(() => expect(done.length).toBeGreaterThan(20));
    stop.next();
    await vi.waitFor(() => expect(each.closed).toBe(1));
    expect(each.committed).toEqual(at(done.length));
  });

  it('opens the source again behind the closing of the one before', async () => {
    const log: string[] = [];
    const each = recorded(12, {
      inFlight: 3,
      onCommit: async (positions) => {
        await settled();
        log.push(JSON.stringify(positions));
      },
    });
    const done: number[] = [];
    let failures = 0;
    const rows = deliveries(each, { drainWithin: 0 }).pipe(
      concatMap(async ({ value, ack }) => {
        await settled();
        if (value % 5 === 4 && failures++ % 2 === 0) throw new Error('broken');
        done.push(value);
        ack();
      }),
      retry(),
    );
    await new Promise<void>((complete) => rows.subscribe({ complete }));
    expect(done).toEqual(numbers(12));
    await settled();
    expect([each.opened, each.closed, each.mostCommitting]).toEqual([3, 3, 1]);
    expect(log.at(-1)).toBe('{"0":{"offset":12}}');
  });
});
