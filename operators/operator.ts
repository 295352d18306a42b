import {
  asyncScheduler,
  from,
  Observable,
  type ObservableInput,
  type OperatorFunction,
  type SchedulerLike,
  Subscriber,
} from 'rxjs';
import type { Clock } from '../core/clock.ts';
import { type Layout, layOut, type Link } from '../core/layout.ts';
import type { Head } from '../core/head.ts';
import { Pipeline } from '../core/pipeline.ts';
import type { Recipe, Step } from '../core/recipe.ts';
import { Silence } from '../core/silence.ts';
import { applyPolicy, type RejectPolicies } from '../core/reject-policy.ts';
import { timestampsAsTheyAre } from './time/timestamps-as-they-are.ts';

/** A real RxJS operator that also carries the recipe of its processor, so that a `Stream` can fuse, snapshot and restore it. */
export interface Operator<In, Out> extends OperatorFunction<In, Out> {
  readonly recipe: Recipe;
  /** What a stream runs in its place: the step itself, behind those that give it time and key. */
  readonly steps: readonly Step[];
  /** Further inputs, of an operator that joins several; else none. */
  readonly others: Inputs<unknown>;
}

/** Further inputs of an operator that joins several. */
export type Inputs<T> = readonly ObservableInput<T>[];

/** What an operator has around it when it stands alone. */
export interface OperatorSettings {
  /** Steps that give the records time and key. */
  readonly before?: readonly Step[];
  readonly onReject?: RejectPolicies | undefined;
  readonly others?: Inputs<unknown>;
}

/** Makes a processor's step into an operator. The only place where one becomes the other. */
export function operator<In, Out>(step: Step, settings: OperatorSettings = {}): Operator<In, Out> {
  const { before = [], others = [] } = settings;
  const layout = (): Layout => layOut([chainOf([...before, step], settings)], timestampsAsTheyAre);
  const chain = (source: Observable<In>): Observable<Out> => pushed(layout(), [source, ...others]);
  return Object.assign(chain, { recipe: step.recipe, steps: [...before, step], others });
}

/** Runs steps on what Observables push. Everything happens within the sources' own calls. */
function pushed<Out>(layout: Layout, inputs: Inputs<unknown>): Observable<Out> {
  return new Observable<Out>((subscriber) => {
    const pipeline = new Pipeline(layout.plan, {
      clock: schedulerClock(asyncScheduler),
      outlets: [subscriber],
      reject: (node, rejection) => applyPolicy(layout.policies[node], rejection),
      fail: (cause) => subscriber.error(cause),
    });
    const ending = new Ending(pipeline, subscriber);
    subscriber.add(() => pipeline.close());
    inputs.forEach((input, index) => {
      if (!subscriber.closed) push(from(input), pipeline.heads[index] as Head, pipeline, subscriber, ending);
    });
  });
}

/** Pushes what an Observable emits into a head, in the Observable's own calls. While it is silent it is being asked all the time. */
export function push<In>(
  source: Observable<In>,
  head: Head,
  pipeline: Pipeline,
  subscriber: Subscriber<unknown>,
  ending: Ending,
): void {
  const slot = head.partition('0');
  const silence = new Silence(pipeline.clock, pipeline.idleAfter(head), (isSilent, forMs) => {
    try {
      head.idle(isSilent, slot, forMs);
      if (pipeline.over) ending.early();
    } catch (cause: unknown) {
      subscriber.error(cause);
    }
  });
  subscriber.add(() => silence.close());
  const upstream = new Subscriber<In>({
    next: (value) => {
      try {
        silence.broken();
        head.push(value, Number.NaN, slot);
        // A step may have ended the stream by itself, as `take` does.
        if (pipeline.over) ending.early();
      } catch (cause: unknown) {
        subscriber.error(cause);
      }
    },
    // From within an emission of ours they wait for the records that have come before them.
    error: (cause: unknown) => pipeline.whenFree(() => subscriber.error(cause)),
    complete: () => {
      silence.close();
      pipeline.whenFree(() => {
        try {
          ending.of(head);
        } catch (cause: unknown) {
          subscriber.error(cause);
        }
      });
    },
  });
  // Before it is subscribed: a source that emits within that call stops when the subscriber leaves.
  subscriber.add(upstream);
  source.subscribe(upstream);
}

/** Completes a subscriber when every input has ended and nothing is held any more. */
export class Ending {
  readonly #pipeline: Pipeline;
  readonly #subscriber: Subscriber<unknown>;
  readonly #open: Set<Head>;

  constructor(pipeline: Pipeline, subscriber: Subscriber<unknown>) {
    this.#pipeline = pipeline;
    this.#subscriber = subscriber;
    this.#open = new Set(pipeline.heads);
  }

  /** One input has ended. */
  of(head: Head): void {
    if (!this.#open.delete(head)) return;
    head.end();
    if (this.#open.size === 0) this.#pipeline.endThen(() => this.#subscriber.complete());
  }

  /** To be called where nobody catches a throw, when a step may have ended the stream by itself, as `take` does. */
  ifOver(): void {
    try {
      if (this.#pipeline.over) this.early();
    } catch (cause: unknown) {
      this.#subscriber.error(cause);
    }
  }

  /** No step wants more: the inputs are left where they are. */
  early(): void {
    for (const head of this.#open) this.of(head);
  }
}

function chainOf(steps: readonly Step[], { onReject, others = [] }: OperatorSettings): Link {
  const input = (): Link => ({ kind: 'input', name: 'source', timestamps: false, input: undefined });
  let link = input();
  steps.forEach((step, index) => {
    const joined = index === steps.length - 1 ? others.map(input) : [];
    link = { kind: 'step', before: link, others: joined, step };
  });
  return onReject === undefined ? link : { kind: 'policy', before: link, policies: onReject };
}

/** Processing time in Rx code: an RxJS scheduler, which a `TestScheduler` moves. */
export function schedulerClock(scheduler: SchedulerLike): Clock {
  return {
    now: () => scheduler.now(),
    wakeAt: (at, wake) => {
      const subscription = scheduler.schedule(wake, Math.max(0, at - scheduler.now()));
      return () => subscription.unsubscribe();
    },
  };
}
