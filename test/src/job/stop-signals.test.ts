import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NEVER } from 'rxjs';
import { stream } from '../../../src/index.ts';
import { onStopSignals } from '../../../src/job/stop-signals.ts';
import { memorySink } from '../../support/memory-sink.ts';
import { settled } from '../../support/outside-calls.ts';

const signals = ['SIGINT', 'SIGTERM'] as const;

/** What the process was told to do to itself. */
let killed: unknown[][];

beforeEach(() => {
  killed = [];
  vi.spyOn(process, 'kill').mockImplementation((...given) => {
    killed.push(given);
    return true;
  });
});
afterEach(() => void vi.restoreAllMocks());

const listeners = (): readonly number[] => signals.map((signal) => process.listenerCount(signal));

describe('signals that stop a job', () => {
  it('stop it once; whichever comes second is left to the process, which ends at once', () => {
    const before = listeners();
    for (const [first, second] of [
      ['SIGINT', 'SIGINT'],
      ['SIGTERM', 'SIGINT'],
    ] as const) {
      killed.length = 0;
      const stop = vi.fn();
      onStopSignals(signals, stop);
      process.emit(first);
      expect([stop.mock.calls.length, killed]).toEqual([1, []]);
      process.emit(second);
      expect([stop.mock.calls.length, killed]).toEqual([1, [[process.pid, second]]]);
      expect(listeners()).toEqual(before);
    }
  });

  it('are heard by nobody who did not ask, and by nobody when the job is over', async () => {
    const before = listeners();
    onStopSignals([], vi.fn());
    expect(listeners()).toEqual(before);
    const running = stream(NEVER).to(memorySink()).run({ stopOn: signals });
    await settled();
    expect(listeners()).toEqual(before.map((count) => count + 1));
    process.emit('SIGTERM');
    expect(await running).toMatchObject({ state: 'stopped' });
    expect([listeners(), killed]).toEqual([before, []]);
  });

  it('are not heard where there is no process', () => {
    vi.stubGlobal('process', undefined);
    const remove = onStopSignals(signals, vi.fn());
    vi.unstubAllGlobals();
    expect(remove()).toBeUndefined();
  });
});
