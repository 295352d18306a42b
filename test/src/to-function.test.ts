import { describe, expect, it } from 'vitest';
import { ArgumentError, ConnectorError, stream, toFunction, type WriteContext } from '../../src/index.ts';
import { obeysSinkContract, sinkRequestOf } from '../support/connector-contract.ts';
import { settled } from '../support/outside-calls.ts';

describe.each([{}, { batch: 1 }, { batch: 3, name: 'store' }])('%j', (options) => {
  obeysSinkContract(`toFunction(${JSON.stringify(options)})`, () => {
    const stored: number[] = [];
    const contract = { rows: [1, 2, 3, 4], read: () => Promise.resolve(stored), openHandles: () => 0 };
    return Promise.resolve({ sink: () => toFunction<number>((rows) => void stored.push(...rows), options), contract });
  });
});

/** A function whose calls are answered by hand, and all that it was handed. */
class Store {
  readonly calls: (readonly number[])[] = [];
  answer = (): void => {};
  fail = (_cause: unknown): void => {};
  signal: AbortSignal | undefined;

  readonly write = (rows: readonly number[], { signal }: WriteContext): Promise<void> => {
    this.calls.push(rows);
    this.signal = signal;
    return new Promise((resolve, reject) => {
      this.answer = resolve;
      this.fail = reject;
    });
  };
}

const filled = async (store: Store, batch: number, rows = [1, 2, 3, 4, 5]) => {
  const writer = await toFunction(store.write, { batch }).open(sinkRequestOf());
  for (const row of rows) writer.write(row, 0);
  return writer;
};

describe('toFunction', () => {
  it('says what it promises', () => {
    expect(toFunction(() => {})).toMatchObject({ name: 'toFunction', traits: { guarantee: 'repeats' } });
    expect(toFunction(() => {}, { name: 'store' }).name).toBe('store');
    expect(
      stream([1])
        .to(toFunction(() => {}, { name: 'store' }))
        .explain(),
    ).toContain('to store  at least once');
  });

  it('calls with at most so many rows, one call after the other', async () => {
    const store = new Store();
    const writer = await filled(store, 2);
    const sending = writer.send();
    expect(store.calls).toEqual([[1, 2]]);
    await settled();
    expect([store.calls, writer.buffered.records]).toEqual([[[1, 2]], 5]);
    store.answer();
    await settled();
    expect([store.calls, writer.buffered.records]).toEqual([
      [
        [1, 2],
        [3, 4],
      ],
      3,
    ]);
    store.answer();
    await settled();
    writer.write(6, 0);
    store.answer();
    await sending;
    // The row that came meanwhile is for the next call.
    expect([store.calls, writer.buffered.records]).toEqual([[[1, 2], [3, 4], [5]], 1]);
  });

  it('hands over 1,000 rows where nobody says otherwise', async () => {
    const sizes: number[] = [];
    await stream(Array.from({ length: 2_500 }, (_, index) => index))
      .to(toFunction((rows) => void sizes.push(rows.length)))
      .run();
    expect(sizes).toEqual([1_000, 1_000, 500]);
  });

  it('makes durable what was written before a cut', async () => {
    const store = new Store();
    const writer = await filled(store, 10);
    let isCut = false;
    const cutting = writer.cut('run-1').then((state) => {
      isCut = true;
      return state;
    });
    await settled();
    expect(isCut).toBe(false);
    store.answer();
    expect(await cutting).toEqual({});
  });

  it.each([
    ['an error', new Error('full'), false],
    ['one that says that it can be tried again', Object.assign(new Error('full'), { retryable: true }), true],
    ['one that says something else', Object.assign(new Error('full'), { retryable: 'yes' }), false],
    ['nothing', undefined, false],
  ])(
    'fails with a ConnectorError when the function throws %s, and writes the rows again',
    async (_, cause, retryable) => {
      const store = new Store();
      const writer = await filled(store, 2, [1, 2, 3]);
      const sending = writer.send();
      store.answer();
      await settled();
      store.fail(cause);
      const error = await sending.catch((each: unknown) => each);
      expect(error).toBeInstanceOf(ConnectorError);
      expect(error).toMatchObject({ code: 'ML_CONNECTOR', retryable, cause });
      expect((error as Error).message).toContain('toFunction: cannot write a batch of 1');
      const again = writer.send();
      store.answer();
      await again;
      expect([store.calls, writer.buffered.records]).toEqual([[[1, 2], [3], [3]], 0]);
    },
  );

  it('fails as well when the function throws at once', async () => {
    const job = stream([1]).to(
      toFunction(
        () => {
          throw new TypeError('broken');
        },
        { name: 'store' },
      ),
    );
    await expect(job.run()).rejects.toThrowError('store: cannot write a batch of 1: TypeError: broken');
  });

  it.each(['the job leaves', 'it is closed'])('gives the signal when %s', async (how) => {
    const leaving = new AbortController();
    const store = new Store();
    const writer = await toFunction(store.write).open(sinkRequestOf({ signal: leaving.signal }));
    writer.write(1, 0);
    const sending = writer.send();
    expect(store.signal?.aborted).toBe(false);
    if (how === 'the job leaves') leaving.abort();
    else await writer.close();
    expect(store.signal?.aborted).toBe(true);
    store.fail(store.signal?.reason);
    await expect(sending).rejects.toBeInstanceOf(ConnectorError);
  });

  it('makes no further call when it is closed', async () => {
    const store = new Store();
    const writer = await filled(store, 2);
    const sending = writer.send();
    await writer.close();
    store.answer();
    await expect(sending).rejects.toThrowError('toFunction: is closed');
    expect(store.calls).toEqual([[1, 2]]);
  });

  it('takes the rows of a job in order, and dead letters', async () => {
    const [rows, letters]: [unknown[], unknown[]] = [[], []];
    const job = stream([1, 2, 3])
      .filter((x) => {
        if (x === 2) throw new Error('two');
        return true;
      })
      .onReject(toFunction((each) => void letters.push(...each), { name: 'letters' }))
      .to(toFunction(async (each) => void rows.push(...each), { batch: 1 }));
    expect(await job.run()).toMatchObject({ state: 'completed', balanced: true });
    expect(rows).toEqual([1, 3]);
    expect(letters).toMatchObject([{ kind: 'failed', value: 2, cause: { message: 'two' } }]);
  });

  it.each([
    [() => toFunction(5 as never), 'toFunction: `write` must be a function'],
    [() => toFunction(() => {}, { batch: 0 }), 'toFunction: `batch` must be a whole number of at least 1'],
    [() => toFunction(() => {}, { name: '' }), 'toFunction: `name` must be a text'],
    [() => toFunction(() => {}, { size: 1 } as never), 'toFunction: `size` must be one of the options'],
  ])('refuses a wrong call', (call, message) => {
    expect(call).toThrowError(ArgumentError);
    expect(call).toThrowError(message);
  });
});
