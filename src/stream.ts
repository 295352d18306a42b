import { Observable, type ObservableInput, type OperatorFunction } from 'rxjs';
import { ArgumentError } from '../core/errors.ts';
import { callback } from '../core/guards.ts';
import type { InputLink, Link } from '../core/layout.ts';
import { policies, type RejectPolicies } from '../core/reject-policy.ts';
import type { KnownFields } from '../core/known-fields.ts';
import type { Flat, Names, NamesOf, Present, Put } from '../core/row-types.ts';
import type { Duration } from '../core/duration.ts';
import type { KeyLimits } from '../core/key-limits.ts';
import type { Sink } from '../core/sink.ts';
import type { Source } from '../core/source.ts';
import { cast, type Casted, type CastSpec } from '../operators/cast/cast.ts';
import { dropMissing } from '../operators/clean/drop-missing.ts';
import {
  type Fill,
  type FilledForSure,
  fillMissing,
  type FillMissingOptions,
} from '../operators/clean/fill-missing.ts';
import { derive } from '../operators/flow/derive.ts';
import { filter } from '../operators/flow/filter.ts';
import { flatMap } from '../operators/flow/flat-map.ts';
import { keyBy } from '../operators/flow/key-by.ts';
import type { CallContext } from '../operators/flow/call.ts';
import { map } from '../operators/flow/map.ts';
import { mapAsync, type MapAsyncOptions } from '../operators/flow/map-async.ts';
import { rename, type Renamed } from '../operators/flow/rename.ts';
import { select } from '../operators/flow/select.ts';
import { union } from '../operators/flow/union.ts';
import { unkeyed } from '../operators/flow/unkeyed.ts';
import type { Operator } from '../operators/operator.ts';
import { ewma, type EwmaOptions } from '../operators/smooth/ewma.ts';
import { movingAverage, type MovingOptions } from '../operators/smooth/moving-average.ts';
import { eventTime, type EventTimeOptions, type TimeOf } from '../operators/time/event-time.ts';
import { sortByTime, type SortByTimeOptions } from '../operators/time/sort-by-time.ts';
import { calendarWindow } from '../operators/window/calendar-window.ts';
import { cumulativeWindow } from '../operators/window/cumulative-window.ts';
import { slidingWindow } from '../operators/window/sliding-window.ts';
import { countWindow, type CountWindowOptions } from '../operators/window/count-window.ts';
import { globalWindow, type GlobalWindowOptions } from '../operators/window/global-window.ts';
import { sessionWindow, type SessionWindowOptions } from '../operators/window/session-window.ts';
import { tumblingWindow } from '../operators/window/tumbling-window.ts';
import type { CalendarOptions, NothingOf, WindowOptions } from '../operators/window/window-options.ts';
import { explain, type ExplainFormat } from './explain.ts';
import { foreignStep } from './foreign.ts';
import type { EngineChoice } from './engine/engine.ts';
import { inputLink } from './input.ts';
import { iterate } from './iterate.ts';
import { isSinkValue, Job } from './job/job.ts';
import { subscribeTo } from './subscribe.ts';
import { Windowed } from './windowed.ts';

export interface StreamOptions {
  /**
   * `own`: the chain runs on a copy of the engine of its own, which is faster in a process with many chains and costs a
   * millisecond at the start. `shared`: it does not. Default: a job has its own, a subscription shares.
   */
  readonly engine?: EngineChoice;
}

/**
 * Makes a stream of a source, a list, an Observable, a Promise or an async iterable.
 *
 * - **Starts** when somebody subscribes, or a job runs it; once for each.
 * - **Completes** and **fails** as its input does.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `input` is none of these.
 */
export function stream<T>(input: Source<T> | ObservableInput<T>, options: StreamOptions = {}): Stream<T> {
  const { engine } = options;
  if (engine !== undefined && engine !== 'own' && engine !== 'shared') {
    throw new ArgumentError('stream', 'engine', "'own' or 'shared'", engine);
  }
  return new Stream<T>(inputLink(input), engine);
}

const linkOf = new WeakMap<Observable<unknown>, Link>();

/** A lazy, cold, real `Observable<T>`; `Key` holds the fields that it is keyed by. */
export class Stream<T, Key = {}> extends Observable<T> {
  readonly #link: Link;
  readonly #engine: EngineChoice | undefined;
  /** For the compiler alone. */
  declare readonly key?: Key;

  constructor(link: Link, engine?: EngineChoice) {
    super((subscriber) => subscribeTo(link, engine ?? 'shared', subscriber));
    this.#link = link;
    this.#engine = engine;
    linkOf.set(this, link);
  }

