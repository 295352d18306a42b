import { type Link, layOut } from '../../core/layout.ts';
import type { StepLedger } from '../../core/ledger.ts';
import { Pipeline } from '../../core/pipeline.ts';
import type { Parts } from '../../core/recipe.ts';
import type { Rejection } from '../../core/rejection.ts';
import { type PlainSnapshot, plainSnapshot } from '../../core/plain-snapshot.ts';
import type { PipelineSnapshot } from '../../core/snapshot.ts';
import type { Operator } from '../../operators/operator.ts';
import { timestampsAsTheyAre } from '../../operators/time/timestamps-as-they-are.ts';
import { engineFor } from '../../src/engine/engine.ts';

/** The code that pipelines run on: the one that everybody has, or a second evaluation of the same text. */
export interface TestEngine {
  readonly Pipeline: typeof Pipeline;
  readonly parts?: Parts;
}

export function sharedEngine(): TestEngine {
  return { Pipeline };
}

export function ownEngine(): TestEngine {
  return engineFor(layOut([linkOf([])], timestampsAsTheyAre), 'own');
}

/** What came out of a pipeline, in its order. */
export interface Outcome {
  readonly rows: (readonly [value: unknown, timestamp: number])[];
  readonly rejections: Rejection[];
  /** Values of rows, and rejections, in the order in which they came. */
  readonly all: unknown[];
  readonly watermarks: number[];
}

/** Operators one behind the other, driven by hand. */
export class TestPipeline {
  readonly outcome: Outcome = { rows: [], rejections: [], all: [], watermarks: [] };
  readonly #pipeline: Pipeline;

  constructor(operators: readonly Operator<never, unknown>[], engine: TestEngine = sharedEngine()) {
    const { rows, rejections, all, watermarks } = this.outcome;
    const clock = { now: () => 0, wakeAt: () => () => {} };
    this.#pipeline = new engine.Pipeline(
      layOut([linkOf(operators)], timestampsAsTheyAre).plan,
      {
        clock,
        outlets: [
          {
            next: (value, timestamp) => {
              rows.push([value, timestamp]);
              all.push(value);
            },
            watermark: (at) => watermarks.push(at),
          },
        ],
        reject: (_, rejection) => {
          rejections.push(rejection);
          all.push(rejection);
        },
        fail: (cause) => {
          throw cause;
        },
      },
      engine.parts,
    );
  }

  push(record: unknown, partition = '0'): this {
    const head = this.#pipeline.heads[0]!;
    const slot = head.partition(partition);
    head.idle(false, slot);
    head.push(record, Number.NaN, slot);
    return this;
  }

  idle(partition: string): this {
    const head = this.#pipeline.heads[0]!;
    head.idle(true, head.partition(partition));
    return this;
  }

  end(): this {
    this.#pipeline.heads[0]!.end();
    if (this.#pipeline.end() !== undefined) throw new Error('a step still holds something');
    return this;
  }

  /** Ends, and waits until nothing is held any more. */
  async ended(): Promise<this> {
    this.#pipeline.heads[0]!.end();
    for (let wait = this.#pipeline.end(); wait !== undefined; wait = this.#pipeline.end()) await wait;
    return this;
  }

  /** As a store would give it back. */
  snapshot(): PlainSnapshot {
    return structuredClone(plainSnapshot(this.#pipeline.snapshot()));
  }

  /** As a store is given it, which may write it while records go on. */
  liveSnapshot(): PipelineSnapshot {
    return this.#pipeline.snapshot();
  }

  restore(snapshot: PipelineSnapshot): this {
    this.#pipeline.restore(snapshot);
    return this;
  }

  /** The process is gone: what is under way comes to nothing. */
  close(): void {
    this.#pipeline.close();
  }

  get ledger(): readonly StepLedger[] {
    return this.#pipeline.ledger;
  }
}

function linkOf(operators: readonly Operator<never, unknown>[]): Link {
  let link: Link = { kind: 'input', name: 'source', timestamps: false, input: undefined };
  for (const { steps } of operators) {
    for (const step of steps) link = { kind: 'step', before: link, others: [], step };
  }
  return link;
}
