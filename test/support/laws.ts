import { EMPTY, from, NEVER, Observable, Subject, take, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { plainSnapshot } from '../../core/plain-snapshot.ts';
import { DataError } from '../../core/errors.ts';
import { balances } from '../../core/ledger.ts';
import { Pipeline } from '../../core/pipeline.ts';
import * as operators from '../../operators/index.ts';
import type { Operator } from '../../operators/operator.ts';
import { parts } from '../../src/engine/parts.ts';
import { ownEngine, sharedEngine, type TestEngine, TestPipeline } from './pipelines.ts';

export interface LawOptions<In> {
  /** The callbacks that `make` hands over: the only functions that the recipe may hold. */
  readonly callbacks?: readonly unknown[];
  /** The operator with a callback that throws on the first record. */
  readonly throwing?: () => Operator<In, unknown>;
  /** Of an operator that answers later: waits until it has answered all that it was asked. */
  readonly settled?: () => Promise<void>;
}

const atOnce = (): Promise<void> => Promise.resolve();

/**
 * What every operator promises, whatever it does. `records` are good ones, and enough of them that some row leaves before the
 * end. State is also asked with the same records once more behind the others, the last first: where time matters these are late.
 */
export function obeysOperatorLaws<In, Out>(
  make: () => Operator<In, Out>,
  records: readonly In[],
  options: LawOptions<In> = {},
): void {
  describe('obeys the laws of operators', () => {
    lawsOfObservables(make, records, options);
    lawsOfRecipes(make, options.callbacks ?? []);
    describe('on the shared engine', () => lawsOfPipelines(make, records, options, sharedEngine));
    describe('on a copy of the engine', () => lawsOfPipelines(make, records, options, ownEngine));
  });
}

function lawsOfObservables<In, Out>(
  make: () => Operator<In, Out>,
  records: readonly In[],
  { throwing, settled = atOnce }: LawOptions<In>,
): void {
  it('gives nothing for an empty source, and completes', () => {
    expect(notesOf(EMPTY.pipe(make()))).toEqual(['complete']);
  });

  it('stays silent as long as its source does', () => {
    expect(notesOf(NEVER.pipe(make()))).toEqual([]);
  });

  it('passes an error of its source on, unchanged', () => {
    const cause = new Error('of the source');
    expect(notesOf(throwError(() => cause).pipe(make())).at(-1)).toBe(cause);
    const subject = new Subject<In>();
    const notes = notesOf(subject.pipe(make()));
    subject.next(records[0] as In);
    subject.error(cause);
    expect(notes.at(-1)).toBe(cause);
  });

  it('lets go of its source when its subscriber leaves, and when it fails', async () => {
    const subject = new Subject<In>();
    const subscription = subject.pipe(make()).subscribe();
    expect(subject.observed).toBe(true);
    subscription.unsubscribe();
    expect(subject.observed).toBe(false);
    if (throwing === undefined) return;
    notesOf(subject.pipe(throwing()));
    subject.next(records[0] as In);
    await settled();
    expect(subject.observed).toBe(false);
  });

  it('starts afresh for each subscriber', async () => {
    const rows = from(records).pipe(make());
    const once = notesOf(rows);
    const again = notesOf(rows);
    await settled();
    expect(once.length).toBeGreaterThan(1);
    expect(again).toEqual(once);
    const subject = new Subject<In>();
    const shared = subject.pipe(make());
    const both = [notesOf(shared), notesOf(shared)];
    for (const record of records) subject.next(record);
    subject.complete();
    await settled();
    expect(both).toEqual([once, once]);
  });

  it('stops its source once its subscriber has enough', async () => {
    let enough = false;
    let tooMany = 0;
    const source = new Observable<In>((subscriber) => {
      for (const record of records) {
        if (subscriber.closed) return;
        if (enough) tooMany++;
        subscriber.next(record);
      }
      subscriber.complete();
    });
    let rows = 0;
    source.pipe(make(), take(1)).subscribe({ next: () => rows++, complete: () => (enough = true) });
    await settled();
    expect({ rows, enough, tooMany }).toEqual({ rows: 1, enough: true, tooMany: 0 });
  });

  it('keeps the order of what its subscriber feeds back into its source', async () => {
    const expected = notesOf(from(records).pipe(make()));
    const subject = new Subject<In>();
    const notes: unknown[] = [];
    let fed = 0;
    let depth = 0;
    const feed = (): void => {
      if (fed < records.length) subject.next(records[fed++] as In);
      else if (!subject.closed) subject.complete();
    };
    subject.pipe(make()).subscribe({
      next: (row) => {
        depth++;
        notes.push(row);
        expect(depth).toBe(1);
        feed();
        depth--;
      },
      error: (cause) => notes.push(cause),
      complete: () => notes.push('complete'),
    });
    while (fed < records.length) {
      feed();
      await settled();
    }
    subject.complete();
    await settled();
    expect(notes).toEqual(expected);
  });

  if (throwing === undefined) return;
  it('makes a callback that throws an error of the stream', async () => {
    const notes = notesOf(from(records).pipe(throwing()));
    await settled();
    expect(notes).toHaveLength(1);
    const error = notes[0] as DataError;
    expect(error).toBeInstanceOf(DataError);
    expect(error).toMatchObject({ code: 'ML_DATA', rejection: { kind: 'failed', value: records[0] } });
    expect(error.cause).toBe(error.rejection.cause);
  });
}

function lawsOfRecipes<In, Out>(make: () => Operator<In, Out>, callbacks: readonly unknown[]): void {
  it('carries a recipe of plain data under its own name', () => {
    const { recipe, steps } = make();
    expect(steps.at(-1)?.recipe).toBe(recipe);
    expect((operators as Record<string, unknown>)[recipe.operator]).toBeTypeOf('function');
    expect(Object.keys(parts.processors)).toContain(recipe.operator);
    for (const step of steps) expect(oddities(step.recipe, callbacks)).toEqual([]);
  });
}

function lawsOfPipelines<In, Out>(
  make: () => Operator<In, Out>,
  records: readonly In[],
  { settled }: LawOptions<In>,
  engineOf: () => TestEngine,
): void {
  const start = (): TestPipeline => new TestPipeline([make()], engineOf());

  it('runs on the engine that was asked for', () => {
    expect(engineOf().Pipeline === Pipeline).toBe(engineOf === sharedEngine);
  });

  describe.each([
    ['in their order', records],
    ['and late ones', [...records, ...records.toReversed()]],
  ])('with records %s', (_, list) => {
    const through = (): Promise<TestPipeline> => {
      const pipeline = start();
      for (const record of list) pipeline.push(record);
      return pipeline.ended();
    };

    const goesOn = async (wait: () => Promise<void>): Promise<void> => {
      const { rows, rejections } = (await through()).outcome;
      for (let cut = 0; cut <= list.length; cut++) {
        const before = start();
        for (const record of list.slice(0, cut)) before.push(record);
        await wait();
        const snapshot = before.snapshot();
        before.close();
        const after = start().restore(snapshot);
        expect(after.snapshot()).toEqual(snapshot);
        for (const record of list.slice(cut)) after.push(record);
        await after.ended();
        expect([...before.outcome.rows, ...after.outcome.rows]).toStrictEqual(rows);
        expect([...before.outcome.rejections, ...after.outcome.rejections]).toEqual(rejections);
      }
    };

    it('goes on from a snapshot behind any record as if nothing had happened', () => goesOn(atOnce));

    if (settled !== undefined) {
      it('goes on from a snapshot behind any answer as if nothing had happened', () => goesOn(settled));
    }

    it('goes on from snapshots behind every record as if nothing had happened', async () => {
      const { rows, rejections } = (await through()).outcome;
      let pipeline = start();
      const all: TestPipeline[] = [pipeline];
      for (const record of list) {
        const snapshot = pipeline.push(record).snapshot();
        pipeline.close();
        pipeline = start().restore(snapshot);
        all.push(pipeline);
      }
      await pipeline.ended();
      expect(all.flatMap(({ outcome }) => outcome.rows)).toStrictEqual(rows);
      expect(all.flatMap(({ outcome }) => outcome.rejections)).toEqual(rejections);
    });

    it('leaves a snapshot as it was while records go on', async () => {
      const pipeline = start();
      const taken = list.map((record) => {
        const snapshot = pipeline.push(record).liveSnapshot();
        return { snapshot, asItWas: structuredClone(plainSnapshot(snapshot)) };
      });
      await pipeline.ended();
      for (const { snapshot, asItWas } of taken) expect(plainSnapshot(snapshot)).toEqual(asItWas);
    });

    it('balances its ledger behind every record and at the end', async () => {
      const pipeline = start();
      for (const record of [...list, undefined]) {
        if (record === undefined) await pipeline.ended();
        else pipeline.push(record);
        for (const line of pipeline.ledger) expect([line, balances(line)]).toEqual([line, true]);
        expect(pipeline.ledger.at(-1)?.out).toBe(pipeline.outcome.rows.length);
      }
    });
  });
}

/** Everything that a subscriber is told, in its order. */
function notesOf(observable: Observable<unknown>): unknown[] {
  const notes: unknown[] = [];
  observable.subscribe({
    next: (row) => notes.push(row),
    error: (cause) => notes.push(cause),
    complete: () => notes.push('complete'),
  });
  return notes;
}

/** What keeps a value from being plain data: paths of class instances and of functions that are not among `callbacks`. */
function oddities(value: unknown, callbacks: readonly unknown[], path = 'recipe'): string[] {
  if (typeof value === 'function') return callbacks.includes(value) ? [] : [path];
  if (typeof value !== 'object' || value === null) return [];
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return [path];
  return Object.entries(value).flatMap(([name, inner]) => oddities(inner, callbacks, `${path}.${name}`));
}
