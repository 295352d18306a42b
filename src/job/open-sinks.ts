import type { Layout } from '../../core/layout.ts';
import { isSink } from '../../core/reject-policy.ts';
import type { Rejection } from '../../core/rejection.ts';
import type { Sink, SinkRequest, SinkState } from '../../core/sink.ts';
import { OpenSink } from './open-sink.ts';

export interface CreditLimits {
  readonly maxRows: number;
  readonly maxBytes: number;
}

/** All sinks of a job: those at the ends of its chains, and those of rejections. */
export class OpenSinks {
  readonly all: readonly OpenSink[];
  readonly #bySink: ReadonlyMap<Sink<never>, OpenSink>;
  readonly #limits: CreditLimits;

  constructor(sinks: ReadonlyMap<Sink<never>, string>, durable: boolean, limits: CreditLimits) {
    this.#bySink = new Map(
      [...sinks].map(([sink, name]) => [sink, new OpenSink(name, sink, durable && decides(sink))]),
    );
    this.all = [...this.#bySink.values()];
    this.#limits = limits;
  }

  async open(requestOf: (sink: OpenSink) => Promise<SinkRequest>): Promise<void> {
    for (const sink of this.all) await sink.open(await requestOf(sink));
  }

  of(sink: Sink<never>): OpenSink {
    return this.#bySink.get(sink) as OpenSink;
  }

  writeLetter(sink: Sink<Rejection>, rejection: Rejection): void {
    this.of(sink).writeLetter(rejection);
  }

  /** Something to wait for while one of them holds all that it may. */
  credit(): Promise<unknown> | undefined {
    let full: OpenSink[] | undefined;
    for (const sink of this.all) {
      const { records, bytes } = sink.buffered;
      if (records >= this.#limits.maxRows || bytes >= this.#limits.maxBytes) (full ??= []).push(sink);
    }
    return full === undefined ? undefined : Promise.all(full.map((sink) => sink.send()));
  }

  /** Sends whatever waits: nothing else may come for a while. */
  async flush(): Promise<void> {
    await Promise.all(this.all.filter(({ buffered }) => buffered.records > 0).map((sink) => sink.send()));
  }

  get written(): number {
    return this.all.reduce((sum, sink) => sum + sink.written, 0);
  }

  get buffered(): { readonly records: number; readonly bytes: number } {
    let [records, bytes] = [0, 0];
    for (const { buffered } of this.all) {
      records += buffered.records;
      bytes += buffered.bytes;
    }
    return { records, bytes };
  }

  /** Settled when all are at rest; nothing where they are. */
  get busy(): Promise<unknown> | undefined {
    const working = this.all.flatMap(({ busy }) => (busy === undefined ? [] : [busy]));
    return working.length === 0 ? undefined : Promise.all(working);
  }

  /** Every sink is cut within the call; the answer comes when all are durable, or ready to commit. */
  async cut(checkpoint: string): Promise<Readonly<Record<string, SinkState>>> {
    const cuts = this.all.map(async (sink) => [sink.name, await sink.cut(checkpoint)] as const);
    return Object.fromEntries(await Promise.all(cuts));
  }

  get decider(): OpenSink | undefined {
    return this.all.find((sink) => sink.decides);
  }

  /** Those that do not decide: they follow. */
  async commitFollowers(checkpoint: string): Promise<void> {
    await Promise.all(this.all.filter((sink) => !sink.decides).map((sink) => sink.commit(checkpoint)));
  }
}

export function decides(sink: Sink<never>): boolean {
  return sink.traits.guarantee === 'decides';
}

/** Every sink of a chain once, with the name under which checkpoints know it. */
export function sinksOf({ plan, sinks, policies }: Layout): ReadonlyMap<Sink<never>, string> {
  const named = new Map<Sink<never>, string>();
  const outputs = plan.nodes.filter(({ kind }) => kind === 'output');
  outputs.forEach(({ name }, place) => {
    const sink = sinks[place];
    if (sink !== undefined && !named.has(sink)) named.set(sink, name);
  });
  const letters = policies.flatMap((policy) => Object.values(policy)).filter(isSink) as Sink<never>[];
  for (const sink of new Set(letters)) {
    if (named.has(sink)) continue;
    const taken = [...named.values()];
    const wanted = `dead letters: ${sink.name}`;
    let name = wanted;
    for (let use = 2; taken.includes(name); use++) name = `${wanted}#${use}`;
    named.set(sink, name);
  }
  return named;
}
