import { describe, expect, it } from 'vitest';
import { count, type Stream, type Windowed } from '../../../src/index.ts';
import { drive } from '../../../src/testing/index.ts';

interface Reading {
  readonly at: number;
  readonly key: number;
}

/** More than the arguments that a call can have. */
const keys = 150_000;

type Keyed = Stream<Reading, { readonly key: number }>;
const early = { count: 1_000 };

const chains: Readonly<Record<string, (keyed: Keyed) => Windowed<Reading, { readonly key: number }>>> = {
  tumblingWindow: (keyed) => keyed.tumblingWindow('1h'),
  'tumblingWindow with early rows': (keyed) => keyed.tumblingWindow('1h', { early }),
  slidingWindow: (keyed) => keyed.slidingWindow({ size: '1h', slide: '30m' }),
  sessionWindow: (keyed) => keyed.sessionWindow({ gap: '1h' }),
  countWindow: (keyed) => keyed.countWindow({ size: 10 }),
  'countWindow with a slide': (keyed) => keyed.countWindow({ size: 10, slide: 5 }),
  globalWindow: (keyed) => keyed.globalWindow(),
  'globalWindow with early rows': (keyed) => keyed.globalWindow({ early }),
};

describe('windows of very many keys', () => {
  it.each(Object.entries(chains))('go on from a snapshot: %s', (_, chain) => {
    const build = (readings: Stream<Reading>) => chain(readings.eventTime('at').keyBy('key')).aggregate({ n: count() });
    const before = drive(build);
    for (let key = 0; key < keys; key++) before.push({ at: 0, key });
    const after = drive(build).restore(before.snapshot());
    after.push({ at: 1, key: 7 });
    const rows = after.end().take();
    const last = new Map(rows.map(({ key, n }) => [key, n]));
    expect(last.size).toBe(keys);
    expect(last.get(7)).toBe(2);
    expect(last.get(8)).toBe(1);
  });
});
