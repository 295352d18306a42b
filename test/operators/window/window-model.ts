import type { Aggregate } from '../../../operators/aggregate/aggregate.ts';
import { aggregator } from '../../../operators/aggregate/aggregator.ts';
import { collect } from '../../../operators/aggregate/collect.ts';
import { count } from '../../../operators/aggregate/count.ts';
import { first } from '../../../operators/aggregate/first.ts';
import { last } from '../../../operators/aggregate/last.ts';
import { max } from '../../../operators/aggregate/max.ts';
import { mean } from '../../../operators/aggregate/mean.ts';
import { min } from '../../../operators/aggregate/min.ts';
import { sum } from '../../../operators/aggregate/sum.ts';

export interface Reading {
  readonly key: string;
  readonly at: number;
  readonly v: number | null;
}

/** What the chains of the properties read; some of it is no time, or no number. */
export interface Numbered extends Reading {
  /** Grows as records come. */
  readonly id: number;
}

/** A reading that got as far as the window. */
export interface Held {
  readonly reading: Numbered;
  readonly at: number;
  /** The key's fields, as rows carry them. */
  readonly key: { readonly key?: string };
  /** The place of its key among those that have been seen, from 0. */
  readonly rank: number;
}

/**
 * A window step as one would write it without thinking of speed, with lists that are looked through behind every record. It
 * emits rows by the function that it is made with.
 */
export interface WindowModel {
  /** Answers why it refuses the record, or nothing. `now` is processing time. */
  take(held: Held, now: number): 'late' | 'failed' | undefined;
  /** The watermark has moved to this. */
  moveTo(watermark: number): void;
  /** Processing time has moved to this. */
  advanceTo(now: number): void;
}

export type ModelRow = { readonly windowStart: number; readonly windowEnd: number } & Readonly<Record<string, unknown>>;
export type Emit = (row: ModelRow) => void;

/** How windows of every kind may fire. */
export interface ModelSettings {
  readonly clock: 'event' | 'processing';
  readonly allowedLateness: number;
  readonly early?:
    { readonly every: number; readonly time: 'event' | 'processing' } | { readonly count: number } | undefined;
  readonly discarding: boolean;
  /** Whether rows say which pane they are. */
  readonly paned: boolean;
  /** Whether one of the aggregates throws on a value of 7. */
  readonly throwing: boolean;
}

/** A list that its owner changes: what a user's own aggregate may be. */
const own: Aggregate<Numbered, number> = aggregator<Numbered, { ids: number[] }, number>({
  create: () => ({ ids: [] }),
  add: (state, { id, v }) => {
    if (v === 7) throw new Error('not this one');
    state.ids.push(id);
    return state;
  },
  result: ({ ids }) => ids.length,
  merge: (a, b) => {
    a.ids.push(...b.ids);
    return a;
  },
});

/** Aggregates of which some can be taken back and others cannot; and with `own` one of the user's. */
export function aggregatesOf(throwing: boolean): Readonly<Record<string, Aggregate<never, unknown>>> {
  return {
    records: count(),
    n: count('v'),
    sum: sum('v'),
    mean: mean('v'),
    min: min('v'),
    max: max('v'),
    first: first('v'),
    last: last('v'),
    ids: collect('id'),
    ...(throwing ? { own } : {}),
  };
}

/** What these aggregates make of readings, given in any order. */
export function resultsOf(all: readonly Held[], throwing: boolean): Readonly<Record<string, unknown>> {
  const held = all.toSorted((a, b) => a.reading.id - b.reading.id);
  const present = held.filter(({ reading: { v } }) => typeof v === 'number' && !Number.isNaN(v));
  const values = present.map(({ reading: { v } }) => v as number);
  const byTime = present.toSorted((a, b) => a.at - b.at).map(({ reading: { v } }) => v);
  const total = values.reduce((before, value) => before + value, 0);
  const none = values.length === 0;
  return {
    records: held.length,
    n: values.length,
    sum: total,
    mean: none ? null : total / values.length,
    min: none ? null : Math.min(...values),
    max: none ? null : Math.max(...values),
    first: byTime[0] ?? null,
    last: byTime.at(-1) ?? null,
    ids: held.length === 0 ? null : held.map(({ reading: { id } }) => id),
    ...(throwing ? { own: held.length === 0 ? null : held.length } : {}),
  };
}
