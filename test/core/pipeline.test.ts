import { describe, expect, it } from 'vitest';
import type { Key } from '../../core/key.ts';
import { layOut, type Link } from '../../core/layout.ts';
import { Pipeline } from '../../core/pipeline.ts';
import { plainSnapshot } from '../../core/plain-snapshot.ts';
import { Processor } from '../../core/processor.ts';
import { plainRecipe, type Step } from '../../core/recipe.ts';
import type { Rejection } from '../../core/rejection.ts';
import { count, stream } from '../../src/index.ts';
import { linkOfStream } from '../../src/stream.ts';
import { timestampsAsTheyAre } from '../../operators/time/timestamps-as-they-are.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { memorySink } from '../support/memory-sink.ts';

interface Timed {
  readonly t: number;
}

/** A pipeline over chains, with what came out of each end. */
function linked(...ends: readonly Link[]) {
  const layout = layOut(ends, timestampsAsTheyAre);
  const clock = new ManualClock();
  const rows: unknown[][] = ends.map(() => []);
  const rejections: Rejection[] = [];
  const failures: unknown[] = [];
  const pipeline = new Pipeline(layout.plan, {
    clock,
    outlets: rows.map((list) => ({ next: (row) => void list.push(row) })),
    reject: (_, rejection) => void rejections.push(rejection),
    fail: (cause) => void failures.push(cause),
  });
  return { pipeline, rows, rejections, failures, clock };
}

function chain(build: (input: ReturnType<typeof stream<Timed>>) => unknown): Link {
  return linkOfStream(build(stream<Timed>([])) as never) as Link;
}

function stepOf(name: string, make: () => Processor): Step {
  const fields = { reads: 'all', writes: [], keepsOthers: true } as const;
  return { recipe: { ...plainRecipe, operator: name, options: {}, fields, summary: '' }, make };
}

/** Holds every record until its call is answered by hand; at most two calls at a time. */
class Calling extends Processor {
  readonly calls: (() => void)[] = [];
  #end = false;
  #freed = (): void => {};

