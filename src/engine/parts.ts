import type { Parts } from '../../core/recipe.ts';
import { makeAggregator } from '../../operators/aggregate/aggregator-accumulators.ts';
import { makeApproxDistinct } from '../../operators/aggregate/approx-distinct-accumulators.ts';
import { makeApproxQuantile } from '../../operators/aggregate/approx-quantile-accumulators.ts';
import { makeApproxTopK } from '../../operators/aggregate/approx-top-k-accumulators.ts';
import { makeCollect } from '../../operators/aggregate/collect-accumulators.ts';
import { makeCorrelation } from '../../operators/aggregate/correlation-accumulators.ts';
import { makeCount } from '../../operators/aggregate/count-accumulators.ts';
import { makeCovariance } from '../../operators/aggregate/covariance-accumulators.ts';
import { makeDistinct } from '../../operators/aggregate/distinct-accumulators.ts';
import { makeFirst } from '../../operators/aggregate/first-accumulators.ts';
import { makeKurtosis } from '../../operators/aggregate/kurtosis-accumulators.ts';
import { makeLast } from '../../operators/aggregate/last-accumulators.ts';
import { makeMax } from '../../operators/aggregate/max-accumulators.ts';
import { makeMean } from '../../operators/aggregate/mean-accumulators.ts';
import { makeMin } from '../../operators/aggregate/min-accumulators.ts';
import { makeMedian, makeQuantile } from '../../operators/aggregate/quantile-accumulators.ts';
import { makeRate } from '../../operators/aggregate/rate-accumulators.ts';
import { makeSkewness } from '../../operators/aggregate/skewness-accumulators.ts';
import { makeStandardError } from '../../operators/aggregate/standard-error-accumulators.ts';
import { makeStddev } from '../../operators/aggregate/stddev-accumulators.ts';
import { makeSum } from '../../operators/aggregate/sum-accumulators.ts';
import { makeTimeWeightedMean } from '../../operators/aggregate/time-weighted-mean-accumulators.ts';
import { makeTopK } from '../../operators/aggregate/top-k-accumulators.ts';
import { makeVariance } from '../../operators/aggregate/variance-accumulators.ts';
import { makeWeightedMean } from '../../operators/aggregate/weighted-mean-accumulators.ts';
import { makeCast } from '../../operators/cast/cast-processor.ts';
import { makeDropMissing } from '../../operators/clean/drop-missing-processor.ts';
import { makeFillMissing } from '../../operators/clean/fill-missing-processor.ts';
import { makeDerive } from '../../operators/flow/derive-processor.ts';
import { makeFilter } from '../../operators/flow/filter-processor.ts';
import { makeFlatMap } from '../../operators/flow/flat-map-processor.ts';
import { makeKeyBy } from '../../operators/flow/key-by-processor.ts';
import { makeMap } from '../../operators/flow/map-processor.ts';
import { makeMapAsync } from '../../operators/flow/map-async-processor.ts';
import { makeRename } from '../../operators/flow/rename-processor.ts';
import { makeSelect } from '../../operators/flow/select-processor.ts';
import { makeUnkeyed } from '../../operators/flow/unkeyed-processor.ts';
import { makeUnion } from '../../operators/flow/union-processor.ts';
import { makeEwma } from '../../operators/smooth/ewma-processor.ts';
import { makeMovingAverage } from '../../operators/smooth/moving-average-processor.ts';
import { makeEventTime } from '../../operators/time/event-time-processor.ts';
import { makeSortByTime } from '../../operators/time/sort-by-time-processor.ts';
import { makeAlignedWindow } from '../../operators/window/aligned-window-processor.ts';
import { makeCountWindow } from '../../operators/window/count-window-processor.ts';
import { makeGlobalWindow } from '../../operators/window/global-window-processor.ts';
import { makeSessionWindow } from '../../operators/window/session-window-processor.ts';

/** Every processor and accumulator of ours by name, as this copy of the engine makes them. */
export const parts: Parts = {
  processors: {
    calendarWindow: makeAlignedWindow,
    cast: makeCast,
    countWindow: makeCountWindow,
    cumulativeWindow: makeAlignedWindow,
    derive: makeDerive,
    dropMissing: makeDropMissing,
    eventTime: makeEventTime,
    ewma: makeEwma,
    fillMissing: makeFillMissing,
    filter: makeFilter,
    flatMap: makeFlatMap,
    globalWindow: makeGlobalWindow,
    keyBy: makeKeyBy,
    map: makeMap,
    mapAsync: makeMapAsync,
    movingAverage: makeMovingAverage,
    rename: makeRename,
    select: makeSelect,
    sessionWindow: makeSessionWindow,
    slidingWindow: makeAlignedWindow,
    tumblingWindow: makeAlignedWindow,
    sortByTime: makeSortByTime,
    union: makeUnion,
    unkeyed: makeUnkeyed,
  },
  accumulators: {
    aggregator: makeAggregator,
    approxDistinct: makeApproxDistinct,
    approxQuantile: makeApproxQuantile,
    approxTopK: makeApproxTopK,
    collect: makeCollect,
    correlation: makeCorrelation,
    count: makeCount,
    covariance: makeCovariance,
    distinct: makeDistinct,
    first: makeFirst,
    kurtosis: makeKurtosis,
    last: makeLast,
    max: makeMax,
    mean: makeMean,
    median: makeMedian,
    min: makeMin,
    quantile: makeQuantile,
    rate: makeRate,
    skewness: makeSkewness,
    standardError: makeStandardError,
    stddev: makeStddev,
    sum: makeSum,
    timeWeightedMean: makeTimeWeightedMean,
    topK: makeTopK,
    variance: makeVariance,
    weightedMean: makeWeightedMean,
  },
};
