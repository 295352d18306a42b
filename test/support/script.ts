import fc from 'fast-check';
import { expect } from 'vitest';
import { plainSnapshot } from '../../core/plain-snapshot.ts';
import { balances } from '../../core/ledger.ts';
import type { Stream } from '../../src/index.ts';
import { type Batches, batches, type Told } from './batches.ts';

/** What happens to a chain. */
export type Act<T> =
  /** Records of one partition, one behind the other. */
  | { readonly kind: 'records'; readonly partition: string; readonly records: readonly T[] }
  /** The partition had nothing for long enough, until it speaks again. */
  | { readonly kind: 'idle'; readonly partition: string }
  /** The source says how far the partition is. */
  | { readonly kind: 'watermark'; readonly partition: string; readonly at: number }
  /** Nothing more comes from the partition. */
  | { readonly kind: 'ended'; readonly partition: string }
  /** Processing time goes on. */
  | { readonly kind: 'clock'; readonly by: number };

/** An act as it reaches the chain: records in batches, and crashes between them. */
export type Step<T> =
  | { readonly kind: 'batch'; readonly partition: string; readonly records: readonly T[]; readonly line: number }
  | Exclude<Act<T>, { readonly kind: 'records' }>
  /** The process dies behind a checkpoint, and a new one goes on from it. */
  | { readonly kind: 'crash' };

/** Where the next batch ends, in what is left of a run of records; and whether the process dies behind it. */
export interface Cut {
  readonly size: number;
  readonly crashes: boolean;
}

/** One record a batch, and no crash. */
export const uncut: readonly Cut[] = [{ size: 1, crashes: false }];

export function cutting(largest: number): fc.Arbitrary<readonly Cut[]> {
  const size = fc.integer({ min: 1, max: largest });
  const crashes = fc.integer({ min: 0, max: 3 }).map((n) => n === 0);
  return fc.array(fc.record({ size, crashes }), { minLength: 1, maxLength: 12 });
}

/** The acts with their records cut into batches, the cuts used again and again. A partition that has ended says no more. */
export function stepsOf<T>(acts: readonly Act<T>[], cuts: readonly Cut[]): readonly Step<T>[] {
  let cut = 0;
  const lines = new Map<string, number>();
  const ended = new Set<string>();
  const steps: Step<T>[] = [];
  for (const act of acts) {
    if ('partition' in act && ended.has(act.partition)) continue;
    if (act.kind === 'ended') ended.add(act.partition);
    if (act.kind !== 'records') {
      steps.push(act);
      continue;
    }
    const { partition, records } = act;
    for (let from = 0; from < records.length;) {
      const { size, crashes } = cuts[cut++ % cuts.length]!;
      const batch = records.slice(from, from + size);
      const line = lines.get(partition) ?? 0;
      steps.push({ kind: 'batch', partition, records: batch, line });
      if (crashes) steps.push({ kind: 'crash' });
      lines.set(partition, line + batch.length);
      from += batch.length;
    }
  }
  return steps;
}

export interface Stage {
  /** All partitions, known from the start. */
  readonly partitions: readonly string[];
  /** Processing time at which it begins. */
  readonly now?: number;
  /** Lets what is due go in pieces of so many rows. */
  readonly budget?: number | undefined;
  /** Whether the source may give records a timestamp. Default true. */
  readonly timestamps?: boolean;
}

/** Plays the steps, ends the input, and answers all that came out. Every ledger on the way balances. */
export function play<T>(
  chain: (input: Stream<T>) => Stream<unknown, unknown>,
  steps: readonly Step<T>[],
  { partitions, now: from = 0, budget, timestamps = true }: Stage,
): readonly Told[] {
  const told: Told[] = [];
  let now = from;
  const pieces = budget === undefined ? {} : { inPieces: true, budget };
  const begin = (): Batches => batches(chain, { now, timestamps, ...pieces });
  let playing = begin();
  for (const partition of partitions) playing.pipeline.heads[0]!.partition(partition);
  const silent = new Set<string>();
  const leave = (): void => {
    told.push(...playing.told);
    for (const line of playing.pipeline.ledger) expect([line, balances(line)]).toEqual([line, true]);
  };
  for (const step of steps) {
    if (step.kind === 'clock') playing.clock.advanceTo((now += step.by));
    else if (step.kind === 'crash') {
      const snapshot = structuredClone(plainSnapshot(playing.pipeline.snapshot()));
      leave();
      playing = begin();
      playing.pipeline.restore(structuredClone(snapshot));
      // Nobody is idle behind a restore; else it changes nothing.
      if (silent.size === 0) expect(structuredClone(plainSnapshot(playing.pipeline.snapshot()))).toEqual(snapshot);
      silent.clear();
    } else tell(playing, step, silent);
    playing.settle();
    // What was due has perhaps set the alarm to this moment again.
    if (step.kind === 'clock') playing.clock.advanceTo(now);
    playing.settle();
  }
  playing.end();
  leave();
  return told;
}

/** As a job does: a partition that was silent and speaks again says so first. */
function tell<T>(
  { pipeline, sweep }: Batches,
  step: Exclude<Step<T>, { readonly kind: 'clock' | 'crash' }>,
  silent: Set<string>,
): void {
  const head = pipeline.heads[0]!;
  const slot = head.partition(step.partition);
  if (step.kind === 'idle') {
    silent.add(step.partition);
    head.idle(true, slot);
  } else if (step.kind === 'batch') {
    if (silent.delete(step.partition)) head.idle(false, slot);
    sweep(step.partition, step.records, step.line);
  } else head.watermark(step.kind === 'ended' ? Number.POSITIVE_INFINITY : step.at, slot);
}

/** What came out as text that holds every bit of it, and the order of fields; JSON makes `null` of more than one number. */
export function bytesOf(told: readonly unknown[]): string {
  const whole = (_: string, value: unknown): unknown =>
    typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))
      ? `${value}, 1 / ${1 / value}`
      : value;
  return told.map((each) => JSON.stringify(each, whole)).join('\n');
}
