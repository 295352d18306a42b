/** One way to do the work of a bench. */
export interface Contestant {
  readonly name: string;
  /** Does the work once over the first so many records, and gives every row of the result to the tally. */
  readonly run: (tally: Tally, records: number) => void | Promise<void>;
  /** Of one that takes a minute for all records: how many it is given. */
  readonly records?: number;
  /** How fast it should be, with the first contestant as 1. */
  readonly target?: number;
}

/** What several contestants made of the same records. */
export interface Race {
  readonly title: string;
  readonly records: number;
  /** What the table says the time is: of a record, or of the whole run. */
  readonly unit?: 'ns a record' | 'µs';
  readonly contestants: readonly Contestant[];
  /** Pairs that count. */
  readonly pairs?: number;
  /** The contestants do different things: their rows are not compared. */
  readonly apart?: true;
  /** They read from another process: the report also says what the clock on the wall did. */
  readonly wall?: true;
}

export interface Result {
  readonly name: string;
  /** CPU time of a run over all records in ns, the median. */
  readonly ns: number;
  /** The first contestant's time divided by this one's, the median over the pairs. */
  readonly ratio: number;
  readonly target: number | undefined;
  /** The same two by the clock on the wall. */
  readonly wall: { readonly ns: number; readonly ratio: number };
}

/** The consumer of a bench: it keeps the last row and a sum, so that nothing is optimised away and nothing piles up. */
export class Tally {
  rows = 0;
  sum = 0;
  last: unknown = undefined;

  take(row: unknown, value: number): void {
    this.rows++;
    this.sum += value;
    this.last = row;
  }
}

const warmUps = 3;

/**
 * Runs the contestants in turn, round after round. The run of one and that of the first in the same round are a pair. Each
 * round begins with another one: what the garbage collector puts off would always meet the same contestant otherwise.
 */
export async function race(given: Race): Promise<readonly Result[]> {
  const { contestants, records, pairs = 9 } = given;
  if (given.apart !== true) await sameResults(given);
  const times = contestants.map(() => [] as Times[]);
  for (let round = 0; round < warmUps + pairs; round++) {
    for (let turn = 0; turn < contestants.length; turn++) {
      const index = (round + turn) % contestants.length;
      const each = contestants[index]!;
      const own = each.records ?? records;
      const { cpu, wall } = await timesOf(each.run, own);
      if (round >= warmUps) times[index]!.push({ cpu: (cpu / own) * records, wall: (wall / own) * records });
    }
  }
  return contestants.map(({ name, target }, index) => {
    const by = (clock: keyof Times): Result['wall'] => {
      const own = times[index]!.map((each) => each[clock]);
      return { ns: median(own), ratio: median(own.map((ns, pair) => times[0]![pair]![clock] / ns)) };
    };
    return { name, target, ...by('cpu'), wall: by('wall') };
  });
}

/** As many rows and the same sum, but for rounding: contestants may add in different orders. */
async function sameResults({ title, contestants, records: all }: Race): Promise<void> {
  const firsts = new Map<number, Tally>();
  for (const { name, run, records = all } of contestants) {
    const first = firsts.get(records) ?? (await tallyOf(contestants[0]!.run, records));
    firsts.set(records, first);
    const tally = await tallyOf(run, records);
    if (tally.rows === 0 || tally.rows !== first.rows || !(Math.abs(tally.sum / first.sum - 1) < 1e-9)) {
      throw new Error(`${title}: ${name} made ${tally.rows} rows, sum ${tally.sum}; not ${first.rows}, ${first.sum}`);
    }
  }
}

async function tallyOf(run: Contestant['run'], records: number): Promise<Tally> {
  const tally = new Tally();
  await run(tally, records);
  return tally;
}

interface Times {
  readonly cpu: number;
  readonly wall: number;
}

/** Of a run, in ns. No collection is forced before: it would also take away what the compiler has learnt. */
async function timesOf(run: Contestant['run'], records: number): Promise<Times> {
  const [before, began] = [process.cpuUsage(), performance.now()];
  await run(new Tally(), records);
  const { user, system } = process.cpuUsage(before);
  return { cpu: (user + system) * 1_000, wall: (performance.now() - began) * 1_000_000 };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
