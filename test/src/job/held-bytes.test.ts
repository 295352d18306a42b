import { describe, expect, it } from 'vitest';
import { job, type JobReport, type JobWarning, stream } from '../../../src/index.ts';
import { testSink, testSource } from '../../../src/testing/index.ts';
import { memorySink } from '../../support/memory-sink.ts';
import { MortalWorld } from '../../support/mortal-world.ts';
import { OutsideCalls, settled } from '../../support/outside-calls.ts';

interface Timed {
  readonly at: number;
  readonly text: string;
}

/** Out of order by up to seven, of many lengths. */
const timed = (count: number): readonly Timed[] =>
  Array.from({ length: count }, (_, i) => ({ at: i ^ 7, text: 'x'.repeat((i * 37) % 211) }));

const hurriedIn = ({ steps }: JobReport, step = 'sortByTime'): number =>
  steps.find((line) => line.step === step)?.hurried ?? 0;

describe('`maxHeldBytes`', () => {
  it('lets the oldest go where time does not, counts them, says so once, and loses none', async () => {
    const sink = testSink<Timed>();
    const chain = stream(testSource(timed(2_000)))
      .eventTime('at', { outOfOrderness: '1d' })
      .sortByTime()
      .to(sink);
    const told: JobWarning[] = [];
    const held: number[] = [];
    chain.warnings$.subscribe((warning) => told.push(warning));
    chain.metrics$.subscribe((metrics) => held.push(metrics.held.bytes));
    const report = await chain.run({ maxHeldBytes: 20_000 });
    expect(told.filter(({ code }) => code === 'ML_HELD')).toMatchObject([
      { step: 'sortByTime', message: expect.stringContaining('20000 bytes, `maxHeldBytes`') as string },
    ]);
    expect(sink.rows).toHaveLength(2_000);
    expect(hurriedIn(report)).toBeGreaterThan(1_800);
    expect(hurriedIn(report)).toBeLessThan(2_000);
    expect(report.balanced).toBe(true);
    expect(held.at(-1)).toBe(0);
  });

  it('changes nothing where there is room', async () => {
    const sink = testSink<Timed>();
    const chain = stream(testSource(timed(2_000)))
      .eventTime('at', { outOfOrderness: 8 })
      .sortByTime()
      .to(sink);
    expect(hurriedIn(await chain.run({ maxHeldBytes: 20_000 }))).toBe(0);
    expect(sink.rows.map(({ at }) => at)).toEqual(
      timed(2_000)
        .map(({ at }) => at)
        .toSorted((a, b) => a - b),
    );
  });

  it('takes from the step that holds most: another one keeps its order', async () => {
    const [stuck, sound] = [testSink<Timed>(), testSink<Timed>()];
    const input = stream(testSource(timed(2_000)));
    const report = await job(
      input.eventTime('at', { outOfOrderness: '1d' }).sortByTime().named('stuck').to(stuck),
      input.eventTime('at', { outOfOrderness: 8 }).sortByTime().named('sound').to(sound),
    ).run({ maxHeldBytes: 50_000 });
    expect([hurriedIn(report, 'stuck') > 1_000, hurriedIn(report, 'sound')]).toEqual([true, 0]);
    expect(sound.rows.map(({ at }) => at)).toEqual(
      timed(2_000)
        .map(({ at }) => at)
        .toSorted((a, b) => a - b),
    );
    expect([stuck.rows.length, report.balanced]).toEqual([2_000, true]);
  });

  it('goes through steps that stand behind one another', async () => {
    const sink = testSink<Timed>();
    const report = await stream(testSource(timed(2_000)))
      .eventTime('at', { outOfOrderness: '1d' })
      .sortByTime()
      .sortByTime()
      .to(sink)
      .run({ maxHeldBytes: 20_000 });
    expect([sink.rows.length, report.balanced]).toEqual([2_000, true]);
  });

  it('lets the same ones go wherever batches end and the process dies', async () => {
    const lives = async (batch: number, diesAt: readonly number[]): Promise<readonly [unknown, number]> => {
      const world = new MortalWorld();
      const file = world.plainSink<Timed>('file', 'follows');
      for (let life = 0; ; life++) {
        const at = diesAt[life];
        world.begin(at === undefined ? undefined : { at, behind: true });
        const report = await stream(world.source(timed(300), batch))
          .eventTime('at', { outOfOrderness: 100 })
          .sortByTime()
          .to(file)
          .run({ name: 'job', checkpoint: world.store(), maxHeldBytes: 8_000, restart: false })
          .catch(() => undefined);
        if (report !== undefined) return [file.rows, hurriedIn(report)];
      }
    };
    const [rows, hurried] = await lives(300, []);
    expect(hurried).toBeGreaterThan(100);
    for (const batch of [1, 7, 64]) expect([batch, await lives(batch, [])]).toEqual([batch, [rows, hurried]]);
    for (let at = 8; at < 60; at += 5) expect([at, await lives(7, [at, at + 9])]).toEqual([at, [rows, hurried]]);
  });

  it('has the input wait for calls whose records take too much, one of which may always be under way', async () => {
    const calls = new OutsideCalls<Timed>();
    const records = Array.from({ length: 12 }, (_, at) => ({ at, text: 'x'.repeat(1_000) }));
    const sink = memorySink<Timed>();
    const report = stream(records).mapAsync(calls.fn).to(sink).run({ maxHeldBytes: 7_000 });
    while (sink.rows.length < records.length) {
      await settled();
      calls.open[0]?.answer(calls.open[0].value);
    }
    expect(calls.most).toBe(4);
    expect((await report).balanced).toBe(true);
    const large = new OutsideCalls<Timed>();
    const second = memorySink<Timed>();
    const one = stream(records).mapAsync(large.fn).to(second).run({ maxHeldBytes: 10 });
    while (second.rows.length < records.length) {
      await settled();
      large.open[0]?.answer(large.open[0].value);
    }
    expect([large.most, (await one).state]).toEqual([1, 'completed']);
  });

  it('does not have calls take the room of what is sorted', async () => {
    const calls = new OutsideCalls<Timed>();
    const sink = memorySink<unknown>();
    const report = stream(timed(500).map((each) => ({ ...each })))
      .eventTime('at', { outOfOrderness: 8 })
      .sortByTime()
      .mapAsync(calls.fn, { concurrency: 64 })
      .to(sink)
      .run({ maxHeldBytes: 6_000 });
    while (sink.rows.length < 500) {
      await settled();
      calls.open[0]?.answer(calls.open[0].value);
    }
    expect(hurriedIn(await report)).toBe(0);
    expect(calls.made.map(({ at }) => at)).toEqual(
      timed(500)
        .map(({ at }) => at)
        .toSorted((a, b) => a - b),
    );
  });
});
