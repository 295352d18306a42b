import type { RejectionKind } from './rejection.ts';

/**
 * What a step did with its records. A step counts outcomes only, at the moment it decides and before it emits;
 * what came in is what the steps before it let out, so that the sums can fail.
 */
export class Counts {
  /** Records that went on, one for one. */
  passed = 0;
  /** Records that went into state. */
  absorbed = 0;
  filtered = 0;
  duplicate = 0;
  /** Records that wait inside now: up when one is taken in, down when it leaves. */
  held = 0;
  /** Rows of the step's own: windows, the further ones of `flatMap`. */
  made = 0;
  invalid = 0;
  failed = 0;
  late = 0;
  ahead = 0;
  /** Keys whose state went; outside the sums. */
  evicted = 0;
  /** Held records that went on before their time, because there were too many; outside the sums. */
  hurried = 0;
  /** Records that a restored snapshot held: they came in before it. */
  restored = 0;
}

/** Counts as plain data. */
export type Tally = { readonly [Outcome in keyof Counts]: number };

/**
 * Where every record went: in = passed + absorbed + filtered + duplicate + rejected (invalid, failed, late, ahead) + held;
 * out = passed + made. `evicted` counts keys whose state went, outside the sums, and `hurried` held records that went on
 * before their time.
 */
export interface StepLedger {
  readonly step: string;
  readonly in: number;
  readonly passed: number;
  readonly absorbed: number;
  readonly filtered: number;
  readonly duplicate: number;
  readonly rejected: { readonly [K in RejectionKind]: number };
  readonly held: number;
  readonly made: number;
  readonly out: number;
  /** Only of a step that had to. */
  readonly hurried?: number;
}

/** One line of the ledger: `received` comes from the steps before. */
export function ledgerLine(step: string, received: number, counts: Counts): StepLedger {
  const { passed, absorbed, filtered, duplicate, held, made, invalid, failed, late, ahead, evicted } = counts;
  const { hurried, restored } = counts;
  const rejected = { invalid, failed, late, ahead, evicted };
  const sums = { in: received + restored, passed, absorbed, filtered, duplicate, rejected, held, made };
  return { step, ...sums, out: passed + made, ...(hurried > 0 ? { hurried } : {}) };
}

/** Whether every record that came in has gone somewhere. */
export function balances(line: StepLedger): boolean {
  const { invalid, failed, late, ahead } = line.rejected;
  const rejected = invalid + failed + late + ahead;
  return line.in === line.passed + line.absorbed + line.filtered + line.duplicate + rejected + line.held;
}
