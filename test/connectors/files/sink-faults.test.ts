import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { text } from '../../../core/format/text.ts';
import { type Death, type Fault, FileLives, type Script } from '../../support/file-lives.ts';
import { someOf } from '../../support/power-cut.ts';

const rows = Array.from({ length: 16 }, (_, id) => `row ${id}`);
const when = { rows, sends: new Set([2, 3, 8, 13]), cuts: new Set([5, 9, 10, 14]) };
const byRow = (row: string): string => `${Number(row.slice(4)) % 3}.log`;

const scripts: Record<string, Script<string>> = {
  'one file': { ...when, path: 'out.log', options: { format: text() } },
  'parts, packed': { ...when, path: 'out.log.gz', options: { format: text(), roll: { bytes: 30 } } },
  'a path by row': { ...when, path: byRow, options: { format: text() } },
};

describe.each(Object.entries(scripts))('%s', { timeout: 60_000 }, (_, script) => {
  it.each(['ENOSPC', 'EIO'])('loses and repeats nothing when any one change fails with %s', async (code) => {
    const undisturbed = await new FileLives(script).run();
    for (let after = 0; after < undisturbed.disk.changes.length; after++) {
      const lives = await new FileLives(script).run([{ after, code }]);
      expect(lives.joined(), `failed after ${after} changes`).toEqual(undisturbed.joined());
    }
  });

  it('loses and repeats nothing when something fails, and then the power', async () => {
    const undisturbed = await new FileLives(script).run();
    for (let after = 0; after < undisturbed.disk.changes.length; after += 2) {
      const lives = new FileLives(script);
      await lives.run([
        { after, code: 'ENOSPC' },
        { after: after % 11, survives: someOf(after) },
      ]);
      expect(lives.joined(), `failed after ${after} changes`).toEqual(undisturbed.joined());
    }
  });
});

describe('rows at random, cut at random, with deaths and failures at random', { timeout: 60_000 }, () => {
  const row = fc.tuple(
    fc.integer({ min: 0, max: 3 }),
    fc.string({ unit: fc.constantFrom('a', 'ö', '😀', ' '), maxLength: 8 }),
  );
  const some = fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 8 }).map((places) => new Set(places));
  const death = fc.record({ after: fc.nat(60), survives: fc.option(fc.nat().map(someOf), { nil: 'all' as const }) });
  const fault = fc.record({ after: fc.nat(60), code: fc.constantFrom('ENOSPC', 'EIO', 'EDQUOT') });
  const ends: fc.Arbitrary<(Death | Fault)[]> = fc.array(fc.oneof(death, fault), { maxLength: 5 });
  const shape = fc.constantFrom('out', 'out.gz', 'by row', 'by row.gz');
  const roll = fc.option(
    fc.oneof(
      fc.record({ bytes: fc.integer({ min: 1, max: 60 }) }),
      fc.record({ every: fc.integer({ min: 1, max: 90 }) }),
      fc.record({ bytes: fc.integer({ min: 1, max: 60 }), every: fc.integer({ min: 1, max: 90 }) }),
    ),
    { nil: undefined },
  );

  it('are the bytes of an undisturbed run', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ rows: fc.array(row, { maxLength: 40 }), sends: some, cuts: some, ends, shape, roll }),
        async ({ rows: given, sends, cuts, ends: chosen, shape: name, roll: rolled }) => {
          const lines = given.map(([key, value]) => `${key} ${value}.`);
          const path = name.startsWith('by row') ? (line: string) => name.replace('by row', line[0] ?? '') : name;
          const options = { format: text(), ...(rolled === undefined ? {} : { roll: rolled }) };
          const script: Script<string> = { rows: lines, sends, cuts, path, options };
          const undisturbed = await new FileLives(script).run();
          const lives = await new FileLives(script).run(chosen);
          expect(lives.joined()).toEqual(undisturbed.joined());
          // Where nothing was closed on the way parts end where they would have ended.
          expect(chosen.some((end) => 'code' in end) || same(lives.output(), undisturbed.output())).toBe(true);
          expect(Object.values(undisturbed.joined()).join('').length).toBe(
            lines.reduce((sum, line) => sum + line.length + 1, 0),
          );
        },
      ),
      { numRuns: 150 },
    );
  });
});

function same(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
