/** A place at which two values differ. */
export interface Difference {
  /** `mean`, `list[2].name`; empty for the value itself. */
  readonly path: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

/**
 * Where two values differ; nothing where they are equal. Numbers are equal as `Object.is` says, so `NaN` is; a field that is
 * `undefined` equals one that is not there. `partial`: of the value itself, only the fields that are expected are looked at.
 */
export function differences(expected: unknown, actual: unknown, partial = false): readonly Difference[] {
  const found: Difference[] = [];
  compare(expected, actual, '', [], found, partial);
  return found;
}

function compare(
  expected: unknown,
  actual: unknown,
  path: string,
  around: readonly unknown[],
  found: Difference[],
  partial: boolean,
): void {
  if (Object.is(expected, actual) || around.includes(expected)) return;
  const inside = [...around, expected];
  const differ = (): void => void found.push({ path, expected, actual });
  if (!isObject(expected) || !isObject(actual) || (!partial && kindOf(expected) !== kindOf(actual))) {
    differ();
    return;
  }
  if (expected instanceof Date) {
    if (!(actual instanceof Date && Object.is(expected.getTime(), actual.getTime()))) differ();
    return;
  }
  const [wanted, got] = [partsOf(expected), partsOf(actual)];
  const isList = Array.isArray(expected) || ArrayBuffer.isView(expected);
  const names = partial ? wanted.keys() : new Set([...wanted.keys(), ...got.keys()]);
  for (const name of names) {
    const place = isList || typeof name !== 'string' ? `[${String(name)}]` : path === '' ? name : `.${name}`;
    compare(wanted.get(name), got.get(name), path + place, inside, found, false);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Values of two kinds are never equal. */
function kindOf(value: object): string {
  if (value instanceof Error) return 'Error';
  if (value instanceof Map) return 'Map';
  if (Array.isArray(value)) return 'Array';
  return Object.prototype.toString.call(value);
}

/** What a value consists of, by name or by place. */
function partsOf(value: object): ReadonlyMap<unknown, unknown> {
  if (value instanceof Map) return value;
  if (value instanceof Set) return new Map([...value].map((item) => [item, item]));
  if (Array.isArray(value)) return new Map(value.entries());
  if (value instanceof Error)
    return new Map([['name', value.name], ['message', value.message], ...Object.entries(value)]);
  return new Map(Object.entries(value));
}
