import { type Duration, duration } from '../../core/duration.ts';
import { ConnectorError } from '../../core/errors.ts';
import { optionsObject } from '../../core/guards.ts';
import type { Sink, SinkRequest, SinkState, SinkWriter } from '../../core/sink.ts';
import { nominalBytes } from '../nominal-bytes.ts';
import { failAfterOf } from './test-source.ts';

export interface TestSinkOptions {
  /** It decides, as Kafka and Postgres do: rows and the checkpoint's id in one transaction. Default: at least once. */
  readonly exactlyOnce?: boolean;
  /** How long it takes to send, to cut and to commit. Default 0. */
  readonly delay?: Duration;
  /** It fails once, with a `ConnectorError` that is retryable, when so many rows have arrived; 0: it cannot be opened. */
  readonly failAfter?: number;
}

/** A sink whose output can be looked at. */
export interface TestSink<T> extends Sink<T> {
  /** Everything that has arrived, what was given up later and what came again included. */
  readonly rows: readonly T[];
  /** What a reader of committed rows sees: those whose checkpoint was committed. */
  readonly committed: readonly T[];
}

/**
 * A sink in memory that keeps the whole contract of a connector.
 *
 * - **Opens** when a job does. **Memory** every row, for good.
 * - **Fails** once with a retryable `ConnectorError` where `failAfter` says so: rows before it have arrived, a restart gets past it.
 * - **Delivery** at least once; with `exactlyOnce` a transaction for each checkpoint. A writer that was opened before the
 *   sink was asked to decide is shut out: `ConnectorError`, not retryable.
 *
 * @throws ArgumentError (`ML_ARGUMENT`), when called, if an option is wrong.
 */
export function testSink<T>(options: TestSinkOptions = {}): TestSink<T> {
  const given = optionsObject<TestSinkOptions>('testSink', options, ['exactlyOnce', 'delay', 'failAfter']);
  const delayMs = duration('testSink', 'delay', given.delay ?? 0);
  const decides = given.exactlyOnce === true;
  const output: Output<T> = {
    rows: [],
    committed: [],
    epoch: 0,
    last: undefined,
    left: failAfterOf('testSink', given.failAfter),
  };
  const sink: TestSink<T> = {
    name: 'testSink',
    traits: { guarantee: decides ? 'decides' : 'repeats' },
    rows: output.rows,
    committed: output.committed,
    open: async ({ signal }) => {
      await Promise.resolve();
      if (output.left === 0) throw fault(output, 'cannot be opened');
      return new MemoryWriter<T>(output, decides, delayMs, signal);
    },
  };
  return decides ? { ...sink, decide: () => decide(output) } : sink;
}

/** What stands outside of the process: it outlives writers. */
interface Output<T> {
  readonly rows: T[];
  readonly committed: T[];
  /** Counts how often former writers were shut out. */
  epoch: number;
  /** The checkpoint that was committed last. */
  last: string | undefined;
  /** Rows before it fails; +Infinity when it has. */
  left: number;
}

async function decide(output: Pick<Output<unknown>, 'epoch' | 'last'>): Promise<string | undefined> {
  await Promise.resolve();
  output.epoch++;
  return output.last;
}

function fault(output: Pick<Output<unknown>, 'left'>, what: string): ConnectorError {
  output.left = Number.POSITIVE_INFINITY;
  return new ConnectorError('testSink', `${what}, as \`failAfter\` says`, { retryable: true });
}

class MemoryWriter<T> implements SinkWriter<T> {
  readonly #output: Output<T>;
  readonly #delayMs: number;
  readonly #signal: SinkRequest['signal'];
  readonly #epoch: number;
  readonly #decides: boolean;
  readonly #waiting: T[] = [];
  /** Sent, and not yet part of a cut. */
  #sent: T[] = [];
  /** Cut, and not yet committed. */
  #cut: T[] = [];
  /** Between `cut` and `commit` one that decides has no transaction to send into. */
  #isPrepared = false;
  #isClosed = false;

  constructor(output: Output<T>, decides: boolean, delayMs: number, signal: AbortSignal) {
    this.#output = output;
    this.#decides = decides;
    this.#delayMs = delayMs;
    this.#signal = signal;
    this.#epoch = output.epoch;
  }

  get buffered(): { readonly records: number; readonly bytes: number } {
    return { records: this.#waiting.length, bytes: this.#waiting.length * nominalBytes };
  }

  write(row: T): void {
    this.#waiting.push(row);
  }

  async send(): Promise<void> {
    if (this.#decides && this.#isPrepared) {
      throw new ConnectorError('testSink', 'was asked to send between `cut` and `commit`', { retryable: false });
    }
    const count = this.#waiting.length;
    await this.#reach();
    this.#move(count);
  }

  async cut(): Promise<SinkState> {
    const count = this.#waiting.length;
    await this.#reach();
    this.#move(count);
    append(this.#cut, this.#sent);
    this.#sent = [];
    this.#isPrepared = true;
    return {};
  }

  async commit(checkpoint: string): Promise<void> {
    await this.#reach();
    append(this.#output.committed, this.#cut);
    this.#output.last = checkpoint;
    this.#cut = [];
    this.#isPrepared = false;
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#waiting.length = 0;
    return Promise.resolve();
  }

  /** The way to the outside world and back. */
  async #reach(): Promise<void> {
    await sleep(this.#delayMs, this.#signal);
    if (this.#isClosed) throw new ConnectorError('testSink', 'is closed', { retryable: false });
    if (this.#epoch !== this.#output.epoch) {
      throw new ConnectorError('testSink', 'belongs to a newer run of the job', { retryable: false });
    }
  }

  /** The first rows arrive; some of them do not where it fails. */
  #move(count: number): void {
    const rows = this.#waiting.splice(0, Math.min(count, this.#output.left));
    append(this.#output.rows, rows);
    append(this.#sent, rows);
    this.#output.left -= rows.length;
    if (this.#output.left === 0) throw fault(this.#output, 'fails');
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  if (ms === 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}

/** As many rows as there are: more than a call may have arguments. */
function append<T>(to: T[], rows: readonly T[]): void {
  for (const row of rows) to.push(row);
}
