import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { mean, type Stream, stream } from 'millrace';
import { Subject } from 'rxjs';
import { table } from './table.ts';

interface Reading {
  readonly at: number;
  readonly key: string;
  readonly v: number;
  readonly w: number;
}

type Keyed = ReturnType<typeof keyedBy>;
type Chain = (keyed: Keyed) => Pick<Stream<unknown>, 'subscribe'>;

/** What a bench of memory is about: so many keys, and of each a record of every slice. */
interface Case {
  readonly name: string;
  readonly keys: number;
  readonly slices: number;
  readonly one: Chain;
  /** The same with a second mean. */
  readonly two?: Chain;
  /** How many of what the name says last: keys, or windows. */
  readonly of: number;
  readonly target?: number;
}

const sliceMs = 10_000;
const one = { v: mean('v') };
const two = { v: mean('v'), w: mean('w') };
const hour = { size: '1h', slide: '10s' } as const;

const cases: readonly Case[] = [
  { name: 'a key of which no step keeps anything', keys: 1_000_000, slices: 1, of: 1_000_000, one: (keyed) => keyed },
  {
    name: 'a key with a tumbling window',
    keys: 1_000_000,
    slices: 1,
    of: 1_000_000,
    one: (keyed) => keyed.tumblingWindow('10s').aggregate(one),
    two: (keyed) => keyed.tumblingWindow('10s').aggregate(two),
    target: 200,
  },
  {
    name: 'a key with an open sliding window',
    keys: 1_000_000,
    slices: 1,
    of: 1_000_000,
    one: (keyed) => keyed.slidingWindow(hour).aggregate(one),
    two: (keyed) => keyed.slidingWindow(hour).aggregate(two),
    target: 200,
  },
  {
    name: 'a tumbling window, ten of each key open',
    keys: 100_000,
    slices: 10,
    of: 1_000_000,
    one: (keyed) => keyed.tumblingWindow('10s').aggregate(one),
    two: (keyed) => keyed.tumblingWindow('10s').aggregate(two),
  },
  {
    name: 'a slice of a sliding window, ten of each key',
    keys: 100_000,
    slices: 10,
    of: 1_000_000,
    one: (keyed) => keyed.slidingWindow(hour).aggregate(one),
    two: (keyed) => keyed.slidingWindow(hour).aggregate(two),
  },
  {
    name: 'a key with a session',
    keys: 1_000_000,
    slices: 1,
    of: 1_000_000,
    one: (keyed) => keyed.sessionWindow({ gap: '1h' }).aggregate(one),
    two: (keyed) => keyed.sessionWindow({ gap: '1h' }).aggregate(two),
    target: 200,
  },
  {
    name: 'a key with a count window',
    keys: 1_000_000,
    slices: 1,
    of: 1_000_000,
    one: (keyed) => keyed.countWindow({ size: 9 }).aggregate(one),
    two: (keyed) => keyed.countWindow({ size: 9 }).aggregate(two),
    target: 200,
  },
];

/** What a key and an open window take. A mean's own state is what a second one adds. */
export function memory(): string {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const rows = cases.map(({ name, of, target, ...rest }) => {
    const all = held(collect, rest.one, rest) / of;
    const own = rest.two === undefined ? 0 : held(collect, rest.two, rest) / of - all;
    const beside = all - own;
    const verdict = target === undefined ? '' : beside <= target ? 'reached' : 'not reached';
    const numbers = [all, own, beside].map((bytes) => bytes.toFixed(0));
    return [name, ...numbers, target === undefined ? '' : String(target), verdict];
  });
  return table(['bytes of', 'in all', 'a mean', 'beside it', 'at most', ''], rows);
}

/** Bytes that a chain holds, the keys' texts included, when every key has had its records and no window has fired. */
function held(collect: () => void, chain: Chain, { keys, slices }: Pick<Case, 'keys' | 'slices'>): number {
  const readings = new Subject<Reading>();
  const before = used(collect);
  const subscription = chain(keyedBy(readings)).subscribe(() => {});
  for (let slice = 0; slice < slices; slice++) {
    const at = slice * sliceMs;
    for (let index = 0; index < keys; index++) readings.next({ at, key: `d${index}`, v: index / 3, w: index / 7 });
  }
  const bytes = used(collect) - before;
  subscription.unsubscribe();
  return bytes;
}

/** So late that nothing fires before it is measured. */
function keyedBy(readings: Subject<Reading>) {
  return stream(readings).eventTime('at', { outOfOrderness: '1d' }).keyBy('key');
}

function used(collect: () => void): number {
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
