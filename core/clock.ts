/** Processing time. One is injected into every pipeline; nothing in `core/` or `operators/` asks another. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Calls `wake` once, when `now()` is at least `at`; the answer takes the wish back. */
  wakeAt(at: number, wake: () => void): () => void;
}
