import type { StopSignal } from './run-options.ts';

/** What of `process` it needs: nothing where there is none. */
interface Signals {
  on(signal: StopSignal, listener: () => void): unknown;
  off(signal: StopSignal, listener: () => void): unknown;
  kill(pid: number, signal: StopSignal): unknown;
  readonly pid: number;
}

/**
 * The first of these signals stops the job; a second one is left to what the process would have done without us: it ends at
 * once. What has been committed stays. Answers how to take the wish back.
 */
export function onStopSignals(signals: readonly StopSignal[], stop: () => void): () => void {
  const own = (globalThis as { readonly process?: Signals }).process;
  if (own === undefined || signals.length === 0) return () => {};
  const listeners = signals.map((signal) => {
    let seen = false;
    return {
      signal,
      listener: () => {
        if (seen || stopped) {
          remove();
          own.kill(own.pid, signal);
          return;
        }
        seen = true;
        stopped = true;
        stop();
      },
    };
  });
  let stopped = false;
  const remove = (): void => {
    for (const { signal, listener } of listeners) own.off(signal, listener);
  };
  for (const { signal, listener } of listeners) own.on(signal, listener);
  return remove;
}
