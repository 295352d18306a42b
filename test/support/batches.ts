import { BatchSweep } from '../../core/batch-sweep.ts';
import { layOut } from '../../core/layout.ts';
import { Pipeline } from '../../core/pipeline.ts';
import type { Rejection } from '../../core/rejection.ts';
import { timestampsAsTheyAre } from '../../operators/time/timestamps-as-they-are.ts';
import { parts } from '../../src/engine/parts.ts';
import { linkOfStream, Stream } from '../../src/stream.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';

/** One thing that came out of a chain. */
export type Told =
  | readonly ['row', value: unknown, timestamp: number]
  | readonly ['rejected', rejection: Rejection]
  | readonly ['watermark', at: number];

/** A chain that is fed in batches, as a job feeds it; a record's origin is its line in its partition, from 0. */
export interface Batches {
  readonly pipeline: Pipeline;
  readonly clock: ManualClock;
  readonly rows: (readonly [value: unknown, timestamp: number])[];
  readonly rejections: Rejection[];
  readonly watermarks: number[];
  /** All of these, in the order in which they came. */
  readonly told: Told[];
  /** Sweeps one batch, of which the first record has this line. */
  sweep(partition: string, records: readonly unknown[], line?: number): void;
  /** Lets go of what is due, where that goes in pieces of some size. */
  settle(): void;
  end(): void;
}

export interface BatchesOptions {
  /** What is due fires only when asked to. */
  readonly inPieces?: boolean;
  /** Of how many rows, about, a piece is. */
  readonly budget?: number;
  /** Processing time at which the chain begins, or goes on. */
  readonly now?: number;
  /** Whether records may come with a timestamp. Default true. */
  readonly timestamps?: boolean;
}

export function batches<In, Out>(
  build: (input: Stream<In>) => Stream<Out, unknown>,
  { inPieces = false, budget = 1_024, now = 0, timestamps = true }: BatchesOptions = {},
): Batches {
  const link = { kind: 'input', name: 'input', timestamps, input: { kind: 'list', list: [] } } as const;
  const { plan } = layOut([linkOfStream(build(new Stream<In>(link)))!], timestampsAsTheyAre);
  const rows: (readonly [unknown, number])[] = [];
  const rejections: Rejection[] = [];
  const watermarks: number[] = [];
  const told: Told[] = [];
  const clock = new ManualClock();
  clock.advanceTo(now);
  const pipeline = new Pipeline(
    plan,
    {
      clock,
      outlets: [
        {
          next: (value, timestamp) => {
            rows.push([value, timestamp]);
            told.push(['row', value, timestamp]);
          },
          watermark: (at) => {
            watermarks.push(at);
            told.push(['watermark', at]);
          },
        },
      ],
      reject: (_, rejection) => {
        rejections.push(rejection);
        told.push(['rejected', rejection]);
      },
      fail: (cause) => {
        throw cause;
      },
      ...(inPieces ? { inPieces: true } : {}),
    },
    parts,
  );
  const settle = (): void => {
    while (pipeline.interrupted && pipeline.fire(budget) === 'more');
  };
  const sweep = (partition: string, records: readonly unknown[], line = 0): void => {
    const sweeping = new BatchSweep(pipeline, pipeline.heads[0]!, {
      partition,
      records,
      bytes: 0,
      positionAfter: () => ({}),
      origin: (index) => ({ partition, line: line + index }),
    });
    while (!sweeping.isDone) {
      sweeping.sweep(records.length);
      settle();
    }
  };
  const end = (): void => {
    const head = pipeline.heads[0]!;
    for (const slot of head.slots) {
      head.watermark(Number.POSITIVE_INFINITY, slot);
      settle();
    }
    if (pipeline.end() !== undefined) throw new Error('a step still holds something');
  };
  return { pipeline, clock, rows, rejections, watermarks, told, sweep, settle, end };
}
