import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Positions } from '../../core/batch.ts';
import { deliveries, type Delivery } from '../../src/index.ts';
import { testSource } from '../../src/testing/index.ts';
import { settled } from '../support/outside-calls.ts';
import { RecordedSource } from '../support/recorded-source.ts';

/** What happens next: somebody acknowledges the delivery at this place, or the process dies and the next one reads on. */
const acts = fc.array(
  fc.oneof(
    { weight: 9, arbitrary: fc.record({ kind: fc.constant('ack' as const), place: fc.nat(60) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('die' as const), leaves: fc.boolean() }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const) }) },
  ),
  { maxLength: 120 },
);
const settings = fc.record({
  count: fc.integer({ min: 0, max: 60 }),
  partitions: fc.integer({ min: 1, max: 3 }),
  batch: fc.integer({ min: 1, max: 9 }),
  inFlight: fc.integer({ min: 1, max: 12 }),
  /** Every so manieth record cannot be read; 0: all can. */
  unreadable: fc.constantFrom(0, 2, 5),
  delayed: fc.boolean(),
});

describe('deliveries, acknowledged in any order, by processes that die', () => {
  it('lose no record, give out no more than they may, and commit nothing that is not done', async () => {
    await fc.assert(
      fc.asyncProperty(settings, acts, async ({ count, partitions, batch, inFlight, unreadable, delayed }, list) => {
        const isUnreadable = (x: number): boolean => unreadable > 0 && x % unreadable === unreadable - 1;
        const records = Array.from({ length: count }, (_, index) => index);
        const done = new Set<number>();
        /** The records of a partition before its committed position must all be done with. */
        const check = (committed: Positions): void => {
          for (const [partition, { offset }] of Object.entries(committed)) {
            const mine = records.filter((x) => x % partitions === Number(partition)).slice(0, Number(offset));
            expect(mine.filter((x) => !isUnreadable(x) && !done.has(x))).toEqual([]);
          }
        };
        let from: RecordedSource<number>['committed'] = {};
        const start = () => {
          const source = new RecordedSource(testSource(records, { partitions, batch }), {
            inFlight,
            from,
            isUnreadable,
            onCommit: async (positions) => {
              check(positions);
              if (delayed) await settled();
            },
          });
          const open: Delivery<number>[] = [];
          const ends: unknown[] = [];
          const subscription = deliveries(source, { onReject: 'drop', drainWithin: 0 }).subscribe({
            next: (delivery) => {
              open.push(delivery);
              expect(open.length).toBeLessThanOrEqual(inFlight);
            },
            error: (cause) => ends.push(cause),
            complete: () => ends.push('complete'),
          });
          return { source, open, ends, subscription };
        };
        let process = start();
        const leave = async ({ subscription, source }: typeof process): Promise<void> => {
          subscription.unsubscribe();
          for (let turns = 0; turns < 5; turns++) await settled();
          expect(source.closed).toBe(source.opened);
        };
        const ack = (place: number): void => {
          const { open } = process;
          const [delivery] = open.splice(place % Math.max(1, open.length), 1);
          if (delivery === undefined) return;
          done.add(delivery.value);
          delivery.ack();
        };
        for (const act of list) {
          if (act.kind === 'ack') ack(act.place);
          else if (act.kind === 'wait') await settled();
          else {
            // One that leaves may still commit; of one that dies only what has been committed counts.
            if (act.leaves) await leave(process);
            from = { ...from, ...process.source.committed };
            process = start();
          }
        }
        while (process.ends.length === 0) {
          await settled();
          while (process.open.length > 0) ack(process.open.length - 1);
        }
        expect(process.ends).toEqual(['complete']);
        expect(process.source.mostCommitting).toBeLessThanOrEqual(1);
        expect([...done].toSorted((a, b) => a - b)).toEqual(records.filter((x) => !isUnreadable(x)));
        // A partition without records has nothing to commit.
        const whole = Array.from({ length: Math.min(partitions, count) }, (_, each) => {
          return [each, { offset: records.filter((x) => x % partitions === each).length }] as const;
        });
        expect({ ...from, ...process.source.committed }).toEqual(Object.fromEntries(whole));
      }),
      { numRuns: 300 },
    );
  });
});
