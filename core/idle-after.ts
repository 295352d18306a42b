import type { PlanNode } from './plan.ts';

/** The silences of an input that steps behind it take for its being idle, in ms, the shortest first. */
export function idleAfter(nodes: readonly PlanNode[], input: number): readonly number[] {
  const silences = new Set<number>();
  const reached = new Set([input]);
  for (const [index, node] of nodes.entries()) {
    if (node.kind === 'input' || !node.inputs.some((each) => reached.has(each))) continue;
    reached.add(index);
    if (node.kind === 'output' || node.step.recipe.time !== 'sets') continue;
    const { idleAfterMs } = node.step.recipe.options as { readonly idleAfterMs?: number };
    if (idleAfterMs !== undefined && idleAfterMs < Number.POSITIVE_INFINITY) silences.add(idleAfterMs);
  }
  return [...silences].toSorted((a, b) => a - b);
}
