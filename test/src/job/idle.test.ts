import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Batch } from '../../../core/batch.ts';
import type { Source, SourceEvent } from '../../../core/source.ts';
import { count, type JobWarning, type Rejection, type Stream, stream } from '../../../src/index.ts';
import { drive } from '../../../src/testing/index.ts';
import { marbles } from '../../support/marbles.ts';
import { memorySink } from '../../support/memory-sink.ts';
import { settled } from '../../support/outside-calls.ts';

interface Timed {
  readonly at: number;
}

const batch = (partition: string, ...times: readonly number[]): SourceEvent<Timed> => {
  const records = times.map((at) => ({ at }));
  const whole: Batch<Timed> = {
    partition,
    records,
    bytes: 0,
    positionAfter: () => ({}),
    origin: () => ({ partition }),
  };
  return { kind: 'batch', batch: whole };
};
const empty = (partition: string, askedMs: number): SourceEvent<Timed> => ({ kind: 'empty', partition, askedMs });
const opened: SourceEvent<Timed> = { kind: 'opened', positions: { a: {}, b: {} } };

/** A source that tells just this. */
function playing(events: readonly SourceEvent<Timed>[], live = true): Source<Timed> {
  return {
    name: 'played',
    traits: { timestamps: false, live, replay: 'none' },
    open: () => {
      const left = [...events];
      return {
        next: () => {
          const value = left.shift();
          return Promise.resolve(value === undefined ? { done: true, value } : { done: false, value });
        },
        commit: () => Promise.resolve(),
        close: () => Promise.resolve(),
      };
    },
  };
}

/** Windows of 10, as a job makes them of these events; which records were late. */
async function windowsOf(events: readonly SourceEvent<Timed>[], idleAfter?: number) {
  const late: unknown[] = [];
  const sink = memorySink<{ windowStart: number; n: number }>();
  await stream(playing(events))
    .eventTime('at', idleAfter === undefined ? {} : { idleAfter })
    .tumblingWindow(10)
    .aggregate({ n: count() })
    .onReject({ late: (rejection) => void late.push((rejection.value as Timed).at) })
    .to(sink)
    .run();
  return { rows: sink.rows.map(({ windowStart, n }) => [windowStart, n]), late };
}

describe('a partition of a job', () => {
  it('is idle once the times in which it was asked in vain add up, and what it then brings from before is late', async () => {
    const events = [opened, batch('a', 5, 25), empty('b', 200), empty('b', 99), batch('b', 7)];
    expect(await windowsOf(events, 300)).toEqual({
      rows: [
        [0, 2],
        [20, 1],
      ],
      late: [],
    });
    const one = [...events.slice(0, 4), empty('b', 1), ...events.slice(4)];
    expect(await windowsOf(one, 300)).toEqual({
      rows: [
        [0, 1],
        [20, 1],
      ],
      late: [7],
    });
  });

  it('begins anew with each record', async () => {
    const events = [opened, batch('a', 5, 25), empty('b', 299), batch('b', 1), empty('b', 299), batch('b', 7)];
    expect((await windowsOf(events, 300)).late).toEqual([]);
  });

  it('holds the others back again from its first record on, when it has caught up', async () => {
    const events = [opened, batch('a', 5, 25), empty('b', 300), batch('b', 25), batch('a', 50), batch('b', 26)];
    // Without `b` in the minimum 26 would be late.
    expect((await windowsOf(events, 300)).late).toEqual([]);
  });

  it('holds them back for ever where nothing is said', async () => {
    expect((await windowsOf([opened, batch('a', 5, 25), empty('b', 1e9), batch('b', 7)])).late).toEqual([]);
  });

  it('that has ended does not end the others', async () => {
    const events: SourceEvent<Timed>[] = [
      opened,
      batch('a', 5, 25),
      { kind: 'ended', partition: 'a' },
      empty('b', 300),
      batch('b', 26, 40),
    ];
    expect(await windowsOf(events, 300)).toEqual({
      rows: [
        [0, 1],
        [20, 2],
        [40, 1],
      ],
      late: [],
    });
  });
});

