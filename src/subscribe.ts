import { asyncScheduler, from, type Subscriber } from 'rxjs';
import { ArgumentError } from '../core/errors.ts';
import { type Layout, layOut, type Link } from '../core/layout.ts';
import type { Head, Pipeline } from '../core/pipeline.ts';
import { applyPolicy, isSink } from '../core/reject-policy.ts';
import { push, schedulerClock } from '../operators/operator.ts';
import { timestampsAsTheyAre } from '../operators/time/timestamps-as-they-are.ts';
import { type EngineChoice, engineFor } from './engine/engine.ts';
import type { Input } from './input.ts';
import { Pump } from './job/pump.ts';
import { openReader } from './job/reader.ts';
import { fieldsRead } from './fields-read.ts';

/** Records of a list that are swept before anybody looks whether the subscriber is still there. */
const listSlice = 1_024;

/**
 * Runs a chain for a subscriber. A list is swept within the call, an Observable within its own calls; a source and an async
 * iterable are read as fast as they come: a plain subscription has no way to ask them to wait.
 */
export function subscribeTo(link: Link, choice: EngineChoice, subscriber: Subscriber<unknown>): void {
  const layout = layOut([link], timestampsAsTheyAre);
  refuseSinks(layout);
  const engine = engineFor(layout, choice);
  const pipeline = new engine.Pipeline(
    layout.plan,
    {
      clock: schedulerClock(asyncScheduler),
      outlets: [subscriber],
      reject: (node, rejection) => applyPolicy(layout.policies[node], rejection),
      fail: (cause) => subscriber.error(cause),
    },
    engine.parts,
  );
  subscriber.add(() => pipeline.close());
  // All of them first: an input that has not spoken yet holds back the time of those that have.
  for (const head of pipeline.heads) head.partition('0');
  let open = layout.inputs.length;
  const ended = (): void => {
    if (--open > 0) return;
    pipeline.end();
    subscriber.complete();
  };
  layout.inputs.forEach(({ input }, index) => {
    if (subscriber.closed) return;
    const head = pipeline.heads[index]!;
    const each = input as Input;
    if (each.kind === 'list') sweepList(each.list, head, pipeline, subscriber, ended);
    else if (each.kind === 'push') subscriber.add(push(from(each.observable), head, pipeline, subscriber, ended));
    else pull(each, head, pipeline, subscriber, layout, ended);
  });
}

/** A sink needs somebody who opens, flushes and closes it: a job. */
export function refuseSinks(layout: Layout): void {
  const sink = layout.policies.flatMap((policy) => Object.values(policy)).find(isSink);
  if (sink !== undefined) {
    throw new ArgumentError(
      'onReject',
      'policy',
      'no sink here',
      sink.name,
      'a dead-letter sink needs a job: .to(...).run()',
    );
  }
}

function sweepList(
  list: Iterable<unknown>,
  head: Head,
  pipeline: Pipeline,
  subscriber: Subscriber<unknown>,
  ended: () => void,
): void {
  const slot = head.partition('0');
  try {
    for (const records of slices(list)) {
      let swept = 0;
      while (swept < records.length && !pipeline.stopped) {
        swept = head.sweep(records, swept, records.length, slot);
        if (pipeline.interrupted) pipeline.finish();
      }
      if (pipeline.stopped) break;
    }
    if (!pipeline.stopped) {
      head.end();
      ended();
    } else subscriber.complete();
  } catch (cause: unknown) {
    subscriber.error(cause);
  }
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
  input: Input,
  head: Head,
  pipeline: Pipeline,
  subscriber: Subscriber<unknown>,
  layout: Layout,
  ended: () => void,
): void {
  const stopping = new AbortController();
  const reader = openReader(input, {
    job: 'subscription',
    positions: {},
    fields: fieldsRead(layout, head.index),
    signal: stopping.signal,
    clock: pipeline.clock,
    notice: () => {},
  });
  subscriber.add(() => {
    stopping.abort();
    void reader.close();
  });
  const pump = new Pump({ pipeline, intakes: [{ head, reader }], signal: stopping.signal, credit: () => undefined });
  const done = pump.run().then((how) => {
    if (subscriber.closed) return;
    if (how === 'stopped') subscriber.complete();
    else ended();
  });
  done.catch((cause: unknown) => subscriber.error(cause));
}
