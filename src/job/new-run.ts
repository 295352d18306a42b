import type { Subject } from 'rxjs';
import { layOut, type Link } from '../../core/layout.ts';
import { timestampsAsTheyAre } from '../../operators/time/timestamps-as-they-are.ts';
import type { EngineChoice } from '../engine/engine.ts';
import type { JobMetrics, JobWarning } from './report.ts';
import { Run } from './run.ts';
import type { RunSettings } from './run-options.ts';
import { SharedRun } from './shared/shared-run.ts';
import { refuseSharing, sharingOf } from './shared/sharing-terms.ts';
import { refuse, warnings } from './terms.ts';

export interface Told {
  readonly metrics: Subject<JobMetrics>;
  readonly warnings: Subject<JobWarning>;
}

/** @throws ArgumentError for a chain that cannot run like this. */
export function newRun(
  ends: readonly Link[],
  settings: RunSettings,
  engine: EngineChoice,
  told: Told,
): Run | SharedRun {
  const layout = layOut(ends, timestampsAsTheyAre);
  refuse(layout, settings);
  const sharing = sharingOf(layout);
  const store = sharing === undefined ? undefined : refuseSharing(layout, settings, sharing);
  for (const warning of warnings(layout, settings)) told.warnings.next(warning);
  if (sharing === undefined || store === undefined)
    return new Run(layout, settings, engine, told.metrics, told.warnings);
  return new SharedRun({ layout, settings, engine, sharing, store, ...told });
}
