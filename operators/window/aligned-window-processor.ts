import type { KeyLimitsRecipe } from '../../core/key-limits.ts';
import type { Processor } from '../../core/processor.ts';
import type { Parts } from '../../core/recipe.ts';
import type { AlignedWindowRecipe } from './aligned-windows.ts';
import { EarlyWindows } from './early-windows.ts';
import { limited } from './limited-windows.ts';
import { PlainWindows } from './plain-windows.ts';

/** The processor of all windows that stand on a grid of time. */
export function makeAlignedWindow(options: AlignedWindowRecipe & KeyLimitsRecipe, parts: Parts): Processor {
  const isPlain = options.settings.early === undefined;
  return limited(isPlain ? new PlainWindows(options, parts) : new EarlyWindows(options, parts), options);
}
