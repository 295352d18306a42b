import fc from 'fast-check';
import type { Act } from '../../support/script.ts';
import type { Limits } from './limited-model.ts';
import type { Numbered } from './window-model.ts';

export const partitions: readonly string[] = ['p', 'q', 'r'];

/** A reading before it is one of some kind. */
export interface Drawn {
  readonly key: string;
  /** In units of the kind, as a number or as a date; so far from the one before; or what is no time. */
  readonly at:
    { readonly units: number; readonly date: boolean } | { readonly step: number } | { readonly none: unknown };
  readonly v: unknown;
}

const often = <T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>, weight = 30): fc.Arbitrary<T> =>
  fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: odd });

const none: fc.Arbitrary<Drawn['at']> = fc.record({
  none: fc.constantFrom(null, undefined, Number.NaN, Number.POSITIVE_INFINITY, '5', 9e15, new Date(Number.NaN)),
});

function drawnWith(at: fc.Arbitrary<Drawn['at']>): fc.Arbitrary<Drawn> {
  return fc.record({
    key: fc.constantFrom('a', 'a', 'b', 'b', 'c', 'c', 'd'),
    at: often(at, none),
    v: often<unknown>(
      fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constantFrom(null, undefined, Number.NaN)),
      fc.constantFrom('5', true, {}),
    ),
  });
}

function unitsOf(units: fc.Arbitrary<number>): fc.Arbitrary<Drawn> {
  return drawnWith(fc.record({ units, date: often(fc.constant(false), fc.constant(true), 5) }));
}

/** In no order at all, or near each other. */
const anywhere = unitsOf(fc.oneof(fc.integer({ min: -60, max: 60 }), fc.integer({ min: -8, max: 8 })));
const near = unitsOf(fc.integer({ min: -2, max: 6 }));
/** One behind the other but for a few, as streams are. */
const walking = drawnWith(
  fc.record({ step: fc.oneof(fc.nat(4), fc.nat(4), fc.nat(4), fc.integer({ min: -12, max: 20 })) }),
);

const partition = fc.constantFrom(...partitions);

/** `reach`: how far the source's watermarks go. `by`: how far the clock goes at once. */
function actsWith(records: readonly fc.Arbitrary<Drawn>[], reach: number, by: number): fc.Arbitrary<Act<Drawn>> {
  const list = fc.oneof(...records.map((each) => fc.array(each, { maxLength: 12 })));
  const at = fc.integer({ min: -reach, max: reach });
  const kind = <K extends string>(name: K): fc.Arbitrary<K> => fc.constant(name);
  return fc.oneof(
    { weight: 12, arbitrary: fc.record({ kind: kind('records'), partition, records: list }) },
    { weight: 3, arbitrary: fc.record({ kind: kind('clock'), by: fc.nat(by) }) },
    { weight: 2, arbitrary: fc.record({ kind: kind('idle'), partition }) },
    { weight: 1, arbitrary: fc.record({ kind: kind('watermark'), partition, at }) },
    { weight: 1, arbitrary: fc.record({ kind: kind('ended'), partition }) },
  );
}

export const act: fc.Arbitrary<Act<Drawn>> = actsWith([anywhere, walking], 60, 20);
/** Of which little becomes of time, where there are many keys. */
export const nearAct: fc.Arbitrary<Act<Drawn>> = actsWith([near], 8, 3);

export interface Setting {
  readonly outOfOrderness: number;
  readonly maxAhead: number;
  readonly partitions: number;
  readonly keyed: boolean;
  /** Whether there is an `eventTime`, where the window can do without. */
  readonly timed: boolean;
  readonly budget: number | undefined;
  readonly limits: Limits;
}

const ttl = fc.integer({ min: 1, max: 40 });
const maxKeys = fc.integer({ min: 1, max: 4 });
const limits: fc.Arbitrary<Limits> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.record({ ttl }) },
  { weight: 1, arbitrary: fc.record({ maxKeys }) },
  { weight: 1, arbitrary: fc.record({ ttl, maxKeys }) },
);

export const setting: fc.Arbitrary<Setting> = fc.record({
  outOfOrderness: fc.oneof(fc.constant(0), fc.nat(15), fc.nat(80)),
  maxAhead: often(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 1, max: 60 }), 5),
  partitions: fc.constantFrom(1, 1, 2, 3),
  keyed: fc.boolean(),
  timed: fc.boolean(),
  budget: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
  limits,
});

/** A record of each of so many keys. */
export const crowd: fc.Arbitrary<Act<Drawn>> = fc.integer({ min: 1_030, max: 1_200 }).map((size) => ({
  kind: 'records',
  partition: 'p',
  records: Array.from({ length: size }, (__, index) => {
    return { key: `k${index}`, at: { units: index % 3, date: false }, v: index % 5 };
  }),
}));

/** No time that is drawn lies further from the origin. */
const furthest = 300;

/** The acts as a chain gets them: in its units, readings numbered as they come, and of so many partitions. */
export function actsOf(
  acts: readonly Act<Drawn>[],
  { unit, origin }: { readonly unit: number; readonly origin: number },
  count: number,
): readonly Act<Numbered>[] {
  let id = 0;
  let walked = -60;
  const timeOf = (at: Drawn['at']): unknown => {
    if ('none' in at) return at.none;
    if ('step' in at) return origin + (walked = Math.min(furthest, walked + at.step)) * unit;
    const time = origin + at.units * unit;
    return at.date ? new Date(time) : time;
  };
  return acts.flatMap((each): readonly Act<Numbered>[] => {
    // One step at a time: what is due in pieces leaves before the clock goes on.
    if (each.kind === 'clock') return Array.from({ length: each.by }, () => ({ ...each, by: unit }));
    const on = { partition: partitions[partitions.indexOf(each.partition) % count]! };
    if (each.kind === 'records') {
      const records = each.records.map(({ key, at, v }) => ({ id: id++, key, at: timeOf(at), v }) as Numbered);
      return [{ ...each, ...on, records }];
    }
    return [each.kind === 'watermark' ? { ...each, ...on, at: origin + each.at * unit } : { ...each, ...on }];
  });
}
