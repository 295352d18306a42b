import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { castOne } from './cast-all.ts';

const at = 1_706_702_400_123;

describe('cast to timestamp from a count since 1970', () => {
  it.each([
    ['epoch-s', 1_706_702_400, at - 123],
    ['epoch-s', '1706702400', at - 123],
    ['epoch-s', '1706702400.123', at],
    ['epoch-s', 1_706_702_400.123, at],
    ['epoch-s', '1706702400.1239', at],
    ['epoch-s', ' +1706702400.1 ', at - 23],
    ['epoch-s', '1706702400.', at - 123],
    ['epoch-s', '-0.0015', -2],
    ['epoch-s', -1.5, -1_500],
    ['epoch-s', 1e-7, 0],
    ['epoch-s', -1e-7, -1],
    ['epoch-ms', '1706702400123', at],
    ['epoch-ms', 1_706_702_400_123, at],
    ['epoch-ms', '1706702400123.9', at],
    ['epoch-ms', '-0.9', -1],
    ['epoch-ms', '-0', 0],
    ['epoch-us', '1706702400123456', at],
    ['epoch-us', 1_706_702_400_123_999, at],
    ['epoch-us', 999, 0],
    ['epoch-us', '-1', -1],
    ['epoch-us', '-1000', -1],
    ['epoch-us', '12.5', 0],
    ['epoch-ns', '1706702400123999999', at],
    ['epoch-ns', 1706702400123999999n, at],
    ['epoch-ns', '999999', 0],
    ['epoch-ns', '-1', -1],
    ['epoch-ns', '-1000001', -2],
    ['epoch-ns', -1n, -1],
    ['epoch-s', new Date(at), at],
  ] as const)('reads %s %s', (format, value, expected) => {
    expect(castOne({ type: 'timestamp', format }, value)).toBe(expected);
  });

  it.each(['2024-01-31T12:00:00Z', '1e9', '0x10', 'x', '-', '.5', '9'.repeat(20), Infinity, 1e300, true, {}])(
    'rejects %s',
    (value) => {
      expect(castOne({ type: 'timestamp', format: 'epoch-s' }, value)).toEqual({ rule: 'timestamp' });
    },
  );

  it('agrees with arithmetic on whole numbers', () => {
    const units = {
      'epoch-s': [1_000n, 1n],
      'epoch-ms': [1n, 1n],
      'epoch-us': [1n, 1_000n],
      'epoch-ns': [1n, 1_000_000n],
    };
    const counts = fc.bigInt({ min: -(10n ** 19n), max: 10n ** 19n });
    fc.assert(
      fc.property(fc.constantFrom('epoch-s', 'epoch-ms', 'epoch-us', 'epoch-ns'), counts, (format, count) => {
        const [times, by] = units[format] as [bigint, bigint];
        const scaled = count * times;
        const floor = scaled / by - (scaled < 0n && scaled % by !== 0n ? 1n : 0n);
        const expected = Math.abs(Number(floor)) > 8.64e15 ? { rule: 'timestamp' } : Number(floor);
        expect(castOne({ type: 'timestamp', format }, String(count))).toEqual(expected);
        expect(castOne({ type: 'timestamp', format }, count)).toEqual(expected);
      }),
      { numRuns: 1_000 },
    );
  });
});
