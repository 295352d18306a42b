import { BatchSweep } from '../../core/batch-sweep.ts';
import { layOut } from '../../core/layout.ts';
import { Pipeline } from '../../core/pipeline.ts';
import type { Rejection } from '../../core/rejection.ts';
import { timestampsAsTheyAre } from '../../operators/time/timestamps-as-they-are.ts';
import { parts } from '../../src/engine/parts.ts';
import { linkOfStream, Stream } from '../../src/stream.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';

/** A chain that is fed in batches, as a job feeds it; a record's origin is its line in its partition, from 0. */
export interface Batches {
  readonly pipeline: Pipeline;
  readonly clock: ManualClock;
  readonly rows: (readonly [value: unknown, timestamp: number])[];
  readonly rejections: Rejection[];
  readonly watermarks: number[];
  /** Sweeps one batch, of which the first record has this line. */
  sweep(partition: string, records: readonly unknown[], line?: number): void;
}

/** `inPieces`: what is due fires only when asked to. */
export function batches<In, Out>(
  build: (input: Stream<In>) => Stream<Out, unknown>,
  { inPieces = false }: { readonly inPieces?: boolean } = {},
): Batches {
  const link = { kind: 'input', name: 'input', timestamps: true, input: { kind: 'list', list: [] } } as const;
  const { plan } = layOut([linkOfStream(build(new Stream<In>(link)))!], timestampsAsTheyAre);
  const rows: (readonly [unknown, number])[] = [];
  const rejections: Rejection[] = [];
  const watermarks: number[] = [];
  const clock = new ManualClock();
  const pipeline = new Pipeline(
    plan,
    {
      clock,
      outlets: [
        { next: (value, timestamp) => rows.push([value, timestamp]), watermark: (at) => void watermarks.push(at) },
      ],
      reject: (_, rejection) => void rejections.push(rejection),
      fail: (cause) => {
        throw cause;
      },
      ...(inPieces ? { inPieces: true } : {}),
    },
    parts,
  );
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
      if (pipeline.interrupted) pipeline.finish();
    }
  };
  return { pipeline, clock, rows, rejections, watermarks, sweep };
}
