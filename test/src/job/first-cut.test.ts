import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type Source, stream } from '../../../src/index.ts';
import { MortalWorld } from '../../support/mortal-world.ts';

const rows = Array.from({ length: 500 }, (_, n) => ({ n }));

/** A source that says where it begins only when it is let. */
function lateSource<T>(): { readonly source: Source<T>; readonly let: () => void } {
  let release = (): void => {};
  const open = new Promise<void>((resolve) => (release = resolve));
  const source: Source<T> = {
    name: 'late',
    traits: { timestamps: false, live: true, replay: 'any' },
    open: ({ signal }) => {
      let isOpen = false;
      return {
        next: async () => {
          if (!isOpen) {
            isOpen = true;
            await open;
            return { done: false, value: { kind: 'opened', positions: { log: { offset: 7 } } } };
          }
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          return { done: true, value: undefined };
        },
        commit: () => Promise.resolve(),
        close: () => Promise.resolve(),
      };
    },
  };
  return { source, let: release };
}

describe('the first checkpoint', () => {
  it('waits until every source has said where it begins: without that, one would begin anew wherever it then is', async () => {
    const world = new MortalWorld();
    world.begin();
    const late = lateSource<{ n: number }>();
    const sink = world.plainSink<{ n: number }>('file', 'follows');
    const job = stream(late.source)
      .union(stream(world.source(rows, 100)))
      .to(sink);
    const running = job.run({ name: 'job', checkpoint: world.store(), every: 1 });
    await setTimeout(50);
    expect([world.stored, sink.rows.length]).toEqual([0, 0]);
    late.let();
    while (world.stored === 0) await setTimeout(1);
    await job.stop();
    const places = world.checkpoints.map(({ positions }) => Object.values(positions).map(Object.keys));
    expect(places).toEqual(world.checkpoints.map(() => [['log'], ['0']]));
    await running;
  });
});
