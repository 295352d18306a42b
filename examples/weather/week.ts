/** A row of the output. */
export interface Week {
  readonly city: string;
  /** Monday, 0:00 UTC, in epoch ms. */
  readonly windowStart: number;
  readonly windowEnd: number;
  /** °C. */
  readonly mean: number;
  readonly min: number;
  readonly max: number;
  /** Millimetres. */
  readonly rain: number;
  readonly days: number;
  readonly fourWeeks: number | null;
  readonly smoothed: number | null;
}
