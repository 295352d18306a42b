import { from, Subject, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { type CallContext, mapAsync } from '../../../operators/index.ts';
import { DataError, stream } from '../../../src/index.ts';
import { testSource } from '../../../src/testing/index.ts';
import { memorySink } from '../../support/memory-sink.ts';
import { OutsideCalls, settled } from '../../support/outside-calls.ts';

const numbers = Array.from({ length: 500 }, (_, index) => index);

/** Answers after some turns of the event loop, later calls often before older ones. */
class Slow {
  underWay = 0;
  most = 0;
  made = 0;
  readonly fn = async (x: number): Promise<number> => {
    this.made++;
    this.most = Math.max(this.most, ++this.underWay);
    for (let turns = (x * 7) % 5; turns >= 0; turns--) await settled();
    this.underWay--;
    return x + 0.5;
  };
}

const answers = numbers.map((x) => x + 0.5);

describe('mapAsync with Promises', () => {
  it.each([
    ['a list', () => stream(numbers)],
    ['a set', () => stream(new Set(numbers))],
    ['a source', () => stream(testSource(numbers, { batch: 64 }))],
    ['a list on its own engine', () => stream(numbers, { engine: 'own' })],
  ])('gives the rows of %s in order, never more calls than it may at a time', async (_, make) => {
    const slow = new Slow();
    expect(await make().mapAsync(slow.fn, { concurrency: 4 }).toArray()).toEqual(answers);
    expect(slow.most).toBe(4);
  });

  it('makes 16 calls at a time where nobody says otherwise', async () => {
    const slow = new Slow();
    await stream(numbers).mapAsync(slow.fn).toArray();
    expect(slow.most).toBe(16);
  });

  it('gives the rows of an Observable in order', async () => {
    const slow = new Slow();
    const rows: number[] = [];
    await new Promise<void>((complete) => {
      from(numbers)
        .pipe(mapAsync(slow.fn, { concurrency: 3 }))
        .subscribe({ next: (row) => rows.push(row), complete });
    });
    expect([rows, slow.most]).toEqual([answers, 3]);
  });

  it('works behind another one, and for await', async () => {
    const [one, two] = [new Slow(), new Slow()];
    const rows: number[] = [];
    const chain = stream(numbers)
      .mapAsync(one.fn, { concurrency: 5 })
      .mapAsync((x) => two.fn(x - 0.5), { concurrency: 2 });
    for await (const row of chain) rows.push(row);
    expect([rows, one.most, two.most]).toEqual([answers, 5, 2]);
  });

  it('runs in a job, which lets its input wait', async () => {
    const slow = new Slow();
    const sink = memorySink<number>();
    let ahead = 0;
    const input = numbers.map((x) => x);
    const report = await stream(input)
      .map((x) => {
        ahead = Math.max(ahead, x - slow.made);
        return x;
      })
      .mapAsync(slow.fn, { concurrency: 4 })
      .to(sink)
      .run();
    expect(sink.rows).toEqual(answers);
    expect(report).toMatchObject({ state: 'completed', balanced: true });
    expect(report.steps.find(({ step }) => step === 'mapAsync')).toMatchObject({ in: 500, passed: 500, held: 0 });
    expect(slow.most).toBe(4);
    expect(ahead).toBeLessThanOrEqual(1);
  });

  it('fails a job whose call rejects, and aborts the others', async () => {
    const signals: AbortSignal[] = [];
    const job = stream(numbers)
      .mapAsync((x, { signal }) => {
        signals.push(signal);
        return x === 2
          ? Promise.reject(new Error('broken'))
          : x < 2
            ? Promise.resolve(x)
            : new Promise<number>(() => {});
      })
      .to(memorySink<number>());
    await expect(job.run()).rejects.toThrowError(DataError);
    expect(signals.map(({ aborted }) => aborted).slice(0, 4)).toEqual([false, false, false, true]);
    expect((await job.stop()).balanced).toBe(true);
  });
});

describe('whoever has enough of mapAsync', () => {
  function* endless(): Generator<number> {
    for (let n = 0; ; n++) yield n;
  }

  it('ends an endless list, and aborts what is under way', async () => {
    const signals: AbortSignal[] = [];
    const fn = (x: number, { signal }: CallContext): Promise<number> => {
      signals.push(signal);
      return x < 3 ? Promise.resolve(x) : new Promise(() => {});
    };
    const rows: number[] = [];
    await new Promise<void>((complete) => {
      stream(endless())
        .mapAsync(fn, { concurrency: 2 })
        .pipe(take(3))
        .subscribe({ next: (row) => rows.push(row), complete });
    });
    expect(rows).toEqual([0, 1, 2]);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, false, false, true]);
  });

  it('makes no further call when its subscriber leaves within a row', () => {
    const calls = new OutsideCalls();
    const subject = new Subject<number>();
    const rows: unknown[] = [];
    subject.pipe(mapAsync(calls.fn, { concurrency: 1 }), take(1)).subscribe((row) => rows.push(row));
    subject.next(1);
    subject.next(2);
    calls.of(1).answer('one');
    expect([rows, calls.made, subject.observed]).toEqual([['one'], [1], false]);
  });

  it('aborts a call whose own callback makes the subscriber leave', () => {
    let aborted: boolean | undefined;
    const source = new Subject<number>();
    const subscription = source
      .pipe(
        mapAsync((_, { signal }) => {
          signal.addEventListener('abort', () => (aborted = true));
          subscription.unsubscribe();
          return new Promise(() => {});
        }),
      )
      .subscribe();
    source.next(1);
    expect(aborted).toBe(true);
  });

  it.each(['unsubscribes', 'sees the stream fail'])('aborts what is under way when it %s', (how) => {
    const calls = new OutsideCalls();
    const subject = new Subject<number>();
    const errors: unknown[] = [];
    const subscription = subject.pipe(mapAsync(calls.fn)).subscribe({ error: (cause) => errors.push(cause) });
    subject.next(1);
    subject.next(2);
    const [one, two] = [calls.of(1), calls.of(2)];
    if (how === 'unsubscribes') subscription.unsubscribe();
    else one.fail(new Error('broken'));
    expect([one.signal.aborted, two.signal.aborted]).toEqual([how === 'unsubscribes', true]);
    two.answer('late');
    expect(errors).toHaveLength(how === 'unsubscribes' ? 0 : 1);
  });

  it('completes at the last row that a foreign step wants, though others are under way and the source is silent', async () => {
    const calls = new OutsideCalls();
    const subject = new Subject<number>();
    const notes: unknown[] = [];
    stream(subject)
      .mapAsync(calls.fn)
      .through(take<number>(1))
      .mapAsync((x) => Promise.resolve(x))
      .subscribe({ next: (row) => notes.push(row), complete: () => notes.push('complete') });
    subject.next(1);
    subject.next(2);
    const second = calls.of(2);
    calls.of(1).answer(10);
    await settled();
    expect([notes, subject.observed, second.signal.aborted]).toEqual([[10, 'complete'], false, true]);
  });

  it('does not hold up a job whose rows nobody wants any more', async () => {
    const sink = memorySink<number>();
    const job = stream([1, 2, 3])
      .mapAsync((x) => (x === 1 ? Promise.resolve(x) : new Promise<number>(() => {})))
      .through(take<number>(1))
      .to(sink);
    expect(await job.run()).toMatchObject({ state: 'completed', balanced: true });
    expect(sink.rows).toEqual([1]);
  });
});