  /**
   * One of our operators, or any RxJS operator. What a foreign one emits during the call inherits time, key and origin of the
   * record; what it emits later (`delay`, `mergeMap(fetch)`) has none.
   */
  through<Out>(
    operator: OperatorFunction<T, Out>,
    options: { readonly stateless?: true; readonly name?: string } = {},
  ): Stream<Out, Key> {
    callback('through', 'operator', operator);
    const { name } = options;
    const ours = (operator as Partial<Operator<T, Out>>).steps;
    const steps = ours ?? [foreignStep(operator, options.stateless === true)];
    const others = ((operator as Partial<Operator<T, Out>>).others ?? []).map(
      (other) => linkOf.get(other as Observable<unknown>) ?? inputLink(other),
    );
    const last = steps.length - 1;
    const link = steps.reduce<Link>(
      (before, step, index) => ({
        kind: 'step',
        before,
        others: index === last ? others : [],
        step,
        ...(index === last && name !== undefined ? { name } : {}),
      }),
      this.#link,
    );
    return this.#with(link);
  }

  /** Makes another record of each: the operator `map`. */
  map<Out>(fn: (value: T) => Out): Stream<Out, Key> {
    return this.through(map(fn));
  }

  /** Makes another record of each by an outside call: the operator `mapAsync`. */
  mapAsync<Out>(
    fn: (value: T, context: CallContext) => PromiseLike<Out> | Out,
    options: MapAsyncOptions = {},
  ): Stream<Out, Key> {
    return this.through(mapAsync<T, Out>(fn, options));
  }

  /** Lets through what `fn` accepts: the operator `filter`. */
  filter<Out extends T>(fn: (value: T) => value is Out): Stream<Out, Key>;
  filter(fn: (value: T) => boolean): Stream<T, Key>;
  filter(fn: (value: T) => boolean): Stream<T, Key> {
    return this.through(filter(fn));
  }

  /** Makes any number of records of each: the operator `flatMap`. */
  flatMap<Out>(fn: (value: T) => Iterable<Out>): Stream<Out, Key> {
    return this.through(flatMap(fn));
  }

  /** Keeps these fields only: the operator `select`. */
  select<F extends Names<T>>(...fields: F[]): Stream<Flat<Pick<T, F>>, Key> {
    return this.through(select<T, F>(...fields));
  }

  /** Adds fields made from the record: the operator `derive`. */
  derive<R extends object>(fields: { [K in keyof R]: (value: T) => R[K] }): Stream<Put<T, R>, Key> {
    return this.through(derive<T, R>(fields));
  }

  /** Gives fields other names: the operator `rename`. */
  rename<const M extends { readonly [K in Names<T>]?: string }>(
    names: M & KnownFields<T, M>,
  ): Stream<Renamed<T, M>, Key> {
    return this.through(rename<T, M>(names as never));
  }

  /** Puts the records of several streams into one: the operator `union`. */
  union<U>(...others: Stream<U, unknown>[]): Stream<T | U> {
    return this.through(union<T, U>(...others)) as Stream<T | U>;
  }

  /** Drops records that miss one of these fields: the operator `dropMissing`. */
  dropMissing<F extends Names<T>>(...fields: F[]): Stream<Present<T, F>, Key> {
    return this.through(dropMissing<T, F>(...fields));
  }

  /** Fills in missing values: the operator `fillMissing`. */
  fillMissing<const F extends { readonly [K in Names<T>]?: Fill<T[K]> }>(
    fields: F & KnownFields<T, F>,
    options: KeyLimits = {},
  ): Stream<Present<T, FilledForSure<F>>, Key> {
    return this.through(fillMissing<T, F>(fields as never, options as FillMissingOptions<T>));
  }

  /** Turns fields into the types that they should have: the operator `cast`. */
  cast<const S extends CastSpec<T>>(spec: S & KnownFields<T, S>): Stream<Casted<T, S>, Key> {
    return this.through(cast<T, S>(spec as never));
  }

  /**
   * What happens to records that a step could not use. One policy covers the whole chain, its source included; of several,
   * each covers the steps from it to the next, the first also those before.
   */
  onReject(policy: RejectPolicies): Stream<T, Key> {
    policies('onReject', policy);
    return this.#with({ kind: 'policy', before: this.#link, policies: policy });
  }

  /** Says where the event time stands: the operator `eventTime`. */
  eventTime(time: TimeOf<T>, options?: EventTimeOptions): Stream<T, Key> {
    return this.through(eventTime<T>(time, options));
  }

  /** Puts records into the order of their event time: the operator `sortByTime`. */
  sortByTime(options: SortByTimeOptions = {}): Stream<T, Key> {
    return this.through(sortByTime<T>(options));
  }

  /** Keeps records of different keys apart: the operator `keyBy`. */
  keyBy<R extends object>(fields: { [K in keyof R]: (value: T) => R[K] }): Stream<T, R>;
  keyBy<F extends Names<T>>(...fields: readonly [F, ...F[]]): Stream<T, Flat<Pick<T, F>>>;
  keyBy(...key: readonly unknown[]): Stream<T, never> {
    return this.through(keyBy<T>(...(key as Parameters<typeof keyBy<T>>))) as unknown as Stream<T, never>;
  }

  /** Takes the key back: the operator `unkeyed`. */
  unkeyed(): Stream<T> {
    return this.through(unkeyed<T>()) as Stream<T>;
  }

  /** Windows of one size side by side: the operator `tumblingWindow`. */
  tumblingWindow<E extends boolean = false>(
    size: Duration,
    options?: WindowOptions & { readonly empty?: E },
  ): Windowed<T, Key, NothingOf<E>> {
    return new Windowed(this, (aggregate) => tumblingWindow<T>({ ...options, size, aggregate } as never));
  }

