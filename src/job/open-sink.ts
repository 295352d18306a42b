import type { Rejection } from '../../core/rejection.ts';
import type { Sink, SinkRequest, SinkState, SinkWriter } from '../../core/sink.ts';
import { letterAsText, letterOf } from './dead-letter.ts';

/** A sink at work. It is asked for one thing at a time, in order; only a cut needs it to be at rest. */
export class OpenSink {
  readonly name: string;
  readonly sink: Sink<never>;
  readonly decides: boolean;
  /** Rows that it was handed. */
  written = 0;
  #writer: SinkWriter<unknown> | undefined;
  #isClosed = false;
  #opening: Promise<SinkWriter<unknown>> | undefined;
  #working: Promise<unknown> | undefined;
  #sending: Promise<void> | undefined;
  /** Between its cut and its commit one that decides has no transaction to send into. */
  #committed: Promise<void> | undefined;
  #whenCommitted = (): void => {};

  constructor(name: string, sink: Sink<never>, decides: boolean) {
    this.name = name;
    this.sink = sink;
    this.decides = decides;
  }

  async open(request: SinkRequest): Promise<void> {
    if (this.#isClosed) throw new Error(`${this.name} is closed`);
    const opening = this.sink.open(request);
    this.#opening = opening;
    this.#writer = await opening;
  }

  /** @throws what the sink's format says of a row that it cannot write. */
  write(row: unknown, timestamp: number): void {
    this.written++;
    this.#writer!.write(row, timestamp);
  }

  writeLetter(rejection: Rejection): void {
    const timestamp = rejection.timestamp ?? Number.NaN;
    try {
      this.write(letterOf(rejection), timestamp);
    } catch {
      // Just what was rejected may be what a format cannot write: a bigint, a cycle.
      this.write(letterAsText(rejection), timestamp);
    }
  }

  get buffered(): SinkWriter<unknown>['buffered'] {
    return this.#writer?.buffered ?? { records: 0, bytes: 0 };
  }

  /** Settled when it is at rest; nothing where it is. */
  get busy(): Promise<unknown> | undefined {
    return this.#working ?? this.#committed;
  }

  send(): Promise<void> {
    this.#sending ??= this.#afterCommit()
      .then(() => this.#next(() => this.#writer!.send()))
      .finally(() => (this.#sending = undefined));
    return this.#sending;
  }

  /** Called at the cut itself, while the sink is at rest. */
  cut(checkpoint: string): Promise<SinkState> {
    if (this.decides) this.#committed = new Promise((resolve) => (this.#whenCommitted = resolve));
    return this.#next(() => this.#writer!.cut(checkpoint));
  }

  async commit(checkpoint: string): Promise<void> {
    await this.#next(() => this.#writer!.commit(checkpoint));
    this.#committed = undefined;
    this.#whenCommitted();
  }

  /** What is only about to open is closed when it has: nobody waits for it, and nobody else would. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#writer !== undefined) await this.#writer.close();
    else void this.#opening?.then((writer) => writer.close()).catch(() => undefined);
  }

  async #afterCommit(): Promise<void> {
    if (this.#committed !== undefined) await this.#committed;
  }

  #next<T>(act: () => Promise<T>): Promise<T> {
    const result = this.#working === undefined ? act() : this.#working.then(act);
    // Whoever asked learns how it ended; the next one only has to wait.
    const settled: Promise<unknown> = result.then(
      () => {},
      () => {},
    );
    this.#working = settled;
    void settled.then(() => {
      if (this.#working === settled) this.#working = undefined;
    });
    return result;
  }
}
