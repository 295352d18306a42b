import { CumulativeGrid, type Grid, SlidingGrid } from './assign.ts';
import { CalendarGrid, type CalendarUnit, type Weekday } from './calendar.ts';

/** A grid of windows as plain data. */
export type GridRecipe =
  | { readonly kind: 'sliding'; readonly sizeMs: number; readonly slideMs: number; readonly offsetMs: number }
  | { readonly kind: 'cumulative'; readonly sizeMs: number; readonly stepMs: number; readonly offsetMs: number }
  | { readonly kind: 'calendar'; readonly every: CalendarUnit; readonly zone: string; readonly weekStartsOn: Weekday };

export function gridOf(recipe: GridRecipe): Grid {
  switch (recipe.kind) {
    case 'sliding':
      return new SlidingGrid(recipe.sizeMs, recipe.slideMs, recipe.offsetMs);
    case 'cumulative':
      return new CumulativeGrid(recipe.sizeMs, recipe.stepMs, recipe.offsetMs);
    case 'calendar':
      return new CalendarGrid(recipe.every, recipe.zone, recipe.weekStartsOn);
  }
}

/** Whether a time is in more than one window. */
export function overlaps(recipe: GridRecipe): boolean {
  return recipe.kind !== 'calendar' && recipe.sizeMs > everyMs(recipe);
}

/** How long slices are and where they begin, where they are all of the same length; +Infinity where they are not. */
export function slicesOf(recipe: GridRecipe): { readonly length: number; readonly offset: number } {
  if (recipe.kind === 'calendar') return { length: Number.POSITIVE_INFINITY, offset: 0 };
  const every = everyMs(recipe);
  return { length: recipe.sizeMs % every === 0 ? every : Number.POSITIVE_INFINITY, offset: recipe.offsetMs };
}

/** How far apart windows begin, or grow. */
function everyMs(recipe: Exclude<GridRecipe, { readonly kind: 'calendar' }>): number {
  return recipe.kind === 'sliding' ? recipe.slideMs : recipe.stepMs;
}
