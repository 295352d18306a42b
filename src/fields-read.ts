import type { Layout } from '../core/layout.ts';
import { isSink } from '../core/reject-policy.ts';
import type { FieldUse } from '../core/recipe.ts';

/**
 * The fields of an input that anybody behind it looks at, so that a parser can leave the others. A policy that is told of
 * rejections is shown whole records.
 */
export function fieldsRead({ plan, policies }: Layout, input: number): FieldUse['reads'] {
  const told = policies.some((policy) =>
    Object.values(policy).some((each) => typeof each === 'function' || isSink(each)),
  );
  if (told) return 'all';
  const read = new Set<string>();
  const reached = new Set([input]);
  for (const [index, node] of plan.nodes.entries()) {
    if (node.kind === 'input' || !node.inputs.some((each) => reached.has(each))) continue;
    if (node.kind === 'output') return 'all';
    const { reads, keepsOthers } = node.step.recipe.fields;
    if (reads === 'all') return 'all';
    for (const name of reads) read.add(name);
    if (keepsOthers) reached.add(index);
  }
  return [...read];
}
