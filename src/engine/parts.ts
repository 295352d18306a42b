import type { Parts } from '../../core/recipe.ts';
import { makeCount } from '../../operators/aggregate/count-accumulators.ts';
import { makeFirst } from '../../operators/aggregate/first-accumulators.ts';
import { makeLast } from '../../operators/aggregate/last-accumulators.ts';
import { makeMax } from '../../operators/aggregate/max-accumulators.ts';
import { makeMean } from '../../operators/aggregate/mean-accumulators.ts';
import { makeMin } from '../../operators/aggregate/min-accumulators.ts';
import { makeSum } from '../../operators/aggregate/sum-accumulators.ts';
import { makeCast } from '../../operators/cast/cast-processor.ts';
import { makeDropMissing } from '../../operators/clean/drop-missing-processor.ts';
import { makeFillMissing } from '../../operators/clean/fill-missing-processor.ts';
import { makeDerive } from '../../operators/flow/derive-processor.ts';
import { makeFilter } from '../../operators/flow/filter-processor.ts';
import { makeFlatMap } from '../../operators/flow/flat-map-processor.ts';
import { makeKeyBy } from '../../operators/flow/key-by-processor.ts';
import { makeMap } from '../../operators/flow/map-processor.ts';
import { makeRename } from '../../operators/flow/rename-processor.ts';
import { makeSelect } from '../../operators/flow/select-processor.ts';
import { makeUnion } from '../../operators/flow/union-processor.ts';
import { makeEwma } from '../../operators/smooth/ewma-processor.ts';
import { makeMovingAverage } from '../../operators/smooth/moving-average-processor.ts';
import { makeEventTime } from '../../operators/time/event-time-processor.ts';
import { makeTumblingWindow } from '../../operators/window/tumbling-window-processor.ts';

/** Every processor and accumulator of ours by name, as this copy of the engine makes them. */
export const parts: Parts = {
  processors: {
    cast: makeCast,
    derive: makeDerive,
    dropMissing: makeDropMissing,
    eventTime: makeEventTime,
    ewma: makeEwma,
    fillMissing: makeFillMissing,
    filter: makeFilter,
    flatMap: makeFlatMap,
    keyBy: makeKeyBy,
    map: makeMap,
    movingAverage: makeMovingAverage,
    rename: makeRename,
    select: makeSelect,
    tumblingWindow: makeTumblingWindow,
    union: makeUnion,
  },
  accumulators: {
    count: makeCount,
    first: makeFirst,
    last: makeLast,
    max: makeMax,
    mean: makeMean,
    min: makeMin,
    sum: makeSum,
  },
};
