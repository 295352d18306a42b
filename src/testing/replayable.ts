import { ArgumentError } from '../../core/errors.ts';
import type { Layout } from '../../core/layout.ts';
import type { PlayedPartition } from './played-partition.ts';

/** Whether a checkpoint is taken, or the process dies, while these are played. */
export function isCheckpointed(partitions: readonly PlayedPartition[]): boolean {
  return partitions.some(({ marbles }) => marbles.some(({ kind }) => kind === 'crash' || kind === 'checkpoint'));
}

/** Under a checkpoint every input must be able to say again what it said, and no step may hold what nobody can see. */
export function refuseWhatCannotCrash(layout: Layout, partitions: readonly PlayedPartition[]): void {
  const played = new Set(partitions.map(({ head }) => head));
  if (layout.inputs.some((_, index) => !played.has(index))) {
    const hint = 'a chain with a checkpoint or a crash reads from `source` and lists';
    throw new ArgumentError('expectStream', 'stream', 'a chain whose inputs can be read again', 'an Observable', hint);
  }
  const opaque = layout.plan.nodes.find((node) => node.kind === 'step' && node.step.recipe.opaque === true);
  if (opaque === undefined) return;
  const hint = 'nobody can see what it holds: say { stateless: true } if it is nothing';
  throw new ArgumentError('expectStream', opaque.name, 'stateless under a checkpoint', 'a foreign operator', hint);
}
