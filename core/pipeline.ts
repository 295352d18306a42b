import type { Clock } from './clock.ts';
import { type Key, KeyTable } from './key.ts';
import { Counts, ledgerLine, type StepLedger } from './ledger.ts';
import type { InputNode, Plan, PlanNode, StepNode } from './plan.ts';
import { fireBudget, type Processor, type ProcessorContext, type Receiver, type Refusal } from './processor.ts';
import type { Parts } from './recipe.ts';
import type { Origin, Rejection } from './rejection.ts';
import type { PipelineSnapshot, StepSnapshot } from './snapshot.ts';
import { StreamError } from './errors.ts';

/** What a pipeline needs from whoever runs it. */
export interface Environment {
  readonly clock: Clock;
  /** Where the rows of the plan's output nodes go, in their order. */
  readonly outlets: readonly Outlet[];
  /** Applies the policy of the node; throws to end the pipeline. */
  reject(node: number, rejection: Rejection): void;
  /** Whoever runs the pipeline lets it fire in pieces; else everything that is due fires within the call that made it due. */
  readonly inPieces?: true;
  /** Something failed while no sweep was under way: there is nobody to throw to. */
  fail(cause: unknown): void;
}

/** The edge of a pipeline: an RxJS subscriber is one, and so is the buffer of a sink. */
export interface Outlet {
  next(value: unknown, timestamp: number): void;
  /** True once nobody wants more: the sweep ends there. */
  readonly closed?: boolean;
  watermark?(at: number): void;
}

/** A source partition as the pipeline knows it: its number is the slot that signals and held records carry. */
export interface Slot {
  readonly partition: string;
  readonly head: Head;
  watermark: number;
}

/** A record's neighbours know where it came from: a batch, or whoever pushes by hand. */
export interface OriginOf {
  origin(index: number): Origin | undefined;
}

/**
 * A plan at work: processors linked by direct calls, the heads that push records into them, and the order of a sweep.
 * Everything in it is synchronous; whoever runs it decides when to sweep and when to let the event loop have a turn.
 */
export class Pipeline implements ProcessorContext {
  readonly heads: readonly Head[];
  readonly slots: Slot[] = [];
  readonly clock: Clock;
  /** The key of records that have none. */
  readonly everything: Key;
  stopped = false;
  slot = 0;
  /** Whether the sweep must pause before the next record: somebody left, or a step has more to fire. */
  interrupted = false;
  /** Whether a sweep is under way. */
  busy = false;
  batch: OriginOf | undefined = undefined;
  index = 0;
  readonly #environment: Environment;
  readonly #nodes: readonly PlanNode[];
  readonly #processors: readonly (Processor | undefined)[];
  readonly #counts: readonly Counts[];
  readonly #unfinished: Processor[] = [];
  readonly #due: Processor[] = [];
  readonly #later: (() => void)[] = [];
  readonly #alarms = new Map<Processor, { readonly at: number; readonly cancel: () => void }>();
  readonly #unkeyed = new KeyTable([]);
  /** What came from within a sweep, of all heads in its order. */
  readonly #waiting: (() => void)[] = [];
  #draining = false;
  #resumed: { readonly origin: Origin | undefined } | undefined;

