import { basename } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hiddenName, partName, partNumbers } from '../../../../connectors/files/output/part-name.ts';

describe('the name of a part', () => {
  it.each([
    ['out.csv', 1, 'out-000001.csv'],
    ['a/b.csv.gz', 12, 'a/b-000012.csv.gz'],
    ['a.b/c', 1_234_567, 'a.b/c-1234567'],
  ])('of %s', (path, number, name) => {
    expect(partName(path, number)).toBe(name);
  });

  it('says of which path it is', () => {
    const name = fc.string({ unit: fc.constantFrom('a', '.', '-', '0', '.gz', '.part', '000001'), minLength: 1 });
    const number = fc.integer({ min: 1, max: 2_000_000 });
    fc.assert(
      fc.property(
        name.filter((each) => !/^\.+$/.test(each)),
        number,
        (path, which) => {
          const shown = partName(path, which);
          for (const each of [shown, hiddenName(shown)]) {
            expect(partNumbers(path)(basename(each))).toBe(which);
          }
        },
      ),
    );
  });

  it.each([
    'out.csv',
    'out-00001.csv',
    'out-000000.csv',
    '.out-000001.csv.lock',
    'out000001.csv',
    'out-000001.csv.gz',
    'xout-000001.csv',
  ])('is none: %s', (name) => {
    expect(partNumbers('x/out.csv')(name)).toBeUndefined();
  });
});
