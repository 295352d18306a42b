import { describe, expect, it } from 'vitest';
import { ConnectorError, DataError, type Rejection } from '../../src/index.ts';
import { testSource } from '../../src/testing/index.ts';
import { settled } from '../support/outside-calls.ts';
import { RecordedSource } from '../support/recorded-source.ts';
import { at, numbers, recorded, subscribed } from '../support/subscribed-deliveries.ts';

describe('deliveries of what goes wrong', () => {
  it('fail with the error of the source, and commit what is acknowledged', async () => {
    const each = new RecordedSource(testSource(numbers(10), { failAfter: 6, batch: 3 }));
    const { ends, given } = subscribed(each, {}, ({ value, ack }) => {
      if (value < 2) ack();
    });
    await settled();
    expect(ends).toEqual([expect.any(ConnectorError)]);
    expect([given.length, each.committed, each.closed]).toEqual([6, at(2), 1]);
  });

  it('fail with the error of a commit', async () => {
    const broken = new ConnectorError('recorded', 'cannot commit', { retryable: true });
    const each = recorded(10, { onCommit: () => Promise.reject(broken) });
    const { ends, given } = subscribed(each, {}, ({ ack }) => ack());
    await settled();
    expect([ends, each.closed]).toEqual([[broken], 1]);
    for (const { ack } of given) ack();
  });

  it('fail with a DataError for what could not be read, and do not commit past it', async () => {
    for (const bad of [4, 3]) {
      const each = recorded(10, { isUnreadable: (x) => x === bad });
      const { ends, values } = subscribed(each, {}, ({ ack }) => ack());
      await settled();
      expect(ends).toEqual([expect.any(DataError)]);
      expect((ends[0] as DataError).rejection).toMatchObject({
        kind: 'invalid',
        value: bad,
        operator: 'recorded',
        rule: 'readable',
        origin: { source: 'testSource', offset: bad },
      });
      expect(values()).toEqual(numbers(bad));
      // With the last record of its batch in front of it, the position behind that would be one behind it as well.
      expect(each.committed).toEqual(at(bad === 3 ? 2 : 4));
      expect(each.closed).toBe(1);
    }
  });

  it.each([
    ['dropped', 'drop' as const],
    ['told to a function', 'function' as const],
  ])('acknowledge what could not be read by themselves where it is %s', async (_, how) => {
    const told: Rejection[] = [];
    const onReject = how === 'drop' ? how : (rejection: Rejection) => void told.push(rejection);
    const each = recorded(12, { isUnreadable: (x) => x % 4 === 3 || (x >= 4 && x < 8) });
    const { ends, values, given } = subscribed(each, { onReject });
    await settled();
    expect(values()).toEqual([0, 1, 2, 8, 9, 10]);
    given[0]!.ack();
    await settled();
    expect(each.committed).toEqual(at(1));
    for (const { ack } of given) ack();
    await settled();
    expect([ends, each.committed]).toEqual([['complete'], at(12)]);
    expect(told.map(({ value }) => value)).toEqual(how === 'drop' ? [] : [3, 4, 5, 6, 7, 11]);
  });

  it('let go of partitions that are wanted elsewhere, with what is acknowledged', async () => {
    const each = new RecordedSource(testSource(numbers(20), { partitions: 2, batch: 2 }), { inFlight: 6 });
    const { given, values } = subscribed(each);
    await settled();
    expect(values()).toEqual([0, 2, 1, 3, 4, 6]);
    given[0]!.ack();
    each.request!.notice({ kind: 'release', partitions: ['0'], withinMs: 1_000 });
    await settled();
    expect([each.released, each.committed]).toEqual([['0'], { '0': { offset: 1 } }]);
    // Its records do not count any more, and there is room again.
    expect(values().slice(6)).toEqual([5, 7, 8, 10]);
    for (const { ack } of given.slice(0, 6)) ack();
    await settled();
    expect(each.committed).toEqual({ '0': { offset: 1 }, '1': { offset: 2 } });
  });

  it('give out nothing more of a batch whose partition is wanted elsewhere', async () => {
    const each = new RecordedSource(testSource(numbers(8), { partitions: 2, batch: 4 }), { inFlight: 2 });
    const { given, values } = subscribed(each);
    await settled();
    each.request!.notice({ kind: 'release', partitions: ['0'], withinMs: 1_000 });
    await settled();
    expect([values(), each.released]).toEqual([[0, 2, 1, 3], ['0']]);
    for (const { ack } of given) ack();
    await settled();
    expect([values(), each.committed]).toEqual([[0, 2, 1, 3, 5, 7], { '1': { offset: 2 } }]);
  });

  it('forget partitions that are lost', async () => {
    const each = new RecordedSource(testSource(numbers(8), { partitions: 2, batch: 4 }));
    const { given, ends } = subscribed(each);
    await settled();
    each.request!.notice({ kind: 'checkpoint' });
    each.request!.notice({ kind: 'lost', partitions: ['1'] });
    for (const { value, ack } of given) if (value % 2 === 1) ack();
    await settled();
    expect([each.commits, ends]).toEqual([[], []]);
    for (const { ack } of given) ack();
    await settled();
    expect([each.committed, each.released, ends]).toEqual([{ '0': { offset: 4 } }, [], ['complete']]);
  });
});
