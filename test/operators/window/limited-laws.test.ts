import { describe } from 'vitest';
import { count } from '../../../operators/aggregate/count.ts';
import { sum } from '../../../operators/aggregate/sum.ts';
import { calendarWindow } from '../../../operators/window/calendar-window.ts';
import { countWindow } from '../../../operators/window/count-window.ts';
import { globalWindow } from '../../../operators/window/global-window.ts';
import { sessionWindow } from '../../../operators/window/session-window.ts';
import { slidingWindow } from '../../../operators/window/sliding-window.ts';
import { tumblingWindow } from '../../../operators/window/tumbling-window.ts';
import { obeysOperatorLaws } from '../../support/laws.ts';

interface Reading {
  readonly at: number;
  readonly id: string;
  readonly v: number;
}

const at = (time: number, id: string): Reading => ({ at: time, id, v: time });
const aggregate = { n: count(), sum: sum<'v'>('v') };
const common = { time: 'at', key: 'id', aggregate } as const;
/** Some expire, some make room, some come back, some come late. */
const samples = [
  at(1, 'a'),
  at(3, 'b'),
  at(4, 'c'),
  at(2, 'a'),
  at(9, 'b'),
  at(30, 'd'),
  at(8, 'a'),
  at(31, 'b'),
  at(70, 'a'),
];

describe('windows whose keys are forgotten', () => {
  describe.each([
    ['by ttl', { ttl: 10 }],
    ['by maxKeys', { maxKeys: 2 }],
    ['by both', { ttl: 20, maxKeys: 2 }],
  ] as const)('%s', (_, limits) => {
    const given = { ...common, ...limits, outOfOrderness: 5 };
    describe('of countWindow', () =>
      obeysOperatorLaws(() => countWindow<Reading, 'id', typeof aggregate>({ ...given, size: 2 }), samples));
    describe('of countWindow with a slide', () =>
      obeysOperatorLaws(() => countWindow<Reading, 'id', typeof aggregate>({ ...given, size: 3, slide: 2 }), samples));
    describe('of globalWindow', () =>
      obeysOperatorLaws(
        () => globalWindow<Reading, 'id', typeof aggregate>({ ...given, early: { every: 4 } }),
        samples,
      ));
    describe('of sessionWindow', () =>
      obeysOperatorLaws(
        () => sessionWindow<Reading, 'id', typeof aggregate>({ ...given, gap: 12, allowedLateness: 20 }),
        samples,
      ));
    describe('of tumblingWindow', () =>
      obeysOperatorLaws(
        () =>
          tumblingWindow<Reading, 'id', typeof aggregate, true>({
            ...given,
            size: 10,
            empty: true,
            allowedLateness: 9,
          }),
        samples,
      ));
    describe('of slidingWindow', () =>
      obeysOperatorLaws(
        () => slidingWindow<Reading, 'id', typeof aggregate>({ ...given, size: 10, slide: 4, early: { count: 2 } }),
        samples,
      ));
    describe('of calendarWindow', () =>
      obeysOperatorLaws(
        () => calendarWindow<Reading, 'id', typeof aggregate>({ ...given, every: 'day', zone: 'UTC' }),
        samples,
      ));
  });
});
