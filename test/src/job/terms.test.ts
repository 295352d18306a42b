import { describe, expect, it } from 'vitest';
import { map, of } from 'rxjs';
import { ArgumentError, count, job, type Job, type JobWarning, type RunOptions, stream } from '../../../src/index.ts';
import { testSink, testSource } from '../../../src/testing/index.ts';
import { memorySink } from '../../support/memory-sink.ts';
import { MortalWorld } from '../../support/mortal-world.ts';

const records = [{ at: 1 }, { at: 2 }];

async function warned(run: (each: Job) => Promise<unknown>, warning: Job): Promise<string[]> {
  const found: JobWarning[] = [];
  warning.warnings$.subscribe((each) => found.push(each));
  await run(warning);
  return found.map(({ code, step }) => `${code} ${step}`);
}

describe('what a job refuses before it opens anything', () => {
  const world = new MortalWorld();
  const checkpoint = world.store();

  it.each<[string, RunOptions]>([
    ['every', { every: 0 }],
    ['name', { name: '' }],
    ['checkpoint', { checkpoint: './state' as never }],
    ['signal', { signal: {} as never }],
    ['restart.first', { restart: { first: 0 } }],
    ['restart.longest', { restart: { first: '2s', longest: '1s' } }],
    ['restart.attempts', { restart: { attempts: 0.5 } }],
    ['maxBuffered.records', { maxBuffered: { records: 0 } }],
    ['maxHeldBytes', { maxHeldBytes: -1 }],
    ['stopOn', { stopOn: ['SIGHUP' as never] }],
    ['atEnd', { atEnd: 'stop' as never }],
    ['drainWithin', { drainWithin: 'soon' as never }],
    ['other', { other: 1 } as never],
  ])('a wrong `%s`', async (option, options) => {
    const sink = memorySink();
    const running = stream(records).to(sink).run(options);
    await expect(running).rejects.toThrowError(ArgumentError);
    await expect(running).rejects.toThrowError(`\`${option}\``);
    expect(sink.calls).toEqual([]);
  });

  it('a foreign step under a checkpoint, unless it is declared stateless', async () => {
    const chain = (options?: { stateless: true }) =>
      stream(records)
        .through(
          map(({ at }) => at),
          options,
        )
        .to(testSink<number>());
    await expect(chain().run({ checkpoint })).rejects.toThrowError(/`checkpoint`.*foreign step through/);
    expect(await chain({ stateless: true }).run({ checkpoint })).toMatchObject({ state: 'completed' });
    expect(await chain().run()).toMatchObject({ state: 'completed' });
  });

  it('a deciding sink without a name, and two of them', async () => {
    const [one, other] = [world.decidingSink('one'), world.decidingSink('other')];
    await expect(stream(records).to(one).run({ checkpoint })).rejects.toThrowError(/`name`/);
    await expect(stream(records).alsoTo(one).to(other).run({ checkpoint, name: 'x' })).rejects.toThrowError(
      /at most one sink that decides/,
    );
  });

  it('a sink that was told to be exactly once, without a checkpoint', async () => {
    const strict = { ...memorySink(), traits: { guarantee: 'decides', needsCheckpoint: true } as const };
    await expect(stream(records).to(strict).run()).rejects.toThrowError(/`checkpoint` must be a checkpoint store/);
  });
});

describe('what a job warns of at its start', () => {
  it('input that cannot be read again, and sinks that are at least once, under a checkpoint', async () => {
    const world = new MortalWorld();
    world.begin();
    const checkpoint = world.store();
    const one = stream(of(1)).to(testSink<number>());
    expect(await warned((each) => each.run({ checkpoint }), one)).toEqual([
      'ML_NOT_REPLAYABLE source',
      'ML_AT_LEAST_ONCE testSink',
    ]);
    expect(await warned((each) => each.run(), stream(of(1)).to(testSink<number>()))).toEqual([]);
  });

  it('steps that count a window again each time it fires', async () => {
    const make = (allowedLateness: number) =>
      stream(records)
        .eventTime('at')
        .tumblingWindow(10, { allowedLateness })
        .aggregate({ n: count() })
        .ewma('n', { alpha: 0.5, as: 'smooth' })
        .to(testSink());
    expect(await warned((each) => each.run(), make(5))).toEqual(['ML_COUNTED_AGAIN ewma']);
    expect(await warned((each) => each.run(), make(0))).toEqual([]);
  });
});

