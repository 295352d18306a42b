import fc from 'fast-check';
import type { ModelSettings } from './window-model.ts';

/** Options that windows of every kind take, as a user writes them and as the model has them. */
export interface DrawnSettings {
  readonly options: object;
  readonly model: ModelSettings;
}

export type DrawnEarly = ModelSettings['early'];

export function multipleOf(unit: number, min: number, max: number): fc.Arbitrary<number> {
  return fc.integer({ min, max }).map((n) => n * unit);
}

export function earlyOf(unit: number): fc.Arbitrary<DrawnEarly> {
  return fc.oneof(
    fc.constant(undefined),
    fc.record({ every: multipleOf(unit, 1, 12), time: fc.constantFrom('event' as const, 'processing' as const) }),
    fc.record({ count: fc.integer({ min: 1, max: 4 }) }),
  );
}

/** One in four has an aggregate that throws. */
export const throwing: fc.Arbitrary<boolean> = fc.integer({ min: 0, max: 3 }).map((n) => n === 0);

export function settingsOf(unit: number, furthestLateness: number): fc.Arbitrary<DrawnSettings> {
  const drawn = fc.record({
    clock: fc.constantFrom('event' as const, 'event' as const, 'processing' as const),
    allowedLateness: fc.oneof(fc.constant(0), multipleOf(unit, 0, furthestLateness), fc.constant('unbounded' as const)),
    early: earlyOf(unit),
    panes: fc.constantFrom('accumulating' as const, 'discarding' as const),
    throwing,
  });
  return drawn.map(({ clock, panes, throwing: throws, ...given }) => {
    const isProcessing = clock === 'processing';
    const allowedLateness = isProcessing ? 0 : given.allowedLateness;
    const early = isProcessing ? byClock(given.early) : given.early;
    return {
      options: { clock, allowedLateness, panes, ...(early === undefined ? {} : { early }) },
      model: {
        clock,
        early,
        throwing: throws,
        discarding: panes === 'discarding',
        allowedLateness: allowedLateness === 'unbounded' ? Number.POSITIVE_INFINITY : allowedLateness,
        paned: allowedLateness !== 0 || early !== undefined,
      },
    };
  });
}

/** Windows of processing time know no other. */
function byClock(early: DrawnEarly): DrawnEarly {
  return early !== undefined && 'every' in early ? { ...early, time: 'processing' } : early;
}
