import type { Clock } from './clock.ts';
import { type Key, KeyTable } from './key.ts';
import type { Head } from './head.ts';
import { HeldBudget } from './held-budget.ts';
import { idleAfter } from './idle-after.ts';
import { Counts, ledgerLine, type StepLedger, type Tally } from './ledger.ts';
import { link } from './link.ts';
import type { Plan, PlanNode, StepNode } from './plan.ts';
import { fireBudget, type Processor, type ProcessorContext, type Refusal } from './processor.ts';
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
  /** Snapshots are taken, and another pipeline may go on from one. */
  readonly checkpointed?: true;
  /** Bytes that the steps may hold back, all together. Default: no limit. */
  readonly maxHeldBytes?: number;
  /** Of one that fires in pieces: something is due though no record came. */
  wake?(): void;
  /** A person should know this, and no record shows it. */
  warn?(node: number, message: string): void;
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
  /** Nothing as long as the input has not said which partitions it has. */
  partition: string | undefined;
  readonly head: Head;
  watermark: number;
  /** For how long the source was asked in vain; +Infinity: somebody said that the partition is idle. */
  quietMs: number;
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
  readonly checkpointed: boolean;
  readonly held: HeldBudget;
  /** The key of records that have none. */
  readonly everything: Key;
  /** The subscriber is gone. */
  stopped = false;
  /** No step wants another record: what is under way may still come out. */
  over = false;
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
  /** Steps that have more to fire. */
  readonly #unfinished: Processor[] = [];
  /** What steps want to do between two sweeps, with the node of each. */
  readonly #later: { readonly node: number; readonly act: () => void }[] = [];
  readonly #alarms = new Map<Processor, { readonly at: number; readonly cancel: () => void }>();
  readonly #unkeyed = new KeyTable([]);
  readonly #tables: KeyTable[] = [];
  /** Nodes that want no more records. */
  readonly #satisfied = new Set<number>();
  /** What came from within a sweep, of all heads in its order. */
  readonly #waiting: (() => void)[] = [];
  #draining = false;
  #ending = 0;
  #endTold = false;
  /** Ends the wait of whoever runs the pipeline. */
  #tellDue = (): void => {};
  #resumed: Origin | undefined;
  /** The index of the record during which `resume` was called; NaN: it was not. */
  #resumedAt: number = Number.NaN;

  constructor(plan: Plan, environment: Environment, parts: Parts = noParts) {
    this.#environment = environment;
    this.#nodes = plan.nodes;
    this.clock = environment.clock;
    this.checkpointed = environment.checkpointed === true;
    this.held = new HeldBudget(environment.maxHeldBytes);
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
    for (const head of this.heads) head.addSlot();
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
    const act = this.#nextAct();
    if (act !== undefined) act();
    else if (step?.fire(budget) === 'done') this.#unfinished.shift();
    const due = this.#unfinished.length + this.#later.length > 0;
    const more = !this.stopped && (due || this.#trims(budget));
    this.interrupted = more || this.stopped || this.over;
    return more ? 'more' : 'done';
  }

  /** Forgets about `budget` keys of those that are too many, and answers whether there are more. */
  #trims(budget: number): boolean {
    let left = budget;
    for (const table of this.#tables) left = table.trim(left);
    return left === 0;
  }

  /** An act as a sweep of its own; from within a sweep, behind it and behind what waits already. */
  alone(act: () => void): void {
    if (this.busy) {
      this.#waiting.push(() => this.alone(act));
      return;
    }
    this.busy = true;
    try {
      act();
      if (this.interrupted) this.finish();
    } finally {
      this.busy = false;
    }
    this.drain();
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
    return this.#isBehind(step, (node) => node.kind === 'step' && node.step.recipe.time === 'sets');
  }

  isLive(step: Processor): boolean {
    return this.#isBehind(step, (node) => node.kind === 'input' && node.live === true);
  }

  quietMs(slot: number): number {
    return this.slots[slot]?.quietMs ?? Number.POSITIVE_INFINITY;
  }

  warn(step: Processor, message: string): void {
    this.#environment.warn?.(this.#processors.indexOf(step), message);
  }

  betweenSweeps(step: Processor, act: () => void): void {
    if (this.stopped) return;
    this.#later.push({ node: this.#processors.indexOf(step), act });
    this.interrupted = true;
    if (this.busy) return;
    try {
      this.alone(() => {
        const free = this.#nextAct();
        free?.();
        this.interrupted = this.#unfinished.length + this.#later.length > 0 || this.stopped || this.over;
      });
    } catch (cause: unknown) {
      this.#environment.fail(cause);
    }
    if (!this.interrupted) return;
    this.#tellDue();
    this.#environment.wake?.();
  }

  /** The silences that steps behind this head take for its being idle, in ms, the shortest first. */
  idleAfter(head: Head): readonly number[] {
    return idleAfter(this.#nodes, head.index);
  }

  /** Something to wait for before the next record: a step has enough outside calls under way. */
  waiting(): Promise<void> | undefined {
    for (const processor of this.#processors) {
      const wait = processor?.waiting();
      if (wait !== undefined) return this.#unlessDue(wait);
    }
    return undefined;
  }

  /** As `waiting`, before something fires: nothing where an answer has come, for it may be what others wait for. */
  waitingToFire(): Promise<void> | undefined {
    return this.#later.length > 0 ? undefined : this.waiting();
  }

  /** Something to wait for: a step has outside calls under way. */
  underWay(): Promise<void> | undefined {
    for (const processor of this.#processors) {
      const wait = processor?.underWay();
      if (wait !== undefined) return this.#unlessDue(wait);
    }
    return undefined;
  }

  satisfied(step: Processor): void {
    this.#satisfied.add(this.#processors.indexOf(step));
    this.over = !this.heads.some((head) => this.#isWanted(head.index));
    this.interrupted ||= this.over;
  }

  /**
   * No input will say anything more: who waited for the end lets go, upstream first. Answers what to wait for before it is
   * called again: a step that still holds something, or, where firing goes in pieces, nothing but the firing.
   */
  end(): Promise<void> | undefined {
    while (this.#ending < this.#processors.length && !this.stopped) {
      const processor = this.#processors[this.#ending];
      if (processor !== undefined && !this.#endTold) {
        this.#endTold = true;
        this.alone(() => processor.end());
        if (this.interrupted && !this.over) return Promise.resolve();
      }
      const held = this.#isWanted(this.#ending) ? processor?.holding() : undefined;
      if (held !== undefined) return this.#unlessDue(held);
      this.#ending++;
      this.#endTold = false;
    }
    return undefined;
  }

  /** For whoever does not fire in pieces: ends, and calls `ended` when nothing is held any more. */
  endThen(ended: () => void): void {
    const wait = this.end();
    if (wait === undefined) ended();
    else {
      const goOn = wait.then(() => this.endThen(ended));
      goOn.catch((cause: unknown) => this.#environment.fail(cause));
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

  /** What every node has done with its records, by its name: a job that goes on from a checkpoint counts on from there. */
  get tallies(): Readonly<Record<string, Tally>> {
    return Object.fromEntries(
      this.#nodes.map(({ name }, index) => [name, Object.assign({}, this.#counts[index] as Counts)]),
    );
  }

  /** Counts on from there; in a chain of other steps the sums would not hold, and it counts from nothing. */
  countOn(tallies: Readonly<Record<string, Tally>>): void {
    const names = this.#nodes.map(({ name }) => name);
    if (names.length !== Object.keys(tallies).length || !names.every((name) => name in tallies)) return;
    names.forEach((name, index) => Object.assign(this.#counts[index] as Counts, tallies[name]));
  }

  /** Keys that some step keeps state for, or that are remembered for their place in the order. */
  get keyCount(): number {
    return this.#tables.reduce((sum, table) => sum + (table === this.#unkeyed ? 0 : table.size), 0);
  }

  /** Freezes the state of every step; its pieces may be pulled later, while records go on. */
  snapshot(): PipelineSnapshot {
    const steps: Record<string, StepSnapshot> = {};
    this.#stateful((node, processor) => {
      const { operator, version } = node.step.recipe;
      steps[node.name] = { operator, version, state: processor.snapshot() };
    });
    const slots = this.slots.map(({ head, partition, watermark }) => {
      return { input: head.node.name, partition: partition ?? null, watermark };
    });
    return { version: 1, steps, slots };
  }

  /** Throws where a snapshot is of another chain: it says which steps do not fit, and nothing has been restored. */
  fits(snapshot: PipelineSnapshot): void {
    const missing: string[] = [];
    const left = new Set(Object.keys(snapshot.steps));
    this.#stateful((node) => {
      const { operator, version } = node.step.recipe;
      const saved = snapshot.steps[node.name];
      if (saved?.operator === operator && saved.version === version) left.delete(node.name);
      else missing.push(node.name);
    });
    const inputs = new Set(snapshot.slots.map(({ input }) => input));
    for (const { node } of this.heads) inputs.delete(node.name);
    const others = [...left, ...[...inputs].map((input) => `the input ${input}`)];
    if (missing.length > 0 || others.length > 0) throw misfit(missing, others);
  }

  restore(snapshot: PipelineSnapshot): void {
    this.fits(snapshot);
    // The same numbers as before: held records and the state of steps name partitions by slot.
    snapshot.slots.forEach(({ input, partition, watermark }, slot) => {
      const head = this.heads.find(({ node }) => node.name === input) as Head;
      if (slot >= this.slots.length) head.addSlot();
      if (partition !== null) head.take(slot, partition);
      (this.slots[slot] as Slot).watermark = watermark;
    });
    this.#stateful((node, processor) => processor.restore(snapshot.steps[node.name]?.state ?? []));
  }

  origin(): Origin | undefined {
    return this.#resumedAt === this.index ? this.#resumed : this.batch?.origin(this.index);
  }

  resume(origin: Origin | undefined): void {
    this.#resumed = origin;
    this.#resumedAt = this.index;
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
      this.betweenSweeps(step, () => step.onTime(this.clock.now()));
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
    this.#resumedAt = Number.NaN;
  }

  /** Whoever fires in pieces waits no longer when something is due, either: an answer may have to wait for just that. */
  #unlessDue(wait: Promise<void>): Promise<void> {
    if (!this.#environment.inPieces) return wait;
    return new Promise((resolve, reject) => {
      this.#tellDue = resolve;
      wait.then(resolve, reject);
    });
  }

  /** Whether a way from this node to an output is open. */
  #isWanted(index: number): boolean {
    if (this.#satisfied.has(index)) return false;
    if (this.#nodes[index]?.kind === 'output') return true;
    return this.#nodes.some((node, at) => node.kind !== 'input' && node.inputs.includes(index) && this.#isWanted(at));
  }

  /** Whether one of the nodes before a step is such a one. */
  #isBehind(step: Processor, is: (node: PlanNode) => boolean): boolean {
    const some = (index: number): boolean => {
      const node = this.#nodes[index] as PlanNode;
      return is(node) || (node.kind !== 'input' && node.inputs.some(some));
    };
    const own = this.#nodes[this.#processors.indexOf(step)];
    return own?.kind === 'step' && own.inputs.some(some);
  }

  /** What steps behind the one that fires want to do goes first: they may be what it waits for. */
  #nextAct(): (() => void) | undefined {
    const unfinished = this.#unfinished[0];
    const node = unfinished === undefined ? -1 : this.#processors.indexOf(unfinished);
    const place = this.#later.findIndex((each) => each.node > node);
    return place < 0 ? undefined : this.#later.splice(place, 1)[0]?.act;
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
    this.#tables.push(...new Set(tables));
    // A key may be forgotten only where no record is on its way: between two sweeps.
    for (const table of this.#tables) table.whenFull = () => (this.interrupted = true);
  }
}

const noParts: Parts = { processors: {}, accumulators: {} };

function processorOf(node: StepNode, parts: Parts): Processor {
  const { recipe, make } = node.step;
  return (parts.processors[recipe.operator] ?? make)(recipe.options as never, parts);
}

function misfit(missing: readonly string[], left: readonly string[]): StreamError {
  const told = [
    ...(missing.length > 0 ? [`nothing fits the steps ${missing.join(', ')}`] : []),
    ...(left.length > 0 ? [`no step fits the state of ${left.join(', ')}`] : []),
  ].join('; ');
  const cure =
    'name a step as it was called then with `named`, take the change back, or start anew without the snapshot';
  return new StreamError('ML_SNAPSHOT', `snapshot: it is of another chain: ${told}; ${cure}`);
}
