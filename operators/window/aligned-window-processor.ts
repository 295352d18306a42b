import type { Processor } from '../../core/processor.ts';
import type { Parts } from '../../core/recipe.ts';
import type { AlignedWindowRecipe } from './aligned-windows.ts';
import { EarlyWindows } from './early-windows.ts';
import { PlainWindows } from './plain-windows.ts';

/** The processor of all windows that stand on a grid of time. */
export function makeAlignedWindow(options: AlignedWindowRecipe, parts: Parts): Processor {
  return options.settings.early === undefined ? new PlainWindows(options, parts) : new EarlyWindows(options, parts);
}
