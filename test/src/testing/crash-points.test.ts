import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { count, type Stream, sum } from '../../../src/index.ts';
import { checkpoint, crash, drive, marbles } from '../../../src/testing/index.ts';

interface Reading {
  readonly k: string;
  readonly t: number;
  readonly v: number;
}

const chain = (input: Stream<Reading>) =>
  input
    .eventTime('t', { outOfOrderness: 5 })
    .keyBy('k')
    .tumblingWindow(10)
    .aggregate({ n: count(), s: sum('v') })
    .ewma('s', { alpha: 0.5, as: 'e' });

const readings = fc.array(fc.record({ k: fc.constantFrom('x', 'y'), t: fc.nat(60), v: fc.integer() }), {
  minLength: 1,
  maxLength: 20,
});
/** Before which record the job takes a checkpoint, and before which it dies. */
const points = fc.array(fc.record({ before: fc.nat(20), signal: fc.constantFrom('!', '?') }), { maxLength: 6 });

/** All rows that a reader sees, in their order. */
function rowsOf(records: readonly Reading[], signals: readonly { readonly before: number; readonly signal: string }[]) {
  const rows: unknown[] = [];
  // Letters for records from A on; the two signals have letters of their own.
  const values: Record<string, Reading | typeof crash> = { a: checkpoint, z: crash };
  let drawn = '';
  for (let index = 0; index <= records.length; index++) {
    for (const { signal } of signals.filter(({ before }) => before === index)) drawn += signal === '!' ? 'z' : 'a';
    const record = records[index];
    if (record === undefined) break;
    const letter = String.fromCodePoint(65 + index);
    values[letter] = record;
    drawn += letter;
  }
  marbles(({ source, expectBalancedLedger }) => {
    expectBalancedLedger(chain(source<Reading>(`${drawn}|`, values)).map((row) => rows.push(row)));
  })();
  return rows;
}

describe('checkpoint and crash at any point', () => {
  it('give the rows of a run without them, those since the checkpoint again', () => {
    fc.assert(
      fc.property(readings, points, (records, signals) => {
        const whole = rowsOf(records, []);
        const rows = rowsOf(records, signals);
        const seen = [...new Set(rows.map((row) => JSON.stringify(row)))];
        expect(seen).toEqual(whole.map((row) => JSON.stringify(row)));
      }),
      { numRuns: 300 },
    );
  });

  it('agree with `drive`, which knows no frames', () => {
    fc.assert(
      fc.property(readings, (records) => {
        const driver = drive(chain);
        for (const record of records) driver.push(record);
        expect(rowsOf(records, [])).toEqual(driver.end().take());
      }),
      { numRuns: 300 },
    );
  });
});
