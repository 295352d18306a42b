import fc from 'fast-check';
import type { Cuts, Splitter } from '../../core/format.ts';

export function emptyCuts<T>(): Cuts<T> {
  return { records: [], ends: [], lines: [], nextLines: [], broken: [] };
}

/** All that a splitter makes of the input, handed over in chunks of these sizes, again and again, and cut with this budget. */
export function splitInChunks<T>(
  splitter: Splitter<T>,
  input: Uint8Array,
  sizes: readonly number[],
  budget?: number,
): Cuts<T> {
  const cuts = emptyCuts<T>();
  const nothing = new Uint8Array(0);
  let at = 0;
  for (let turn = 0; at < input.length; turn++) {
    const size = sizes[turn % sizes.length] ?? input.length;
    // A copy that is wiped: nobody may look at a chunk after the call.
    const chunk = input.slice(at, at + size);
    splitter.push(chunk, cuts, budget);
    chunk.fill(0x58);
    while (splitter.left) splitter.push(nothing, cuts, budget);
    at += size;
  }
  do splitter.end(cuts, budget);
  while (splitter.left);
  return cuts;
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export const chunkSizes: fc.Arbitrary<number[]> = fc.array(fc.integer({ min: 1, max: 7 }), {
  minLength: 1,
  maxLength: 4,
});

/** Bytes in which everything that splitters look at comes often: line ends, quotes, delimiters, parts of characters. */
export function bytesFrom(...pieces: readonly (string | readonly number[])[]): fc.Arbitrary<Uint8Array> {
  const encoded = pieces.map((piece) => (typeof piece === 'string' ? [...bytesOf(piece)] : [...piece]));
  return fc.array(fc.constantFrom(...encoded), { maxLength: 40 }).map((parts) => Uint8Array.from(parts.flat()));
}
