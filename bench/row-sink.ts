import type { Sink } from 'millrace';

/** A sink that hands on each row and keeps none. */
export function rowSink<T>(write: (row: T) => void): Sink<T> {
  return {
    name: 'rows',
    traits: { guarantee: 'follows' },
    open: () =>
      Promise.resolve({
        write,
        buffered: { records: 0, bytes: 0 },
        send: () => Promise.resolve(),
        cut: () => Promise.resolve({}),
        commit: () => Promise.resolve(),
        close: () => Promise.resolve(),
      }),
  };
}