describe('an input that has no partition yet', () => {
  const nothingYet: SourceEvent<Timed> = { kind: 'opened', positions: {} };

  /** Two inputs in one chain; what the first says is over before the second begins. */
  async function unionOf(first: readonly SourceEvent<Timed>[], second: readonly SourceEvent<Timed>[]) {
    const late: unknown[] = [];
    const sink = memorySink<{ windowStart: number; n: number }>();
    const gate = new Subject<void>();
    const waiting = (events: readonly SourceEvent<Timed>[]): Source<Timed> => {
      const source = playing(events);
      const until = new Promise<void>((resolve) => gate.subscribe({ complete: resolve }));
      return {
        ...source,
        open: (request) => {
          const reader = source.open(request);
          let asked = 0;
          return { ...reader, next: async () => (asked++ < 1 ? reader.next() : until.then(() => reader.next())) };
        },
      };
    };
    const timed = (source: Source<Timed>): Stream<Timed> => stream(source).eventTime('at');
    const done = timed(playing(first))
      .union(timed(waiting(second)))
      .tumblingWindow(10)
      .aggregate({ n: count() })
      .onReject({ late: (rejection) => void late.push((rejection.value as Timed).at) })
      .to(sink)
      .run({ atEnd: 'keep' });
    for (let turns = 0; turns < 20; turns++) await settled();
    const before = sink.rows.map(({ windowStart, n }) => [windowStart, n]);
    gate.complete();
    await done;
    return { before, rows: sink.rows.map(({ windowStart, n }) => [windowStart, n]), late };
  }

  it('holds back nobody, and its first partition joins: what that brings from before is late', async () => {
    const first = [opened, batch('a', 5, 25), batch('b', 6, 26)];
    expect(await unionOf(first, [nothingYet, batch('new', 7, 25, 40)])).toEqual({
      before: [[0, 2]],
      rows: [[0, 2]],
      late: [7],
    });
  });

  it('holds back everybody until it has said so', async () => {
    const first = [opened, batch('a', 5, 25), batch('b', 6, 26)];
    const second = [{ kind: 'opened', positions: { new: {} } } as const, batch('new', 7, 25, 40)];
    expect(await unionOf(first, second)).toEqual({ before: [], rows: [[0, 3]], late: [] });
  });
});

describe('two steps that give the time', () => {
  it('decide each for itself how long is too long', async () => {
    const told: string[] = [];
    const source = stream(playing([opened, batch('a', 5, 25), empty('b', 100), batch('b', 7)]));
    const windows = (name: string, idleAfter: number): Stream<unknown> =>
      source
        .eventTime('at', { idleAfter })
        .tumblingWindow(10)
        .aggregate({ n: count() })
        .named(name)
        .onReject({ late: (rejection: Rejection) => void told.push(rejection.operator) }) as unknown as Stream<unknown>;
    await windows('short', 50).union(windows('long', 500)).to(memorySink<unknown>()).run();
    expect(told).toEqual(['short']);
  });
});

