import type { RunSettings } from './run-options.ts';
import { onStopSignals } from './stop-signals.ts';

/** How often a running job tells how it does. */
const tellEveryMs = 500;

export interface Attendance {
  readonly stop: () => void;
  /** Tells how it does: twice a second, and once at the end. */
  readonly tell: () => void;
}

/** Does something that takes long, which the signals of its user stop. */
export async function attended<T>(
  { signal, stopOn }: Pick<RunSettings, 'signal' | 'stopOn'>,
  { stop, tell }: Attendance,
  work: () => Promise<T>,
): Promise<T> {
  if (signal?.aborted === true) stop();
  signal?.addEventListener('abort', stop, { once: true });
  const removeSignals = onStopSignals(stopOn, stop);
  const ticking = setInterval(tell, tellEveryMs);
  try {
    return await work();
  } finally {
    clearInterval(ticking);
    removeSignals();
    signal?.removeEventListener('abort', stop);
    tell();
  }
}
