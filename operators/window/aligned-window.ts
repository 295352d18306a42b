import { optionsObject } from '../../core/guards.ts';
import { type KeyLimitsRecipe, keyLimits, timeOfLimits } from '../../core/key-limits.ts';
import { plainRecipe } from '../../core/recipe.ts';
import type { Aggregates } from '../aggregate/aggregate.ts';
import { type Operator, operator } from '../operator.ts';
import { standalone, standaloneOptions } from '../standalone.ts';
import { makeAlignedWindow } from './aligned-window-processor.ts';
import type { AlignedWindowRecipe } from './aligned-windows.ts';
import type { GridRecipe } from './grid-recipe.ts';
import { aggregateNames, fieldsOf, namedAggregates, withAggregates } from './named-aggregates.ts';
import type { WindowOptions } from './window-options.ts';
import { refiring, settingsText, windowOptions, windowSettings } from './window-settings.ts';

/** What windows of every kind take beside their own options. */
export type AlignedOptions = Omit<WindowOptions, 'offset'> & { readonly aggregate: Aggregates<never> };

/** Checks that the options are there and that every name is known. */
export function alignedOptions<O>(where: string, options: unknown, own: readonly string[]): O & AlignedOptions {
  const names = [...own, ...windowOptions, 'aggregate', ...standaloneOptions];
  return optionsObject<O & AlignedOptions>(where, options, names);
}

/** The operator of windows on a grid. `summary`: the grid as a person would say it. */
export function alignedWindow<T, Out>(
  where: string,
  given: AlignedOptions,
  grid: GridRecipe,
  summary: string,
): Operator<T, Out> {
  const aggregates = namedAggregates(where, given.aggregate);
  const settings = windowSettings(where, given);
  const recipe: AlignedWindowRecipe & KeyLimitsRecipe = {
    name: where,
    grid,
    settings,
    aggregates,
    ...keyLimits(where, given),
  };
  const step = {
    recipe: {
      ...plainRecipe,
      operator: where,
      options: recipe,
      fields: { reads: fieldsOf(aggregates), writes: aggregates.map(({ name }) => name), keepsOthers: false },
      stateful: true,
      ...refiring(settings),
      time: settings.clock === 'event' ? ('needs' as const) : timeOfLimits(recipe),
      summary: `${summary}${settingsText(given)}: ${aggregateNames(aggregates)}`,
    },
    make: withAggregates(makeAlignedWindow, given.aggregate),
  };
  return operator(step, standalone(where, given as never));
}
