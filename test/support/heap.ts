import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** What is in use when all garbage has gone, typed arrays included. */
export function heapMb(): number {
  gc();
  gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 2 ** 20;
}

/**
 * For a test that looks for a few bytes a record in the heap of a process which is still compiling: what the compiler keeps comes
 * once, and another 0.3 MB of it on a busy machine. A leak is there in each of three runs.
 */
export const watchesHeap = { timeout: 600_000, retry: 2 };