describe('a job over a live source', () => {
  const run = async (live: boolean, maxAhead?: 'off'): Promise<unknown[]> => {
    const ahead: unknown[] = [];
    const future = Date.now() + 86_400_000 + 60_000;
    await stream(playing([opened, batch('a', future, future - 120_000), empty('b', 1)], live))
      .eventTime('at', maxAhead === undefined ? {} : { maxAhead })
      .onReject({ ahead: ({ rule }) => void ahead.push(rule) })
      .to(memorySink<Timed>())
      .run();
    return ahead;
  };

  it('refuses what is more than a day ahead of the clock, unless it is told otherwise', async () => {
    expect(await run(true)).toEqual(['timestamp <= now + 1d']);
    expect(await run(true, 'off')).toEqual([]);
    expect(await run(false)).toEqual([]);
  });

  it('warns when a silent partition may hold its windows back for ever', async () => {
    const warnings = async (live: boolean, idleAfter?: number, windowed = true): Promise<unknown[]> => {
      const told: JobWarning[] = [];
      const timed = stream(playing([opened], live)).eventTime('at', idleAfter === undefined ? {} : { idleAfter });
      const chain: Stream<unknown> = windowed
        ? (timed.tumblingWindow(10).aggregate({ n: count() }) as unknown as Stream<unknown>)
        : (timed as unknown as Stream<unknown>);
      const job = chain.to(memorySink<unknown>());
      job.warnings$.subscribe((warning) => told.push(warning));
      await job.run();
      return told.map(({ code, step }) => [code, step]);
    };
    expect(await warnings(true)).toEqual([['ML_NEVER_IDLE', 'eventTime']]);
    expect([await warnings(true, 5), await warnings(false), await warnings(true, undefined, false)]).toEqual([
      [],
      [],
      [],
    ]);
  });

  it('warns once when a step holds too much', async () => {
    const told: JobWarning[] = [];
    const job = stream([{ at: 3 }, { at: 2 }, { at: 1 }])
      .eventTime('at', { outOfOrderness: 100 })
      .sortByTime({ maxHeld: 1 })
      .to(memorySink<Timed>());
    job.warnings$.subscribe((warning) => told.push(warning));
    await job.run();
    expect(told).toMatchObject([{ code: 'ML_HELD', step: 'sortByTime' }]);
  });

  it('counts the silence of an Observable that it reads, too', async () => {
    const quick = new Subject<Timed>();
    const slow = new Subject<Timed>();
    const sink = memorySink<unknown>();
    const timed = (input: Subject<Timed>): Stream<Timed> => stream(input).eventTime('at', { idleAfter: 20 });
    const job = timed(quick).union(timed(slow)).tumblingWindow(10).aggregate({ n: count() }).to(sink);
    const done = job.run();
    const steps = new Promise<void>((resolve) => {
      const fired = setInterval(() => {
        quick.next({ at: 5 });
        quick.next({ at: 25 });
        if (sink.rows.length > 0) {
          clearInterval(fired);
          resolve();
        }
      }, 5);
    });
    await steps;
    await job.stop();
    await done;
    expect(sink.rows[0]).toMatchObject({ windowStart: 0 });
  });
});

describe('an Observable', () => {
  it(
    'is being asked all the time, by the clock of RxJS',
    marbles(({ hot, expectObservable }) => {
      const values = { a: { at: 5 }, b: { at: 25 }, c: { at: 7 }, d: { at: 35 } };
      const quick = hot<Timed>('ab------b-----b----d--', values);
      const slow = hot<Timed>(' ------------c---------', values);
      // slow is idle at 10; c is late, and too old to hold the others back again
      const expected = '    ----------v--------w--';
      const timed = (input: typeof quick): Stream<Timed> => stream(input).eventTime('at', { idleAfter: 10 });
      const windows = timed(quick).union(timed(slow)).tumblingWindow(10).aggregate({ n: count() });

      expectObservable(windows, '^---------------------!').toBe(expected, {
        v: { windowStart: 0, windowEnd: 10, n: 1 },
        w: { windowStart: 20, windowEnd: 30, n: 3 },
      });
    }),
  );
});

describe('drive', () => {
  const build = (input: Stream<Timed>) =>
    input.eventTime('at', { idleAfter: '1s' }).tumblingWindow(10).aggregate({ n: count() });
  const partitions = ['x', 'y'];

  it('counts the silence of partitions by its clock', () => {
    const driver = drive(build, { partitions }).push({ at: 5 }, { partition: 'x' });
    driver.advanceTo(999).push({ at: 25 }, { partition: 'x' });
    expect(driver.take()).toEqual([]);
    expect(driver.advanceTo(1_000).take()).toHaveLength(1);
    driver.push({ at: 26 }, { partition: 'y' }).advanceTo(1_998);
    expect(driver.currentWatermark).toBe(24);
    // Both are silent: the largest.
    expect(driver.advanceTo(2_000).currentWatermark).toBe(25);
  });

  it('begins to count anew after a restore', () => {
    const before = drive(build, { partitions })
      .push({ at: 5 }, { partition: 'x' })
      .push({ at: 25 }, { partition: 'x' });
    const after = drive(build, { partitions }).restore(before.advanceTo(900).snapshot());
    after.advanceTo(1_899);
    expect(after.take()).toEqual([]);
    expect(after.advanceTo(1_900).take()).toHaveLength(1);
  });

  it('makes a partition idle by hand, also where the chain says nothing of it', () => {
    const driver = drive((input: Stream<Timed>) => input.eventTime('at').tumblingWindow(10).aggregate({ n: count() }), {
      partitions,
    });
    driver.push({ at: 25 }, { partition: 'x' }).advanceTo(1e9);
    expect(driver.currentWatermark).toBe(Number.NEGATIVE_INFINITY);
    expect(driver.idle('y').currentWatermark).toBe(24);
  });
});
