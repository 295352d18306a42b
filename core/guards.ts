import { ArgumentError } from './errors.ts';

/** The options object itself; `ArgumentError` where the caller passed something else, or a name that nobody reads. */
export function optionsObject<O extends object>(where: string, value: unknown, known: readonly string[]): O {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ArgumentError(where, 'options', `an object with ${list(known)}`, value);
  }
  for (const name of Object.keys(value)) {
    if (!known.includes(name)) throw new ArgumentError(where, name, `one of the options ${list(known)}`, name);
  }
  return value as O;
}

export function positiveInteger(where: string, option: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1) {
    throw new ArgumentError(where, option, 'a whole number of at least 1', value);
  }
  return value;
}

/** A number in (0, 1]. */
export function unitFraction(where: string, option: string, value: unknown): number {
  if (typeof value !== 'number' || !(value > 0 && value <= 1)) {
    throw new ArgumentError(where, option, 'a number in (0, 1]', value);
  }
  return value;
}

export function positiveNumber(where: string, option: string, value: unknown): number {
  if (typeof value !== 'number' || !(value > 0 && value < Number.POSITIVE_INFINITY)) {
    throw new ArgumentError(where, option, 'a number above 0', value);
  }
  return value;
}

export function fieldName(where: string, option: string, value: unknown): string {
  if (typeof value !== 'string' || value === '') throw new ArgumentError(where, option, 'the name of a field', value);
  return value;
}

/** At least one name, none twice. */
export function fieldNames(where: string, option: string, values: readonly unknown[]): readonly string[] {
  if (values.length === 0) throw new ArgumentError(where, option, 'the name of at least one field', values);
  const names = values.map((value) => fieldName(where, option, value));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new ArgumentError(where, option, 'different names', twice, 'it stands there twice');
  return names;
}

export function callback<F extends (...given: never[]) => unknown>(where: string, option: string, value: unknown): F {
  if (typeof value !== 'function') throw new ArgumentError(where, option, 'a function', value);
  return value as F;
}

export function boolean(where: string, option: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw new ArgumentError(where, option, '`true` or `false`', value);
  return value;
}

export function oneOf<const V extends string>(where: string, option: string, value: unknown, allowed: readonly V[]): V {
  const found = allowed.find((each) => each === value);
  if (found === undefined) throw new ArgumentError(where, option, `one of ${list(allowed)}`, value);
  return found;
}

/** An object of named things, at least one. */
export function namedEntries<V>(where: string, option: string, value: unknown): readonly (readonly [string, V])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || Object.keys(value).length === 0) {
    throw new ArgumentError(where, option, 'an object with at least one entry', value);
  }
  return Object.entries(value as Record<string, V>);
}

function list(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}
