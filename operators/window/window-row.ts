import { ArgumentError } from '../../core/errors.ts';
import type { Key } from '../../core/key.ts';
import { type Row, rowOf } from '../../core/row.ts';
import type { AggregateInput, NamedAggregate } from './aggregate-inputs.ts';

export type WindowRowMaker = (key: Key, start: number, end: number, cell: number) => Row;

/** Makes the rows of a window: the key's fields, the window's borders, the named aggregates. */
export function windowRow(
  where: string,
  keyFields: readonly string[],
  aggregates: readonly NamedAggregate[],
  inputs: readonly AggregateInput[],
): WindowRowMaker {
  const taken = [...keyFields, 'windowStart', 'windowEnd'];
  const clash = aggregates.find(({ name }) => taken.includes(name));
  if (clash !== undefined) {
    throw new ArgumentError(
      where,
      'aggregate',
      `names other than ${taken.join(', ')}`,
      clash.name,
      'the row has it already',
    );
  }
  const found = new Map(
    inputs.flatMap(({ names, accumulators }) => names.map((name, index) => [name, accumulators[index]!] as const)),
  );
  const accumulators = aggregates.map(({ name }) => found.get(name)!);
  return rowOf<[Key, number, number, number]>(
    [
      ...keyFields.map((name, index) => keyField(name, keyFields.length === 1 ? undefined : index)),
      { name: 'windowStart', text: 'start', read: (_, start) => start },
      { name: 'windowEnd', text: 'end', read: (_, __, end) => end },
      ...aggregates.map(({ name }, index) => ({
        name,
        text: `a${index}.result(cell)`,
        read: (_: Key, __: number, ___: number, cell: number) => accumulators[index]!.result(cell),
      })),
    ],
    ['key', 'start', 'end', 'cell'],
    Object.fromEntries(accumulators.map((each, index) => [`a${index}`, each])),
  );
}

function keyField(
  name: string,
  index: number | undefined,
): Parameters<typeof rowOf<[Key, number, number, number]>>[0][number] {
  if (index === undefined) return { name, text: 'key.value', read: (key) => key.value };
  return { name, text: `key.value[${index}]`, read: (key) => (key.value as unknown[])[index] };
}
