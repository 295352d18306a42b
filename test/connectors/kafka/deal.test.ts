import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deal } from '../../../connectors/kafka/deal.ts';

const holders = fc
  .uniqueArray(fc.tuple(fc.string({ minLength: 1 }), fc.uniqueArray(fc.nat(20))), {
    minLength: 1,
    maxLength: 8,
    selector: ([id]) => id,
  })
  .map((all) => all.map(([id, has]) => ({ id, has })));

describe('deal', () => {
  it('gives every number to one member, and none two more than another', () => {
    fc.assert(
      fc.property(holders, fc.nat(20), (members, count) => {
        const dealt = deal(members, count);
        const lists = [...dealt.values()];
        const all = lists.flat().toSorted((a, b) => a - b);
        expect(all).toEqual(Array.from({ length: count }, (_, number) => number));
        expect([...dealt.keys()].toSorted()).toEqual(members.map(({ id }) => id).toSorted());
        const sizes = lists.map(({ length }) => length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThan(2);
      }),
    );
  });

  it('changes nothing where what everybody has is even, whoever is asked', () => {
    fc.assert(
      fc.property(holders, fc.nat(20), (members, count) => {
        const once = deal(members, count);
        const having = members.map(({ id }) => ({ id, has: once.get(id) ?? [] })).toReversed();
        expect(new Map(deal(having, count))).toEqual(once);
      }),
    );
  });

  it('moves no more than it must', () => {
    const dealt = deal(
      [
        { id: 'new', has: [] },
        { id: 'a', has: [4, 1, 2] },
        { id: 'b', has: [0, 3, 5] },
      ],
      6,
    );
    expect([...dealt]).toEqual([
      ['a', [4, 1]],
      ['b', [0, 3]],
      ['new', [2, 5]],
    ]);
  });

  it('gives what two say that they have to the first of them, and what is not there to nobody', () => {
    const both = [
      { id: 'b', has: [0, 1] },
      { id: 'a', has: [1, 9] },
    ];
    expect([...deal(both, 2)]).toEqual([
      ['a', [1]],
      ['b', [0]],
    ]);
  });

  it('has nothing for nobody', () => {
    expect(deal([], 3).size).toBe(0);
    expect([...deal([{ id: 'a', has: [] }], 0)]).toEqual([['a', []]]);
  });
});
