import { range, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ConnectorError, stream } from '../../src/index.ts';
import { testSink } from '../../src/testing/index.ts';

const told = 'the Observable pushed more than 100000 records that the job had no room for; it cannot be asked to wait';

/** An Observable pushes and cannot be asked to wait: what it has pushed ahead is held, up to a limit. */
describe('an Observable that pushes ahead', () => {
  it('fails a loop that does not keep up, rather than fill the memory', async () => {
    const loop = async (): Promise<void> => {
      for await (const _ of stream(range(0, 100_001))) break;
    };
    await expect(loop()).rejects.toThrowError(ConnectorError);
    await expect(loop()).rejects.toThrowError(`stream: ${told}`);
  });

  it('fails a job in the same way', async () => {
    const source = new Subject<number>();
    const running = stream(source).to(testSink<number>()).run();
    setImmediate(() => {
      for (let index = 0; index <= 100_000; index++) source.next(index);
    });
    await expect(running).rejects.toThrowError(`stream: ${told}`);
    expect(source.observed).toBe(false);
  });

  it('is held up to the limit', async () => {
    let rows = 0;
    for await (const _ of stream(range(0, 100_000))) rows++;
    expect(rows).toBe(100_000);
  });
});
