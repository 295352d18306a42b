import type { Piece, PipelineSnapshot, StepSnapshot } from './snapshot.ts';

/** A snapshot whose pieces have all been pulled: plain data that survives `structuredClone`. */
export interface PlainSnapshot extends PipelineSnapshot {
  readonly steps: Readonly<Record<string, StepSnapshot & { readonly state: readonly Piece[] }>>;
}

/** Pulls every piece of a snapshot. */
export function plainSnapshot(snapshot: PipelineSnapshot): PlainSnapshot {
  const steps = Object.entries(snapshot.steps).map(
    ([name, step]) => [name, { ...step, state: [...step.state] }] as const,
  );
  return { ...snapshot, steps: Object.fromEntries(steps) };
}
