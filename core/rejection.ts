/** `failed`: the user's own callback threw on the record. */
export type RejectionKind = 'invalid' | 'failed' | 'late' | 'ahead' | 'evicted';

/** Where a record came from: `{ source: 'kafka:readings', partition: '3', offset: '8812' }`, `{ source: 'readings.csv', line: 17 }`. */
export type Origin = Readonly<Record<string, string | number>>;

/** One thing about a record that did not hold. */
export interface Fault {
  readonly field?: string;
  /** What had to hold: `'number'`, `'not missing'`, `'timestamp <= now + 1h'`. */
  readonly rule: string;
  readonly received?: unknown;
}

/** A record that an operator could not use: why, where, and what it was. */
export interface Rejection<T = unknown> extends Fault {
  readonly kind: RejectionKind;
  readonly value: T;
  /** Name of the step, as `explain()` prints it. */
  readonly operator: string;
  /** What was thrown, for `failed`. */
  readonly cause?: unknown;
  /** One record is one rejection; its further faults stand here. */
  readonly others?: readonly Fault[];
  /** Event time in epoch ms, if known. */
  readonly timestamp?: number;
  /** Where it came from, kept through `map`. Lines count from 1. */
  readonly origin?: Origin;
}