describe('several chains in one job', () => {
  it('read and compute once what they share', async () => {
    let computed = 0;
    const shared = stream(testSource(records)).map(({ at }) => {
      computed++;
      return at;
    });
    const [doubled, plain] = [testSink<number>(), testSink<number>()];
    const both = job(shared.map((x) => 2 * x).to(doubled), shared.to(plain));
    expect(await both.run()).toMatchObject({ state: 'completed', balanced: true });
    expect([computed, doubled.committed, plain.committed]).toEqual([2, [2, 4], [1, 2]]);
    expect(both.explain()).toContain('map#2');
  });

  it('hand a copy to a further sink on the way', async () => {
    const [raw, rows] = [testSink<{ at: number }>(), testSink<number>()];
    const report = await stream(records)
      .alsoTo(raw)
      .map(({ at }) => at)
      .to(rows)
      .run();
    expect([raw.committed, rows.committed]).toEqual([records, [1, 2]]);
    expect(report.balanced).toBe(true);
  });

  it('refuse to be subscribed to with a sink on the way', async () => {
    await expect(stream(records).alsoTo(testSink()).toArray()).rejects.toThrowError(ArgumentError);
    expect(() => stream(records).alsoTo({} as never)).toThrowError(ArgumentError);
    expect(() => job({} as never)).toThrowError(ArgumentError);
    expect(() => job()).toThrowError(ArgumentError);
  });
});

describe('a chain that changed', () => {
  const readings = [
    { key: 'a', at: 1 },
    { key: 'b', at: 2 },
  ];
  const world = new MortalWorld();
  const source = world.source(readings, 1);
  const sink = world.plainSink<unknown>('file', 'follows');
  const keyed = () => stream(source).eventTime('at').keyBy('key');
  const options = { checkpoint: world.store(), atEnd: 'keep' } as const;

  it('is refused with the names of the steps that do not fit, before anything is touched', async () => {
    world.begin();
    await keyed().tumblingWindow(10).aggregate({ n: count() }).to(sink).run(options);
    const other = keyed().countWindow({ size: 2 }).aggregate({ n: count() }).to(sink);
    await expect(other.run(options)).rejects.toMatchObject({ code: 'ML_SNAPSHOT' });
    await expect(other.stop()).resolves.toMatchObject({
      error: {
        message: expect.stringMatching(/nothing fits the steps countWindow; no step fits the state of tumblingWindow/),
      },
    });
  });

  it('is taken up where only steps without state are others, or a step is named as it was called then', async () => {
    world.begin();
    const same = keyed()
      .filter(() => true)
      .tumblingWindow(10)
      .aggregate({ n: count() })
      .named('tumblingWindow')
      .to(sink);
    expect(await same.run(options)).toMatchObject({ state: 'completed', balanced: true });
  });

  it('is refused where its source or its sink is another one', async () => {
    world.begin();
    const chain = (from: typeof source, to: typeof sink) =>
      stream(from).eventTime('at').keyBy('key').tumblingWindow(10).aggregate({ n: count() }).to(to);
    await expect(chain({ ...source, name: 'another' }, sink).run(options)).rejects.toThrowError(
      /no step fits the state of the input source/,
    );
    await expect(chain(source, { ...sink, name: 'elsewhere' }).run(options)).rejects.toThrowError(/no sink fits file/);
  });
});
