import type { CheckpointStore } from '../../../core/checkpoint.ts';
import { StreamError } from '../../../core/errors.ts';

const askEveryMs = 50;

/** A store that waits for whoever still has the checkpoints, and shuts it out when that takes too long. */
export function claimed(store: CheckpointStore, graceMs: number): CheckpointStore {
  return {
    name: store.name,
    open: async (job, signal) => {
      const until = performance.now() + graceMs;
      for (;;) {
        const evict = performance.now() >= until;
        try {
          return await store.open(job, signal, { evict });
        } catch (cause: unknown) {
          if (evict || signal.aborted || !isLocked(cause)) throw cause;
        }
        await new Promise((resolve) => setTimeout(resolve, askEveryMs));
      }
    },
  };
}

function isLocked(cause: unknown): boolean {
  return cause instanceof StreamError && cause.code === 'ML_LOCKED';
}
