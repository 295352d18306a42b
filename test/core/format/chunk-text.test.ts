import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChunkText } from '../../../core/format/chunk-text.ts';
import { decodeUtf8 } from '../../../core/format/utf8.ts';
import { bytesFrom } from '../../support/splitting.ts';

describe('the text of a chunk', () => {
  it('is the text of its bytes, piece by piece, in any order and for blocks of any size', () => {
    const cuts = fc.array(fc.tuple(fc.nat(120), fc.nat(120)), { minLength: 1, maxLength: 12 });
    const input = bytesFrom('a', 'b', 'c', 'é', '€', '😀', '\ufeff', [0xff], [0x80]);
    fc.assert(
      fc.property(input, cuts, fc.integer({ min: 1, max: 40 }), (bytes, pieces, blockBytes) => {
        const text = new ChunkText(blockBytes);
        text.over(bytes, bytes.length);
        // A piece begins where a character does: other pieces are never asked for.
        const begins = [...bytes.keys()].filter((at) => ((bytes[at] ?? 0) & 0xc0) !== 0x80);
        for (const [one, other] of pieces) {
          const [from = 0, to = 0] = [begins[one] ?? 0, begins[other] ?? bytes.length].toSorted((a, b) => a - b);
          expect(text.slice(from, to)).toBe(decodeUtf8(bytes.subarray(from, to)));
        }
      }),
      { numRuns: 2000 },
    );
  });
});
