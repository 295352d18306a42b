import { describe, expect, it } from 'vitest';
import { stream } from '../../../src/index.ts';
import { memorySink } from '../../support/memory-sink.ts';
import { MortalWorld } from '../../support/mortal-world.ts';

const numbers = (count: number): { n: number }[] => Array.from({ length: count }, (_, n) => ({ n }));

describe('a job over a list', () => {
  it('reads what is put behind it meanwhile, once', async () => {
    const list = numbers(3_000);
    const sink = memorySink<{ n: number }>();
    const more = (row: { n: number }): { n: number } => {
      if (row.n % 1_000 === 999 && list.length < 6_000) list.push(...numbers(list.length + 500).slice(list.length));
      return row;
    };
    await stream(list).map(more).to(sink).run();
    expect(sink.rows).toEqual(numbers(list.length));
    expect(list.length).toBeGreaterThan(3_000);
  });

  it('ends where the list became shorter than what was read of it', async () => {
    const list = numbers(3_000).map(({ n }) => n);
    const sink = memorySink<number>();
    const less = (n: number): number => {
      if (n === 2_000) list.length = 100;
      return n;
    };
    const { state, balanced } = await stream(list).map(less).to(sink).run();
    expect([state, balanced]).toEqual(['completed', true]);
    expect(sink.rows.slice(0, 2_001)).toEqual(numbers(2_001).map(({ n }) => n));
  });

  it('goes on behind what a checkpoint covers', async () => {
    const world = new MortalWorld();
    const sink = world.plainSink<{ n: number }>('file', 'follows');
    const run = async (stopAt: number): Promise<void> => {
      world.begin();
      const job = stream(numbers(10_000))
        .map((row) => {
          if (row.n === stopAt) void job.stop();
          return row;
        })
        .to(sink);
      await job.run({ name: 'job', checkpoint: world.store() });
    };
    await run(4_000);
    expect(sink.rows.length).toBeLessThan(10_000);
    await run(-1);
    expect(sink.rows).toEqual(numbers(10_000));
  });
});