  /** The last `size` every `slide`: the operator `slidingWindow`. */
  slidingWindow<E extends boolean = false>(
    options: { readonly size: Duration; readonly slide: Duration; readonly empty?: E } & WindowOptions,
  ): Windowed<T, Key, NothingOf<E>> {
    return new Windowed(this, (aggregate) => slidingWindow<T>({ ...options, aggregate } as never));
  }

  /** From the start of each `size` on, one window longer with every `step`: the operator `cumulativeWindow`. */
  cumulativeWindow<E extends boolean = false>(
    options: { readonly size: Duration; readonly step: Duration; readonly empty?: E } & WindowOptions,
  ): Windowed<T, Key, NothingOf<E>> {
    return new Windowed(this, (aggregate) => cumulativeWindow<T>({ ...options, aggregate } as never));
  }

  /** Hours, days, weeks, months, quarters or years of a time zone: the operator `calendarWindow`. */
  calendarWindow<E extends boolean = false>(
    options: CalendarOptions & { readonly empty?: E },
  ): Windowed<T, Key, NothingOf<E>> {
    return new Windowed(this, (aggregate) => calendarWindow<T>({ ...options, aggregate } as never));
  }

  /** Windows that end where nothing comes for a while: the operator `sessionWindow`. */
  sessionWindow(options: SessionWindowOptions<T>): Windowed<T, Key> {
    return new Windowed(this, (aggregate) => sessionWindow<T>({ ...options, aggregate }));
  }

  /** Windows of so many records: the operator `countWindow`. */
  countWindow(options: CountWindowOptions): Windowed<T, Key> {
    return new Windowed(this, (aggregate) => countWindow<T>({ ...options, aggregate }));
  }

  /** One window for all records, up to the end: the operator `globalWindow`. */
  globalWindow(options: GlobalWindowOptions = {}): Windowed<T, Key> {
    return new Windowed(this, (aggregate) => globalWindow<T>({ ...options, aggregate }));
  }

  /** Smooths a field with an exponentially weighted moving average: the operator `ewma`. */
  ewma<F extends NamesOf<T, number>, const As extends string>(
    field: F,
    options: EwmaOptions & KeyLimits & { readonly as: As },
  ): Stream<Put<T, { [P in As]: number | null }>, Key> {
    return this.through(ewma<T, F, As>(field, options)) as never;
  }

  /** Smooths a field with the mean of its last values: the operator `movingAverage`. */
  movingAverage<F extends NamesOf<T, number>, const As extends string>(
    field: F,
    options: MovingOptions & KeyLimits & { readonly as: As },
  ): Stream<Put<T, { [P in As]: number | null }>, Key> {
    return this.through(movingAverage<T, F, As>(field, options)) as never;
  }

  /** Names the last step: snapshots, the ledger and `explain()` use it. */
  named(name: string): Stream<T, Key> {
    if (typeof name !== 'string' || name === '') throw new ArgumentError('named', 'name', 'a text', name);
    if (this.#link.kind !== 'step') {
      throw new ArgumentError('named', 'name', 'called behind the step that it names', name);
    }
    return this.#with({ ...this.#link, name });
  }

  /**
   * Hands a copy of every record to a further sink, and goes on. Sinks that follow checkpoints are exactly once here, too;
   * others at least once. Such a chain needs a job: it cannot be subscribed to.
   *
   * @throws ArgumentError (`ML_ARGUMENT`), when called, if `sink` is none.
   */
  alsoTo(sink: Sink<T>): Stream<T, Key> {
    if (!isSinkValue(sink)) throw new ArgumentError('alsoTo', 'sink', 'a sink such as toFile(...)', sink);
    return this.#with({ kind: 'sink', before: this.#link, sink });
  }

  /** Runs the chain into a sink. */
  to(sink: Sink<T>): Job {
    if (!isSinkValue(sink)) throw new ArgumentError('to', 'sink', 'a sink such as toFile(...)', sink);
    return new Job([{ kind: 'sink', before: this.#link, sink }], this.#engine ?? 'own');
  }

  /** All rows, once the stream has ended. */
  toArray(): Promise<T[]> {
    const rows: T[] = [];
    return new Promise((resolve, reject) => {
      this.subscribe({ next: (row) => void rows.push(row), error: reject, complete: () => resolve(rows) });
    });
  }

  /** The chain as text, or as a Mermaid flowchart. */
  explain(format: ExplainFormat = 'text'): string {
    return explain([this.#link], format);
  }

  /** Rows one by one; the chain waits while nobody asks. */
  [Symbol.asyncIterator](): AsyncIterator<T> {
    return iterate<T>(this.#link, this.#engine ?? 'shared');
  }

  #with<Out, OutKey>(link: Link): Stream<Out, OutKey> {
    return new Stream<Out, OutKey>(link, this.#engine);
  }
}

/** The link behind which a stream stands: for `drive`, which runs chains by hand. */
export function linkOfStream(of: Observable<unknown>): Link | undefined {
  return linkOf.get(of);
}

export type { InputLink };
