import { engineText } from '#engine-text';
import { compileAnew, mayCompile } from '../../core/compile.ts';
import * as errors from '../../core/errors.ts';
import type { Layout } from '../../core/layout.ts';
import { Pipeline } from '../../core/pipeline.ts';
import type { Parts } from '../../core/recipe.ts';

/** The code that a pipeline runs on. */
export interface Engine {
  readonly Pipeline: typeof Pipeline;
  /** Nothing: every step is made by the maker that it brings. */
  readonly parts?: Parts;
}

/** `own`: a copy for chains of this shape, with type feedback of their own. `shared`: the one that everybody has. */
export type EngineChoice = 'own' | 'shared';

/** Chains of the same shape share a copy; of this many shapes the copies are kept, the one used longest ago goes first. */
const copiesKept = 16;
const copies = new Map<string, Engine>();
const shared: Engine = { Pipeline };

/** The engine for a chain. Where text may not be evaluated, or is not there, it is the shared one: same results, slower. */
export function engineFor(layout: Layout, choice: EngineChoice): Engine {
  if (choice === 'shared' || engineText === undefined || !mayCompile) return shared;
  const shape = shapeOf(layout);
  const copy = copies.get(shape) ?? evaluate(engineText);
  copies.delete(shape);
  copies.set(shape, copy);
  if (copies.size > copiesKept) copies.delete(copies.keys().next().value as string);
  return copy;
}

let evaluations = 0;

/**
 * A fresh evaluation of the engine's text. Errors come from outside: users compare their classes. The text ends in a name
 * of its own: V8 keeps what it compiled by its text, and would hand the same functions, with their feedback, to every copy.
 */
function evaluate(text: string): Engine {
  const module: { exports: unknown } = { exports: {} };
  const own = `${text}\n//# sourceURL=millrace-engine-${++evaluations}.js`;
  compileAnew(['require', 'module', 'exports'], own)(() => errors, module, module.exports);
  return module.exports as Engine;
}

/** What makes two chains alike for the compiler: the same steps with the same options; callbacks differ anyhow. */
function shapeOf({ plan }: Layout): string {
  return JSON.stringify(plan.nodes, (_, value: unknown) => (typeof value === 'function' ? 'f' : value));
}
