import { describe, expect, it } from 'vitest';
import { count } from '../../../operators/aggregate/count.ts';
import {
  calendarWindow,
  countWindow,
  cumulativeWindow,
  globalWindow,
  sessionWindow,
  slidingWindow,
  tumblingWindow,
} from '../../../operators/index.ts';

/** Each kind of window, and what it needs beside its aggregates. */
const kinds: readonly (readonly [make: (options: never) => unknown, own: object])[] = [
  [tumblingWindow, { size: 10 }],
  [slidingWindow, { size: 10, slide: 5 }],
  [cumulativeWindow, { size: 10, step: 5 }],
  [calendarWindow, { every: 'day', zone: 'UTC' }],
  [sessionWindow, { gap: 10 }],
  [countWindow, { size: 10 }],
  [globalWindow, {}],
];

/** What they refuse, and what they say to it. */
const common = [
  [{ aggregate: undefined }, '`aggregate` must be an object with at least one entry, got undefined'],
  [{ aggregate: {} }, '`aggregate` must be an object with at least one entry, got {} (object)'],
  [{ aggregate: { n: 'count' } }, '`aggregate.n` must be an aggregate such as mean(\'temperature\'), got "count"'],
  [{ time: 5 }, '`time` must be the name of a field or a function, got 5 (number)'],
  [{ key: [] }, '`key` must be the name of at least one field'],
  [{ key: ['id', 'id'] }, '`key` must be different names, got "id" (string); it stands there twice'],
  [{ outOfOrderness: '5 s' }, '`outOfOrderness` must be a duration such as \'5s\', got "5 s" (string)'],
  [{ ttl: 0 }, "`ttl` must be a positive duration such as '1m', got 0 (number)"],
  [{ maxKeys: 0 }, '`maxKeys` must be a whole number of at least 1, got 0 (number)'],
  [{ maxHeld: 5 }, '`maxHeld` must be one of the options'],
] as const;
const early = [
  [{ early: {} }, '`early` must be `{ every }` or `{ count }`, got {} (object)'],
  [{ early: { every: 5, count: 5 } }, '`early` must be `{ every }` or `{ count }`'],
  [{ early: { every: 0 } }, "`early.every` must be a positive duration such as '1m', got 0 (number)"],
  [{ early: { every: 5, time: 'wall' } }, '`early.time` must be one of `event`, `processing`, got "wall" (string)'],
  [{ early: { count: 0.5 } }, '`early.count` must be a whole number of at least 1, got 0.5 (number)'],
  [{ early: { count: 5, time: 'event' } }, '`early.time` must be left out with `count`, got "event" (string)'],
  [{ early: { often: 5 } }, '`often` must be one of the options `every`, `time`, `count`'],
  [{ early: 5 }, '`options` must be an object with `every`, `time`, `count`, got 5 (number)'],
  [{ panes: 'both' }, '`panes` must be one of `accumulating`, `discarding`, got "both" (string)'],
] as const;
const ending = [
  [{ allowedLateness: -1 }, "`allowedLateness` must be a duration such as '5s', got -1 (number)"],
  [{ allowedLateness: Number.NaN }, "`allowedLateness` must be a duration such as '5s', got NaN (number)"],
  [{ allowedLateness: Number.POSITIVE_INFINITY }, "got Infinity (number); say 'unbounded' instead"],
  [{ clock: 'wall' }, '`clock` must be one of `event`, `processing`, got "wall" (string)'],
  [{ clock: 'processing', allowedLateness: 5 }, '(number); in processing time no record is late'],
  [
    { clock: 'processing', early: { every: 5, time: 'event' } },
    "`early.time` must be 'processing' with `clock: 'processing'`, got \"event\" (string); these windows know no event time",
  ],
] as const;

const grid = [[{ empty: 1 }, '`empty` must be true or false, got 1 (number)']] as const;

describe.each(kinds.map(([make, own]) => ({ name: make.name, make, own })))('$name', ({ name, make, own }) => {
  const call = (wrong: object): unknown => make({ time: 'at', aggregate: { n: count() }, ...own, ...wrong } as never);
  const answer = (wrong: object): unknown => {
    try {
      return call(wrong);
    } catch (error) {
      return error;
    }
  };
  const refusal = (message: string): unknown =>
    expect.objectContaining({ code: 'ML_ARGUMENT', message: expect.stringContaining(message) });
  const counts = make === countWindow;
  const hasEnd = !counts && make !== globalWindow;
  const onGrid = hasEnd && make !== sessionWindow;

  it('takes what it needs', () => {
    expect(call({})).toBeTypeOf('function');
  });

  it.each([...common, ...(counts ? [] : early), ...(hasEnd ? ending : []), ...(onGrid ? grid : [])])(
    'refuses %j when called',
    (wrong, message) => {
      expect(answer(wrong)).toEqual(refusal(message));
      expect(String(answer(wrong))).toContain(`: ${name}: `);
    },
  );

  it.each([
    ...(counts ? ['early', 'panes'] : []),
    ...(hasEnd ? [] : ['allowedLateness', 'clock']),
    ...(onGrid ? [] : ['empty', 'offset']),
    ...(make === calendarWindow ? ['offset', 'size'] : []),
    ...(make === globalWindow ? ['size'] : []),
  ])('does not know the option %s', (option) => {
    expect(answer({ [option]: 1 })).toEqual(refusal(`${name}: \`${option}\` must be one of the options`));
  });
});
