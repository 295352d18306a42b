import type { Plan } from '../core/plan.ts';

/** What is known of the records behind a node. */
interface Behind {
  readonly live: boolean;
  readonly timed: boolean;
  /** The steps that gave them their time, and let a silent partition hold it back for ever. */
  readonly waits: readonly string[];
}

/** The steps behind live inputs that let a silent partition hold time back for ever, where another step goes by that time. */
export function neverIdle({ nodes }: Plan): readonly string[] {
  const behind: Behind[] = [];
  const names = new Set<string>();
  for (const node of nodes) {
    if (node.kind === 'input') {
      behind.push({ live: node.live === true, timed: false, waits: [] });
      continue;
    }
    const before = node.inputs.map((input) => behind[input] as Behind);
    const live = before.some((each) => each.live);
    const timed = before.some((each) => each.timed);
    const waits = before.flatMap((each) => each.waits);
    const recipe = node.kind === 'step' ? node.step.recipe : undefined;
    if (recipe?.time === 'needs') for (const name of waits) names.add(name);
    if (recipe?.time !== 'sets' || timed) behind.push({ live, timed, waits });
    else {
      const { idleAfterMs } = recipe.options as { readonly idleAfterMs?: number };
      const waitsHere = live && idleAfterMs === Number.POSITIVE_INFINITY;
      behind.push({ live, timed: true, waits: waitsHere ? [node.name] : [] });
    }
  }
  return [...names];
}
