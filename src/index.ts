export { Stream, stream, type StreamOptions } from './stream.ts';
export type { Windowed } from './windowed.ts';
export { Job, job } from './job/job.ts';
export type { CheckpointMetrics, JobMetrics, JobReport, JobWarning } from './job/report.ts';
export type { RestartOptions, RunOptions, StopSignal } from './job/run-options.ts';
export { deliveries, type DeliveriesOptions, type Delivery } from './deliveries.ts';
export { toFunction, type ToFunctionOptions, type WriteContext, type WriteRows } from './to-function.ts';
export type { EngineChoice } from './engine/engine.ts';
export type { ExplainFormat } from './explain.ts';

export { aggregator } from '../operators/aggregate/aggregator.ts';
export { approxDistinct, type ApproxDistinctOptions } from '../operators/aggregate/approx-distinct.ts';
export { approxQuantile, type ApproxQuantileOptions } from '../operators/aggregate/approx-quantile.ts';
export { approxTopK, type ApproxTopKOptions } from '../operators/aggregate/approx-top-k.ts';
export { collect } from '../operators/aggregate/collect.ts';
export { correlation } from '../operators/aggregate/correlation.ts';
export { count } from '../operators/aggregate/count.ts';
export { covariance } from '../operators/aggregate/covariance.ts';
export { distinct } from '../operators/aggregate/distinct.ts';
export { first } from '../operators/aggregate/first.ts';
export { kurtosis } from '../operators/aggregate/kurtosis.ts';
export { last } from '../operators/aggregate/last.ts';
export { max } from '../operators/aggregate/max.ts';
export { mean } from '../operators/aggregate/mean.ts';
export { median } from '../operators/aggregate/median.ts';
export { min } from '../operators/aggregate/min.ts';
export { quantile, type QuantileOptions } from '../operators/aggregate/quantile.ts';
export { type FieldRateOptions, rate, type RateOptions } from '../operators/aggregate/rate.ts';
export { skewness } from '../operators/aggregate/skewness.ts';
export { standardError } from '../operators/aggregate/standard-error.ts';
export { stddev } from '../operators/aggregate/stddev.ts';
export { sum } from '../operators/aggregate/sum.ts';
export { timeWeightedMean } from '../operators/aggregate/time-weighted-mean.ts';
export { topK } from '../operators/aggregate/top-k.ts';
export { variance } from '../operators/aggregate/variance.ts';
export { weightedMean } from '../operators/aggregate/weighted-mean.ts';
export type { AggregatorSpec } from '../operators/aggregate/aggregator-accumulators.ts';
export type { DdofOptions } from '../operators/aggregate/ddof.ts';
export type { Interpolation } from '../operators/aggregate/quantile-accumulators.ts';
export type { TwoNumbersAggregate } from '../operators/aggregate/two-numbers.ts';
export type { ValueCount } from '../operators/aggregate/top-k-accumulators.ts';
export type {
  Aggregate,
  AggregateMaker,
  AggregateRecipe,
  Aggregates,
  FieldAggregate,
  FieldValue,
  ResultOf,
  Results,
} from '../operators/aggregate/aggregate.ts';

export { bytes } from '../core/format/bytes.ts';
export { csv, type CsvFormatOptions } from '../core/format/csv.ts';
export { format } from '../core/format/format.ts';
export { json } from '../core/format/json.ts';
export { jsonLines } from '../core/format/json-lines.ts';
export { text } from '../core/format/text.ts';

export { ArgumentError, ConnectorError, DataError, type ErrorCode, errorCodes, StreamError } from '../core/errors.ts';
export type { Fault, Origin, Rejection, RejectionKind } from '../core/rejection.ts';
export type { RejectPolicies, RejectPolicy } from '../core/reject-policy.ts';
export type { StepLedger } from '../core/ledger.ts';
export type { Duration } from '../core/duration.ts';
export type { KeyLimits } from '../core/key-limits.ts';

// What a connector or a store of somebody else's is made of.
export type { Accumulators } from '../core/accumulators.ts';
export type { Checkpoint, CheckpointStore, OpenCheckpointStore } from '../core/checkpoint.ts';
export type { Batch, Position, Positions, Unreadable } from '../core/batch.ts';
export type { Clock } from '../core/clock.ts';
export type { HeldBudget, HeldShare } from '../core/held-budget.ts';
export type { Broken, Cuts, Encoder, Format, Splitter, SplitterRequest, SplitterState } from '../core/format.ts';
export type { Key, KeyTable, KeyTableState } from '../core/key.ts';
export type { Link, InputLink, PolicyLink, SinkLink, StepLink } from '../core/layout.ts';
export type { Counts, Tally } from '../core/ledger.ts';
export type { Plain } from '../core/plain.ts';
export type { Processor, ProcessorContext, Receiver, Refusal } from '../core/processor.ts';
export type { FieldUse, Maker, Parts, Recipe, Step } from '../core/recipe.ts';
export type { Sink, SinkRequest, SinkState, SinkTraits, SinkWriter } from '../core/sink.ts';
export type { Piece, PipelineSnapshot, SlotSnapshot, StepSnapshot } from '../core/snapshot.ts';
export type {
  JoinRequest,
  Membership,
  Sharing,
  Source,
  SourceEvent,
  SourceNotice,
  SourceReader,
  SourceRequest,
  SourceTraits,
} from '../core/source.ts';

// Re-exported, so that the types of a chain can be written down.
export type { Casted, CastName, CastRule, CastSpec, CastTypes } from '../operators/cast/cast.ts';
export type { CastOf } from '../operators/cast/cast-types.ts';
export type { Fill, FilledForSure, FillMissingOptions } from '../operators/clean/fill-missing.ts';
export type { CallContext } from '../operators/flow/call.ts';
export type { MapAsyncOptions } from '../operators/flow/map-async.ts';
export type { Renamed } from '../operators/flow/rename.ts';
export type { Inputs, Operator } from '../operators/operator.ts';
export type { Decay, OneOf } from '../operators/smooth/decay.ts';
export type { KeyFunctions } from '../operators/flow/key-by.ts';
export type { Standalone } from '../operators/standalone.ts';
export type { EwmaOptions } from '../operators/smooth/ewma.ts';
export type { MovingOptions } from '../operators/smooth/moving-average.ts';
export type { EventTimeOptions, TimeOf } from '../operators/time/event-time.ts';
export type { SortByTimeOptions } from '../operators/time/sort-by-time.ts';
export type { CountWindowOptions } from '../operators/window/count-window.ts';
export type { GlobalWindowOptions } from '../operators/window/global-window.ts';
export type { SessionWindowOptions } from '../operators/window/session-window.ts';
export type { CalendarUnit, Weekday } from '../operators/window/calendar.ts';
export type { CalendarOptions, NothingOf, Pane, WindowOptions, WindowRow } from '../operators/window/window-options.ts';
export type { KnownFields, NoSuchField } from '../core/known-fields.ts';
export type { Flat, KeyOf, KeyRow, Names, NamesOf, Present, Put } from '../core/row-types.ts';
