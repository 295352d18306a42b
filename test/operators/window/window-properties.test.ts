import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Stream } from '../../../src/index.ts';
import { patience, runs } from '../../support/runs.ts';
import { type Act, bytesOf, type Cut, cutting, play, stepsOf } from '../../support/script.ts';
import { ChainModel, plainOf } from './chain-model.ts';
import { type Kind, kinds, windowOf } from './window-kinds.ts';
import type { Numbered } from './window-model.ts';

const partitions = ['p', 'q', 'r'];

/** A reading before it is one of some kind. */
interface Drawn {
  readonly key: string;
  /** In units of the kind, as a number or as a date; or what is no time. */
  readonly at: { readonly units: number; readonly date: boolean } | { readonly none: unknown };
  readonly v: unknown;
}

const often = <T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>, weight = 30): fc.Arbitrary<T> =>
  fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: odd });

const drawn: fc.Arbitrary<Drawn> = fc.record({
  key: fc.constantFrom('a', 'b', 'c', 'd'),
  // Times around each other, and times in no order at all; some records have none.
  at: often<Drawn['at']>(
    fc.record({
      units: fc.oneof(fc.integer({ min: -60, max: 60 }), fc.integer({ min: -8, max: 8 })),
      date: often(fc.constant(false), fc.constant(true), 5),
    }),
    fc.record({
      none: fc.constantFrom(null, undefined, Number.NaN, Number.POSITIVE_INFINITY, '5', 9e15, new Date(Number.NaN)),
    }),
  ),
  v: often<unknown>(
    fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constantFrom(null, undefined, Number.NaN)),
    fc.constantFrom('5', true, {}),
  ),
});

const partition = fc.constantFrom(...partitions);
const act: fc.Arbitrary<Act<Drawn>> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('records' as const),
      partition,
      records: fc.array(drawn, { maxLength: 12 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('clock' as const), by: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('idle' as const), partition }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('watermark' as const),
      partition,
      at: fc.integer({ min: -60, max: 60 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('ended' as const), partition }) },
);

interface Setting {
  readonly outOfOrderness: number;
  readonly maxAhead: number;
  readonly partitions: number;
  readonly keyed: boolean;
  /** Whether there is an `eventTime`, where the window can do without. */
  readonly timed: boolean;
  readonly budget: number | undefined;
}

const setting: fc.Arbitrary<Setting> = fc.record({
  outOfOrderness: fc.oneof(fc.constant(0), fc.nat(15), fc.nat(80)),
  maxAhead: often(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 1, max: 60 }), 5),
  partitions: fc.constantFrom(1, 1, 2, 3),
  keyed: fc.boolean(),
  timed: fc.boolean(),
  budget: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
});

/** A record of each of so many keys. */
const crowd: fc.Arbitrary<Act<Drawn>> = fc.integer({ min: 1_030, max: 1_200 }).map((size) => ({
  kind: 'records',
  partition: 'p',
  records: Array.from({ length: size }, (__, index) => {
    return { key: `k${index}`, at: { units: index % 3, date: false }, v: index % 5 };
  }),
}));

/** The acts as a chain of this kind gets them: in its units, readings numbered as they come, only these partitions. */
function actsOf(acts: readonly Act<Drawn>[], { unit, origin }: Kind, count: number): readonly Act<Numbered>[] {
  let id = 0;
  const timeOf = (at: Drawn['at']): unknown => {
    if ('none' in at) return at.none;
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

function told(acts: readonly Act<Drawn>[], kind: Kind, given: Setting, cuts: readonly Cut[]) {
  const { unit, origin: now, method } = kind;
  const { keyed, budget } = given;
  const [outOfOrderness, maxAhead] = [given.outOfOrderness * unit, given.maxAhead * unit];
  const known = partitions.slice(0, given.partitions);
  const steps = stepsOf(actsOf(acts, kind, given.partitions), cuts);
  const timed = !kind.byClock || given.timed;
  const options = { outOfOrderness, maxAhead: Number.isFinite(maxAhead) ? maxAhead : ('off' as const) };
  const chain = (input: Stream<Numbered>): Stream<unknown, unknown> => {
    const records = timed ? input.eventTime('at', options) : input;
    return windowOf(keyed ? records.keyBy('key') : records, kind);
  };
  const model = new ChainModel({
    partitions: known,
    outOfOrderness,
    maxAhead,
    now,
    keyed,
    timed,
    operator: method,
    window: kind.model,
  });
  const stage = { partitions: known, now, budget, timestamps: timed };
  return { ours: play(chain, steps, stage).map(plainOf), theirs: model.play(steps) };
}

describe.each(Object.entries(kinds))('%s', (_, kindOf) => {
  it('does what a dumb model does: late, idle, cut, crashed, early and again', patience, () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 10 }), kindOf, setting, cutting(12), (acts, kind, given, cuts) => {
        const { ours, theirs } = told(acts, kind, given, cuts);
        expect(ours).toEqual(theirs);
        expect(bytesOf(ours)).toBe(bytesOf(theirs));
      }),
      { numRuns: runs },
    );
  });

  it('does the same where more is due than goes in one piece', patience, () => {
    const acts = fc.tuple(crowd, fc.array(act, { maxLength: 4 })).map(([many, others]) => [many, ...others]);
    fc.assert(
      fc.property(acts, kindOf, setting, cutting(1_200), (given, kind, { budget = 1, ...others }, cuts) => {
        const whole = { ...others, keyed: true, budget: 100 * budget, maxAhead: Number.POSITIVE_INFINITY };
        const { ours, theirs } = told(given, kind, whole, cuts);
        expect(bytesOf(ours)).toBe(bytesOf(theirs));
      }),
      { numRuns: Math.ceil(runs / 100) },
    );
  });
});
