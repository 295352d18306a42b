import { ArgumentError } from '../../core/errors.ts';
import type { Layout } from '../../core/layout.ts';
import type { PlayedPartition } from './played-partition.ts';

/** Under a checkpoint every input must be able to say again what it said, and no step may hold what nobody can see. */
export function refuseWhatCannotCrash(layout: Layout, partitions: readonly PlayedPartition[]): void {
  const signals = partitions.flatMap(({ marbles }) => marbles.map(({ kind }) => kind));
  if (!signals.includes('crash') && !signals.includes('checkpoint')) return;
  const played = new Set(partitions.map(({ head }) => head));
  if (layout.inputs.some((_, index) => !played.has(index))) {
    const hint = 'a chain with a checkpoint or a crash reads from `source` and lists';
    throw new ArgumentError('expectStream', 'stream', 'a chain whose inputs can be read again', 'an Observable', hint);
  }
  for (const node of layout.plan.nodes) {
    if (node.kind !== 'step' || node.step.recipe.operator !== 'through') continue;
    if ((node.step.recipe.options as { readonly stateless: boolean }).stateless) continue;
    const hint = 'nobody can see what it holds: say { stateless: true } if it is nothing';
    throw new ArgumentError('expectStream', node.name, 'stateless under a checkpoint', 'a foreign operator', hint);
  }
}
