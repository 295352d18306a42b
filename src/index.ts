export { Stream, stream, type StreamOptions } from './stream.ts';
export type { Windowed } from './windowed.ts';
export { Job, type JobMetrics, type JobReport, type JobWarning, type RunOptions } from './job/job.ts';
export type { EngineChoice } from './engine/engine.ts';
export type { ExplainFormat } from './explain.ts';

export { count } from '../operators/aggregate/count.ts';
export { first } from '../operators/aggregate/first.ts';
export { last } from '../operators/aggregate/last.ts';
export { max } from '../operators/aggregate/max.ts';
export { mean } from '../operators/aggregate/mean.ts';
export { min } from '../operators/aggregate/min.ts';
export { sum } from '../operators/aggregate/sum.ts';
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

// What a connector or a store of somebody else's is made of.
export type { Accumulators } from '../core/accumulators.ts';
export type { Batch, Position, Positions, Unreadable } from '../core/batch.ts';
export type { Clock } from '../core/clock.ts';
export type { Broken, Cuts, Encoder, Format, Splitter, SplitterRequest, SplitterState } from '../core/format.ts';
export type { Key, KeyTable, KeyTableState } from '../core/key.ts';
export type { Link, InputLink, PolicyLink, SinkLink, StepLink } from '../core/layout.ts';
export type { Counts } from '../core/ledger.ts';
export type { Plain } from '../core/plain.ts';
export type { Processor, ProcessorContext, Receiver, Refusal } from '../core/processor.ts';
export type { FieldUse, Maker, Parts, Recipe, Step } from '../core/recipe.ts';
export type { Sink, SinkRequest, SinkState, SinkTraits, SinkWriter } from '../core/sink.ts';
export type { Piece } from '../core/snapshot.ts';
export type { Source, SourceEvent, SourceNotice, SourceReader, SourceRequest, SourceTraits } from '../core/source.ts';

// Re-exported, so that the types of a chain can be written down.
export type { Casted, CastName, CastRule, CastSpec, CastTypes } from '../operators/cast/cast.ts';
export type { CastOf } from '../operators/cast/cast-types.ts';
export type { Fill, FilledForSure, FillMissingOptions } from '../operators/clean/fill-missing.ts';
export type { Renamed } from '../operators/flow/rename.ts';
export type { Inputs, Operator } from '../operators/operator.ts';
export type { Decay, OneOf } from '../operators/smooth/decay.ts';
export type { KeyFunctions } from '../operators/flow/key-by.ts';
export type { Standalone } from '../operators/standalone.ts';
export type { EwmaOptions } from '../operators/smooth/ewma.ts';
export type { MovingOptions } from '../operators/smooth/moving-average.ts';
export type { EventTimeOptions, TimeOf } from '../operators/time/event-time.ts';
export type { WindowOptions, WindowRow } from '../operators/window/window-options.ts';
export type { KnownFields, NoSuchField } from '../core/known-fields.ts';
export type { Flat, KeyOf, KeyRow, Names, NamesOf, Present, Put } from '../core/row-types.ts';
