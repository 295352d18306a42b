import { describe, expect, it } from 'vitest';
import {
  calendarWindow,
  countWindow,
  cumulativeWindow,
  eventTime,
  globalWindow,
  sessionWindow,
  slidingWindow,
  sortByTime,
  tumblingWindow,
} from '../../../operators/index.ts';
import {
  aggregator,
  approxDistinct,
  approxQuantile,
  approxTopK,
  correlation,
  count,
  covariance,
  mean,
  median,
  quantile,
  rate,
  standardError,
  stddev,
  sum,
  timeWeightedMean,
  topK,
  variance,
  weightedMean,
} from '../../../src/index.ts';

/** Wrong on purpose: no call of these compiles without the cast. */
const wrong = <F>(fn: F): ((...given: readonly unknown[]) => unknown) => fn as never;
const needed = { time: 'at', aggregate: { n: count() } };
const tumbling = (options: object): unknown => wrong(tumblingWindow)({ ...needed, size: '1d', ...options });
const sliding = (options: object): unknown => wrong(slidingWindow)({ ...needed, size: '1m', slide: '10s', ...options });
const cumulative = (options: object): unknown =>
  wrong(cumulativeWindow)({ ...needed, size: '1m', step: '10s', ...options });
const calendar = (options: object): unknown =>
  wrong(calendarWindow)({ ...needed, every: 'day', zone: 'UTC', ...options });
const session = (options: object): unknown => wrong(sessionWindow)({ ...needed, gap: '1m', ...options });
const counting = (options: object): unknown => wrong(countWindow)({ ...needed, size: 4, ...options });
const all = (options: object): unknown => wrong(globalWindow)({ ...needed, ...options });

const standalone = '`time`, `key`, `onReject`, `outOfOrderness`, `idleAfter`, `maxAhead`';
const shared = '`clock`, `allowedLateness`, `early`, `panes`, `empty`, `ttl`, `maxKeys`';
const notExact = 'windows that long would have borders that are no exact numbers';

