import { compile, mayCompile } from './compile.ts';

/** A record as most streams have it: named fields. */
export type Row = Readonly<Record<string, unknown>>;

/** Whether a record has named fields. */
export function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Copies a row; `added` is what the copy adds, for those copies that add something: a list of values, or one. */
type Copy = (row: Row, added?: unknown) => Row;

/** One field of a copy: a field of the row, or the value of this number; the one value where there is no list. */
interface CopiedField {
  readonly name: string;
  readonly from: string | number;
}

/** A copy, told twice: which fields it has for a row with these names, and field by field. */
interface Copying {
  readonly fields: (names: readonly string[]) => readonly CopiedField[];
  readonly copy: Copy;
  /** Only one value is added: it comes without a list. */
  readonly single?: true;
}

/** Rows of more shapes than this are copied field by field. */
const shapesKept = 4;

/**
 * Copies rows. Where code may be compiled the copy is a literal of the row's own shape, behind a guard that checks the
 * names; spreading costs 20 times as much on Node 20. Only named fields are carried, and only own ones.
 */
class ShapeLearner {
  readonly #copying: Copying;
  readonly #use: (copy: Copy) => void;
  readonly #shapes: Copy[] = [];

  constructor(copying: Copying, use: (copy: Copy) => void, allowed: boolean) {
    this.#copying = copying;
    this.#use = use;
    use(allowed ? (row, added) => this.#learn(row, added) : copying.copy);
  }

  /** Compiles the shape of this row, and puts it in front of those before. */
  #learn(row: Row, added: unknown): Row {
    const others = this.#shapes.at(-1) ?? ((each, given) => this.#learnOrCopy(each, given));
    const names = Object.keys(row);
    const shape = literalCopy(names, this.#copying, others);
    this.#shapes.push(shape);
    this.#use(shape);
    return this.#copying.copy(row, added);
  }

  #learnOrCopy(row: Row, added: unknown): Row {
    return this.#shapes.length < shapesKept ? this.#learn(row, added) : this.#copying.copy(row, added);
  }
}

/** Copies rows with some fields added or replaced. */
export class RowExtender {
  /** `values` come in the order of the names. The list may be used again for the next row. */
  extend!: (row: Row, values: readonly unknown[]) => Row;

  constructor(names: readonly string[], allowed: boolean = mayCompile) {
    new ShapeLearner(extending(names), (copy) => (this.extend = copy), allowed);
  }
}

/** Copies rows with one field added or replaced: without a list, a number need not be put into one for every row. */
export class FieldExtender {
  extend!: (row: Row, value: unknown) => Row;

  constructor(name: string, allowed: boolean = mayCompile) {
    const { fields, copy } = extending([name]);
    const single = { fields, copy: (row: Row, value: unknown) => copy(row, [value]), single: true } as const;
    new ShapeLearner(single, (learnt) => (this.extend = learnt), allowed);
  }
}

/** Copies some fields of rows, in the order of the names. A field that a row does not have is not in its copy. */
export class RowSelector {
  select!: (row: Row) => Row;

  constructor(names: readonly string[], allowed: boolean = mayCompile) {
    new ShapeLearner(selecting(names), (copy) => (this.select = copy), allowed);
  }
}

/** Copies rows under other names: old ones as keys, new ones as values. A field that had a new name already gives way. */
export class RowRenamer {
  rename!: (row: Row) => Row;

  constructor(names: ReadonlyMap<string, string>, allowed: boolean = mayCompile) {
    new ShapeLearner(renaming(names), (copy) => (this.rename = copy), allowed);
  }
}

function extending(added: readonly string[]): Copying {
  return {
    fields: (names) =>
      [...names, ...added.filter((name) => !names.includes(name))].map((name) => {
        const index = added.indexOf(name);
        return { name, from: index < 0 ? name : index };
      }),
    copy: (row, values) => {
      const copy: Record<string, unknown> = {};
      for (const name of Object.keys(row)) putField(copy, name, row[name]);
      added.forEach((name, index) => putField(copy, name, (values as readonly unknown[] | undefined)?.[index]));
      return copy;
    },
  };
}

function selecting(wanted: readonly string[]): Copying {
  return {
    fields: (names) => wanted.filter((name) => names.includes(name)).map((name) => ({ name, from: name })),
    copy: (row) => {
      const copy: Record<string, unknown> = {};
      for (const name of wanted) if (has(row, name)) putField(copy, name, row[name]);
      return copy;
    },
  };
}

function renaming(renamed: ReadonlyMap<string, string>): Copying {
  const oldNames = new Map([...renamed].map(([from, to]) => [to, from]));
  /** Whether the field gives way to another that is renamed to its name. */
  const givesWay = (name: string, isThere: (name: string) => boolean): boolean => {
    const other = oldNames.get(name);
    return other !== undefined && !renamed.has(name) && isThere(other);
  };
  return {
    fields: (names) =>
      names
        .filter((name) => !givesWay(name, (other) => names.includes(other)))
        .map((name) => ({ name: renamed.get(name) ?? name, from: name })),
    copy: (row) => {
      const copy: Record<string, unknown> = {};
      for (const name of Object.keys(row)) {
        if (!givesWay(name, (other) => has(row, other))) putField(copy, renamed.get(name) ?? name, row[name]);
      }
      return copy;
    },
  };
}

/** One field of a row that is made: where its value is found, as a function, and as the text of one. */
export interface RowField<Given extends unknown[]> {
  readonly name: string;
  readonly text: string;
  readonly read: (...given: Given) => unknown;
}

/** Makes rows that have these fields. Their texts may name the `parameters`, and what stands in `scope`. */
export function rowOf<Given extends unknown[]>(
  fields: readonly RowField<Given>[],
  parameters: readonly string[],
  scope: Readonly<Record<string, unknown>>,
  allowed: boolean = mayCompile,
): (...given: Given) => Row {
  if (allowed) {
    const literal = fields.map(({ name, text }) => `${property(name)}: ${text}`).join(', ');
    const body = `return (${parameters.join(', ')}) => ({ ${literal} })`;
    return compile<(...given: Given) => Row>(Object.keys(scope), body)(...Object.values(scope));
  }
  return (...given) => {
    const row: Record<string, unknown> = {};
    for (const { name, read } of fields) putField(row, name, read(...given));
    return row;
  };
}

function literalCopy(names: readonly string[], { fields, single }: Copying, otherwise: Copy): Copy {
  const added = (index: number): string => (single ? 'added' : `added[${index}]`);
  const literal = fields(names).map(({ name, from }) => {
    return `${property(name)}: ${typeof from === 'number' ? added(from) : `row[${JSON.stringify(from)}]`}`;
  });
  // `for in` also walks inherited names: they make the count differ, and the row is copied the other way.
  const body = `return (row, added) => {
    let n = 0;
    for (const name in row) if (name !== names[n++]) return otherwise(row, added);
    return n === ${names.length} ? { ${literal.join(', ')} } : otherwise(row, added);
  }`;
  return compile<Copy>(['names', 'otherwise'], body)(names, otherwise);
}

/** Whether `Object.keys` has this name. */
function has(row: Row, name: string): boolean {
  return Object.prototype.propertyIsEnumerable.call(row, name);
}

/** In a literal a plain `__proto__` would set the prototype; a computed one is a field. */
function property(name: string): string {
  return name === '__proto__' ? '["__proto__"]' : JSON.stringify(name);
}

/** Sets a field, whatever its name. */
export function putField(row: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__')
    Object.defineProperty(row, name, { value, writable: true, enumerable: true, configurable: true });
  else row[name] = value;
}