  constructor(plan: Plan, environment: Environment, parts: Parts = noParts) {
    this.#environment = environment;
    this.#nodes = plan.nodes;
    this.clock = environment.clock;
    this.everything = this.#unkeyed.add(undefined, undefined);
    this.#unkeyed.hold(this.everything);
    this.#processors = plan.nodes.map((node) => (node.kind === 'step' ? processorOf(node, parts) : undefined));
    this.#counts = this.#processors.map((processor) => processor?.counts ?? new Counts());
    this.heads = link(plan.nodes, this.#processors, this, this.#counts, environment.outlets);
    this.#shareKeys();
    for (const processor of this.#processors) {
      if (processor === undefined) continue;
      processor.context = this;
      processor.open();
    }
  }

  /** Fires all that is due, unless whoever runs the pipeline does so in pieces. */
  finish(): void {
    if (this.#environment.inPieces) return;
    while (this.fire(fireBudget) === 'more');
  }

  /** Fires about `budget` rows of what is due. */
  fire(budget: number): 'done' | 'more' {
    if (this.stopped) return 'done';
    const step = this.#unfinished[0];
    if (step !== undefined) {
      if (step.fire(budget) === 'done') this.#unfinished.shift();
    } else if (this.#due.length > 0) this.#due.shift()?.onTime(this.clock.now());
    else this.#later.shift()?.();
    this.interrupted = this.stopped || this.#unfinished.length + this.#due.length + this.#later.length > 0;
    return this.interrupted && !this.stopped ? 'more' : 'done';
  }

  /** Acts now; from within a sweep, behind it and behind what waits already. */
  whenFree(act: () => void): void {
    if (this.busy) this.#waiting.push(act);
    else act();
  }

  /** After a sweep: what has waited for its end. A sweep among this comes back here, and returns: nothing recurses. */
  drain(): void {
    if (this.#waiting.length === 0 || this.#draining) return;
    this.#draining = true;
    try {
      while (!this.stopped) {
        const act = this.#waiting.shift();
        if (act === undefined) return;
        act();
      }
    } finally {
      this.#draining = false;
    }
  }

  stop(): void {
    this.stopped = true;
    this.interrupted = true;
  }

  isTimed(step: Processor): boolean {
    const timed = (index: number): boolean => {
      const node = this.#nodes[index] as PlanNode;
      if (node.kind === 'input') return false;
      return (node.kind === 'step' && node.step.recipe.time === 'sets') || node.inputs.some(timed);
    };
    const own = this.#nodes[this.#processors.indexOf(step)];
    return own?.kind === 'step' && own.inputs.some(timed);
  }

  fail(cause: unknown): void {
    if (this.busy) throw cause;
    this.#environment.fail(cause);
  }

  betweenSweeps(act: () => void): void {
    if (this.stopped) return;
    if (this.busy || this.interrupted) {
      this.#later.push(act);
      this.interrupted = true;
      return;
    }
    this.busy = true;
    try {
      act();
      this.finish();
    } catch (cause: unknown) {
      this.#environment.fail(cause);
    } finally {
      this.busy = false;
    }
  }

  /** Something to wait for before the next record: a step has enough outside calls under way. */
  waiting(): Promise<void> | undefined {
    for (const processor of this.#processors) {
      const wait = processor?.waiting();
      if (wait !== undefined) return wait;
    }
    return undefined;
  }

  /** No input will say anything more: who waited for the end lets go, upstream first. */
  end(): void {
    this.busy = true;
    try {
      for (const processor of this.#processors) {
        if (this.stopped) return;
        processor?.end();
        while (this.fire(fireBudget) === 'more');
      }
    } finally {
      this.busy = false;
    }
  }

  close(): void {
    this.stop();
    for (const { cancel } of this.#alarms.values()) cancel();
    this.#alarms.clear();
    for (const processor of this.#processors) processor?.close();
  }

  get ledger(): readonly StepLedger[] {
    return this.#nodes.flatMap((node, index) => {
      if (node.kind === 'output' ? !node.sink : node.kind === 'step' && node.hidden) return [];
      const counts = this.#counts[index] as Counts;
      return [ledgerLine(node.name, this.#received(node, counts), counts)];
    });
  }

  snapshot(): PipelineSnapshot {
    const steps: Record<string, StepSnapshot> = {};
    this.#stateful((node, processor) => {
      const { operator, version } = node.step.recipe;
      steps[node.name] = { operator, version, state: [...processor.snapshot()] };
    });
    const inputs = this.heads.map((head) => [
      head.node.name,
      this.slots.filter((slot) => slot.head === head).map(({ partition, watermark }) => ({ partition, watermark })),
    ]);
    return { version: 1, steps, inputs: Object.fromEntries(inputs) };
  }

  restore(snapshot: PipelineSnapshot): void {
    const missing: string[] = [];
    const left = new Set(Object.keys(snapshot.steps));
    this.#stateful((node) => {
      const { operator, version } = node.step.recipe;
      const saved = snapshot.steps[node.name];
      if (saved?.operator === operator && saved.version === version) left.delete(node.name);
      else missing.push(node.name);
    });
    if (missing.length > 0 || left.size > 0) throw misfit(missing, [...left]);
    for (const head of this.heads) {
      for (const { partition, watermark } of snapshot.inputs[head.node.name] ?? []) {
        (this.slots[head.partition(partition)] as Slot).watermark = watermark;
      }
    }
    this.#stateful((node, processor) => processor.restore(snapshot.steps[node.name]?.state ?? []));
  }

  origin(): Origin | undefined {
    return this.#resumed === undefined ? this.batch?.origin(this.index) : this.#resumed.origin;
  }

  resume(origin: Origin | undefined): void {
    this.#resumed = { origin };
  }

  reject(step: Processor, value: unknown, timestamp: number, refusal: Refusal): void {
    step.counts[refusal.kind]++;
    this.rejectAt(this.#processors.indexOf(step), value, timestamp, refusal);
  }

  /** A rejection that somebody else has counted: the head's, for what its source could not read. */
  rejectAt(node: number, value: unknown, timestamp: number, refusal: Refusal): void {
    const origin = this.origin();
    this.#environment.reject(node, {
      ...refusal,
      value,
      operator: this.#nodes[node]?.name ?? '',
      ...(Number.isNaN(timestamp) ? {} : { timestamp }),
      ...(origin === undefined ? {} : { origin }),
    });
  }

  /** A row that was counted as written, and could not be. */
  rejectRow(node: number, value: unknown, timestamp: number, refusal: Refusal): void {
    const counts = this.#counts[node] as Counts;
    counts.absorbed--;
    counts[refusal.kind]++;
    this.rejectAt(node, value, timestamp, refusal);
  }

  unfinished(step: Processor): void {
    this.#unfinished.push(step);
    this.interrupted = true;
  }

  wakeAt(step: Processor, at: number): void {
    const before = this.#alarms.get(step);
    if (before !== undefined && before.at <= at) return;
    before?.cancel();
    const cancel = this.clock.wakeAt(at, () => {
      this.#alarms.delete(step);
      this.#due.push(step);
      this.interrupted = true;
      // Between two sweeps nobody else would fire it; inside one, the sweep does at its end.
      if (this.busy) return;
      try {
        this.finish();
      } catch (cause: unknown) {
        this.#environment.fail(cause);
      }
    });
    this.#alarms.set(step, { at, cancel });
  }

  advanced(slot: number, watermark: number): void {
    const state = this.slots[slot];
    if (state !== undefined) state.watermark = watermark;
  }

  /** Forgets the origin of a held record: the next one has its own. */
  begin(slot: number, batch: OriginOf | undefined, index: number): void {
    this.slot = slot;
    this.batch = batch;
    this.index = index;
    this.#resumed = undefined;
  }

  #received(node: PlanNode, counts: Counts): number {
    if (node.kind === 'input') return counts.passed + counts.invalid;
    return node.inputs.reduce((sum, input) => {
      const before = this.#counts[input] as Counts;
      return sum + before.passed + before.made;
    }, 0);
  }

