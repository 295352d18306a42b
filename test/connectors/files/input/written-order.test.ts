import { describe, expect, it } from 'vitest';
import { byWriting } from '../../../../connectors/files/input/written-order.ts';

const times = (born: number, modified: number): { born: bigint; modified: bigint } => ({
  born: BigInt(born),
  modified: BigInt(modified),
});

describe('which of two files was filled first', () => {
  it.each([
    ['the one that was written to before, whenever they were made', times(5, 8), times(1, 9)],
    ['in one tick: the one that was there, before one that was made in the tick', times(1, 9), times(9, 9)],
    ['in one tick: a copy, before what it was copied from, which went on', times(5, 9), times(1, 9)],
    [
      'in one tick: by birth, of files that were made behind their last line, as packed ones are',
      times(9, 9),
      times(10, 9),
    ],
  ])('is %s', (_, first, second) => {
    expect([first, second].toSorted(byWriting)).toEqual([first, second]);
    expect([second, first].toSorted(byWriting)).toEqual([first, second]);
  });

  it('is neither of two of the same times', () => {
    expect(byWriting(times(1, 9), times(1, 9))).toBe(0);
  });
});
