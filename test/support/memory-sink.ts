import { ConnectorError } from '../../core/errors.ts';
import type { Sink, SinkWriter } from '../../core/sink.ts';

export interface MemorySink<T> extends Sink<T> {
  /** What has been made durable. */
  readonly rows: T[];
  /** The calls in their order. */
  readonly calls: string[];
  /** The most rows that ever waited at once. */
  readonly mostBuffered: number;
}

/** A sink that keeps the contract in memory, and fails where told to: for faults that a file will not make. */
export function memorySink<T>(failAt?: 'open' | 'send' | 'cut' | 'commit' | 'close', name = 'memory'): MemorySink<T> {
  const rows: T[] = [];
  const calls: string[] = [];
  const stats = { mostBuffered: 0 };
  const at = async (call: 'open' | 'send' | 'cut' | 'commit' | 'close'): Promise<void> => {
    calls.push(call);
    await Promise.resolve();
    if (failAt === call) throw new ConnectorError(name, `cannot ${call}`, { retryable: true });
  };
  const writer = (): SinkWriter<T> => {
    const waiting: T[] = [];
    const send = (): void => void rows.push(...waiting.splice(0));
    return {
      write: (row) => {
        waiting.push(row);
        stats.mostBuffered = Math.max(stats.mostBuffered, waiting.length);
      },
      get buffered() {
        return { records: waiting.length, bytes: 0 };
      },
      send: async () => {
        await at('send');
        send();
      },
      cut: async () => {
        await at('cut');
        send();
        return {};
      },
      commit: () => at('commit'),
      close: () => at('close'),
    };
  };
  return {
    name,
    traits: { guarantee: 'repeats' },
    rows,
    calls,
    get mostBuffered() {
      return stats.mostBuffered;
    },
    open: async () => {
      await at('open');
      return writer();
    },
  };
}
