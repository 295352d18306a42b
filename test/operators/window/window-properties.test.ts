import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Stream } from '../../../src/index.ts';
import { patience, runs } from '../../support/runs.ts';
import { type Act, bytesOf, type Cut, cutting, play, stepsOf } from '../../support/script.ts';
import { ChainModel, plainOf } from './chain-model.ts';
import { act, actsOf, crowd, type Drawn, nearAct, partitions, type Setting, setting } from './drawn-acts.ts';
import { type Kind, kinds, windowOf } from './window-kinds.ts';
import type { Limits } from './limited-model.ts';
import type { Numbered } from './window-model.ts';

/** A key grows old in event time alone. */
function limitsOf({ ttl, maxKeys }: Limits, unit: number, timed: boolean): Limits {
  return {
    ...(ttl === undefined || !timed ? {} : { ttl: ttl * unit }),
    ...(maxKeys === undefined ? {} : { maxKeys }),
  };
}

function told(acts: readonly Act<Drawn>[], kind: Kind, given: Setting, cuts: readonly Cut[]) {
  const { unit, origin: now, method } = kind;
  const { keyed, budget } = given;
  const [outOfOrderness, maxAhead] = [given.outOfOrderness * unit, given.maxAhead * unit];
  const known = partitions.slice(0, given.partitions);
  const steps = stepsOf(actsOf(acts, kind, given.partitions), cuts);
  const timed = !kind.byClock || given.timed;
  const limits = limitsOf(given.limits, unit, timed);
  const options = { outOfOrderness, maxAhead: Number.isFinite(maxAhead) ? maxAhead : ('off' as const) };
  const chain = (input: Stream<Numbered>): Stream<unknown, unknown> => {
    const records = timed ? input.eventTime('at', options) : input;
    return windowOf(keyed ? records.keyBy('key') : records, kind, limits);
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
    limits,
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
    const acts = fc.tuple(crowd, fc.array(nearAct, { maxLength: 4 })).map(([many, others]) => [many, ...others]);
    fc.assert(
      fc.property(acts, kindOf, setting, cutting(1_200), (given, kind, { budget = 1, ...others }, cuts) => {
        const { ttl } = others.limits;
        const limits = ttl === undefined ? {} : { ttl };
        const whole = { ...others, limits, keyed: true, budget: 100 * budget, maxAhead: Number.POSITIVE_INFINITY };
        const { ours, theirs } = told(given, kind, whole, cuts);
        expect(bytesOf(ours)).toBe(bytesOf(theirs));
      }),
      { numRuns: Math.ceil(runs / 100) },
    );
  });
});
