import { from, type ObservableInput } from 'rxjs';
import type { Batch, Positions } from '../../core/batch.ts';
import type { Clock } from '../../core/clock.ts';
import { ConnectorError } from '../../core/errors.ts';
import type { SourceEvent, SourceReader, SourceRequest } from '../../core/source.ts';
import type { Input } from '../input.ts';

/** Records of another list that go together: enough to make the hand-over cheap, few enough to hold. */
const listBatch = 1_024;
/** An Observable cannot be asked to wait: beyond so many records that nobody has taken yet, it fails. */
const pushLimit = 100_000;

/** Opens whatever a stream reads, as something that can be pulled. `idleAfter`: the silences that the chain takes for being idle. */
export function openReader(
  input: Input,
  request: SourceRequest,
  idleAfter: readonly number[] = [],
): SourceReader<unknown> {
  if (input.kind === 'source') return input.source.open(request);
  if (input.kind === 'list')
    return Array.isArray(input.list) ? listReader(input.list, request) : pulled(batches(input.list), request);
  if (input.kind === 'pull') return pulled(singles(input.iterable), request, idleAfter[0]);
  return pulled(buffered(input.observable, request.signal), request, idleAfter[0]);
}

const partition = '0';

type BatchIterator = Required<Pick<AsyncIterator<readonly unknown[], undefined, undefined>, 'next' | 'return'>>;

/** A reader over batches that can be replayed by nobody: positions are empty. Asked for so long in vain it says so. */
function pulled(records: BatchIterator, { signal, clock }: SourceRequest, silenceMs?: number): SourceReader<unknown> {
  const stopped = new Promise<'stopped'>((resolve) => {
    if (signal.aborted) resolve('stopped');
    signal.addEventListener('abort', () => resolve('stopped'), { once: true });
  });
  let opened = false;
  let ended = false;
  let asked: Promise<IteratorResult<readonly unknown[], undefined>> | undefined;
  return {
    next: async (): Promise<IteratorResult<SourceEvent<unknown>, undefined>> => {
      if (ended) return { done: true, value: undefined };
      if (!opened) {
        opened = true;
        return { done: false, value: { kind: 'opened', positions: { [partition]: {} } } };
      }
      asked ??= records.next();
      const next = await (silenceMs === undefined
        ? Promise.race([asked, stopped])
        : within(clock, silenceMs, Promise.race([asked, stopped])));
      if (next === undefined) {
        return { done: false, value: { kind: 'empty', partition, askedMs: silenceMs ?? 0 } };
      }
      asked = undefined;
      if (next !== 'stopped' && next.done !== true)
        return { done: false, value: { kind: 'batch', batch: batchOf(next.value) } };
      ended = true;
      if (next === 'stopped') return { done: true, value: undefined };
      return { done: false, value: { kind: 'ended', partition } };
    },
    commit: (_positions: Positions) => Promise.resolve(),
    // Not awaited: what waits for its source may answer only when the source does.
    close: () => {
      ended = true;
      records.return(undefined).catch(() => {});
      return Promise.resolve();
    },
  };
}

/** The answer, or nothing if none comes in time. */
async function within<T>(clock: Clock, ms: number, answer: Promise<T>): Promise<T | undefined> {
  let cancel = (): void => {};
  const late = new Promise<undefined>((resolve) => {
    cancel = clock.wakeAt(clock.now() + ms, () => resolve(undefined));
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    cancel();
  }
}

/** A list can be read again from any place. It is handed over as it is, and may grow: how far it was read is what was asked for last. */
function listReader(list: readonly unknown[], { positions, signal }: SourceRequest): SourceReader<unknown> {
  let offset = Number(positions[partition]?.['offset'] ?? 0);
  let state: 'new' | 'open' | 'ended' = 'new';
  const event = (value: SourceEvent<unknown>): IteratorResult<SourceEvent<unknown>, undefined> => ({
    done: false,
    value,
  });
  return {
    next: async () => {
      // A source answers later, never within the call.
      await Promise.resolve();
      if (state === 'ended' || signal.aborted) return { done: true, value: undefined };
      if (state === 'new') {
        state = 'open';
        return event({ kind: 'opened', positions: { [partition]: { offset } } });
      }
      if (offset < list.length) {
        const first = offset;
        const positionAfter = (count: number): { readonly offset: number } => {
          offset = first + count;
          return { offset };
        };
        return event({ kind: 'batch', batch: { ...batchOf(first === 0 ? list : list.slice(first)), positionAfter } });
      }
      state = 'ended';
      return event({ kind: 'ended', partition });
    },
    commit: () => Promise.resolve(),
    close: () => {
      state = 'ended';
      return Promise.resolve();
    },
  };
}

function batchOf(records: readonly unknown[]): Batch {
  return { partition, records, bytes: 0, positionAfter: () => ({}), origin: () => undefined };
}

async function* batches(list: Iterable<unknown>): AsyncGenerator<readonly unknown[], undefined, undefined> {
  let batch: unknown[] = [];
  for (const record of list) {
    batch.push(record);
    if (batch.length < listBatch) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Not a generator: one that waits for its source cannot be left before the source answers. */
function singles(iterable: AsyncIterable<unknown>): BatchIterator {
  const iterator = iterable[Symbol.asyncIterator]();
  return {
    next: async () => {
      const { done, value } = await iterator.next();
      return done === true ? { done, value: undefined } : { done: false, value: [value] };
    },
    return: async () => {
      await iterator.return?.();
      return { done: true, value: undefined };
    },
  };
}

/** What an Observable pushes, held until it is asked for. */
async function* buffered(
  observable: ObservableInput<unknown>,
  signal: AbortSignal,
): AsyncGenerator<readonly unknown[]> {
  let held: unknown[] = [];
  let outcome: { readonly failed: boolean; readonly cause?: unknown } | undefined;
  let wake = (): void => {};
  const tell = (result: typeof outcome): void => {
    outcome ??= result;
    wake();
  };
  const subscription = from(observable).subscribe({
    next: (record) => {
      held.push(record);
      if (held.length > pushLimit) tell({ failed: true, cause: tooMany() });
      else wake();
    },
    error: (cause: unknown) => tell({ failed: true, cause }),
    complete: () => tell({ failed: false }),
  });
  signal.addEventListener('abort', () => tell({ failed: false }), { once: true });
  try {
    while (true) {
      if (outcome?.failed === true) throw outcome.cause;
      if (held.length > 0) {
        const batch = held;
        held = [];
        yield batch;
      } else if (outcome !== undefined) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    subscription.unsubscribe();
  }
}

function tooMany(): ConnectorError {
  const what = `the Observable pushed more than ${pushLimit} records that the job had no room for; it cannot be asked to wait`;
  return new ConnectorError('stream', what, { retryable: false });
}
