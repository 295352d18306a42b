import fc from 'fast-check';
import type { Stream } from '../../../src/index.ts';
import { AlignedModel, type Border } from './aligned-model.ts';
import { bordersOf, calendarCases } from './calendar-borders.ts';
import { CountModel } from './count-model.ts';
import { type DrawnSettings, earlyOf, settingsOf, throwing } from './drawn-settings.ts';
import { GlobalModel } from './global-model.ts';
import { SessionModel } from './session-model.ts';
import type { ForgettingModel, Limits } from './limited-model.ts';
import { aggregatesOf, type Emit, type Held, type Numbered } from './window-model.ts';

/** A window step, and the model of it. */
export interface Kind {
  /** The method of `Stream`, which is the step's name, and its options. */
  readonly method:
    | 'slidingWindow'
    | 'cumulativeWindow'
    | 'calendarWindow'
    | 'sessionWindow'
    | 'countWindow'
    | 'globalWindow'
    | 'tumblingWindow';
  readonly options: object;
  /** Whether it is cut by processing time, so that nothing before it has to give another. */
  readonly byClock: boolean;
  readonly throwing: boolean;
  /** One step of its times, in ms, and where they are 0. */
  readonly unit: number;
  readonly origin: number;
  readonly model: (emit: Emit, now: number) => ForgettingModel;
}

export function windowOf(
  input: Stream<Numbered, unknown>,
  { method, options, throwing: throws }: Kind,
  limits: Limits,
) {
  const given = { ...options, ...limits } as { readonly size: number };
  const { size, ...others } = given;
  const windowed = method === 'tumblingWindow' ? input.tumblingWindow(size, others) : input[method](given as never);
  return windowed.aggregate(aggregatesOf(throws) as never) as unknown as Stream<unknown, unknown>;
}

/** Where the windows of a kind stand. */
interface Grid {
  readonly windowsOf: (at: number) => readonly Border[];
  /** Every window around the times of the properties. */
  readonly all: () => readonly Border[];
  readonly overlapping: boolean;
}

function aligned(
  method: Kind['method'],
  own: object,
  grid: Grid,
  { options, model }: DrawnSettings,
  empty: boolean,
  [unit, origin]: readonly [number, number] = [1, 0],
): Kind {
  const { windowsOf, overlapping } = grid;
  const given = { ...model, windowsOf, overlapping, all: empty ? grid.all() : [], empty };
  return {
    method,
    options: { ...options, ...own, empty },
    byClock: model.clock === 'processing',
    throwing: model.throwing,
    unit,
    origin,
    model: (emit) => new AlignedModel(given, emit),
  };
}

function gridOf(windowsOf: (at: number) => readonly Border[], overlapping: boolean): Grid {
  const all = (): readonly Border[] => {
    const found = new Map<string, Border>();
    for (let at = -130; at <= 330; at++) for (const each of windowsOf(at)) found.set(each.join(), each);
    return [...found.values()];
  };
  return { windowsOf, all, overlapping };
}

function slidingBorders(length: number, slide: number, offset: number, at: number): Border[] {
  const borders: Border[] = [];
  let start = offset;
  while (start <= at) start += slide;
  while (start > at) start -= slide;
  for (; start + length > at; start -= slide) borders.unshift([start, start + length]);
  return borders;
}

function cumulativeBorders(length: number, step: number, offset: number, at: number): Border[] {
  let start = offset;
  while (start + length <= at) start += length;
  while (start > at) start -= length;
  const borders: Border[] = [];
  for (let end = start + step; end <= start + length; end += step) if (end > at) borders.push([start, end]);
  return borders;
}

const length = fc.integer({ min: 1, max: 25 });
const shift = fc.integer({ min: -30, max: 30 });
const offsetWithin = (shifted: number, by: number): number => (shifted % by) + 0;

const tumbling = fc.tuple(length, shift, settingsOf(1, 20), fc.boolean()).map(([size, shifted, settings, empty]) => {
  const offset = offsetWithin(shifted, size);
  const grid = gridOf((at) => slidingBorders(size, size, offset, at), false);
  return aligned('tumblingWindow', { size, offset }, grid, settings, empty);
});

const sliding = fc
  .tuple(length, fc.nat(24), shift, settingsOf(1, 20), fc.boolean())
  .map(([size, part, shifted, settings, empty]) => {
    const slide = (part % size) + 1;
    const offset = offsetWithin(shifted, slide);
    const grid = gridOf((at) => slidingBorders(size, slide, offset, at), slide < size);
    return aligned('slidingWindow', { size, slide, offset }, grid, settings, empty);
  });

const cumulative = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 5 }), shift, settingsOf(1, 20), fc.boolean())
  .map(([step, steps, shifted, settings, empty]) => {
    const size = step * steps;
    const offset = offsetWithin(shifted, size);
    const grid = gridOf((at) => cumulativeBorders(size, step, offset, at), steps > 1);
    return aligned('cumulativeWindow', { size, step, offset }, grid, settings, empty);
  });

const calendar = fc.constantFrom(...calendarCases).chain((each) =>
  fc.tuple(settingsOf(each.unit, 20), fc.boolean()).map(([settings, empty]) => {
    const { every, zone, unit, origin } = each;
    const borders = bordersOf(each);
    const windowsOf = (at: number): readonly Border[] => borders.filter(([start, end]) => start <= at && at < end);
    const grid = { windowsOf, all: () => borders, overlapping: false };
    return aligned('calendarWindow', { every, zone }, grid, settings, empty, [unit, origin]);
  }),
);

const gapByValue = ({ v }: Numbered): number => 3 + (typeof v === 'number' && !Number.isNaN(v) ? Math.abs(v) : 0);

const session = fc.tuple(fc.option(length), settingsOf(1, 60)).map(([gap, { options, model }]): Kind => {
  const gapOf = ({ reading }: Held): number => gap ?? gapByValue(reading);
  return {
    method: 'sessionWindow',
    options: { ...options, gap: gap ?? gapByValue },
    byClock: model.clock === 'processing',
    throwing: model.throwing,
    unit: 1,
    origin: 0,
    model: (emit, now) => new SessionModel({ ...model, gapOf }, emit, now),
  };
});

const count = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.nat(11), throwing).map(([size, part, throws]): Kind => {
  const options = { size, slide: (part % size) + 1 };
  return {
    method: 'countWindow',
    options,
    byClock: false,
    throwing: throws,
    unit: 1,
    origin: 0,
    model: (emit) => new CountModel({ ...options, throwing: throws }, emit),
  };
});

const global = fc.tuple(earlyOf(1), fc.boolean(), throwing).map(([early, discarding, throws]): Kind => {
  const panes = discarding ? 'discarding' : 'accumulating';
  return {
    method: 'globalWindow',
    options: { panes, ...(early === undefined ? {} : { early }) },
    byClock: false,
    throwing: throws,
    unit: 1,
    origin: 0,
    model: (emit) => new GlobalModel({ early, discarding, throwing: throws }, emit),
  };
});

export const kinds: Readonly<Record<Kind['method'], fc.Arbitrary<Kind>>> = {
  tumblingWindow: tumbling,
  slidingWindow: sliding,
  cumulativeWindow: cumulative,
  calendarWindow: calendar,
  sessionWindow: session,
  countWindow: count,
  globalWindow: global,
};
