import {
  bufferCount,
  concatMap,
  defer,
  delay,
  endWith,
  filter,
  map,
  merge,
  mergeMap,
  type Observable,
  type OperatorFunction,
  startWith,
  Subject,
  take,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { layOut } from '../../core/layout.ts';
import { Pipeline } from '../../core/pipeline.ts';
import { timestampsAsTheyAre } from '../../operators/time/timestamps-as-they-are.ts';
import { stream, StreamError } from '../../src/index.ts';
import { linkOfStream } from '../../src/stream.ts';
import { checkpoint, marbles } from '../../src/testing/index.ts';
import { settled } from '../support/outside-calls.ts';

const late = {
  code: 'ML_FOREIGN',
  message: expect.stringContaining('must emit within the call for a record') as string,
};

/** A chain with one foreign operator, fed by hand. */
function linked<Out>(
  operator: OperatorFunction<number, Out>,
  environment: { readonly checkpointed?: true },
  before: (x: number) => number = (x) => x,
) {
  const last = linkOfStream(stream<number>([]).map(before).through(operator, { stateless: true }))!;
  const rows: unknown[] = [];
  const failures: unknown[] = [];
  const pipeline = new Pipeline(layOut([last], timestampsAsTheyAre).plan, {
    clock: { now: () => 0, wakeAt: () => () => {} },
    outlets: [{ next: (row) => void rows.push(row) }],
    reject: () => {},
    fail: (cause) => void failures.push(cause),
    ...environment,
  });
  const head = pipeline.heads[0]!;
  const push = (value: number): void => head.push(value, Number.NaN, head.partition('0'));
  const end = (): void => {
    head.end();
    void pipeline.end();
  };
  return { rows, failures, push, end, pipeline };
}

describe('a foreign operator under a checkpoint', () => {
  it('says in its recipe whether anybody can see what it holds', () => {
    const opaque = (options: object) => {
      const { plan } = layOut([linkOfStream(stream([1]).through(take(1), options))!], timestampsAsTheyAre);
      return plan.nodes.flatMap((node) => (node.kind === 'step' ? [node.step.recipe.opaque] : []));
    };
    expect(opaque({})).toEqual([true]);
    expect(opaque({ stateless: true })).toEqual([undefined]);
    expect(opaque({ name: 'first' })).toEqual([true]);
  });

  it('works as without one where it emits within the call', () => {
    const chain = linked(
      (source) =>
        source.pipe(
          filter((x) => x > 1),
          mergeMap((x) => [x, -x]),
          map((x) => x * 2),
        ),
      { checkpointed: true },
    );
    chain.push(1);
    chain.push(2);
    chain.end();
    expect([chain.rows, chain.failures]).toEqual([[4, -4], []]);
    expect(chain.pipeline.ledger.find(({ step }) => step === 'through')).toMatchObject({
      in: 2,
      passed: 1,
      made: 1,
      filtered: 1,
    });
  });

  it.each([
    ['delay', delay<number>(0)],
    ['an answer that is awaited', concatMap((x: number) => defer(() => Promise.resolve(x)))],
  ])('fails on what it emits later: %s', async (_, operator) => {
    for (const checkpointed of [true, false]) {
      const chain = linked(operator, checkpointed ? { checkpointed } : {});
      chain.push(1);
      await new Promise((resolve) => setTimeout(resolve, 1));
      await settled();
      expect(chain.rows).toEqual(checkpointed ? [] : [1]);
      expect(chain.failures).toMatchObject(checkpointed ? [late] : []);
      chain.pipeline.close();
    }
  });

  it('fails when something else makes it emit, also within the sweep of a record', () => {
    const other = new Subject<number>();
    const operator = (source: Observable<number>): Observable<number> => merge(source, other);
    const alone = linked(operator, { checkpointed: true });
    other.next(7);
    expect([alone.rows, alone.failures]).toMatchObject([[], [late]]);
    const within = linked(operator, { checkpointed: true }, (x) => {
      other.next(7);
      return x;
    });
    expect(() => within.push(1)).toThrowError(expect.objectContaining(late));
  });

  it('fails on what it says at its beginning, which a restart would say again', () => {
    expect(linked(startWith(0), { checkpointed: true }).failures).toMatchObject([late]);
    expect(linked(startWith(0), {}).failures).toEqual([]);
  });

  it.each([
    ['what it held', bufferCount<number>(2)],
    ['more', endWith(9)],
  ])('fails at the end when it says %s', (_, operator) => {
    const chain = linked(operator as OperatorFunction<number, unknown>, { checkpointed: true });
    chain.push(1);
    expect(() => chain.end()).toThrowError(StreamError);
    const rows = linked(operator as OperatorFunction<number, unknown>, {});
    rows.push(1);
    rows.end();
    expect(rows.rows.length).toBeGreaterThan(0);
  });

  it(
    'is held to that by a marble test with a checkpoint',
    marbles(({ source, expectStream }) => {
      const letters = (text: string) => source(text, { a: 'a', C: checkpoint });
      expectStream(letters('-a--|').through(delay(2), { stateless: true })).toBe('---a|');
      expectStream(letters('-aC-|').through(delay(2), { stateless: true })).toBe('---#', {}, { code: 'ML_FOREIGN' });
    }),
  );
});
