import { ArgumentError, ConnectorError } from '../core/errors.ts';
import { callback, optionsObject, positiveInteger } from '../core/guards.ts';
import { show } from '../core/show.ts';
import type { Sink, SinkRequest, SinkState, SinkWriter } from '../core/sink.ts';
import { nominalBytes } from './nominal-bytes.ts';

export interface ToFunctionOptions {
  /** Names the sink in `explain()`, in the ledger and in errors. Default `'toFunction'`. */
  readonly name?: string;
  /** Rows that one call is handed at most. Default 1,000. */
  readonly batch?: number;
}

/** What a function that writes rows is handed beside them. */
export interface WriteContext {
  /** Given when the job leaves and nobody waits for the rows any more. */
  readonly signal: AbortSignal;
}

/** Writes rows: they are safe when it has returned, or its Promise is kept. */
export type WriteRows<T> = (rows: readonly T[], context: WriteContext) => void | Promise<void>;

const where = 'toFunction';
const defaultBatch = 1_000;

/**
 * A sink that hands rows to a function, one call after the other.
 *
 * - **Starts** with the first rows: a call has at least one row and at most `batch`, in the order of the rows.
 * - **Completes** with the job. A row is safe when its call has answered; a checkpoint waits for all rows before it.
 * - **Fails** with a `ConnectorError` whose `cause` is what the function threw; `retryable` where that says so of itself. The
 *   rows of that call are kept, and come again with the next.
 * - **Memory** what is written between two calls: the credit of the job.
 * - **Delivery** at least once: behind a restart rows since the checkpoint come again.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if `write` is not a function, or an option is wrong.
 */
export function toFunction<T>(write: WriteRows<T>, options: ToFunctionOptions = {}): Sink<T> {
  callback(where, 'write', write);
  const given = optionsObject<ToFunctionOptions>(where, options, ['name', 'batch']);
  const { name = where } = given;
  if (typeof name !== 'string' || name === '') throw new ArgumentError(where, 'name', 'a text', name);
  const batch = positiveInteger(where, 'batch', given.batch ?? defaultBatch);
  return {
    name,
    traits: { guarantee: 'repeats' },
    open: ({ signal }) => Promise.resolve(new FunctionWriter<T>(name, write, batch, signal)),
  };
}

class FunctionWriter<T> implements SinkWriter<T> {
  readonly #name: string;
  readonly #write: WriteRows<T>;
  readonly #batch: number;
  readonly #closing = new AbortController();
  readonly #signal: AbortSignal;
  readonly #rows: T[] = [];

  constructor(name: string, write: WriteRows<T>, batch: number, signal: SinkRequest['signal']) {
    this.#name = name;
    this.#write = write;
    this.#batch = batch;
    this.#signal = AbortSignal.any([signal, this.#closing.signal]);
  }

  get buffered(): { readonly records: number; readonly bytes: number } {
    return { records: this.#rows.length, bytes: this.#rows.length * nominalBytes };
  }

  write(row: T): void {
    this.#rows.push(row);
  }

  async send(): Promise<void> {
    await this.#flush();
  }

  async cut(): Promise<SinkState> {
    await this.#flush();
    return {};
  }

  commit(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#closing.abort();
    this.#rows.length = 0;
    return Promise.resolve();
  }

  /** All rows that are there now, and none of those that come meanwhile. */
  async #flush(): Promise<void> {
    for (let left = this.#rows.length; left > 0;) {
      if (this.#closing.signal.aborted) throw new ConnectorError(this.#name, 'is closed', { retryable: false });
      const rows = this.#rows.slice(0, Math.min(left, this.#batch));
      await this.#call(rows);
      this.#rows.splice(0, rows.length);
      left -= rows.length;
    }
  }

  async #call(rows: readonly T[]): Promise<void> {
    try {
      await this.#write(rows, { signal: this.#signal });
    } catch (cause: unknown) {
      const what = `cannot write a batch of ${rows.length}: ${show(cause)}`;
      throw new ConnectorError(this.#name, what, { cause, retryable: isRetryable(cause) });
    }
  }
}

function isRetryable(cause: unknown): boolean {
  return (cause as { readonly retryable?: unknown } | null | undefined)?.retryable === true;
}
