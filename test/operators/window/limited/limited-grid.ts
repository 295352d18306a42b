import { AlignedModel, type AlignedModelOptions, type Border } from './aligned-model.ts';
import type { WindowModel } from './limited-model.ts';

type GridOptions = Pick<AlignedModelOptions, 'outOfOrderness' | 'discarding' | 'empty'> & {
  readonly lateness: number;
  readonly early?: AlignedModelOptions['early'] | undefined;
};

/** The windows that hold a time, by their end. */
function bordersAt(at: number, every: number, lengths: readonly number[]): Border[] {
  const borders: Border[] = [];
  const longest = Math.max(...lengths);
  for (let start = Math.floor((at - longest) / every) * every; start <= at; start += every) {
    for (const length of lengths) if (start + length > at) borders.push([start, start + length]);
  }
  return borders.toSorted((a, b) => a[1] - b[1]);
}

/** Windows that begin every so often, with all of these lengths. */
export function gridModel(given: GridOptions, every: number, lengths: readonly number[]): WindowModel {
  const windowsOf = (at: number): Border[] => bordersAt(at, every, lengths);
  const all = new Map<string, Border>();
  for (let at = Math.floor(-800 / every) * every; at <= 2_000; at += every)
    for (const each of windowsOf(at)) all.set(each.join(), each);
  const model = new AlignedModel({
    windowsOf,
    all: given.empty ? [...all.values()] : [],
    outOfOrderness: given.outOfOrderness,
    allowedLateness: given.lateness,
    discarding: given.discarding,
    empty: given.empty,
    ...(given.early === undefined ? {} : { early: given.early }),
    paned: given.lateness > 0 || given.early !== undefined,
  });
  const overlapping = lengths.length > 1 || lengths[0]! > every;
  return {
    rows: model.rows,
    late: model.late,
    accept: (reading) => model.accept(reading),
    moveTo: (at) => model.moveTo(at),
    has: (key) => model.has(key),
    forget: (key) => model.forget(key, overlapping),
  };
}
