import fc from 'fast-check';
import { expect, it } from 'vitest';
import { IdHeap } from '../../core/id-heap.ts';
import { Turns } from '../../core/turns.ts';

const act = fc.record({ id: fc.nat(40), value: fc.nat(10), removes: fc.boolean() });

it('IdHeap has the smallest value at hand, ties by the smaller tie, whatever was put in and taken out', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 120 }), (acts) => {
      const heap = new IdHeap();
      const plain = new Map<number, number>();
      for (const { id, value, removes } of acts) {
        if (removes) heap.remove(id);
        else heap.set(id, value, 100 - id);
        if (removes) plain.delete(id);
        else plain.set(id, value);
        const sorted = [...plain].toSorted(([a, one], [b, other]) => one - other || b - a).map(([each]) => each);
        expect(heap.sorted()).toEqual(sorted);
        expect([heap.first, heap.least, heap.size, heap.has(id)]).toEqual([
          sorted[0] ?? -1,
          plain.get(sorted[0] ?? -1) ?? Number.POSITIVE_INFINITY,
          plain.size,
          !removes,
        ]);
        const again = new IdHeap();
        for (const each of heap.ids()) again.set(each, heap.valueOf(each), 100 - each);
        expect(again.ids()).toEqual(heap.ids());
      }
    }),
    { numRuns: 300 },
  );
});

it('Turns has the one that waits longest at hand', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 120 }), (acts) => {
      const turns = new Turns();
      let plain: number[] = [];
      for (const { id, removes } of acts) {
        if (removes) turns.remove(id);
        else turns.take(id);
        plain = [...plain.filter((each) => each !== id), ...(removes ? [] : [id])];
        expect([turns.first, turns.ids()]).toEqual([plain[0] ?? -1, plain]);
      }
    }),
    { numRuns: 300 },
  );
});
