import { describe, expect, it } from 'vitest';
import { type Job, type JobReport, type Rejection, stream, sum } from '../../../src/index.ts';
import { MortalWorld } from '../../support/mortal-world.ts';

interface Reading {
  readonly key: string;
  readonly at: number;
  readonly v: number | null;
}

/** Windows of 10 over two keys, some records late, some missing their value. */
const readings: readonly Reading[] = Array.from({ length: 60 }, (_, i) => ({
  key: i % 3 === 0 ? 'a' : 'b',
  at: i % 11 === 10 ? i - 10 : i,
  v: i % 13 === 12 ? null : i,
}));

/** A world and a job in it, made anew for each life of the process. */
interface Lives {
  readonly world: MortalWorld;
  readonly job: () => Job;
  readonly output: () => unknown;
}

type Ends = (
  world: MortalWorld,
) => Pick<Lives, 'output'> & { readonly end: (chain: ReturnType<typeof windows>) => Job };

function windows(world: MortalWorld, rejections: Parameters<ReturnType<typeof stream<Reading>>['onReject']>[0]) {
  return stream(world.source(readings, 7))
    .filter(({ v }) => v !== null)
    .eventTime('at')
    .keyBy('key')
    .tumblingWindow(10)
    .aggregate({ sum: sum('v') })
    .onReject(rejections);
}

/** Runs life after life, each dying once, until one gets to its end; answers how many that took. */
async function live(lives: Lives, dyingAt: (life: number) => { at: number; behind: boolean } | undefined) {
  for (let life = 0; ; life++) {
    lives.world.begin(dyingAt(life));
    const report = await lives
      .job()
      .run({ name: 'job', checkpoint: lives.world.store(), every: '1h', restart: false })
      .catch(() => undefined);
    if (report !== undefined) return { report, lives: life + 1 };
    if (life > 500) throw new Error('it never ends');
  }
}

const kinds: Readonly<Record<string, Ends>> = {
  'a sink that decides': (world) => {
    const sink = world.decidingSink<unknown>('deciding');
    return { end: (chain) => chain.to(sink), output: () => sink.committed };
  },
  'a sink that follows': (world) => {
    const sink = world.plainSink<unknown>('file', 'follows');
    return { end: (chain) => chain.to(sink), output: () => sink.rows };
  },
  'one that decides and one that follows': (world) => {
    const [deciding, file] = [world.decidingSink<unknown>('deciding'), world.plainSink<unknown>('file', 'follows')];
    return { end: (chain) => chain.alsoTo(file).to(deciding), output: () => [deciding.committed, file.rows] };
  },
};

function livesOf(ends: Ends): Lives {
  const world = new MortalWorld();
  const letters = world.plainSink<Rejection>('letters', 'follows');
  const { end, output } = ends(world);
  return { world, job: () => end(windows(world, letters)), output: () => [output(), letters.rows] };
}

async function undisturbed(ends: Ends): Promise<{ output: unknown; report: JobReport; steps: readonly string[] }> {
  const lives = livesOf(ends);
  const { report } = await live(lives, () => undefined);
  return { output: lives.output(), report, steps: [...lives.world.steps] };
}

describe.each(Object.entries(kinds))('a job with %s', (_, ends) => {
  it('writes the same rows and counts the same records, at whatever step it died', async () => {
    const expected = await undisturbed(ends);
    expect(expected.report).toMatchObject({ state: 'completed', balanced: true });
    expect((expected.output as [unknown, unknown[]])[1]).not.toHaveLength(0);
    for (let at = 1; at <= expected.steps.length; at++) {
      for (const behind of [false, true]) {
        const lives = livesOf(ends);
        const told = `dies at ${at} (${expected.steps[at - 1]}), ${behind ? 'behind' : 'before'} it`;
        const { report } = await live(lives, (life) => (life === 0 ? { at, behind } : undefined));
        expect([told, lives.output()]).toEqual([told, expected.output]);
        expect([told, report.steps]).toEqual([told, expected.report.steps]);
        expect([told, report.balanced]).toEqual([told, true]);
      }
    }
  });

  it('writes the same rows where two lives die, the first of them before its first checkpoint was committed', async () => {
    const expected = await undisturbed(ends);
    const first = expected.steps.indexOf('store') + 3;
    for (let at = Math.max(1, first - 5); at <= first; at++) {
      for (let next = first - 3; next < first + 10; next++) {
        const lives = livesOf(ends);
        await live(
          lives,
          (life) =>
            [
              { at, behind: true },
              { at: next, behind: false },
            ][life],
        );
        expect([at, next, lives.output()]).toEqual([at, next, expected.output]);
      }
    }
  });

  it('gets to its end though every life dies, some steps further each time', async () => {
    const expected = await undisturbed(ends);
    for (let first = 8; first < 40; first++) {
      const lives = livesOf(ends);
      // A life that dies before its first checkpoint would never get further.
      const { report } = await live(lives, (life) => ({ at: first + 2 * life, behind: life % 2 === 0 }));
      expect([first, lives.output()]).toEqual([first, expected.output]);
      expect([first, report.steps]).toEqual([first, expected.report.steps]);
    }
  });

  it('lets the source forget nothing that no committed checkpoint holds', async () => {
    const { steps } = await undisturbed(ends);
    const offset = (positions: unknown): number => (positions as { '0'?: { offset: number } })['0']?.offset ?? 0;
    for (let at = 1; at <= steps.length; at++) {
      const lives = livesOf(ends);
      lives.world.begin({ at, behind: true });
      const store = lives.world.store();
      await lives
        .job()
        .run({ name: 'job', checkpoint: store, restart: false })
        .catch(() => undefined);
      const committed = lives.world.checkpoints.filter(({ standing }) => standing === 'committed');
      const held = Math.max(0, ...committed.map(({ positions }) => offset(positions['source'] ?? {})));
      expect(offset(lives.world.forgotten)).toBeLessThanOrEqual(held);
    }
  });
});

describe('the order of a checkpoint', () => {
  it('is: durable, stored, committed by the one that decides, marked, committed by the others, forgotten', async () => {
    const { steps } = await undisturbed(kinds['one that decides and one that follows'] as Ends);
    const from = steps.indexOf('store', steps.indexOf('store') + 1);
    expect(
      steps
        .slice(from)
        .filter((step) => step !== 'read')
        .slice(0, 6),
    ).toEqual(['store', 'commit', 'mark', 'show file', 'show letters', 'forget']);
  });
});
