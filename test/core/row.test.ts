import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FieldExtender, isRow, type Row, RowExtender, rowOf, RowRenamer, RowSelector } from '../../core/row.ts';

/** Names that are no trouble, and names that are. */
const name = fc.oneof(
  fc.constantFrom('a', 'b', 'c', 'd', '1', '0', '__proto__', 'constructor', 'toString', 'a b', "'", '\u2028', ''),
  fc.string({ maxLength: 3 }),
);

/** Rows as JSON brings them, of few shapes and of many, some with an inherited name. */
const row = fc
  .tuple(fc.array(fc.tuple(name, fc.integer()), { maxLength: 5 }), fc.boolean())
  .map(([fields, inherits]) => {
    const made: Record<string, unknown> = inherits ? Object.create({ inherited: 1, a: 'inherited' }) : {};
    for (const [field, value] of fields) {
      Object.defineProperty(made, field, { value, enumerable: true, writable: true, configurable: true });
    }
    return made;
  });

const rows = fc.array(row, { maxLength: 12 });

/** Names and values in their order: what any later step can see of a row. */
function seen(made: Row): unknown {
  return [Object.entries(made), Object.getPrototypeOf(made) === Object.prototype];
}

describe('RowExtender', () => {
  it('makes the same rows with and without compiled code', () => {
    fc.assert(
      fc.property(rows, fc.uniqueArray(name, { minLength: 1, maxLength: 3 }), (list, names) => {
        const compiled = new RowExtender(names, true);
        const copied = new RowExtender(names, false);
        list.forEach((each, index) => {
          const values = names.map((_, place) => `${index}.${place}`);
          const expected = new Map([
            ...Object.entries(each),
            ...names.map((added, place) => [added, values[place]] as const),
          ]);
          const made = compiled.extend(each, values);
          expect(seen(made)).toEqual(seen(copied.extend(each, values)));
          expect(new Map(Object.entries(made))).toEqual(expected);
        });
      }),
    );
  });
});

describe('FieldExtender', () => {
  it('makes the rows that RowExtender makes of one field, with and without compiled code', () => {
    fc.assert(
      fc.property(rows, name, (list, added) => {
        const extender = new RowExtender([added], false);
        const [compiled, copied] = [new FieldExtender(added, true), new FieldExtender(added, false)];
        list.forEach((each, value) => {
          const expected = seen(extender.extend(each, [value]));
          expect(seen(compiled.extend(each, value))).toEqual(expected);
          expect(seen(copied.extend(each, value))).toEqual(expected);
        });
      }),
    );
  });
});

describe('RowSelector', () => {
  it('makes the same rows with and without compiled code', () => {
    fc.assert(
      fc.property(rows, fc.uniqueArray(name, { minLength: 1, maxLength: 3 }), (list, names) => {
        const compiled = new RowSelector(names, true);
        const copied = new RowSelector(names, false);
        for (const each of list) {
          const own = new Map(Object.entries(each));
          const expected = new Map(
            names.filter((wanted) => own.has(wanted)).map((wanted) => [wanted, own.get(wanted)]),
          );
          const made = compiled.select(each);
          expect(seen(made)).toEqual(seen(copied.select(each)));
          expect(new Map(Object.entries(made))).toEqual(expected);
        }
      }),
    );
  });
});

describe('RowRenamer', () => {
  const names = fc
    .tuple(fc.uniqueArray(name, { minLength: 1, maxLength: 3 }), fc.uniqueArray(name, { minLength: 3, maxLength: 3 }))
    .map(([from, to]) => new Map(from.map((each, index) => [each, to[index] as string])));

  it('makes the same rows with and without compiled code', () => {
    fc.assert(
      fc.property(rows, names, (list, renamed) => {
        const compiled = new RowRenamer(renamed, true);
        const copied = new RowRenamer(renamed, false);
        for (const each of list) {
          const kept = Object.entries(each).filter(([field]) => !renamed.has(field));
          const moved = Object.entries(each).filter(([field]) => renamed.has(field));
          // What is renamed comes last here, and so wins.
          const expected = new Map([...kept, ...moved.map(([field, value]) => [renamed.get(field)!, value] as const)]);
          const made = compiled.rename(each);
          expect(seen(made)).toEqual(seen(copied.rename(each)));
          expect(new Map(Object.entries(made))).toEqual(expected);
        }
      }),
    );
  });
});

describe('rowOf', () => {
  it('makes the same rows with and without compiled code', () => {
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 4 }), fc.integer(), (fields, given) => {
        const described = fields.map((field, index) => ({
          name: field,
          text: `given + ${index}`,
          read: (number: number) => number + index,
        }));
        const compiled = rowOf<[number]>(described, ['given'], {}, true)(given);
        expect(seen(compiled)).toEqual(seen(rowOf<[number]>(described, ['given'], {}, false)(given)));
        expect(Object.entries(compiled)).toHaveLength(fields.length);
      }),
    );
  });
});

describe('isRow', () => {
  it.each([
    [{}, true],
    [new Date(0), true],
    [Object.create(null), true],
    [null, false],
    [undefined, false],
    [[1], false],
    ['text', false],
    [5, false],
    [() => 1, false],
  ])('answers for %j: %j', (value, answer) => {
    expect(isRow(value)).toBe(answer);
  });
});
