import { Head } from './head.ts';
import type { Key } from './key.ts';
import type { Counts } from './ledger.ts';
import type { Outlet, Pipeline } from './pipeline.ts';
import type { PlanNode } from './plan.ts';
import type { Processor, Receiver } from './processor.ts';

/** Ties every node to those that read from it, and answers the heads. */
export function link(
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
    // Every branch gets the record, also behind one that throws: the ledgers of all must balance.
    let failure: { readonly cause: unknown } | undefined;
    for (const target of this.#targets) {
      try {
        target.record(value, timestamp, key);
      } catch (cause: unknown) {
        failure ??= { cause };
      }
    }
    if (failure !== undefined) throw failure.cause;
  }

  watermark(at: number): void {
    for (const target of this.#targets) target.watermark(at);
  }

  idle(on: boolean): void {
    for (const target of this.#targets) target.idle(on);
  }
}