const calls: readonly (readonly [call: () => unknown, message: string])[] = [
  // Lengths
  [
    () => tumbling({ size: undefined }),
    "tumblingWindow: `size` must be a positive duration such as '1m', got undefined",
  ],
  [() => tumbling({ size: 0 }), "tumblingWindow: `size` must be a positive duration such as '1m', got 0 (number)"],
  [
    () => tumbling({ size: '5 s' }),
    'tumblingWindow: `size` must be a positive duration such as \'1m\', got "5 s" (string)',
  ],
  [
    () => tumbling({ size: '5' }),
    'tumblingWindow: `size` must be a positive duration such as \'1m\', got "5" (string)',
  ],
  [
    () => tumbling({ size: Number.NaN }),
    "tumblingWindow: `size` must be a positive duration such as '1m', got NaN (number)",
  ],
  [
    () => tumbling({ size: Infinity }),
    "tumblingWindow: `size` must be a positive duration such as '1m', got Infinity (number)",
  ],
  [
    () => tumbling({ size: 0.5 }),
    'tumblingWindow: `size` must be a whole number of milliseconds, got 0.5 (number); round it',
  ],
  [
    () => tumbling({ size: '4166667d' }),
    `tumblingWindow: \`size\` must be at most 100000000h, got "4166667d" (string); ${notExact}`,
  ],
  [
    () => tumbling({ size: '100000001d' }),
    'tumblingWindow: `size` must be at most 100000000d, got "100000001d" (string)',
  ],
  [
    () => tumbling({ offset: '1d' }),
    'tumblingWindow: `offset` must be shorter than `size` (1d), got "1d" (string); leave whole ones away: they make the same windows',
  ],
  [() => tumbling({ offset: null }), "tumblingWindow: `offset` must be a duration such as '6h' or '-6h', got null"],
  [
    () => sliding({ slide: '2m' }),
    'slidingWindow: `slide` must be at most `size` (1m), got "2m" (string); a longer slide would lose the records between two windows',
  ],
  [() => sliding({ slide: 0 }), "slidingWindow: `slide` must be a positive duration such as '1m', got 0 (number)"],
  [
    () => cumulative({ step: '7s' }),
    'cumulativeWindow: `step` must be a part of `size` (1m) without rest, got "7s" (string); the last window would be longer than `size`',
  ],
  [
    () => cumulative({ step: '2m' }),
    'cumulativeWindow: `step` must be at most `size` (1m), got "2m" (string); a window grows by it until it is full',
  ],
  [() => session({ gap: 0 }), "sessionWindow: `gap` must be a positive duration such as '1m', got 0 (number)"],
  [
    () => session({ gap: Infinity }),
    "sessionWindow: `gap` must be a positive duration such as '1m', got Infinity (number)",
  ],
  [
    () => session({ gap: '1.5ms' }),
    'sessionWindow: `gap` must be a whole number of milliseconds, got "1.5ms" (string); round it',
  ],
  [
    () => session({ gap: '4166667d' }),
    `sessionWindow: \`gap\` must be at most 100000000h, got "4166667d" (string); ${notExact}`,
  ],
  [() => counting({ size: '5s' }), 'countWindow: `size` must be a whole number of at least 1, got "5s" (string)'],
  [
    () => counting({ slide: 5 }),
    'countWindow: `slide` must be at most `size` (4), got 5 (number); a longer slide would lose the records between windows',
  ],
  // Calendars
  [
    () => calendar({ zone: 'Europe/Berlim' }),
    'calendarWindow: `zone` must be a time zone such as \'Europe/Berlin\', got "Europe/Berlim" (string)',
  ],
  [
    () => calendar({ zone: undefined }),
    "calendarWindow: `zone` must be a time zone such as 'Europe/Berlin', got undefined",
  ],
  [
    () => calendar({ every: '1d' }),
    'calendarWindow: `every` must be one of `hour`, `day`, `week`, `month`, `quarter`, `year`, got "1d" (string)',
  ],
  [
    () => calendar({ every: 'week', weekStartsOn: 1 }),
    'calendarWindow: `weekStartsOn` must be one of `monday`, `tuesday`, `wednesday`, `thursday`, `friday`, `saturday`, `sunday`, got 1 (number)',
  ],
  [
    () => calendar({ weekStartsOn: 'monday' }),
    'calendarWindow: `weekStartsOn` must be left out unless `every` is \'week\', got "monday" (string); a day does not depend on it',
  ],
  // What windows share
  [
    () => tumbling({ allowedLateness: Infinity }),
    "tumblingWindow: `allowedLateness` must be a duration such as '5s', got Infinity (number); say 'unbounded' instead",
  ],
  [
    () => tumbling({ clock: 'processing', allowedLateness: 5 }),
    "tumblingWindow: `allowedLateness` must be left out with `clock: 'processing'`, got 5 (number); in processing time no record is late",
  ],
  [
    () => tumbling({ early: { every: 0 } }),
    "tumblingWindow: `early.every` must be a positive duration such as '1m', got 0 (number)",
  ],
  [
    () => all({ early: { count: 1.5 } }),
    'globalWindow: `early.count` must be a whole number of at least 1, got 1.5 (number)',
  ],
  [() => all({ early: {} }), 'globalWindow: `early` must be `{ every }` or `{ count }`, got {} (object)'],
  [
    () => session({ panes: 'both' }),
    'sessionWindow: `panes` must be one of `accumulating`, `discarding`, got "both" (string)',
  ],
  [() => tumbling({ ttl: 0 }), "tumblingWindow: `ttl` must be a positive duration such as '1m', got 0 (number)"],
  [() => counting({ ttl: '1 h' }), 'countWindow: `ttl` must be a positive duration such as \'1m\', got "1 h" (string)'],
  [
    () => all({ maxKeys: Infinity }),
    'globalWindow: `maxKeys` must be a whole number of at least 1, got Infinity (number)',
  ],
  [() => session({ maxKeys: 0 }), 'sessionWindow: `maxKeys` must be a whole number of at least 1, got 0 (number)'],
  // Names
  [
    () => tumbling({ sise: 1 }),
    `tumblingWindow: \`sise\` must be one of the options \`size\`, \`offset\`, ${shared}, \`aggregate\`, ${standalone}, got "sise" (string)`,
  ],
  [
    () => calendar({ offset: 1 }),
    `calendarWindow: \`offset\` must be one of the options \`every\`, \`zone\`, \`weekStartsOn\`, ${shared}, \`aggregate\`, ${standalone}, got "offset" (string)`,
  ],
  [
    () => counting({ allowedLateness: 1 }),
    `countWindow: \`allowedLateness\` must be one of the options \`size\`, \`slide\`, \`aggregate\`, \`ttl\`, \`maxKeys\`, ${standalone}, got "allowedLateness" (string)`,
  ],
  [
    () => wrong(tumblingWindow)('1m'),
    `tumblingWindow: \`options\` must be an object with \`size\`, \`offset\`, ${shared}, \`aggregate\`, ${standalone}, got "1m" (string)`,
  ],
  [() => tumbling({ key: 5 }), 'tumblingWindow: `key` must be the name of a field, got 5 (number)'],
  [() => tumbling({ key: [] }), 'tumblingWindow: `key` must be the name of at least one field, got [] (array)'],
  [
    () => tumbling({ aggregate: {} }),
    'tumblingWindow: `aggregate` must be an object with at least one entry, got {} (object)',
  ],
  [
    () => tumbling({ aggregate: { n: count } }),
    "tumblingWindow: `aggregate.n` must be an aggregate such as mean('temperature'), got count (function)",
  ],
  [
    () => tumbling({ aggregate: count() }),
    'tumblingWindow: `aggregate` must be an object with at least one entry, got {"recipe":{"aggregate":"count","numeric":false}} (object); give it the name of the result, as in { mean: mean(\'temperature\') }',
  ],
  // Time
  [() => wrong(eventTime)(5), 'eventTime: `time` must be the name of a field or a function, got 5 (number)'],
  [
    () => wrong(eventTime)('at', { outOfOrderness: '5 s' }),
    'eventTime: `outOfOrderness` must be a duration such as \'5s\', got "5 s" (string)',
  ],
  [
    () => wrong(eventTime)('at', { outOfOrderness: null }),
    "eventTime: `outOfOrderness` must be a duration such as '5s', got null",
  ],
  [
    () => wrong(eventTime)('at', { outOfOrderness: -1 }),
    "eventTime: `outOfOrderness` must be a duration such as '5s', got -1 (number)",
  ],
  [
    () => wrong(eventTime)('at', { idleAfter: 0 }),
    "eventTime: `idleAfter` must be a positive duration such as '1m', got 0 (number)",
  ],
  [
    () => wrong(eventTime)('at', { maxAhead: 'never' }),
    'eventTime: `maxAhead` must be a positive duration such as \'1m\', got "never" (string)',
  ],
  [
    () => wrong(eventTime)('at', { outoforderness: 1 }),
    'eventTime: `outoforderness` must be one of the options `outOfOrderness`, `idleAfter`, `maxAhead`, got "outoforderness" (string)',
  ],
  [
    () => wrong(sortByTime)({ maxHeld: 0 }),
    'sortByTime: `maxHeld` must be a whole number of at least 1, got 0 (number)',
  ],
  [
    () => wrong(sortByTime)({ maxheld: 5 }),
    `sortByTime: \`maxheld\` must be one of the options \`maxHeld\`, ${standalone}, got "maxheld" (string)`,
  ],
  // Aggregates
  [() => wrong(mean)(undefined), 'mean: `field` must be the name of a field, got undefined'],
  [() => wrong(sum)(''), 'sum: `field` must be the name of a field, got "" (string)'],
  [() => wrong(count)(5), 'count: `field` must be the name of a field, got 5 (number)'],
  [() => wrong(median)(null), 'median: `field` must be the name of a field, got null'],
  [() => wrong(timeWeightedMean)(''), 'timeWeightedMean: `field` must be the name of a field, got "" (string)'],
  [() => wrong(weightedMean)('v'), 'weightedMean: `weight` must be the name of a field, got undefined'],
  [() => wrong(covariance)('a'), 'covariance: `b` must be the name of a field, got undefined'],
  [() => wrong(correlation)('a'), 'correlation: `b` must be the name of a field, got undefined'],
  [() => wrong(quantile)('v', 1.1), 'quantile: `q` must be a number from 0 to 1, got 1.1 (number)'],
  [() => wrong(quantile)('v', -0.1), 'quantile: `q` must be a number from 0 to 1, got -0.1 (number)'],
  [() => wrong(quantile)('v', Number.NaN), 'quantile: `q` must be a number from 0 to 1, got NaN (number)'],
  [
    () => wrong(quantile)('v', 0.5, { interpolation: 'spline' }),
    'quantile: `interpolation` must be one of `linear`, `lower`, `higher`, `midpoint`, `nearest`, got "spline" (string)',
  ],
  [() => wrong(approxQuantile)('v', 50), 'approxQuantile: `q` must be a number from 0 to 1, got 50 (number)'],
  [
    () => wrong(approxQuantile)('v', 0.5, { accuracy: 0 }),
    'approxQuantile: `accuracy` must be a number from 0.0001 to 0.5, got 0 (number)',
  ],
  [
    () => wrong(approxQuantile)('v', 0.5, { accurracy: 0.1 }),
    'approxQuantile: `accurracy` must be one of the options `accuracy`, got "accurracy" (string)',
  ],
  [
    () => wrong(approxDistinct)('v', { error: 1 }),
    'approxDistinct: `error` must be a number from 0.0025 to 0.25, got 1 (number)',
  ],
  [() => wrong(variance)('v', { ddof: 2 }), 'variance: `ddof` must be 0 or 1, got 2 (number)'],
  [() => wrong(stddev)('v', { ddof: '1' }), 'stddev: `ddof` must be 0 or 1, got "1" (string)'],
  [() => wrong(standardError)('v', { ddof: 0.5 }), 'standardError: `ddof` must be 0 or 1, got 0.5 (number)'],
  [() => wrong(covariance)('a', 'b', { ddof: -1 }), 'covariance: `ddof` must be 0 or 1, got -1 (number)'],
  [() => wrong(topK)('v', 0), 'topK: `k` must be a whole number of at least 1, got 0 (number)'],
  [() => wrong(topK)('v', Infinity), 'topK: `k` must be a whole number of at least 1, got Infinity (number)'],
  [() => wrong(approxTopK)('v', 1.5), 'approxTopK: `k` must be a whole number of at least 1, got 1.5 (number)'],
  [() => wrong(approxTopK)('v', 3, { capacity: 2 }), 'approxTopK: `capacity` must be at least `k` (3), got 2 (number)'],
  [
    () => wrong(approxTopK)('v', 3, { capacity: '9' }),
    'approxTopK: `capacity` must be a whole number of at least 1, got "9" (string)',
  ],
  [() => wrong(rate)('v', { per: 0 }), "rate: `per` must be a positive duration such as '1m', got 0 (number)"],
  [
    () => wrong(aggregator)({ create: () => 0, add: () => 0, result: 5 }),
    'aggregator: `result` must be a function, got 5 (number)',
  ],
];

describe('a wrong call throws at once, and says what to do', () => {
  it.each(calls.map(([call, message]) => ({ message, call })))('$message', ({ message, call }) => {
    expect(call).toThrowError(expect.objectContaining({ code: 'ML_ARGUMENT', message }));
  });
});
