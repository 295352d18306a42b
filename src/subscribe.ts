import { asyncScheduler, from, type Subscriber } from 'rxjs';
import { ArgumentError } from '../core/errors.ts';
import type { Head } from '../core/head.ts';
import { type Layout, layOut, type Link } from '../core/layout.ts';
import type { Pipeline } from '../core/pipeline.ts';
import { applyPolicy, isSink } from '../core/reject-policy.ts';
import { Ending, push, schedulerClock } from '../operators/operator.ts';
import { timestampsAsTheyAre } from '../operators/time/timestamps-as-they-are.ts';
import { type EngineChoice, engineFor } from './engine/engine.ts';
import { fieldsRead } from './fields-read.ts';
import type { Input } from './input.ts';
import { type Intake, Pump } from './job/pump.ts';
import { openReader } from './job/reader.ts';
import { replayOf } from './job/terms.ts';

/** Records that are taken from an iterable at a time: an endless one can be left in between. */
const listSlice = 1_024;

/**
 * Runs a chain for a subscriber. A list is swept within the call, an Observable within its own calls; a source and an async
 * iterable are read as fast as they come: a plain subscription has no way to ask them to wait.
 */
export function subscribeTo(link: Link, choice: EngineChoice, subscriber: Subscriber<unknown>): void {
  const layout = layOut([link], timestampsAsTheyAre);
  refuseSinks(layout);
  const engine = engineFor(layout, choice);
  let ending: Ending | undefined;
  const pipeline = new engine.Pipeline(
    layout.plan,
    {
      clock: schedulerClock(asyncScheduler),
      outlets: [subscriber],
      reject: (node, rejection) => applyPolicy(layout.policies[node], rejection),
      fail: (cause) => subscriber.error(cause),
      // The answer of an outside call may be the last row that anybody wants.
      wake: () => ending?.ifOver(),
    },
    engine.parts,
  );
  subscriber.add(() => pipeline.close());
  ending = new Ending(pipeline, subscriber);
  ending.ifOver();
  const pulled: { readonly head: Head; readonly input: Input }[] = [];
  layout.inputs.forEach(({ input }, index) => {
    if (subscriber.closed) return;
    const head = pipeline.heads[index]!;
    const each = input as Input;
    if (each.kind === 'list') sweepList(each.list, head, pipeline, subscriber, ending);
    else if (each.kind === 'push') push(from(each.observable), head, pipeline, subscriber, ending);
    else pulled.push({ head, input: each });
  });
  if (pulled.length > 0 && !subscriber.closed) pull(pulled, pipeline, subscriber, layout, ending);
}

/** A sink needs somebody who opens, flushes and closes it: a job. */
export function refuseSinks({ sinks, policies }: Layout): void {
  const letters = policies.flatMap((policy) => Object.values(policy)).find(isSink);
  if (letters !== undefined) {
    const hint = 'a dead-letter sink needs a job: .to(...).run()';
    throw new ArgumentError('onReject', 'policy', 'no sink here', letters.name, hint);
  }
  const side = sinks.find((sink) => sink !== undefined);
  if (side !== undefined) {
    throw new ArgumentError('alsoTo', 'sink', 'left out here', side.name, 'a sink needs a job: .to(...).run()');
  }
}

function sweepList(
  list: Iterable<unknown>,
  head: Head,
  pipeline: Pipeline,
  subscriber: Subscriber<unknown>,
  ending: Ending,
): void {
  const slot = head.partition('0');
  const all = slices(list);
  const done = (): boolean => pipeline.stopped || pipeline.over;
  let records: readonly unknown[] = [];
  let swept = 0;
  const sweep = (): void => {
    try {
      while (!done()) {
        // Steps with enough calls under way get no further record: it goes on behind their answers.
        const calls = pipeline.waiting();
        if (calls !== undefined) {
          void calls.then(sweep);
          return;
        }
        if (swept === records.length) {
          const next = all.next();
          if (next.done === true) break;
          records = next.value;
          swept = 0;
        }
        swept = head.sweep(records, swept, records.length, slot);
        if (pipeline.interrupted) pipeline.finish();
        pipeline.drain();
      }
      all.return(undefined);
      if (pipeline.over) ending.early();
      else if (!pipeline.stopped) ending.of(head);
    } catch (cause: unknown) {
      all.return(undefined);
      subscriber.error(cause);
    }
  };
  sweep();
}

/** A list as it is; of any other iterable some records at a time, so that an endless one can be left. */
function* slices(list: Iterable<unknown>): Generator<readonly unknown[]> {
  if (Array.isArray(list)) {
    yield list;
    return;
  }
  let slice: unknown[] = [];
  for (const record of list) {
    slice.push(record);
    if (slice.length < listSlice) continue;
    yield slice;
    slice = [];
  }
  yield slice;
}

function pull(
  pulled: readonly { readonly head: Head; readonly input: Input }[],
  pipeline: Pipeline,
  subscriber: Subscriber<unknown>,
  layout: Layout,
  ending: Ending,
): void {
  const stopping = new AbortController();
  const { signal } = stopping;
  const intakes = pulled.map(({ head, input }): Intake => {
    const fields = fieldsRead(layout, head.index);
    const request = { job: 'subscription', positions: {}, fields, signal, clock: pipeline.clock, notice: () => {} };
    return { head, reader: openReader(input, request, pipeline.idleAfter(head)), live: isLive(input) };
  });
  subscriber.add(() => {
    stopping.abort();
    for (const { reader } of intakes) void reader.close();
  });
  const held = intakes.flatMap(({ reader }, index) => (keeps(pulled[index]!.input) ? [{ reader, index }] : []));
  const pump: Pump = new Pump({
    pipeline,
    intakes,
    signal,
    credit: () => undefined,
    // Whoever subscribes has had what is swept: a source that holds it until then may let it go.
    between: () => {
      if (held.length === 0) return undefined;
      const { positions } = pump;
      for (const { reader, index } of held) void reader.commit(positions[index]!).catch(() => {});
      return undefined;
    },
  });
  const done = pump.run().then(() => {
    if (subscriber.closed) return;
    for (const { head } of intakes) ending.of(head);
    if (pipeline.over) ending.early();
  });
  done.catch((cause: unknown) => subscriber.error(cause));
}

/** Whether it keeps what it is not told to forget. */
function keeps(input: Input): boolean {
  return replayOf(input) === 'held' || (input.kind === 'source' && input.source.traits.keeps === true);
}

/** Whether nobody knows when the input will say something. */
export function isLive(input: Input): boolean {
  return input.kind === 'source' ? input.source.traits.live : input.kind !== 'list';
}
