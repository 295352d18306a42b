import { Observable, take } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { ArgumentError, deliveries } from '../../src/index.ts';
import { testSource } from '../../src/testing/index.ts';
import { settled } from '../support/outside-calls.ts';
import { RecordedSource } from '../support/recorded-source.ts';
import { at, numbers, recorded, subscribed } from '../support/subscribed-deliveries.ts';

describe('deliveries', () => {
  it('is a cold Observable: nothing is opened before somebody subscribes, and each opens the source by itself', async () => {
    const each = recorded(3);
    const observable = deliveries(each);
    expect(observable).toBeInstanceOf(Observable);
    expect(each.opened).toBe(0);
    const one = observable.subscribe();
    const two = observable.subscribe();
    await settled();
    expect(each.opened).toBe(2);
    one.unsubscribe();
    two.unsubscribe();
  });

  it('gives out every record in order, and completes when all of them are acknowledged and committed', async () => {
    const each = recorded(10);
    const { values, ends, given } = subscribed(each);
    await settled();
    expect([values(), ends]).toEqual([numbers(10), []]);
    for (const { ack } of given) ack();
    await settled();
    expect([ends, each.committed, each.closed]).toEqual([['complete'], at(10), 1]);
  });

  it('commits what is acknowledged without a gap, whatever the order', async () => {
    const each = recorded(6);
    const { given, ends } = subscribed(each);
    await settled();
    for (const [index, offset] of [
      [1, undefined],
      [4, undefined],
      [0, 2],
      [5, 2],
      [3, 2],
      [2, 6],
    ] as const) {
      given[index]!.ack();
      await settled();
      expect(each.committed).toEqual(offset === undefined ? {} : at(offset));
    }
    expect(ends).toEqual(['complete']);
  });

  it('takes a second acknowledgement of the same record for nothing', async () => {
    const each = recorded(3);
    const { given, ends } = subscribed(each);
    await settled();
    for (let times = 0; times < 3; times++) given[0]!.ack();
    await settled();
    expect([each.commits, ends]).toEqual([[at(1)], []]);
  });

  it('commits one at a time, and together what came meanwhile', async () => {
    const open: (() => void)[] = [];
    const each = recorded(6, { onCommit: () => new Promise((resolve) => open.push(resolve)) });
    const { given, ends } = subscribed(each);
    await settled();
    given[0]!.ack();
    given[1]!.ack();
    await settled();
    for (const { ack } of given) {
      ack();
      await settled();
    }
    expect([each.commits, ends]).toEqual([[at(2)], []]);
    open.shift()!();
    await settled();
    expect([each.commits, ends]).toEqual([[at(2), at(6)], []]);
    open.shift()!();
    await settled();
    expect([ends, each.mostCommitting]).toEqual([['complete'], 1]);
  });

  it('stops reading at the limit of the source, and goes on when there is room', async () => {
    const each = recorded(100, { inFlight: 10, batch: 7 });
    const { given, values } = subscribed(each);
    await settled();
    expect([values(), each.asked]).toEqual([numbers(10), 3]);
    // The first one is missing: the source could not acknowledge any of these.
    for (const { ack } of given.slice(1)) ack();
    await settled();
    expect(values()).toEqual(numbers(10));
    given[0]!.ack();
    await settled();
    expect(values()).toEqual(numbers(20));
    given[10]!.ack();
    await settled();
    expect(values()).toEqual(numbers(21));
  });

  it('gives out 1,000 where the source names no limit', async () => {
    const { given } = subscribed(recorded(3_000, { batch: 100 }));
    await settled();
    expect(given).toHaveLength(1_000);
  });

  it('reads on at once where records are acknowledged within the call', async () => {
    const each = recorded(1_000, { inFlight: 1 });
    const { ends, given } = subscribed(each, {}, ({ ack }) => ack());
    await vi.waitFor(() => expect(ends).toEqual(['complete']));
    expect([given.length, each.committed]).toEqual([1_000, at(1_000)]);
  });

  it('keeps partitions apart', async () => {
    const each = new RecordedSource(testSource(numbers(6), { partitions: 2, batch: 2 }));
    const { given, values } = subscribed(each);
    await settled();
    expect(values()).toEqual([0, 2, 1, 3, 4, 5]);
    for (const { value, ack } of given) if (value % 2 === 1) ack();
    await settled();
    expect(each.committed).toEqual({ '1': { offset: 3 } });
  });

  it('stops within a batch when the subscriber has enough', async () => {
    const each = recorded(100);
    const values: number[] = [];
    deliveries(each, { drainWithin: 0 })
      .pipe(take(2))
      .subscribe(({ value }) => values.push(value));
    await settled();
    expect([values, each.closed, each.commits]).toEqual([[0, 1], 1, []]);
  });

  it.each([
    [() => deliveries([1, 2] as never), 'deliveries: `source` must be a source such as fromFile(...)'],
    [() => deliveries(recorded(1), { drainWithin: '5' as never }), 'deliveries: `drainWithin` must be a duration'],
    [() => deliveries(recorded(1), { onReject: 'skip' as never }), 'deliveries: `onReject` must be'],
    [() => deliveries(recorded(1), { limit: 5 } as never), 'deliveries: `limit` must be one of the options'],
  ])('refuses a wrong call', (call, message) => {
    expect(call).toThrowError(ArgumentError);
    expect(call).toThrowError(message);
  });
});
