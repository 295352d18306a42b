import { describe, expect, it } from 'vitest';
import { count, type Job, job, type JobReport, stream, sum } from '../../../src/index.ts';
import { MortalWorld } from '../../support/mortal-world.ts';

interface Reading {
  readonly at: number;
  readonly key: string;
  readonly v: number;
}

const readings = (length: number, step: number): readonly Reading[] =>
  Array.from({ length }, (_, i) => ({ at: i * step, key: i % 2 === 0 ? 'even' : 'odd', v: i }));

/** Two sources, of which one is ten times as far as the other; a stream that both chains share; sinks of all kinds. */
function inOneJob(world: MortalWorld) {
  const sinks = {
    deciding: world.decidingSink<unknown>('deciding'),
    raw: world.plainSink<unknown>('raw', 'follows'),
    counts: world.plainSink<unknown>('counts', 'follows'),
  };
  let computed = 0;
  const timed = (records: readonly Reading[], batch: number) => stream(world.source(records, batch)).eventTime('at');
  const build = (): Job => {
    const shared = timed(readings(60, 1), 7)
      .union(timed(readings(20, 10), 3))
      .map((reading) => {
        computed++;
        return reading;
      });
    return job(
      shared
        .keyBy('key')
        .alsoTo(sinks.raw)
        .tumblingWindow(10)
        .aggregate({ sum: sum('v') })
        .to(sinks.deciding),
      shared.tumblingWindow(20).aggregate({ n: count() }).to(sinks.counts),
    );
  };
  return {
    build,
    computed: () => computed,
    output: () => [sinks.deciding.committed, sinks.raw.rows, sinks.counts.rows],
  };
}

async function live(world: MortalWorld, build: () => Job, dies: { at: number; behind: boolean } | undefined) {
  for (let life = 0; life < 5; life++) {
    world.begin(life === 0 ? dies : undefined);
    const report = await build()
      .run({ name: 'job', checkpoint: world.store(), every: '1h', restart: false })
      .catch(() => undefined);
    if (report !== undefined) return report;
  }
  throw new Error('it never ends');
}

async function undisturbed(): Promise<{ output: unknown; report: JobReport; steps: number; computed: number }> {
  const world = new MortalWorld();
  const { build, output, computed } = inOneJob(world);
  const report = await live(world, build, undefined);
  return { output: output(), report, steps: world.steps.length, computed: computed() };
}

describe('several streams in one job', () => {
  it('compute once what they share', async () => {
    const { report, computed } = await undisturbed();
    expect([computed, report.state, report.balanced]).toEqual([80, 'completed', true]);
    expect(report.steps.filter(({ step }) => step === 'map')).toHaveLength(1);
  });

  it('are cut at one moment: the same rows at every sink and the same ledger, wherever the process died', async () => {
    const expected = await undisturbed();
    expect((expected.output as unknown[][]).map((rows) => rows.length > 5)).toEqual([true, true, true]);
    for (let at = 1; at <= expected.steps; at++) {
      for (const behind of [false, true]) {
        const world = new MortalWorld();
        const { build, output } = inOneJob(world);
        const report = await live(world, build, { at, behind });
        expect([at, behind, output()]).toEqual([at, behind, expected.output]);
        expect([at, behind, report.steps, report.balanced]).toEqual([at, behind, expected.report.steps, true]);
      }
    }
  });

  it('balance at every checkpoint, not only at the end', async () => {
    const world = new MortalWorld();
    const { build } = inOneJob(world);
    const running = build();
    const looks: boolean[] = [];
    const store = world.store();
    world.begin();
    let ledger: JobReport['steps'] = [];
    running.metrics$.subscribe(({ steps }) => (ledger = steps));
    await running.run({
      name: 'job',
      every: '1h',
      checkpoint: {
        ...store,
        open: async (...given) => {
          const open = await store.open(...given);
          return {
            ...open,
            store: (checkpoint) => {
              const { passed: union = 0 } = checkpoint.tallies['union'] ?? {};
              const { passed: mapped = 0 } = checkpoint.tallies['map'] ?? {};
              const { passed: first = 0 } = checkpoint.tallies['source'] ?? {};
              const { passed: second = 0 } = checkpoint.tallies['source#2'] ?? {};
              const { absorbed = 0, late = 0 } = checkpoint.tallies['tumblingWindow'] ?? {};
              looks.push(first + second === union && union === mapped && mapped === absorbed + late);
              return open.store(checkpoint);
            },
          };
        },
      },
    });
    expect(looks.length).toBeGreaterThan(8);
    expect(looks).toEqual(looks.map(() => true));
    expect(ledger.length).toBeGreaterThan(5);
  });
});