  override record(value: unknown, timestamp: number, key: Key): void {
    this.counts.held++;
    this.calls.push(() =>
      this.context.betweenSweeps(this, () => {
        this.counts.held--;
        this.counts.passed++;
        this.next.record(value, timestamp, key);
        if (this.#end && this.counts.held === 0) this.next.watermark(Number.POSITIVE_INFINITY);
        this.#freed();
      }),
    );
  }

  override watermark(at: number): void {
    if (at === Number.POSITIVE_INFINITY && this.counts.held > 0) this.#end = true;
    else this.next.watermark(at);
  }

  override waiting(): Promise<void> | undefined {
    return this.counts.held < 2 ? undefined : new Promise((resolve) => (this.#freed = resolve));
  }

  override holding(): Promise<void> | undefined {
    return this.counts.held === 0 ? undefined : new Promise((resolve) => (this.#freed = resolve));
  }
}

describe('a pipeline', () => {
  it('waits at the end for a step that holds records', async () => {
    const calling = new Calling();
    const input = chain((s) => s.eventTime('t'));
    const { pipeline, rows } = linked({
      kind: 'step',
      before: input,
      others: [],
      step: stepOf('calling', () => calling),
    });
    const head = pipeline.heads[0]!;
    head.push({ t: 1 }, Number.NaN, head.partition('0'));
    head.end();
    let ended = false;
    pipeline.endThen(() => (ended = true));
    await Promise.resolve();
    expect([ended, rows]).toEqual([false, [[]]]);
    calling.calls.shift()?.();
    await new Promise((resolve) => setTimeout(resolve));
    expect([ended, rows]).toEqual([true, [[{ t: 1 }]]]);
  });

  it('runs a job to the last answer of a step that makes calls, never more than it may at once', async () => {
    const calling = new Calling();
    let most = 0;
    const answering = setInterval(() => {
      most = Math.max(most, calling.calls.length);
      calling.calls.shift()?.();
    });
    const sink = memorySink<{ t: number; n: number }>();
    const rows = Array.from({ length: 20 }, (_, t) => ({ t }));
    const slow = Object.assign((x: unknown) => x, { steps: [stepOf('calling', () => calling)], others: [] });
    const report = await stream(rows)
      .eventTime('t')
      .through(slow as never)
      .to(sink as never)
      .run({ maxBuffered: { records: 5 } });
    clearInterval(answering);
    expect(sink.rows).toEqual(rows);
    expect(report.balanced).toBe(true);
    // One sweep brings what it brings; then the calls are waited for.
    expect(most).toBeLessThanOrEqual(20);
  });

  it('holds back time for an input that has not said anything yet', () => {
    const both = chain((s) => s.union(stream<Timed>([])).eventTime('t').tumblingWindow(10).aggregate({ n: count() }));
    const { pipeline, rows } = linked(both);
    const [a, b] = pipeline.heads as [(typeof pipeline.heads)[0], (typeof pipeline.heads)[0]];
    const first = a.partition('x');
    a.push({ t: 50 }, Number.NaN, first);
    expect(rows[0]).toEqual([]);
    b.push({ t: 15 }, Number.NaN, b.partition('0'));
    b.push({ t: 5 }, Number.NaN, b.partition('0'));
    expect(rows[0]).toEqual([]);
    b.push({ t: 31 }, Number.NaN, b.partition('0'));
    expect(rows[0]).toEqual([{ windowStart: 10, windowEnd: 20, n: 1 }]);
  });

  it('gives a partition the same number after a restore, whatever the order in which partitions came', () => {
    const both = chain((s) => s.union(stream<Timed>([])).eventTime('t').tumblingWindow(10).aggregate({ n: count() }));
    const feed = ({ pipeline }: ReturnType<typeof linked>, records: readonly [number, string, number][]): void => {
      for (const [head, partition, t] of records) {
        const at = pipeline.heads[head]!;
        at.push({ t }, Number.NaN, at.partition(partition));
      }
    };
    const before: [number, string, number][] = [
      [0, 'p0', 5],
      [1, 'p0', 7],
      [0, 'p1', 30],
      [1, 'p0', 40],
      [0, 'p0', 33],
    ];
    const after: [number, string, number][] = [
      [0, 'p1', 52],
      [0, 'p0', 51],
      [1, 'p0', 60],
    ];
    const through = linked(both);
    feed(through, before);
    const restored = linked(both);
    restored.pipeline.restore(structuredClone(plainSnapshot(through.pipeline.snapshot())));
    through.rows[0]!.length = 0;
    feed(through, after);
    feed(restored, after);
    expect(through.rows[0]!.length).toBeGreaterThan(0);
    expect(restored.rows).toEqual(through.rows);
  });

  it('lets a step end its own branch, and the others go on', () => {
    const input = chain((s) => s.eventTime('t'));
    const few = { kind: 'step', before: input, others: [], step: stepOf('few', () => new Few(2)) } as const;
    const windowed = chain((s) => s.tumblingWindow(10).aggregate({ n: count() }).named('w')) as never;
    void windowed;
    const { pipeline, rows } = linked(few, input);
    const head = pipeline.heads[0]!;
    for (const t of [1, 2, 3, 4]) head.push({ t }, Number.NaN, head.partition('0'));
    expect(rows).toEqual([
      [{ t: 1 }, { t: 2 }],
      [{ t: 1 }, { t: 2 }, { t: 3 }, { t: 4 }],
    ]);
    expect(pipeline.over).toBe(false);
  });

  it('is over when no way to an output is left', () => {
    const input = chain((s) => s.eventTime('t'));
    const { pipeline } = linked({ kind: 'step', before: input, others: [], step: stepOf('few', () => new Few(1)) });
    const head = pipeline.heads[0]!;
    head.push({ t: 1 }, Number.NaN, head.partition('0'));
    expect(pipeline.over).toBe(true);
    head.push({ t: 2 }, Number.NaN, head.partition('0'));
    expect(pipeline.ledger[0]).toMatchObject({ in: 1 });
  });

  it('balances every branch behind a record on which one of them throws', () => {
    const input = chain((s) => s.eventTime('t'));
    const throwing = {
      kind: 'step',
      before: input,
      others: [],
      step: stepOf('throwing', () => new Throwing()),
    } as const;
    const { pipeline, rows } = linked(throwing, input);
    const head = pipeline.heads[0]!;
    expect(() => head.push({ t: 1 }, Number.NaN, head.partition('0'))).toThrowError('branch');
    expect(rows[1]).toEqual([{ t: 1 }]);
  });

  it('wakes a step when processing time has come, and reports what it throws', () => {
    const waking = new Waking();
    const input = chain((s) => s);
    const { pipeline, rows, clock, failures } = linked({
      kind: 'step',
      before: input,
      others: [],
      step: stepOf('waking', () => waking),
    });
    const head = pipeline.heads[0]!;
    head.push('a', Number.NaN, head.partition('0'));
    clock.advanceTo(9);
    expect(rows).toEqual([[]]);
    clock.advanceTo(10);
    expect(rows).toEqual([['a at 10']]);
    head.push(new Error('woken'), Number.NaN, head.partition('0'));
    clock.advanceTo(30);
    expect(failures).toEqual([new Error('woken')]);
  });
});

/** Wants so many records and no more. */
class Few extends Processor {
  #left: number;

  constructor(left: number) {
    super();
    this.#left = left;
  }

  override record(value: unknown, timestamp: number, key: Key): void {
    if (this.#left === 0) {
      this.counts.filtered++;
      return;
    }
    this.counts.passed++;
    this.next.record(value, timestamp, key);
    if (--this.#left === 0) this.context.satisfied(this);
  }
}

class Throwing extends Processor {
  override record(): void {
    this.counts.failed++;
    throw new Error('branch');
  }
}

/** Lets a record go ten milliseconds later. */
class Waking extends Processor {
  #held: unknown;

  override record(value: unknown): void {
    this.#held = value;
    this.context.wakeAt(this, this.context.clock.now() + 10);
  }

  override onTime(now: number): void {
    if (this.#held instanceof Error) throw this.#held;
    this.next.record(`${String(this.#held)} at ${now}`, Number.NaN, this.keys!.at(0));
  }
}
