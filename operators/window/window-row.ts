import type { Accumulators } from '../../core/accumulators.ts';
import { ArgumentError } from '../../core/errors.ts';
import type { Key } from '../../core/key.ts';
import { type Row, type RowField, rowOf } from '../../core/row.ts';
import type { AggregateInput, NamedAggregate } from './aggregate-inputs.ts';
import type { Pane } from './window-options.ts';

/** `other`: the cell of those aggregates that were said to have one of their own. */
export type WindowRowMaker = (key: Key, start: number, end: number, cell: number, pane?: Pane, other?: number) => Row;

type Given = Parameters<WindowRowMaker>;

export interface WindowRowOptions {
  /** Whether rows say which pane of their window they are. */
  readonly panes?: boolean;
  /** Accumulators whose result stands in a second cell. */
  readonly others?: readonly Accumulators[];
}

/** Makes the rows of a window: the key's fields, the window's borders, the named aggregates. */
export function windowRow(
  where: string,
  keyFields: readonly string[],
  aggregates: readonly NamedAggregate[],
  inputs: readonly AggregateInput[],
  { panes = false, others = [] }: WindowRowOptions = {},
): WindowRowMaker {
  const own: readonly RowField<Given>[] = [
    ...keyFields.map((name, index) => keyField(name, keyFields.length === 1 ? undefined : index)),
    { name: 'windowStart', text: 'start', read: (_, start) => start },
    { name: 'windowEnd', text: 'end', read: (_, __, end) => end },
    ...(panes ? [{ name: 'pane', text: 'pane', read: (...[, , , , pane]: Given) => pane }] : []),
  ];
  const taken = own.map(({ name }) => name);
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
  return rowOf<Given>(
    [...own, ...aggregates.map(({ name }, index) => resultField(name, index, accumulators[index]!, others))],
    ['key', 'start', 'end', 'cell', 'pane', 'other'],
    Object.fromEntries(accumulators.map((each, index) => [`a${index}`, each])),
  );
}

function resultField(
  name: string,
  index: number,
  accumulators: Accumulators,
  others: readonly Accumulators[],
): RowField<Given> {
  return others.includes(accumulators)
    ? {
        name,
        text: `a${index}.result(other, start, end)`,
        read: (...[, start, end, , , other]) => accumulators.result(other as number, start, end),
      }
    : {
        name,
        text: `a${index}.result(cell, start, end)`,
        read: (_, start, end, cell) => accumulators.result(cell, start, end),
      };
}

function keyField(name: string, index: number | undefined): RowField<Given> {
  if (index === undefined) return { name, text: 'key.value', read: (key) => key.value };
  return { name, text: `key.value[${index}]`, read: (key) => (key.value as unknown[])[index] };
}
