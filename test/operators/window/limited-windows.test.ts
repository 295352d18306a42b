import { describe, expect, it } from 'vitest';
import { type KeyLimits, keyLimits } from '../../../core/key-limits.ts';
import { balances } from '../../../core/ledger.ts';
import { Processor } from '../../../core/processor.ts';
import { limited, type KeyWindows } from '../../../operators/window/limited-windows.ts';
import { count, DataError, type Rejection, type Stream, stream, sum } from '../../../src/index.ts';
import { type Driver, drive } from '../../../src/testing/index.ts';
import { batches } from '../../support/batches.ts';

interface Reading {
  readonly at: number;
  readonly id: string;
  readonly v: number;
}

const at = (time: number, id: string, v = 1): Reading => ({ at: time, id, v });
const aggregate = { n: count(), sum: sum<'v'>('v') };
describe('windows whose keys are forgotten', () => {
  const tumbling = (limits: KeyLimits) => (input: Stream<Reading>) =>
    input.eventTime('at').keyBy('id').tumblingWindow(20, limits).aggregate(aggregate);
  const keysOf = (rejections: readonly Rejection[]): unknown[] =>
    rejections.map(({ kind, value }) => (kind === 'evicted' ? (value as Reading).id : kind));

  it('say which key went and what its windows held, once, and begin anew', () => {
    const driver = drive(tumbling({ ttl: 10 }))
      .push(at(2, 'a', 5))
      .push(at(1, 'a', 6))
      .push(at(12, 'b'));
    expect(driver.takeRejections()).toEqual([]);
    driver.push(at(13, 'b'));
    expect(driver.takeRejections()).toEqual([
      {
        kind: 'evicted',
        operator: 'tumblingWindow',
        rule: 'seen within 10ms',
        value: { id: 'a' },
        timestamp: 2,
        received: { windows: [{ id: 'a', windowStart: 0, windowEnd: 20, n: 2, sum: 11 }] },
      },
    ]);
    driver.push(at(14, 'a', 7)).end();
    expect(driver.take()).toEqual([
      { id: 'a', windowStart: 0, windowEnd: 20, n: 1, sum: 7 },
      { id: 'b', windowStart: 0, windowEnd: 20, n: 2, sum: 2 },
    ]);
    const line = driver.ledger.find(({ step }) => step === 'tumblingWindow')!;
    expect([line.rejected.evicted, line.absorbed, balances(line)]).toEqual([1, 5, true]);
  });

  it('fire a window that ends in the very moment in which its key expires, and none that ends behind it', () => {
    const [together, behind] = [drive(tumbling({ ttl: 10 })), drive(tumbling({ ttl: 9 }))];
    for (const driver of [together, behind]) driver.push(at(9, 'a')).push(at(100, 'b'));
    expect([together.take().length, together.takeRejections()]).toEqual([1, []]);
    expect([behind.take(), keysOf(behind.takeRejections())]).toEqual([[], ['a']]);
  });

  it('end a key that lives on in empty windows, whatever the steps in which time goes', () => {
    const chain = tumbling({ ttl: 50, empty: true } as KeyLimits);
    const shown = (driver: Driver<Reading, { id: string; windowEnd: number }>): string[] =>
      driver.take().map(({ id, windowEnd }) => `${id} ${windowEnd}`);
    const [jump, steps] = [drive(chain).push(at(5, 'a')), drive(chain).push(at(5, 'a'))];
    for (let time = 6; time < 1_000; time++) steps.watermark(time);
    expect(shown(jump.watermark(1_000))).toEqual(['a 20', 'a 40']);
    expect(shown(steps)).toEqual(['a 20', 'a 40']);
    expect(jump.takeRejections()).toMatchObject([{ value: { id: 'a' }, timestamp: 5, received: { windows: [] } }]);
    expect(shown(jump.push(at(1_001, 'a')).watermark(1_030))).toEqual(['a 1020']);
  });

  it('let the key go that came longest ago when there are too many, and none when a window has made room', () => {
    const driver = drive(tumbling({ maxKeys: 2 }));
    for (const id of ['a', 'b', 'a', 'c']) driver.push(at(1, id));
    expect(driver.takeRejections()).toMatchObject([{ value: { id: 'b' }, rule: 'among the 2 keys seen last' }]);
    driver.push(at(20, 'a')).push(at(21, 'd'));
    expect([driver.take().map(({ id }) => id), driver.takeRejections()]).toEqual([['a', 'c'], []]);
    expect(keysOf(driver.push(at(22, 'e')).takeRejections())).toEqual(['a']);
  });

  it('count a record that they reject as no sign of life', () => {
    const driver = drive((input: Stream<Reading>) => tumbling({ ttl: 10, maxKeys: 2 })(input.onReject('drop')));
    driver
      .push(at(1, 'a'))
      .push(at(2, 'b'))
      .push({ at: 9, id: 'a', v: 'x' } as never)
      .push(at(9, 'c'));
    expect(keysOf(driver.takeRejections())).toEqual(['invalid', 'a']);
  });

  it('tell of the slices that windows share, where they overlap', () => {
    const driver = drive((input: Stream<Reading>) =>
      input.eventTime('at').keyBy('id').slidingWindow({ size: 10, slide: 5, maxKeys: 1 }).aggregate(aggregate),
    );
    driver
      .push(at(1, 'a'))
      .push(at(3, 'a'))
      .push(at(7, 'a'))
      .push(at(12, 'a', 9))
      .push(at(13, 'b'));
    expect(driver.takeRejections()).toMatchObject([
      {
        received: {
          slices: [
            { id: 'a', windowStart: 5, windowEnd: 10, n: 1, sum: 1 },
            { id: 'a', windowStart: 10, windowEnd: 15, n: 1, sum: 9 },
          ],
        },
      },
    ]);
    expect(
      driver
        .end()
        .take()
        .map(({ id, windowEnd, n }) => [id, windowEnd, n]),
    ).toEqual([
      ['a', 5, 2],
      ['a', 10, 3],
      ['b', 15, 1],
      ['b', 20, 1],
    ]);
  });

  it('say which pane would have come', () => {
    const driver = drive((input: Stream<Reading>) =>
      input
        .eventTime('at')
        .keyBy('id')
        .tumblingWindow(10, { maxKeys: 1, allowedLateness: 50, early: { count: 2 } })
        .aggregate(aggregate),
    );
    for (const each of [at(1, 'a'), at(2, 'a'), at(11, 'a'), at(12, 'b')]) driver.push(each);
    expect(driver.takeRejections()).toMatchObject([
      {
        received: {
          windows: [
            { windowStart: 0, n: 2, pane: { timing: 'late', index: 2 } },
            { windowStart: 10, n: 1, pane: { timing: 'early', index: 0 } },
          ],
        },
      },
    ]);
    // What was there is gone: a record that comes late finds nothing.
    driver.take();
    expect(driver.push(at(3, 'a')).take()).toMatchObject([{ n: 1, pane: { timing: 'late', index: 0 } }]);
  });

  it('say which pane would have come, where most early rows that were due have no key any more', () => {
    const driver = drive((input: Stream<Reading>) =>
      input
        .eventTime('at')
        .keyBy('id')
        .tumblingWindow(20, { early: { every: 5, time: 'processing' }, ttl: 2 })
        .aggregate(aggregate),
    );
    driver.push(at(1, 'a')).advanceTo(5);
    for (const each of [at(1, 'a'), at(0, 'b'), at(19, 'c')]) driver.push(each);
    expect(driver.takeRejections()).toMatchObject([
      { received: { windows: [{ id: 'b', n: 1, pane: { timing: 'early', index: 0 } }] } },
      { received: { windows: [{ id: 'a', n: 2, pane: { timing: 'early', index: 1 } }] } },
    ]);
  });

  it('end a stream whose policy says so, with a ledger that balances', () => {
    const driver = drive((input: Stream<Reading>) => tumbling({ maxKeys: 1 })(input).onReject({ evicted: 'fail' }));
    driver.push(at(1, 'a'));
    expect(() => driver.push(at(2, 'b'))).toThrowError(DataError);
    for (const line of driver.ledger) expect([line, balances(line)]).toEqual([line, true]);
  });

  it('are forgotten a piece at a time, and fire a piece at a time, the watermark behind the last of them', () => {
    const { pipeline, rejections, rows, watermarks } = batches(
      (input: Stream<Reading>) =>
        input
          .eventTime('at', { outOfOrderness: 1_000 })
          .keyBy('id')
          .tumblingWindow(100, { ttl: 30 })
          .aggregate(aggregate),
      { inPieces: true },
    );
    const head = pipeline.heads[0]!;
    const push = (time: number, id: string): unknown => head.push(at(time, id), Number.NaN, head.partition('p'));
    for (let key = 0; key < 3_000; key++) push(10, `expires before the window ends ${key}`);
    for (let key = 0; key < 3_000; key++) push(75, `does not ${key}`);
    push(1_200, 'z');
    const pieces: number[] = [];
    let before = 0;
    do {
      pieces.push(rejections.length + rows.length - before);
      before = rejections.length + rows.length;
      expect(watermarks.at(-1)).toBeLessThan(199);
    } while (pipeline.fire(1_000) === 'more');
    expect(Math.max(...pieces)).toBeLessThanOrEqual(2_048);
    expect(pieces.length).toBeGreaterThan(3);
    expect([rejections.length, rows.length, watermarks.at(-1)]).toEqual([3_000, 3_000, 199]);
  });

  it('take up the limits of a chain that had none, and leave them behind', () => {
    const [without, with10] = [tumbling({}), tumbling({ ttl: 10 })];
    const snapshot = drive(without).push(at(1, 'a')).push(at(2, 'b')).snapshot();
    const limitedNow = drive(with10).restore(snapshot).push(at(5, 'b')).push(at(13, 'b'));
    expect(limitedNow.takeRejections()).toEqual([]);
    // Nobody knows when `a` came: it counts from the first watermark on.
    expect(keysOf(limitedNow.push(at(15, 'b')).takeRejections())).toEqual(['a']);
    const unlimitedNow = drive(without).restore(limitedNow.snapshot());
    expect(unlimitedNow.push(at(500, 'b')).take()).toMatchObject([{ id: 'b', n: 4 }]);
  });

  it('need a time for `ttl`, and none for `maxKeys`, where windows go by the clock', () => {
    const keyed = stream([at(1, 'a')]).keyBy('id');
    const explain = (limits: KeyLimits): string =>
      keyed
        .tumblingWindow('1s', { clock: 'processing', ...limits })
        .aggregate(aggregate)
        .explain();
    expect(() => explain({ ttl: '1h' })).toThrowError(/eventTime/);
    expect(explain({ maxKeys: 5 })).toContain('at most 5 keys');
    expect(
      stream([at(1, 'a')])
        .eventTime('at')
        .sessionWindow({ gap: 5, ttl: '1h' })
        .aggregate(aggregate)
        .explain(),
    ).toContain('ttl 1h');
  });

  it('are left as they are where nobody limits them', () => {
    const windows = new (class extends Processor implements KeyWindows {
      override record(): void {}
      evict(): Record<string, unknown> {
        return {};
      }
    })();
    const isItself = (limits: KeyLimits): boolean => limited(windows, keyLimits('window', limits)) === windows;
    expect([{}, { maxKeys: 1 }, { ttl: 1 }].map(isItself)).toEqual([true, false, false]);
  });
});
