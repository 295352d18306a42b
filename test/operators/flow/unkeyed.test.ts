import { describe, expect, it } from 'vitest';
import { unkeyed } from '../../../operators/flow/unkeyed.ts';
import { count, stream } from '../../../src/index.ts';
import { obeysOperatorLaws } from '../../support/laws.ts';

describe('unkeyed', () => {
  obeysOperatorLaws(() => unkeyed<{ id: number }>(), [{ id: 1 }, { id: 2 }]);

  it('lets the records of all keys share what is behind it', async () => {
    const input = [
      { id: 'a', at: 1 },
      { id: 'b', at: 2 },
      { id: 'a', at: 7 },
    ];
    const rows = await stream(input)
      .eventTime('at')
      .keyBy('id')
      .unkeyed()
      .tumblingWindow(5)
      .aggregate({ n: count() })
      .toArray();
    expect(rows).toEqual([
      { windowStart: 0, windowEnd: 5, n: 2 },
      { windowStart: 5, windowEnd: 10, n: 1 },
    ]);
  });
});