  #stateful(visit: (node: StepNode, processor: Processor) => void): void {
    this.#nodes.forEach((node, index) => {
      const processor = this.#processors[index];
      if (node.kind === 'step' && processor !== undefined && node.step.recipe.stateful) visit(node, processor);
    });
  }

  #shareKeys(): void {
    const tables: KeyTable[] = [];
    this.#nodes.forEach((node, index) => {
      const processor = this.#processors[index];
      const before = node.kind === 'input' ? undefined : tables[node.inputs[0] as number];
      const use = node.kind === 'step' ? node.step.recipe.key : 'keeps';
      if (processor !== undefined && use !== 'sets') {
        processor.keys = use === 'drops' ? this.#unkeyed : (before ?? this.#unkeyed);
      }
      tables[index] = processor?.keys ?? before ?? this.#unkeyed;
    });
  }
}

const noParts: Parts = { processors: {}, accumulators: {} };

/** Where the records of one input enter a pipeline. */
export class Head {
  readonly node: InputNode;
  readonly index: number;
  readonly #pipeline: Pipeline;
  readonly #first: Receiver;
  readonly #counts: Counts;
  readonly #partitions = new Map<string, number>();

  constructor(node: InputNode, index: number, pipeline: Pipeline, first: Receiver, counts: Counts) {
    this.node = node;
    this.index = index;
    this.#pipeline = pipeline;
    this.#first = first;
    this.#counts = counts;
  }

  /** The slot of a partition; a new one holds back the watermark from now on. */
  partition(name: string): number {
    const known = this.#partitions.get(name);
    if (known !== undefined) return known;
    const slot = this.#pipeline.slots.length;
    this.#pipeline.slots.push({ partition: name, head: this, watermark: Number.NEGATIVE_INFINITY });
    this.#partitions.set(name, slot);
    this.#signal(slot, () => this.#first.idle(false));
    return slot;
  }

  /** Pushes records `from` up to `until` (not included), and answers where it stopped: earlier when a step is unfinished. */
  sweep(
    values: readonly unknown[],
    from: number,
    until: number,
    slot: number,
    batch?: OriginOf,
    timestamps?: ArrayLike<number>,
  ): number {
    const pipeline = this.#pipeline;
    const first = this.#first;
    const { everything } = pipeline;
    const counts = this.#counts;
    let index = from;
    pipeline.begin(slot, batch, from - 1);
    pipeline.busy = true;
    try {
      while (index < until) {
        pipeline.index = index;
        first.record(values[index], timestamps === undefined ? Number.NaN : (timestamps[index] as number), everything);
        index++;
        if (pipeline.interrupted) break;
      }
    } finally {
      pipeline.busy = false;
      // After a throw `pipeline.index` is the record that threw: it came in, too.
      counts.passed += Math.max(index, pipeline.index + 1) - from;
    }
    return index;
  }

