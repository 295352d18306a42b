import { describe, expect, it, vi } from 'vitest';
import type { SourceNotice } from '../../../core/source.ts';
import { type JobWarning, type Sink, type Source, stream } from '../../../src/index.ts';
import { MortalWorld } from '../../support/mortal-world.ts';
import { settled } from '../../support/outside-calls.ts';

/** A source that says something by itself, and writes down what it is told. */
function talking(world: MortalWorld, replay: 'any' | 'held' = 'any') {
  const told: string[] = [];
  const talk: { notice: (notice: SourceNotice) => void; push: (...rows: readonly number[]) => void } = {
    notice: () => {},
    push: () => {},
  };
  const source: Source<number> = {
    name: 'talking',
    traits: { timestamps: false, live: true, replay },
    open: ({ notice, signal, positions }) => {
      told.push(`open at ${Number(positions['0']?.['offset'] ?? 0)}`);
      talk.notice = notice;
      const waiting: (readonly number[])[] = [];
      let wake = (): void => {};
      talk.push = (...rows) => {
        waiting.push(rows);
        wake();
      };
      let offset = Number(positions['0']?.['offset'] ?? 0);
      let isOpen = false;
      signal.addEventListener('abort', () => wake());
      return {
        next: async () => {
          if (!isOpen) {
            isOpen = true;
            return { done: false, value: { kind: 'opened', positions: { '0': { offset } } } };
          }
          while (waiting.length === 0 && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
          const records = waiting.shift();
          if (records === undefined) return { done: true, value: undefined };
          const first = offset;
          offset += records.length;
          const positionAfter = (count: number): { readonly offset: number } => ({ offset: first + count });
          const batch = { partition: '0', records, bytes: 0, positionAfter, origin: () => undefined };
          return { done: false, value: { kind: 'batch', batch } };
        },
        commit: async (done) => void told.push(`commit ${Number(done['0']?.['offset'])}, ${world.stored} stored`),
        release: async (partitions) => void told.push(`release ${partitions.join()}, ${world.stored} stored`),
        close: async () => void told.push('close'),
      };
    },
  };
  return { source, talk, told };
}

const options = (world: MortalWorld) => ({ name: 'job', checkpoint: world.store(), every: '1h' as const });

/** These have gone through the chain. */
async function swept({ push }: ReturnType<typeof talking>['talk'], ...rows: readonly number[]): Promise<void> {
  push(...rows);
  for (let turns = 0; turns < 10; turns++) await settled();
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await settled();
}

describe('what a source cannot wait to say', () => {
  it('a checkpoint is wanted: it is taken long before its time', async () => {
    const world = new MortalWorld();
    world.begin();
    const { source, talk, told } = talking(world, 'held');
    const sink = world.plainSink<number>('file', 'follows');
    const job = stream(source).to(sink);
    const running = job.run(options(world));
    await until(() => told.length > 0);
    await swept(talk, 1, 2, 3);
    talk.notice({ kind: 'checkpoint' });
    await until(() => told.includes('commit 3, 1 stored'));
    expect(sink.rows).toEqual([1, 2, 3]);
    await job.stop();
    await running;
  });

  it('partitions are wanted elsewhere: they are released when a checkpoint holds what was read, not before', async () => {
    const world = new MortalWorld();
    world.begin();
    const { source, talk, told } = talking(world);
    const job = stream(source).to(world.plainSink<number>('file', 'follows'));
    const running = job.run(options(world));
    await until(() => told.length > 0);
    talk.push(1, 2);
    talk.notice({ kind: 'release', partitions: ['0', '1'], withinMs: 1_000 });
    await until(() => told.some((each) => each.startsWith('release')));
    const stored = world.stored;
    expect(told).toContain(`release 0,1, ${stored} stored`);
    // Also where nothing has happened since the last checkpoint.
    told.length = 0;
    talk.notice({ kind: 'release', partitions: ['2'], withinMs: 1_000 });
    await until(() => told.includes(`release 2, ${stored + 1} stored`));
    await job.stop();
    await running;
  });

  it('partitions are lost: the job goes back to its last checkpoint', async () => {
    const world = new MortalWorld();
    world.begin();
    const { source, talk, told } = talking(world);
    const sink = world.plainSink<number>('file', 'follows');
    const job = stream(source).to(sink);
    const warnings: JobWarning[] = [];
    job.warnings$.subscribe((warning) => warnings.push(warning));
    const running = job.run({ ...options(world), restart: { first: 1 } });
    await until(() => told.length > 0);
    await swept(talk, 1, 2);
    talk.notice({ kind: 'checkpoint' });
    await until(() => told.some((each) => each.startsWith('commit 2')));
    await swept(talk, 3);
    talk.notice({ kind: 'lost', partitions: ['0'] });
    await vi.waitUntil(() => told.filter((each) => each.startsWith('open')).length > 1);
    expect(told.filter((each) => each.startsWith('open'))).toEqual(['open at 0', 'open at 2']);
    expect(warnings.at(-1)).toMatchObject({
      code: 'ML_RESTARTED',
      message: expect.stringContaining("the partitions 0 are somebody else's now") as string,
    });
    await swept(talk, 3);
    expect(await job.stop()).toMatchObject({ restarts: 1, balanced: true });
    await running;
    expect(sink.rows).toEqual([1, 2, 3]);
  });

  it('something that a person should know: it is a warning of the job', async () => {
    const world = new MortalWorld();
    const { source, talk, told } = talking(world);
    const job = stream(source).to(world.plainSink<number>('file', 'follows'));
    const warnings: JobWarning[] = [];
    job.warnings$.subscribe((warning) => warnings.push(warning));
    world.begin();
    const running = job.run({ restart: false });
    await until(() => told.length > 0);
    talk.notice({ kind: 'warning', message: 'some are gone' });
    await job.stop();
    await running;
    expect(warnings).toEqual([{ code: 'ML_SOURCE', message: 'some are gone', step: 'talking' }]);
  });
});

describe('a sink that wants a checkpoint', () => {
  it('gets one long before its time', async () => {
    const world = new MortalWorld();
    world.begin();
    const file = world.plainSink<number>('file', 'follows');
    const wanting: Sink<number> = {
      ...file,
      open: async (request) => {
        const writer = await file.open(request);
        return {
          ...writer,
          write: (row, timestamp) => {
            if (row % 3 === 0) request.wantsCheckpoint();
            writer.write(row, timestamp);
          },
        };
      },
    };
    const { source, talk, told } = talking(world);
    const job = stream(source).to(wanting);
    const running = job.run(options(world));
    await until(() => told.length > 0);
    await swept(talk, 1, 2);
    expect(told.filter((each) => each.startsWith('commit'))).toEqual([]);
    talk.push(3, 4);
    await until(() => told.some((each) => each.startsWith('commit 4') || each.startsWith('commit 3')));
    await job.stop();
    await running;
    expect(file.rows).toEqual([1, 2, 3, 4]);
  });
});