  /** One record by itself. Called from within a sweep it waits for the end of that sweep. */
  push(value: unknown, timestamp: number, slot: number): void {
    const pipeline = this.#pipeline;
    if (pipeline.busy) {
      pipeline.whenFree(() => this.push(value, timestamp, slot));
      return;
    }
    if (pipeline.interrupted) pipeline.finish();
    pipeline.begin(slot, undefined, 0);
    pipeline.busy = true;
    try {
      this.#counts.passed++;
      this.#first.record(value, timestamp, pipeline.everything);
      if (pipeline.interrupted) pipeline.finish();
    } finally {
      pipeline.busy = false;
    }
    pipeline.drain();
  }

  watermark(at: number, slot: number): void {
    this.#signal(slot, () => this.#first.watermark(at));
  }

  idle(on: boolean, slot: number): void {
    this.#signal(slot, () => this.#first.idle(on));
  }

  /** What the source could not make a record of. */
  reject(value: unknown, slot: number, refusal: Refusal, origin: Origin | undefined): void {
    this.#signal(slot, () => {
      this.#counts.invalid++;
      this.#pipeline.resume(origin);
      this.#pipeline.rejectAt(this.index, value, Number.NaN, refusal);
    });
  }

  /** No record will come in any of its partitions. The pipeline's own end follows when all heads have said so. */
  end(): void {
    for (const slot of this.slots) this.watermark(Number.POSITIVE_INFINITY, slot);
  }

  /** Of its partitions; it has at least one. */
  get slots(): readonly number[] {
    if (this.#partitions.size === 0) this.partition('0');
    return [...this.#partitions.values()];
  }

  #signal(slot: number, act: () => void): void {
    const pipeline = this.#pipeline;
    if (pipeline.busy) {
      pipeline.whenFree(() => this.#signal(slot, act));
      return;
    }
    pipeline.slot = slot;
    pipeline.busy = true;
    try {
      act();
      pipeline.finish();
    } finally {
      pipeline.busy = false;
    }
    pipeline.drain();
  }
}

/** Hands rows to the edge. */
class Output implements Receiver {
  readonly #outlet: Outlet;
  readonly #pipeline: Pipeline;
  readonly #counts: Counts;

  constructor(outlet: Outlet, pipeline: Pipeline, counts: Counts) {
    this.#outlet = outlet;
    this.#pipeline = pipeline;
    this.#counts = counts;
  }

  record(value: unknown, timestamp: number): void {
    this.#counts.absorbed++;
    this.#outlet.next(value, timestamp);
    if (this.#outlet.closed === true) this.#pipeline.stop();
  }

  watermark(at: number): void {
    this.#outlet.watermark?.(at);
  }

  idle(): void {}
}

/** A node that several others read from. */
class Tee implements Receiver {
  readonly #targets: readonly Receiver[];

  constructor(targets: readonly Receiver[]) {
    this.#targets = targets;
  }

  record(value: unknown, timestamp: number, key: Key): void {
    for (const target of this.#targets) target.record(value, timestamp, key);
  }

  watermark(at: number): void {
    for (const target of this.#targets) target.watermark(at);
  }

  idle(on: boolean): void {
    for (const target of this.#targets) target.idle(on);
  }
}

function processorOf(node: StepNode, parts: Parts): Processor {
  const { recipe, make } = node.step;
  return (parts.processors[recipe.operator] ?? make)(recipe.options as never, parts);
}

/** Ties every node to those that read from it, and answers the heads. */
function link(
  nodes: readonly PlanNode[],
  processors: readonly (Processor | undefined)[],
  pipeline: Pipeline,
  counts: readonly Counts[],
  outlets: readonly Outlet[],
): Head[] {
  const targets: Receiver[][] = nodes.map(() => []);
  let output = 0;
  nodes.forEach((node, index) => {
    if (node.kind === 'input') return;
    const edge =
      node.kind === 'output' ? new Output(outlets[output++] as Outlet, pipeline, counts[index] as Counts) : undefined;
    node.inputs.forEach((input, port) => {
      targets[input]?.push(edge ?? (processors[index] as Processor).port(port, node.inputs.length));
    });
  });
  const joined = targets.map((list) => (list.length === 1 ? (list[0] as Receiver) : new Tee(list)));
  processors.forEach((processor, index) => {
    if (processor !== undefined) processor.next = joined[index] as Receiver;
  });
  return nodes.flatMap((node, index) =>
    node.kind === 'input' ? [new Head(node, index, pipeline, joined[index] as Receiver, counts[index] as Counts)] : [],
  );
}

function misfit(missing: readonly string[], left: readonly string[]): StreamError {
  const told = [
    ...(missing.length > 0 ? [`nothing fits the steps ${missing.join(', ')}`] : []),
    ...(left.length > 0 ? [`no step fits the state of ${left.join(', ')}`] : []),
  ].join('; ');
  return new StreamError(
    'ML_SNAPSHOT',
    `snapshot: ${told}; give steps stable names with \`named\`, or start without it`,
  );
}
